#include "config.h"

#include <glib/gi18n.h>

#include "document/tpo-document-private.h"

/*
 * Other answers, and other questions in place of those that were asked: what was there before
 * becomes a branch of the conversation. Labels that nobody looked at go and come with their
 * answers.
 */

static gboolean
is_question (TpoMessage *message)
{
  return tpo_message_get_record (message)->role == TPO_MESSAGE_USER;
}

/* ---- labels of answers out of sight --------------------------------------------------------------------- */

/* Labels that came with an answer and that nobody looked at. */
static gboolean
withdraw_untouched (TpoDocument *self, TpoMessage *answer, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GListModel *chips = tpo_message_get_chips (answer);

  for (guint i = 0; i < g_list_model_get_n_items (chips); i++) {
    g_autoptr (TpoAnnotation) chip = g_list_model_get_item (chips, i);
    gint64 id = tpo_annotation_get_id (chip);

    if (tpo_annotation_get_record (chip)->status == TPO_STATUS_PREDICTED)
      g_array_append_val (ids, id);
  }
  for (guint i = 0; i < ids->len; i++) {
    if (!tpo_store_delete_annotation (self->store, g_array_index (ids, gint64, i), NULL, error))
      return FALSE;
  }
  return TRUE;
}

/* Of all messages from @position on. */
static gboolean
withdraw_from (TpoDocument *self, guint position, GError **error)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->messages));

  for (guint i = position; i < n; i++) {
    if (!withdraw_untouched (self, tpo_document_message_at (self, i), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
bring_back (TpoDocument *self, gint64 prediction_id, GError **error)
{
  g_autoptr (GPtrArray) withdrawn =
      tpo_store_list_withdrawn (self->store, self->video_id, prediction_id, error);

  if (withdrawn == NULL)
    return FALSE;
  for (guint i = 0; i < withdrawn->len; i++) {
    const TpoAnnotationRecord *record = g_ptr_array_index (withdrawn, i);

    if (record->status == TPO_STATUS_PREDICTED &&
        !tpo_store_bring_back_annotation (self->store, record->id, NULL, error))
      return FALSE;
  }
  return TRUE;
}

/* Of all messages that the store shows now after that one. */
static gboolean
bring_back_after (TpoDocument *self, gint64 message_id, GError **error)
{
  g_autoptr (GArray) claims =
      tpo_store_list_claims (self->store, self->conversation_id, message_id, error);

  if (claims == NULL)
    return FALSE;
  for (guint i = 0; i < claims->len; i++) {
    if (!bring_back (self, g_array_index (claims, TpoClaim, i).prediction_id, error))
      return FALSE;
  }
  return TRUE;
}

/* ---- other answers ---------------------------------------------------------------------------------------- */

/* The answer becomes a branch beside the new one. */
static gboolean
replace_answer (TpoDocument *self, TpoMessage *question, TpoMessage *answer, GError **error)
{
  TpoEdit step = { .name = N_ ("Regenerate") };

  if (!tpo_store_begin_group (self->store, &step, error))
    return FALSE;
  return tpo_store_finish_group (self->store,
                                 withdraw_untouched (self, answer, error) &&
                                     tpo_store_set_leaf (self->store, self->conversation_id,
                                                         tpo_message_get_record (question)->id,
                                                         NULL, error) &&
                                     tpo_document_add_answer (self, error) != 0,
                                 error);
}

void
tpo_document_regenerate (TpoDocument *self)
{
  g_autoptr (TpoMessage) question = NULL;
  g_autoptr (GArray) history = NULL;
  g_autoptr (GError) error = NULL;
  TpoMessage *answer;
  gint64 position_us;
  guint n;

  g_return_if_fail (TPO_IS_DOCUMENT (self));

  tpo_document_settle_messages (self);
  n = g_list_model_get_n_items (G_LIST_MODEL (self->messages));
  if (self->work != NULL || self->video == NULL || n < 2)
    return;
  question = g_object_ref (tpo_document_message_at (self, n - 2));
  answer = tpo_document_message_at (self, n - 1);
  if (!is_question (question) || is_question (answer))
    return;
  history = tpo_document_collect_history (self, n - 2);
  position_us = tpo_message_get_position (question);
  tpo_document_begin_answer (self, tpo_message_get_record (question)->text,
                             tpo_message_get_box (question));
  if (!replace_answer (self, question, answer, &error)) {
    tpo_document_toast (self, error->message);
    tpo_document_end_work (self);
    return;
  }
  tpo_document_start_answer (self, history, position_us >= 0 ? position_us : self->position_us);
}

/* ---- other questions ---------------------------------------------------------------------------------------- */

/* A new question beside the old one, with an empty answer. */
static gboolean
replace_question (TpoDocument *self, guint position, const char *text, gint64 position_us,
                  const TpoBox *box, GError **error)
{
  TpoEdit step = { .name = N_ ("Edit Question") };
  gint64 parent_id =
      tpo_message_get_record (tpo_document_message_at (self, position))->parent_id;

  if (!tpo_store_begin_group (self->store, &step, error))
    return FALSE;
  return tpo_store_finish_group (
      self->store,
      withdraw_from (self, position, error) &&
          tpo_store_set_leaf (self->store, self->conversation_id, parent_id, NULL, error) &&
          tpo_document_add_question (self, text, position_us, box, error) &&
          tpo_document_add_answer (self, error) != 0,
      error);
}

void
tpo_document_edit_question (TpoDocument *self, TpoMessage *question, const char *text,
                            const TpoBox *box)
{
  g_autofree char *trimmed = NULL;
  g_autoptr (GArray) history = NULL;
  g_autoptr (GError) error = NULL;
  gint64 position_us;
  guint position;

  g_return_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_MESSAGE (question) && text != NULL);

  trimmed = g_strstrip (g_strdup (text));
  tpo_document_settle_messages (self);
  if (self->work != NULL || self->video == NULL || *trimmed == '\0' ||
      !is_question (question) || !g_list_store_find (self->messages, question, &position))
    return;
  history = tpo_document_collect_history (self, position);
  position_us = tpo_message_get_position (question);
  if (position_us < 0)
    position_us = self->position_us;
  tpo_document_begin_answer (self, trimmed, box);
  if (!replace_question (self, position, trimmed, position_us, box, &error)) {
    tpo_document_toast (self, error->message);
    tpo_document_end_work (self);
    return;
  }
  tpo_document_start_answer (self, history, position_us);
}

/* ---- branches ------------------------------------------------------------------------------------------------- */

static gboolean
show_branch (TpoDocument *self, guint position, int offset, GError **error)
{
  const TpoMessageRecord *record =
      tpo_message_get_record (tpo_document_message_at (self, position));
  TpoEdit step = { .name = N_ ("Change Branch") };
  gint64 id = record->id, parent_id = record->parent_id;

  if (!tpo_store_begin_group (self->store, &step, error))
    return FALSE;
  return tpo_store_finish_group (
      self->store,
      withdraw_from (self, position, error) &&
          tpo_store_show_branch (self->store, id, offset, NULL, error) &&
          bring_back_after (self, parent_id, error),
      error);
}

gboolean
tpo_document_show_branch (TpoDocument *self, TpoMessage *message, int offset)
{
  GError *error = NULL;
  guint position;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_MESSAGE (message), FALSE);

  tpo_document_settle_messages (self);
  if (self->work != NULL || !g_list_store_find (self->messages, message, &position))
    return FALSE;
  return tpo_document_saved (self, show_branch (self, position, offset, &error), &error);
}

/* The branch of a message that is not shown, from where it parts with the one that is. */
static gboolean
show_hidden (TpoDocument *self, gint64 message_id, GError **error)
{
  TpoEdit step = { .name = N_ ("Change Branch") };

  if (!tpo_store_begin_group (self->store, &step, error))
    return FALSE;
  return tpo_store_finish_group (
      self->store,
      withdraw_from (self, 0, error) &&
          tpo_store_show_branch (self->store, message_id, 0, NULL, error) &&
          bring_back_after (self, 0, error),
      error);
}

static int
find_message (TpoDocument *self, gint64 message_id)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->messages));

  for (guint i = 0; i < n; i++) {
    if (tpo_message_get_record (tpo_document_message_at (self, i))->id == message_id)
      return (int) i;
  }
  return -1;
}

void
tpo_document_look_for_message (TpoDocument *self)
{
  int position;

  if (self->sought_message_id == 0 || self->rereading != NULL)
    return;
  position = find_message (self, self->sought_message_id);
  if (position < 0 && !self->is_branch_changing && self->work == NULL) {
    GError *error = NULL;

    self->is_branch_changing = TRUE;
    if (tpo_document_saved (self, show_hidden (self, self->sought_message_id, &error), &error))
      return; /* it is looked for again by then */
  }
  self->sought_message_id = 0;
  self->is_branch_changing = FALSE;
  if (position >= 0)
    g_signal_emit_by_name (self, "message-shown", (guint) position);
}

void
tpo_document_show_message (TpoDocument *self, gint64 conversation_id, gint64 message_id)
{
  g_return_if_fail (TPO_IS_DOCUMENT (self));

  self->sought_message_id = 0;
  tpo_document_show_conversation (self, conversation_id);
  if (self->conversation_id != conversation_id) /* it is gone */
    return;
  self->sought_message_id = message_id;
  self->is_branch_changing = FALSE;
  tpo_document_look_for_message (self);
}
