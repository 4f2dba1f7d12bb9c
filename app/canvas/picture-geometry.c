#include "config.h"

#include "canvas/picture-geometry.h"

#include <math.h>

/* Reach of an edge, in pixels of the view. */
static const double GRIP_OUTSIDE = 7.0, GRIP_INSIDE = 7.0;

void
tpo_plane_to_picture (const TpoPlane *plane, double *x, double *y)
{
  *x = plane->width > 0 ? (*x - plane->x) / plane->width : 0.0;
  *y = plane->height > 0 ? (*y - plane->y) / plane->height : 0.0;
}

void
tpo_plane_to_view (const TpoPlane *plane, double *x, double *y)
{
  *x = plane->x + *x * plane->width;
  *y = plane->y + *y * plane->height;
}

TpoFrameRect
tpo_plane_place (const TpoPlane *plane, const TpoBox *box)
{
  double x0 = box->x0, y0 = box->y0, x1 = box->x1, y1 = box->y1;
  TpoFrameRect rect;

  tpo_plane_to_view (plane, &x0, &y0);
  tpo_plane_to_view (plane, &x1, &y1);
  rect.x = (int) floor (x0 + 0.5);
  rect.y = (int) floor (y0 + 0.5);
  rect.width = MAX (1, (int) floor (x1 + 0.5) - rect.x);
  rect.height = MAX (1, (int) floor (y1 + 0.5) - rect.y);
  return rect;
}

/* Which end of [0, @length] is grabbed at @at: -1 the start, 1 the end, 0 neither. */
static int
end_at (double at, double length)
{
  double inside = MIN (GRIP_INSIDE, length / 4.0);

  if (at < inside)
    return -1;
  return at > length - inside ? 1 : 0;
}

TpoGrip
tpo_grip_at (const TpoFrameRect *rect, double x, double y)
{
  double at_x = x - rect->x, at_y = y - rect->y;
  TpoGrip grip = TPO_GRIP_NONE;
  int end_x, end_y;

  if (at_x < -GRIP_OUTSIDE || at_y < -GRIP_OUTSIDE || at_x > rect->width + GRIP_OUTSIDE ||
      at_y > rect->height + GRIP_OUTSIDE)
    return TPO_GRIP_NONE;
  end_x = end_at (at_x, rect->width);
  end_y = end_at (at_y, rect->height);
  if (end_x != 0)
    grip |= end_x < 0 ? TPO_GRIP_LEFT : TPO_GRIP_RIGHT;
  if (end_y != 0)
    grip |= end_y < 0 ? TPO_GRIP_TOP : TPO_GRIP_BOTTOM;
  return grip != TPO_GRIP_NONE ? grip : TPO_GRIP_ALL;
}

const char *
tpo_grip_cursor (TpoGrip grip)
{
  gboolean is_x = (grip & (TPO_GRIP_LEFT | TPO_GRIP_RIGHT)) != 0;
  gboolean is_y = (grip & (TPO_GRIP_TOP | TPO_GRIP_BOTTOM)) != 0;
  gboolean is_left = (grip & TPO_GRIP_LEFT) != 0, is_top = (grip & TPO_GRIP_TOP) != 0;

  if (grip == TPO_GRIP_NONE)
    return "default";
  if (grip == TPO_GRIP_ALL)
    return "move";
  if (is_x && is_y)
    return is_left == is_top ? "nwse-resize" : "nesw-resize";
  return is_x ? "ew-resize" : "ns-resize";
}

static void
in_order (float *low, float *high)
{
  float swapped = *low;

  if (*low <= *high)
    return;
  *low = *high;
  *high = swapped;
}

/* Grows [low, high] to @least where there is room in 0 … 1. */
static void
widen (float *low, float *high, double least)
{
  double start = *low;

  if (*high - *low >= least)
    return;
  start = MIN (start, 1.0 - least);
  *low = (float) MAX (start, 0.0);
  *high = (float) MIN (*low + least, 1.0);
}

TpoBox
tpo_box_drag (const TpoBox *box, TpoGrip grip, double dx, double dy, double least_width,
              double least_height)
{
  TpoBox moved = *box;

  if (grip == TPO_GRIP_ALL) {
    dx = CLAMP (dx, -(double) box->x0, 1.0 - (double) box->x1);
    dy = CLAMP (dy, -(double) box->y0, 1.0 - (double) box->y1);
  }
  if (grip & TPO_GRIP_LEFT)
    moved.x0 = (float) CLAMP (box->x0 + dx, 0.0, 1.0);
  if (grip & TPO_GRIP_RIGHT)
    moved.x1 = (float) CLAMP (box->x1 + dx, 0.0, 1.0);
  if (grip & TPO_GRIP_TOP)
    moved.y0 = (float) CLAMP (box->y0 + dy, 0.0, 1.0);
  if (grip & TPO_GRIP_BOTTOM)
    moved.y1 = (float) CLAMP (box->y1 + dy, 0.0, 1.0);
  in_order (&moved.x0, &moved.x1);
  in_order (&moved.y0, &moved.y1);
  widen (&moved.x0, &moved.x1, least_width);
  widen (&moved.y0, &moved.y1, least_height);
  return moved;
}

TpoBox
tpo_box_between (double x0, double y0, double x1, double y1)
{
  return (TpoBox){
    .x0 = (float) CLAMP (MIN (x0, x1), 0.0, 1.0),
    .y0 = (float) CLAMP (MIN (y0, y1), 0.0, 1.0),
    .x1 = (float) CLAMP (MAX (x0, x1), 0.0, 1.0),
    .y1 = (float) CLAMP (MAX (y0, y1), 0.0, 1.0),
  };
}

gboolean
tpo_box_has (const TpoBox *box, double x, double y)
{
  return x >= box->x0 && x <= box->x1 && y >= box->y0 && y <= box->y1;
}

double
tpo_box_area (const TpoBox *box)
{
  return MAX (0.0, (double) box->x1 - box->x0) * MAX (0.0, (double) box->y1 - box->y0);
}
