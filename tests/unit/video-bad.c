/* Files that are no videos, damaged videos, huge ones and stored indexes from a hostile hand. */

#include <stdio.h>
#include <string.h>

#include "video-clips.h"

#define CODED           \
  TPO_TEST_SOURCE ("4") \
  TPO_TEST_BEEP ("4") "-c:v libx264 -preset ultrafast -bf 3 -g 30 -qp 10 -c:a aac "

static TpoVideo *
open_or_fail (const char *path)
{
  g_autoptr (GError) error = NULL;
  TpoVideo *video = tpo_video_open (path, NULL, NULL, &error);

  g_assert_no_error (error);
  return video;
}

/* Refused, with a sentence that names the file and says @what. */
static void
check_refused (const char *path, TpoErrorCode code, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoVideo) video = tpo_video_open (path, NULL, NULL, &error);
  g_autofree char *name = g_path_get_basename (path);

  g_assert_null (video);
  g_test_message ("%s", error->message);
  g_assert_error (error, TPO_ERROR, (int) code);
  g_assert_true (g_str_has_prefix (error->message, name));
  g_assert_nonnull (strstr (error->message, what));
}

static void
test_no_video (void)
{
  static const guint8 noise[] = "\x7f\x45\x4c\x46 no video at all, whatever its name says\n";
  static const char list[] = "ffconcat version 1.0\nfile whole.mkv\n";
  g_autofree char *empty = tpo_test_file ("empty.mp4", "", 0);
  g_autofree char *text = tpo_test_file ("notes.mp4", noise, sizeof noise);
  g_autofree char *ansi = tpo_test_file ("notes.txt", noise, sizeof noise);
  g_autofree char *playlist = tpo_test_file ("list.ffconcat", list, sizeof list - 1);
  g_autofree char *sound = tpo_test_clip ("sound.m4a", TPO_TEST_BEEP ("2") "-c:a aac");
  g_autofree char *folder = g_path_get_dirname (empty);
  g_autofree char *missing = g_build_filename (folder, "missing.mp4", NULL);
  g_autoptr (GError) error = NULL;

  check_refused (empty, TPO_ERROR_FORMAT, "is empty");
  check_refused (text, TPO_ERROR_FORMAT, "not a video or picture");
  check_refused (ansi, TPO_ERROR_FORMAT, "not a video or picture");
  check_refused (playlist, TPO_ERROR_UNSUPPORTED, "is a list of other files");
  check_refused (sound, TPO_ERROR_FORMAT, "has no video, only sound");
  check_refused (folder, TPO_ERROR_FORMAT, "is a folder");
  check_refused ("/dev/zero", TPO_ERROR_FORMAT, "not an ordinary file");
  g_assert_null (tpo_video_open (missing, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "missing.mp4"));
}

static void
test_cover_picture (void)
{
  g_autofree char *cover =
      tpo_test_clip ("cover.jpg", "-f lavfi -i color=red:s=64x64 -frames:v 1 -update 1");
  g_autofree char *song = tpo_test_clip (
      "song.mp3", TPO_TEST_BEEP ("2") "-i {}/cover.jpg -map 0 -map 1 -c:v copy -c:a libmp3lame "
                                      "-disposition:v attached_pic");

  g_assert_nonnull (cover);
  check_refused (song, TPO_ERROR_FORMAT, "has no video, only sound");
}

/* A PNG header that claims 100000 × 100000 pixels. */
static void
test_huge_picture (void)
{
  static const guint8 png[] = {
    0x89, 'P', 'N',  'G',  13, 10,  26,   10,   0,   0,    0,    13,   'I',  'H',  'D',  'R',
    0,    1,   0x86, 0xa0, 0,  1,   0x86, 0xa0, 8,   2,    0,    0,    0,    0xfd, 0x7d, 0x2a,
    0x6a, 0,   0,    0,    4,  'I', 'D',  'A',  'T', 1,    2,    3,    4,    0,    0,    0,
    0,    0,   0,    0,    0,  'I', 'E',  'N',  'D', 0xae, 0x42, 0x60, 0x82,
  };
  g_autofree char *path = tpo_test_file ("huge.png", png, sizeof png);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoVideo) video = tpo_video_open (path, NULL, NULL, &error);

  g_test_message ("%s", error->message);
  g_assert_null (video);
  g_assert_true (g_str_has_prefix (error->message, "huge.png"));
  g_assert_nonnull (strstr (error->message, "far too large"));
}

/* 16000 × 16000 pixels are encoded in good faith and still refused by name. */
static void
test_large_picture (void)
{
  g_autofree char *path = tpo_test_clip (
      "large.mkv", "-f lavfi -i color=red:s=16000x16000:r=1:d=1,format=gray -c:v ffv1");

  check_refused (path, TPO_ERROR_UNSUPPORTED, "16000 × 16000");
}

static void
read_all (TpoVideo *video, guint *n_good, guint *n_bad)
{
  guint n = tpo_video_get_info (video)->n_frames;
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoVideoReader) reader =
      tpo_video_reader_new (video, TPO_PIXEL_RGB24, NULL, &error);

  g_assert_no_error (error);
  *n_good = *n_bad = 0;
  for (guint i = 0; i < n; i++) {
    g_autoptr (GError) damage = NULL;
    g_autoptr (TpoPicture) picture = tpo_video_reader_read (reader, i, NULL, &damage);

    if (picture != NULL && !picture->is_damaged && tpo_test_read_code (picture) == i)
      *n_good += 1;
    else
      *n_bad += 1;
    if (picture == NULL)
      g_assert_error (damage, TPO_ERROR, TPO_ERROR_IO);
  }
}

/* What is there plays, and the notice says up to where. */
static void
check_cut (const char *whole, const char *name, double part, gboolean says_so)
{
  g_autofree char *bytes = NULL;
  g_autofree char *path = NULL;
  g_autoptr (TpoVideo) video = NULL;
  guint n_good = 0, n_bad = 0;
  gsize size = 0;

  g_assert_true (g_file_get_contents (whole, &bytes, &size, NULL));
  path = tpo_test_file (name, bytes, (gsize) ((double) size * part));
  video = open_or_fail (path);
  read_all (video, &n_good, &n_bad);
  g_test_message ("%s: %u whole, %u not; %s", name, n_good, n_bad,
                  tpo_video_get_notice (video));
  g_assert_cmpuint (n_good, >=, 25);
  g_assert_cmpuint (n_good, <, 120);
  g_assert_cmpuint (n_bad, <=, 4);
  g_assert_cmpint (tpo_video_get_info (video)->is_truncated, ==, says_so);
  if (says_so)
    g_assert_nonnull (strstr (tpo_video_get_notice (video), "ends early: it plays up to 0:0"));
}

static void
test_truncated (void)
{
  g_autofree char *plain = tpo_test_clip ("plain.mp4", CODED);
  g_autofree char *fast = tpo_test_clip ("fast.mp4", CODED "-movflags +faststart");
  g_autofree char *matroska = tpo_test_clip ("whole.mkv", CODED);
  g_autofree char *broadcast = tpo_test_clip ("whole.ts", CODED);
  g_autofree char *no_list = NULL;

  check_cut (fast, "cut-fast.mp4", 0.5, TRUE);
  check_cut (matroska, "cut.mkv", 0.5, TRUE);
  check_cut (broadcast, "cut.ts", 0.5, FALSE); /* such a file cannot tell that it was longer */
  no_list = tpo_test_cut (plain, "cut-plain.mp4", 12000);
  check_refused (no_list, TPO_ERROR_FORMAT, "is cut off or damaged");
}

/* Random damage: never a crash, and frames far from it come out whole. */
static void
test_damaged (void)
{
  static const char *const names[] = { "whole.mkv", "fast.mp4", "whole.ts" };
  g_autoptr (GRand) random = g_rand_new_with_seed (11);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *whole = tpo_test_clip (
        names[i], g_str_has_prefix (names[i], "fast") ? CODED "-movflags +faststart" : CODED);
    g_autofree guint8 *bytes = NULL;
    guint n_opened = 0;
    gsize size = 0;

    g_assert_true (g_file_get_contents (whole, (char **) &bytes, &size, NULL));
    for (guint round = 0; round < 24; round++) {
      g_autofree guint8 *damaged = g_memdup2 (bytes, size);
      g_autofree char *path = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (TpoVideo) video = NULL;
      guint n_good = 0, n_bad = 0;

      /* Every other round spares the headers. */
      for (guint k = 0; k < 1 + round; k++)
        damaged[g_rand_int_range (random, round % 2 ? (gint32) size / 8 : 0, (gint32) size)] =
            (guint8) g_rand_int (random);
      path = tpo_test_file ("damaged.bin", damaged, size);
      video = tpo_video_open (path, NULL, NULL, &error);
      g_assert_true ((video != NULL) == (error == NULL));
      if (video == NULL)
        continue;
      n_opened++;
      read_all (video, &n_good, &n_bad);
    }
    g_test_message ("%s: %u of 24 damaged copies open", names[i], n_opened);
    g_assert_cmpuint (n_opened, >=, 12);
  }
}

static void
assert_changed (const GError *error)
{
  g_assert_error (error, TPO_ERROR, TPO_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "has changed since it was opened"));
}

static void
check_frame (TpoVideoReader *reader, guint frame)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoPicture) picture = tpo_video_reader_read (reader, frame, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (tpo_test_read_code (picture), ==, frame);
}

static void
check_not_opened (TpoVideo *video)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tpo_video_reader_new (video, TPO_PIXEL_RGB24, NULL, &error));
  assert_changed (error);
}

/* A file that is written to while it is open is not taken for what it was, but as far as was read. */
static void
test_changed (void)
{
  g_autofree char *path = tpo_test_clip ("changing.mkv", CODED);
  g_autoptr (TpoVideo) video = open_or_fail (path);
  g_autoptr (TpoVideoReader) reader = tpo_video_reader_new (video, TPO_PIXEL_RGB24, NULL, NULL);
  g_autoptr (TpoPicture) picture = NULL;
  g_autoptr (GError) error = NULL;
  FILE *file;

  check_frame (reader, 100);
  file = fopen (path, "r+");
  g_assert_cmpint (fputs ("no video any more", file), >=, 0);
  g_assert_cmpint (fclose (file), ==, 0);
  check_frame (reader, 100);
  picture = tpo_video_reader_read (reader, 3, NULL, &error);
  g_assert_null (picture);
  assert_changed (error);
  check_not_opened (video);
}

/* One that is deleted, or that another takes the place of, stays what it was for who has it open. */
static void
test_replaced (void)
{
  g_autofree char *path = tpo_test_clip ("replaced.mkv", CODED);
  g_autofree char *other = tpo_test_clip ("other.mkv", TPO_TEST_SOURCE ("2"));
  g_autofree char *bytes = NULL;
  g_autoptr (TpoVideo) video = open_or_fail (path);
  g_autoptr (TpoVideoReader) reader = tpo_video_reader_new (video, TPO_PIXEL_RGB24, NULL, NULL);
  gsize size = 0;

  check_frame (reader, 100);
  g_assert_true (g_file_get_contents (other, &bytes, &size, NULL));
  g_free (tpo_test_file ("replaced.mkv", bytes, size));
  check_frame (reader, 45);
  check_not_opened (video);
}

/* Ten hours, at one frame a second. */
static void
test_ten_hours (void)
{
  g_autofree char *path = tpo_test_clip (
      "long.mkv",
      "-f lavfi -i color=s=16x16:r=1:d=36000,format=yuv420p -c:v mpeg4 -g 60 -q:v 10");
  gint64 start = g_get_monotonic_time ();
  g_autoptr (TpoVideo) video = open_or_fail (path);
  g_autoptr (TpoVideoReader) reader = NULL;
  g_autoptr (TpoPicture) picture = NULL;
  g_autoptr (GBytes) blob = NULL;

  g_test_message ("ten hours indexed in %" G_GINT64_FORMAT " ms",
                  (g_get_monotonic_time () - start) / 1000);
  g_assert_cmpuint (tpo_video_get_info (video)->n_frames, ==, 36000);
  g_assert_cmpint (tpo_video_get_info (video)->duration_us, ==,
                   36000 * (gint64) G_USEC_PER_SEC);
  reader = tpo_video_reader_new (video, TPO_PIXEL_BGRA, NULL, NULL);
  picture = tpo_video_reader_read (reader, 35999, NULL, NULL);
  g_assert_cmpint (picture->time_us, ==, 35999 * (gint64) G_USEC_PER_SEC);
  blob = tpo_video_index_serialize (tpo_video_get_index (video));
  g_assert_cmpuint (g_bytes_get_size (blob), <, 2 * 36000);
}

static void
test_cancel (void)
{
  g_autofree char *path = tpo_test_clip ("whole.mkv", CODED);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TpoVideo) video = open_or_fail (path);
  g_autoptr (TpoVideoReader) reader = tpo_video_reader_new (video, TPO_PIXEL_RGB24, NULL, NULL);
  g_autoptr (TpoPicture) picture = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (tpo_video_open (path, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (tpo_video_reader_read (reader, 70, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* The reader is none the worse for it. */
  picture = tpo_video_reader_read (reader, 70, NULL, NULL);
  g_assert_cmpuint (tpo_test_read_code (picture), ==, 70);
}

static void
test_stored_index (void)
{
  g_autofree char *path = tpo_test_clip ("whole.mkv", CODED);
  g_autofree char *other = tpo_test_clip ("fast.mp4", CODED "-movflags +faststart");
  g_autoptr (TpoVideo) video = open_or_fail (path);
  const TpoVideoInfo *info = tpo_video_get_info (video);
  g_autoptr (GBytes) blob = tpo_video_index_serialize (tpo_video_get_index (video));
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoVideoIndex) index = tpo_video_index_deserialize (blob, &error);
  TpoVideoOpenParams params = { .index = index };
  g_autoptr (TpoVideo) again = NULL, foreign = NULL;

  g_assert_no_error (error);
  g_assert_cmpmem (info, sizeof *info, tpo_video_index_get_info (index), sizeof *info);
  for (guint i = 0; i < info->n_frames; i++) {
    g_assert_cmpint (tpo_video_index_get_time_us (index, i), ==,
                     tpo_video_index_get_time_us (tpo_video_get_index (video), i));
    g_assert_cmpint (tpo_video_index_is_key (index, i), ==,
                     tpo_video_index_is_key (tpo_video_get_index (video), i));
  }
  /* Taken for the file it was made from, made again for another. */
  again = tpo_video_open (path, &params, NULL, NULL);
  g_assert_true (tpo_video_get_index (again) == index);
  foreign = tpo_video_open (other, &params, NULL, NULL);
  g_assert_true (tpo_video_get_index (foreign) != index);
}

/* A stored index may come from anywhere: each is refused or keeps the promises of the header. */
static void
check_blob (const guint8 *bytes, gsize size)
{
  g_autoptr (GBytes) blob = g_bytes_new (bytes, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoVideoIndex) index = tpo_video_index_deserialize (blob, &error);
  guint n;

  if (index == NULL) {
    g_assert_error (error, TPO_ERROR, TPO_ERROR_FORMAT);
    return;
  }
  n = tpo_video_index_get_info (index)->n_frames;
  for (guint i = 0; i < n; i++) {
    g_assert_cmpint (tpo_video_index_get_frame_duration_us (index, i), >, 0);
    g_assert_cmpuint (tpo_video_index_find_key (index, i), <, n);
    g_assert_cmpuint (
        tpo_video_index_find_frame (index, tpo_video_index_get_time_us (index, i)), ==, i);
  }
}

static void
test_foreign_index (void)
{
  g_autofree char *path = tpo_test_clip ("whole.mkv", CODED);
  g_autoptr (TpoVideo) video = open_or_fail (path);
  g_autoptr (GBytes) blob = tpo_video_index_serialize (tpo_video_get_index (video));
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  gsize size = 0;
  const guint8 *bytes = g_bytes_get_data (blob, &size);
  g_autofree guint8 *changed = g_memdup2 (bytes, size);

  for (gsize i = 0; i < size; i++)
    check_blob (bytes, i);
  for (gsize i = 0; i < size; i++) {
    for (guint bit = 0; bit < 8; bit++) {
      changed[i] = bytes[i] ^ (guint8) (1 << bit);
      check_blob (changed, size);
    }
    changed[i] = bytes[i];
  }
  for (guint round = 0; round < 20000; round++) {
    for (guint k = 0; k < 4; k++)
      changed[g_rand_int_range (random, 4, (gint32) size)] = (guint8) g_rand_int (random);
    check_blob (changed, size);
    memcpy (changed, bytes, size);
  }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/video-bad/no-video", test_no_video);
  g_test_add_func ("/video-bad/cover-picture", test_cover_picture);
  g_test_add_func ("/video-bad/huge-picture", test_huge_picture);
  g_test_add_func ("/video-bad/large-picture", test_large_picture);
  g_test_add_func ("/video-bad/truncated", test_truncated);
  g_test_add_func ("/video-bad/damaged", test_damaged);
  g_test_add_func ("/video-bad/changed", test_changed);
  g_test_add_func ("/video-bad/replaced", test_replaced);
  g_test_add_func ("/video-bad/ten-hours", test_ten_hours);
  g_test_add_func ("/video-bad/cancel", test_cancel);
  g_test_add_func ("/video-bad/stored-index", test_stored_index);
  g_test_add_func ("/video-bad/foreign-index", test_foreign_index);
  result = g_test_run ();
  tpo_test_remove_clips ();
  return result;
}
