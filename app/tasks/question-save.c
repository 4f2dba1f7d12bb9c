#include "config.h"

#include <glib/gi18n.h>

#include "document/findings.h"
#include "document/message-details.h"
#include "store/tpo-store-annotations.h"
#include "store/tpo-store-conversations.h"
#include "store/tpo-store-predictions.h"
#include "tasks/question-run.h"

/* What a question brought, into the project. */

/* ---- its beginning ---------------------------------------------------------------------------------- */

/* Question and answer in a conversation of their own. Returns: id of the answer, or 0 */
static gint64
save_conversation (TpoQuestionRun *self, TpoStore *store, const TpoAnswerMaker *maker,
                   GError **error)
{
  g_autofree char *about_question =
      tpo_question_details (tpo_question_run_get_position_us (self), NULL);
  g_autofree char *about_answer = tpo_answer_details (maker, self->task);
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

/* Returns: id, or 0 */
static gint64
save_prediction (TpoQuestionRun *self, TpoStore *store, const TpoPredictionRecord *finding,
                 const TpoAnswerMaker *maker, gint64 message_id, GError **error)
{
  TpoPredictionRecord whole = *finding; /* borrows the texts */

  whole.video_id = self->record->video_id;
  whole.message_id = message_id;
  whole.prompt = self->question;
  whole.model = (char *) maker->model;
  whole.model_version = (char *) maker->version;
  whole.model_hash = (char *) maker->hash;
  whole.settings = (char *) maker->settings;
  return tpo_store_add_prediction (store, &whole, error);
}

/* A prediction that more may come of. */
static gboolean
begin_prediction (TpoQuestionRun *self, TpoStore *store, const TpoAnswerMaker *maker,
                  GPtrArray *found, gint64 message_id, GError **error)
{
  g_autoptr (TpoPredictionRecord) track = tpo_finding_of_masks (self->video, found);

  if (message_id != 0)
    track->text_offset = (gint64) self->text->len;
  track->is_growing = TRUE;
  self->prediction_id = save_prediction (self, store, track, maker, message_id, error);
  g_free (self->model);
  g_free (self->hash);
  self->model = g_strdup (maker->model);
  self->hash = g_strdup (maker->hash);
  return self->prediction_id != 0;
}

/* @found: of a track; may be empty */
static gboolean
begin (TpoQuestionRun *self, TpoStore *store, const TpoAnswerMaker *maker, GPtrArray *found,
       GError **error)
{
  gint64 answer_id = save_conversation (self, store, maker, error);

  if (answer_id == 0)
    return FALSE;
  for (guint i = 0; i < self->findings->len; i++) {
    gint64 id =
        save_prediction (self, store, self->findings->pdata[i], maker, answer_id, error);

    if (id == 0 || tpo_store_annotate_prediction (store, id, 0, NULL, error) == 0)
      return FALSE;
  }
  if (found->len > 0) {
    if (!begin_prediction (self, store, maker, found, answer_id, error))
      return FALSE;
    self->track_id = tpo_store_annotate_prediction (store, self->prediction_id, 0, NULL, error);
    if (self->track_id == 0)
      return FALSE;
  }
  self->record->message_id = answer_id;
  self->step_id = tpo_store_get_last_step (store);
  return TRUE;
}

/* ---- what it grows by ---------------------------------------------------------------------------------- */

/* What another model finds is a prediction of its own. */
static gboolean
grow_prediction (TpoQuestionRun *self, TpoStore *store, const TpoAnswerMaker *maker,
                 GPtrArray *found, GError **error)
{
  gboolean is_same =
      g_strcmp0 (maker->model, self->model) == 0 && g_strcmp0 (maker->hash, self->hash) == 0;

  return is_same ? tpo_store_grow_prediction (store, self->prediction_id, found,
                                              tpo_finding_end (self->video, found), error)
                 : begin_prediction (self, store, maker, found, 0, error);
}

/* The track may be gone by now. */
static gboolean
grow_track (TpoQuestionRun *self, TpoStore *store, GPtrArray *found, GError **error)
{
  g_autoptr (TpoAnnotationRecord) track =
      tpo_store_get_annotation (store, self->track_id, NULL); /* unreadable: gone */
  const TpoKeyframeRecord *first = g_ptr_array_index (found, 0);
  g_autoptr (GPtrArray) known = NULL;
  g_autoptr (GPtrArray) fresh = NULL;

  if (track == NULL)
    return TRUE;
  known = tpo_store_list_light_keyframes (store, track->revision_id, first->time_us, G_MAXINT64,
                                          error);
  if (known == NULL)
    return FALSE;
  fresh = tpo_finding_list_fresh (known, found);
  if (fresh->len == 0)
    return TRUE;
  if (!tpo_store_set_keyframes (store, self->track_id, fresh,
                                tpo_finding_end (self->video, found), NULL, error))
    return FALSE;
  self->step_id = tpo_store_get_last_step (store);
  return TRUE;
}

static gboolean
save_found (TpoQuestionRun *self, TpoStore *store, const TpoAnswerMaker *maker,
            GPtrArray *found, GError **error)
{
  tpo_finding_sort (found);
  if (self->record->message_id == 0)
    return begin (self, store, maker, found, error);
  return found->len == 0 || (grow_prediction (self, store, maker, found, error) &&
                             grow_track (self, store, found, error));
}

/* ---- how it stands ---------------------------------------------------------------------------------------- */

/* @found: (nullable): what comes of the answer until now; %NULL: it stays as it is */
static gboolean
save (TpoQuestionRun *self, TpoStore *store, const TpoAnswerMaker *maker, GPtrArray *found,
      TpoRunState state, const char *problem, GError **error)
{
  const TpoEdit step = { .name = N_ ("Ask Many Videos"), .amend_step = self->step_id };
  gint64 known_message_id = self->record->message_id;
  gboolean ok = TRUE;

  if (!tpo_store_begin_group (store, &step, error))
    return FALSE;
  if (found != NULL)
    ok = save_found (self, store, maker, found, error);
  if (ok && state == TPO_RUN_DONE && self->prediction_id != 0)
    ok = tpo_store_seal_prediction (store, self->prediction_id, error);
  ok = ok && tpo_store_end_run (store, self->record->id, state, problem,
                                self->record->message_id, error);
  if (tpo_store_finish_group (store, ok, error))
    return TRUE;
  self->record->message_id = known_message_id;
  return FALSE;
}

gboolean
tpo_question_run_grow (TpoQuestionRun *self, TpoStore *store, const TpoAnswerMaker *maker,
                       GPtrArray *found, GError **error)
{
  g_return_val_if_fail (self != NULL && self->video != NULL && store != NULL, FALSE);
  g_return_val_if_fail (maker != NULL && maker->model != NULL && found != NULL, FALSE);

  return save (self, store, maker, found, TPO_RUN_RUNNING, NULL, error);
}

gboolean
tpo_question_run_save (TpoQuestionRun *self, TpoStore *store, const TpoAnswerMaker *maker,
                       GError **error)
{
  g_return_val_if_fail (self != NULL && self->video != NULL && store != NULL, FALSE);
  g_return_val_if_fail (maker != NULL && maker->model != NULL, FALSE);

  return save (self, store, maker, self->found, TPO_RUN_DONE, NULL, error);
}

gboolean
tpo_question_run_close (TpoQuestionRun *self, TpoStore *store, GError **error)
{
  g_return_val_if_fail (self != NULL && store != NULL, FALSE);

  g_clear_pointer (&self->video, tpo_video_unref);
  return save (self, store, NULL, NULL, TPO_RUN_DONE, NULL, error);
}

/* With what is known, as far as it can be gone on with. */
static gboolean
stop (TpoQuestionRun *self, TpoStore *store, const TpoAnswerMaker *maker, TpoRunState state,
      const char *problem, GError **error)
{
  g_autoptr (GPtrArray) found = maker != NULL ? tpo_question_run_steal_found (self) : NULL;

  return save (self, store, maker, found, state, problem, error);
}

gboolean
tpo_question_run_put_back (TpoQuestionRun *self, TpoStore *store, const TpoAnswerMaker *maker,
                           GError **error)
{
  g_return_val_if_fail (self != NULL && store != NULL, FALSE);

  return stop (self, store, maker, TPO_RUN_WAITING, NULL, error);
}

gboolean
tpo_question_run_fail (TpoQuestionRun *self, TpoStore *store, const TpoAnswerMaker *maker,
                       const char *problem, GError **error)
{
  g_return_val_if_fail (self != NULL && store != NULL && problem != NULL, FALSE);

  return stop (self, store, maker, TPO_RUN_FAILED, problem, error);
}
