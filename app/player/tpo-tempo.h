#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TpoTempo:
 *
 * Makes sound faster or slower at the same pitch: interleaved 32-bit float stereo. Belongs to one
 * thread.
 */
typedef struct _TpoTempo TpoTempo;

/**
 * tpo_tempo_new:
 * @speed: 0.25 … 4
 *
 * Returns: (transfer full) (nullable): %NULL when the program was built without the filter
 */
TpoTempo *tpo_tempo_new (guint rate, double speed);
void tpo_tempo_free (TpoTempo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoTempo, tpo_tempo_free)

/**
 * tpo_tempo_get_lead_us:
 *
 * Returns: time of the sound with which the output begins: half of the filter's window is lost
 */
gint64 tpo_tempo_get_lead_us (const TpoTempo *self);

/** tpo_tempo_push: @samples: [n, 2], or %NULL at the end of the sound */
gboolean tpo_tempo_push (TpoTempo *self, const float *samples, guint n);

/**
 * tpo_tempo_pull:
 * @samples: (out) (transfer none): [n, 2], valid until the next call
 *
 * Returns: n; 0 when more has to be pushed first
 */
guint tpo_tempo_pull (TpoTempo *self, const float **samples);

G_END_DECLS
