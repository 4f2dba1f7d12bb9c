/* The tone of the test clips lasts from second 1 to second 1.5; found anywhere else, sound and
 * picture are out of step. */

#include <math.h>

#include "video-clips.h"

#define RATE 48000

static TpoSoundReader *
open_sound (const char *path, TpoVideo **video)
{
  g_autoptr (GError) error = NULL;
  TpoSoundReader *reader;

  *video = tpo_video_open (path, NULL, NULL, &error);
  g_assert_no_error (error);
  reader = tpo_sound_reader_new (*video, RATE, 2, NULL, &error);
  g_assert_no_error (error);
  return reader;
}

/* Second at which the sound becomes loud, reading on from @start_us; -1 if it never does. */
static double
find_onset (TpoSoundReader *reader, gint64 start_us, guint n_channels, double *end)
{
  float samples[1000 * 2];
  gint64 position = start_us * RATE / G_USEC_PER_SEC, onset = -1;
  guint n;

  while ((n = tpo_sound_reader_read (reader, samples, 1000)) > 0)
    for (guint i = 0; i < n; i++, position++)
      if (fabsf (samples[i * n_channels]) > 0.1f) {
        if (onset < 0)
          onset = position;
        *end = (double) position / RATE;
      }
  return onset < 0 ? -1 : (double) onset / RATE;
}

/* @expected: second of the video at which the tone should start; negative for second 1 of a file
 * whose times start at 0 but whose picture starts later */
static void
check_place (const char *name, const char *arguments, double expected)
{
  g_autofree char *path = tpo_test_clip (name, arguments);
  g_autoptr (TpoVideo) video = NULL;
  g_autoptr (TpoSoundReader) reader = open_sound (path, &video);
  static const gint64 starts_us[] = { 0, 300000, 730000, 20000 };
  double end = 0, onset;

  if (expected < 0)
    expected = 1 - (double) tpo_video_get_info (video)->start_offset_us / 1e6;
  for (guint i = 0; i < G_N_ELEMENTS (starts_us); i++) {
    if ((double) starts_us[i] / 1e6 > expected)
      continue;
    g_assert_true (tpo_sound_reader_seek (reader, starts_us[i], NULL));
    onset = find_onset (reader, starts_us[i], 2, &end);
    g_test_message ("%s from %.2f s: tone %.4f … %.4f s", name, (double) starts_us[i] / 1e6,
                    onset, end);
    g_assert_cmpfloat (fabs (onset - expected), <, 0.008);
    g_assert_cmpfloat (fabs (end - expected - 0.5), <, 0.012);
  }
  /* From within the tone. */
  g_assert_true (tpo_sound_reader_seek (reader, (gint64) (expected * 1e6) + 200000, NULL));
  onset = find_onset (reader, (gint64) (expected * 1e6) + 200000, 2, &end);
  g_assert_cmpfloat (fabs (onset - expected - 0.2), <, 0.008);
}

static void
test_places (void)
{
  check_place ("aac.mp4", TPO_TEST_SOURCE ("3") TPO_TEST_BEEP ("3") "-c:v libx264 -c:a aac", 1);
  check_place ("opus.webm",
               TPO_TEST_SOURCE ("3") TPO_TEST_BEEP (
                   "3") "-c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus",
               1);
  check_place ("flac.mkv", TPO_TEST_SOURCE ("3") TPO_TEST_BEEP ("3") "-c:v ffv1 -c:a flac", 1);
  check_place ("mp2.ts", TPO_TEST_SOURCE ("3") TPO_TEST_BEEP ("3") "-c:v mpeg2video -c:a mp2",
               1);
  /* The picture starts about half a second after the sound, so the tone comes early. */
  check_place ("late-picture.mkv",
               TPO_TEST_SOURCE ("3")
                   TPO_TEST_BEEP ("3") "-vf setpts=PTS+0.5/TB -c:v ffv1 -c:a flac",
               -1);
  /* The sound starts late; silence fills what is before. */
  check_place ("late-sound.mkv",
               TPO_TEST_SOURCE ("4")
                   TPO_TEST_BEEP ("3") "-af asetpts=PTS+0.75/TB -c:v ffv1 -c:a flac",
               1.75);
}

static void
test_mix (void)
{
  g_autofree char *path = tpo_test_clip (
      "six.mkv", TPO_TEST_SOURCE ("2") "-f lavfi -i "
                                       "aevalsrc='0|0|sin(2764*t)|0|0|0':c=5.1:s="
                                       "44100:d=2 -c:v ffv1 -c:a flac");
  g_autoptr (TpoVideo) video = tpo_video_open (path, NULL, NULL, NULL);
  g_autoptr (TpoSoundReader) mono = tpo_sound_reader_new (video, RATE, 1, NULL, NULL);
  double end = 0;

  /* The centre channel alone is heard, and two seconds stay two seconds at another rate. */
  g_assert_cmpfloat (find_onset (mono, 0, 1, &end), <, 0.05);
  g_assert_cmpfloat (fabs (end - 2), <, 0.02);
}

static void
test_none (void)
{
  g_autofree char *path = tpo_test_clip ("silent.mkv", TPO_TEST_SOURCE ("1") "-c:v ffv1");
  g_autoptr (TpoVideo) video = tpo_video_open (path, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (tpo_sound_reader_new (video, RATE, 2, NULL, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_FORMAT);
  g_assert_cmpstr (error->message, ==, "silent.mkv has no sound");
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/video-sound/places", test_places);
  g_test_add_func ("/video-sound/mix", test_mix);
  g_test_add_func ("/video-sound/none", test_none);
  result = g_test_run ();
  tpo_test_remove_clips ();
  return result;
}
