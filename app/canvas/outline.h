#pragma once

#include <gtk/gtk.h>

#include "canvas/picture-geometry.h"

G_BEGIN_DECLS

/*
 * Lines that read on any picture: each has a dark casing. In a widget's own coordinates.
 */

typedef struct {
  GdkRGBA color;
  float width;          /* of the line */
  gboolean is_dashed;   /* in between keyframes */
  gboolean has_corners; /* heavier corners: a person saw to it */
} TpoOutline;

/** tpo_outline_append: the line lies on the edge of @rect, half in, half out */
void tpo_outline_append (GtkSnapshot *snapshot, const graphene_rect_t *rect,
                         const TpoOutline *outline);

/** tpo_outline_append_handles: eight squares around @rect */
void tpo_outline_append_handles (GtkSnapshot *snapshot, const graphene_rect_t *rect);

/** tpo_outline_append_selection: a thin frame around @rect, where there are no handles */
void tpo_outline_append_selection (GtkSnapshot *snapshot, const graphene_rect_t *rect);

/** tpo_outline_append_focus: a ring around @rect */
void tpo_outline_append_focus (GtkSnapshot *snapshot, const graphene_rect_t *rect);

/** tpo_outline_append_ring: a circle, as of a brush */
void tpo_outline_append_ring (GtkSnapshot *snapshot, double x, double y, double diameter);

/** tpo_outline_append_grid: a line between all of @columns by @rows pixels of the picture that can be seen */
void tpo_outline_append_grid (GtkSnapshot *snapshot, const TpoPlane *plane, guint columns,
                              guint rows, int view_width, int view_height);

/**
 * tpo_outline_append_polygon: lines from point to point, and a thin one from the last back to the
 * first. @view: all that is visible
 */
void tpo_outline_append_polygon (GtkSnapshot *snapshot, const graphene_point_t *points, guint n,
                                 const graphene_rect_t *view);

/** tpo_outline_append_corner: @closes: a press on it ends the polygon */
void tpo_outline_append_corner (GtkSnapshot *snapshot, float x, float y, gboolean closes);

/** tpo_outline_append_cross: where a press by keys would be */
void tpo_outline_append_cross (GtkSnapshot *snapshot, double x, double y);

/** tpo_outline_append_point: a dot with a plus or a minus */
void tpo_outline_append_point (GtkSnapshot *snapshot, double x, double y, gboolean is_positive);

G_END_DECLS
