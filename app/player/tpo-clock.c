#include "player/tpo-clock.h"

/* A deviation of more than this is visible; the clock jumps. */
#define JUMP_US 80000

/* Part of a smaller deviation that one correction takes away; corrections come some thirty times
 * a second, so that noise in the measurement is smoothed over a quarter of a second. */
#define GAIN 0.12

struct _TpoClock {
  gatomicrefcount ref_count;
  GMutex mutex;
  double time_us;  /* at @since_us */
  gint64 since_us; /* monotonic time */
  double speed;
  gboolean is_running;
  gint64 deviation_us;
};

TpoClock *
tpo_clock_new (void)
{
  TpoClock *self = g_new0 (TpoClock, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  self->speed = 1;
  return self;
}

TpoClock *
tpo_clock_ref (TpoClock *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tpo_clock_unref (TpoClock *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* Both are called with the mutex held. */
static double
time_at (const TpoClock *self, gint64 now_us)
{
  return self->is_running ? self->time_us + (double) (now_us - self->since_us) * self->speed
                          : self->time_us;
}

static void
set (TpoClock *self, double time_us, double speed, gboolean is_running)
{
  self->time_us = time_us;
  self->since_us = g_get_monotonic_time ();
  self->speed = speed;
  self->is_running = is_running;
}

void
tpo_clock_stop (TpoClock *self, gint64 time_us)
{
  g_mutex_lock (&self->mutex);
  set (self, (double) time_us, self->speed, FALSE);
  g_mutex_unlock (&self->mutex);
}

void
tpo_clock_start (TpoClock *self, gint64 time_us, double speed)
{
  g_mutex_lock (&self->mutex);
  set (self, (double) time_us, speed, TRUE);
  self->deviation_us = 0;
  g_mutex_unlock (&self->mutex);
}

void
tpo_clock_correct (TpoClock *self, gint64 time_us)
{
  gint64 now_us = g_get_monotonic_time ();

  g_mutex_lock (&self->mutex);
  if (self->is_running) {
    double now = time_at (self, now_us), deviation = (double) time_us - now;

    self->deviation_us = (gint64) deviation;
    self->time_us = ABS (deviation) > JUMP_US ? (double) time_us : now + deviation * GAIN;
    self->since_us = now_us;
  }
  g_mutex_unlock (&self->mutex);
}

gint64
tpo_clock_get_time_us (TpoClock *self)
{
  gint64 result;

  g_mutex_lock (&self->mutex);
  result = (gint64) time_at (self, g_get_monotonic_time ());
  g_mutex_unlock (&self->mutex);
  return result;
}

gboolean
tpo_clock_is_running (TpoClock *self)
{
  gboolean result;

  g_mutex_lock (&self->mutex);
  result = self->is_running;
  g_mutex_unlock (&self->mutex);
  return result;
}

gint64
tpo_clock_get_last_deviation_us (TpoClock *self)
{
  gint64 result;

  g_mutex_lock (&self->mutex);
  result = self->deviation_us;
  g_mutex_unlock (&self->mutex);
  return result;
}
