#include "models/heads/heads.h"

/* An unset pixel with a set neighbour above, below, left or right. */
static gboolean
is_outer_edge (const guint8 *mask, guint width, guint height, guint row, guint col)
{
  const guint8 *at = mask + (gsize) row * width + col;

  return at[0] == 0 && ((row > 0 && at[-(gssize) width]) || (row + 1 < height && at[width]) ||
                        (col > 0 && at[-1]) || (col + 1 < width && at[1]));
}

gboolean
tpo_mask_outer_box (const guint8 *mask, guint width, guint height, TpoBox *box)
{
  guint x0 = width, y0 = height, x1 = 0, y1 = 0;
  gboolean found = FALSE;

  for (guint row = 0; row < height; row++) {
    for (guint col = 0; col < width; col++) {
      if (!is_outer_edge (mask, width, height, row, col))
        continue;
      found = TRUE;
      x0 = MIN (x0, col);
      x1 = MAX (x1, col);
      y0 = MIN (y0, row);
      y1 = MAX (y1, row);
    }
  }
  *box = found ? (TpoBox){ .x0 = (float) x0 / width,
                           .y0 = (float) y0 / height,
                           .x1 = (float) x1 / width,
                           .y1 = (float) y1 / height }
               : (TpoBox){ -1, -1, -1, -1 };
  return found;
}
