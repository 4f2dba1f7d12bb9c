#include "store/tpo-store-annotations.h"
#include "store/tpo-store-private.h"

gboolean
tpo_store_set_foreign_fields (TpoStore *self, gint64 annotation_id, const char *dialect,
                              const char *fields, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL && dialect != NULL && fields != NULL, FALSE);

  return tpo_sql_check_object (self, "fields", fields, error) &&
         tpo_transaction_begin (&transaction, self, NULL, NULL, error) &&
         tpo_sql_run (
             self, error,
             "INSERT INTO foreign_fields (annotation_id, dialect, fields) "
             "VALUES (?1, ?2, ?3)",
             TPO_VALUES (tpo_int (annotation_id), tpo_text (dialect), tpo_text (fields))) &&
         tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_store_get_foreign_fields (TpoStore *self, gint64 annotation_id, char **dialect,
                              char **fields, GError **error)
{
  GError *problem = NULL;
  sqlite3_stmt *row;

  g_return_val_if_fail (self != NULL && dialect != NULL && fields != NULL, FALSE);

  *dialect = *fields = NULL;
  row = tpo_sql_query (self, error,
                       "SELECT dialect, fields FROM foreign_fields WHERE annotation_id = ?1",
                       TPO_VALUES (tpo_int (annotation_id)));
  if (row == NULL)
    return FALSE;
  if (!tpo_sql_next (self, row, &problem)) {
    if (problem != NULL)
      g_propagate_error (error, problem);
    return problem == NULL;
  }
  *dialect = tpo_column_text (row, 0);
  *fields = tpo_column_text (row, 1);
  tpo_sql_done (row);
  return tpo_sql_check_object (self, "fields", *fields, error);
}

gboolean
tpo_store_has_foreign_fields (TpoStore *self)
{
  gint64 has_any = 0;

  g_return_val_if_fail (self != NULL, FALSE);

  /* Unreadable: what reads them says so. */
  return !tpo_sql_get_int (self, &has_any, NULL, "SELECT EXISTS (SELECT 1 FROM foreign_fields)",
                           TPO_NO_VALUES) ||
         has_any != 0;
}
