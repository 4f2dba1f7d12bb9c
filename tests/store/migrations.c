/* Old files are copied and lifted, all or nothing; newer ones and other programs' are refused. */

#include <glib/gstdio.h>

#include <tpo/error.h>

#include <string.h>

#include "fixture.h"

static void
exec (const char *path, const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
assert_refused (Fixture *self, TpoErrorCode code, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tpo_store_open (self->path, TPO_STORE_DEFAULT, &error));
  g_assert_error (error, TPO_ERROR, (int) code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_nonnull (strstr (error->message, self->path));
}

static void
test_header (Fixture *self, gconstpointer data)
{
  g_assert_cmpint (query_number (self->path, "PRAGMA application_id"), ==, TPO_APPLICATION_ID);
  g_assert_cmpint (query_number (self->path, "PRAGMA user_version"), ==, tpo_schema_version);
  g_assert_cmpint (
      query_number (self->path, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), ==, 1);
  g_assert_cmpint (query_number (self->path,
                                 "SELECT count(*) FROM sqlite_schema "
                                 "WHERE type = 'table' AND name NOT GLOB 'sqlite_*' "
                                 "AND sql NOT GLOB '* STRICT'"),
                   ==, 0);
}

/* The steps of today and up to two that do not exist yet. */
static const char *const *
steps_and (const char *next, const char *after, GPtrArray *steps)
{
  for (int i = 0; i < tpo_schema_version; i++)
    g_ptr_array_add (steps, (gpointer) tpo_schema_steps[i]);
  g_ptr_array_add (steps, (gpointer) next);
  if (after != NULL)
    g_ptr_array_add (steps, (gpointer) after);
  return (const char *const *) steps->pdata;
}

/* Opens a project that a released version wrote, as it comes. */
static void
open_stored (Fixture *self, const char *name)
{
  g_autofree char *stored = g_test_build_filename (G_TEST_DIST, "projects", name, NULL);
  g_autoptr (GFile) source = g_file_new_for_path (stored);
  g_autoptr (GFile) target = g_file_new_for_path (self->path);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->store, tpo_store_close);
  g_file_copy (source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  self->store = tpo_store_open (self->path, TPO_STORE_DEFAULT, &error);
  g_assert_no_error (error);
}

/* Three answers with a span, a box and a mask track, one of them corrected. */
static void
test_from_1 (Fixture *self, gconstpointer data)
{
  g_autofree char *copy = g_strconcat (self->path, ".v1", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages = NULL;
  g_autoptr (GPtrArray) annotations = NULL;

  open_stored (self, "version-1.tpo");
  g_assert_cmpint (query_number (self->path, "PRAGMA user_version"), ==, tpo_schema_version);
  g_assert_cmpint (query_number (copy, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (query_number (self->path, "SELECT sum(is_growing) FROM prediction"), ==, 0);

  /* A conversation without branches is the path to its last message. */
  messages = tpo_store_list_messages (self->store, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (messages->len, ==, 6);
  for (guint i = 0; i < messages->len; i++) {
    const TpoMessageRecord *message = messages->pdata[i];

    g_assert_cmpint (message->id, ==, i + 1);
    g_assert_cmpint (message->parent_id, ==, i);
    g_assert_cmpuint (message->n_branches, ==, 1);
  }
  annotations = tpo_store_list_annotations (self->store, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (annotations->len, ==, 3);
  g_assert_true (tpo_store_undo (self->store, &error));
  g_assert_no_error (error);
}

static void
test_next_step (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  const char *const *steps = steps_and ("ALTER TABLE video ADD COLUMN notes TEXT;"
                                        "UPDATE video SET notes = 'lifted';",
                                        NULL, list);
  g_autofree char *copy = g_strdup_printf ("%s.v%d", self->path, tpo_schema_version);
  g_autoptr (GError) error = NULL;

  sample_video (self->store, "clip7.mp4");
  tpo_migrate (self->store, steps, (int) list->len, &error);
  g_assert_no_error (error);
  g_assert_cmpint (query_number (self->path, "PRAGMA user_version"), ==,
                   tpo_schema_version + 1);
  g_assert_cmpint (query_number (self->path, "SELECT notes = 'lifted' FROM video"), ==, 1);

  /* The copy is the file as it was. */
  g_assert_cmpint (query_number (copy, "PRAGMA user_version"), ==, tpo_schema_version);
  g_assert_cmpint (query_number (copy, "SELECT count(*) FROM video"), ==, 1);
  g_assert_cmpint (query_number (copy, "SELECT count(*) FROM pragma_table_info('video') "
                                       "WHERE name = 'notes'"),
                   ==, 0);
}

static void
test_step_fails (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  const char *const *steps = steps_and ("ALTER TABLE video ADD COLUMN notes TEXT;",
                                        "UPDATE video SET nonsense = 1;", list);
  g_autoptr (GError) error = NULL;

  sample_video (self->store, "clip7.mp4");
  g_assert_false (tpo_migrate (self->store, steps, (int) list->len, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_FORMAT);
  g_assert_cmpint (query_number (self->path, "PRAGMA user_version"), ==, tpo_schema_version);
  g_assert_cmpint (query_number (self->path, "SELECT count(*) FROM pragma_table_info('video') "
                                             "WHERE name = 'notes'"),
                   ==, 0);
  fixture_reopen (self);
}

/* Where the copy cannot be made, nothing is migrated. */
static void
test_copy_fails (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  const char *const *steps = steps_and ("ALTER TABLE video ADD COLUMN notes TEXT;", NULL, list);
  g_autofree char *obstacle = g_strdup_printf ("%s.v%d.part", self->path, tpo_schema_version);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (obstacle, 0755), ==, 0);
  g_assert_false (tpo_migrate (self->store, steps, (int) list->len, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_IO);
  g_assert_cmpint (query_number (self->path, "PRAGMA user_version"), ==, tpo_schema_version);
}

/* Not a byte of it changes. */
static void
test_newer (Fixture *self, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize size_before, size_after;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->store, tpo_store_close);
  exec (self->path, "PRAGMA journal_mode = DELETE; PRAGMA user_version = 99; "
                    "CREATE TABLE future (id);");
  g_assert_true (g_file_get_contents (self->path, &before, &size_before, NULL));
  assert_refused (self, TPO_ERROR_UNSUPPORTED, "newer version");
  g_assert_true (g_file_get_contents (self->path, &after, &size_after, NULL));
  g_assert_cmpmem (after, size_after, before, size_before);

  g_assert_null (tpo_store_open (self->path, TPO_STORE_READ_ONLY, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED);
}

static void
test_other_program (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->store, tpo_store_close);
  g_unlink (self->path);
  exec (self->path, "CREATE TABLE bookmark (url TEXT);");
  assert_refused (self, TPO_ERROR_FORMAT, "another program");
  g_assert_cmpint (query_number (self->path, "SELECT count(*) FROM sqlite_schema"), ==, 1);
}

/* Two programs that create one file at the same time both get it. */
static gpointer
open_in_thread (gpointer path)
{
  g_autoptr (GError) error = NULL;
  TpoStore *store = tpo_store_open (path, TPO_STORE_DEFAULT, &error);

  g_assert_no_error (error);
  tpo_store_close (store);
  return NULL;
}

static void
test_two_at_once (Fixture *self, gconstpointer data)
{
  for (guint round = 0; round < 10; round++) {
    GThread *threads[4];

    g_clear_pointer (&self->store, tpo_store_close);
    g_unlink (self->path);
    for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
      threads[i] = g_thread_new ("open", open_in_thread, self->path);
    for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
      g_thread_join (threads[i]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/migrations/header", test_header);
  FIXTURE_ADD ("/migrations/from-1", test_from_1);
  FIXTURE_ADD ("/migrations/next-step", test_next_step);
  FIXTURE_ADD ("/migrations/step-fails", test_step_fails);
  FIXTURE_ADD ("/migrations/copy-fails", test_copy_fails);
  FIXTURE_ADD ("/migrations/newer", test_newer);
  FIXTURE_ADD ("/migrations/other-program", test_other_program);
  FIXTURE_ADD ("/migrations/two-at-once", test_two_at_once);
  return g_test_run ();
}
