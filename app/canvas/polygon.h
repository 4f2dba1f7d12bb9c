#pragma once

#include "canvas/mask-paint.h"

G_BEGIN_DECLS

/*
 * Outlines as a hand draws them: polygons with corners, and strokes of a brush on a string. No widgets here.
 */

/** TpoCorner: of a polygon; normalised to the picture, origin top left */
typedef struct {
  double x, y;
} TpoCorner;

/**
 * tpo_mask_fill:
 * @corners: [n_corners] the polygon, closed by a line from the last to the first
 * @value: 1 paints, 0 erases
 *
 * Sets all pixels whose centre the polygon winds around (the non-zero rule, so that an outline that
 * crosses itself leaves no hole by accident). It may reach outside the picture.
 *
 * Returns: how many pixels have another value now
 */
guint64 tpo_mask_fill (TpoMask *self, const TpoCorner *corners, guint n_corners, guint8 value);

/**
 * tpo_polygon_find_corner:
 * @width: of the whole picture as it is shown, in any unit
 * @height: likewise
 * @reach: how far away a corner may be, in the same unit
 *
 * Returns: the corner nearest to (@x, @y), normalised; -1 if none is within reach
 */
int tpo_polygon_find_corner (const TpoCorner *corners, guint n_corners, double x, double y,
                             double width, double height, double reach);

/**
 * tpo_polygon_find_edge: likewise for the edge from a corner to the next one
 *
 * Returns: the number of its first corner; -1 if none is within reach
 */
int tpo_polygon_find_edge (const TpoCorner *corners, guint n_corners, double x, double y,
                           double width, double height, double reach);

/**
 * tpo_string_pull:
 * @x: (inout): the brush, which hangs on the hand by a string
 * @y: (inout): likewise
 * @hand_x: where the hand is now
 * @hand_y: likewise
 * @length: of the string; 0: the brush is where the hand is
 *
 * The brush follows once the string is taut, which smooths a stroke by as much as the string is
 * long, however fast the hand is.
 *
 * Returns: whether it moved
 */
gboolean tpo_string_pull (double *x, double *y, double hand_x, double hand_y, double length);

G_END_DECLS
