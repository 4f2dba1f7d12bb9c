/* The world says no: full disk, read-only, busy. A sentence, no crash, nothing lost. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include <tpo/error.h>

#include <string.h>

#include "fixture.h"

/* Makes changes until one fails. Returns how many were saved. */
static gint64
change_until_full (TpoStore *store, gint64 span_id, GError **error)
{
  g_autofree char *text = g_strnfill (2000, 'x');
  gint64 n = 0;

  while (n < 10000 && tpo_store_set_annotation_text (store, span_id, text, NULL, error))
    n++;
  return n;
}

static void
assert_full_and_sound (Fixture *self, gint64 span_id, gint64 n_saved, GError *error)
{
  g_autoptr (GPtrArray) revisions = NULL;

  g_assert_error (error, TPO_ERROR, TPO_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "the disk is full"));
  fixture_reopen (self);
  revisions = tpo_store_list_revisions (self->store, span_id, NULL);
  g_assert_cmpint (revisions->len, ==, n_saved + 1);
  g_assert_cmpint (query_number (self->path, "SELECT count(*) FROM pragma_integrity_check "
                                             "WHERE integrity_check <> 'ok'"),
                   ==, 0);
  /* With room again it goes on. */
  g_assert_true (tpo_store_set_span (self->store, span_id, 1, 2, NULL, NULL));
}

static gint64
make_span (Fixture *self)
{
  gint64 video_id = sample_video (self->store, "clip7.mp4");

  return tpo_store_annotate_prediction (self->store, sample_span (self->store, video_id, 0), 0,
                                        NULL, NULL);
}

/* SQLite's own limit on pages. */
static void
test_full (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 span_id = make_span (self), n_saved;
  g_autofree char *sql = NULL;

  sql = g_strdup_printf ("PRAGMA max_page_count = %" G_GINT64_FORMAT,
                         query_number (self->path, "PRAGMA page_count") + 20);
  g_assert_cmpint (sqlite3_exec (self->store->db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  n_saved = change_until_full (self->store, span_id, &error);
  g_assert_cmpint (n_saved, >, 5);
  assert_full_and_sound (self, span_id, n_saved, error);
}

/* The whole group goes when the disk fills up inside it, and it says so at every later call. */
static void
test_full_in_group (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 span_id = make_span (self);
  g_autofree char *sql = NULL;

  sql = g_strdup_printf ("PRAGMA max_page_count = %" G_GINT64_FORMAT,
                         query_number (self->path, "PRAGMA page_count") + 20);
  g_assert_cmpint (sqlite3_exec (self->store->db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_true (tpo_store_begin_group (self->store, NULL, &error));
  g_assert_cmpint (change_until_full (self->store, span_id, &error), >, 5);
  g_assert_error (error, TPO_ERROR, TPO_ERROR_IO);
  g_clear_error (&error);
  if (!tpo_store_end_group (self->store, &error))
    g_assert_error (error, TPO_ERROR, TPO_ERROR_IO);
  g_clear_error (&error);
  fixture_reopen (self);
  g_assert_cmpint (query_number (self->path, "SELECT count(*) FROM pragma_integrity_check "
                                             "WHERE integrity_check <> 'ok'"),
                   ==, 0);
}

/* The system's limit on the size of a file: writes fail as on a full disk or a spent quota. */
static void
test_file_limit (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 span_id = make_span (self), n_saved;
  struct rlimit before, low;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  low = before;
  low.rlim_cur = 600 * 1024;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &low), ==, 0);
  n_saved = change_until_full (self->store, span_id, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_test_message ("%s", error->message);
  g_assert_cmpint (n_saved, >, 5);
  assert_full_and_sound (self, span_id, n_saved, error);
}

static void
test_new_on_full (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "new.tpo", NULL);
  g_autoptr (GError) error = NULL;
  struct rlimit before, low;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  low = before;
  low.rlim_cur = 16 * 1024;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &low), ==, 0);
  g_assert_null (tpo_store_open (path, TPO_STORE_DEFAULT, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_error (error, TPO_ERROR, TPO_ERROR_IO);
  g_test_message ("%s", error->message);
  tpo_store_close (tpo_store_open (path, TPO_STORE_DEFAULT, NULL)); /* later it works */
}

/* Runs func as a user without rights to the file: root may write whatever its mode says. */
static void
run_without_rights (Fixture *self, void (*func) (Fixture *self))
{
  int status;
  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0) {
    if (geteuid () == 0 && (setgid (65534) != 0 || setuid (65534) != 0))
      _exit (2);
    func (self); /* an assertion that fails aborts */
    _exit (0);
  }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
}

static void
expect_read_only (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoStore) store = NULL;
  g_autoptr (GPtrArray) annotations = NULL;

  g_assert_null (tpo_store_open (self->path, TPO_STORE_DEFAULT, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_IO);
  g_assert_nonnull (strstr (error->message, self->path));
  g_clear_error (&error);

  store = tpo_store_open (self->path, TPO_STORE_READ_ONLY, &error);
  g_assert_no_error (error);
  annotations = tpo_store_list_annotations (store, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (annotations->len, ==, 1);
  g_assert_false (tpo_store_set_span (store, 1, 0, 1, NULL, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "read-only"));
}

static void
test_read_only_file (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (self->path);

  make_span (self);
  g_clear_pointer (&self->store, tpo_store_close);
  g_assert_cmpint (g_chmod (self->folder, 0755), ==, 0);
  g_assert_cmpint (g_chmod (folder, 0777), ==, 0);
  g_assert_cmpint (g_chmod (self->path, 0444), ==, 0);
  run_without_rights (self, expect_read_only);
}

static void
test_read_only_folder (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (self->path);

  make_span (self);
  g_clear_pointer (&self->store, tpo_store_close);
  g_assert_cmpint (g_chmod (self->folder, 0755), ==, 0);
  g_assert_cmpint (g_chmod (self->path, 0444), ==, 0);
  g_assert_cmpint (g_chmod (folder, 0555), ==, 0);
  run_without_rights (self, expect_read_only);
  g_assert_cmpint (g_chmod (folder, 0755), ==, 0);
}

/* A reader sees one state while another writes on, and does not hinder it. */
static void
test_snapshot (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoStore) reader = NULL;
  gint64 span_id = make_span (self);

  reader = tpo_store_open (self->path, TPO_STORE_READ_ONLY, &error);
  g_assert_no_error (error);
  g_assert_true (tpo_store_begin_snapshot (reader, &error));
  for (gint64 i = 0; i < 3; i++) {
    g_autoptr (TpoAnnotationRecord) seen = NULL;

    g_assert_true (tpo_store_set_span (self->store, span_id, i, 5, NULL, &error));
    seen = tpo_store_get_annotation (reader, span_id, &error);
    g_assert_no_error (error);
    g_assert_cmpint (seen->start_us, ==, 120000);
  }
  tpo_store_end_snapshot (reader);
  {
    g_autoptr (TpoAnnotationRecord) seen = tpo_store_get_annotation (reader, span_id, &error);

    g_assert_cmpint (seen->start_us, ==, 2);
  }
}

/* The number in the project file itself, as if the log were lost. */
static gint64
number_without_log (const char *path, const char *sql)
{
  g_autofree char *file_uri = g_filename_to_uri (path, NULL, NULL);
  g_autofree char *uri = g_strconcat (file_uri, "?immutable=1", NULL);
  sqlite3 *db = NULL;
  sqlite3_stmt *row = NULL;
  gint64 number = -1;

  g_assert_cmpint (sqlite3_open_v2 (uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL), ==,
                   SQLITE_OK);
  if (sqlite3_prepare_v2 (db, sql, -1, &row, NULL) == SQLITE_OK &&
      sqlite3_step (row) == SQLITE_ROW)
    number = sqlite3_column_int64 (row, 0);
  sqlite3_finalize (row);
  sqlite3_close (db);
  return number;
}

/* By itself within a second, with some patience for a busy machine; by asking, at once. */
static void
test_flush (Fixture *self, gconstpointer data)
{
  const char *sql = "SELECT count(*) FROM revision";
  gint64 span_id = make_span (self), waited_us = 0;

  while (number_without_log (self->path, sql) != 1 && waited_us < 10 * G_USEC_PER_SEC) {
    g_usleep (20000);
    waited_us += 20000;
  }
  g_assert_cmpint (number_without_log (self->path, sql), ==, 1);
  g_test_message ("%" G_GINT64_FORMAT " ms", waited_us / 1000);

  /* Often enough to come upon the one in the background. */
  for (gint64 i = 0; i < 100; i++) {
    g_assert_true (tpo_store_set_span (self->store, span_id, i, i + 1, NULL, NULL));
    g_assert_true (tpo_store_flush (self->store, NULL));
    if (i % 20 == 0)
      g_assert_cmpint (number_without_log (self->path, sql), ==, i + 2);
  }
}

static void
test_busy (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoStore) other = tpo_store_open (self->path, TPO_STORE_DEFAULT, &error);
  gint64 span_id = make_span (self);

  g_assert_true (tpo_store_begin_group (other, NULL, &error));
  sqlite3_busy_timeout (self->store->db, 20);
  g_assert_false (tpo_store_set_span (self->store, span_id, 1, 2, NULL, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "another program"));
  g_clear_error (&error);
  tpo_store_cancel_group (other);
  g_assert_true (tpo_store_set_span (self->store, span_id, 1, 2, NULL, &error));
}

static void
test_no_place (Fixture *self, gconstpointer data)
{
  static const char *const places[] = { "/proc/tpo/project.tpo", "/dev/null/project.tpo",
                                        "/tmp" };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (tpo_store_open (places[i], TPO_STORE_DEFAULT, &error));
    g_assert_error (error, TPO_ERROR, TPO_ERROR_IO);
    g_test_message ("%s", error->message);
    g_clear_error (&error);
    g_assert_null (tpo_store_open (places[i], TPO_STORE_READ_ONLY, &error));
    g_assert_error (error, TPO_ERROR, TPO_ERROR_IO);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/failures/full", test_full);
  FIXTURE_ADD ("/failures/full-in-group", test_full_in_group);
  FIXTURE_ADD ("/failures/file-limit", test_file_limit);
  FIXTURE_ADD ("/failures/new-on-full", test_new_on_full);
  FIXTURE_ADD ("/failures/read-only-file", test_read_only_file);
  FIXTURE_ADD ("/failures/read-only-folder", test_read_only_folder);
  FIXTURE_ADD ("/failures/snapshot", test_snapshot);
  FIXTURE_ADD ("/failures/flush", test_flush);
  FIXTURE_ADD ("/failures/busy", test_busy);
  FIXTURE_ADD ("/failures/no-place", test_no_place);
  return g_test_run ();
}
