/* Questions as tasks: the queue survives what happens to the program. */

#include <tpo/error.h>

#include "fixture.h"

static TpoRunRecord *
start (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  TpoRunRecord *run = tpo_store_start_run (self->store, &error);

  g_assert_no_error (error);
  return run;
}

static void
assert_counts (Fixture *self, gint64 waiting, gint64 running, gint64 done, gint64 failed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) questions = tpo_store_list_questions (self->store, &error);
  const TpoQuestionRecord *question;

  g_assert_no_error (error);
  g_assert_cmpuint (questions->len, ==, 1);
  question = questions->pdata[0];
  g_assert_cmpint (question->n_runs[TPO_RUN_WAITING], ==, waiting);
  g_assert_cmpint (question->n_runs[TPO_RUN_RUNNING], ==, running);
  g_assert_cmpint (question->n_runs[TPO_RUN_DONE], ==, done);
  g_assert_cmpint (question->n_runs[TPO_RUN_FAILED], ==, failed);
}

static void
test_queue (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 videos[] = { sample_video (self->store, "a.mp4"), sample_video (self->store, "b.mp4"),
                      sample_video (self->store, "c.mp4") };
  gint64 id = tpo_store_add_question (self->store, "When?", NULL, &error), answer_id = 0;
  g_autoptr (TpoRunRecord) first = NULL;
  g_autoptr (TpoRunRecord) again = NULL;
  g_autoptr (TpoRunRecord) second = NULL;

  g_assert_cmpint (tpo_store_add_question (self->store, "When?", NULL, &error), ==, id);
  g_assert_true (
      tpo_store_queue_question (self->store, id, videos, G_N_ELEMENTS (videos), &error));
  assert_counts (self, 3, 0, 0, 0);
  first = start (self);
  g_assert_cmpint (first->video_id, ==, videos[0]);
  assert_counts (self, 2, 1, 0, 0);

  /* The program ends in the middle. */
  fixture_reopen (self);
  g_assert_true (tpo_store_resume_runs (self->store, &error));
  assert_counts (self, 3, 0, 0, 0);
  again = start (self);
  g_assert_cmpint (again->id, ==, first->id);
  sample_answer (self->store, videos[0], "When?", &answer_id);
  g_assert_true (
      tpo_store_end_run (self->store, again->id, TPO_RUN_DONE, NULL, answer_id, &error));
  second = start (self);
  g_assert_true (tpo_store_end_run (self->store, second->id, TPO_RUN_FAILED,
                                    "The file is gone.", 0, &error));
  assert_counts (self, 1, 0, 1, 1);

  /* Put again: what failed waits once more, what answered does not. */
  g_assert_true (
      tpo_store_queue_question (self->store, id, videos, G_N_ELEMENTS (videos), &error));
  assert_counts (self, 2, 0, 1, 0);
}

/* What waits can be given up, what failed be tried again. */
static void
test_drop_and_retry (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 videos[] = { sample_video (self->store, "a.mp4"), sample_video (self->store, "b.mp4"),
                      sample_video (self->store, "c.mp4") };
  gint64 id = tpo_store_add_question (self->store, "When?", NULL, &error);
  g_autoptr (TpoRunRecord) first = NULL;
  g_autoptr (TpoRunRecord) second = NULL;
  g_autoptr (GPtrArray) failures = NULL;

  g_assert_true (
      tpo_store_queue_question (self->store, id, videos, G_N_ELEMENTS (videos), &error));
  first = start (self);
  g_assert_true (tpo_store_end_run (self->store, first->id, TPO_RUN_FAILED, "The file is gone.",
                                    0, &error));
  second = start (self);
  assert_counts (self, 1, 1, 0, 1);
  g_assert_true (tpo_store_drop_runs (self->store, &error));
  assert_counts (self, 0, 0, 0, 1);
  failures = tpo_store_list_failures (self->store, 10, &error);
  g_assert_cmpuint (failures->len, ==, 1);
  g_assert_cmpstr (((TpoRunRecord *) failures->pdata[0])->problem, ==, "The file is gone.");
  g_assert_true (tpo_store_retry_runs (self->store, &error));
  assert_counts (self, 1, 0, 0, 0);
  g_assert_no_error (error);
}

/* What was removed is not asked. */
static void
test_removed (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 videos[] = { sample_video (self->store, "a.mp4"),
                      sample_video (self->store, "b.mp4") };
  gint64 id = tpo_store_add_question (self->store, "When?", NULL, &error);
  g_autoptr (TpoRunRecord) run = NULL;

  g_assert_true (
      tpo_store_queue_question (self->store, id, videos, G_N_ELEMENTS (videos), &error));
  g_assert_true (tpo_store_remove_video (self->store, videos[0], NULL, &error));
  run = start (self);
  g_assert_cmpint (run->video_id, ==, videos[1]);
  g_assert_true (tpo_store_end_run (self->store, run->id, TPO_RUN_WAITING, NULL, 0, &error));
  g_assert_true (tpo_store_remove_question (self->store, id, NULL, &error));
  g_assert_null (start (self));
  g_assert_cmpint (tpo_store_add_question (self->store, "", NULL, &error), ==, 0);
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
}

static const TpoVideoSummary *
find_summary (GPtrArray *summaries, gint64 video_id)
{
  for (guint i = 0; i < summaries->len; i++) {
    const TpoVideoSummary *summary = summaries->pdata[i];

    if (summary->video.id == video_id)
      return summary;
  }
  return NULL;
}

static void
test_summaries (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) summaries = NULL;
  g_autoptr (GBytes) picture = g_bytes_new_static ("picture", 7);
  g_autoptr (GBytes) read = NULL;
  TpoVideoSummary *gone;
  gint64 videos[4], annotation_id = 0;

  for (guint i = 0; i < G_N_ELEMENTS (videos); i++) {
    g_autofree char *name = g_strdup_printf ("%u.mp4", i);
    gint64 prediction_id;

    videos[i] = sample_video (self->store, name);
    if (i == 0)
      continue;
    prediction_id = sample_span (self->store, videos[i], 0);
    annotation_id = tpo_store_annotate_prediction (self->store, prediction_id, 0, NULL, &error);
    if (i >= 2)
      g_assert_true (
          tpo_store_set_status (self->store, annotation_id, TPO_STATUS_ACCEPTED, NULL, &error));
  }
  g_assert_true (tpo_store_set_reviewed (self->store, videos[3], TRUE, NULL, &error));
  summaries = tpo_store_list_summaries (self->store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summaries->len, ==, 4);
  for (int i = 0; i < TPO_VIDEO_STATUS_COUNT; i++)
    g_assert_cmpint (find_summary (summaries, videos[i])->status, ==, i);
  g_assert_cmpint (find_summary (summaries, videos[1])->n_predicted, ==, 1);

  /* One by one they say the same. */
  for (int i = 0; i < TPO_VIDEO_STATUS_COUNT; i++) {
    g_autoptr (TpoVideoSummary) summary = NULL;

    g_assert_true (tpo_store_get_summary (self->store, videos[i], &summary, &error));
    g_assert_cmpint (summary->status, ==, i);
    g_assert_cmpint (summary->n_annotations, ==, i > 0);
  }
  g_assert_cmpint (tpo_store_find_annotation_video (self->store, annotation_id, &error), ==,
                   videos[3]);
  g_assert_cmpint (tpo_store_find_annotation_video (self->store, 999, &error), ==, 0);
  g_assert_true (tpo_store_remove_video (self->store, videos[3], NULL, &error));
  g_assert_true (tpo_store_get_summary (self->store, videos[3], &gone, &error));
  g_assert_null (gone);

  g_assert_null (tpo_store_get_thumbnail (self->store, videos[0], &error));
  g_assert_no_error (error);
  g_assert_true (tpo_store_set_thumbnail (self->store, videos[0], picture, &error));
  read = tpo_store_get_thumbnail (self->store, videos[0], &error);
  g_assert_true (g_bytes_equal (read, picture));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/questions/queue", test_queue);
  FIXTURE_ADD ("/questions/drop-and-retry", test_drop_and_retry);
  FIXTURE_ADD ("/questions/removed", test_removed);
  FIXTURE_ADD ("/questions/summaries", test_summaries);
  return g_test_run ();
}
