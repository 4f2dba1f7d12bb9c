#include "config.h"

#include "tasks/question-run.h"

#include "document/findings.h"
#include "store/tpo-store-annotations.h"
#include "store/tpo-store-predictions.h"
#include "store/tpo-store-videos.h"

static GPtrArray *
new_keyframes (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
}

void
tpo_question_run_free (TpoQuestionRun *self)
{
  g_clear_pointer (&self->record, tpo_run_record_free);
  g_clear_pointer (&self->video, tpo_video_unref);
  g_ptr_array_unref (self->findings);
  g_ptr_array_unref (self->found);
  g_clear_pointer ((TpoRle **) &self->start.mask, tpo_rle_unref);
  g_string_free (self->text, TRUE);
  g_free (self->model);
  g_free (self->hash);
  g_free (self->video_name);
  g_free (self->question);
  g_free (self);
}

static char *
find_question (TpoStore *store, gint64 question_id, GError **error)
{
  g_autoptr (GPtrArray) questions = tpo_store_list_questions (store, error);

  for (guint i = 0; questions != NULL && i < questions->len; i++) {
    const TpoQuestionRecord *question = g_ptr_array_index (questions, i);

    if (question->id == question_id)
      return g_strdup (question->text);
  }
  return questions != NULL ? g_strdup ("") : NULL;
}

/* Where the video is; what is wrong with it fails the run, not the caller. */
static gboolean
open_video (TpoQuestionRun *self, TpoStore *store, const TpoVideoRecord *video,
            GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_uri (video->uri);
  g_autofree char *path = g_file_get_path (file);
  g_autoptr (GError) problem = NULL;

  self->video_name = g_file_get_basename (file);
  self->video = tpo_video_open (path != NULL ? path : video->uri, NULL, cancellable, &problem);
  if (self->video != NULL)
    return TRUE;
  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    tpo_question_run_put_back (self, store, NULL, NULL); /* the cancellation is what counts */
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  return tpo_question_run_fail (self, store, NULL, problem->message, error);
}

/* ---- what an earlier run found ------------------------------------------------------------------------ */

/* That of the answer which is a track. Returns: (transfer full) (nullable) */
static TpoPredictionRecord *
find_prediction (TpoStore *store, gint64 message_id, GError **error)
{
  g_autoptr (GArray) ids = tpo_store_list_predictions (store, message_id, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++) {
    g_autoptr (TpoPredictionRecord) prediction =
        tpo_store_get_outline (store, g_array_index (ids, gint64, i), error);

    if (prediction == NULL)
      return NULL;
    if (prediction->kind == TPO_ANNOTATION_MASK_TRACK)
      return g_steal_pointer (&prediction);
  }
  return NULL;
}

/* What became of it; where it was cut, the part that ends last. Returns: (transfer none) (nullable):
 * %NULL where a person has done with it */
static const TpoAnnotationRecord *
find_track (GPtrArray *annotations, gint64 prediction_id)
{
  const TpoAnnotationRecord *last = NULL;

  for (guint i = 0; i < annotations->len; i++) {
    const TpoAnnotationRecord *annotation = g_ptr_array_index (annotations, i);

    if (annotation->prediction_id == prediction_id &&
        (last == NULL || annotation->end_us > last->end_us))
      last = annotation;
  }
  return last != NULL && last->status != TPO_STATUS_DISCARDED && !last->is_locked ? last : NULL;
}

static gint64
last_time (GPtrArray *keyframes)
{
  const TpoKeyframeRecord *last =
      keyframes->len > 0 ? g_ptr_array_index (keyframes, keyframes->len - 1) : NULL;

  return last != NULL ? last->time_us : G_MININT64;
}

/* The last mask of the track. Returns: (nullable) */
static const TpoKeyframeRecord *
find_start (GPtrArray *keyframes)
{
  for (guint i = keyframes->len; i > 0; i--) {
    const TpoKeyframeRecord *keyframe = g_ptr_array_index (keyframes, i - 1);

    if (tpo_keyframe_has_mask (keyframe))
      return keyframe;
  }
  return NULL;
}

/* From its last mask on, through frames that nothing is known of. There may be none. */
static gboolean
plan_rest (TpoQuestionRun *self, TpoStore *store, const TpoAnnotationRecord *track,
           const TpoPredictionRecord *prediction, GError **error)
{
  static const guint object = 0;
  TpoVideoIndex *index = tpo_video_get_index (self->video);
  guint n_frames = tpo_video_get_info (self->video)->n_frames, known;
  g_autoptr (GPtrArray) keyframes =
      tpo_store_list_light_keyframes (store, track->revision_id, G_MININT64, G_MAXINT64, error);
  const TpoKeyframeRecord *start = keyframes != NULL ? find_start (keyframes) : NULL;

  if (start == NULL)
    return keyframes != NULL;
  known = tpo_video_index_find_frame (
      index, MAX (last_time (keyframes), last_time (prediction->keyframes)));
  if (known + 1 >= n_frames)
    return TRUE;
  self->start = (TpoCorrection){
    .object = object,
    .frame = tpo_video_index_find_frame (index, start->time_us),
    .mask = tpo_store_get_mask (store, start, error),
  };
  self->rest = (TpoStretch){ &object, 1, known + 1, n_frames - 1 };
  return self->start.mask != NULL;
}

/* Once a track has begun, the question is answered: what is left is to follow it. */
static gboolean
look_back (TpoQuestionRun *self, TpoStore *store, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (TpoPredictionRecord) prediction =
      find_prediction (store, self->record->message_id, &problem);
  g_autoptr (GPtrArray) annotations =
      problem == NULL ? tpo_store_list_annotations (store, self->record->video_id, &problem)
                      : NULL;
  const TpoAnnotationRecord *track = prediction != NULL && annotations != NULL
                                         ? find_track (annotations, prediction->id)
                                         : NULL;

  if (problem != NULL) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  self->has_begun = TRUE;
  if (prediction != NULL) {
    self->prediction_id = prediction->id;
    self->model = g_strdup (prediction->model);
    self->hash = g_strdup (prediction->model_hash);
  }
  if (track != NULL) {
    self->track_id = track->id;
    if (!plan_rest (self, store, track, prediction, error))
      return FALSE;
  }
  if (self->start.mask != NULL)
    return TRUE;
  return tpo_question_run_close (self, store, error);
}

/* ---- taking it ------------------------------------------------------------------------------------------ */

TpoQuestionRun *
tpo_question_run_take (TpoStore *store, GCancellable *cancellable, GError **error)
{
  g_autoptr (TpoRunRecord) record = NULL;
  g_autoptr (TpoVideoRecord) video = NULL;
  g_autoptr (TpoQuestionRun) self = NULL;

  g_return_val_if_fail (store != NULL, NULL);

  record = tpo_store_start_run (store, error);
  if (record == NULL)
    return NULL;
  self = g_new0 (TpoQuestionRun, 1);
  self->text = g_string_new (NULL);
  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_prediction_record_free);
  self->found = new_keyframes ();
  self->record = g_steal_pointer (&record);
  self->question = find_question (store, self->record->question_id, error);
  video = self->question != NULL ? tpo_store_get_video (store, self->record->video_id, error)
                                 : NULL;
  if (video == NULL || !open_video (self, store, video, cancellable, error))
    return NULL;
  if (self->video != NULL && self->record->message_id != 0 && !look_back (self, store, error))
    return NULL;
  return g_steal_pointer (&self);
}

gint64
tpo_question_run_get_position_us (const TpoQuestionRun *self)
{
  return tpo_video_get_info (self->video)->duration_us / 2;
}

TpoAsk
tpo_question_run_get_ask (const TpoQuestionRun *self)
{
  return (TpoAsk){
    .question = self->question,
    .frame = tpo_video_index_find_frame (tpo_video_get_index (self->video),
                                         tpo_question_run_get_position_us (self)),
  };
}

gboolean
tpo_question_run_get_follow (const TpoQuestionRun *self, TpoFollow *follow)
{
  g_return_val_if_fail (self != NULL && follow != NULL, FALSE);

  *follow = (TpoFollow){ &self->start, 1, &self->rest, 1 };
  return self->start.mask != NULL;
}

static void
add_finding (TpoQuestionRun *self, TpoPredictionRecord *finding)
{
  if (finding == NULL)
    return;
  finding->text_offset = (gint64) self->text->len;
  g_ptr_array_add (self->findings, finding);
}

void
tpo_question_run_add (TpoQuestionRun *self, const TpoEvent *event)
{
  g_return_if_fail (self != NULL && self->video != NULL && event != NULL);

  switch (event->kind) {
  case TPO_EVENT_TEXT:
    g_string_append (self->text, event->text);
    break;
  case TPO_EVENT_TASK:
    self->task = event->task;
    break;
  case TPO_EVENT_SPANS:
    add_finding (self, tpo_finding_of_spans (self->video, event));
    break;
  case TPO_EVENT_BOX:
    add_finding (self, tpo_finding_of_box (self->video, event));
    break;
  case TPO_EVENT_MASK:
    g_ptr_array_add (self->found, tpo_finding_keyframe (self->video, event));
    break;
  case TPO_EVENT_STEP:
  case TPO_EVENT_KIND_COUNT:
    break;
  }
}

GPtrArray *
tpo_question_run_steal_found (TpoQuestionRun *self)
{
  GPtrArray *found;

  g_return_val_if_fail (self != NULL, NULL);

  found = self->found;
  if (found->len == 0 || (!self->has_begun && find_start (found) == NULL))
    return NULL;
  self->has_begun = TRUE;
  self->found = new_keyframes ();
  return found;
}
