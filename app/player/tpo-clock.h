#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TpoClock:
 *
 * The time of the video: presentation time in microseconds that runs with the monotonic clock at
 * some speed. Where there is sound, what is heard corrects it, so sound is the master. Reference-
 * counted, thread-safe.
 */
typedef struct _TpoClock TpoClock;

/** tpo_clock_new: Returns: (transfer full): stopped at 0, speed 1 */
TpoClock *tpo_clock_new (void);
TpoClock *tpo_clock_ref (TpoClock *self);
void tpo_clock_unref (TpoClock *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoClock, tpo_clock_unref)

/** tpo_clock_stop: stands at @time_us from now on */
void tpo_clock_stop (TpoClock *self, gint64 time_us);

/** tpo_clock_start: runs from @time_us at @speed from now on */
void tpo_clock_start (TpoClock *self, gint64 time_us, double speed);

/**
 * tpo_clock_correct:
 * @time_us: what is heard now
 *
 * Small deviations are worked off over about a second, so that pictures do not jump; large ones
 * at once. Does nothing while the clock is stopped.
 */
void tpo_clock_correct (TpoClock *self, gint64 time_us);

/** tpo_clock_get_time_us: the time now */
gint64 tpo_clock_get_time_us (TpoClock *self);

gboolean tpo_clock_is_running (TpoClock *self);

/** tpo_clock_get_last_deviation_us: what is heard minus the clock, at the last correction */
gint64 tpo_clock_get_last_deviation_us (TpoClock *self);

G_END_DECLS
