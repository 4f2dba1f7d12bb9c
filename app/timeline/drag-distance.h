#pragma once

#include <gtk/gtk.h>

/* Drags of widgets that move with the pointer: what counts is the way in their parent, which stays
 * where it is. */

/** tpo_drag_get_x: @x of the widget that has @drag, in its parent */
double tpo_drag_get_x (GtkGesture *drag, double x);

/**
 * tpo_drag_get_distance:
 * @offset: as "drag-update" gives it
 * @press_x: tpo_drag_get_x() when the drag began
 *
 * Returns: pixels that the pointer has gone
 */
double tpo_drag_get_distance (GtkGesture *drag, double offset, double press_x);
