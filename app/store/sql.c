#include <errno.h>

#include <glib/gi18n.h>
#include <tpo/error.h>

#include "store/tpo-store-private.h"

typedef enum {
  DETAIL_NONE,
  DETAIL_SYSTEM, /* what the system says about the file */
  DETAIL_SQLITE, /* what SQLite says about its content */
} Detail;

/* What each kind of failure means to the person at the keyboard; the file's path goes before. */
static const struct {
  int result; /* primary code */
  TpoErrorCode code;
  Detail detail;
  const char *predicate;
} failures[] = {
  { SQLITE_FULL, TPO_ERROR_IO, DETAIL_NONE,
    N_ ("cannot take the last change: the disk is full. Everything before it is saved") },
  { SQLITE_READONLY, TPO_ERROR_IO, DETAIL_NONE, N_ ("is read-only: changes cannot be saved") },
  { SQLITE_BUSY, TPO_ERROR_IO, DETAIL_NONE,
    N_ ("is being written by another program; try again") },
  { SQLITE_LOCKED, TPO_ERROR_IO, DETAIL_NONE,
    N_ ("is being written by another program; try again") },
  { SQLITE_CANTOPEN, TPO_ERROR_IO, DETAIL_SYSTEM, N_ ("cannot be opened") },
  { SQLITE_PERM, TPO_ERROR_IO, DETAIL_SYSTEM, N_ ("cannot be opened") },
  { SQLITE_IOERR, TPO_ERROR_IO, DETAIL_SYSTEM, N_ ("cannot be read or written") },
  { SQLITE_NOTADB, TPO_ERROR_FORMAT, DETAIL_NONE, N_ ("is not a TPO Studio project") },
  { SQLITE_CORRUPT, TPO_ERROR_FORMAT, DETAIL_SQLITE, N_ ("is damaged") },
  { SQLITE_ERROR, TPO_ERROR_FORMAT, DETAIL_SQLITE, N_ ("is damaged") },
  { SQLITE_MISMATCH, TPO_ERROR_FORMAT, DETAIL_SQLITE, N_ ("is damaged") },
  { SQLITE_CONSTRAINT, TPO_ERROR_INVALID, DETAIL_SQLITE, N_ ("does not take this change") },
  { SQLITE_ABORT, TPO_ERROR_IO, DETAIL_NONE,
    N_ ("took back the whole group of changes after one of them failed") },
  { SQLITE_TOOBIG, TPO_ERROR_INVALID, DETAIL_SQLITE, N_ ("does not take this change") },
  { SQLITE_NOMEM, TPO_ERROR_NO_MEMORY, DETAIL_NONE, N_ ("needs more memory than there is") },
};

/* What the system said last: about the statement, or else about the log that a COMMIT writes. */
static int
last_errno (TpoStore *self)
{
  sqlite3_file *log = NULL;
  int system_errno = sqlite3_system_errno (self->db);

  if (system_errno == 0 && self->db != NULL &&
      sqlite3_file_control (self->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) ==
          SQLITE_OK &&
      log != NULL && log->pMethods != NULL)
    log->pMethods->xFileControl (log, SQLITE_FCNTL_LAST_ERRNO, &system_errno);
  return system_errno;
}

gboolean
tpo_sql_fail (TpoStore *self, int result, GError **error)
{
  int system_errno = last_errno (self);
  const char *predicate = N_ ("cannot be used"), *detail = sqlite3_errstr (result);
  TpoErrorCode code = TPO_ERROR_IO;

  /* A quota, or a limit on file sizes, is a full disk by other means. */
  if ((result & 0xff) == SQLITE_IOERR && (system_errno == EDQUOT || system_errno == EFBIG))
    result = SQLITE_FULL;
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    if (failures[i].result == (result & 0xff)) {
      code = failures[i].code;
      predicate = failures[i].predicate;
      if (failures[i].detail == DETAIL_NONE)
        detail = NULL;
      else if (failures[i].detail == DETAIL_SQLITE)
        detail = sqlite3_errmsg (self->db);
      else if (system_errno != 0)
        detail = g_strerror (system_errno);
    }
  /* Translators: a file, “cannot be opened”, a colon, and what the system says; the last two may be
   * missing */
  g_set_error (error, TPO_ERROR, code, _ ("“%s” %s%s%s."), self->path, _ (predicate),
               detail != NULL ? ": " : "", detail != NULL ? detail : "");
  return FALSE;
}

static int
bind_value (sqlite3_stmt *statement, int index, const TpoSqlValue *value)
{
  switch (value->type) {
  case TPO_SQL_INT:
    return sqlite3_bind_int64 (statement, index, value->integer);
  case TPO_SQL_REAL:
    return sqlite3_bind_double (statement, index, value->real);
  case TPO_SQL_TEXT:
    return sqlite3_bind_text (statement, index, value->bytes, -1, SQLITE_TRANSIENT);
  case TPO_SQL_BLOB:
    /* An empty blob is no NULL, so that its address must not be. */
    return sqlite3_bind_blob64 (statement, index, value->size > 0 ? value->bytes : "",
                                value->size, SQLITE_TRANSIENT);
  case TPO_SQL_NULL:
    break;
  }
  return sqlite3_bind_null (statement, index);
}

sqlite3_stmt *
tpo_sql_query (TpoStore *self, GError **error, const char *sql, const TpoSqlValue *values,
               gsize n_values)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);
  int result = SQLITE_OK;

  if (statement == NULL) {
    result =
        sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    if (result != SQLITE_OK) {
      tpo_sql_fail (self, result, error);
      return NULL;
    }
    g_hash_table_insert (self->statements, (gpointer) sql, statement);
  }
  g_assert (!sqlite3_stmt_busy (statement));

  for (gsize i = 0; i < n_values && result == SQLITE_OK; i++)
    result = bind_value (statement, (int) i + 1, &values[i]);
  if (result != SQLITE_OK) {
    tpo_sql_fail (self, result, error);
    tpo_sql_done (statement);
    return NULL;
  }
  return statement;
}

gboolean
tpo_sql_next (TpoStore *self, sqlite3_stmt *statement, GError **error)
{
  int result = sqlite3_step (statement);

  if (result == SQLITE_ROW)
    return TRUE;
  if (result != SQLITE_DONE)
    tpo_sql_fail (self, result, error);
  tpo_sql_done (statement);
  return FALSE;
}

void
tpo_sql_done (sqlite3_stmt *statement)
{
  sqlite3_reset (statement); /* repeats the error of the last step, if there was one */
  sqlite3_clear_bindings (statement);
}

gboolean
tpo_sql_run (TpoStore *self, GError **error, const char *sql, const TpoSqlValue *values,
             gsize n_values)
{
  sqlite3_stmt *statement = tpo_sql_query (self, error, sql, values, n_values);
  GError *problem = NULL;

  if (statement == NULL)
    return FALSE;
  while (tpo_sql_next (self, statement, &problem))
    ;
  if (problem != NULL)
    g_propagate_error (error, problem);
  return problem == NULL;
}

gboolean
tpo_sql_get_int (TpoStore *self, gint64 *result, GError **error, const char *sql,
                 const TpoSqlValue *values, gsize n_values)
{
  sqlite3_stmt *statement = tpo_sql_query (self, error, sql, values, n_values);
  GError *problem = NULL;

  if (statement == NULL)
    return FALSE;
  if (tpo_sql_next (self, statement, &problem)) {
    if (sqlite3_column_type (statement, 0) != SQLITE_NULL)
      *result = sqlite3_column_int64 (statement, 0);
    tpo_sql_done (statement);
  }
  if (problem != NULL)
    g_propagate_error (error, problem);
  return problem == NULL;
}

GPtrArray *
tpo_sql_list (TpoStore *self, TpoRowFunc func, GDestroyNotify destroy, GError **error,
              const char *sql, const TpoSqlValue *values, gsize n_values)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (destroy);
  sqlite3_stmt *row = tpo_sql_query (self, error, sql, values, n_values);
  GError *problem = NULL;

  if (row == NULL)
    return NULL;
  while (tpo_sql_next (self, row, &problem)) {
    gpointer record = func (self, row, error);

    if (record == NULL) {
      tpo_sql_done (row);
      return NULL;
    }
    g_ptr_array_add (records, record);
  }
  if (problem != NULL) {
    g_propagate_error (error, problem);
    return NULL;
  }
  return g_steal_pointer (&records);
}

GArray *
tpo_sql_list_ints (TpoStore *self, guint n_columns, GError **error, const char *sql,
                   const TpoSqlValue *values, gsize n_values)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, n_columns * sizeof (gint64));
  sqlite3_stmt *row = tpo_sql_query (self, error, sql, values, n_values);
  GError *problem = NULL;

  if (row == NULL)
    return NULL;
  while (tpo_sql_next (self, row, &problem)) {
    gint64 *integers;

    g_array_set_size (rows, rows->len + 1);
    integers = (gint64 *) (gpointer) rows->data + (gsize) (rows->len - 1) * n_columns;
    for (guint i = 0; i < n_columns; i++)
      integers[i] = sqlite3_column_int64 (row, (int) i);
  }
  if (problem != NULL) {
    g_propagate_error (error, problem);
    return NULL;
  }
  return g_steal_pointer (&rows);
}

gpointer
tpo_sql_get (TpoStore *self, TpoRowFunc func, const char *what, gint64 id, GError **error,
             const char *sql)
{
  g_autoptr (GPtrArray) records =
      tpo_sql_list (self, func, NULL, error, sql, TPO_VALUES (tpo_int (id)));

  if (records == NULL)
    return NULL;
  if (records->len == 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID, "“%s” has no %s %" G_GINT64_FORMAT ".",
                 self->path, what, id);
    return NULL;
  }
  return records->pdata[0];
}

gboolean
tpo_sql_check_object (TpoStore *self, const char *what, const char *json, GError **error)
{
  gint64 is_object = json == NULL;

  if (!is_object &&
      !tpo_sql_get_int (
          self, &is_object, error,
          "SELECT CASE WHEN json_valid(?1) THEN json_type(?1) = 'object' ELSE 0 END",
          TPO_VALUES (tpo_text (json))))
    return FALSE;
  if (!is_object)
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID, "The %s are no JSON object: %.80s", what,
                 json);
  return is_object != 0;
}

char *
tpo_column_text (sqlite3_stmt *row, int column)
{
  const char *text = (const char *) sqlite3_column_text (row, column);

  /* STRICT tables keep text as it came; a file made by others may hold what is no UTF-8. */
  return text != NULL ? g_utf8_make_valid (text, -1) : NULL;
}

gpointer
tpo_bad_row (TpoStore *self, const char *what, gint64 id, GError **error)
{
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
               "“%s” is damaged: %s %" G_GINT64_FORMAT " cannot be read.", self->path, what,
               id);
  return NULL;
}
