#pragma once

#include <gtk/gtk.h>

#include "timeline/timeline-parts.h"

G_BEGIN_DECLS

#define TPO_TYPE_WAVEFORM (tpo_waveform_get_type ())
G_DECLARE_FINAL_TYPE (TpoWaveform, tpo_waveform, TPO, WAVEFORM, GtkWidget)

/**
 * TpoWaveform:
 *
 * How loud the video is over the stretch in sight. It hides itself where there is no sound, and
 * reads the sound only once it is seen.
 */
GtkWidget *tpo_waveform_new (TpoTimelineParts *parts);

/** tpo_waveform_set_wanted: whether the user wants to see it */
void tpo_waveform_set_wanted (TpoWaveform *self, gboolean is_wanted);

G_END_DECLS
