#include <glib/gi18n.h>

#include <tpo/error.h>

#include "store/tpo-store-private.h"
#include "store/tpo-store-questions.h"

gint64
tpo_store_add_question (TpoStore *self, const char *text, const TpoEdit *edit, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };
  gint64 id = 0;

  g_return_val_if_fail (self != NULL && text != NULL, 0);

  if (text[0] == '\0') {
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_INVALID, _ ("The question is empty."));
    return 0;
  }
  if (!tpo_sql_get_int (self, &id, error,
                        "SELECT id FROM question WHERE text = ?1 AND NOT is_removed",
                        TPO_VALUES (tpo_text (text))) ||
      id != 0)
    return id;
  if (!tpo_transaction_begin (&transaction, self, edit, N_ ("Save Question"), error) ||
      !tpo_sql_run (self, error,
                    "INSERT INTO question (text, created_us, is_removed) VALUES (?1, ?2, 1)",
                    TPO_VALUES (tpo_text (text), tpo_int (g_get_real_time ()))))
    return 0;
  id = sqlite3_last_insert_rowid (self->db);
  if (!tpo_journal_set (self, TPO_FIELD_QUESTION_REMOVED, id, tpo_int (0), error))
    return 0;
  return tpo_transaction_commit (&transaction, error) ? id : 0;
}

gboolean
tpo_store_set_question_text (TpoStore *self, gint64 question_id, const char *text,
                             const TpoEdit *edit, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL && text != NULL, FALSE);

  return tpo_transaction_begin (&transaction, self, edit, N_ ("Edit Question"), error) &&
         tpo_journal_set (self, TPO_FIELD_QUESTION_TEXT, question_id, tpo_text (text), error) &&
         tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_store_remove_question (TpoStore *self, gint64 question_id, const TpoEdit *edit,
                           GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  return tpo_transaction_begin (&transaction, self, edit, N_ ("Delete Question"), error) &&
         tpo_journal_set (self, TPO_FIELD_QUESTION_REMOVED, question_id, tpo_int (1), error) &&
         tpo_transaction_commit (&transaction, error);
}

static gpointer
question_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  TpoQuestionRecord *question = g_new0 (TpoQuestionRecord, 1);

  question->id = sqlite3_column_int64 (row, 0);
  question->text = tpo_column_text (row, 1);
  question->created_us = sqlite3_column_int64 (row, 2);
  for (int i = 0; i < TPO_RUN_STATE_COUNT; i++)
    question->n_runs[i] = sqlite3_column_int64 (row, 3 + i);
  return question;
}

#define COUNT(state)                                                       \
  "(SELECT count(*) FROM question_run AS r WHERE r.question_id = q.id AND" \
  " r.state = '" state "')"

GPtrArray *
tpo_store_list_questions (TpoStore *self, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_sql_list (
      self, question_from_row, (GDestroyNotify) tpo_question_record_free, error,
      "SELECT q.id, q.text, q.created_us, " COUNT ("waiting") ", " COUNT ("running") ", " COUNT (
          "done") ", " COUNT ("failed") " "
                                        "FROM question AS q WHERE NOT q.is_removed ORDER BY q.id",
      TPO_NO_VALUES);
}

gboolean
tpo_store_queue_question (TpoStore *self, gint64 question_id, const gint64 *video_ids,
                          guint n_video_ids, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL && (video_ids != NULL || n_video_ids == 0), FALSE);

  if (!tpo_transaction_begin (&transaction, self, NULL, NULL, error))
    return FALSE;
  for (guint i = 0; i < n_video_ids; i++)
    if (!tpo_sql_run (self, error,
                      "INSERT INTO question_run (question_id, video_id, state) "
                      "VALUES (?1, ?2, 'waiting') ON CONFLICT (question_id, video_id) "
                      "DO UPDATE SET state = 'waiting', problem = NULL WHERE state = 'failed'",
                      TPO_VALUES (tpo_int (question_id), tpo_int (video_ids[i]))))
      return FALSE;
  return tpo_transaction_commit (&transaction, error);
}

#define COLUMNS "r.id, r.question_id, r.video_id, r.state, r.problem, r.message_id"

static gpointer
run_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  g_autoptr (TpoRunRecord) run = g_new0 (TpoRunRecord, 1);
  int state = tpo_run_state_from_name ((const char *) sqlite3_column_text (row, 3));

  run->id = sqlite3_column_int64 (row, 0);
  run->question_id = sqlite3_column_int64 (row, 1);
  run->video_id = sqlite3_column_int64 (row, 2);
  run->problem = tpo_column_text (row, 4);
  run->message_id = sqlite3_column_int64 (row, 5);
  if (state < 0)
    return tpo_bad_row (self, "run", run->id, error);
  run->state = (TpoRunState) state;
  return g_steal_pointer (&run);
}

TpoRunRecord *
tpo_store_start_run (TpoStore *self, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };
  g_autoptr (TpoRunRecord) run = NULL;
  gint64 id = 0;

  g_return_val_if_fail (self != NULL, NULL);

  if (!tpo_transaction_begin (&transaction, self, NULL, NULL, error) ||
      !tpo_sql_get_int (self, &id, error,
                        "SELECT r.id FROM question_run AS r"
                        "  JOIN question AS q ON q.id = r.question_id AND NOT q.is_removed"
                        "  JOIN video AS v ON v.id = r.video_id AND NOT v.is_removed "
                        "WHERE r.state = 'waiting' ORDER BY r.id LIMIT 1",
                        TPO_NO_VALUES) ||
      id == 0)
    return NULL;
  if (!tpo_sql_run (self, error, "UPDATE question_run SET state = 'running' WHERE id = ?1",
                    TPO_VALUES (tpo_int (id))))
    return NULL;
  run = tpo_sql_get (self, run_from_row, "run", id, error,
                     "SELECT " COLUMNS " FROM question_run AS r WHERE r.id = ?1");
  if (run == NULL || !tpo_transaction_commit (&transaction, error))
    return NULL;
  return g_steal_pointer (&run);
}

gboolean
tpo_store_end_run (TpoStore *self, gint64 run_id, TpoRunState state, const char *problem,
                   gint64 message_id, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL && (guint) state < TPO_RUN_STATE_COUNT, FALSE);

  return tpo_transaction_begin (&transaction, self, NULL, NULL, error) &&
         tpo_sql_run (self, error,
                      "UPDATE question_run SET state = ?2, problem = ?3, message_id = ?4 "
                      "WHERE id = ?1",
                      TPO_VALUES (tpo_int (run_id), tpo_text (tpo_run_state_name (state)),
                                  tpo_text (problem), tpo_id (message_id))) &&
         tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_store_resume_runs (TpoStore *self, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  return tpo_transaction_begin (&transaction, self, NULL, NULL, error) &&
         tpo_sql_run (self, error,
                      "UPDATE question_run SET state = 'waiting' WHERE state = 'running'",
                      TPO_NO_VALUES) &&
         tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_store_drop_runs (TpoStore *self, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  return tpo_transaction_begin (&transaction, self, NULL, NULL, error) &&
         tpo_sql_run (self, error,
                      "DELETE FROM question_run WHERE state IN ('waiting', 'running')",
                      TPO_NO_VALUES) &&
         tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_store_retry_runs (TpoStore *self, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  return tpo_transaction_begin (&transaction, self, NULL, NULL, error) &&
         tpo_sql_run (self, error,
                      "UPDATE question_run SET state = 'waiting', problem = NULL "
                      "WHERE state = 'failed'",
                      TPO_NO_VALUES) &&
         tpo_transaction_commit (&transaction, error);
}

GPtrArray *
tpo_store_list_failures (TpoStore *self, guint n_most, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_sql_list (self, run_from_row, (GDestroyNotify) tpo_run_record_free, error,
                       "SELECT " COLUMNS " FROM question_run AS r"
                       "  JOIN question AS q ON q.id = r.question_id AND NOT q.is_removed "
                       "WHERE r.state = 'failed' ORDER BY r.id LIMIT ?1",
                       TPO_VALUES (tpo_int (n_most)));
}
