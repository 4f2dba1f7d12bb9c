#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>

#include <glib/gstdio.h>

#include <tpo/error.h>

#include "store/tpo-store-private.h"

#define BUSY_TIMEOUT_MS 5000
#define BUSY_PAUSE_MS 10

static const char magic[] = "SQLite format 3"; /* with its terminating zero */

/* Opening anything else, such as a pipe, might wait for ever. */
static gboolean
check_kind (TpoStore *self, GError **error)
{
  GStatBuf info;

  if (g_stat (self->path, &info) != 0 || S_ISREG (info.st_mode))
    return TRUE; /* new, or an error that opening reports */
  g_set_error (error, TPO_ERROR, TPO_ERROR_IO, _ ("“%s” is not a file."), self->path);
  return FALSE;
}

/*
 * SQLite takes a file shorter than a page for an empty database and would write over it, so that
 * text files and stumps of projects are told apart here, before it looks into them. They are read
 * through SQLite's own descriptor: to close another one would give up the locks of all connections
 * that this program has to the project, and the next program that closes it would remove the log
 * under them.
 */
static gboolean
check_header (TpoStore *self, GError **error)
{
  guint8 header[18] = { 0 };
  sqlite3_file *file = NULL;
  GStatBuf info;
  gsize page_size;

  if (g_stat (self->path, &info) != 0 || info.st_size == 0 ||
      sqlite3_file_control (self->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
      file->pMethods == NULL)
    return TRUE; /* new, or an error that reading reports */
  file->pMethods->xRead (file, header, sizeof header, 0); /* zeros behind the end */
  if (memcmp (header, magic, sizeof magic) != 0)
    return tpo_sql_fail (self, SQLITE_NOTADB, error);
  page_size = (gsize) header[16] << 8 | header[17];
  page_size = page_size == 1 ? 65536 : page_size;
  if ((gsize) info.st_size < page_size) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, _ ("“%s” is damaged: its end is missing."),
                 self->path);
    return FALSE;
  }
  return TRUE;
}

static gboolean
connect_to (TpoStore *self, const char *name, int flags, GError **error)
{
  int result = sqlite3_open_v2 (name, &self->db, flags | SQLITE_OPEN_EXRESCODE, NULL);

  if (result != SQLITE_OK) {
    tpo_sql_fail (self, result, error);
    return FALSE;
  }
  if (!check_header (self, error))
    return FALSE;
  sqlite3_busy_timeout (self->db, BUSY_TIMEOUT_MS);
  /* A project may come from anybody: its schema gets no more rights than it needs. */
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
  result = tpo_search_register (self->db);
  if (result != SQLITE_OK)
    return tpo_sql_fail (self, result, error);
  /* Else REPLACE would slip past the triggers that keep predictions. */
  return tpo_sql_run (self, error, "PRAGMA recursive_triggers = ON", TPO_NO_VALUES);
}

static void
disconnect (TpoStore *self)
{
  g_clear_pointer (&self->flusher, tpo_flusher_free);
  g_hash_table_remove_all (self->statements);
  if (self->db != NULL)
    sqlite3_close (self->db);
  self->db = NULL;
}

/* Whether it is a project of ours or still empty, before anything is written to it. */
static gboolean
check_identity (TpoStore *self, GError **error)
{
  gint64 application_id = 0, version = 0, n_objects = 0;
  gboolean ok;

  /* One look: somebody else may be making the project right now. */
  if (!tpo_sql_run (self, error, "BEGIN", TPO_NO_VALUES))
    return FALSE;
  ok = tpo_sql_get_int (self, &application_id, error, "PRAGMA application_id", TPO_NO_VALUES) &&
       tpo_sql_get_int (self, &version, error, "PRAGMA user_version", TPO_NO_VALUES) &&
       tpo_sql_get_int (self, &n_objects, error, "SELECT count(*) FROM sqlite_schema",
                        TPO_NO_VALUES);
  if (!tpo_sql_run (self, ok ? error : NULL, "COMMIT", TPO_NO_VALUES) || !ok)
    return FALSE;
  if (application_id == TPO_APPLICATION_ID)
    return tpo_check_version (self, version, tpo_schema_version, error);
  if (application_id == 0 && version == 0 && n_objects == 0 && !self->is_read_only)
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, _ ("“%s” is a database of another program."),
               self->path);
  return FALSE;
}

/* One column of every table: the rest of a damaged schema shows when it is read. */
static gboolean
check_tables (TpoStore *self, GError **error)
{
  gint64 ignored = 0;

  return tpo_sql_get_int (
      self, &ignored, error,
      "SELECT 1 FROM video, conversation, message, question, question_run, prediction, "
      "prediction_span, prediction_keyframe, label, label_attribute, annotation, revision, "
      "keyframe, undo_step, undo_change LIMIT 0",
      TPO_NO_VALUES);
}

/*
 * The switch to a log wants the file to itself for a moment, and SQLite does not wait for that as
 * it does for locks. Fails like any statement once others have been at it for too long.
 */
static gboolean
switch_to_log (TpoStore *self, GError **error)
{
  for (guint waited_ms = 0;; waited_ms += BUSY_PAUSE_MS) {
    g_autoptr (GError) problem = NULL;

    if (tpo_sql_run (self, &problem, "PRAGMA journal_mode = WAL", TPO_NO_VALUES))
      return TRUE;
    if ((sqlite3_errcode (self->db) & 0xff) != SQLITE_BUSY || waited_ms >= BUSY_TIMEOUT_MS) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
    g_usleep (BUSY_PAUSE_MS * 1000);
  }
}

/*
 * With a log, ending a transaction hands it to the system and waits for nothing; the flusher
 * brings it to the disk. On file systems without shared memory, where there can be no log, every
 * transaction waits for the disk.
 */
static gboolean
start_log (TpoStore *self, GError **error)
{
  gint64 has_log = 0;

  if (!switch_to_log (self, error) ||
      !tpo_sql_get_int (self, &has_log, error,
                        "SELECT journal_mode = 'wal' FROM pragma_journal_mode", TPO_NO_VALUES))
    return FALSE;
  if (!has_log)
    return tpo_sql_run (self, error, "PRAGMA synchronous = FULL", TPO_NO_VALUES);
  self->flusher = tpo_flusher_new (self->path);
  return tpo_sql_run (self, error, "PRAGMA synchronous = NORMAL", TPO_NO_VALUES) &&
         tpo_sql_run (self, error, "PRAGMA wal_autocheckpoint = 0", TPO_NO_VALUES);
}

static gboolean
open_for_writing (TpoStore *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);

  if (g_mkdir_with_parents (folder, 0755) != 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO, _ ("The folder “%s” cannot be created: %s."),
                 folder, g_strerror (errno));
    return FALSE;
  }
  if (!connect_to (self, self->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error))
    return FALSE;
  /* Before it is read, which needs files beside it that cannot be made in a folder that is read-only, too. */
  if (sqlite3_db_readonly (self->db, "main") == 1)
    return tpo_sql_fail (self, SQLITE_READONLY, error);

  return check_identity (self, error) && start_log (self, error) &&
         tpo_migrate (self, tpo_schema_steps, tpo_schema_version, error);
}

/* A reader cannot migrate. */
static gboolean
is_current (TpoStore *self, GError **error)
{
  gint64 version = 0;

  if (!tpo_sql_get_int (self, &version, error, "PRAGMA user_version", TPO_NO_VALUES))
    return FALSE;
  if (version == tpo_schema_version)
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
               _ ("“%s” comes from an older version; open it in TPO Studio once."), self->path);
  return FALSE;
}

static gboolean
open_for_reading (TpoStore *self, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (connect_to (self, self->path, SQLITE_OPEN_READONLY, &problem) &&
      check_identity (self, &problem))
    return is_current (self, error);

  /* Reading a log needs to write beside it. Where that is forbidden and there is no log, the
   * file is complete and nobody can change it. */
  if (g_error_matches (problem, TPO_ERROR, TPO_ERROR_IO)) {
    g_autofree char *log = g_strconcat (self->path, "-wal", NULL);
    g_autofree char *uri = g_filename_to_uri (self->path, NULL, NULL);
    g_autofree char *immutable = g_strconcat (uri != NULL ? uri : "", "?immutable=1", NULL);

    if (uri != NULL && g_file_test (self->path, G_FILE_TEST_EXISTS) &&
        !g_file_test (log, G_FILE_TEST_EXISTS)) {
      disconnect (self);
      return connect_to (self, immutable, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, error) &&
             check_identity (self, error) && is_current (self, error);
    }
  }
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static void
finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

TpoStore *
tpo_store_open (const char *path, TpoStoreFlags flags, GError **error)
{
  g_autoptr (TpoStore) self = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_new0 (TpoStore, 1);
  self->path = g_canonicalize_filename (path, NULL);
  self->author = g_strdup (g_get_user_name ());
  self->is_read_only = (flags & TPO_STORE_READ_ONLY) != 0;
  self->statements = g_hash_table_new_full (NULL, NULL, NULL, finalize_statement);
  self->changed = g_array_new (FALSE, FALSE, sizeof (TpoChanged));

  if (!check_kind (self, error) ||
      !(self->is_read_only ? open_for_reading (self, error) : open_for_writing (self, error)) ||
      !check_tables (self, error))
    return NULL;
  tpo_store_poll (self);
  return g_steal_pointer (&self);
}

void
tpo_store_close (TpoStore *self)
{
  g_return_if_fail (self != NULL);

  tpo_transaction_clear (&self->group);
  disconnect (self);
  g_hash_table_unref (self->statements);
  g_array_unref (self->changed);
  g_free (self->step_name);
  g_free (self->author);
  g_free (self->path);
  g_free (self);
}

const char *
tpo_store_get_path (TpoStore *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->path;
}

gboolean
tpo_store_is_read_only (TpoStore *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return self->is_read_only;
}

void
tpo_store_set_author (TpoStore *self, const char *author)
{
  g_return_if_fail (self != NULL && author != NULL);

  g_free (self->author);
  self->author = g_strdup (author);
}

const char *
tpo_store_get_author (TpoStore *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->author;
}

void
tpo_store_set_changed_func (TpoStore *self, TpoStoreChangedFunc func, gpointer user_data)
{
  g_return_if_fail (self != NULL);

  self->changed_func = func;
  self->changed_data = user_data;
}

gboolean
tpo_store_flush (TpoStore *self, GError **error)
{
  int result;

  g_return_val_if_fail (self != NULL, FALSE);

  if (self->flusher == NULL) /* nothing was written, or was waited for */
    return TRUE;
  result = tpo_flusher_flush (self->flusher, self->db);
  return result == SQLITE_OK || tpo_sql_fail (self, result, error);
}

gboolean
tpo_store_poll (TpoStore *self)
{
  gint64 version = -1;
  gboolean has_changed;

  g_return_val_if_fail (self != NULL, FALSE);

  tpo_sql_get_int (self, &version, NULL, "PRAGMA data_version", TPO_NO_VALUES);
  has_changed = version != self->seen_version;
  self->seen_version = version;
  return has_changed;
}

gboolean
tpo_store_begin_snapshot (TpoStore *self, GError **error)
{
  gint64 ignored = 0;

  g_return_val_if_fail (self != NULL && !self->has_snapshot && !self->in_transaction, FALSE);

  /* The transaction starts with the first read. */
  self->has_snapshot = tpo_sql_run (self, error, "BEGIN", TPO_NO_VALUES);
  if (self->has_snapshot &&
      !tpo_sql_get_int (self, &ignored, error, "PRAGMA user_version", TPO_NO_VALUES))
    tpo_store_end_snapshot (self);
  return self->has_snapshot;
}

void
tpo_store_end_snapshot (TpoStore *self)
{
  g_return_if_fail (self != NULL);

  if (self->has_snapshot)
    tpo_sql_run (self, NULL, "COMMIT",
                 TPO_NO_VALUES); /* nothing was written that could be lost */
  self->has_snapshot = FALSE;
}
