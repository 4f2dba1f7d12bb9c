#include "config.h"

#include "canvas/tpo-canvas-private.h"
#include "document/tpo-document-masks.h"

/*
 * Click-to-segment. Each click asks for the mask of all points so far on this frame; while the
 * document is busy the latest set of points waits.
 */

static void
update_spinner (TpoCanvas *self)
{
  gboolean is_busy = self->clicks.is_running || self->clicks.is_waiting;

  gtk_widget_set_visible (self->spinner, is_busy);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), is_busy);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

gboolean
tpo_canvas_has_prompt (TpoCanvas *self)
{
  return self->clicks.points->len > 0 || self->clicks.has_box;
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

  clicks->is_waiting = tpo_canvas_has_prompt (self);
  if (clicks->is_waiting && !is_document_busy (self)) {
    clicks->is_waiting = FALSE;
    clicks->is_running = TRUE;
    tpo_document_segment (
        self->document, clicks->target, clicks->time_us,
        &(TpoCorrection){ .points = (const TpoPoint *) (gconstpointer) clicks->points->data,
                          .n_points = clicks->points->len,
                          .box = clicks->has_box ? &clicks->box : NULL,
                          .mask = clicks->before });
  }
  update_spinner (self);
}

/* The mask that the target has of the very frame: the first click on it means what is wrong with it. */
static void
keep_before (TpoCanvas *self)
{
  TpoClicks *clicks = &self->clicks;

  g_clear_pointer (&clicks->before, tpo_rle_unref);
  if (clicks->target != NULL)
    clicks->before = tpo_document_get_mask_on (self->document, clicks->target, clicks->time_us);
}

/* The first answer makes a mask; later ones refine it. */
void
tpo_canvas_clicks_idle (TpoCanvas *self)
{
  TpoClicks *clicks = &self->clicks;

  if (is_document_busy (self))
    return;
  if (clicks->is_running && clicks->target == NULL && tpo_canvas_has_prompt (self))
    g_set_object (&clicks->target, tpo_canvas_get_selected (self, TPO_ANNOTATION_MASK_TRACK));
  clicks->is_running = FALSE;
  if (clicks->is_waiting)
    ask (self);
  update_spinner (self);
}

/* The first of them says which mask is meant. Returns: whether there is a picture */
static gboolean
begin_prompt (TpoCanvas *self)
{
  TpoClicks *clicks = &self->clicks;
  gint64 time_us;

  tpo_player_set_playing (self->player, FALSE);
  if (!tpo_canvas_get_time (self, &time_us))
    return FALSE;
  if (tpo_canvas_has_prompt (self))
    return TRUE;
  clicks->time_us = time_us;
  g_set_object (&clicks->target, tpo_canvas_get_selected (self, TPO_ANNOTATION_MASK_TRACK));
  keep_before (self);
  return TRUE;
}

void
tpo_canvas_click (TpoCanvas *self, double x, double y, gboolean is_positive)
{
  TpoPlane plane;
  TpoPoint point;

  if (!tpo_canvas_get_plane (self, &plane))
    return;
  tpo_plane_to_picture (&plane, &x, &y);
  if (x < 0 || x > 1 || y < 0 || y > 1 || !begin_prompt (self))
    return;
  point = (TpoPoint){ (float) x, (float) y, is_positive };
  g_array_append_val (self->clicks.points, point);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  ask (self);
}

void
tpo_canvas_prompt_box (TpoCanvas *self, const TpoBox *box)
{
  TpoClicks *clicks = &self->clicks;

  if (!begin_prompt (self))
    return;
  g_array_set_size (clicks->points, 0);
  g_clear_pointer (&clicks->before, tpo_rle_unref);
  clicks->has_box = TRUE;
  clicks->box = *box;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  ask (self);
}

gboolean
tpo_canvas_take_click (TpoCanvas *self)
{
  TpoClicks *clicks = &self->clicks;

  if (clicks->points->len > 0)
    g_array_set_size (clicks->points, clicks->points->len - 1);
  else if (clicks->has_box)
    clicks->has_box = FALSE;
  else
    return FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  ask (self);
  return TRUE;
}

gboolean
tpo_canvas_clear_clicks (TpoCanvas *self)
{
  TpoClicks *clicks = &self->clicks;
  gboolean had_prompt = tpo_canvas_has_prompt (self);

  g_array_set_size (clicks->points, 0);
  clicks->has_box = FALSE;
  g_clear_object (&clicks->target);
  g_clear_pointer (&clicks->before, tpo_rle_unref);
  clicks->is_waiting = FALSE;
  update_spinner (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return had_prompt;
}
