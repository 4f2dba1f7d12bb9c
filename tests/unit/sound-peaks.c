#include "timeline/sound-peaks.h"

#include "video-clips.h"

/* The tone of the test clip is seen from second 1 to second 1.5, and nowhere else. */

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static TpoSoundPeaks *
load (const char *name, const char *arguments, GError **error)
{
  g_autofree char *path = tpo_test_clip (name, arguments);
  g_autoptr (TpoVideo) video = tpo_video_open (path, NULL, NULL, error);
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_nonnull (video);
  tpo_sound_peaks_load_async (video, NULL, on_loaded, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return tpo_sound_peaks_load_finish (result, error);
}

static void
test_tone (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoSoundPeaks) peaks = load (
      "tone.mkv", TPO_TEST_SOURCE ("3") TPO_TEST_BEEP ("3") "-c:v ffv1 -c:a flac", &error);

  g_assert_no_error (error);
  g_assert_cmpint (peaks->step_us, >=, 10000);
  g_assert_cmpfloat (tpo_sound_peaks_get (peaks, 0, 950000), <, 0.02f);
  g_assert_cmpfloat (tpo_sound_peaks_get (peaks, 1050000, 1450000), >, 0.4f);
  g_assert_cmpfloat (tpo_sound_peaks_get (peaks, 1050000, 1450000), <, 0.6f);
  g_assert_cmpfloat (tpo_sound_peaks_get (peaks, 1550000, 3000000), <, 0.02f);
  /* Any stretch that touches the tone is as loud; none outside of the video is. */
  g_assert_cmpfloat (tpo_sound_peaks_get (peaks, 0, 3000000), >, 0.4f);
  g_assert_cmpfloat (tpo_sound_peaks_get (peaks, 900000000, 910000000), ==, 0.0f);
}

static void
test_silent_film (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (load ("silent.mkv", TPO_TEST_SOURCE ("1") "-c:v ffv1", &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sound-peaks/tone", test_tone);
  g_test_add_func ("/sound-peaks/silent-film", test_silent_film);
  result = g_test_run ();
  tpo_test_remove_clips ();
  return result;
}
