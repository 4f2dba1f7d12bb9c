#include "config.h"

#include "tasks/question-run.h"

#include <glib/gi18n.h>

#include "document/findings.h"
#include "document/message-details.h"
#include "store/tpo-store-annotations.h"
#include "store/tpo-store-conversations.h"
#include "store/tpo-store-videos.h"

void
tpo_question_run_free (TpoQuestionRun *self)
{
  g_clear_pointer (&self->record, tpo_run_record_free);
  g_clear_pointer (&self->video, tpo_video_unref);
  g_ptr_array_unref (self->findings);
  g_ptr_array_unref (self->keyframes);
  g_string_free (self->text, TRUE);
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
    tpo_question_run_put_back (self, store, NULL); /* the cancellation is what counts */
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  return tpo_question_run_fail (self, store, problem->message, error);
}

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
  self->keyframes = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  self->record = g_steal_pointer (&record);
  self->question = find_question (store, self->record->question_id, error);
  video = self->question != NULL ? tpo_store_get_video (store, self->record->video_id, error)
                                 : NULL;
  if (video == NULL || !open_video (self, store, video, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

static gint64
middle (const TpoQuestionRun *self)
{
  return tpo_video_get_info (self->video)->duration_us / 2;
}

TpoAsk
tpo_question_run_get_ask (const TpoQuestionRun *self)
{
  return (TpoAsk){
    .question = self->question,
    .frame = tpo_video_index_find_frame (tpo_video_get_index (self->video), middle (self)),
  };
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
    g_ptr_array_add (self->keyframes, tpo_finding_keyframe (self->video, event));
    break;
  case TPO_EVENT_STEP:
  case TPO_EVENT_KIND_COUNT:
    break;
  }
}

/* ---- saving ------------------------------------------------------------------------------------------- */

/* Question and answer in a conversation of their own. Returns: id of the answer, or 0 */
static gint64
save_conversation (TpoQuestionRun *self, TpoStore *store, const TpoRunMaker *maker,
                   GError **error)
{
  g_autofree char *about_question = tpo_question_details (middle (self), NULL);
  g_autofree char *about_answer =
      tpo_answer_details (maker->model, maker->version, self->task, maker->settings);
  gint64 conversation_id =
      tpo_store_add_conversation (store, self->record->video_id, self->question, NULL, error);
  gint64 id;

  if (conversation_id == 0)
    return 0;
  id = tpo_store_append_message (store, conversation_id, TPO_MESSAGE_USER, self->question,
                                 TPO_MESSAGE_COMPLETE, NULL, error);
  if (id == 0 || !tpo_store_describe_message (store, id, about_question, error))
    return 0;
  id = tpo_store_append_message (store, conversation_id, TPO_MESSAGE_ASSISTANT, self->text->str,
                                 TPO_MESSAGE_COMPLETE, NULL, error);
  return id != 0 && tpo_store_describe_message (store, id, about_answer, error) ? id : 0;
}

static gboolean
save_finding (TpoQuestionRun *self, TpoStore *store, TpoPredictionRecord *finding,
              const TpoRunMaker *maker, gint64 message_id, GError **error)
{
  TpoPredictionRecord whole = *finding; /* borrows the texts */
  gint64 id;

  whole.video_id = self->record->video_id;
  whole.message_id = message_id;
  whole.prompt = self->question;
  whole.model = (char *) maker->model;
  whole.model_hash = (char *) maker->version;
  whole.settings = (char *) maker->settings;
  id = tpo_store_add_prediction (store, &whole, error);
  return id != 0 && tpo_store_annotate_prediction (store, id, 0, NULL, error) != 0;
}

static gboolean
save (TpoQuestionRun *self, TpoStore *store, const TpoRunMaker *maker, GError **error)
{
  gint64 answer_id = save_conversation (self, store, maker, error);

  if (answer_id == 0)
    return FALSE;
  for (guint i = 0; i < self->findings->len; i++)
    if (!save_finding (self, store, g_ptr_array_index (self->findings, i), maker, answer_id,
                       error))
      return FALSE;
  return tpo_store_end_run (store, self->record->id, TPO_RUN_DONE, NULL, answer_id, error);
}

gboolean
tpo_question_run_save (TpoQuestionRun *self, TpoStore *store, const TpoRunMaker *maker,
                       GError **error)
{
  const TpoEdit step = { .name = N_ ("Ask Many Videos") };

  g_return_val_if_fail (self != NULL && self->video != NULL && store != NULL, FALSE);
  g_return_val_if_fail (maker != NULL && maker->model != NULL, FALSE);

  if (self->keyframes->len > 0) {
    tpo_finding_sort (self->keyframes);
    add_finding (self, tpo_finding_of_masks (self->video, self->keyframes));
    g_ptr_array_unref (self->keyframes);
    self->keyframes =
        g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  }
  if (!tpo_store_begin_group (store, &step, error))
    return FALSE;
  return tpo_store_finish_group (store, save (self, store, maker, error), error);
}

gboolean
tpo_question_run_put_back (TpoQuestionRun *self, TpoStore *store, GError **error)
{
  g_return_val_if_fail (self != NULL && store != NULL, FALSE);

  return tpo_store_end_run (store, self->record->id, TPO_RUN_WAITING, NULL, 0, error);
}

gboolean
tpo_question_run_fail (TpoQuestionRun *self, TpoStore *store, const char *problem,
                       GError **error)
{
  g_return_val_if_fail (self != NULL && store != NULL && problem != NULL, FALSE);

  return tpo_store_end_run (store, self->record->id, TPO_RUN_FAILED, problem, 0, error);
}
