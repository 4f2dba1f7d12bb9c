/* Who made what in tasks of Label Studio: people, and models with the scores that they gave. */

#include <string.h>

#include "format-fixture.h"
#include "store/tpo-store-predictions.h"

#define SPAN(id, first, more)                                                          \
  "{\"id\": \"" id "\", \"type\": \"timelinelabels\", \"from_name\": \"span\", "       \
  "\"to_name\": \"video\", \"origin\": \"manual\"" more ", \"value\": {\"ranges\": [{" \
  "\"start\": " #first ", \"end\": " #first "}], \"timelinelabels\": [\"cup\"]}}"

#define BOX(id, more)                                                                   \
  "{\"id\": \"" id "\", \"type\": \"videorectangle\", \"from_name\": \"box\", "         \
  "\"to_name\": \"video\"" more ", \"value\": {\"framesCount\": 100, \"duration\": 2, " \
  "\"labels\": [\"cup\"], \"sequence\": [{\"frame\": 6, \"enabled\": true, \"x\": 25, " \
  "\"y\": 25, \"width\": 50, \"height\": 50, \"rotation\": 0}]}}"

/* People as Label Studio exports them and as it takes them; a model's name may follow its result. */
static const char task[] =
    "[{\"data\": {\"video\": \"clip7.mp4\"}, \"annotations\": ["
    "{\"result\": [" SPAN (
        "a", 1,
        "") "], \"created_username\": \" ana@example.org, 7\", "
            "\"completed_by\": {\"id\": 7, \"email\": \"ana@example.org\", \"first_name\": \"\"}}, "
            "{\"completed_by\": 8, \"created_username\": \"Bo Lee bo@x.org, 8\", \"result\": [" SPAN (
                "b", 2,
                "") "]}, "
                    "{\"created_username\": \"Cai\", \"result\": [" SPAN (
                        "c", 3,
                        "") "]}, "
                            "{\"result\": [" SPAN (
                                "d", 4,
                                "") "]}], \"predictions\": ["
                                    "{\"result\": [" SPAN ("e", 5, ", \"score\": 0.5") ", " BOX (
                                        "f",
                                        ", \"score\": 0.712345678") "], \"model_version\": \"finder 2\", \"score\": 0.1}, "
                                                                    "{\"score\": 0.25, \"model_version\": \"other\", \"result\": [" SPAN (
                                                                        "g", 7,
                                                                        "") "]}, "
                                                                            "{\"score\": 0.125, \"result\": [" SPAN (
                                                                                "h", 8,
                                                                                "") "]}, "
                                                                                    "{\"model_version\": \"none\", \"score\": null, \"result\": [" SPAN (
                                                                                        "i", 9,
                                                                                        "") "]}]}]";

static void
assert_author (Fixture *self, gint64 video_id, guint n, const char *author)
{
  g_autoptr (TpoAnnotationRecord) record = nth_annotation (self, video_id, n);

  g_assert_cmpstr (record->author, ==, author);
  g_assert_cmpint (record->status, ==, TPO_STATUS_MANUAL);
  g_assert_cmpint (record->prediction_id, ==, 0);
}

static void
assert_model (Fixture *self, gint64 video_id, guint n, const char *model, float score)
{
  g_autoptr (TpoAnnotationRecord) record = nth_annotation (self, video_id, n);
  g_autoptr (TpoPredictionRecord) prediction =
      tpo_store_get_prediction (self->store, record->prediction_id, NULL);

  g_assert_nonnull (prediction);
  g_assert_cmpint (record->status, ==, TPO_STATUS_PREDICTED);
  g_assert_cmpstr (prediction->model, ==, model);
  g_assert_cmpint (prediction->kind, ==, record->kind);
  g_assert_cmpuint (prediction->n_spans, ==, 1);
  g_assert_cmpint (prediction->spans[0].start_us, ==, record->start_us);
  g_assert_cmpint (prediction->spans[0].end_us, ==, record->end_us);
  g_assert_cmpfloat_with_epsilon (prediction->spans[0].score, score, 1e-6f);
}

static void
test_makers (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoLossReport) report = NULL;
  g_autoptr (TpoAnnotationRecord) track = NULL;
  g_autoptr (TpoAnnotationRecord) nameless = NULL;
  g_autoptr (TpoPredictionRecord) boxes = NULL;
  const TpoKeyframeRecord *box;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 2000000);

  import_text (self, "label-studio", "ls.json", task, &report);
  assert_author (self, id, 0, "ana@example.org");
  assert_author (self, id, 1, "Bo Lee bo@x.org");
  assert_author (self, id, 2, "Cai");
  assert_author (self, id, 3, tpo_store_get_author (self->store));
  assert_model (self, id, 4, "finder 2", 0.5f);
  assert_model (self, id, 5, "finder 2", 0.712346f);
  assert_model (self, id, 6, "other", 0.25f);
  assert_model (self, id, 8, "none", -1);
  nameless = nth_annotation (self, id, 7);
  g_assert_cmpint (nameless->prediction_id, ==, 0);
  assert_loss (report, "Scores of predictions that name no model, which are not kept: 1");
  assert_loss (report, "Fields without a place here (completed_by): 1");

  track = nth_annotation (self, id, 5);
  boxes = tpo_store_get_prediction (self->store, track->prediction_id, NULL);
  g_assert_cmpuint (boxes->keyframes->len, ==, 1);
  box = boxes->keyframes->pdata[0];
  g_assert_cmpint (box->time_us, ==, 100000);
  g_assert_cmpfloat_with_epsilon (box->score, 0.712345678, 1e-6);
}

/* What is written has a place in Label Studio, and is the same again after it was read. */
static void
test_again (Fixture *self, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *path = NULL;
  TpoStore *other, *own = self->store;
  g_autoptr (GError) error = NULL;

  add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 2000000);
  import_text (self, "label-studio", "ls.json", task, NULL);
  first = export_to (self, "label-studio", "first.json");
  g_assert_nonnull (
      strstr (first, "{\"completed_by\":{\"email\":\"ana@example.org\"},\"result\":["));
  g_assert_nonnull (strstr (first, "{\"created_username\":\"Bo Lee bo@x.org\",\"result\":["));
  g_assert_nonnull (strstr (first, "{\"created_username\":\"Cai\",\"result\":["));
  /* The mean of 0.5 and 0.712346. */
  g_assert_nonnull (
      strstr (first, "{\"model_version\":\"finder 2\",\"score\":0.606173,\"result\":["));
  g_assert_nonnull (strstr (first, "\"score\":0.712346}"));
  g_assert_nonnull (strstr (first, "{\"model_version\":\"other\",\"score\":0.25,\"result\":["));
  g_assert_nonnull (strstr (first, "{\"model_version\":\"none\",\"result\":["));

  other = tpo_store_open (path_in (self, "other.tpo", &path), TPO_STORE_DEFAULT, &error);
  g_assert_no_error (error);
  self->store = other;
  add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 2000000);
  import_text (self, "label-studio", "first.json", first, NULL);
  second = export_to (self, "label-studio", "second.json");
  self->store = own;
  tpo_store_close (other);
  g_assert_cmpstr (first, ==, second);
}

/* The labelling configuration chooses what the video is called in "data". */
static void
test_data (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoLossReport) report = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 10, 10, 2000000);

  import_text (self, "label-studio", "l.json",
               "[{\"data\": {\"caption\": \"a cup\", \"clip\": "
               "\"https://example.org/x/clip7.MP4?token=1.txt\"}, \"annotations\": "
               "[{\"result\": [" SPAN ("a", 1, "") "]}]}]",
               &report);
  g_assert_cmpuint (n_annotations (self, id), ==, 1);
  assert_loss (report, "(caption): 1");
  g_assert_true (tpo_store_undo (self->store, NULL));
  import_fails (self, "label-studio", "l.json",
                "[{\"data\": {\"image\": \"/data/upload/1/a-clip7.jpg\"}, \"annotations\": "
                "[{\"result\": [" SPAN ("a", 1, "") "]}]}]",
                "the task is not of a video: “data” has none");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/label-studio/makers", test_makers);
  FIXTURE_ADD ("/label-studio/again", test_again);
  FIXTURE_ADD ("/label-studio/data", test_data);
  return g_test_run ();
}
