/*
 * Exports against the published examples of their formats, their invariants on random spans, and
 * what happens when the world says no. With --write FOLDER it writes a sample of every format
 * instead, for the independent reader in read_exports.py.
 */

#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "format-fixture.h"
#include "formats/polygon.h"
#include "formats/tpo-export.h"

/* Exports and gives the file's text. */
static char *
export_text (Fixture *self, const char *format, const TpoExportOptions *options,
             TpoLossReport **report)
{
  g_autofree char *path = NULL;
  g_autoptr (GFile) target = g_file_new_for_path (path_in (self, "out.json", &path));
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  tpo_export (self->store, tpo_format_find (format), target, options, report, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  return text;
}

/* The formats of one file that can be written, by their ids. (transfer container) */
static GPtrArray *
file_formats (void)
{
  guint n_formats;
  const TpoFormat *const *formats = tpo_formats (&n_formats);
  GPtrArray *ids = g_ptr_array_new ();

  for (guint i = 0; i < n_formats; i++)
    if (formats[i]->write != NULL && formats[i]->extension != NULL)
      g_ptr_array_add (ids, (gpointer) formats[i]->id);
  return ids;
}

static void
test_activitynet (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoLossReport) report = NULL;
  g_autofree char *text = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 42040000);

  add_span (self->store, id, "The cup is washed.", 20000000, 31500000);
  add_span (self->store, id, "A hand lifts the cup.", 3200000, 7880000);
  add_video (self->store, "file:///videos/empty.mp4", 64, 36, 1000000);
  text = export_text (self, "activitynet", NULL, &report);
  g_assert_cmpstr (text, ==,
                   "{\"v_clip7\":{\"duration\":42.04,\"timestamps\":[[3.2,7.88],[20,31.5]],"
                   "\"sentences\":[\"A hand lifts the cup.\",\"The cup is washed.\"]}\n}\n");
  g_assert_cmpuint (report->losses->len, ==, 0);
}

static void
test_qvhighlights (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoLossReport) report = NULL;
  g_autofree char *text = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 42040000);

  add_span (self->store, id, "A hand lifts the cup.", 3200000, 7880000);
  text = export_text (self, "qvhighlights", NULL, &report);
  g_assert_cmpstr (text, ==,
                   "{\"qid\":1,\"query\":\"A hand lifts the cup.\",\"duration\":42,"
                   "\"vid\":\"clip7_0.0_42.0\",\"relevant_windows\":[[2,8]],"
                   "\"relevant_clip_ids\":[1,2,3],\"tpo_windows_exact\":[[3.2,7.88]],"
                   "\"tpo_duration_exact\":42.04}\n");
  assert_loss (report,
               "Spans widened to the grid of two seconds (exact in tpo_windows_exact): 1");
  assert_loss (report, "Queries without a saliency curve, thus without saliency_scores: 1");
}

/* The curve's range becomes 0 … 4: here clips 1, 2, 3 have means 0.5, 1, 0.75 of its range. */
static void
test_saliency (Fixture *self, gconstpointer data)
{
  float curve[] = { 0, 0, 2, 2, 4, 4, 3, 3, 0, 0 };
  TpoSpan span = { 2000000, 8000000, 0.9f };
  TpoPredictionRecord prediction = { .kind = TPO_ANNOTATION_SPAN,
                                     .text_offset = -1,
                                     .model = (char *) "m",
                                     .prompt = (char *) "When?",
                                     .spans = &span,
                                     .n_spans = 1,
                                     .saliency = curve,
                                     .n_saliency = G_N_ELEMENTS (curve),
                                     .saliency_step_us = 1000000 };
  g_autoptr (TpoLossReport) report = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gint64 id;

  prediction.video_id = add_video (self->store, "file:///v.mp4", 64, 36, 10000000);
  id = tpo_store_add_prediction (self->store, &prediction, &error);
  tpo_store_annotate_prediction (self->store, id, 0, NULL, &error);
  g_assert_no_error (error);
  text = export_text (self, "qvhighlights", NULL, &report);
  g_assert_nonnull (strstr (text, "\"relevant_windows\":[[2,8]],\"relevant_clip_ids\":[1,2,3],"
                                  "\"saliency_scores\":[[2,2,2],[4,4,4],[3,3,3]]"));
}

/* What a person redrew is what is wanted; what the model had drawn stays beside it, and both come back. */
static void
test_redrawn (Fixture *self, gconstpointer data)
{
  const float redrawn[] = { 0, 4, 4, 4 };
  g_autoptr (TpoLossReport) report = NULL;
  g_autoptr (TpoAnnotationRecord) span = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *query = NULL;
  gint64 video_id = sample_video (self->store, "clip7.mp4"), id;

  id = tpo_store_annotate_prediction (self->store, sample_span (self->store, video_id, 0), 0,
                                      NULL, &error);
  tpo_store_set_saliency (self->store, id, redrawn, G_N_ELEMENTS (redrawn), NULL, &error);
  g_assert_no_error (error);
  query = export_text (self, "qvhighlights", NULL, NULL);
  g_assert_nonnull (strstr (query, "\"saliency_scores\":[[3,3,3]]"));
  text = export_text (self, "tpo-instruct", NULL, NULL);
  g_assert_nonnull (strstr (text,
                            "\"targets\":{\"windows\":[[0.12,0.8]],\"saliency\":"
                            "{\"clip_len\":0.25,\"first_clip\":0,\"scores\":[0,4,4,4]}}"));
  g_assert_nonnull (strstr (text, "\"redrawn\":[0,4,4,4]"));

  g_assert_true (tpo_store_delete_annotation (self->store, id, NULL, NULL));
  g_assert_true (import_file (self, "tpo-instruct", "out.json", &report, &error));
  g_assert_no_error (error);
  span = nth_annotation (self, video_id, 0);
  g_assert_cmpmem (span->saliency, span->n_saliency * sizeof (float), redrawn, sizeof redrawn);
}

/* Of two videos the reviewed one, or the one that is open: the others with all of theirs are counted as videos. */
static void
test_videos (Fixture *self, gconstpointer data)
{
  const TpoExportOptions reviewed = { .videos.is_reviewed = TRUE };
  const TpoExportOptions open = { .videos.video_id = 2 };
  g_autoptr (TpoLossReport) report = NULL;
  g_autoptr (TpoLossReport) other = NULL;
  g_autofree char *text = NULL;
  g_autofree char *second = NULL;
  g_autofree char *losses = NULL;
  gint64 answer;

  add_span (self->store, add_video (self->store, "file:///v/done.mp4", 64, 36, 2000000),
            "a cup", 0, 1000000);
  add_span (self->store, add_video (self->store, "file:///v/new.mp4", 64, 36, 2000000),
            "a hand", 0, 1000000);
  sample_answer (self->store, 2, "What is it?", &answer);
  g_assert_true (tpo_store_set_reviewed (self->store, 1, TRUE, NULL, NULL));
  text = export_text (self, "activitynet", &reviewed, &report);
  g_assert_cmpstr (text, ==,
                   "{\"v_done\":{\"duration\":2,\"timestamps\":[[0,1]],"
                   "\"sentences\":[\"a cup\"]}\n}\n");
  losses = tpo_loss_report_to_text (report);
  g_assert_cmpstr (losses, ==,
                   "Videos not marked as reviewed, left out with their labels: 1\n");
  g_assert_cmpuint (report->contents.n_videos, ==, 1);
  second = export_text (self, "activitynet", &open, &other);
  g_assert_nonnull (strstr (second, "v_new"));
  g_assert_null (strstr (second, "v_done"));
  assert_loss (other, "Videos beside the one that was chosen, left out: 1");
  assert_loss (other, "Messages of conversations without a place in ActivityNet Captions: 2");
}

static gint64
int_at (JsonArray *array, guint i)
{
  return json_array_get_int_element (array, i);
}

static void
check_query (JsonObject *query)
{
  JsonArray *windows = json_object_get_array_member (query, "relevant_windows");
  JsonArray *ids = json_object_get_array_member (query, "relevant_clip_ids");
  JsonArray *exact = json_object_get_array_member (query, "tpo_windows_exact");
  gint64 duration = json_object_get_int_member (query, "duration");
  guint n_ids = 0;

  for (guint i = 0; i < json_array_get_length (windows); i++) {
    JsonArray *window = json_array_get_array_element (windows, i);

    g_assert_cmpint (int_at (window, 0) % 2, ==, 0);
    g_assert_cmpint (int_at (window, 1) % 2, ==, 0);
    g_assert_cmpint (int_at (window, 0), <, int_at (window, 1));
    g_assert_cmpint (int_at (window, 1), <=, duration);
    for (gint64 clip = int_at (window, 0) / 2; clip < int_at (window, 1) / 2; clip++)
      g_assert_cmpint (int_at (ids, n_ids++), ==, clip);
  }
  g_assert_cmpuint (n_ids, ==, json_array_get_length (ids));
  for (guint i = 0; i < json_array_get_length (exact); i++) {
    JsonArray *span = json_array_get_array_element (exact, i);
    double middle =
        (json_array_get_double_element (span, 0) + json_array_get_double_element (span, 1)) / 2;
    gboolean is_covered = middle >= (double) duration;

    for (guint k = 0; k < json_array_get_length (windows); k++) {
      JsonArray *window = json_array_get_array_element (windows, k);

      is_covered = is_covered || (middle >= (double) int_at (window, 0) &&
                                  middle <= (double) int_at (window, 1));
    }
    g_assert_true (is_covered);
  }
}

static void
test_qvhighlights_invariants (Fixture *self, gconstpointer data)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  for (guint v = 0; v < 10; v++) {
    g_autofree char *uri = g_strdup_printf ("file:///v/%u.mp4", v);
    gint64 duration_us = g_test_rand_int_range (1, 60) * 500000;
    gint64 id = add_video (self->store, uri, 64, 36, duration_us);

    for (guint i = 0; i < 6; i++) {
      gint64 start_us = g_test_rand_int_range (0, (int) duration_us);
      gint64 end_us = g_test_rand_int_range ((int) start_us, (int) duration_us) + 1;

      add_span (self->store, id, i % 2 ? "one" : "two", start_us, end_us);
    }
  }
  text = export_text (self, "qvhighlights", NULL, NULL);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 21);
  for (guint i = 0; i < 20; i++) {
    g_autoptr (JsonNode) node = json_from_string (lines[i], NULL);

    g_assert_nonnull (node);
    check_query (json_node_get_object (node));
  }
}

/* The published example: a mask of five pixels on a picture of 5 × 4. */
static void
test_coco (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoLossReport) report = NULL;
  g_autoptr (TpoRle) mask = sample_mask ();
  g_autofree char *text = NULL;
  g_autofree char *polygons = NULL;
  gint64 video_id = add_video (self->store, "file:///videos/clip7.mp4", 5, 4, 60000);
  gint64 cup = tpo_store_add_label (self->store, "cup", "#3584e4", NULL, NULL, NULL);

  add_mask (self->store, video_id, cup, mask, 20000);
  add_span (self->store, video_id, "not for COCO", 0, 20000);
  text = export_text (self, "coco", NULL, &report);
  g_assert_cmpstr (
      text, ==,
      "{\"info\":{\"description\":\"TPO Studio export\",\"version\":\"1.0\"},\"images\":["
      "{\"id\":1,\"file_name\":\"clip7/000001.png\",\"width\":5,\"height\":4,\"video_id\":1,"
      "\"frame_id\":1}\n],\"annotations\":["
      "{\"id\":1,\"image_id\":1,\"category_id\":1,\"iscrowd\":0,\"bbox\":[1,1,3,2],\"area\":5,"
      "\"segmentation\":{\"size\":[4,5],\"counts\":\"52200O4\"},\"video_id\":1,"
      "\"instance_id\":1,\"tpo_status\":\"manual\",\"tpo_text\":null}\n],"
      "\"categories\":[{\"id\":1,\"name\":\"cup\",\"supercategory\":\"object\"}],"
      "\"videos\":[{\"id\":1,\"name\":\"clip7.mp4\",\"width\":5,\"height\":4}]}\n");
  assert_loss (report, "Spans without a place in COCO, which knows single frames: 1");

  polygons = export_text (self, "coco", &(TpoExportOptions){ .polygons = TRUE }, NULL);
  g_assert_nonnull (strstr (polygons, "\"segmentation\":[[4,1,4,2,3,2,3,3,1,3,1,1]]"));
}

static void
test_coco_boxes (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *every = NULL;
  g_autofree char *keyframes = NULL;
  gint64 video_id = sample_video (self->store, "clip7.mp4");

  /* 640 × 360, keyframes at frames 0 and 6, ten frames; 0.4 s is frame 4, half way. */
  tpo_store_annotate_prediction (self->store, sample_box_track (self->store, video_id, 0), 0,
                                 NULL, &error);
  g_assert_no_error (error);
  every = export_text (self, "coco", NULL, NULL);
  g_assert_nonnull (strstr (every, "\"id\":10,\"file_name\":\"clip7/000009.png\""));
  g_assert_null (strstr (every, "\"id\":11,"));
  g_assert_nonnull (strstr (every, "{\"id\":5,\"image_id\":5,\"category_id\":1,\"iscrowd\":0,"
                                   "\"bbox\":[200,90,160,90],\"area\":14400,"));
  g_assert_nonnull (strstr (every, "{\"id\":1,\"name\":\"unlabelled\""));
  keyframes = export_text (self, "coco", &(TpoExportOptions){ .keyframes_only = TRUE }, NULL);
  g_assert_nonnull (strstr (keyframes, "\"bbox\":[320,90,160,90]"));
  g_assert_null (strstr (keyframes, "\"id\":3,"));
}

/* Masks are scaled to the picture; what is discarded or unreviewed is left out and said so. */
static void
test_choice (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoLossReport) report = NULL;
  g_autoptr (TpoLossReport) reviewed = NULL;
  g_autofree char *text = NULL;
  g_autofree char *only = NULL;
  gint64 video_id = sample_video (self->store, "clip7.mp4"), id;

  tpo_store_annotate_prediction (self->store, sample_mask_track (self->store, video_id, 0), 0,
                                 NULL, &error);
  id = tpo_store_annotate_prediction (self->store, sample_box_track (self->store, video_id, 0),
                                      0, NULL, &error);
  tpo_store_set_status (self->store, id, TPO_STATUS_DISCARDED, NULL, &error);
  g_assert_no_error (error);
  text = export_text (self, "coco", NULL, &report);
  g_assert_nonnull (strstr (text, "\"bbox\":[128,90,384,180],\"area\":57600,"
                                  "\"segmentation\":{\"size\":[360,640]"));
  g_assert_null (strstr (text, "\"id\":5,"));
  assert_loss (report, "Annotations that were discarded: 1");
  assert_loss (report, "Masks scaled to the size of the picture: 4");
  only = export_text (self, "coco", &(TpoExportOptions){ .reviewed_only = TRUE }, &reviewed);
  g_assert_nonnull (strstr (only, "\"images\":[],\"annotations\":[],"));
  assert_loss (reviewed, "Annotations not reviewed: 1");
}

static JsonObject *
sample_of_line (const char *line, JsonNode **node)
{
  *node = json_from_string (line, NULL);
  g_assert_nonnull (*node);
  return json_node_get_object (*node);
}

static void
test_tpo_instruct (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoLossReport) report = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  gint64 video_id = sample_video (self->store, "clip7.mp4"), answer_id, span_id, qa_id;
  static const char *const tasks[] = { "moment", "track", "track", "qa" };

  sample_answer (self->store, video_id, "When is the cup lifted?", &answer_id);
  span_id = tpo_store_annotate_prediction (
      self->store, sample_span (self->store, video_id, answer_id), 0, NULL, &error);
  tpo_store_set_span (self->store, span_id, 80000, 800000, &(TpoEdit){ .seconds_spent = 6.1 },
                      &error);
  tpo_store_annotate_prediction (
      self->store, sample_box_track (self->store, video_id, answer_id), 0, NULL, &error);
  tpo_store_annotate_prediction (
      self->store, sample_mask_track (self->store, video_id, answer_id), 0, NULL, &error);
  sample_answer (self->store, video_id, "What \"is\" it?\n", &qa_id);
  g_assert_no_error (error);

  text = export_text (self, "tpo-instruct", NULL, &report);
  g_assert_cmpuint (report->losses->len, ==, 1);
  assert_loss (
      report,
      "Masks scaled to the size of the picture: 8"); /* the prediction's and the annotation's */
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 5);
  for (guint i = 0; i < 4; i++) {
    g_autoptr (JsonNode) node = NULL;
    JsonObject *sample = sample_of_line (lines[i], &node);

    g_assert_cmpstr (json_object_get_string_member (sample, "schema"), ==, "tpo-instruct/1");
    g_assert_cmpstr (json_object_get_string_member (sample, "task"), ==, tasks[i]);
    g_assert_cmpstr (json_object_get_string_member (sample, "video"), ==, "clip7.mp4");
    g_assert_cmpint (json_object_get_int_member (sample, "n_frames"), ==, 10);
    g_assert_cmpfloat (json_object_get_double_member (sample, "duration"), ==, 1.1);
  }
  g_assert_nonnull (strstr (
      lines[0], "\"conversations\":[{\"from\":\"human\",\"value\":\"<image>\\nWhen is the "
                "cup lifted?\"},{\"from\":\"gpt\",\"value\":\"<time_begin><temp>\"}]"));
  g_assert_nonnull (strstr (lines[0], "\"targets\":{\"windows\":[[0.08,0.8]],\"saliency\":{"
                                      "\"clip_len\":0.25,\"first_clip\":0,"
                                      "\"scores\":[0,0.5,-1.5,2]}}"));
  g_assert_nonnull (strstr (lines[0], "\"provenance\":{\"source\":\"model-corrected\","
                                      "\"model\":\"tpo-nano\",\"model_version\":\"1\","
                                      "\"annotator\":\"ann\",\"updated\":\"20"));
  /* Prediction and correction are both there. */
  g_assert_nonnull (strstr (lines[0], "\"settings\":{\"temperature\": 0}"));
  g_assert_nonnull (strstr (lines[0], "\"windows\":[[0.12,0.8,0.9],[0,0.04,0.25]]"));
  g_assert_nonnull (strstr (lines[0], "\"status\":\"predicted\""));
  g_assert_nonnull (strstr (lines[0], "\"seconds_spent\":6.1"));
  g_assert_nonnull (strstr (lines[1], "\"targets\":{\"track\":{\"frames\":[0,6],\"xyxy\":["
                                      "[0.125,0.25,0.375,0.5],[0.5,0.25,0.75,0.5]]"));
  g_assert_nonnull (strstr (lines[2], "\"mask\":{\"frames\":[0,1,2,3],\"size\":[360,640]"));
  g_assert_nonnull (strstr (lines[3], "\"value\":\"<image>\\nWhat \\\"is\\\" it?\\n\""));
}

/* Numbers and whole files do not depend on the locale. */
static void
test_locale (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = NULL;
  g_autofree char *command = NULL;
  g_autoptr (GPtrArray) formats = file_formats ();
  g_autofree char **texts = g_new0 (char *, formats->len);
  gint64 video_id = sample_video (self->store, "clip7.mp4");
  g_autofree char *printed = NULL;

  for (guint i = 0; i < 3; i++) {
    gint64 (*const samples[]) (TpoStore *, gint64, gint64) = { sample_span, sample_box_track,
                                                               sample_mask_track };

    tpo_store_annotate_prediction (self->store, samples[i](self->store, video_id, 0), 0, NULL,
                                   NULL);
  }
  for (guint i = 0; i < formats->len; i++)
    texts[i] = export_text (self, formats->pdata[i], NULL, NULL);

  /* Made here, since Debian compiles no locales by itself. */
  command = g_strdup_printf ("localedef -f UTF-8 -i de_DE %s/de_DE.UTF-8",
                             path_in (self, "locales", &folder));
  g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_setenv ("LOCPATH", folder, TRUE);
  g_assert_nonnull (setlocale (LC_ALL, "de_DE.UTF-8"));
  printed = g_strdup_printf ("%.1f", 0.5);
  g_assert_cmpstr (printed, ==, "0,5");
  for (guint i = 0; i < formats->len; i++) {
    g_autofree char *text = export_text (self, formats->pdata[i], NULL, NULL);

    g_assert_cmpstr (text, ==, texts[i]);
    g_free (texts[i]);
  }
  setlocale (LC_ALL, "C.UTF-8");
}

static guint
n_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
cancel_at_once (double done, const char *step, gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
}

/* Cancelled or failed: what was there before still is, and nothing else. */
static void
assert_unchanged (Fixture *self, const char *path, guint n_before)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "before");
  g_assert_cmpuint (n_files (self->folder), ==, n_before);
}

static void
test_cancel (Fixture *self, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GFile) target = g_file_new_for_path (path_in (self, "out.json", &path));
  g_autoptr (GPtrArray) formats = file_formats ();
  guint n_before;

  sample_video (self->store, "a.mp4");
  sample_video (self->store, "b.mp4");
  g_assert_true (g_file_set_contents (path, "before", -1, NULL));
  n_before = n_files (self->folder);
  for (guint i = 0; i < formats->len; i++) {
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (TpoLossReport) report = NULL;
    g_autoptr (GError) error = NULL;
    TpoExportOptions options = { .progress = cancel_at_once, .progress_data = cancellable };

    g_assert_false (tpo_export (self->store, tpo_format_find (formats->pdata[i]), target,
                                &options, &report, cancellable, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_null (report);
    assert_unchanged (self, path, n_before);
  }
}

static void
test_full_disk (Fixture *self, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GFile) target = g_file_new_for_path (path_in (self, "out.json", &path));
  g_autoptr (GError) error = NULL;
  gint64 video_id = add_video (self->store, "file:///v.mp4", 64, 36, 42040000);
  struct rlimit before, low;
  guint n_before;

  for (guint i = 0; i < 50; i++) {
    g_autofree char *text = g_strnfill (2000, (char) ('a' + i % 26));

    add_span (self->store, video_id, text, i, i + 1000);
  }
  tpo_store_flush (self->store, NULL);
  g_assert_true (g_file_set_contents (path, "before", -1, NULL));
  n_before = n_files (self->folder);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  low = before;
  low.rlim_cur = 20000;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &low), ==, 0);
  g_assert_false (tpo_export (self->store, tpo_format_find ("activitynet"), target, NULL, NULL,
                              NULL, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "“out.json”"));
  assert_unchanged (self, path, n_before);
}

static void
test_no_folder (Fixture *self, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GFile) target = g_file_new_for_path (path_in (self, "no/such/out.json", &path));
  g_autoptr (GError) error = NULL;

  g_assert_false (
      tpo_export (self->store, tpo_format_find ("coco"), target, NULL, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "“out.json”"));
}

static void
test_folder_as_target (Fixture *self, gconstpointer data)
{
  const char *folders[] = { "/", self->folder };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autoptr (GFile) target = g_file_new_for_path (folders[i]);
    g_autoptr (GError) error = NULL;

    g_assert_false (
        tpo_export (self->store, tpo_format_find ("coco"), target, NULL, NULL, NULL, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  }
}

/* The description beside: the file's sum is right, videos of one name are told apart. */
static void
test_description (Fixture *self, gconstpointer data)
{
  g_autofree char *text = NULL;
  g_autofree char *path = NULL;
  g_autofree char *description = NULL;
  g_autofree char *sum = NULL;
  g_autoptr (TpoLossReport) report = NULL;

  add_video (self->store, "file:///one/a%20clip.mp4", 64, 36, 1000000);
  add_video (self->store, "file:///two/a%20clip.mp4", 64, 36, 2000000);
  text = export_text (self, "qvhighlights", NULL, &report);
  assert_loss (report, "Videos with the file name of another one from another folder: 1");
  sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_assert_true (g_file_get_contents (path_in (self, "out.tpo-export.json", &path),
                                      &description, NULL, NULL));
  g_assert_nonnull (strstr (description, sum));
  g_assert_nonnull (strstr (description, "\"name\":\"a clip\""));
  g_assert_nonnull (strstr (description, "\"name\":\"a clip-2\""));
  g_assert_nonnull (strstr (description, "\"format\":\"qvhighlights\""));
}

/* Even-odd filling of rings, sampled at pixel centres. */
static gboolean
is_inside (GPtrArray *rings, double x, double y)
{
  gboolean inside = FALSE;

  for (guint r = 0; r < rings->len; r++) {
    const GArray *ring = rings->pdata[r];
    guint n = ring->len / 2;

    for (guint i = 0; i < n; i++) {
      double x0 = g_array_index (ring, int, 2 * i), y0 = g_array_index (ring, int, 2 * i + 1);
      double x1 = g_array_index (ring, int, 2 * ((i + 1) % n));
      double y1 = g_array_index (ring, int, 2 * ((i + 1) % n) + 1);

      if ((y0 > y) != (y1 > y) && x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
        inside = !inside;
    }
  }
  return inside;
}

static void
test_polygons (void)
{
  static const guint8 with_hole[] = { 1, 1, 1, 1, 0, 1, 1, 1, 1 };
  g_autoptr (TpoRle) hollow = tpo_rle_encode (with_hole, 3, 3, 3);
  g_autoptr (GPtrArray) none = NULL;
  guint n_checked = 0;

  g_assert_false (tpo_mask_outlines (hollow, &none));
  while (n_checked < 300) {
    guint width = (guint) g_test_rand_int_range (1, 9),
          height = (guint) g_test_rand_int_range (1, 7);
    guint8 mask[64];
    g_autoptr (TpoRle) rle = NULL;
    g_autoptr (GPtrArray) rings = NULL;

    for (guint i = 0; i < width * height; i++)
      mask[i] = (guint8) g_test_rand_bit ();
    rle = tpo_rle_encode (mask, width, height, width);
    if (!tpo_mask_outlines (rle, &rings))
      continue;
    n_checked++;
    for (guint r = 0; r < rings->len; r++)
      g_assert_cmpuint (((GArray *) rings->pdata[r])->len, >=, 8);
    for (guint y = 0; y < height; y++)
      for (guint x = 0; x < width; x++)
        g_assert_true (is_inside (rings, x + 0.5, y + 0.5) == (mask[y * width + x] != 0));
  }
}

static void
write_sample (TpoStore *store, const char *folder, const char *name, const TpoFormat *format,
              const TpoExportOptions *options)
{
  g_autofree char *base = g_strconcat (name, format->extension, NULL);
  g_autofree char *path = g_build_filename (folder, base, NULL);
  g_autoptr (GFile) target = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  if (format->write == NULL)
    return;
  tpo_export (store, format, target, options, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* A project with blobs, holes, tracks and text of all kinds, in every format. */
static int
write_samples (const char *folder)
{
  Fixture fixture = { 0 };
  guint n_formats;
  const TpoFormat *const *formats = tpo_formats (&n_formats);
  gint64 video_id, answer_id, cup;

  fixture_set_up (&fixture, NULL);
  video_id = sample_video (fixture.store, "clip 7.mp4");
  cup = tpo_store_add_label (fixture.store, "cup \\ 杯", "#3584e4", NULL, NULL, NULL);
  sample_answer (fixture.store, video_id, "When\t\"now\"?", &answer_id);
  tpo_store_annotate_prediction (
      fixture.store, sample_span (fixture.store, video_id, answer_id), cup, NULL, NULL);
  tpo_store_annotate_prediction (
      fixture.store, sample_box_track (fixture.store, video_id, answer_id), 0, NULL, NULL);
  tpo_store_annotate_prediction (
      fixture.store, sample_mask_track (fixture.store, video_id, answer_id), cup, NULL, NULL);
  g_assert_true (tpo_store_begin_group (fixture.store, NULL, NULL));
  for (guint i = 0; i < 16; i++) {
    g_autofree guint8 *mask = g_malloc0 (640 * 360);
    g_autoptr (TpoRle) rle = NULL;

    for (guint k = 0; k < 1 + i % 4; k++) {
      double x0 = g_test_rand_double_range (0, 640), y0 = g_test_rand_double_range (0, 360);
      double radius = g_test_rand_double_range (2, 60), hole = k % 2 ? radius / 2 : 0;

      for (guint y = 0; y < 360; y++)
        for (guint x = 0; x < 640; x++) {
          double distance = hypot (x + 0.5 - x0, y + 0.5 - y0);

          if (distance < radius && distance >= hole)
            mask[y * 640 + x] = 1;
        }
    }
    rle = tpo_rle_encode (mask, 640, 360, 640);
    add_mask (fixture.store, video_id, i % 2 ? cup : 0, rle, i % 4 * 40000);
  }
  g_assert_true (tpo_store_end_group (fixture.store, NULL));
  for (guint i = 0; i < n_formats; i++)
    write_sample (fixture.store, folder, formats[i]->id, formats[i], NULL);
  write_sample (fixture.store, folder, "polygons", tpo_format_find ("coco"),
                &(TpoExportOptions){ .polygons = TRUE });
  fixture_tear_down (&fixture, NULL);
  return 0;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc == 3 && strcmp (argv[1], "--write") == 0)
    return write_samples (argv[2]);
  FIXTURE_ADD ("/export/activitynet", test_activitynet);
  FIXTURE_ADD ("/export/qvhighlights", test_qvhighlights);
  FIXTURE_ADD ("/export/qvhighlights-invariants", test_qvhighlights_invariants);
  FIXTURE_ADD ("/export/saliency", test_saliency);
  FIXTURE_ADD ("/export/redrawn", test_redrawn);
  FIXTURE_ADD ("/export/videos", test_videos);
  FIXTURE_ADD ("/export/coco", test_coco);
  FIXTURE_ADD ("/export/coco-boxes", test_coco_boxes);
  FIXTURE_ADD ("/export/choice", test_choice);
  FIXTURE_ADD ("/export/tpo-instruct", test_tpo_instruct);
  FIXTURE_ADD ("/export/description", test_description);
  FIXTURE_ADD ("/export/locale", test_locale);
  FIXTURE_ADD ("/export/cancel", test_cancel);
  FIXTURE_ADD ("/export/full-disk", test_full_disk);
  FIXTURE_ADD ("/export/no-folder", test_no_folder);
  FIXTURE_ADD ("/export/folder-as-target", test_folder_as_target);
  g_test_add_func ("/export/polygons", test_polygons);
  return g_test_run ();
}
