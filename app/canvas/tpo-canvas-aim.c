#include "config.h"

#include "canvas/tpo-canvas-private.h"

/*
 * Brush, eraser, polygon and clicks without a pointer: Alt and the arrow keys move a cross, Insert
 * does at it what a press does. A stroke lasts from one Insert to the next.
 */

static const int STEP_PX = 1, LARGE_STEP_PX = 10; /* of the video, at least of the view */

static gboolean
has_place (TpoCanvas *self)
{
  return self->tool != TPO_TOOL_SELECT && self->tool != TPO_TOOL_BOX;
}

/* From the middle of the selected object: whoever has no pointer wants to correct that. */
static gboolean
begin_at_selected (TpoCanvas *self)
{
  TpoAnnotation *selected = tpo_document_get_selected (self->document);
  TpoCanvasItem *item = selected != NULL ? tpo_canvas_get_item (self, selected) : NULL;
  graphene_rect_t at;

  if (item == NULL || !tpo_canvas_item_is_shown (item) ||
      !gtk_widget_compute_bounds (GTK_WIDGET (item), GTK_WIDGET (self), &at))
    return FALSE;
  self->pointer_x = at.origin.x + at.size.width / 2.0;
  self->pointer_y = at.origin.y + at.size.height / 2.0;
  return TRUE;
}

/* Else from where the pointer rests, or from the middle of what can be seen of the picture. */
static void
begin (TpoCanvas *self)
{
  if (!self->is_aiming && !begin_at_selected (self) && !self->has_pointer) {
    self->pointer_x = gtk_widget_get_width (GTK_WIDGET (self)) / 2.0;
    self->pointer_y = gtk_widget_get_height (GTK_WIDGET (self)) / 2.0;
  }
  self->has_pointer = self->is_aiming = TRUE;
}

static double
within (double at, double start, double length, int view)
{
  double low = MAX (start, 0.0), high = MIN (start + length, view) - 1.0;

  return CLAMP (at, low, MAX (low, high));
}

gboolean
tpo_canvas_aim (TpoCanvas *self, int dx, int dy, GdkModifierType state)
{
  const TpoVideoInfo *info = tpo_canvas_get_info (self);
  int step = state & GDK_SHIFT_MASK ? LARGE_STEP_PX : STEP_PX;
  TpoPlane plane;

  if (!has_place (self) || !(state & GDK_ALT_MASK) || info == NULL ||
      !tpo_canvas_get_plane (self, &plane))
    return FALSE;
  begin (self);
  self->pointer_x += dx * step * MAX (1.0, plane.width / info->display_width);
  self->pointer_y += dy * step * MAX (1.0, plane.height / info->display_height);
  self->pointer_x =
      within (self->pointer_x, plane.x, plane.width, gtk_widget_get_width (GTK_WIDGET (self)));
  self->pointer_y = within (self->pointer_y, plane.y, plane.height,
                            gtk_widget_get_height (GTK_WIDGET (self)));
  if (self->drag.kind == TPO_DRAG_STROKE)
    tpo_canvas_stroke_to (self, self->pointer_x, self->pointer_y);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return TRUE;
}

gboolean
tpo_canvas_press_aim (TpoCanvas *self, GdkModifierType state)
{
  double x, y;
  gint64 time_us;

  if (!has_place (self) || !tpo_canvas_get_time (self, &time_us))
    return FALSE;
  begin (self);
  x = self->pointer_x;
  y = self->pointer_y;
  if (self->drag.kind == TPO_DRAG_STROKE) {
    tpo_canvas_end_stroke (self);
    return TRUE;
  }
  if (self->tool == TPO_TOOL_CLICK) {
    tpo_canvas_click (self, x, y, !(state & (GDK_SHIFT_MASK | GDK_ALT_MASK)));
    return TRUE;
  }
  self->drag = (TpoDrag){ .time_us = time_us, .x = x, .y = y };
  if (self->tool == TPO_TOOL_POLYGON) {
    tpo_canvas_press_polygon (self, x, y);
    tpo_canvas_end_corner (self, FALSE);
  } else {
    tpo_canvas_begin_stroke (self, x, y);
  }
  return TRUE;
}
