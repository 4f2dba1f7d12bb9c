#include "config.h"

#include <glib/gi18n.h>

#include "document/findings.h"
#include "document/tpo-document-private.h"

/*
 * Objects while they are followed: what comes of it is saved on the way, as one undo step, and with
 * which model it was found is noted at the end.
 */

static const gint64 SAVE_EVERY_US = G_USEC_PER_SEC;
static const gint64 SAVE_SHARE = 20; /* between two saves, of the time that one takes */

/* ---- objects on their way ------------------------------------------------------------------------------ */

static GPtrArray *
new_keyframes (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
}

static void
tracked_free (TpoTracked *self)
{
  g_object_unref (self->annotation);
  g_ptr_array_unref (self->found);
  g_free (self);
}

TpoTracking *
tpo_tracking_new (void)
{
  TpoTracking *self = g_new0 (TpoTracking, 1);

  self->tracked = g_ptr_array_new_with_free_func ((GDestroyNotify) tracked_free);
  self->save_at_us = g_get_monotonic_time () + SAVE_EVERY_US;
  self->began_us = g_get_real_time ();
  return self;
}

void
tpo_tracking_free (TpoTracking *self)
{
  g_ptr_array_unref (self->tracked);
  g_free (self);
}

TpoTracked *
tpo_tracking_add (TpoTracking *self, TpoAnnotation *annotation, guint frame, const TpoBox *box)
{
  TpoTracked *tracked = g_new0 (TpoTracked, 1);

  tracked->annotation = g_object_ref (annotation);
  tracked->frame = frame;
  tracked->box = *box;
  tracked->found = new_keyframes ();
  tracked->first_us = G_MAXINT64;
  tracked->last_us = G_MININT64;
  g_ptr_array_add (self->tracked, tracked);
  return tracked;
}

void
tpo_tracking_drop (TpoTracking *self)
{
  for (guint i = 0; i < self->tracked->len; i++)
    g_ptr_array_set_size (tpo_tracking_get (self, i)->found, 0);
}

TpoTracked *
tpo_tracking_get (const TpoTracking *self, guint object)
{
  return g_ptr_array_index (self->tracked, object);
}

/* ---- results ------------------------------------------------------------------------------------------- */

/* Those of @found that may be saved: none where the label is gone by now. Returns: (transfer
 * container) (element-type TpoKeyframeRecord) */
static GPtrArray *
list_fresh (TpoDocument *self, TpoTracked *tracked, GPtrArray *found)
{
  if (tpo_document_find (self, tpo_annotation_get_id (tracked->annotation)) == NULL)
    return g_ptr_array_new ();
  return tpo_finding_list_fresh (tpo_annotation_get_keyframes (tracked->annotation), found);
}

/* Before the first keyframes are seen; note_model() tells the project in the end. */
static void
sign (TpoDocument *self, TpoTracked *tracked)
{
  g_autoptr (TpoModelInfo) info = tpo_engine_dup_model_info (self->engine);
  TpoTrackMaker *maker;

  if (tracked->prediction_id != 0 || tracked->is_signed || info == NULL)
    return;
  maker = g_new0 (TpoTrackMaker, 1);
  maker->annotation_id = tpo_annotation_get_id (tracked->annotation);
  maker->began_us = self->work->tracking->began_us;
  maker->model = g_intern_string (info->name);
  g_ptr_array_add (self->track_makers, maker);
  tracked->is_signed = TRUE;
}

/* What the model said is kept whatever becomes of the label. */
static gboolean
save_found (TpoDocument *self, TpoTracked *tracked, GPtrArray *found, GError **error)
{
  TpoEdit step = { .name = N_ ("Track Object"), .amend_step = self->work->step_id };
  g_autoptr (GPtrArray) fresh = list_fresh (self, tracked, found);
  gint64 end_us = tpo_finding_end (self->video, found);
  gboolean ok;

  if (!tpo_store_begin_group (self->store, &step, error))
    return FALSE;
  sign (self, tracked);
  ok = tracked->prediction_id == 0 ||
       tpo_store_grow_prediction (self->store, tracked->prediction_id, found, end_us, error);
  if (ok && fresh->len > 0)
    ok = tpo_store_set_keyframes (self->store, tpo_annotation_get_id (tracked->annotation),
                                  fresh, end_us, NULL, error);
  if (!tpo_store_finish_group (self->store, ok, error))
    return FALSE;
  if (fresh->len > 0)
    self->work->step_id = tpo_store_get_last_step (self->store);
  return TRUE;
}

/* What cannot be saved now will not be later. */
static gboolean
save_tracked (TpoDocument *self, TpoTracked *tracked, GError **error)
{
  g_autoptr (GPtrArray) found = g_steal_pointer (&tracked->found);

  tracked->found = new_keyframes ();
  tpo_finding_sort (found);
  return found->len == 0 || save_found (self, tracked, found, error);
}

static void
save_all (TpoDocument *self)
{
  TpoTracking *tracking = self->work->tracking;
  gint64 started_us = g_get_monotonic_time (), took_us;

  for (guint i = 0; i < tracking->tracked->len; i++) {
    g_autoptr (GError) error = NULL;

    if (save_tracked (self, tpo_tracking_get (tracking, i), &error))
      continue;
    tpo_document_toast (self, error->message);
    g_cancellable_cancel (self->work->cancellable);
  }
  took_us = g_get_monotonic_time () - started_us;
  tracking->save_at_us = started_us + MAX (SAVE_EVERY_US, SAVE_SHARE * took_us);
}

/* Which model found it, and how it was asked: the keyframes themselves belong to the annotation's
 * revisions. */
static void
note_model (TpoDocument *self, TpoTracked *tracked)
{
  gint64 id = tpo_annotation_get_id (tracked->annotation), end_us;
  g_autoptr (TpoModelInfo) info = tpo_engine_dup_model_info (self->engine);
  g_autofree char *device = NULL;
  g_autofree char *settings = NULL;
  g_autoptr (GError) error = NULL;
  const TpoAnnotationRecord *record = tpo_annotation_get_record (tracked->annotation);
  TpoPredictionRecord prediction = {
    .video_id = self->video_id,
    .kind = record->kind,
    .text_offset = -1,
    .n_spans = 1,
    .created_us = self->work->tracking->began_us,
  };
  TpoSpan span;

  if (tracked->n_found == 0 || info == NULL)
    return;
  g_object_get (self->engine, "device-name", &device, NULL);
  settings = tpo_track_settings (
      device, id,
      tpo_video_index_get_time_us (tpo_video_get_index (self->video), tracked->frame));
  tpo_document_frame (self, tracked->last_us, &end_us);
  span = (TpoSpan){ tracked->first_us, end_us, (float) (tracked->score / tracked->n_found) };
  prediction.spans = &span;
  prediction.model = info->name;
  prediction.model_version = info->version;
  prediction.model_hash = info->hash;
  prediction.prompt = record->text != NULL ? record->text : (char *) "";
  prediction.settings = settings;
  if (tpo_store_add_prediction (self->store, &prediction, &error) == 0)
    tpo_document_toast (self, error->message);
}

/* An answer says which model it is of. */
static void
seal_prediction (TpoDocument *self, TpoTracked *tracked)
{
  g_autoptr (GError) error = NULL;

  if (!tpo_store_seal_prediction (self->store, tracked->prediction_id, &error))
    tpo_document_toast (self, error->message);
}

void
tpo_document_end_tracking (TpoDocument *self)
{
  TpoTracking *tracking = self->work->tracking;

  if (tracking == NULL)
    return;
  save_all (self);
  for (guint i = 0; i < tracking->tracked->len; i++) {
    TpoTracked *tracked = tpo_tracking_get (tracking, i);

    if (tracked->prediction_id != 0)
      seal_prediction (self, tracked);
    else
      note_model (self, tracked);
  }
}

void
tpo_document_keep_keyframe (TpoDocument *self, TpoTracked *tracked, TpoKeyframeRecord *keyframe)
{
  g_ptr_array_add (tracked->found, keyframe);
  tracked->first_us = MIN (tracked->first_us, keyframe->time_us);
  tracked->last_us = MAX (tracked->last_us, keyframe->time_us);
  tracked->score += keyframe->score;
  tracked->n_found++;
  if (g_get_monotonic_time () >= self->work->tracking->save_at_us &&
      !tpo_document_is_saving (self)) /* it would wait for that thread */
    save_all (self);
}

static void
show_progress (TpoDocument *self)
{
  const TpoTracking *tracking = self->work->tracking;
  /* Translators: how far an object has been followed, of how many frames */
  g_autofree char *text =
      g_strdup_printf (_ ("Frame %u of %u"), tracking->n_done, tracking->n_frames);

  tpo_document_set_step (self, text, (double) tracking->n_done / tracking->n_frames);
}

static void
keep_found (TpoDocument *self, const TpoEvent *event)
{
  TpoTracking *tracking = self->work->tracking;
  TpoTracked *tracked = tpo_tracking_get (tracking, event->object);
  TpoKeyframeRecord *keyframe;

  /* Of all objects on a frame the masks come one after the other. */
  if (tracking->n_done == 0 || event->frame != tracking->frame) {
    tracking->frame = event->frame;
    tracking->n_done++;
    show_progress (self);
  }
  if (event->frame == tracked->frame)
    return;
  keyframe = tpo_finding_keyframe (self->video, event);
  /* That it is there, and that the mask is right. */
  if (!keyframe->is_absent)
    keyframe->score *= (double) CLAMP (event->iou, 0.0f, 1.0f);
  if (tpo_annotation_get_record (tracked->annotation)->kind == TPO_ANNOTATION_BOX_TRACK)
    g_clear_pointer (&keyframe->mask, tpo_rle_unref);
  tpo_document_keep_keyframe (self, tracked, keyframe);
}

static void
on_event (const TpoEvent *event, gpointer user_data)
{
  TpoDocument *self = user_data;

  if (self->work == NULL || self->work->tracking == NULL)
    return;
  if (event->kind == TPO_EVENT_MASK)
    keep_found (self, event);
  else if (event->kind == TPO_EVENT_STEP && self->work->tracking->n_done == 0)
    tpo_document_set_step (self, event->step, event->done);
}

static void
on_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TpoDocument) self = user_data;
  g_autoptr (GError) error = NULL;

  tpo_engine_finish (TPO_ENGINE (source), result, &error);
  if (!tpo_document_is_work (self, result))
    return;
  tpo_document_end_tracking (self);
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tpo_document_toast (self, error->message);
  tpo_document_end_work (self);
}

void
tpo_document_begin_tracking (TpoDocument *self, TpoTracking *tracking, const TpoFollow *follow)
{
  TpoWork *work = tpo_document_begin_work (self, NULL);

  work->tracking = tracking;
  show_progress (self);
  tpo_engine_follow_async (self->engine, self->video, follow, on_event, self, work->cancellable,
                           on_finished, g_object_ref (self));
}
