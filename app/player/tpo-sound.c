#include "player/tpo-sound.h"

#include "player/tpo-pulse.h"
#include "player/tpo-tempo.h"

/* Samples of each channel handled at a time: a fiftieth of a second. */
#define BLOCK 960

/* Between two corrections of the clock. */
#define INTERVAL_US 15000

/* A stream that does not start within this time is not waited for. */
#define PATIENCE_US G_USEC_PER_SEC

typedef enum {
  COMMAND_NONE,
  COMMAND_PLAY,
  COMMAND_PAUSE,
} Command;

struct _TpoSound {
  gatomicrefcount ref_count;
  TpoVideo *video;
  TpoClock *clock;
  GSource *wake;

  /* Guarded by the mutex. */
  GMutex mutex;
  GCond changed;
  gboolean is_stopped;
  Command command;
  gint64 command_time_us;
  double command_speed;
  double volume;
  gboolean is_heard;
  TpoPulse *pulse; /* (nullable): changed by the thread only; others wake it */

  /* The thread's own. */
  TpoSoundReader *reader;
  gboolean has_no_sound; /* the reader could not be made */
  TpoTempo *tempo;       /* (nullable): at speed 1 */
  gboolean is_playing, is_started, is_at_end, has_stream;
  gint64 from_us, deadline_us;
  double speed;
  guint64 n_written; /* samples of each channel, after the change of tempo */
};

static void
unref_sound (TpoSound *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->reader, tpo_sound_reader_free);
  g_clear_pointer (&self->tempo, tpo_tempo_free);
  g_clear_pointer (&self->pulse, tpo_pulse_free);
  g_clear_pointer (&self->video, tpo_video_unref);
  g_clear_pointer (&self->clock, tpo_clock_unref);
  g_clear_pointer (&self->wake, g_source_unref);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  g_free (self);
}

static void
set_pulse (TpoSound *self, TpoPulse *pulse)
{
  TpoPulse *old;

  g_mutex_lock (&self->mutex);
  old = self->pulse;
  self->pulse = pulse;
  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&old, tpo_pulse_free);
}

/* Starts the clock unless a command came meanwhile: that one knows better where to start. */
static void
start_clock (TpoSound *self, gint64 time_us)
{
  g_mutex_lock (&self->mutex);
  if (!self->is_started && self->command == COMMAND_NONE && !self->is_stopped) {
    tpo_clock_start (self->clock, time_us, self->speed);
    g_source_set_ready_time (self->wake, 0);
  }
  self->is_started = TRUE;
  g_mutex_unlock (&self->mutex);
}

/* From here on there is only the picture. */
static void
go_silent (TpoSound *self)
{
  self->is_playing = FALSE;
  start_clock (self, self->from_us);
}

static void
begin (TpoSound *self, gint64 time_us, double speed)
{
  self->is_playing = TRUE;
  self->is_started = self->is_at_end = self->has_stream = FALSE;
  self->from_us = time_us;
  self->speed = speed;
  self->n_written = 0;
  self->deadline_us = g_get_monotonic_time () + PATIENCE_US;
  g_clear_pointer (&self->tempo, tpo_tempo_free);
  /* A stream that cannot be decoded is no reason to keep the picture from playing. */
  if (self->reader == NULL && !self->has_no_sound) {
    self->reader =
        tpo_sound_reader_new (self->video, TPO_PULSE_RATE, TPO_PULSE_CHANNELS, NULL, NULL);
    self->has_no_sound = self->reader == NULL;
  }
  if (speed != 1)
    self->tempo = tpo_tempo_new (TPO_PULSE_RATE, speed);
  if (self->reader == NULL || (speed != 1 && self->tempo == NULL) ||
      !tpo_sound_reader_seek (self->reader, time_us, NULL)) {
    go_silent (self);
    return;
  }
  if (self->pulse == NULL)
    set_pulse (self, tpo_pulse_new (g_get_application_name ()));
}

static void
end (TpoSound *self)
{
  self->is_playing = FALSE;
  if (self->pulse != NULL)
    tpo_pulse_stop (self->pulse);
}

static void
write_samples (TpoSound *self, float *samples, guint n)
{
  double volume;
  float gain;

  g_mutex_lock (&self->mutex);
  volume = self->volume;
  self->is_heard = TRUE;
  g_mutex_unlock (&self->mutex);
  /* The third power is close to how loudness is perceived. */
  gain = (float) (volume * volume * volume);
  for (guint i = 0; i < n * TPO_PULSE_CHANNELS; i++)
    samples[i] *= gain;
  tpo_pulse_write (self->pulse, samples, n);
  self->n_written += n;
}

static void
fill_stream (TpoSound *self)
{
  float block[BLOCK * TPO_PULSE_CHANNELS];

  while (!self->is_at_end && tpo_pulse_get_room (self->pulse) >= BLOCK) {
    guint n = tpo_sound_reader_read (self->reader, block, BLOCK);

    self->is_at_end = n == 0;
    if (self->tempo == NULL) {
      write_samples (self, block, n);
    } else {
      const float *changed;

      if (!tpo_tempo_push (self->tempo, n > 0 ? block : NULL, n))
        self->is_at_end = TRUE;
      while ((n = tpo_tempo_pull (self->tempo, &changed)) > 0) {
        g_autofree float *copy =
            g_memdup2 (changed, (gsize) n * TPO_PULSE_CHANNELS * sizeof (float));

        write_samples (self, copy, n);
      }
    }
  }
}

static void
keep_time (TpoSound *self)
{
  gint64 latency_us, heard_us;

  if (tpo_pulse_get_latency_us (self->pulse, &latency_us)) {
    gint64 written_us = (gint64) (self->n_written * G_USEC_PER_SEC / TPO_PULSE_RATE);

    heard_us = self->from_us + (gint64) ((double) (written_us - latency_us) * self->speed);
    if (self->tempo != NULL)
      heard_us += tpo_tempo_get_lead_us (self->tempo);
    if (!self->is_started && heard_us >= self->from_us)
      start_clock (self, heard_us);
    else if (self->is_started && !self->is_at_end)
      tpo_clock_correct (self->clock, heard_us);
  }
  if (!self->is_started && (self->is_at_end || g_get_monotonic_time () > self->deadline_us))
    start_clock (self, self->from_us);
}

static void
pump (TpoSound *self)
{
  if (!tpo_pulse_iterate (self->pulse, INTERVAL_US)) {
    set_pulse (self, NULL);
    go_silent (self);
    return;
  }
  if (!tpo_pulse_is_connected (self->pulse))
    return;
  if (!self->has_stream) {
    self->has_stream = TRUE;
    if (!tpo_pulse_start (self->pulse)) {
      go_silent (self);
      return;
    }
  }
  fill_stream (self);
  keep_time (self);
}

/* Waits for a command; a connected server is listened to meanwhile. Mutex held. */
static void
wait_idle (TpoSound *self)
{
  TpoPulse *pulse = self->pulse;

  if (pulse == NULL) {
    g_cond_wait (&self->changed, &self->mutex);
    return;
  }
  g_mutex_unlock (&self->mutex);
  if (!tpo_pulse_iterate (pulse, G_USEC_PER_SEC))
    set_pulse (self, NULL);
  g_mutex_lock (&self->mutex);
}

static gpointer
run (gpointer data)
{
  TpoSound *self = data;

  g_mutex_lock (&self->mutex);
  while (!self->is_stopped) {
    Command command = self->command;
    gint64 time_us = self->command_time_us;
    double speed = self->command_speed;

    self->command = COMMAND_NONE;
    if (command == COMMAND_NONE && !self->is_playing) {
      wait_idle (self);
      continue;
    }
    g_mutex_unlock (&self->mutex);
    if (command == COMMAND_PLAY)
      begin (self, time_us, speed);
    else if (command == COMMAND_PAUSE)
      end (self);
    else
      pump (self);
    g_mutex_lock (&self->mutex);
  }
  g_mutex_unlock (&self->mutex);
  unref_sound (self);
  return NULL;
}

TpoSound *
tpo_sound_new (TpoVideo *video, TpoClock *clock, GSource *wake)
{
  TpoSound *self = g_new0 (TpoSound, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->video = tpo_video_ref (video);
  self->clock = tpo_clock_ref (clock);
  self->wake = g_source_ref (wake);
  self->volume = 1;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  g_atomic_ref_count_inc (&self->ref_count);
  g_thread_unref (g_thread_new ("tpo-sound", run, self));
  return self;
}

/* Wakes the thread wherever it waits. Mutex held. */
static void
poke (TpoSound *self)
{
  if (self->pulse != NULL)
    tpo_pulse_wake (self->pulse);
  g_cond_signal (&self->changed);
}

void
tpo_sound_stop (TpoSound *self)
{
  g_mutex_lock (&self->mutex);
  self->is_stopped = TRUE;
  poke (self);
  g_mutex_unlock (&self->mutex);
  unref_sound (self);
}

void
tpo_sound_play (TpoSound *self, gint64 time_us, double speed)
{
  g_mutex_lock (&self->mutex);
  self->command = COMMAND_PLAY;
  self->command_time_us = time_us;
  self->command_speed = speed;
  self->is_heard = FALSE;
  poke (self);
  g_mutex_unlock (&self->mutex);
}

void
tpo_sound_pause (TpoSound *self)
{
  g_mutex_lock (&self->mutex);
  self->command = COMMAND_PAUSE;
  poke (self);
  g_mutex_unlock (&self->mutex);
}

void
tpo_sound_set_volume (TpoSound *self, double volume)
{
  g_mutex_lock (&self->mutex);
  self->volume = CLAMP (volume, 0, 1);
  g_mutex_unlock (&self->mutex);
}

gboolean
tpo_sound_is_heard (TpoSound *self)
{
  gboolean result;

  g_mutex_lock (&self->mutex);
  result = self->is_heard;
  g_mutex_unlock (&self->mutex);
  return result;
}
