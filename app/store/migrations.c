#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <inttypes.h>

#include <tpo/error.h>

#include "store/tpo-store-private.h"

static gboolean
exec (TpoStore *self, const char *sql, GError **error)
{
  int result = sqlite3_exec (self->db, sql, NULL, NULL, NULL);

  return result == SQLITE_OK || tpo_sql_fail (self, result, error);
}

/*
 * Copies the whole database, pages in the log included, to a file that is new or replaced. SQLite
 * wants a second connection for that, since ours holds the lock; it sees the state before.
 */
static gboolean
copy_database (TpoStore *self, const char *path, GError **error)
{
  sqlite3 *source = NULL, *copy = NULL;
  sqlite3_backup *backup = NULL;
  gboolean is_copied = FALSE;

  if (sqlite3_open (self->path, &source) == SQLITE_OK &&
      sqlite3_open (path, &copy) == SQLITE_OK)
    backup = sqlite3_backup_init (copy, "main", source, "main");
  if (backup != NULL) {
    sqlite3_backup_step (backup, -1);
    is_copied = sqlite3_backup_finish (backup) == SQLITE_OK;
  }
  if (!is_copied)
    g_set_error (
        error, TPO_ERROR, TPO_ERROR_IO,
        _ ("“%s” comes from an older version and is copied to “%s” first, which fails: %s."),
        self->path, path, sqlite3_errmsg (copy));
  sqlite3_close (copy);
  sqlite3_close (source);
  return is_copied;
}

/* Keeps the file as it is now under "PATH.vN". It gets its name only when it is complete. */
static gboolean
keep_copy (TpoStore *self, int version, GError **error)
{
  g_autofree char *path = g_strdup_printf ("%s.v%d", self->path, version);
  g_autofree char *unfinished = g_strconcat (path, ".part", NULL);

  g_unlink (unfinished);
  if (!copy_database (self, unfinished, error) || g_rename (unfinished, path) != 0) {
    g_unlink (unfinished);
    if (error != NULL && *error == NULL)
      g_set_error (error, TPO_ERROR, TPO_ERROR_IO, _ ("“%s” cannot be written."), path);
    return FALSE;
  }
  return TRUE;
}

gboolean
tpo_check_version (TpoStore *self, gint64 version, int n_steps, GError **error)
{
  if (version >= 0 && version <= n_steps)
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
               _ ("“%s” was written by a newer version of TPO Studio: its format is number "
                  "%" PRId64 ", this version knows %d. Nothing in it was changed."),
               self->path, version, n_steps);
  return FALSE;
}

static gboolean
run_steps (TpoStore *self, const char *const *steps, int n_steps, GError **error)
{
  gint64 stored = 0;

  if (!tpo_sql_get_int (self, &stored, error, "PRAGMA user_version", TPO_NO_VALUES))
    return FALSE;
  if (!tpo_check_version (self, stored, n_steps, error))
    return FALSE;
  if (stored > 0 && stored < n_steps && !keep_copy (self, (int) stored, error))
    return FALSE;

  for (int version = (int) stored; version < n_steps; version++) {
    g_autofree char *set_version = g_strdup_printf ("PRAGMA user_version = %d", version + 1);

    if (!exec (self, steps[version], error) || !exec (self, set_version, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
tpo_migrate (TpoStore *self, const char *const *steps, int n_steps, GError **error)
{
  /* The lock comes first: two programs may open one new or old file at the same time. */
  if (!exec (self, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (run_steps (self, steps, n_steps, error) && exec (self, "COMMIT", error))
    return TRUE;
  sqlite3_exec (self->db, "ROLLBACK", NULL, NULL,
                NULL); /* the first error is the one to report */
  return FALSE;
}
