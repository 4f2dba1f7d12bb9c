#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "document/findings.h"
#include "document/tpo-document-private.h"

/*
 * What the model's heads find: a prediction and an annotation made from it as soon as it is
 * complete; a track from its first frame on.
 */

/* What a prediction was made with, as JSON. */
char *
tpo_document_settings_json (TpoDocument *self)
{
  const TpoWork *work = self->work;
  g_autoptr (TpoModelInfo) info = tpo_engine_dup_model_info (self->engine);
  g_autofree char *device = NULL;

  g_object_get (self->engine, "device-name", &device, NULL);
  return tpo_answer_settings_to_json (&work->settings, device,
                                      work->has_box ? &work->box : NULL,
                                      info != NULL && info->is_multi_turn ? work->n_turns : 0);
}

/* Saves a prediction and the annotation made from it. Fills in what all predictions share. */
static TpoAnnotation *
keep_prediction (TpoDocument *self, TpoPredictionRecord *prediction)
{
  TpoWork *work = self->work;
  g_autoptr (TpoModelInfo) info = tpo_engine_dup_model_info (self->engine);
  TpoEdit step = { .amend_step = work->step_id };
  g_autoptr (GError) error = NULL;
  gint64 id;

  prediction->video_id = self->video_id;
  prediction->prompt = g_strdup (work->prompt != NULL ? work->prompt : "");
  prediction->settings = tpo_document_settings_json (self);
  prediction->model = g_strdup (info != NULL ? info->name : "VideoChat-TPO");
  prediction->model_version = g_strdup (info != NULL ? info->version : NULL);
  prediction->model_hash = g_strdup (info != NULL ? info->hash : NULL);
  if (work->answer != NULL) {
    const TpoMessageRecord *answer = tpo_message_get_record (work->answer);

    prediction->message_id = answer->id;
    prediction->text_offset = (gint64) strlen (answer->text);
  }
  id = tpo_store_add_prediction (self->store, prediction, &error);
  if (id != 0 && work->answer != NULL)
    tpo_message_add_claim (work->answer,
                           &(TpoClaim){ prediction->message_id, id, prediction->text_offset });
  if (id != 0)
    id = tpo_store_annotate_prediction (self->store, id, 0, &step, &error);
  if (id == 0) {
    tpo_document_toast (self, error->message);
    return NULL;
  }
  if (work->step_id == 0)
    work->step_id = tpo_store_get_last_step (self->store);
  return tpo_document_require (self, id);
}

void
tpo_document_keep_spans (TpoDocument *self, const TpoEvent *event)
{
  g_autoptr (TpoPredictionRecord) finding = tpo_finding_of_spans (self->video, event);

  if (finding != NULL)
    tpo_document_select (self, keep_prediction (self, finding));
}

void
tpo_document_keep_box (TpoDocument *self, const TpoEvent *event)
{
  g_autoptr (TpoPredictionRecord) finding = tpo_finding_of_box (self->video, event);

  tpo_document_select (self, keep_prediction (self, finding));
}

/* Returns: (transfer full) */
static TpoPredictionRecord *
finding_of_mask (TpoDocument *self, const TpoKeyframeRecord *keyframe)
{
  g_autoptr (GPtrArray) one =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);

  g_ptr_array_add (one, tpo_keyframe_record_copy (keyframe));
  return tpo_finding_of_masks (self->video, one);
}

/* The first mask of an answer makes the track; the others join it. */
static void
begin_track (TpoDocument *self, guint frame, const TpoKeyframeRecord *keyframe)
{
  TpoWork *work = self->work;
  g_autoptr (TpoPredictionRecord) finding = finding_of_mask (self, keyframe);
  TpoAnnotation *annotation;
  TpoTracked *tracked;

  finding->is_growing = TRUE;
  annotation = keep_prediction (self, finding);
  if (annotation == NULL) { /* which was said */
    g_cancellable_cancel (work->cancellable);
    return;
  }
  work->tracking = tpo_tracking_new ();
  tracked = tpo_tracking_add (work->tracking, annotation, frame, &keyframe->box);
  tracked->prediction_id = tpo_annotation_get_record (annotation)->prediction_id;
  tpo_document_select (self, annotation);
}

/* The mask that clicks made of an object that exists. */
static void
set_segment (TpoDocument *self, TpoKeyframeRecord *keyframe)
{
  TpoEdit step = { .name = N_ ("Segment by Click") };
  g_autoptr (GError) error = NULL;
  gint64 end_us;

  tpo_document_frame (self, keyframe->time_us, &end_us);
  keyframe->provenance = TPO_PROVENANCE_MODEL_CORRECTED;
  if (!tpo_store_set_keyframe (self->store, tpo_annotation_get_id (self->work->track), keyframe,
                               end_us, &step, &error))
    tpo_document_toast (self, error->message);
}

static void
keep_segment (TpoDocument *self, TpoKeyframeRecord *keyframe)
{
  g_autoptr (TpoPredictionRecord) finding = NULL;

  if (self->work->track != NULL) {
    set_segment (self, keyframe);
    return;
  }
  finding = finding_of_mask (self, keyframe);
  tpo_document_select (self, keep_prediction (self, finding));
}

void
tpo_document_keep_mask (TpoDocument *self, const TpoEvent *event)
{
  TpoWork *work = self->work;
  g_autoptr (TpoKeyframeRecord) keyframe = tpo_finding_keyframe (self->video, event);

  if (work->is_segment)
    keep_segment (self, keyframe);
  else if (work->tracking == NULL)
    begin_track (self, event->frame, keyframe);
  else
    tpo_document_keep_keyframe (self, tpo_tracking_get (work->tracking, 0),
                                g_steal_pointer (&keyframe));
}
