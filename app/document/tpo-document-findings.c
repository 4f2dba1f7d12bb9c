#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "document/findings.h"
#include "document/tpo-document-private.h"

/*
 * What the model's heads find: a prediction and an annotation made from it as soon as it is complete, a track at its
 * end or when it is cancelled.
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
  prediction->model_hash = g_strdup (info != NULL ? info->version : NULL);
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

static gint64
frame_end (TpoDocument *self, gint64 time_us)
{
  gint64 end_us;

  tpo_document_frame (self, time_us, &end_us);
  return end_us;
}

/* A track that grows is shown at once, before it is saved. */
static void
show_growing (TpoDocument *self, const TpoKeyframeRecord *keyframe)
{
  TpoWork *work = self->work;
  gint64 end_us = frame_end (self, keyframe->time_us);

  if (work->track == NULL) {
    TpoAnnotationRecord *record = g_new0 (TpoAnnotationRecord, 1);

    record->kind = TPO_ANNOTATION_MASK_TRACK;
    record->video_id = self->video_id;
    record->text = g_strdup (work->prompt);
    record->start_us = keyframe->time_us;
    record->end_us = end_us;
    work->track = tpo_annotation_new (record, NULL);
    tpo_annotation_append_keyframe (work->track, tpo_keyframe_record_copy (keyframe), end_us);
    tpo_annotation_list_add (self->annotations, work->track);
  } else {
    tpo_annotation_append_keyframe (work->track, tpo_keyframe_record_copy (keyframe), end_us);
  }
}

void
tpo_document_keep_mask (TpoDocument *self, const TpoEvent *event)
{
  TpoKeyframeRecord *keyframe = tpo_finding_keyframe (self->video, event);

  g_ptr_array_add (self->work->keyframes, keyframe);
  if (!self->work->is_segment)
    show_growing (self, keyframe);
}

/* A new track: what was shown while it grew gives way to what is saved. */
static void
save_track (TpoDocument *self)
{
  TpoWork *work = self->work;
  g_autoptr (TpoPredictionRecord) finding = tpo_finding_of_masks (self->video, work->keyframes);

  if (work->track != NULL)
    tpo_annotation_list_remove (self->annotations, work->track);
  tpo_document_select (self, keep_prediction (self, finding));
}

/* The mask that clicks made of an object that exists. */
static void
set_segment (TpoDocument *self)
{
  TpoWork *work = self->work;
  TpoKeyframeRecord *keyframe = g_ptr_array_index (work->keyframes, 0);
  TpoEdit step = { .name = N_ ("Segment by Click") };
  g_autoptr (GError) error = NULL;

  keyframe->provenance = TPO_PROVENANCE_MODEL_CORRECTED;
  if (!tpo_store_set_keyframe (self->store, tpo_annotation_get_id (work->track), keyframe,
                               frame_end (self, keyframe->time_us), &step, &error))
    tpo_document_toast (self, error->message);
}

void
tpo_document_save_keyframes (TpoDocument *self)
{
  TpoWork *work = self->work;

  if (work->keyframes->len == 0)
    return;
  tpo_finding_sort (work->keyframes);
  if (work->is_extension)
    set_segment (self);
  else
    save_track (self);
}
