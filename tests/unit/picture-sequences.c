/* Numbered pictures of a folder, and the video that is made of them. */

#include <glib/gstdio.h>
#include <string.h>

#include <tpo/error.h>

#include "formats/mask-png.h"
#include "formats/tpo-import.h"
#include "media/media-files.h"
#include "media/picture-kind.h"
#include "media/sequence-finder.h"
#include "media/sequence-video.h"
#include "store/tpo-store-videos.h"
#include "video-clips.h"

typedef struct {
  char *root;
  GPtrArray *sequences, *files;
} Folder;

static void
set_up (Folder *self, gconstpointer data)
{
  self->root = g_dir_make_tmp ("tpo-sequences-XXXXXX", NULL);
  self->sequences = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_picture_sequence_free);
  self->files = g_ptr_array_new_with_free_func (g_free);
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_all (child);
  }
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
tear_down (Folder *self, gconstpointer data)
{
  remove_all (self->root);
  g_free (self->root);
  g_ptr_array_unref (self->sequences);
  g_ptr_array_unref (self->files);
}

static char *
path_in (Folder *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->root, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0777), ==, 0);
  return g_steal_pointer (&path);
}

static void
put (Folder *self, const char *name, const char *text)
{
  g_autofree char *path = path_in (self, name);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* Frames 0 to 5 of the test picture, in files numbered by @numbers. */
static void
put_pictures (Folder *self, const char *folder, const char *format, const guint *numbers,
              guint n)
{
  g_autofree char *ending = g_strdup (strrchr (format, '.'));
  g_autofree char *made = g_strdup_printf ("frame%%02d%s", ending);
  g_autofree char *pattern =
      tpo_test_clip (made, TPO_TEST_SOURCE ("0.2") "-frames:v 6 -start_number 0 -q:v 2");
  g_autofree char *clips = g_path_get_dirname (pattern);

  for (guint i = 0; i < n; i++) {
    g_autofree char *from = g_strdup_printf ("%s/frame%02u%s", clips, i, ending);
    g_autofree char *name = g_strdup_printf (format, numbers[i]);
    g_autofree char *place = g_build_filename (folder, name, NULL);
    g_autofree char *to = path_in (self, place);
    g_autofree char *bytes = NULL;
    gsize size;

    g_assert_true (g_file_get_contents (from, &bytes, &size, NULL));
    g_assert_true (g_file_set_contents (to, bytes, (gssize) size, NULL));
  }
}

static void
on_found (GFile *file, gpointer user_data)
{
  g_ptr_array_add (((Folder *) user_data)->files, g_file_get_basename (file));
}

static void
on_found_sequence (TpoPictureSequence *sequence, gpointer user_data)
{
  g_ptr_array_add (((Folder *) user_data)->sequences, sequence);
}

static void
on_failed (GFile *folder, const char *reason, gpointer user_data)
{
  g_assert_not_reached ();
}

static void
search (Folder *self)
{
  const TpoMediaSink sink = { on_found, on_found_sequence, on_failed, self };
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (files, g_file_new_for_path (self->root));
  tpo_media_files_find (files, &sink, NULL);
}

static const TpoPictureSequence *
the_sequence (Folder *self)
{
  search (self);
  g_assert_cmpuint (self->sequences->len, ==, 1);
  return self->sequences->pdata[0];
}

/* ---- finding ------------------------------------------------------------------------------------- */

static void
test_order (Folder *self, gconstpointer data)
{
  const TpoPictureSequence *sequence;
  g_autofree char *names = NULL;

  put (self, "bear/shot 9.jpg", "x");
  put (self, "bear/shot 10.jpg", "x");
  put (self, "bear/shot 100.jpg", "x");
  put (self, "bear/notes.txt", "x");
  sequence = the_sequence (self);
  g_ptr_array_add (sequence->files, NULL);
  names = g_strjoinv ("|", (char **) sequence->files->pdata);
  g_assert_cmpstr (names, ==, "shot 9.jpg|shot 10.jpg|shot 100.jpg");
  g_assert_cmpstr (sequence->name, ==, "bear");
  g_assert_cmpfloat (sequence->rate, ==, 0);
  g_assert_false (sequence->is_labels);
  g_assert_cmpuint (self->files->len, ==, 0);
}

/* Photographs have names of their own, and two pictures are no video. */
static void
test_others (Folder *self, gconstpointer data)
{
  put (self, "names/a1.jpg", "x");
  put (self, "names/b2.jpg", "x");
  put (self, "names/c3.jpg", "x");
  put (self, "kinds/1.jpg", "x");
  put (self, "kinds/2.png", "x");
  put (self, "kinds/3.jpg", "x");
  put (self, "two/1.jpg", "x");
  put (self, "two/2.jpg", "x");
  put (self, "one without/1.jpg", "x");
  put (self, "one without/2.jpg", "x");
  put (self, "one without/three.jpg", "x");
  put (self, "long/1234567890123.jpg", "x");
  put (self, "long/1234567890124.jpg", "x");
  put (self, "long/1234567890125.jpg", "x");
  search (self);
  g_assert_cmpuint (self->sequences->len, ==, 0);
  g_assert_cmpuint (self->files->len, ==, 14);
}

/* As MOTChallenge has them. */
static void
test_named_above (Folder *self, gconstpointer data)
{
  const TpoPictureSequence *sequence;
  g_autofree char *place = NULL;

  put (self, "clip7/img1/000001.jpg", "x");
  put (self, "clip7/img1/000002.jpg", "x");
  put (self, "clip7/img1/000003.jpg", "x");
  put (self, "clip7/seqinfo.ini", "[Sequence]\nname=clip7\nimDir=img1\nframeRate=12.5\n");
  sequence = the_sequence (self);
  place = g_file_get_path (sequence->place);
  g_assert_cmpstr (sequence->name, ==, "clip7");
  g_assert_cmpstr (place, ==, self->root);
  g_assert_cmpfloat (sequence->rate, ==, 12.5);
}

/* As SA-V has them. */
static void
test_rate_of_name (Folder *self, gconstpointer data)
{
  put (self, "JPEGImages_24fps/clip7/00000.jpg", "x");
  put (self, "JPEGImages_24fps/clip7/00001.jpg", "x");
  put (self, "JPEGImages_24fps/clip7/00002.jpg", "x");
  g_assert_cmpfloat (the_sequence (self)->rate, ==, 24);
}

/* Masks are no pictures of a camera, whatever folder they are in. */
static void
test_labels (Folder *self, gconstpointer data)
{
  const char indexed[] = "\x89PNG\r\n\x1a\n....IHDR........\x08\x03...";
  const guint numbers[] = { 0, 5, 10 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_autofree char *name = g_strdup_printf ("masks/%05u.png", numbers[i]);
    g_autofree char *path = path_in (self, name);

    g_assert_true (g_file_set_contents (path, indexed, sizeof indexed, NULL));
  }
  put_pictures (self, "Annotations/480p/bear", "%05u.png", numbers, 3);
  put_pictures (self, "frames", "%05u.png", numbers, 3);
  search (self);
  g_assert_cmpuint (self->sequences->len, ==, 3);
  for (guint i = 0; i < 3; i++) {
    const TpoPictureSequence *sequence = self->sequences->pdata[i];

    g_assert_cmpint (sequence->is_labels, ==, !g_str_equal (sequence->name, "frames"));
  }
}

/* ---- the video ----------------------------------------------------------------------------------- */

static void
assert_frames (const char *path, guint n, double rate)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoVideo) video = tpo_video_open (path, NULL, NULL, &error);
  g_autoptr (TpoVideoReader) reader = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (tpo_video_get_info (video)->n_frames, ==, n);
  reader = tpo_video_reader_new (video, TPO_PIXEL_RGB24, NULL, &error);
  g_assert_no_error (error);
  for (guint k = n; k-- > 0;) {
    g_autoptr (TpoPicture) picture = tpo_video_reader_read (reader, k, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (tpo_test_read_code (picture), ==, k);
    g_assert_cmpint (tpo_video_index_get_time_us (tpo_video_get_index (video), k), ==,
                     (gint64) (k * 1e6 / rate + 0.5));
  }
}

static void
test_made (Folder *self, gconstpointer data)
{
  const char *format = data;
  const guint numbers[] = { 1, 2, 3, 7, 8, 20 };
  const double rate = 30000.0 / 1001;
  const TpoPictureSequence *sequence;
  g_autofree char *expected = path_in (self, "Übung 100%.mov");
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFile) again = NULL;
  g_autoptr (GError) error = NULL;

  put_pictures (self, "Übung 100%", format, numbers, 6);
  sequence = the_sequence (self);
  g_assert_null (tpo_sequence_video_find (sequence));
  file = tpo_sequence_video_make (sequence, rate, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_file_peek_path (file), ==, expected);
  assert_frames (expected, 6, rate);

  /* It is found again, and what only has its name is left alone. */
  again = tpo_sequence_video_find (sequence);
  g_assert_true (g_file_equal (again, file));
  g_assert_true (g_file_set_contents (expected, "mine", -1, NULL));
  g_clear_object (&again);
  again = tpo_sequence_video_make (sequence, rate, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (g_file_peek_path (again), "/Übung 100% (2).mov"));
  assert_frames (g_file_peek_path (again), 6, rate);
}

static void
assert_fails (Folder *self, const char *text)
{
  const TpoPictureSequence *sequence = the_sequence (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = NULL;

  g_assert_null (tpo_sequence_video_make (sequence, 25, NULL, &error));
  g_assert_nonnull (strstr (error->message, text));
  folder = g_dir_open (self->root, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (folder), ==, "clip");
  g_assert_null (g_dir_read_name (folder)); /* nothing half-written */
}

static void
test_unreadable (Folder *self, gconstpointer data)
{
  const guint numbers[] = { 0, 1, 2, 3 };

  put_pictures (self, "clip", "%u.jpg", numbers, 4);
  put (self, "clip/2.jpg", "no picture");
  assert_fails (self, "“2.jpg” is no JPEG or PNG picture");
}

static void
test_other_size (Folder *self, gconstpointer data)
{
  const guint numbers[] = { 0, 1, 2, 3 };
  g_autofree char *other =
      tpo_test_clip ("other.jpg", TPO_TEST_SOURCE ("0.1") "-frames:v 1 -vf scale=128:32");
  g_autofree char *path = path_in (self, "clip/3.jpg");
  g_autofree char *bytes = NULL;
  gsize size;

  put_pictures (self, "clip", "%u.jpg", numbers, 4);
  g_assert_true (g_file_get_contents (other, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  assert_fails (self, "“3.jpg” has another size");
}

static void
test_cancelled (Folder *self, gconstpointer data)
{
  const guint numbers[] = { 0, 1, 2, 3 };
  const TpoPictureSequence *sequence;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *video = path_in (self, "clip.mov");

  put_pictures (self, "clip", "%u.jpg", numbers, 4);
  sequence = the_sequence (self);
  g_cancellable_cancel (cancellable);
  g_assert_null (tpo_sequence_video_make (sequence, 25, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (g_file_test (video, G_FILE_TEST_EXISTS));
}

/* Sizes of JPEG files are behind other segments; nothing is read beyond the end of damaged ones. */
static void
test_kinds (Folder *self, gconstpointer data)
{
  static const guint8 jpeg[] = { 0xff, 0xd8, 0xff, 0xe0, 0,  4, 1,    2, 0xff, 0xff, 0xc4, 0,
                                 2,    0xff, 0xc2, 0,    17, 8, 0x01, 0, 0x02, 0x03, 3 };
  static const guint8 endless[] = { 0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xc0,
                                    0,    17,   8,    0,    1, 0, 1 };
  const guint8 pixels[6] = { 0 };
  g_autoptr (GBytes) png = tpo_mask_png_encode (pixels, 3, 2);
  g_autoptr (GBytes) bad = g_bytes_new_static (endless, sizeof endless);
  TpoPictureKind kind = tpo_picture_kind_read (png);

  g_assert_cmpint (kind.format, ==, TPO_PICTURE_PNG);
  g_assert_cmpuint (kind.width, ==, 3);
  g_assert_cmpuint (kind.height, ==, 2);
  for (gsize size = 0; size <= sizeof jpeg; size++) {
    g_autofree guint8 *copy = g_memdup2 (jpeg, size);
    g_autoptr (GBytes) part = g_bytes_new (copy, size);

    kind = tpo_picture_kind_read (part);
    if (size >= sizeof jpeg - 1)
      g_assert_cmpint (kind.format, ==, TPO_PICTURE_JPEG);
    else
      g_assert_cmpint (kind.format, ==, TPO_PICTURE_NONE);
  }
  g_assert_cmpuint (kind.width, ==, 0x0203);
  g_assert_cmpuint (kind.height, ==, 0x0100);
  kind = tpo_picture_kind_read (bad);
  g_assert_cmpint (kind.format, ==, TPO_PICTURE_NONE);
}

/* ---- for labels ---------------------------------------------------------------------------------- */

/* Pictures and masks of DAVIS in two resolutions, and photographs that are no video. */
static void
put_davis (Folder *self)
{
  const guint numbers[] = { 0, 1, 2, 3 };
  const guint8 mask[4] = { 0, 1, 1, 0 };
  g_autoptr (GBytes) png = tpo_mask_png_encode (mask, 2, 2);
  g_autofree char *path = path_in (self, "Annotations/480p/bear/00002.png");

  put_pictures (self, "JPEGImages/480p/bear", "%05u.jpg", numbers, 4);
  put_pictures (self, "JPEGImages/480p/other", "%05u.jpg", numbers, 4);
  put_pictures (self, "JPEGImages/1080p/bear", "%05u.jpg", numbers, 3);
  put (self, "ImageSets/2017/train.txt", "bear\n");
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (png, NULL),
                                      (gssize) g_bytes_get_size (png), NULL));
}

/* Imports with the videos that the finder finds, of 25 frames a second. */
static TpoImport *
import (Folder *self, TpoSequenceFinder *finder, GError **error)
{
  g_autofree char *project = path_in (self, "labels.tpo");
  g_autoptr (TpoStore) store = tpo_store_open (project, TPO_STORE_DEFAULT, error);
  g_autoptr (GFile) source = g_file_new_for_path (self->root);
  TpoImportOptions options = { .videos = source,
                               .find = tpo_sequence_finder_find,
                               .find_data = finder };
  TpoImport *read =
      tpo_import_read (store, tpo_format_find ("davis"), source, &options, NULL, error);

  if (read != NULL && !finder->is_trial)
    g_assert_true (tpo_import_commit (read, store, NULL, error));
  return read;
}

static gboolean
has_video (Folder *self, const char *name)
{
  g_autofree char *path = path_in (self, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_labels_find (Folder *self, gconstpointer data)
{
  g_autoptr (GFile) folder = g_file_new_for_path (self->root);
  g_autoptr (TpoSequenceFinder) none = tpo_sequence_finder_new (folder, 0, FALSE);
  g_autoptr (TpoSequenceFinder) trial = tpo_sequence_finder_new (folder, 25, TRUE);
  g_autoptr (TpoSequenceFinder) finder = tpo_sequence_finder_new (folder, 25, FALSE);
  g_autofree char *project = path_in (self, "labels.tpo");
  g_autoptr (TpoStore) store = NULL;
  g_autoptr (GPtrArray) videos = NULL;
  g_autoptr (TpoVideoRecord) video = NULL;
  g_autoptr (TpoImport) tried = NULL;
  g_autoptr (TpoImport) read = NULL;
  g_autoptr (GError) error = NULL;

  put_davis (self);
  g_assert_null (import (self, none, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
  g_assert_cmpstr (none->unmade, ==, "bear");
  g_clear_error (&error);

  tried = import (self, trial, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tpo_import_get_summary (tried)->contents.n_mask_tracks, ==, 1);
  g_assert_false (has_video (self, "JPEGImages/480p/bear.mov"));

  read = import (self, finder, &error);
  g_assert_no_error (error);
  g_assert_true (has_video (self, "JPEGImages/480p/bear.mov"));
  g_assert_false (has_video (self, "JPEGImages/1080p/bear.mov"));
  g_assert_false (has_video (self, "JPEGImages/480p/other.mov")); /* nothing is said of it */
  store = tpo_store_open (project, TPO_STORE_DEFAULT, &error);
  videos = tpo_store_list_videos (store, &error);
  g_assert_cmpuint (videos->len, ==, 1);
  video = tpo_store_get_video (store, ((TpoVideoRecord *) videos->pdata[0])->id, &error);
  g_assert_cmpint (video->n_frames, ==, 4);
  g_assert_cmpint (video->frame_times_us[2], ==, 80000);
}

static void
test_no_video (Folder *self, gconstpointer data)
{
  g_autoptr (GFile) folder = g_file_new_for_path (self->root);
  g_autoptr (TpoSequenceFinder) finder = tpo_sequence_finder_new (folder, 25, FALSE);
  g_autoptr (GError) error = NULL;

  put_davis (self);
  put (self, "JPEGImages/480p/bear/00003.jpg", "no picture");
  g_assert_null (import (self, finder, &error));
  g_assert_error (error, TPO_ERROR,
                  TPO_ERROR_INVALID); /* no labels, since their video is missing */
  g_assert_nonnull (strstr (finder->problem, "/480p/bear: “00003.jpg” is no JPEG or PNG"));
}

#define ADD(path, data, func) g_test_add (path, Folder, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  ADD ("/picture-sequences/order", NULL, test_order);
  ADD ("/picture-sequences/others", NULL, test_others);
  ADD ("/picture-sequences/named-above", NULL, test_named_above);
  ADD ("/picture-sequences/rate-of-name", NULL, test_rate_of_name);
  ADD ("/picture-sequences/kinds", NULL, test_kinds);
  ADD ("/picture-sequences/labels-find", NULL, test_labels_find);
  ADD ("/picture-sequences/no-video", NULL, test_no_video);
  ADD ("/picture-sequences/labels", NULL, test_labels);
  ADD ("/picture-sequences/made/jpeg", "%06u.jpg", test_made);
  ADD ("/picture-sequences/made/png", "shot-%u.png", test_made);
  ADD ("/picture-sequences/unreadable", NULL, test_unreadable);
  ADD ("/picture-sequences/other-size", NULL, test_other_size);
  ADD ("/picture-sequences/cancelled", NULL, test_cancelled);
  result = g_test_run ();
  tpo_test_remove_clips ();
  return result;
}
