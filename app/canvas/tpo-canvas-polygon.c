#include "config.h"

#include <glib/gi18n.h>

#include "canvas/outline.h"
#include "canvas/tpo-canvas-private.h"
#include "document/tpo-document-masks.h"

/*
 * Polygons: corner by corner with the pointer, each of which can be moved until the polygon is
 * closed; then it is added to the mask, or cut out of it. Corners wait on their frame while another
 * is looked at.
 */

static const double REACH_PX = 9.0; /* of a corner */
static const guint LEAST_CORNERS = 3;

static TpoCorner *
corners (TpoCanvas *self)
{
  return (TpoCorner *) (gpointer) self->polygon.corners->data;
}

static gboolean
is_here (TpoCanvas *self)
{
  gint64 time_us;

  return self->polygon.corners->len > 0 && tpo_canvas_get_time (self, &time_us) &&
         time_us == self->polygon.time_us;
}

static TpoCorner
corner_at (const TpoPlane *plane, double x, double y)
{
  tpo_plane_to_picture (plane, &x, &y);
  return (TpoCorner){ CLAMP (x, 0.0, 1.0), CLAMP (y, 0.0, 1.0) };
}

void
tpo_canvas_press_polygon (TpoCanvas *self, double x, double y)
{
  TpoPolygon *polygon = &self->polygon;
  TpoCorner corner;
  TpoPlane plane;

  if (!tpo_canvas_get_plane (self, &plane))
    return;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  tpo_player_set_playing (self->player, FALSE);
  if (!is_here (self))
    g_array_set_size (polygon->corners, 0);
  polygon->time_us = self->drag.time_us;
  corner = corner_at (&plane, x, y);
  polygon->held = tpo_polygon_find_corner (corners (self), polygon->corners->len, corner.x,
                                           corner.y, plane.width, plane.height, REACH_PX);
  if (polygon->held < 0) {
    polygon->held = (int) polygon->corners->len;
    g_array_append_val (polygon->corners, corner);
    self->drag.is_new_corner = TRUE;
  }
  self->drag.kind = TPO_DRAG_CORNER;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tpo_canvas_drag_corner (TpoCanvas *self, double x, double y)
{
  TpoPlane plane;

  if (!tpo_canvas_get_plane (self, &plane))
    return;
  corners (self)[self->polygon.held] = corner_at (&plane, x, y);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tpo_canvas_end_corner (TpoCanvas *self, gboolean cuts_out)
{
  gboolean closes =
      self->polygon.held == 0 && !self->drag.is_moved && !self->drag.is_new_corner;

  tpo_canvas_clear_drag (self);
  if (closes)
    tpo_canvas_close_polygon (self, cuts_out);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* What is cut out must be there: the selected mask, or the one under the first corner. */
static TpoAnnotation *
find_target (TpoCanvas *self, gboolean cuts_out)
{
  double x = corners (self)[0].x, y = corners (self)[0].y;
  TpoPlane plane;

  if (!tpo_canvas_get_plane (self, &plane))
    return NULL;
  tpo_plane_to_view (&plane, &x, &y);
  return tpo_canvas_mask_target (self, x, y, cuts_out);
}

static void
save (TpoCanvas *self, TpoAnnotation *target, const TpoRle *before, gboolean cuts_out)
{
  const TpoVideoInfo *info = tpo_canvas_get_info (self);
  g_autoptr (TpoMask) mask = tpo_mask_new (info->display_width, info->display_height, before);
  g_autoptr (TpoRle) rle = NULL;
  gint64 time_us = self->polygon.time_us;

  if (tpo_mask_fill (mask, corners (self), self->polygon.corners->len, !cuts_out) > 0) {
    rle = tpo_mask_to_rle (mask);
    tpo_document_set_mask (self->document, target, time_us, rle);
  }
  tpo_canvas_clear_polygon (self);
  tpo_canvas_update (self);
}

gboolean
tpo_canvas_close_polygon (TpoCanvas *self, gboolean cuts_out)
{
  g_autoptr (TpoAnnotation) target = NULL;
  g_autoptr (TpoRle) before = NULL;

  if (!is_here (self))
    return FALSE;
  if (self->polygon.corners->len < LEAST_CORNERS) {
    tpo_document_toast (self->document, _ ("A polygon needs three corners"));
    return TRUE;
  }
  g_set_object (&target, find_target (self, cuts_out));
  if (target != NULL)
    before = tpo_document_get_mask (self->document, target, self->polygon.time_us);
  if (cuts_out && before == NULL)
    tpo_document_toast (self->document, _ ("There is no mask here to cut out of"));
  else
    save (self, target, before, cuts_out);
  return TRUE;
}

void
tpo_canvas_double_click_polygon (TpoCanvas *self, gboolean cuts_out)
{
  tpo_canvas_abort_drag (self);
  if (self->polygon.corners->len == 1)
    tpo_canvas_clear_polygon (self);
  else
    tpo_canvas_close_polygon (self, cuts_out);
}

gboolean
tpo_canvas_take_corner (TpoCanvas *self)
{
  if (!is_here (self))
    return FALSE;
  g_array_set_size (self->polygon.corners, self->polygon.corners->len - 1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return TRUE;
}

gboolean
tpo_canvas_clear_polygon (TpoCanvas *self)
{
  gboolean had_corners = self->polygon.corners->len > 0;

  g_array_set_size (self->polygon.corners, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return had_corners;
}

/* The polygon with a line to the pointer, where the next corner would be. */
void
tpo_canvas_snapshot_polygon (TpoCanvas *self, GtkSnapshot *snapshot, const TpoPlane *plane)
{
  guint n = self->polygon.corners->len;
  g_autofree graphene_point_t *points = NULL;

  if (!is_here (self))
    return;
  points = g_new (graphene_point_t, n + 1);
  for (guint i = 0; i < n; i++) {
    double x = corners (self)[i].x, y = corners (self)[i].y;

    tpo_plane_to_view (plane, &x, &y);
    points[i] = GRAPHENE_POINT_INIT ((float) x, (float) y);
  }
  points[n] = GRAPHENE_POINT_INIT ((float) self->pointer_x, (float) self->pointer_y);
  tpo_outline_append_polygon (
      snapshot, points, n + (self->has_pointer && self->drag.kind == TPO_DRAG_NONE),
      &GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (GTK_WIDGET (self)),
                           (float) gtk_widget_get_height (GTK_WIDGET (self))));
  for (guint i = 0; i < n; i++)
    tpo_outline_append_corner (snapshot, points[i].x, points[i].y,
                               i == 0 && n >= LEAST_CORNERS);
}
