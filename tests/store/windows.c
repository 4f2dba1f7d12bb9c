/* Two connections to one project, as two windows have: each can tell that the other has changed
 * something, and what. */

#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

typedef struct {
  TpoStore *store;
  gint64 video_id, span_id;
} Other;

static Other
open_other (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  Other other = { .video_id = sample_video (self->store, "clip7.mp4") };

  other.span_id = tpo_store_annotate_prediction (
      self->store, sample_span (self->store, other.video_id, 0), 0, NULL, &error);
  g_assert_no_error (error);
  other.store = tpo_store_open (self->path, TPO_STORE_DEFAULT, &error);
  g_assert_no_error (error);
  return other;
}

static void
test_poll (Fixture *self, gconstpointer data)
{
  Other other = open_other (self);

  g_assert_false (tpo_store_poll (self->store));
  g_assert_false (tpo_store_poll (other.store));

  /* One's own changes are none of others', flushed or not. */
  g_assert_true (tpo_store_set_span (self->store, other.span_id, 1, 2, NULL, NULL));
  g_assert_false (tpo_store_poll (self->store));
  g_assert_true (tpo_store_poll (other.store));
  g_assert_false (tpo_store_poll (other.store));
  g_assert_true (tpo_store_flush (self->store, NULL));
  g_assert_false (tpo_store_poll (self->store));

  /* Also what is no undo step, and undo itself. */
  g_assert_true (tpo_store_undo (other.store, NULL));
  g_assert_true (tpo_store_poll (self->store));
  g_assert_true (tpo_store_set_place (other.store, other.video_id, 40000, 0, NULL));
  g_assert_true (tpo_store_poll (self->store));
  tpo_store_close (other.store);
}

static void
assert_head (TpoStore *store, gint64 video_id, guint n, gint64 last_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) heads = tpo_store_list_heads (store, video_id, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (heads->len, ==, n);
  if (n > 0) {
    const TpoHead *last = &g_array_index (heads, TpoHead, n - 1);
    g_autoptr (TpoAnnotationRecord) record = tpo_store_get_annotation (store, last_id, NULL);

    g_assert_cmpint (last->annotation_id, ==, last_id);
    g_assert_cmpint (last->revision_id, ==, record->revision_id);
  }
}

static void
test_heads (Fixture *self, gconstpointer data)
{
  Other other = open_other (self);
  gint64 second = tpo_store_annotate_prediction (
      self->store, sample_span (self->store, other.video_id, 0), 0, NULL, NULL);

  assert_head (other.store, other.video_id, 2, second);
  g_assert_true (tpo_store_set_span (self->store, second, 1, 2, NULL, NULL));
  assert_head (other.store, other.video_id, 2, second);
  g_assert_true (tpo_store_delete_annotation (self->store, second, NULL, NULL));
  assert_head (other.store, other.video_id, 1, other.span_id);
  tpo_store_close (other.store);
}

static void
assert_revised (TpoStore *store, TpoStoreMark *mark, gint64 expected)
{
  g_autoptr (GArray) ids = tpo_store_list_revised (store, mark);

  if (expected < 0) {
    g_assert_null (ids);
    return;
  }
  g_assert_cmpuint (ids->len, ==, expected > 0);
  if (expected > 0)
    g_assert_cmpint (g_array_index (ids, gint64, 0), ==, expected);
}

/* What is new is told; that something was taken back is, too. */
static void
test_revised (Fixture *self, gconstpointer data)
{
  Other other = open_other (self);
  TpoStoreMark mark = { 0 };
  gint64 second = tpo_store_annotate_prediction (
      self->store, sample_span (self->store, other.video_id, 0), 0, NULL, NULL);
  g_autoptr (GArray) all = tpo_store_list_revised (other.store, &mark);

  g_assert_cmpuint (all->len, ==, 2);
  assert_revised (other.store, &mark, 0);
  g_assert_true (tpo_store_set_span (self->store, second, 1, 2, NULL, NULL));
  g_assert_true (tpo_store_set_span (self->store, second, 1, 3, NULL, NULL));
  assert_revised (other.store, &mark, second);
  assert_revised (other.store, &mark, 0);
  g_assert_true (tpo_store_undo (self->store, NULL));
  assert_revised (other.store, &mark, -1);
  assert_revised (other.store, &mark, 0);
  g_assert_true (tpo_store_redo (self->store, NULL));
  assert_revised (other.store, &mark, -1);
  /* Taken back, and something else done: the steps look like before. */
  g_assert_true (tpo_store_undo (self->store, NULL));
  g_assert_true (tpo_store_set_span (self->store, other.span_id, 1, 2, NULL, NULL));
  assert_revised (other.store, &mark, -1);
  mark = TPO_STORE_MARK_NONE;
  assert_revised (other.store, &mark, -1);
  assert_revised (other.store, &mark, 0);
  tpo_store_close (other.store);
}

/* The steps are the project's: whoever undoes takes back the newest, and both agree on what is there. */
static void
test_undo (Fixture *self, gconstpointer data)
{
  Other other = open_other (self);
  g_autofree char *mine = NULL;
  g_autofree char *theirs = NULL;

  for (gint64 i = 0; i < 20; i++)
    g_assert_true (tpo_store_set_span (i % 2 ? self->store : other.store, other.span_id, i,
                                       i + 10, NULL, NULL));
  for (gint64 i = 0; i < 10; i++) {
    g_assert_cmpint (tpo_store_get_last_step (self->store), ==,
                     tpo_store_get_last_step (other.store));
    g_assert_true (tpo_store_undo (i % 3 ? self->store : other.store, NULL));
  }
  mine = dump_visible (self->store, other.video_id);
  theirs = dump_visible (other.store, other.video_id);
  g_assert_cmpstr (mine, ==, theirs);
  {
    g_autoptr (TpoAnnotationRecord) span =
        tpo_store_get_annotation (self->store, other.span_id, NULL);

    g_assert_cmpint (span->start_us, ==, 9);
  }
  tpo_store_close (other.store);
}

/* Another program, such as `tpo export`, that looks into the project once a byte comes from @pipe_fd. */
static void G_GNUC_NORETURN
look_once (const char *path, int pipe_fd)
{
  TpoStore *store;
  char byte;

  if (read (pipe_fd, &byte, 1) != 1)
    _exit (1);
  store = tpo_store_open (path, TPO_STORE_DEFAULT, NULL);
  if (store == NULL)
    _exit (2);
  tpo_store_close (store);
  _exit (0);
}

/*
 * One program has the project open twice, and closes one of the two; another one comes and goes. It
 * must not take itself for the last, who tidies up: closing any descriptor of a file gives up all
 * locks that a process has on it.
 */
static void
test_other_program (Fixture *self, gconstpointer data)
{
  gint64 video_id = sample_video (self->store, "clip7.mp4");
  g_autofree char *log = g_strconcat (self->path, "-wal", NULL);
  g_autoptr (GError) error = NULL;
  int fds[2], status;
  pid_t child;

  g_clear_pointer (&self->store, tpo_store_close);
  g_assert_cmpint (pipe (fds), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    look_once (self->path, fds[0]);
  self->store = tpo_store_open (self->path, TPO_STORE_DEFAULT, &error);
  g_assert_no_error (error);
  for (int flags = TPO_STORE_DEFAULT; flags <= TPO_STORE_READ_ONLY; flags++) {
    TpoStore *second = tpo_store_open (self->path, (TpoStoreFlags) flags, &error);

    g_assert_no_error (error);
    tpo_store_close (second);
  }
  g_assert_true (tpo_store_set_place (self->store, video_id, 40000, 0, NULL));

  g_assert_cmpint (write (fds[1], "", 1), ==, 1);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  g_assert_true (g_file_test (log, G_FILE_TEST_EXISTS));

  /* What is changed now is there for whoever opens the project next. */
  g_assert_true (tpo_store_set_place (self->store, video_id, 80000, 0, NULL));
  g_assert_cmpint (query_number (self->path, "SELECT position_us FROM video"), ==, 80000);
  close (fds[0]);
  close (fds[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/windows/poll", test_poll);
  FIXTURE_ADD ("/windows/heads", test_heads);
  FIXTURE_ADD ("/windows/revised", test_revised);
  FIXTURE_ADD ("/windows/undo", test_undo);
  FIXTURE_ADD ("/windows/other-program", test_other_program);
  return g_test_run ();
}
