#include "config.h"

#include "canvas/polygon.h"

#include <math.h>
#include <string.h>

/* ---- filling ------------------------------------------------------------------------------------ */

/* Where an edge passes through a row of pixel centres, and whether downward. */
typedef struct {
  double x;
  int winding;
} Crossing;

static int
by_x (gconstpointer a, gconstpointer b)
{
  const Crossing *left = a, *right = b;

  return left->x < right->x ? -1 : left->x > right->x;
}

/* An edge holds its upper end and not its lower one, so that a corner counts once. */
static void
find_crossings (const TpoCorner *corners, guint n, double y, double width, double height,
                GArray *crossings)
{
  g_array_set_size (crossings, 0);
  for (guint i = 0; i < n; i++) {
    double x0 = corners[i].x * width, y0 = corners[i].y * height;
    double x1 = corners[(i + 1) % n].x * width, y1 = corners[(i + 1) % n].y * height;
    Crossing crossing;

    if ((y0 <= y) == (y1 <= y))
      continue;
    crossing.x = x0 + (x1 - x0) * (y - y0) / (y1 - y0);
    crossing.winding = y0 < y1 ? 1 : -1;
    g_array_append_val (crossings, crossing);
  }
  g_array_sort (crossings, by_x);
}

/* The first pixel whose centre is not left of @x. */
static guint
pixel_from (double x, guint width)
{
  return (guint) CLAMP (ceil (x - 0.5), 0.0, (double) width);
}

static guint64
fill_row (guint8 *row, guint width, const GArray *crossings, guint8 value)
{
  guint64 n_changed = 0;
  int winding = 0;

  for (guint i = 0; i + 1 < crossings->len; i++) {
    const Crossing *from = &g_array_index (crossings, Crossing, i);
    guint end = pixel_from (g_array_index (crossings, Crossing, i + 1).x, width);

    winding += from->winding;
    if (winding == 0)
      continue;
    for (guint x = pixel_from (from->x, width); x < end; x++) {
      n_changed += row[x] != value;
      row[x] = value;
    }
  }
  return n_changed;
}

guint64
tpo_mask_fill (TpoMask *self, const TpoCorner *corners, guint n_corners, guint8 value)
{
  g_autoptr (GArray) crossings = g_array_new (FALSE, FALSE, sizeof (Crossing));
  double top = G_MAXDOUBLE, bottom = -G_MAXDOUBLE;
  guint64 n_changed = 0;
  guint end;

  g_return_val_if_fail (self != NULL && (corners != NULL || n_corners == 0), 0);

  for (guint i = 0; i < n_corners; i++) {
    top = MIN (top, corners[i].y * self->height);
    bottom = MAX (bottom, corners[i].y * self->height);
  }
  end = pixel_from (bottom, self->height);
  for (guint y = pixel_from (top, self->height); y < end; y++) {
    find_crossings (corners, n_corners, y + 0.5, self->width, self->height, crossings);
    n_changed +=
        fill_row (self->bytes + (gsize) y * self->width, self->width, crossings, value);
  }
  return n_changed;
}

/* ---- corners and edges ---------------------------------------------------------------------------- */

int
tpo_polygon_find_corner (const TpoCorner *corners, guint n_corners, double x, double y,
                         double width, double height, double reach)
{
  double nearest = reach;
  int found = -1;

  for (guint i = 0; i < n_corners; i++) {
    double far = hypot ((corners[i].x - x) * width, (corners[i].y - y) * height);

    if (far > nearest)
      continue;
    nearest = far;
    found = (int) i;
  }
  return found;
}

static double
distance_to_edge (const TpoCorner *from, const TpoCorner *to, double x, double y, double width,
                  double height)
{
  double dx = (to->x - from->x) * width, dy = (to->y - from->y) * height;
  double px = (x - from->x) * width, py = (y - from->y) * height;
  double length = dx * dx + dy * dy;
  double along = length > 0 ? CLAMP ((px * dx + py * dy) / length, 0.0, 1.0) : 0.0;

  return hypot (px - along * dx, py - along * dy);
}

int
tpo_polygon_find_edge (const TpoCorner *corners, guint n_corners, double x, double y,
                       double width, double height, double reach)
{
  double nearest = reach;
  int found = -1;

  for (guint i = 0; i < n_corners; i++) {
    double far =
        distance_to_edge (&corners[i], &corners[(i + 1) % n_corners], x, y, width, height);

    if (far > nearest)
      continue;
    nearest = far;
    found = (int) i;
  }
  return found;
}

/* ---- strokes --------------------------------------------------------------------------------------- */

gboolean
tpo_string_pull (double *x, double *y, double hand_x, double hand_y, double length)
{
  double far = hypot (hand_x - *x, hand_y - *y), share;

  if (far <= length || far == 0.0)
    return FALSE;
  share = (far - length) / far;
  *x += (hand_x - *x) * share;
  *y += (hand_y - *y) * share;
  return TRUE;
}
