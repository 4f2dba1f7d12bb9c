/*
 * Exports that are folders: complete or not there, never over somebody's files; and a project of 100,000
 * labels, within bounded memory.
 */

#include <string.h>
#include <sys/resource.h>

#include <glib/gstdio.h>

#include "format-fixture.h"

static const char *program; /* this one */

static guint
n_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static gboolean
export_folder (Fixture *self, const TpoFormat *format, const char *name,
               const TpoExportOptions *options, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GFile) target = g_file_new_for_path (path_in (self, name, &path));

  return tpo_export (self->store, format, target, options, NULL, cancellable, error);
}

static void
cancel_at_once (double done, const char *step, gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
}

/* Cancelled, over a file, over other files: nothing is left, nothing is lost. */
static void
test_refusals (Fixture *self, gconstpointer data)
{
  guint n_formats, n_before;
  const TpoFormat *const *formats = tpo_formats (&n_formats);
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 1000000);

  add_span (self->store, id, "x", 0, 20000);
  write_text (self, "mine/notes.txt", "keep");
  write_text (self, "file", "keep");
  n_before = n_files (self->folder);
  for (guint i = 0; i < n_formats; i++) {
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    TpoExportOptions options = { .progress = cancel_at_once, .progress_data = cancellable };
    g_autoptr (GError) error = NULL;

    if (formats[i]->extension != NULL)
      continue;
    g_assert_false (export_folder (self, formats[i], "new", &options, cancellable, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error (&error);
    g_assert_false (export_folder (self, formats[i], "mine", NULL, NULL, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_EMPTY);
    g_clear_error (&error);
    g_assert_false (export_folder (self, formats[i], "file", NULL, NULL, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY);
    g_assert_cmpuint (n_files (self->folder), ==, n_before);
  }
}

/* An earlier export is replaced as a whole: what it had more is gone. */
static void
test_replace (Fixture *self, gconstpointer data)
{
  g_autofree char *old = NULL;
  g_autofree char *folder = NULL;
  g_autoptr (GError) error = NULL;
  guint n_before;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 1000000);

  add_span (self->store, id, "x", 0, 20000);
  g_assert_cmpint (g_mkdir (path_in (self, "out", &folder), 0755), ==, 0);
  g_assert_true (export_folder (self, tpo_format_find ("webvtt"), "out", NULL, NULL, &error));
  n_before = n_files (self->folder);
  write_text (self, "out/old.vtt", "");
  g_assert_true (export_folder (self, tpo_format_find ("webvtt"), "out", NULL, NULL, &error));
  g_assert_false (g_file_test (path_in (self, "out/old.vtt", &old), G_FILE_TEST_EXISTS));
  g_assert_cmpuint (n_files (self->folder), ==, n_before);
}

/* Videos of 1000 spans and boxes each. */
static void
fill (Fixture *self, guint first, guint end)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tpo_store_begin_group (self->store, NULL, &error));
  for (guint v = first; v < end; v++) {
    g_autofree char *uri = g_strdup_printf ("file:///videos/%03u.mp4", v);
    gint64 id = add_video (self->store, uri, 64, 36, 20000000);

    for (guint i = 0; i < 1000; i++) {
      g_autoptr (GPtrArray) keyframes =
          g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
      TpoAnnotationRecord track = { .video_id = id,
                                    .kind = TPO_ANNOTATION_BOX_TRACK,
                                    .status = TPO_STATUS_MANUAL,
                                    .start_us = i * 20000,
                                    .end_us = (i + 1) * 20000 };

      if (i % 2 == 0) {
        add_span (self->store, id, i % 4 ? "one" : "two", i * 20000, (i + 1) * 20000);
        continue;
      }
      g_ptr_array_add (keyframes, keyframe_new (i * 20000, 0.25f, 0.25f, 0.5f, 0.5f));
      tpo_store_add_annotation (self->store, &track, keyframes, NULL, &error);
      g_assert_no_error (error);
    }
  }
  g_assert_true (tpo_store_end_group (self->store, &error));
}

static void
on_progress (double done, const char *step, gpointer data)
{
  double *last = data;

  g_assert_cmpfloat (done, >=, *last);
  g_assert_cmpfloat (done, <=, 1);
  *last = done;
}

/* In a process of its own: exports and prints the most memory that it took, in KiB. */
static int
export_alone (const char *project, const char *format_id, const char *target_path)
{
  const TpoFormat *format = tpo_format_find (format_id);
  g_autoptr (GFile) target = g_file_new_for_path (target_path);
  g_autoptr (TpoStore) store = tpo_store_open (project, TPO_STORE_READ_ONLY, NULL);
  double done = 0;
  TpoExportOptions options = { .progress = on_progress, .progress_data = &done };
  struct rusage usage;

  g_assert_true (tpo_export (store, format, target, &options, NULL, NULL, NULL));
  g_assert_cmpfloat (done, ==, 1);
  getrusage (RUSAGE_SELF, &usage);
  g_print ("%ld\n", usage.ru_maxrss);
  return 0;
}

static gint64
peak_kib (Fixture *self, const TpoFormat *format)
{
  g_autofree char *name = g_strconcat ("many-", format->id, format->extension, NULL);
  g_autofree char *target = NULL;
  g_autofree char *printed = NULL;
  const char *command[] = {
    program, "--export", self->path, format->id, path_in (self, name, &target), NULL
  };
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) command, NULL, 0, NULL, NULL, &printed, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return g_ascii_strtoll (printed, NULL, 10);
}

/* Ten times the videos take no more memory, but for their names. One format of each way of writing. */
static void
test_many (Fixture *self, gconstpointer data)
{
  static const char *const ids[] = { "coco",         "youtube-vis",  "cvat",
                                     "qvhighlights", "tpo-instruct", "webdataset" };
  gint64 few[G_N_ELEMENTS (ids)];

  fill (self, 0, 10);
  for (guint pass = 0; pass < 2; pass++) {
    for (gsize i = 0; i < G_N_ELEMENTS (ids); i++) {
      gint64 peak = peak_kib (self, tpo_format_find (ids[i]));

      if (pass == 0) {
        few[i] = peak;
        continue;
      }
      g_test_message ("%s: %" G_GINT64_FORMAT " KiB, of a tenth %" G_GINT64_FORMAT " KiB",
                      ids[i], peak, few[i]);
      g_assert_cmpint (peak - few[i], <, 8 * 1024);
    }
    if (pass == 0)
      fill (self, 10, 100);
  }
}

/* ---- tracks of hours --------------------------------------------------------------------------------------- */

/* A mask with many runs, some hundred kilobytes of memory. */
static TpoRle *
striped_mask (guint height)
{
  guint n = 160 * height;
  g_autofree guint32 *counts = g_new (guint32, n);

  for (guint i = 0; i < n; i++)
    counts[i] = 1;
  return tpo_rle_from_counts (counts, n, 160, height, NULL);
}

/* A mask on each frame of a video. */
static void
add_long_track (Fixture *self, guint n_frames)
{
  enum {
    HEIGHT = 200
  };
  gint64 id = add_video (self->store, "file:///videos/long.mp4", 160, HEIGHT,
                         (gint64) n_frames * 20000);
  g_autoptr (TpoRle) mask = striped_mask (HEIGHT);
  g_autoptr (GPtrArray) keyframes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  TpoAnnotationRecord track = { .video_id = id,
                                .kind = TPO_ANNOTATION_MASK_TRACK,
                                .status = TPO_STATUS_MANUAL,
                                .end_us = (gint64) n_frames * 20000 };

  for (guint i = 0; i < n_frames; i++) {
    TpoKeyframeRecord *keyframe = g_new0 (TpoKeyframeRecord, 1);

    keyframe->time_us = (gint64) i * 20000;
    keyframe->mask = tpo_rle_ref (mask);
    keyframe->has_box = tpo_rle_bounds (mask, &keyframe->box);
    g_ptr_array_add (keyframes, keyframe);
  }
  g_assert_cmpint (tpo_store_add_annotation (self->store, &track, keyframes, NULL, NULL), >, 0);
}

static const char *const with_masks[] = { "coco",       "youtube-vis",  "cvat",
                                          "sa-v",       "mevis",        "davis",
                                          "webdataset", "hugging-face", "tpo-instruct",
                                          "sa-v-png" };

/* However long a track is, of its masks there is one at a time. */
static void
test_long_track (Fixture *self, gconstpointer data)
{
  add_long_track (self, 600); /* of 128 kB: 75 MB */
  for (gsize i = 0; i < G_N_ELEMENTS (with_masks); i++) {
    gint64 peak = peak_kib (self, tpo_format_find (with_masks[i]));

    g_test_message ("%s: %" G_GINT64_FORMAT " KiB", with_masks[i], peak);
    g_assert_cmpint (peak, <, 60 * 1024);
  }
}

/* A mask that cannot be read is said, and no file says that the object is not there. */
static void
test_damaged_mask (Fixture *self, gconstpointer data)
{
  guint n_before;

  add_long_track (self, 3);
  g_assert_cmpint (sqlite3_exec (self->store->db,
                                 "DROP TRIGGER keyframe_is_not_updated;"
                                 "UPDATE keyframe SET mask = x'ff' WHERE time_us = 40000",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  n_before = n_files (self->folder);
  for (gsize i = 0; i < G_N_ELEMENTS (with_masks); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (
        export_folder (self, tpo_format_find (with_masks[i]), "new", NULL, NULL, &error));
    g_assert_error (error, TPO_ERROR, TPO_ERROR_FORMAT);
    g_assert_cmpuint (n_files (self->folder), ==, n_before);
  }
}

int
main (int argc, char **argv)
{
  program = argv[0];
  if (argc == 5 && g_str_equal (argv[1], "--export"))
    return export_alone (argv[2], argv[3], argv[4]);
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/export-folder/refusals", test_refusals);
  FIXTURE_ADD ("/export-folder/replace", test_replace);
  FIXTURE_ADD ("/export-folder/many", test_many);
  FIXTURE_ADD ("/export-folder/long-track", test_long_track);
  FIXTURE_ADD ("/export-folder/damaged-mask", test_damaged_mask);
  return g_test_run ();
}
