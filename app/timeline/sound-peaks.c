#include "config.h"

#include "timeline/sound-peaks.h"

#include <math.h>

static const guint RATE = 8000; /* samples a second: enough for the eye */
static const gint64 LEAST_STEP_US = 10000;
static const gint64 MAX_PIECES = 200000;

void
tpo_sound_peaks_free (TpoSoundPeaks *self)
{
  g_free (self->peaks);
  g_free (self);
}

static TpoSoundPeaks *
peaks_new (gint64 duration_us)
{
  TpoSoundPeaks *self = g_new0 (TpoSoundPeaks, 1);

  self->step_us = MAX (LEAST_STEP_US, duration_us / MAX_PIECES + 1);
  self->n = (guint) (duration_us / self->step_us + 1);
  self->peaks = g_new0 (guint8, self->n);
  return self;
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TpoVideo *video = data;
  g_autoptr (TpoSoundPeaks) self = peaks_new (tpo_video_get_info (video)->duration_us);
  GError *error = NULL;
  g_autoptr (TpoSoundReader) reader =
      tpo_sound_reader_new (video, RATE, 1, cancellable, &error);
  float samples[4096];
  gint64 n_read = 0;
  guint n;

  if (reader == NULL) {
    g_task_return_error (task, error);
    return;
  }
  while ((n = tpo_sound_reader_read (reader, samples, G_N_ELEMENTS (samples))) > 0) {
    if (g_task_return_error_if_cancelled (task))
      return;
    for (guint i = 0; i < n; i++) {
      gint64 at = (n_read + i) * G_USEC_PER_SEC / RATE / self->step_us;
      guint8 level = (guint8) (MIN (fabsf (samples[i]), 1.0f) * 255.0f);

      if (at < (gint64) self->n)
        self->peaks[at] = MAX (self->peaks[at], level);
    }
    n_read += n;
  }
  g_task_return_pointer (task, g_steal_pointer (&self), (GDestroyNotify) tpo_sound_peaks_free);
}

void
tpo_sound_peaks_load_async (TpoVideo *video, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, tpo_video_ref (video), (GDestroyNotify) tpo_video_unref);
  g_task_run_in_thread (task, run);
}

TpoSoundPeaks *
tpo_sound_peaks_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

float
tpo_sound_peaks_get (const TpoSoundPeaks *self, gint64 from_us, gint64 to_us)
{
  gint64 first = CLAMP (from_us / self->step_us, 0, (gint64) self->n);
  gint64 last = CLAMP ((to_us - 1) / self->step_us, first - 1, (gint64) self->n - 1);
  guint8 peak = 0;

  for (gint64 i = first; i <= last; i++)
    peak = MAX (peak, self->peaks[i]);
  return (float) peak / 255.0f;
}
