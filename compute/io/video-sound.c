#include <glib/gi18n.h>
#include <libswresample/swresample.h>
#include <math.h>
#include <string.h>

#include "io/video-private.h"

/* Compressed sound needs a run-up after a seek; Opus asks for 80 ms (RFC 7845, section 4.6). */
#define RUN_UP_US 100000

/* Time stamps of some containers are rounded to a millisecond or more; only larger deviations
 * are gaps or overlaps. */
#define TOLERANCE_US 40000

/*
 * Positions count samples of the output rate from the video's time 0. @samples holds decoded
 * sound from @position on, without gaps; @silence samples of nothing come before it.
 */
struct _TpoSoundReader {
  TpoVideo *video;
  TpoVideoStream *stream;
  AVCodecContext *codec;
  SwrContext *swr;
  AVPacket *packet;
  AVFrame *frame;
  guint rate, n_channels;
  gint64 position;
  guint64 silence;
  GArray *samples;    /* of float, interleaved */
  guint first;        /* floats of @samples already delivered */
  gboolean is_placed; /* the last frame fixed where the next one belongs */
  gboolean is_draining, is_at_end;
};

static gboolean
open_stream (TpoSoundReader *self, GCancellable *cancellable, GError **error)
{
  g_clear_pointer (&self->stream, tpo_video_stream_free);
  self->stream =
      tpo_video_stream_open (self->video->location, &self->video->file, cancellable, error);
  if (self->stream == NULL)
    return FALSE;
  if (self->stream->audio == NULL) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, _ ("%s has no sound"), self->video->name);
    return FALSE;
  }
  g_clear_object (&self->stream->cancellable);
  tpo_video_stream_only (self->stream, self->stream->audio);
  return TRUE;
}

TpoSoundReader *
tpo_sound_reader_new (TpoVideo *video, guint rate, guint n_channels, GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (TpoSoundReader) self = NULL;

  g_return_val_if_fail (video != NULL, NULL);
  g_return_val_if_fail (rate >= 8000 && rate <= 192000, NULL);
  g_return_val_if_fail (n_channels == 1 || n_channels == 2, NULL);
  self = g_new0 (TpoSoundReader, 1);
  self->video = tpo_video_ref (video);
  self->rate = rate;
  self->n_channels = n_channels;
  self->samples = g_array_new (FALSE, FALSE, sizeof (float));
  self->packet = av_packet_alloc ();
  self->frame = av_frame_alloc ();
  g_assert (self->packet != NULL && self->frame != NULL);
  if (!open_stream (self, cancellable, error))
    return NULL;
  self->codec = tpo_video_stream_open_decoder (self->stream, self->stream->audio, 1, error);
  if (self->codec == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

void
tpo_sound_reader_free (TpoSoundReader *self)
{
  swr_free (&self->swr);
  avcodec_free_context (&self->codec);
  av_packet_free (&self->packet);
  av_frame_free (&self->frame);
  g_clear_pointer (&self->samples, g_array_unref);
  g_clear_pointer (&self->stream, tpo_video_stream_free);
  g_clear_pointer (&self->video, tpo_video_unref);
  g_free (self);
}

gboolean
tpo_sound_reader_seek (TpoSoundReader *self, gint64 time_us, GError **error)
{
  gint64 file_us;
  AVStream *audio;

  g_return_val_if_fail (self != NULL, FALSE);
  time_us = MAX (time_us, 0);
  audio = self->stream->audio;
  file_us = time_us + self->video->index->info.start_offset_us - RUN_UP_US;
  self->position = av_rescale (time_us, self->rate, G_USEC_PER_SEC);
  self->silence = 0;
  self->first = 0;
  g_array_set_size (self->samples, 0);
  self->is_placed = self->is_draining = self->is_at_end = FALSE;
  swr_free (&self->swr);
  if (av_seek_frame (
          self->stream->format, audio->index,
          av_rescale_q (file_us, (AVRational){ 1, G_USEC_PER_SEC }, audio->time_base),
          AVSEEK_FLAG_BACKWARD) < 0 &&
      !open_stream (self, NULL, error)) {
    self->is_at_end = TRUE;
    return FALSE;
  }
  avcodec_flush_buffers (self->codec);
  return TRUE;
}

static gboolean
decode_frame (TpoSoundReader *self)
{
  /* Bounded, so that a stream of nothing but damage ends. */
  for (guint n_errors = 0; n_errors < 1000;) {
    int result = avcodec_receive_frame (self->codec, self->frame);

    if (result >= 0)
      return TRUE;
    if (result == AVERROR_EOF)
      return FALSE;
    if (result != AVERROR (EAGAIN) || self->is_draining) {
      n_errors++;
      continue;
    }
    result = av_read_frame (self->stream->format, self->packet);
    if (result < 0) {
      self->is_draining = TRUE;
      avcodec_send_packet (self->codec, NULL);
      continue;
    }
    if (self->packet->stream_index == self->stream->audio->index &&
        avcodec_send_packet (self->codec, self->packet) < 0)
      n_errors++;
    av_packet_unref (self->packet);
  }
  return FALSE;
}

/* Sound may change its layout or rate within a file, so the converter is made from the frame. */
static gboolean
prepare_converter (TpoSoundReader *self)
{
  AVChannelLayout target;

  if (self->swr != NULL && swr_is_initialized (self->swr))
    return TRUE;
  if (self->frame->sample_rate <= 0 || self->frame->ch_layout.nb_channels <= 0)
    return FALSE;
  av_channel_layout_default (&target, (int) self->n_channels);
  if (swr_alloc_set_opts2 (&self->swr, &target, AV_SAMPLE_FMT_FLT, (int) self->rate,
                           &self->frame->ch_layout, self->frame->format,
                           self->frame->sample_rate, 0, NULL) < 0)
    return FALSE;
  return swr_init (self->swr) >= 0;
}

/* Appends the converted frame to @samples. Returns the samples of each channel added. */
static guint
convert_frame (TpoSoundReader *self)
{
  guint old = self->samples->len;
  const guint8 *const *input = (const guint8 *const *) self->frame->extended_data;
  guint8 *output;
  int room, n;

  if (!prepare_converter (self))
    return 0;
  room = swr_get_out_samples (self->swr, self->frame->nb_samples);
  if (room <= 0)
    return 0;
  g_array_set_size (self->samples, old + (guint) room * self->n_channels);
  output = (guint8 *) &g_array_index (self->samples, float, old);
  n = swr_convert (self->swr, &output, room, (const guint8 **) input, self->frame->nb_samples);
  if (n < 0) {
    swr_free (&self->swr); /* the format changed; the next frame makes another converter */
    n = 0;
  }
  g_array_set_size (self->samples, old + (guint) n * self->n_channels);
  return (guint) n;
}

/* Where the frame's first sample belongs, or @expected when the file does not say. */
static gint64
place_frame (TpoSoundReader *self, gint64 expected)
{
  gint64 pts = self->frame->pts, time_us, start;

  /* Only pts takes samples into account that the decoder dropped at the start. */
  if (pts == AV_NOPTS_VALUE)
    pts = self->frame->best_effort_timestamp;
  if (pts == AV_NOPTS_VALUE)
    return expected;
  time_us =
      av_rescale_q (pts, self->stream->audio->time_base, (AVRational){ 1, G_USEC_PER_SEC }) -
      self->video->index->info.start_offset_us;
  start = av_rescale (time_us, self->rate, G_USEC_PER_SEC);
  if (self->is_placed &&
      ABS (start - expected) < av_rescale (TOLERANCE_US, self->rate, G_USEC_PER_SEC))
    return expected;
  return start;
}

/* Decodes one frame and puts it, or what of it is not yet past, behind what is there. Only called
 * when all samples were delivered. */
static void
fill (TpoSoundReader *self)
{
  gint64 start;
  guint n;

  g_array_set_size (self->samples, 0);
  self->first = 0;
  if (!decode_frame (self)) {
    self->is_at_end = TRUE;
    return;
  }
  start = place_frame (self, self->position);
  n = convert_frame (self);
  av_frame_unref (self->frame);
  if (start > self->position) {
    self->silence = (guint64) (start - self->position);
  } else if (start < self->position) {
    guint past = (guint) MIN ((gint64) n, self->position - start);

    self->first = past * self->n_channels;
    if (past == n)
      return; /* all of it is before the wanted time; the next frame is not placed yet */
  }
  self->is_placed = TRUE;
}

guint
tpo_sound_reader_read (TpoSoundReader *self, float *samples, guint n)
{
  guint done = 0;

  g_return_val_if_fail (self != NULL, 0);
  while (done < n) {
    guint there = (self->samples->len - self->first) / self->n_channels, take;
    float *to = samples + (gsize) done * self->n_channels;

    if (self->silence > 0) {
      take = (guint) MIN (self->silence, n - done);
      memset (to, 0, (gsize) take * self->n_channels * sizeof (float));
      self->silence -= take;
    } else if (there > 0) {
      take = MIN (there, n - done);
      memcpy (to, &g_array_index (self->samples, float, self->first),
              (gsize) take * self->n_channels * sizeof (float));
      self->first += take * self->n_channels;
    } else if (self->is_at_end) {
      break;
    } else {
      fill (self);
      continue;
    }
    done += take;
    self->position += take;
  }
  return done;
}
