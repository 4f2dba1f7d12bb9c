#include "config.h"

#include "canvas/tpo-canvas-private.h"

/*
 * Click-to-segment. Each click asks for the mask of all points so far on this frame; while the document is busy the
 * latest set of points waits.
 */

static void
update_spinner (TpoCanvas *self)
{
  gboolean is_busy = self->clicks.is_running || self->clicks.is_waiting;

  gtk_widget_set_visible (self->spinner, is_busy);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), is_busy);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static gboolean
is_document_busy (TpoCanvas *self)
{
  gboolean is_busy;

  g_object_get (self->document, "is-busy", &is_busy, NULL);
  return is_busy;
}

static void
ask (TpoCanvas *self)
{
  TpoClicks *clicks = &self->clicks;

  clicks->is_waiting = clicks->points->len > 0;
  if (clicks->is_waiting && !is_document_busy (self)) {
    clicks->is_waiting = FALSE;
    clicks->is_running = TRUE;
    tpo_document_segment (
        self->document, clicks->target, clicks->time_us,
        &(TpoCorrection){ .points = (const TpoPoint *) (gconstpointer) clicks->points->data,
                          .n_points = clicks->points->len,
                          .mask = clicks->before });
  }
  update_spinner (self);
}

static TpoAnnotation *
selected_mask (TpoCanvas *self)
{
  TpoAnnotation *selected = tpo_document_get_selected (self->document);
  const TpoAnnotationRecord *record =
      selected != NULL ? tpo_annotation_get_record (selected) : NULL;

  return record != NULL && record->kind == TPO_ANNOTATION_MASK_TRACK && record->id != 0
             ? selected
             : NULL;
}

/* The mask that the target has of the very frame: the first click on it means what is wrong with it. */
static void
keep_before (TpoClicks *clicks)
{
  const TpoKeyframeRecord *keyframe =
      clicks->target != NULL
          ? tpo_track_keyframe_at (tpo_annotation_get_keyframes (clicks->target),
                                   clicks->time_us)
          : NULL;

  g_clear_pointer (&clicks->before, tpo_rle_unref);
  if (keyframe != NULL && keyframe->time_us == clicks->time_us && keyframe->mask != NULL)
    clicks->before = tpo_rle_ref (keyframe->mask);
}

/* The first answer makes a mask; later ones refine it. */
void
tpo_canvas_clicks_idle (TpoCanvas *self)
{
  TpoClicks *clicks = &self->clicks;

  if (is_document_busy (self))
    return;
  if (clicks->is_running && clicks->target == NULL && clicks->points->len > 0)
    g_set_object (&clicks->target, selected_mask (self));
  clicks->is_running = FALSE;
  if (clicks->is_waiting)
    ask (self);
  update_spinner (self);
}

void
tpo_canvas_click (TpoCanvas *self, double x, double y, gboolean is_positive)
{
  TpoClicks *clicks = &self->clicks;
  TpoPlane plane;
  TpoPoint point;
  gint64 time_us;

  if (!tpo_canvas_get_plane (self, &plane))
    return;
  tpo_plane_to_picture (&plane, &x, &y);
  if (x < 0 || x > 1 || y < 0 || y > 1)
    return;
  tpo_player_set_playing (self->player, FALSE);
  if (!tpo_canvas_get_time (self, &time_us))
    return;
  if (clicks->points->len == 0) {
    clicks->time_us = time_us;
    g_set_object (&clicks->target, selected_mask (self));
    keep_before (clicks);
  }
  point = (TpoPoint){ (float) x, (float) y, is_positive };
  g_array_append_val (clicks->points, point);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  ask (self);
}

gboolean
tpo_canvas_take_click (TpoCanvas *self)
{
  TpoClicks *clicks = &self->clicks;

  if (clicks->points->len == 0)
    return FALSE;
  g_array_set_size (clicks->points, clicks->points->len - 1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  ask (self);
  return TRUE;
}

gboolean
tpo_canvas_clear_clicks (TpoCanvas *self)
{
  TpoClicks *clicks = &self->clicks;
  gboolean had_points = clicks->points->len > 0;

  g_array_set_size (clicks->points, 0);
  g_clear_object (&clicks->target);
  g_clear_pointer (&clicks->before, tpo_rle_unref);
  clicks->is_waiting = FALSE;
  update_spinner (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return had_points;
}
