#include "config.h"

#include <glib/gi18n.h>

#include "document/tpo-document-private.h"

/*
 * While the engine works, its findings come back event by event. Text is saved about once a second;
 * what a head says is kept by tpo-document-findings.c.
 */

static const gint64 SAVE_TEXT_EVERY_US = G_USEC_PER_SEC;

static void
work_free (TpoWork *self)
{
  g_clear_object (&self->cancellable);
  g_clear_object (&self->answer);
  g_clear_object (&self->track);
  g_clear_pointer (&self->tracking, tpo_tracking_free);
  g_free (self->prompt);
  g_free (self);
}

TpoWork *
tpo_document_begin_work (TpoDocument *self, const char *prompt)
{
  self->work = g_new0 (TpoWork, 1);
  self->work->cancellable = g_cancellable_new ();
  self->work->prompt = g_strdup (prompt);
  tpo_document_notify (self, TPO_DOCUMENT_PROP_IS_BUSY);
  return self->work;
}

void
tpo_document_end_work (TpoDocument *self)
{
  g_clear_pointer (&self->work, work_free);
  tpo_document_set_step (self, NULL, 0.0);
  tpo_document_notify (self, TPO_DOCUMENT_PROP_IS_BUSY);
}

void
tpo_document_cancel (TpoDocument *self)
{
  g_return_if_fail (TPO_IS_DOCUMENT (self));

  if (self->work != NULL)
    g_cancellable_cancel (self->work->cancellable);
}

gboolean
tpo_document_is_work (TpoDocument *self, GAsyncResult *result)
{
  return self->work != NULL &&
         self->work->cancellable == g_task_get_cancellable (G_TASK (result));
}

/* ---- conversation ---------------------------------------------------------------------------- */

static void
save_text (TpoDocument *self, TpoMessageState state)
{
  const TpoMessageRecord *answer = tpo_message_get_record (self->work->answer);
  g_autoptr (GError) error = NULL;

  if (!tpo_store_stream_message (self->store, answer->id, answer->text, state, &error))
    tpo_document_toast (self, error->message);
  self->work->saved_text_us = g_get_monotonic_time ();
}

static void
on_event (const TpoEvent *event, gpointer user_data)
{
  TpoDocument *self = user_data;

  if (self->work == NULL)
    return;
  switch (event->kind) {
  case TPO_EVENT_STEP:
    tpo_document_set_step (self, event->step, event->done);
    break;
  case TPO_EVENT_TEXT:
    if (self->work->answer == NULL)
      break;
    tpo_message_append_text (self->work->answer, event->text);
    if (g_get_monotonic_time () - self->work->saved_text_us > SAVE_TEXT_EVERY_US)
      save_text (self, TPO_MESSAGE_STREAMING);
    break;
  case TPO_EVENT_SPANS:
    tpo_document_keep_spans (self, event);
    break;
  case TPO_EVENT_BOX:
    tpo_document_keep_box (self, event);
    break;
  case TPO_EVENT_MASK:
    tpo_document_keep_mask (self, event);
    tpo_document_set_step (self, self->step, event->done);
    break;
  case TPO_EVENT_TASK:
    self->work->task = event->task;
    if (self->work->answer != NULL) /* what a head does may take long */
      save_text (self, TPO_MESSAGE_STREAMING);
    break;
  case TPO_EVENT_KIND_COUNT:
    break;
  }
}

/* A text is a prediction, too: what made it is kept with it. */
static void
describe_answer (TpoDocument *self)
{
  TpoMessage *answer = self->work->answer;
  g_autoptr (TpoModelInfo) info = tpo_engine_dup_model_info (self->engine);
  g_autofree char *settings = tpo_document_settings_json (self);
  g_autofree char *details = NULL;
  g_autoptr (GError) error = NULL;
  TpoAnswerMaker maker;

  if (info == NULL) /* nothing answered */
    return;
  maker = (TpoAnswerMaker){ info->name, info->version, info->hash, settings };
  details = tpo_answer_details (&maker, self->work->task);
  tpo_message_set_details (answer, details);
  if (!tpo_store_describe_message (self->store, tpo_message_get_record (answer)->id, details,
                                   &error))
    tpo_document_toast (self, error->message);
}

static void
finish_answer (TpoDocument *self, const GError *error)
{
  TpoMessage *answer = self->work->answer;
  gboolean is_stopped = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  TpoMessageState state = error == NULL ? TPO_MESSAGE_COMPLETE
                          : is_stopped  ? TPO_MESSAGE_STOPPED
                                        : TPO_MESSAGE_FAILED;

  save_text (self, state);
  describe_answer (self);
  tpo_message_set_state (answer, state, state == TPO_MESSAGE_FAILED ? error->message : NULL);
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
  if (self->work->answer != NULL)
    finish_answer (self, error);
  else if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tpo_document_toast (self, error->message);
  tpo_document_end_work (self);
}

void
tpo_document_abandon_work (TpoDocument *self)
{
  if (self->work == NULL)
    return;
  g_cancellable_cancel (self->work->cancellable);
  tpo_document_end_tracking (self);
  if (self->work->answer != NULL) {
    save_text (self, TPO_MESSAGE_STOPPED);
    describe_answer (self);
  }
  tpo_document_end_work (self);
}

void
tpo_document_drop_undone_work (TpoDocument *self)
{
  /* Ids of steps only grow: while its own is not undone, the newest is that one or came after. */
  if (self->work == NULL || tpo_store_get_last_step (self->store) >= self->work->step_id)
    return;
  if (self->work->tracking != NULL)
    tpo_tracking_drop (self->work->tracking);
  tpo_document_abandon_work (self);
}

gint64
tpo_document_add_answer (TpoDocument *self, GError **error)
{
  return tpo_store_append_message (self->store, self->conversation_id, TPO_MESSAGE_ASSISTANT,
                                   "", TPO_MESSAGE_STREAMING, NULL, error);
}

gboolean
tpo_document_add_question (TpoDocument *self, const char *question, gint64 position_us,
                           const TpoBox *box, GError **error)
{
  g_autofree char *details = tpo_question_details (position_us, box);
  gint64 id;

  if (self->conversation_id == 0)
    self->conversation_id =
        tpo_store_add_conversation (self->store, self->video_id, NULL, NULL, error);
  if (self->conversation_id == 0)
    return FALSE;
  id = tpo_store_append_message (self->store, self->conversation_id, TPO_MESSAGE_USER, question,
                                 TPO_MESSAGE_COMPLETE, NULL, error);
  return id != 0 && tpo_store_describe_message (self->store, id, details, error);
}

/* Question and empty answer, one undo step together with all that comes of them. */
static gboolean
add_messages (TpoDocument *self, const char *question, gint64 position_us, const TpoBox *box,
              GError **error)
{
  TpoEdit step = { .name = N_ ("Ask") };

  if (!tpo_store_begin_group (self->store, &step, error))
    return FALSE;
  return tpo_store_finish_group (
      self->store,
      tpo_document_add_question (self, question, position_us, box, error) &&
          tpo_document_add_answer (self, error) != 0,
      error);
}

TpoMessage *
tpo_document_message_at (TpoDocument *self, guint position)
{
  g_autoptr (TpoMessage) message =
      g_list_model_get_item (G_LIST_MODEL (self->messages), position);

  return message; /* the model keeps it */
}

GArray *
tpo_document_collect_history (TpoDocument *self, guint n)
{
  GArray *turns = g_array_new (FALSE, FALSE, sizeof (TpoTurn));

  for (guint i = 0; i + 1 < n; i++) {
    TpoMessage *first = tpo_document_message_at (self, i),
               *second = tpo_document_message_at (self, i + 1);
    const TpoMessageRecord *question = tpo_message_get_record (first);
    const TpoMessageRecord *answer = tpo_message_get_record (second);
    TpoTurn turn = { question->text, answer->text, tpo_message_get_task (second),
                     tpo_message_get_box (first) };

    if (question->role == TPO_MESSAGE_USER && answer->role == TPO_MESSAGE_ASSISTANT &&
        answer->state == TPO_MESSAGE_COMPLETE)
      g_array_append_val (turns, turn);
  }
  return turns;
}

void
tpo_document_start_answer (TpoDocument *self, const GArray *history, gint64 position_us)
{
  TpoWork *work = self->work;
  TpoAsk ask = {
    .question = work->prompt,
    .history = (const TpoTurn *) (gpointer) history->data,
    .n_history = history->len,
    .box = work->has_box ? &work->box : NULL,
    .temperature = work->settings.temperature,
    .top_p = work->settings.top_p,
    .repetition_penalty = work->settings.repetition_penalty,
    .max_tokens = work->settings.max_tokens,
    .seed = work->settings.seed,
    .frame = tpo_video_index_find_frame (tpo_video_get_index (self->video), position_us),
  };

  work->n_turns = history->len;
  work->step_id = tpo_store_get_last_step (self->store);
  tpo_document_settle_messages (self);
  work->answer = g_object_ref (tpo_document_message_at (
      self, g_list_model_get_n_items (G_LIST_MODEL (self->messages)) - 1));
  work->saved_text_us = g_get_monotonic_time ();
  tpo_engine_ask_async (self->engine, self->video, &ask, on_event, self, work->cancellable,
                        on_finished, g_object_ref (self));
}

void
tpo_document_begin_answer (TpoDocument *self, const char *question, const TpoBox *box)
{
  TpoWork *work = tpo_document_begin_work (self, question);

  work->settings = tpo_answer_settings_draw (&self->settings);
  if (box != NULL) {
    work->has_box = TRUE;
    work->box = *box;
  }
}

void
tpo_document_set_answer_settings (TpoDocument *self, const TpoAnswerSettings *settings)
{
  g_return_if_fail (TPO_IS_DOCUMENT (self) && settings != NULL);

  self->settings = *settings;
}

void
tpo_document_ask (TpoDocument *self, const char *question, gint64 position_us,
                  const TpoBox *box)
{
  g_autofree char *trimmed = NULL;
  g_autoptr (GArray) history = NULL;
  g_autoptr (GError) error = NULL;
  gint64 conversation_id;

  g_return_if_fail (TPO_IS_DOCUMENT (self) && question != NULL);

  trimmed = g_strstrip (g_strdup (question));
  if (self->work != NULL || self->video == NULL || *trimmed == '\0')
    return;
  conversation_id = self->conversation_id;
  tpo_document_settle_messages (self);
  history = tpo_document_collect_history (
      self, g_list_model_get_n_items (G_LIST_MODEL (self->messages)));
  tpo_document_begin_answer (self, trimmed, box);
  if (!add_messages (self, trimmed, position_us, box, &error)) {
    tpo_document_toast (self, error->message);
    tpo_document_end_work (self);
    self->conversation_id = conversation_id; /* one that was to be made is not there */
    return;
  }
  tpo_document_start_answer (self, history, position_us);
}

/* ---- clicks ------------------------------------------------------------------------------------------- */

void
tpo_document_segment (TpoDocument *self, TpoAnnotation *annotation, gint64 position_us,
                      const TpoCorrection *prompt)
{
  TpoCorrection placed;
  TpoWork *work;

  g_return_if_fail (TPO_IS_DOCUMENT (self) && prompt != NULL);

  if (self->work != NULL || self->video == NULL ||
      (annotation != NULL && !tpo_document_is_open (self, annotation)))
    return;
  placed = *prompt;
  placed.frame = tpo_video_index_find_frame (tpo_video_get_index (self->video), position_us);
  work = tpo_document_begin_work (self, NULL);
  work->is_segment = TRUE;
  if (annotation != NULL &&
      tpo_annotation_get_record (annotation)->kind == TPO_ANNOTATION_MASK_TRACK)
    work->track = g_object_ref (annotation);
  tpo_engine_segment_async (self->engine, self->video, &placed, on_event, self,
                            work->cancellable, on_finished, g_object_ref (self));
}
