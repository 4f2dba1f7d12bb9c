/* Numbered pictures of a folder, and the video that is made of them. */

#include <glib/gstdio.h>
#include <string.h>

#include <tpo/error.h>

#include "video-clips.h"
#include "videos/media-files.h"
#include "videos/sequence-video.h"

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

#define ADD(path, data, func) g_test_add (path, Folder, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  ADD ("/picture-sequences/order", NULL, test_order);
  ADD ("/picture-sequences/others", NULL, test_others);
  ADD ("/picture-sequences/named-above", NULL, test_named_above);
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
