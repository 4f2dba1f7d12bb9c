#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TpoPulse:
 *
 * Output of interleaved 32-bit float stereo to a PulseAudio or PipeWire server. All calls belong
 * to one thread, which drives it through tpo_pulse_iterate(); only tpo_pulse_wake() may come from
 * others.
 */
typedef struct _TpoPulse TpoPulse;

#define TPO_PULSE_RATE 48000
#define TPO_PULSE_CHANNELS 2

/** tpo_pulse_new: starts connecting; no server is started for it */
TpoPulse *tpo_pulse_new (const char *application_name);
void tpo_pulse_free (TpoPulse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoPulse, tpo_pulse_free)

/**
 * tpo_pulse_iterate:
 * @timeout_us: waits at most this long for something to happen
 *
 * Returns: false when there is no server or it went away
 */
gboolean tpo_pulse_iterate (TpoPulse *self, gint64 timeout_us);

/** tpo_pulse_wake: ends a wait in tpo_pulse_iterate(); any thread */
void tpo_pulse_wake (TpoPulse *self);

/** tpo_pulse_is_connected: false while connecting */
gboolean tpo_pulse_is_connected (const TpoPulse *self);

/** tpo_pulse_start: opens an empty stream in place of any other */
gboolean tpo_pulse_start (TpoPulse *self);

/** tpo_pulse_stop: silence at once */
void tpo_pulse_stop (TpoPulse *self);

/** tpo_pulse_get_room: samples of each channel that can be written now */
guint tpo_pulse_get_room (const TpoPulse *self);

/** tpo_pulse_write: @samples: [n, 2] */
void tpo_pulse_write (TpoPulse *self, const float *samples, guint n);

/**
 * tpo_pulse_get_latency_us:
 * @latency_us: (out): until a sample written now is heard
 *
 * Returns: false before the first sample is played
 */
gboolean tpo_pulse_get_latency_us (const TpoPulse *self, gint64 *latency_us);

G_END_DECLS
