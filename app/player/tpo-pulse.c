#include "player/tpo-pulse.h"

#include <pulse/pulseaudio.h>

#define SAMPLE_BYTES (TPO_PULSE_CHANNELS * (guint) sizeof (float))

/* Enough for a busy machine; short enough that a change of volume is heard at once. */
#define BUFFER_MS 160
#define START_MS 60

/* A server that does not answer counts as none. */
#define CONNECT_TIMEOUT_US (2 * G_USEC_PER_SEC)

struct _TpoPulse {
  pa_mainloop *loop;
  pa_context *context;
  pa_stream *stream; /* (nullable) */
  gint64 deadline_us;
};

TpoPulse *
tpo_pulse_new (const char *application_name)
{
  TpoPulse *self = g_new0 (TpoPulse, 1);

  self->loop = pa_mainloop_new ();
  self->context = pa_context_new (pa_mainloop_get_api (self->loop), application_name);
  self->deadline_us = g_get_monotonic_time () + CONNECT_TIMEOUT_US;
  /* A refusal shows in the state that tpo_pulse_iterate() looks at. */
  pa_context_connect (self->context, NULL, PA_CONTEXT_NOAUTOSPAWN, NULL);
  return self;
}

void
tpo_pulse_free (TpoPulse *self)
{
  tpo_pulse_stop (self);
  pa_context_disconnect (self->context);
  pa_context_unref (self->context);
  pa_mainloop_free (self->loop);
  g_free (self);
}

gboolean
tpo_pulse_is_connected (const TpoPulse *self)
{
  return pa_context_get_state (self->context) == PA_CONTEXT_READY;
}

gboolean
tpo_pulse_iterate (TpoPulse *self, gint64 timeout_us)
{
  if (pa_mainloop_prepare (self->loop, (int) timeout_us) < 0 ||
      pa_mainloop_poll (self->loop) < 0 || pa_mainloop_dispatch (self->loop) < 0)
    return FALSE;
  if (!PA_CONTEXT_IS_GOOD (pa_context_get_state (self->context)))
    return FALSE;
  if (self->stream != NULL && !PA_STREAM_IS_GOOD (pa_stream_get_state (self->stream)))
    return FALSE;
  return tpo_pulse_is_connected (self) || g_get_monotonic_time () < self->deadline_us;
}

void
tpo_pulse_wake (TpoPulse *self)
{
  pa_mainloop_wakeup (self->loop);
}

gboolean
tpo_pulse_start (TpoPulse *self)
{
  const pa_sample_spec spec = { PA_SAMPLE_FLOAT32NE, TPO_PULSE_RATE, TPO_PULSE_CHANNELS };
  const pa_buffer_attr attributes = {
    .maxlength = (guint32) -1,
    .tlength = (guint32) pa_usec_to_bytes (BUFFER_MS * 1000, &spec),
    .prebuf = (guint32) pa_usec_to_bytes (START_MS * 1000, &spec),
    .minreq = (guint32) -1,
    .fragsize = (guint32) -1,
  };

  tpo_pulse_stop (self);
  self->stream = pa_stream_new (self->context, "Video", &spec, NULL);
  return self->stream != NULL &&
         pa_stream_connect_playback (self->stream, NULL, &attributes,
                                     PA_STREAM_ADJUST_LATENCY | PA_STREAM_INTERPOLATE_TIMING |
                                         PA_STREAM_AUTO_TIMING_UPDATE,
                                     NULL, NULL) >= 0;
}

void
tpo_pulse_stop (TpoPulse *self)
{
  if (self->stream == NULL)
    return;
  pa_stream_disconnect (self->stream);
  pa_stream_unref (self->stream);
  self->stream = NULL;
}

guint
tpo_pulse_get_room (const TpoPulse *self)
{
  size_t room;

  if (self->stream == NULL || pa_stream_get_state (self->stream) != PA_STREAM_READY)
    return 0;
  room = pa_stream_writable_size (self->stream);
  return room == (size_t) -1 ? 0 : (guint) (room / SAMPLE_BYTES);
}

void
tpo_pulse_write (TpoPulse *self, const float *samples, guint n)
{
  if (self->stream != NULL && n > 0)
    pa_stream_write (self->stream, samples, (size_t) n * SAMPLE_BYTES, NULL, 0,
                     PA_SEEK_RELATIVE);
}

gboolean
tpo_pulse_get_latency_us (const TpoPulse *self, gint64 *latency_us)
{
  const pa_timing_info *timing;
  pa_usec_t latency = 0;
  int is_negative = 0;

  if (self->stream == NULL || pa_stream_get_state (self->stream) != PA_STREAM_READY)
    return FALSE;
  timing = pa_stream_get_timing_info (self->stream);
  if (timing == NULL || !timing->playing || timing->read_index <= 0 ||
      pa_stream_get_latency (self->stream, &latency, &is_negative) < 0)
    return FALSE;
  *latency_us = is_negative ? -(gint64) latency : (gint64) latency;
  return TRUE;
}
