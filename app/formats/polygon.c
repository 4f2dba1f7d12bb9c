#include "formats/polygon.h"

/* Pixels with a rim of zeros around them, so that neighbours need no check. */
typedef struct {
  guint8 *pixels; /* [height + 2, stride] */
  guint8 *seen;   /* [height + 2, stride]: the pixel's upper side is part of a ring already */
  gsize stride;
} Picture;

/* Right, down, left, up: a quarter turn clockwise each. */
static const int step_x[4] = { 1, 0, -1, 0 };
static const int step_y[4] = { 0, 1, 0, -1 };

/* The pixel at the right (side 1) or left (side 0) in front of a walker at a corner. */
static gboolean
is_set_ahead (const Picture *picture, int x, int y, int direction, int side)
{
  static const int right_x[4] = { 0, -1, -1, 0 }, right_y[4] = { 0, 0, -1, -1 };
  int turned = side ? direction : (direction + 3) % 4;
  int pixel_x = x + right_x[turned], pixel_y = y + right_y[turned];

  return picture->pixels[(gsize) (pixel_y + 1) * picture->stride + (gsize) (pixel_x + 1)] != 0;
}

/*
 * Walks along pixel sides with set pixels at the right hand until back at the start. Where two
 * pixels touch by a corner only it turns right, away from the other one. Returns twice the area
 * inside, negative around a hole.
 */
static gint64
walk_ring (const Picture *picture, int start_x, int start_y, GArray *ring)
{
  int x = start_x, y = start_y, direction = 0;
  gint64 area = 0;

  do {
    int next_x = x + step_x[direction], next_y = y + step_y[direction], turn = 0;

    if (direction == 0)
      picture->seen[(gsize) (y + 1) * picture->stride + (gsize) (x + 1)] = 1;
    area += (gint64) x * next_y - (gint64) next_x * y;
    x = next_x;
    y = next_y;
    if (!is_set_ahead (picture, x, y, direction, 1))
      turn = 1;
    else if (is_set_ahead (picture, x, y, direction, 0))
      turn = 3;
    if (turn != 0) {
      g_array_append_val (ring, x);
      g_array_append_val (ring, y);
    }
    direction = (direction + turn) % 4;
  } while (x != start_x || y != start_y || direction != 0);
  return area;
}

gboolean
tpo_mask_outlines (const TpoRle *mask, GPtrArray **rings)
{
  gsize stride = (gsize) mask->width + 2, size = stride * ((gsize) mask->height + 2);
  g_autofree guint8 *pixels = g_malloc0 (size);
  g_autofree guint8 *seen = g_malloc0 (size);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  Picture picture = { .pixels = pixels, .seen = seen, .stride = stride };

  tpo_rle_decode (mask, pixels + stride + 1, stride, 1);
  for (int y = 0; y < (int) mask->height; y++)
    for (int x = 0; x < (int) mask->width; x++) {
      gsize at = (gsize) (y + 1) * stride + (gsize) (x + 1);
      GArray *ring;

      /* Every ring has a side that is the upper one of a pixel. */
      if (!pixels[at] || pixels[at - stride] || seen[at])
        continue;
      ring = g_array_new (FALSE, FALSE, sizeof (int));
      g_ptr_array_add (found, ring);
      if (walk_ring (&picture, x, y, ring) < 0)
        return FALSE;
    }
  *rings = g_steal_pointer (&found);
  return TRUE;
}
