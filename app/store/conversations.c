#include <glib/gi18n.h>
#include <inttypes.h>

#include <tpo/error.h>

#include "store/tpo-store-conversations.h"
#include "store/tpo-store-private.h"

static const gint64 MANY = 64; /* messages that take longer to list than the main thread has */

gint64
tpo_store_add_conversation (TpoStore *self, gint64 video_id, const char *title,
                            const TpoEdit *edit, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };
  gint64 id;

  g_return_val_if_fail (self != NULL, 0);

  if (!tpo_transaction_begin (&transaction, self, edit, N_ ("Start Conversation"), error) ||
      !tpo_sql_run (
          self, error,
          "INSERT INTO conversation (video_id, title, created_us, is_removed) "
          "VALUES (?1, ?2, ?3, 1)",
          TPO_VALUES (tpo_int (video_id), tpo_text (title), tpo_int (g_get_real_time ()))))
    return 0;
  id = sqlite3_last_insert_rowid (self->db);
  if (!tpo_journal_set (self, TPO_FIELD_CONVERSATION_REMOVED, id, tpo_int (0), error))
    return 0;
  return tpo_transaction_commit (&transaction, error) ? id : 0;
}

static gpointer
conversation_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  TpoConversationRecord *conversation = g_new0 (TpoConversationRecord, 1);

  conversation->id = sqlite3_column_int64 (row, 0);
  conversation->video_id = sqlite3_column_int64 (row, 1);
  conversation->title = tpo_column_text (row, 2);
  conversation->created_us = sqlite3_column_int64 (row, 3);
  conversation->leaf_id = sqlite3_column_int64 (row, 4);
  conversation->question = tpo_column_text (row, 5);
  return conversation;
}

#define CONVERSATION                                                                      \
  "SELECT c.id, c.video_id, c.title, c.created_us, c.leaf_id,"                            \
  "  (SELECT m.text FROM message AS m WHERE m.conversation_id = c.id AND m.role = 'user'" \
  "   AND NOT m.is_removed ORDER BY m.id LIMIT 1) FROM conversation AS c "

GPtrArray *
tpo_store_list_conversations (TpoStore *self, gint64 video_id, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_sql_list (self, conversation_from_row,
                       (GDestroyNotify) tpo_conversation_record_free, error,
                       CONVERSATION "WHERE c.video_id = ?1 AND NOT c.is_removed ORDER BY c.id",
                       TPO_VALUES (tpo_int (video_id)));
}

TpoConversationRecord *
tpo_store_get_conversation (TpoStore *self, gint64 conversation_id, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_sql_get (self, conversation_from_row, "conversation", conversation_id, error,
                      CONVERSATION "WHERE c.id = ?1 AND NOT c.is_removed");
}

gboolean
tpo_store_rename_conversation (TpoStore *self, gint64 conversation_id, const char *title,
                               const TpoEdit *edit, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  return tpo_transaction_begin (&transaction, self, edit, N_ ("Rename Conversation"), error) &&
         tpo_journal_set (self, TPO_FIELD_CONVERSATION_TITLE, conversation_id, tpo_text (title),
                          error) &&
         tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_store_remove_conversation (TpoStore *self, gint64 conversation_id, const TpoEdit *edit,
                               GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  return tpo_transaction_begin (&transaction, self, edit, N_ ("Delete Conversation"), error) &&
         tpo_journal_set (self, TPO_FIELD_CONVERSATION_REMOVED, conversation_id, tpo_int (1),
                          error) &&
         tpo_transaction_commit (&transaction, error);
}

gint64
tpo_store_append_message (TpoStore *self, gint64 conversation_id, TpoMessageRole role,
                          const char *text, TpoMessageState state, const TpoEdit *edit,
                          GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };
  const char *name = role == TPO_MESSAGE_USER ? N_ ("Ask Question") : N_ ("Add Answer");
  gint64 id;

  g_return_val_if_fail (self != NULL && text != NULL, 0);
  g_return_val_if_fail ((guint) role < TPO_MESSAGE_ROLE_COUNT, 0);
  g_return_val_if_fail ((guint) state < TPO_MESSAGE_STATE_COUNT, 0);

  if (!tpo_transaction_begin (&transaction, self, edit, name, error) ||
      !tpo_sql_run (
          self, error,
          "INSERT INTO message (conversation_id, role, state, text, created_us, is_removed,"
          "  parent_id) "
          "VALUES (?1, ?2, ?3, ?4, ?5, 1, (SELECT leaf_id FROM conversation WHERE id = ?1))",
          TPO_VALUES (tpo_int (conversation_id), tpo_text (tpo_message_role_name (role)),
                      tpo_text (tpo_message_state_name (state)), tpo_text (text),
                      tpo_int (g_get_real_time ()))))
    return 0;
  id = sqlite3_last_insert_rowid (self->db);
  if (!tpo_journal_set (self, TPO_FIELD_MESSAGE_REMOVED, id, tpo_int (0), error) ||
      !tpo_journal_set (self, TPO_FIELD_CONVERSATION_LEAF, conversation_id, tpo_int (id),
                        error))
    return 0;
  return tpo_transaction_commit (&transaction, error) ? id : 0;
}

gboolean
tpo_store_stream_message (TpoStore *self, gint64 message_id, const char *text,
                          TpoMessageState state, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL && text != NULL, FALSE);
  g_return_val_if_fail ((guint) state < TPO_MESSAGE_STATE_COUNT, FALSE);

  if (!tpo_transaction_begin (&transaction, self, NULL, NULL, error) ||
      !tpo_sql_run (self, error,
                    "UPDATE message SET text = ?2, state = ?3 "
                    "WHERE id = ?1 AND state = 'streaming'",
                    TPO_VALUES (tpo_int (message_id), tpo_text (text),
                                tpo_text (tpo_message_state_name (state)))))
    return FALSE;
  if (sqlite3_changes (self->db) == 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                 _ ("“%s” has no unfinished message %" PRId64 "."), self->path, message_id);
    return FALSE;
  }
  return tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_store_end_streams (TpoStore *self, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  return tpo_transaction_begin (&transaction, self, NULL, NULL, error) &&
         tpo_sql_run (self, error,
                      "UPDATE message SET state = 'stopped' WHERE state = 'streaming'",
                      TPO_NO_VALUES) &&
         tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_store_describe_message (TpoStore *self, gint64 message_id, const char *details,
                            GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL && details != NULL, FALSE);

  if (!tpo_sql_check_object (self, "details of a message", details, error) ||
      !tpo_transaction_begin (&transaction, self, NULL, NULL, error) ||
      !tpo_sql_run (self, error,
                    "UPDATE message SET details = ?2 WHERE id = ?1 AND details IS NULL",
                    TPO_VALUES (tpo_int (message_id), tpo_text (details))))
    return FALSE;
  if (sqlite3_changes (self->db) == 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                 _ ("“%s” has no message %" PRId64 " without details."), self->path,
                 message_id);
    return FALSE;
  }
  return tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_store_remove_message (TpoStore *self, gint64 message_id, const TpoEdit *edit,
                          GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  return tpo_transaction_begin (&transaction, self, edit, N_ ("Delete Message"), error) &&
         tpo_journal_set (self, TPO_FIELD_MESSAGE_REMOVED, message_id, tpo_int (1), error) &&
         tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_store_rate_message (TpoStore *self, gint64 message_id, int rating, const TpoEdit *edit,
                        GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL && rating >= -1 && rating <= 1, FALSE);

  return tpo_transaction_begin (&transaction, self, edit, N_ ("Rate Answer"), error) &&
         tpo_journal_set (self, TPO_FIELD_MESSAGE_RATING, message_id, tpo_int (rating),
                          error) &&
         tpo_transaction_commit (&transaction, error);
}

/* What follows a message, or starts the conversation, by the branches' age. */
#define SIBLINGS                                                                            \
  "message AS s WHERE s.conversation_id = m.conversation_id AND s.parent_id IS m.parent_id" \
  " AND NOT s.is_removed"

static gpointer
id_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  gint64 id = sqlite3_column_int64 (row, 0);

  return g_memdup2 (&id, sizeof id);
}

static gpointer
message_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  g_autoptr (TpoMessageRecord) message = g_new0 (TpoMessageRecord, 1);
  int role = tpo_message_role_from_name ((const char *) sqlite3_column_text (row, 2));
  int state = tpo_message_state_from_name ((const char *) sqlite3_column_text (row, 3));

  message->id = sqlite3_column_int64 (row, 0);
  message->conversation_id = sqlite3_column_int64 (row, 1);
  message->text = tpo_column_text (row, 4);
  message->created_us = sqlite3_column_int64 (row, 5);
  message->parent_id = sqlite3_column_int64 (row, 6);
  message->rating = sqlite3_column_int (row, 7);
  message->branch = (guint) sqlite3_column_int (row, 8);
  message->n_branches = (guint) sqlite3_column_int (row, 9);
  message->details = tpo_column_text (row, 10);
  if (role < 0 || state < 0 || message->text == NULL)
    return tpo_bad_row (self, "message", message->id, error);
  message->role = (TpoMessageRole) role;
  message->state = (TpoMessageState) state;
  return g_steal_pointer (&message);
}

#define MESSAGE                                                                         \
  "SELECT m.id, m.conversation_id, m.role, m.state, m.text, m.created_us, m.parent_id," \
  "  m.rating, (SELECT count(*) FROM " SIBLINGS " AND s.id < m.id),"                    \
  "  (SELECT count(*) FROM " SIBLINGS "),"                                              \
  "  CASE WHEN json_valid(m.details) THEN m.details END "

GPtrArray *
tpo_store_list_messages (TpoStore *self, gint64 conversation_id, GError **error)
{
  return tpo_store_list_later_messages (self, conversation_id, 0, error);
}

GPtrArray *
tpo_store_list_later_messages (TpoStore *self, gint64 conversation_id, gint64 after_id,
                               GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_sql_list (
      self, message_from_row, (GDestroyNotify) tpo_message_record_free, error,
      TPO_SHOWN_PATH MESSAGE
      "FROM path JOIN message AS m ON m.id = path.id WHERE NOT m.is_removed ORDER BY m.id",
      TPO_VALUES (tpo_int (conversation_id), tpo_int (after_id)));
}

GPtrArray *
tpo_store_list_rated_answers (TpoStore *self, gint64 video_id, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_sql_list (self, message_from_row, (GDestroyNotify) tpo_message_record_free, error,
                       MESSAGE
                       "FROM message AS m JOIN conversation AS c ON c.id = m.conversation_id "
                       "WHERE c.video_id = ?1 AND NOT c.is_removed AND NOT m.is_removed"
                       "  AND m.role = 'assistant' AND m.rating <> 0 ORDER BY m.id",
                       TPO_VALUES (tpo_int (video_id)));
}

GPtrArray *
tpo_store_list_messages_before (TpoStore *self, gint64 message_id, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  /* A parent is older than its child, so that the walk must end. */
  return tpo_sql_list (
      self, message_from_row, (GDestroyNotify) tpo_message_record_free, error,
      "WITH RECURSIVE before (id) AS ("
      "  SELECT parent_id FROM message WHERE id = ?1 AND parent_id < id"
      "  UNION ALL SELECT p.parent_id FROM before JOIN message AS p ON p.id = before.id"
      "    WHERE p.parent_id < p.id"
      ") " MESSAGE
      "FROM before JOIN message AS m ON m.id = before.id WHERE NOT m.is_removed ORDER BY m.id",
      TPO_VALUES (tpo_int (message_id)));
}

gboolean
tpo_store_has_many_messages (TpoStore *self, gint64 conversation_id, gint64 after_id)
{
  gint64 n = 0;

  g_return_val_if_fail (self != NULL, FALSE);

  /* Unreadable: what lists them says so. */
  return tpo_sql_get_int (
             self, &n, NULL,
             TPO_SHOWN_PATH "SELECT count(*) FROM (SELECT 1 FROM path LIMIT ?3)",
             TPO_VALUES (tpo_int (conversation_id), tpo_int (after_id), tpo_int (MANY))) &&
         n == MANY;
}

gboolean
tpo_store_set_leaf (TpoStore *self, gint64 conversation_id, gint64 message_id,
                    const TpoEdit *edit, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  return tpo_transaction_begin (&transaction, self, edit, N_ ("Change Branch"), error) &&
         tpo_journal_set (self, TPO_FIELD_CONVERSATION_LEAF, conversation_id,
                          tpo_id (message_id), error) &&
         tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_store_show_branch (TpoStore *self, gint64 message_id, int offset, const TpoEdit *edit,
                       GError **error)
{
  g_autoptr (GPtrArray) siblings = NULL;
  gint64 conversation_id = 0, leaf_id = 0;
  gint64 position = -1;

  g_return_val_if_fail (self != NULL, FALSE);

  siblings = tpo_sql_list (self, id_from_row, g_free, error,
                           "SELECT s.id FROM message AS m JOIN " SIBLINGS
                           " AND m.id = ?1 ORDER BY s.id",
                           TPO_VALUES (tpo_int (message_id)));
  if (siblings == NULL)
    return FALSE;
  for (guint i = 0; i < siblings->len; i++)
    if (*(gint64 *) siblings->pdata[i] == message_id)
      position = (gint64) i + offset;
  if (position < 0 || position >= (gint64) siblings->len) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID, _ ("There is no such branch."));
    return FALSE;
  }
  /* The newest end of that branch. */
  return tpo_sql_get_int (self, &leaf_id, error,
                          "WITH RECURSIVE branch (id) AS ("
                          "  SELECT ?1 UNION ALL SELECT m.id FROM branch JOIN message AS m"
                          "    ON m.parent_id = branch.id AND NOT m.is_removed"
                          ") SELECT max(id) FROM branch",
                          TPO_VALUES (tpo_int (*(gint64 *) siblings->pdata[position]))) &&
         tpo_sql_get_int (self, &conversation_id, error,
                          "SELECT conversation_id FROM message WHERE id = ?1",
                          TPO_VALUES (tpo_int (message_id))) &&
         tpo_store_set_leaf (self, conversation_id, leaf_id, edit, error);
}
