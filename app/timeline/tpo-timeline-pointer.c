#include "config.h"

#include <math.h>

#include "compat/tpo-compat.h"
#include "timeline/tpo-timeline-private.h"

static const double ZOOM_STEP = 1.25;
static const double PAN_PX = 60.0;
static const double SHORTEST_DRAWN_PX = 4.0;
static const double PICK_PX = 3.0; /* how far beside a short label a click may be */

/* Of the timeline, to the model's own. */
static double
track_x (TpoTimeline *self, double x)
{
  return x - tpo_timeline_model_get_titles (self->parts->model);
}

static gint64
time_at (TpoTimeline *self, double x)
{
  return tpo_timeline_model_x_to_time (self->parts->model, track_x (self, x));
}

static gboolean
on_scroll (TpoTimeline *self, double dx, double dy, GtkEventControllerScroll *controller)
{
  TpoTimelineModel *model = self->parts->model;
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  double middle = tpo_timeline_model_get_width (model) / 2.0;

  tpo_compat_scroll_steps (controller, &dx, &dy);
  if (state & GDK_CONTROL_MASK) {
    double x =
        tpo_timeline_model_time_to_x (model, tpo_player_get_position_us (self->parts->player));

    if (x < 0.0 || x > 2.0 * middle)
      x = middle;
    tpo_timeline_model_zoom (model, pow (ZOOM_STEP, -dy), x);
    return TRUE;
  }
  if ((state & GDK_SHIFT_MASK) || dx != 0.0) {
    tpo_timeline_model_scroll (model, (dx != 0.0 ? dx : dy) * PAN_PX);
    return TRUE;
  }
  return FALSE;
}

/* ---- two fingers --------------------------------------------------------------------------------------- */

static void
on_pinch_begin (TpoTimeline *self, GdkEventSequence *sequence, GtkGesture *pinch)
{
  self->last_scale = 1.0;
  /* What one finger began before the second one came is no drag. */
  gtk_gesture_set_state (pinch, GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
on_pinch (TpoTimeline *self, double scale, GtkGesture *pinch)
{
  double x, y;

  tpo_compat_find_center (pinch, &x, &y);
  tpo_timeline_model_zoom (self->parts->model, scale / self->last_scale, track_x (self, x));
  self->last_scale = scale;
}

/* ---- drags on free space; bars take their own ------------------------------------------------------ */

/* From the top of all rows. */
static int
list_y (TpoTimeline *self, double y)
{
  graphene_point_t point = GRAPHENE_POINT_INIT (0, (float) y);

  if (!gtk_widget_compute_point (self->stack, self->list, &point, &point))
    return 0;
  return (int) point.y;
}

static void
on_draw_begin (TpoTimeline *self, double x, double y, GtkGestureDrag *drag)
{
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (drag));

  self->drawn_from_us = self->drawn_to_us = time_at (self, x);
  self->is_framing = (state & GDK_SHIFT_MASK) != 0;
  self->framed_from_y = self->framed_to_y = list_y (self, y);
  if (track_x (self, x) < 0 || tpo_document_get_video (self->parts->document) == NULL)
    self->drawn_from_us = -1;
}

/* Of a span that is drawn: on a frame, and at edges and the play position unless Alt is held. */
static gint64
edge_at (TpoTimeline *self, double x, GtkGestureDrag *drag)
{
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (drag));
  gint64 time_us = time_at (self, x);

  if (!(state & GDK_ALT_MASK))
    time_us = tpo_span_snap (self->parts, NULL, time_us);
  return tpo_span_to_frame (self->parts, time_us);
}

static void
on_draw_update (TpoTimeline *self, double dx, double dy, GtkGestureDrag *drag)
{
  double x, y;

  if (self->drawn_from_us < 0)
    return;
  gtk_gesture_drag_get_start_point (drag, &x, &y);
  if (self->is_framing || ABS (dx) <= SHORTEST_DRAWN_PX) {
    self->drawn_from_us = time_at (self, x);
    self->drawn_to_us = time_at (self, x + dx);
  } else {
    self->drawn_from_us = edge_at (self, x, drag);
    self->drawn_to_us = edge_at (self, x + dx, drag);
  }
  self->framed_to_y = list_y (self, y + dy);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* A label too short to be a widget is chosen by a click beside it, too. */
static void
click (TpoTimeline *self, gint64 time_us)
{
  TpoTimelineParts *parts = self->parts;
  const TpoRow *row = tpo_timeline_rows_find_y (parts->rows, self->framed_from_y);
  gint64 reach_us = (gint64) (PICK_PX * tpo_timeline_model_get_us_per_px (parts->model));
  TpoAnnotation *found = NULL;

  if (row != NULL && self->framed_from_y < row->y + row->height)
    found = tpo_timeline_rows_pick (parts->rows, row, time_us - reach_us, time_us + reach_us,
                                    self->framed_from_y - row->y);
  if (found != NULL)
    tpo_document_select (parts->document, found);
  tpo_player_seek (parts->player, time_us);
}

static void
select_framed (TpoTimeline *self, gint64 from_us, gint64 to_us)
{
  g_autoptr (GPtrArray) found = tpo_timeline_rows_pick_area (
      self->parts->rows, MIN (self->framed_from_y, self->framed_to_y),
      MAX (self->framed_from_y, self->framed_to_y), from_us, to_us);

  tpo_document_select_many (self->parts->document, found);
}

/* Whose label a span gets that is drawn from there: that of the row, if it has spans. Returns: (nullable) */
static TpoAnnotation *
find_like (TpoTimeline *self)
{
  const TpoRow *row = tpo_timeline_rows_find_y (self->parts->rows, self->framed_from_y);
  TpoAnnotation *first;

  if (row == NULL || self->framed_from_y < row->y ||
      self->framed_from_y >= row->y + row->height)
    return NULL;
  first = g_ptr_array_index (row->items, 0);
  return tpo_annotation_get_record (first)->kind == TPO_ANNOTATION_SPAN ? first : NULL;
}

static void
on_draw_end (TpoTimeline *self, double dx, double dy, GtkGestureDrag *drag)
{
  gint64 from_us, to_us;

  if (self->drawn_from_us < 0)
    return;
  /* The button may be released at a place that no motion told of. */
  on_draw_update (self, dx, dy, drag);
  from_us = MIN (self->drawn_from_us, self->drawn_to_us);
  to_us = MAX (self->drawn_from_us, self->drawn_to_us);
  self->drawn_from_us = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->is_framing)
    select_framed (self, from_us, to_us + 1);
  else if (ABS (dx) <= SHORTEST_DRAWN_PX)
    click (self, to_us);
  else if (to_us > from_us)
    tpo_document_add_span (self->parts->document, from_us, to_us, find_like (self));
}

static void
on_draw_cancel (TpoTimeline *self)
{
  self->drawn_from_us = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tpo_timeline_add_controllers (TpoTimeline *self)
{
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *draw = gtk_gesture_drag_new (), *pinch = gtk_gesture_zoom_new ();

  gtk_event_controller_set_propagation_phase (scroll, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (pinch), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect_swapped (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (pinch));
  g_signal_connect_swapped (draw, "drag-begin", G_CALLBACK (on_draw_begin), self);
  g_signal_connect_swapped (draw, "drag-update", G_CALLBACK (on_draw_update), self);
  g_signal_connect_swapped (draw, "cancel", G_CALLBACK (on_draw_cancel), self);
  g_signal_connect_swapped (draw, "drag-end", G_CALLBACK (on_draw_end), self);
  gtk_widget_add_controller (self->stack, GTK_EVENT_CONTROLLER (draw));
}
