/* Every kind of record comes back as it went in, also after a restart; nonsense is refused. */

#include <fcntl.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include <tpo/error.h>

#include "fixture.h"

static void
test_video (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoVideoRecord) video = NULL;
  gint64 id = sample_video (self->store, "clip7.mp4");

  gint64 conversation_id = tpo_store_add_conversation (self->store, id, "Cats", NULL, &error);

  sample_video (self->store, "other.mp4");
  g_assert_true (tpo_store_set_place (self->store, id, 440000, conversation_id, &error));
  fixture_reopen (self);

  g_assert_cmpint (tpo_store_find_video (self->store, "sha256:clip7.mp4", NULL, NULL), ==, id);
  g_assert_cmpint (tpo_store_find_video (self->store, NULL, "file:///videos/clip7.mp4", NULL),
                   ==, id);
  g_assert_cmpint (tpo_store_find_video (self->store, "sha256:x", "file:///x", NULL), ==, 0);
  video = tpo_store_get_video (self->store, id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (video->uri, ==, "file:///videos/clip7.mp4");
  g_assert_cmpint (video->size, ==, 123456);
  g_assert_cmpint (video->modified_us, ==, G_GINT64_CONSTANT (1700000000000000));
  g_assert_cmpuint (video->width, ==, 640);
  g_assert_cmpuint (video->height, ==, 360);
  g_assert_cmpint (video->duration_us, ==, 1100000);
  g_assert_cmpint (video->position_us, ==, 440000);
  g_assert_cmpint (video->conversation_id, ==, conversation_id);
  g_assert_cmpint (video->n_frames, ==, 10);
  g_assert_cmpint (video->frame_times_us[4], ==, 400000);
  g_assert_cmpint (video->frame_times_us[9], ==, 1000000);
}

/* The same content at another address is the same video; other content is another one. */
static void
test_video_moved (Fixture *self, gconstpointer data)
{
  gint64 times_us[] = { 0, 1 };
  TpoVideoRecord moved = { .uri = (char *) "file:///elsewhere.mp4",
                           .content_hash = (char *) "sha256:clip7.mp4",
                           .width = 640,
                           .height = 360,
                           .n_frames = 2,
                           .frame_times_us = times_us };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) videos = NULL;
  gint64 id = sample_video (self->store, "clip7.mp4");

  g_assert_cmpint (tpo_store_add_video (self->store, &moved, &error), ==, id);
  moved.content_hash = (char *) "sha256:changed";
  g_assert_cmpint (tpo_store_add_video (self->store, &moved, &error), !=, id);
  g_assert_no_error (error);
  videos = tpo_store_list_videos (self->store, &error);
  g_assert_cmpuint (videos->len, ==, 2);
  g_assert_cmpstr (((TpoVideoRecord *) videos->pdata[1])->uri, ==, "file:///elsewhere.mp4");

  times_us[1] = 0;
  g_assert_cmpint (tpo_store_add_video (self->store, &moved, &error), ==, 0);
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
}

/* Ten hours at 30 frames a second, jittered as milliseconds of a container are. */
static void
test_long_index (Fixture *self, gconstpointer data)
{
  const gint64 n = 10 * 3600 * 30;
  g_autofree gint64 *times_us = g_new (gint64, n);
  TpoVideoRecord video = { .uri = (char *) "file:///long.mkv",
                           .content_hash = (char *) "sampled-sha256:0",
                           .width = 1920,
                           .height = 1080,
                           .n_frames = n,
                           .frame_times_us = times_us };
  g_autoptr (TpoVideoRecord) back = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  for (gint64 i = 0; i < n; i++)
    times_us[i] = (i * 1000 + 15) / 30 * 1000;
  video.duration_us = times_us[n - 1] + 33000;
  id = tpo_store_add_video (self->store, &video, &error);
  g_assert_no_error (error);
  back = tpo_store_get_video (self->store, id, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (back->frame_times_us, n * sizeof (gint64), times_us, n * sizeof (gint64));
}

static void
test_frame_at (void)
{
  const gint64 times_us[] = { 0, 40, 100 };

  g_assert_cmpint (tpo_frame_at (times_us, 3, -5), ==, 0);
  g_assert_cmpint (tpo_frame_at (times_us, 3, 0), ==, 0);
  g_assert_cmpint (tpo_frame_at (times_us, 3, 39), ==, 0);
  g_assert_cmpint (tpo_frame_at (times_us, 3, 40), ==, 1);
  g_assert_cmpint (tpo_frame_at (times_us, 3, 1000), ==, 2);
  g_assert_cmpint (tpo_frame_end (times_us, 3, 140, 1), ==, 100);
  g_assert_cmpint (tpo_frame_end (times_us, 3, 140, 2), ==, 140);
}

static void
test_streaming (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages = NULL;
  gint64 video_id = sample_video (self->store, "clip7.mp4"), conversation_id, id;
  const TpoMessageRecord *message;

  conversation_id = tpo_store_add_conversation (self->store, video_id, NULL, NULL, &error);
  tpo_store_append_message (self->store, conversation_id, TPO_MESSAGE_USER,
                            "杯子什么时候被举起?", TPO_MESSAGE_COMPLETE, NULL, &error);
  id = tpo_store_append_message (self->store, conversation_id, TPO_MESSAGE_ASSISTANT, "",
                                 TPO_MESSAGE_STREAMING, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (
      tpo_store_stream_message (self->store, id, "From", TPO_MESSAGE_STREAMING, &error));
  g_assert_true (tpo_store_describe_message (self->store, id, "{\"model\":\"nano\"}", &error));
  fixture_reopen (self);
  messages = tpo_store_list_messages (self->store, conversation_id, &error);
  g_assert_cmpuint (messages->len, ==, 2);
  message = messages->pdata[0];
  g_assert_cmpstr (message->text, ==, "杯子什么时候被举起?");
  g_assert_null (message->details);
  message = messages->pdata[1];
  g_assert_cmpstr (message->details, ==, "{\"model\":\"nano\"}");
  g_assert_cmpstr (message->text, ==, "From");
  g_assert_cmpint (message->state, ==, TPO_MESSAGE_STREAMING);

  g_assert_true (
      tpo_store_stream_message (self->store, id, "From 3 s.", TPO_MESSAGE_COMPLETE, &error));
  g_assert_false (
      tpo_store_stream_message (self->store, id, "x", TPO_MESSAGE_COMPLETE, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);

  /* Details stay what they are, and are an object. */
  g_clear_error (&error);
  g_assert_false (tpo_store_describe_message (self->store, id, "{}", &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (tpo_store_describe_message (self->store, id - 1, "[1]", &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (tpo_store_describe_message (self->store, id - 1, "{", &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
}

static void
test_prediction (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoPredictionRecord) span = NULL;
  g_autoptr (TpoPredictionRecord) masks = NULL;
  g_autoptr (GArray) ids = NULL;
  gint64 video_id = sample_video (self->store, "clip7.mp4"), answer_id, span_id, masks_id;
  const TpoKeyframeRecord *keyframe;
  g_autofree char *text = NULL;

  sample_answer (self->store, video_id, "When?", &answer_id);
  span_id = sample_span (self->store, video_id, answer_id);
  masks_id = sample_mask_track (self->store, video_id, answer_id);
  fixture_reopen (self);

  ids = tpo_store_list_predictions (self->store, answer_id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ids->len, ==, 2);
  g_assert_cmpint (g_array_index (ids, gint64, 0), ==, span_id);

  span = tpo_store_get_prediction (self->store, span_id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (span->kind, ==, TPO_ANNOTATION_SPAN);
  g_assert_cmpint (span->message_id, ==, answer_id);
  g_assert_cmpint (span->text_offset, ==, 3);
  g_assert_cmpstr (span->model, ==, "tpo-nano");
  g_assert_cmpstr (span->model_version, ==, "1");
  g_assert_cmpstr (span->model_hash, ==, "sha256:abc");
  g_assert_cmpstr (span->prompt, ==, "When is the cup lifted?");
  g_assert_cmpstr (span->settings, ==, "{\"temperature\": 0}");
  g_assert_cmpint (span->created_us, >, 0);
  g_assert_cmpuint (span->n_spans, ==, 2);
  g_assert_cmpint (span->spans[0].end_us, ==, 800000);
  g_assert_cmpfloat (span->spans[1].score, ==, 0.25f);
  g_assert_cmpuint (span->n_saliency, ==, 4);
  g_assert_cmpfloat (span->saliency[2], ==, -1.5f);
  g_assert_cmpint (span->saliency_step_us, ==, 250000);

  masks = tpo_store_get_prediction (self->store, masks_id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (masks->keyframes->len, ==, 4);
  keyframe = masks->keyframes->pdata[3];
  text = tpo_rle_to_string (keyframe->mask);
  g_assert_cmpstr (text, ==, "52200O4");
  g_assert_cmpfloat (keyframe->box.x0, ==, 0.2f);
  g_assert_cmpfloat (keyframe->box.y1, ==, 0.75f);
  g_assert_cmpfloat (keyframe->score, ==, 0.75);
}

/* The masks of a prediction are left in the project, and read one by one. */
static void
test_outline (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 id = sample_mask_track (self->store, sample_video (self->store, "clip7.mp4"), 0);
  g_autoptr (TpoPredictionRecord) outline = tpo_store_get_outline (self->store, id, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (outline->keyframes->len, ==, 4);
  for (guint i = 0; i < outline->keyframes->len; i++) {
    const TpoKeyframeRecord *keyframe = outline->keyframes->pdata[i];
    g_autoptr (TpoRle) mask = tpo_store_get_mask (self->store, keyframe, &error);
    g_autofree char *text = NULL;

    g_assert_no_error (error);
    g_assert_null (keyframe->mask);
    g_assert_true (tpo_keyframe_has_mask (keyframe));
    g_assert_cmpfloat (keyframe->box.y1, ==, 0.75f);
    text = tpo_rle_to_string (mask);
    g_assert_cmpstr (text, ==, "52200O4");
  }
}

/* A track that is found frame by frame is there as far as it is, until it is sealed. */
static void
test_growing (Fixture *self, gconstpointer data)
{
  TpoSpan span = { 0, 40000, 0.5f };
  gint64 video_id = sample_video (self->store, "clip7.mp4"), id;
  TpoPredictionRecord prediction = { .video_id = video_id,
                                     .kind = TPO_ANNOTATION_BOX_TRACK,
                                     .model = (char *) "tpo-nano",
                                     .prompt = (char *) "Track the cup.",
                                     .text_offset = -1,
                                     .spans = &span,
                                     .n_spans = 1,
                                     .is_growing = TRUE };
  g_autoptr (GPtrArray) first =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  g_autoptr (GPtrArray) second =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  g_autoptr (TpoPredictionRecord) found = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (first, keyframe_new (0, 0.125f, 0.25f, 0.375f, 0.5f));
  g_ptr_array_add (second, keyframe_new (40000, 0.25f, 0.25f, 0.5f, 0.5f));
  prediction.keyframes = first;
  id = tpo_store_add_prediction (self->store, &prediction, &error);
  g_assert_no_error (error);
  g_assert_true (tpo_store_grow_prediction (self->store, id, second, 120000, &error));

  /* What it said of a frame stays. */
  g_assert_false (tpo_store_grow_prediction (self->store, id, first, 400000, &error));
  g_clear_error (&error);
  fixture_reopen (self);
  found = tpo_store_get_prediction (self->store, id, &error);
  g_assert_no_error (error);
  g_assert_true (found->is_growing);
  g_assert_cmpuint (found->keyframes->len, ==, 2);
  g_assert_cmpint (found->spans[0].end_us, ==, 120000);
  g_clear_pointer (&found, tpo_prediction_record_free);

  g_ptr_array_set_size (second, 0);
  g_ptr_array_add (second, keyframe_new (120000, 0.25f, 0.25f, 0.5f, 0.5f));
  for (guint i = 0; i < 2; i++) {
    g_assert_true (tpo_store_seal_prediction (self->store, id, &error));
    g_assert_no_error (error);
  }
  g_assert_false (tpo_store_grow_prediction (self->store, id, second, 400000, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
  found = tpo_store_get_prediction (self->store, id, NULL);
  g_assert_false (found->is_growing);
  g_assert_cmpuint (found->keyframes->len, ==, 2);
}

/* The database itself refuses, whoever asks. */
static void
test_immutable (Fixture *self, gconstpointer data)
{
  static const char *const attempts[] = {
    "UPDATE prediction SET prompt = 'other'",
    "UPDATE prediction SET is_growing = 1",
    "DELETE FROM prediction",
    "INSERT OR REPLACE INTO prediction SELECT * FROM prediction",
    "UPDATE prediction_span SET end_us = end_us + 1",
    "DELETE FROM prediction_span",
    "INSERT INTO prediction_span VALUES (1, 9, 0, 1, 0.5)",
    "UPDATE prediction_keyframe SET x0 = 0",
    "DELETE FROM prediction_keyframe",
    "INSERT INTO prediction_keyframe (prediction_id, time_us, state, provenance) "
    "VALUES (2, 5, 'absent', 'model')",
    "UPDATE revision SET status = 'accepted'",
    "DELETE FROM revision",
    "UPDATE keyframe SET x0 = 0",
    "DELETE FROM keyframe",
    "INSERT INTO keyframe (revision_id, time_us, state, provenance) "
    "VALUES (1, 5, 'absent', 'human')",
  };
  g_autoptr (GError) error = NULL;
  gint64 video_id = sample_video (self->store, "clip7.mp4"), answer_id;

  sample_answer (self->store, video_id, "When?", &answer_id);
  sample_span (self->store, video_id, answer_id);
  tpo_store_annotate_prediction (
      self->store, sample_box_track (self->store, video_id, answer_id), 0, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (attempts); i++) {
    g_test_message ("%s", attempts[i]);
    g_assert_cmpint (sqlite3_exec (self->store->db, attempts[i], NULL, NULL, NULL), !=,
                     SQLITE_OK);
  }
}

static void
test_labels (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) labels = NULL;
  TpoLabelRecord cat = { .name = (char *) "cat", .color = (char *) "#ff0000" };
  gint64 id = tpo_store_add_label (self->store, "cup", "#3584E4", "1", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (tpo_store_add_label (self->store, "cup", "#000000", NULL, NULL, NULL), ==,
                   id);
  cat.id = tpo_store_add_label (self->store, "dog", "#00ff00", NULL, NULL, &error);
  g_assert_true (tpo_store_update_label (self->store, &cat, NULL, &error));
  fixture_reopen (self);
  labels = tpo_store_list_labels (self->store, &error);
  g_assert_cmpuint (labels->len, ==, 2);
  g_assert_cmpstr (((TpoLabelRecord *) labels->pdata[0])->color, ==, "#3584e4");
  g_assert_cmpstr (((TpoLabelRecord *) labels->pdata[0])->key, ==, "1");
  g_assert_cmpstr (((TpoLabelRecord *) labels->pdata[1])->name, ==, "cat");

  cat.name = (char *) "cup";
  g_assert_false (tpo_store_update_label (self->store, &cat, NULL, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_cmpint (tpo_store_add_label (self->store, "x", "red", NULL, NULL, &error), ==, 0);
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_cmpint (tpo_store_add_label (self->store, "", "#000000", NULL, NULL, &error), ==, 0);
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
}

/* How often each of two labels is used; 0: it is not listed. */
static void
assert_uses (TpoStore *store, gint64 first, gint64 n_first, gint64 second, gint64 n_second)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) uses = tpo_store_list_label_uses (store, &error);
  const TpoLabelUse expected[] = { { first, n_first }, { second, n_second } };
  guint at = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    if (expected[i].n_annotations == 0)
      continue;
    g_assert_cmpuint (at, <, uses->len);
    g_assert_cmpint (g_array_index (uses, TpoLabelUse, at).label_id, ==, expected[i].label_id);
    g_assert_cmpint (g_array_index (uses, TpoLabelUse, at).n_annotations, ==,
                     expected[i].n_annotations);
    at++;
  }
  g_assert_cmpuint (at, ==, uses->len);
}

static void
test_label_uses (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 cup = tpo_store_add_label (self->store, "cup", "#3584e4", "1", NULL, &error);
  gint64 hand = tpo_store_add_label (self->store, "hand", "#33d17a", NULL, NULL, &error);
  gint64 video_ids[] = { sample_video (self->store, "clip7.mp4"),
                         sample_video (self->store, "clip8.mp4") };
  gint64 ids[4];

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    const TpoAnnotationRecord span = { .video_id = video_ids[i / 2],
                                       .kind = TPO_ANNOTATION_SPAN,
                                       .status = TPO_STATUS_MANUAL,
                                       .label_id = i < 3 ? cup : hand,
                                       .end_us = 200000 };

    ids[i] = tpo_store_add_annotation (self->store, &span, NULL, NULL, &error);
    g_assert_no_error (error);
  }
  assert_uses (self->store, cup, 3, hand, 1);
  g_assert_true (tpo_store_delete_annotation (self->store, ids[0], NULL, &error));
  assert_uses (self->store, cup, 2, hand, 1);
  g_assert_true (
      tpo_store_set_status (self->store, ids[1], TPO_STATUS_DISCARDED, NULL, &error));
  assert_uses (self->store, cup, 1, hand, 1);
  g_assert_true (tpo_store_set_annotation_label (self->store, ids[3], 0, NULL, &error));
  assert_uses (self->store, cup, 1, hand, 0);
  g_assert_true (tpo_store_remove_video (self->store, video_ids[1], NULL, &error));
  assert_uses (self->store, cup, 0, hand, 0);
}

static void
test_content_hash (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "abc", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = NULL, *large = NULL, *other = NULL;
  const char byte = 'x';
  int fd;

  g_assert_null (tpo_content_hash (file, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (path, "abc", 3, &error));
  hash = tpo_content_hash (file, NULL, &error);
  g_assert_cmpstr (hash, ==,
                   "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

  /* A sparse file above the limit: sampled, and its last byte counts. */
  fd = g_open (path, O_WRONLY, 0600);
  g_assert_cmpint (ftruncate (fd, (64 << 20) + 12345), ==, 0);
  large = tpo_content_hash (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (large, "sampled-sha256:"));
  g_assert_cmpint (pwrite (fd, &byte, 1, (64 << 20) + 12344), ==, 1);
  close (fd);
  other = tpo_content_hash (file, NULL, &error);
  g_assert_cmpstr (large, !=, other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/records/video", test_video);
  FIXTURE_ADD ("/records/video-moved", test_video_moved);
  FIXTURE_ADD ("/records/long-index", test_long_index);
  g_test_add_func ("/records/frame-at", test_frame_at);
  FIXTURE_ADD ("/records/streaming", test_streaming);
  FIXTURE_ADD ("/records/prediction", test_prediction);
  FIXTURE_ADD ("/records/outline", test_outline);
  FIXTURE_ADD ("/records/growing", test_growing);
  FIXTURE_ADD ("/records/immutable", test_immutable);
  FIXTURE_ADD ("/records/labels", test_labels);
  FIXTURE_ADD ("/records/label-uses", test_label_uses);
  FIXTURE_ADD ("/records/content-hash", test_content_hash);
  return g_test_run ();
}
