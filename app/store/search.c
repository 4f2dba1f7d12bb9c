#include <string.h>

#include "store/tpo-store-conversations.h"
#include "store/tpo-store-private.h"

/* SQLite's own LIKE folds the letters of ASCII only. */

static void
run_contains (sqlite3_context *context, int n_values, sqlite3_value **values)
{
  const char *text = (const char *) sqlite3_value_text (values[0]);
  const char *wanted = (const char *) sqlite3_value_text (values[1]); /* folded by the caller */
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;
  g_autofree char *folded = valid != NULL ? g_utf8_casefold (valid, -1) : NULL;

  sqlite3_result_int (context,
                      folded != NULL && wanted != NULL && strstr (folded, wanted) != NULL);
}

int
tpo_search_register (sqlite3 *db)
{
  return sqlite3_create_function_v2 (db, "tpo_contains", 2,
                                     SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY,
                                     NULL, run_contains, NULL, NULL, NULL);
}

static gpointer
hit_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  g_autoptr (TpoMessageHit) hit = g_new0 (TpoMessageHit, 1);
  int role = tpo_message_role_from_name ((const char *) sqlite3_column_text (row, 3));

  hit->message_id = sqlite3_column_int64 (row, 0);
  hit->conversation_id = sqlite3_column_int64 (row, 1);
  hit->video_id = sqlite3_column_int64 (row, 2);
  hit->text = tpo_column_text (row, 4);
  hit->video_uri = tpo_column_text (row, 5);
  if (role < 0 || hit->text == NULL || hit->video_uri == NULL)
    return tpo_bad_row (self, "message", hit->message_id, error);
  hit->role = (TpoMessageRole) role;
  return g_steal_pointer (&hit);
}

GPtrArray *
tpo_store_search_messages (TpoStore *self, const char *text, guint n_max, GError **error)
{
  g_autofree char *folded = NULL;

  g_return_val_if_fail (self != NULL && text != NULL, NULL);

  folded = g_utf8_casefold (text, -1);
  return tpo_sql_list (
      self, hit_from_row, (GDestroyNotify) tpo_message_hit_free, error,
      "SELECT m.id, c.id, v.id, m.role, m.text, v.uri FROM message AS m "
      "JOIN conversation AS c ON c.id = m.conversation_id JOIN video AS v ON v.id = c.video_id "
      "WHERE NOT m.is_removed AND NOT c.is_removed AND NOT v.is_removed"
      "  AND tpo_contains(m.text, ?1) ORDER BY m.id DESC LIMIT ?2",
      TPO_VALUES (tpo_text (folded), tpo_int (n_max)));
}
