#include "formats/polygon.h"

#include <math.h>

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

static gint
compare_crossings (gconstpointer a, gconstpointer b)
{
  double left = *(const double *) a, right = *(const double *) b;

  return left < right ? -1 : left > right;
}

/* Where the ring crosses the line at y, from left to right. */
static void
find_crossings (const GArray *ring, double y, GArray *crossings)
{
  guint n = ring->len / 2;

  g_array_set_size (crossings, 0);
  for (guint i = 0; i < n; i++) {
    guint k = (i + 1) % n;
    double x0 = g_array_index (ring, double, 2 * i),
           y0 = g_array_index (ring, double, 2 * i + 1);
    double x1 = g_array_index (ring, double, 2 * k),
           y1 = g_array_index (ring, double, 2 * k + 1);
    double x = x0 + (y - y0) * (x1 - x0) / (y1 - y0);

    if ((y0 > y) != (y1 > y))
      g_array_append_val (crossings, x);
  }
  g_array_sort (crossings, compare_crossings);
}

/* Sets the pixels of a row whose centres lie in [from, to). */
static void
fill (guint8 *row, guint width, double from, double to)
{
  double first = ceil (CLAMP (from, 0, width) - 0.5), end = ceil (CLAMP (to, 0, width) - 0.5);

  for (guint x = (guint) MAX (first, 0); x < (guint) MAX (end, 0); x++)
    row[x] = 1;
}

static void
fill_ring (guint8 *mask, guint width, guint height, const GArray *ring)
{
  g_autoptr (GArray) crossings = g_array_new (FALSE, FALSE, sizeof (double));
  double top = height, bottom = 0;

  for (guint i = 1; i < ring->len; i += 2) {
    top = fmin (top, g_array_index (ring, double, i));
    bottom = fmax (bottom, g_array_index (ring, double, i));
  }
  for (guint y = (guint) fmax (top - 1, 0); y < height && y < bottom; y++) {
    find_crossings (ring, y + 0.5, crossings);
    for (guint i = 0; i + 1 < crossings->len; i += 2)
      fill (mask + (gsize) y * width, width, g_array_index (crossings, double, i),
            g_array_index (crossings, double, i + 1));
  }
}

TpoRle *
tpo_mask_from_rings (GPtrArray *rings, guint width, guint height)
{
  g_autofree guint8 *mask = g_malloc0 ((gsize) width * height);

  for (guint i = 0; i < rings->len; i++)
    fill_ring (mask, width, height, rings->pdata[i]);
  return tpo_rle_encode (mask, width, height, width);
}
