#pragma once

#include <tpo/types.h>

G_BEGIN_DECLS

/*
 * Boxes and points between the picture (normalised) and the view (pixels of the widget), and what a
 * pointer grabs of them. No widgets here.
 */

/** TpoPlane: where the whole picture lies in the view; reaches beyond it while zoomed */
typedef struct {
  double x, y, width, height;
} TpoPlane;

/** TpoFrameRect: whole pixels of the view, so that lines are crisp */
typedef struct {
  int x, y, width, height;
} TpoFrameRect;

/** TpoGrip: the edges that follow the pointer; all four move the box as a whole */
typedef enum {
  TPO_GRIP_NONE = 0,
  TPO_GRIP_LEFT = 1 << 0,
  TPO_GRIP_TOP = 1 << 1,
  TPO_GRIP_RIGHT = 1 << 2,
  TPO_GRIP_BOTTOM = 1 << 3,
  TPO_GRIP_ALL = 15,
} TpoGrip;

/** tpo_plane_to_picture: @x, @y: (inout): from the view's pixels to normalised; not clamped */
void tpo_plane_to_picture (const TpoPlane *plane, double *x, double *y);

/** tpo_plane_to_view: @x, @y: (inout): from normalised to the view's pixels */
void tpo_plane_to_view (const TpoPlane *plane, double *x, double *y);

/** tpo_plane_place: Returns: the box in the view, at least one pixel wide and high */
TpoFrameRect tpo_plane_place (const TpoPlane *plane, const TpoBox *box);

/**
 * tpo_grip_at:
 * @rect: of a box
 * @x: of the pointer, in the view
 * @y: likewise
 *
 * Edges and corners can be grabbed a little outside and, where the box is large enough to leave
 * room for moving it, inside, 14 pixels in all.
 */
TpoGrip tpo_grip_at (const TpoFrameRect *rect, double x, double y);

/** tpo_grip_cursor: Returns: (transfer none): name of the pointer's cursor over it */
const char *tpo_grip_cursor (TpoGrip grip);

/**
 * tpo_box_drag:
 * @grip: the edges that move
 * @dx: normalised way of the pointer
 * @dy: likewise
 * @least_width: normalised; a box never becomes narrower
 * @least_height: likewise
 *
 * A box moved as a whole keeps its size and stops at the edges of the picture; an edge moved beyond
 * its opposite turns the box over.
 */
TpoBox tpo_box_drag (const TpoBox *box, TpoGrip grip, double dx, double dy, double least_width,
                     double least_height);

/** tpo_box_between: the box with these two corners, in any order, clamped to the picture */
TpoBox tpo_box_between (double x0, double y0, double x1, double y1);

/** tpo_box_has: whether a normalised point lies in it, its edges included */
gboolean tpo_box_has (const TpoBox *box, double x, double y);

/** tpo_box_area: 0 … 1 */
double tpo_box_area (const TpoBox *box);

G_END_DECLS
