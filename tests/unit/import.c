/*
 * Imports: the moments' formats by their published examples, what all formats share — undo, all or
 * nothing, videos by name, hostile JSON — and round trips of every format: what was exported and
 * imported into an empty project exports the same again.
 */

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "format-fixture.h"

static void
assert_span (Fixture *self, gint64 video_id, guint n, const char *text, gint64 start_us,
             gint64 end_us)
{
  g_autoptr (TpoAnnotationRecord) span = nth_annotation (self, video_id, n);

  g_assert_cmpint (span->kind, ==, TPO_ANNOTATION_SPAN);
  g_assert_cmpstr (span->text, ==, text);
  g_assert_cmpint (span->start_us, ==, start_us);
  g_assert_cmpint (span->end_us, ==, end_us);
  g_assert_cmpint (span->status, ==, TPO_STATUS_MANUAL);
  g_assert_cmpint (span->provenance, ==, TPO_PROVENANCE_IMPORTED);
}

/* Untidy as the real files are: blanks, reversed, beyond the end, of a video that is not there. */
static void
test_activitynet (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoLossReport) report = NULL;
  g_autofree char *name = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 42040000);

  import_text (
      self, "activitynet", "a.json",
      "{\"v_clip7\": {\"duration\": 42.04, \"timestamps\": [[3.2, 7.88], [31.5, 20.0],"
      " [40, 99], [50, 60]],\n \"sentences\": [\" A hand lifts the cup. \", \"Washed.\","
      " \"End.\", \"Never.\"]},\n \"v_other\": {\"duration\": 1, \"timestamps\": [[0, 1]],"
      " \"sentences\": [\"x\"]}}",
      &report);
  g_assert_cmpuint (n_annotations (self, id), ==, 3);
  assert_span (self, id, 0, "A hand lifts the cup.", 3200000, 7880000);
  assert_span (self, id, 1, "Washed.", 20000000, 31500000);
  assert_span (self, id, 2, "End.", 40000000, 42040000);
  assert_loss (report, "Spans with end before start, swapped: 1");
  assert_loss (report, "Spans beyond the end of their video, cut there: 1");
  assert_loss (report, "Spans without a part in their video, left out: 1");
  assert_loss (report,
               "Videos neither in the project nor in the folder of videos, such as “other”; "
               "their labels are left out: 1");

  /* One step of undo takes it all away, and redo brings it back. */
  name = tpo_store_dup_undo_name (self->store);
  g_assert_cmpstr (name, ==, "Import Labels");
  g_assert_true (tpo_store_undo (self->store, NULL));
  g_assert_cmpuint (n_annotations (self, id), ==, 0);
  g_assert_true (tpo_store_redo (self->store, NULL));
  g_assert_cmpuint (n_annotations (self, id), ==, 3);
}

static void
test_charades (Fixture *self, gconstpointer data)
{
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 42040000);

  import_text (self, "charades-sta", "c.txt",
               "clip7 3.2 7.9##a person lifts a cup from the table.\r\nclip7 9.0 8.0##a ## b\n",
               NULL);
  assert_span (self, id, 0, "a person lifts a cup from the table.", 3200000, 7900000);
  assert_span (self, id, 1, "a ## b", 8000000, 9000000);
}

static void
test_qvhighlights (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoLossReport) report = NULL;
  g_autoptr (TpoAnnotationRecord) span = NULL;
  g_autoptr (TpoPredictionRecord) curve = NULL;
  g_autofree char *again = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 42040000);

  import_text (self, "qvhighlights", "q.jsonl",
               "{\"qid\": 7001, \"query\": \"A hand lifts the cup.\", \"duration\": 42, "
               "\"vid\": \"clip7_0.0_42.0\", \"relevant_windows\": [[2, 8]], "
               "\"relevant_clip_ids\": [1, 2, 3], "
               "\"saliency_scores\": [[2, 2, 1], [4, 4, 3], [3, 3, 3]]}\n",
               &report);
  assert_span (self, id, 0, "A hand lifts the cup.", 2000000, 8000000);
  assert_loss (report,
               "Queries with different ratings of three raters, of which the mean is kept: 1");
  span = nth_annotation (self, id, 0);
  curve = tpo_store_get_prediction (self->store, span->prediction_id, NULL);
  g_assert_cmpuint (curve->n_saliency, ==, 4);
  g_assert_cmpfloat (curve->saliency[0], ==, 0);
  g_assert_cmpfloat_with_epsilon (curve->saliency[1], 5.0 / 3, 1e-6);
  g_assert_cmpfloat (curve->saliency[3], ==, 3);
  again = export_to (self, "qvhighlights", "again.jsonl");
  g_assert_nonnull (strstr (again, "\"saliency_scores\":[[2,2,2],[4,4,4],[3,3,3]]"));
}

/* A clip that was cut out of a longer video counts its seconds from the cut. */
static void
test_qvhighlights_offset (Fixture *self, gconstpointer data)
{
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 42040000);

  import_text (self, "qvhighlights", "q.jsonl",
               "{\"qid\": 1, \"query\": \"q\", \"vid\": \"clip7_10.0_30.0\", "
               "\"relevant_windows\": [[2, 8]]}",
               NULL);
  assert_span (self, id, 0, "q", 12000000, 18000000);
}

/* The clip itself, as the data set ships it, keeps its name and its own seconds. */
static void
test_qvhighlights_clip (Fixture *self, gconstpointer data)
{
  g_autofree char *again = NULL;
  gint64 id =
      add_video (self->store, "file:///videos/j7r_Us_360.0_510.0.mp4", 64, 36, 150000000);

  import_text (self, "qvhighlights", "q.jsonl",
               "{\"qid\": 1, \"query\": \"q\", \"vid\": \"j7r_Us_360.0_510.0\", "
               "\"relevant_windows\": [[2, 8]]}",
               NULL);
  assert_span (self, id, 0, "q", 2000000, 8000000);
  again = export_to (self, "qvhighlights", "again.jsonl");
  g_assert_nonnull (strstr (again, "\"vid\":\"j7r_Us_360.0_510.0\""));
}

/* JSON that is malformed, hostile or not what the format says; with where it is. */
static void
test_bad_json (Fixture *self, gconstpointer data)
{
  static const struct {
    const char *text, *sentence;
  } cases[] = {
    { "{\"v_a\": {\"timestamps\": [[1, 2]], \"sentences\": []}}",
      "“a.json”, v_a, byte 49: there are 1 timestamps and 0 sentences" },
    { "{\"v_a\": {\"timestamps\": [[1, NaN]]}}",
      "timestamps[0][1], byte 28: a value is expected" },
    { "{\"v_a\": {\"timestamps\": [[1, 1e999]]}}", "the number is too large" },
    { "{\"v_a\": {\"timestamps\": [[1]]}}", "fewer than 2 numbers" },
    { "{\"v_a\": {\"timestamps\": [[1, 2, 3]]}}", "more than 2 numbers" },
    { "{\"v_a\": {\"timestamps\": [[01, 2]]}}", "“01” is no number" },
    { "{\"v_a\": {\"sentences\": [\"\\u0000\"]}}", "names no character" },
    { "{\"v_a\": {\"sentences\": [\"\\ud800x\"]}}", "names no character" },
    { "{\"v_a\": {\"sentences\": [\"a\nb\"]}}", "a string holds a control character" },
    { "{\"v_a\": {\"sentences\": [\"\xff\"]}}", "not in UTF-8" },
    { "{\"v_a\": {\"sentences\": [\"a\"", "the file ends too early" },
    { "{\"v_a\": {}} x", "something follows after the end" },
    { "{\"../../etc/passwd\": {\"timestamps\": [], \"sentences\": []}}",
      "such names are refused" },
    { "{\"v_/etc/passwd\": {\"timestamps\": [], \"sentences\": []}}",
      "such names are refused" },
    { "{\"v_C:\\\\x\": {\"timestamps\": [], \"sentences\": []}}", "such names are refused" },
    { "[]", "an object is expected" },
    { "", "an object is expected" },
    { "{\"v_a\": {\"timestamps\": [], \"sentences\": []}}", "has no labels to import" },
  };
  g_autofree char *deep = g_strnfill (100000, '[');
  g_autofree char *nested = g_strconcat ("{\"x\":", deep, NULL);

  add_video (self->store, "file:///videos/a.mp4", 64, 36, 42040000);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    import_fails (self, "activitynet", "a.json", cases[i].text, cases[i].sentence);
  import_fails (self, "activitynet", "a.json", nested, "an object is expected");
  import_fails (self, "coco", "a.json", nested, "nested more than 64 deep");
}

static void
test_cancel (Fixture *self, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GFile) source = g_file_new_for_path (path_in (self, "a.json", &path));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TpoImport) import = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id = add_video (self->store, "file:///videos/a.mp4", 64, 36, 42040000);

  write_text (self, "a.json", "{\"a\": {\"timestamps\": [[1, 2]], \"sentences\": [\"x\"]}}");
  import = tpo_import_read (self->store, tpo_format_find ("activitynet"), source, NULL,
                            cancellable, &error);
  g_assert_no_error (error);
  g_cancellable_cancel (cancellable);
  g_assert_false (tpo_import_commit (import, self->store, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (n_annotations (self, id), ==, 0);
  g_clear_error (&error);
  g_assert_null (tpo_import_read (self->store, tpo_format_find ("activitynet"), source, NULL,
                                  cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A video of the folder joins the project with its labels, and leaves it with them. */
static void
test_folder_of_videos (Fixture *self, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *clip = NULL;
  g_autofree char *outside = NULL;
  g_autofree char *link_path = NULL;
  g_autofree char *command = NULL;
  g_autofree char *videos_path = NULL;
  g_autoptr (GFile) source = g_file_new_for_path (path_in (self, "a.json", &path));
  g_autoptr (GFile) videos = g_file_new_for_path (path_in (self, "videos", &videos_path));
  g_autoptr (TpoImport) import = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GPtrArray) after = NULL;
  g_autoptr (GError) error = NULL;

  write_text (self, "a.json",
              "{\"a\": {\"timestamps\": [[0.1, 0.5]], \"sentences\": [\"x\"]},"
              "\"b\": {\"timestamps\": [[0.1, 0.5]], \"sentences\": [\"y\"]}}");
  g_assert_cmpint (g_mkdir (videos_path, 0755), ==, 0);
  command =
      g_strdup_printf ("ffmpeg -v error -f lavfi -i testsrc=size=64x36:rate=10:duration=1 "
                       "%s",
                       path_in (self, "videos/a.mkv", &clip));
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  /* A link that leads out of the folder is none of its files. */
  g_assert_cmpint (g_rename (clip, path_in (self, "b.mkv", &outside)), ==, 0);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_assert_cmpint (symlink (outside, path_in (self, "videos/b.mkv", &link_path)), ==, 0);
  import = tpo_import_read (self->store, tpo_format_find ("activitynet"), source,
                            &(TpoImportOptions){ .videos = videos }, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tpo_import_get_summary (import)->n_new_videos, ==, 1);
  assert_loss (tpo_import_get_report (import), "Videos neither in the project");
  g_assert_true (tpo_import_commit (import, self->store, NULL, &error));
  list = tpo_store_list_videos (self->store, NULL);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpint (((TpoVideoRecord *) list->pdata[0])->n_frames, ==, 10);
  g_assert_true (tpo_store_undo (self->store, NULL));
  after = tpo_store_list_videos (self->store, NULL);
  g_assert_cmpuint (after->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/import/activitynet", test_activitynet);
  FIXTURE_ADD ("/import/charades-sta", test_charades);
  FIXTURE_ADD ("/import/qvhighlights", test_qvhighlights);
  FIXTURE_ADD ("/import/qvhighlights-offset", test_qvhighlights_offset);
  FIXTURE_ADD ("/import/qvhighlights-clip", test_qvhighlights_clip);
  FIXTURE_ADD ("/import/bad-json", test_bad_json);
  FIXTURE_ADD ("/import/cancel", test_cancel);
  FIXTURE_ADD ("/import/folder-of-videos", test_folder_of_videos);
  return g_test_run ();
}
