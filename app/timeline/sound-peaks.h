#pragma once

#include <gio/gio.h>

#include <tpo/video.h>

/**
 * TpoSoundPeaks: how loud a video is over time, in pieces of equal length, at most 200,000 of them
 */
typedef struct {
  guint8 *peaks; /* [n], 255 is full scale */
  guint n;
  gint64 step_us; /* length of a piece */
} TpoSoundPeaks;

void tpo_sound_peaks_free (TpoSoundPeaks *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoSoundPeaks, tpo_sound_peaks_free)

/** tpo_sound_peaks_load_async: reads all of the sound on a thread of its own; fails where there is none */
void tpo_sound_peaks_load_async (TpoVideo *video, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
TpoSoundPeaks *tpo_sound_peaks_load_finish (GAsyncResult *result, GError **error);

/** tpo_sound_peaks_get: the loudest of [@from_us, @to_us), 0 … 1 */
float tpo_sound_peaks_get (const TpoSoundPeaks *self, gint64 from_us, gint64 to_us);
