/*
 * Referring expressions, instructions and packages for trainers: the published examples of their formats,
 * and what is hostile in them.
 */

#include <string.h>

#include "format-fixture.h"
#include "store/tpo-store-conversations.h"

static void
test_refcoco (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) cup = NULL;
  g_autoptr (TpoLossReport) report = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 5, 4, 60000);

  write_text (
      self, "r/instances.json",
      "{\"images\": [{\"id\": 1, \"file_name\": \"clip7/000000.png\", \"width\": 5, "
      "\"height\": 4}], \"categories\": [{\"id\": 1, \"name\": \"cup\"}], "
      "\"annotations\": [{\"id\": 1, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 1, "
      "3, 2], \"segmentation\": {\"size\": [4, 5], \"counts\": \"52200O4\"}}]}");
  write_text (self, "r/refs.json",
              "[{\"ref_id\": 1, \"ann_id\": 1, \"image_id\": 1, \"category_id\": 1, \"split\": "
              "\"train\", \"file_name\": \"clip7_000000_1.png\", \"sent_ids\": [1], "
              "\"sentences\": [{\"sent_id\": 1, \"sent\": \"the cup on the left\", \"raw\": "
              "\"The cup on the left\", \"tokens\": [\"the\", \"cup\", \"on\", \"the\", "
              "\"left\"]}, {\"sent_id\": 2, \"sent\": \"x\", \"raw\": \"x\", \"tokens\": []}]},"
              "{\"ref_id\": 2, \"ann_id\": 9, \"sentences\": []}]");
  g_assert_true (import_detects (self, "refcoco", "r"));
  g_assert_true (import_file (self, "refcoco", "r", &report, NULL));
  cup = nth_annotation (self, id, 0);
  g_assert_cmpstr (cup->text, ==, "The cup on the left");
  assert_loss (report, "Sentences beside another one about the same object: 1");
  assert_loss (report, "References about annotations that are not imported: 1");
}

/* The documented sample: a moment with its curve. */
static void
test_tpo_instruct (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) span = NULL;
  g_autoptr (TpoPredictionRecord) curve = NULL;
  gint64 id = add_video (self->store, "file:///videos/clips/clip7.mp4", 1280, 720, 42040000);

  import_text (
      self, "tpo-instruct", "t.jsonl",
      "{\"schema\": \"tpo-instruct/1\", \"id\": \"clip7-m1\", \"task\": \"moment\", \"video\": "
      "\"clips/clip7.mp4\", \"width\": 1280, \"height\": 720, \"n_frames\": 1051, \"duration\": "
      "42.04, \"conversations\": [{\"from\": \"human\", \"value\": \"<image>\\nWhen is the cup "
      "lifted?\"}, {\"from\": \"gpt\", \"value\": \"<time_begin><temp>\"}], \"targets\": "
      "{\"windows\": [[3.2, 7.88]], \"saliency\": {\"clip_len\": 1.0, \"first_clip\": 3, "
      "\"scores\": [2, 4, 4, 3, 2]}}, \"provenance\": {\"source\": \"model-corrected\", "
      "\"model\": \"videochat-tpo\", \"model_version\": \"1\", \"annotator\": \"ann1\", "
      "\"updated\": \"2026-01-15T10:00:00Z\"}, \"split\": \"train\"}\n",
      NULL);
  span = nth_annotation (self, id, 0);
  g_assert_cmpstr (span->text, ==, "When is the cup lifted?");
  g_assert_cmpint (span->start_us, ==, 3200000);
  g_assert_cmpint (span->end_us, ==, 7880000);
  curve = tpo_store_get_prediction (self->store, span->prediction_id, NULL);
  g_assert_cmpstr (curve->model, ==, "videochat-tpo");
  g_assert_cmpuint (curve->n_saliency, ==, 5);
  g_assert_cmpint (curve->saliency_start_us, ==, 3000000);
  g_assert_cmpfloat (curve->saliency[1], ==, 4);
}

static void
test_bad_instruct (Fixture *self, gconstpointer data)
{
  static const char *const cases[][2] = {
    { "{\"task\": \"moment\"}", "“task” and “video” are needed" },
    { "{\"task\": \"mask\", \"video\": \"../clip7.mp4\"}", "such names are refused" },
    { "{\"task\": \"mask\", \"video\": \"clip7.mp4\", \"targets\": {\"mask\": {\"frames\": [0], "
      "\"size\": [99999, 99999], \"rle\": [\"0\"]}}}",
      "a mask of that size is not possible" },
    { "{\"task\": \"box\", \"video\": \"clip7.mp4\", \"targets\": {\"box\": {\"frame\": 0, "
      "\"xyxy\": [0.5, 0.5, 0.1, 0.9]}}}",
      "corners of the picture, from 0 to 1, are expected" },
    { "{\"task\": \"moment\", \"video\": \"clip7.mp4\", \"targets\": {\"saliency\": "
      "{\"clip_len\": 0, \"scores\": []}}}",
      "“clip_len” is a length of seconds" },
  };

  add_video (self->store, "file:///videos/clip7.mp4", 1280, 720, 42040000);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    import_fails (self, "tpo-instruct", "t.jsonl", cases[i][0], cases[i][1]);
}

/* A prediction with its correction comes back with both, and as a pair for trainers. */
static void
test_preference (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gint64 video_id = sample_video (self->store, "clip7.mp4"), span_id, box_id;
  g_autoptr (TpoKeyframeRecord) moved = keyframe_new (0, 0.25f, 0.25f, 0.5f, 0.5f);

  span_id = tpo_store_annotate_prediction (self->store, sample_span (self->store, video_id, 0),
                                           0, NULL, &error);
  tpo_store_set_span (self->store, span_id, 80000, 900000, &(TpoEdit){ .seconds_spent = 6.1 },
                      &error);
  box_id = tpo_store_annotate_prediction (
      self->store, sample_box_track (self->store, video_id, 0), 0, NULL, &error);
  moved->provenance = TPO_PROVENANCE_HUMAN;
  tpo_store_set_keyframe (self->store, box_id, moved, 40000, NULL, &error);
  tpo_store_annotate_prediction (self->store, sample_span (self->store, video_id, 0), 0, NULL,
                                 &error);
  g_assert_no_error (error);
  text = export_to (self, "preference", "p.jsonl");
  g_assert_nonnull (strstr (
      text, "{\"prompt\":[{\"role\":\"user\",\"content\":\"When is the cup lifted?\"}],"
            "\"chosen\":[{\"role\":\"assistant\",\"content\":\"From 0.1 to 0.9 seconds.\"}],"
            "\"rejected\":[{\"role\":\"assistant\",\"content\":\"From 0.1 to 0.8 seconds.\"}],"
            "\"videos\":[\"clip7.mp4\"],\"tpo\":{\"sample\":\"clip7-a1\",\"metric\":{\"tiou\":"
            "0.8293},\"seconds_spent\":6.1}}\n"));
  g_assert_nonnull (strstr (text, "\"content\":\"On frame 0 at [160, 90, 320, 180].\""));
  g_assert_nonnull (strstr (text, "\"content\":\"On frame 0 at [80, 90, 240, 180].\""));
  g_assert_nonnull (strstr (text, "\"metric\":{\"box_iou\":0.3333}"));
}

/* Thumbs: each rated answer in a file of its own, and a good one with each bad one to the same question. */
static void
test_ratings (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *path = NULL;
  g_autofree char *ratings = NULL;
  g_autoptr (GPtrArray) talks = NULL;
  gint64 video_id = sample_video (self->store, "clip7.mp4"), bad, good, unrated, conversation;

  sample_answer (self->store, video_id, "Where is \"it\"?", &bad);
  talks = tpo_store_list_conversations (self->store, video_id, &error);
  conversation = ((TpoConversationRecord *) talks->pdata[0])->id;
  tpo_store_set_leaf (self->store, conversation, bad - 1, NULL, &error);
  good = tpo_store_append_message (self->store, conversation, TPO_MESSAGE_ASSISTANT, "There.",
                                   TPO_MESSAGE_COMPLETE, NULL, &error);
  sample_answer (self->store, video_id, "And this?", &unrated);
  tpo_store_rate_message (self->store, bad, -1, NULL, &error);
  tpo_store_rate_message (self->store, good, 1, NULL, &error);
  g_assert_no_error (error);
  text = export_to (self, "preference", "p.jsonl");
#define PROMPT "{\"prompt\":[{\"role\":\"user\",\"content\":\"Where is \\\"it\\\"?\"}],"
#define END "\"videos\":[\"clip7.mp4\"],\"tpo\":{\"sample\":\"clip7-m"
  g_assert_cmpstr (text, ==,
                   PROMPT "\"chosen\":[{\"role\":\"assistant\",\"content\":\"There.\"}],"
                          "\"rejected\":[{\"role\":\"assistant\",\"content\":\"Here.\"}]," END
                          "3\"}}\n");
  g_assert_true (
      g_file_get_contents (path_in (self, "p.ratings.jsonl", &path), &ratings, NULL, &error));
  g_assert_cmpstr (
      ratings, ==,
      PROMPT
      "\"completion\":[{\"role\":\"assistant\",\"content\":\"Here.\"}],\"label\":false," END
      "2\"}}\n" PROMPT
      "\"completion\":[{\"role\":\"assistant\",\"content\":\"There.\"}],\"label\":true," END
      "3\"}}\n");
}

static void
test_videochat2 (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) caption = NULL;
  g_autoptr (GPtrArray) talks = NULL;
  g_autoptr (GPtrArray) messages = NULL;
  g_autoptr (TpoLossReport) report = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 42040000);

  import_text (
      self, "videochat2", "v.json",
      "[{\"video\": \"clip7.mp4\", \"start\": 0.0, \"end\": 42.04, \"QA\": [{\"i\": "
      "\"Answer from the video.\", \"q\": \"What is lifted?\", \"a\": \"A cup.\"}]},"
      "{\"video\": \"clip7.mp4\", \"start\": 3.2, \"end\": 7.88, \"QA\": [{\"i\": \"\", "
      "\"q\": \"\", \"a\": \"A hand lifts the cup.\"}]}]",
      &report);
  assert_loss (report, "Instructions before conversations, not kept: 1");
  assert_loss (report, "Conversations about a part of their video, which is not kept: 1");
  caption = nth_annotation (self, id, 0);
  g_assert_cmpstr (caption->text, ==, "A hand lifts the cup.");
  g_assert_cmpint (caption->start_us, ==, 3200000);
  talks = tpo_store_list_conversations (self->store, id, NULL);
  g_assert_cmpuint (talks->len, ==, 1);
  messages = tpo_store_list_messages (self->store,
                                      ((TpoConversationRecord *) talks->pdata[0])->id, NULL);
  g_assert_cmpuint (messages->len, ==, 2);
  g_assert_cmpstr (((TpoMessageRecord *) messages->pdata[1])->text, ==, "A cup.");
  /* One step takes conversations away too. */
  g_assert_true (tpo_store_undo (self->store, NULL));
  g_ptr_array_unref (talks);
  talks = tpo_store_list_conversations (self->store, id, NULL);
  g_assert_cmpuint (talks->len, ==, 0);
}

static void
test_llava (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) talks = NULL;
  g_autoptr (GPtrArray) messages = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 42040000);

  import_text (
      self, "llava", "l.json",
      "[{\"id\": \"clip7-q1\", \"video\": \"clip7.mp4\", \"conversations\": [{\"from\": "
      "\"human\", \"value\": \"<image>\\nWhen is the cup lifted?\"}, {\"from\": \"gpt\", "
      "\"value\": \"From 3.2 to 7.9 seconds.\"}]}]",
      NULL);
  talks = tpo_store_list_conversations (self->store, id, NULL);
  messages = tpo_store_list_messages (self->store,
                                      ((TpoConversationRecord *) talks->pdata[0])->id, NULL);
  g_assert_cmpstr (((TpoMessageRecord *) messages->pdata[0])->text, ==,
                   "When is the cup lifted?");
  import_fails (
      self, "llava", "l.json",
      "[{\"video\": \"clip7.mp4\", \"conversations\": [{\"from\": \"gpt\", \"value\": "
      "\"x\"}]}]",
      "by turns are expected");
}

static void
test_hugging_face (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) span = NULL;
  gint64 id = add_video (self->store, "file:///videos/0001.mp4", 64, 36, 42040000);

  write_text (self, "h/data/train/metadata.jsonl",
              "{\"file_name\": \"0001.mp4\", \"text\": \"A hand lifts the cup.\", \"windows\": "
              "[[3.2, 7.88]]}\n");
  g_assert_true (import_detects (self, "hugging-face", "h"));
  g_assert_true (import_file (self, "hugging-face", "h", NULL, NULL));
  span = nth_annotation (self, id, 0);
  g_assert_cmpstr (span->text, ==, "A hand lifts the cup.");
  g_assert_true (tpo_store_undo (self->store, NULL));
  write_text (self, "h/data/train/metadata.jsonl",
              "{\"file_name\": \"/etc/passwd\", \"text\": \"x\", \"windows\": [[3.2, 7.88]]}");
  import_fails (self, "hugging-face", "h", NULL, "such names are refused");
  write_text (self, "h/data/train/metadata.jsonl",
              "{\"file_name\": \"0001.mp4\", \"tracks\": [{\"frames\": [0, 1], \"xyxy\": "
              "[null]}]}");
  import_fails (self, "hugging-face", "h", NULL, "are of different lengths");
}

/* Shards are the same bytes every time, and a truncated one is refused. */
static void
test_webdataset (Fixture *self, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *path = NULL;
  g_autofree char *other = NULL;
  gsize first_size, second_size;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 42040000);

  add_span (self->store, id, "A hand lifts the cup.", 3200000, 7880000);
  g_free (export_to (self, "webdataset", "one"));
  g_free (export_to (self, "webdataset", "two"));
  g_assert_true (g_file_get_contents (path_in (self, "one/labels-000000.tar", &path), &first,
                                      &first_size, NULL));
  g_assert_true (g_file_get_contents (path_in (self, "two/labels-000000.tar", &other), &second,
                                      &second_size, NULL));
  g_assert_cmpmem (first, first_size, second, second_size);
  g_assert_true (tpo_store_undo (self->store, NULL));
  g_assert_true (g_file_set_contents (path, first, 700, NULL));
  import_fails (self, "webdataset", "one", NULL, "is no sound archive");
}

/* Sets for training mix videos with words alone and with several pictures; some begin with a "system". */
static void
test_llava_mixed (Fixture *self, gconstpointer data)
{
  const char *turns =
      "\"conversations\": [{\"from\": \"human\", \"value\": \"<image>\\nWhat?\"}, "
      "{\"from\": \"gpt\", \"value\": \"A cup.\"}]";
  g_autofree char *text = g_strdup_printf (
      "[{\"id\": 7, %s}, {\"image\": [\"a.jpg\", \"b.jpg\"], %s}, {\"video\": null, %s},"
      "{\"video\": \"clip7.mp4\", \"conversations\": [{\"from\": \"system\", \"value\": \"Be "
      "kind.\"}, {\"from\": \"human\", \"value\": \"What?\"}, {\"from\": \"gpt\", \"value\": "
      "\"A cup.\"}]}]",
      turns, turns, turns);
  g_autoptr (TpoLossReport) report = NULL;

  add_video (self->store, "file:///videos/clip7.mp4", 10, 10, 2000000);
  import_text (self, "llava", "l.json", text, &report);
  assert_loss (report, "Conversations about no video, or several pictures, left out: 3");
  assert_loss (report, "Instructions before conversations, not kept: 1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/import-training/refcoco", test_refcoco);
  FIXTURE_ADD ("/import-training/tpo-instruct", test_tpo_instruct);
  FIXTURE_ADD ("/import-training/bad-instruct", test_bad_instruct);
  FIXTURE_ADD ("/import-training/preference", test_preference);
  FIXTURE_ADD ("/import-training/ratings", test_ratings);
  FIXTURE_ADD ("/import-training/videochat2", test_videochat2);
  FIXTURE_ADD ("/import-training/llava", test_llava);
  FIXTURE_ADD ("/import-training/llava-mixed", test_llava_mixed);
  FIXTURE_ADD ("/import-training/hugging-face", test_hugging_face);
  FIXTURE_ADD ("/import-training/webdataset", test_webdataset);
  return g_test_run ();
}
