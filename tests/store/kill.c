/*
 * A program that labels without pause is killed at any moment. What it had reported as saved
 * must be there; at most the one change under way may be missing, or there in full.
 */

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

#define N_KILLS 32

/* What the child has done: change number n sets the span's start to n. */
typedef struct {
  gint64 number;
  gint64 revision_id;
} Report;

static void G_GNUC_NORETURN
label_until_killed (const char *path, gint64 span_id, gint64 number, int pipe_fd)
{
  TpoStore *store = tpo_store_open (path, TPO_STORE_DEFAULT, NULL);

  for (;; number++) {
    g_autoptr (TpoAnnotationRecord) annotation = NULL;
    Report report = { .number = number };

    if (!tpo_store_set_span (store, span_id, number, 800000, NULL, NULL) ||
        (annotation = tpo_store_get_annotation (store, span_id, NULL)) == NULL)
      _exit (1);
    report.revision_id = annotation->revision_id;
    if (write (pipe_fd, &report, sizeof report) != sizeof report)
      _exit (2);
  }
}

/* Starts a child, lets it label for a while, kills it, and reads what it said it had saved. */
static Report
kill_one (const char *path, gint64 span_id, gint64 number, int longest_us)
{
  Report last = { 0 }, report;
  int fds[2], status;
  pid_t child;

  g_assert_cmpint (pipe (fds), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0) {
    close (fds[0]);
    label_until_killed (path, span_id, number, fds[1]);
  }
  close (fds[1]);
  /* The first report says that it is under way; the moment after that is up to chance. */
  g_assert_cmpint (read (fds[0], &last, sizeof last), ==, sizeof last);
  g_usleep ((gulong) g_test_rand_int_range (0, longest_us));
  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  while (read (fds[0], &report, sizeof report) == sizeof report)
    last = report;
  close (fds[0]);
  return last;
}

static void
test_kill (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 video_id = sample_video (self->store, "clip7.mp4"), number = 1, n_more = 0;
  gint64 span_id = tpo_store_annotate_prediction (
      self->store, sample_span (self->store, video_id, 0), 0, NULL, &error);

  g_assert_no_error (error);
  g_clear_pointer (&self->store, tpo_store_close);
  for (guint i = 0; i < N_KILLS; i++) {
    /* Long enough now and then that it is killed while it flushes. */
    Report last = kill_one (self->path, span_id, number, i % 8 == 0 ? 900000 : 30000);
    g_autoptr (TpoAnnotationRecord) annotation = NULL;
    g_autoptr (GPtrArray) revisions = NULL;
    g_autofree char *undo_name = NULL;

    self->store = tpo_store_open (self->path, TPO_STORE_DEFAULT, &error);
    g_assert_no_error (error);
    annotation = tpo_store_get_annotation (self->store, span_id, &error);
    g_assert_no_error (error);

    /* Everything reported is there; the change after it is there in full, or not at all. */
    g_assert_cmpint (annotation->start_us, >=, last.number);
    g_assert_cmpint (annotation->start_us, <=, last.number + 1);
    n_more += annotation->start_us != last.number;
    revisions = tpo_store_list_revisions (self->store, span_id, &error);
    g_assert_cmpint (revisions->len, ==, annotation->start_us + 1);
    g_assert_cmpint (query_number (self->path, "SELECT count(*) FROM undo_step"), ==,
                     annotation->start_us + 1);
    g_assert_cmpint (query_number (self->path, "SELECT count(*) FROM pragma_integrity_check "
                                               "WHERE integrity_check <> 'ok'"),
                     ==, 0);
    g_assert_cmpint (query_number (self->path, "SELECT count(*) FROM pragma_foreign_key_check"),
                     ==, 0);
    undo_name = tpo_store_dup_undo_name (self->store);
    g_assert_cmpstr (undo_name, ==, "Move Span Edge");
    number = annotation->start_us + 1;
    g_clear_pointer (&self->store, tpo_store_close);
  }
  g_test_message ("%d kills, %" G_GINT64_FORMAT " changes; %" G_GINT64_FORMAT
                  " times one more than reported was saved",
                  N_KILLS, number - 1, n_more);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/kill/labelling", test_kill);
  return g_test_run ();
}
