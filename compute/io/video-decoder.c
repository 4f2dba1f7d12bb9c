#include "io/video-decoder.h"

#include <glib/gi18n.h>
#include <libavutil/imgutils.h>

#include "io/video-compat.h"

/* Decoded frames kept for stepping back, in bytes and within sane counts. */
#define CACHE_BYTES (128 * 1024 * 1024)
#define CACHE_MIN 4
#define CACHE_MAX 64

/* Decoding a few frames more is cheaper than a seek. */
#define NEAR_FRAMES 8

/* A decoder that reports this many errors without asking for data is stuck. */
#define MAX_ERRORS 256

typedef struct {
  guint number;
  AVFrame *frame; /* (nullable): empty slot */
} Slot;

/*
 * The decoder is positioned when the demuxer stands after a key packet and all frames from
 * @valid_from on will come out in order. @last is the last number that came out, or
 * @valid_from - 1. Frames before @valid_from may come out too, with missing references; they are
 * thrown away.
 */
struct _TpoVideoDecoder {
  TpoVideo *video;
  const TpoVideoIndex *index;
  TpoVideoStream *stream;
  AVCodecContext *codec;
  AVPacket *packet;
  gboolean has_packet; /* @packet is read but not yet sent */
  AVFrame *frame;
  gboolean is_positioned, is_draining;
  gboolean awaits_key; /* counting after a seek: no frame before the first key is whole */
  gint64 last;
  guint valid_from;
  Slot slots[CACHE_MAX];
  guint n_slots, next_slot;
};

static gboolean
open_stream (TpoVideoDecoder *self, GCancellable *cancellable, GError **error)
{
  g_clear_pointer (&self->stream, tpo_video_stream_free);
  self->stream =
      tpo_video_stream_open (self->video->location, &self->video->file, cancellable, error);
  if (self->stream == NULL)
    return FALSE;
  if (self->stream->video == NULL) { /* where nothing tells when a file was changed */
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO, _ ("%s has changed: its video is gone"),
                 self->video->name);
    return FALSE;
  }
  /* From here on a cancellation is honoured between packets only, so that the demuxer never
   * loses its place within one. */
  g_clear_object (&self->stream->cancellable);
  tpo_video_stream_only (self->stream, self->stream->video);
  return TRUE;
}

void
tpo_video_decoder_free (TpoVideoDecoder *self)
{
  for (guint i = 0; i < CACHE_MAX; i++)
    av_frame_free (&self->slots[i].frame);
  av_frame_free (&self->frame);
  av_packet_free (&self->packet);
  avcodec_free_context (&self->codec);
  g_clear_pointer (&self->stream, tpo_video_stream_free);
  g_clear_pointer (&self->video, tpo_video_unref);
  g_free (self);
}

static const AVFrame *
find_cached (const TpoVideoDecoder *self, guint number)
{
  for (guint i = 0; i < self->n_slots; i++)
    if (self->slots[i].frame != NULL && self->slots[i].number == number)
      return self->slots[i].frame;
  return NULL;
}

/* Moves the frame just decoded into the cache, in place of the oldest. */
static const AVFrame *
keep_frame (TpoVideoDecoder *self, guint number)
{
  Slot *slot;

  if (self->n_slots == 0) {
    int size = av_image_get_buffer_size (self->frame->format, self->frame->width,
                                         self->frame->height, 1);

    self->n_slots = CLAMP (CACHE_BYTES / MAX (size, 1), CACHE_MIN, CACHE_MAX);
  }
  slot = &self->slots[self->next_slot];
  self->next_slot = (self->next_slot + 1) % self->n_slots;
  if (slot->frame == NULL)
    slot->frame = av_frame_alloc ();
  g_assert (slot->frame != NULL);
  av_frame_unref (slot->frame);
  av_frame_move_ref (slot->frame, self->frame);
  slot->number = number;
  return slot->frame;
}

static void
drop_packet (TpoVideoDecoder *self)
{
  av_packet_unref (self->packet);
  self->has_packet = FALSE;
}

/* Reads the next packet of the video stream into @packet. False at the end; a read error ends the
 * video too, since nothing after it can be reached. */
static gboolean
read_packet (TpoVideoDecoder *self)
{
  drop_packet (self);
  while (av_read_frame (self->stream->format, self->packet) >= 0) {
    if (self->packet->stream_index == self->stream->video->index && self->packet->size > 0) {
      self->has_packet = TRUE;
      return TRUE;
    }
    av_packet_unref (self->packet);
  }
  return FALSE;
}

static gint64
packet_time (const TpoVideoDecoder *self)
{
  return self->index->is_counted ? self->packet->dts : self->packet->pts;
}

/* After a jump of the demuxer: reads up to the first key packet and accepts it when @frame can be
 * decoded from it. */
static gboolean
settle_on_key (TpoVideoDecoder *self, guint frame)
{
  const TpoVideoIndex *index = self->index;
  gint64 time;

  avcodec_flush_buffers (self->codec);
  self->is_draining = FALSE;
  self->is_positioned = FALSE;
  do {
    if (!read_packet (self))
      return FALSE;
  } while (!(self->packet->flags & AV_PKT_FLAG_KEY));
  time = packet_time (self);
  for (int key = tpo_video_index_find_key_entry (index, frame); key >= 0; key--) {
    if (index->keys[key].pts < time)
      return FALSE;
    if (index->keys[key].pts > time)
      continue;
    self->valid_from = index->keys[key].frame;
    self->last = (gint64) self->valid_from - 1;
    self->awaits_key = index->is_counted;
    self->is_positioned = TRUE;
    return TRUE;
  }
  return FALSE;
}

/* The demuxer was just opened: decoding starts at the first key, as the index does. */
static void
start_over (TpoVideoDecoder *self)
{
  avcodec_flush_buffers (self->codec);
  self->is_draining = FALSE;
  self->is_positioned = TRUE;
  self->awaits_key = FALSE;
  self->valid_from = 0;
  self->last = -1;
  if (self->index->n_keys > 0)
    while (read_packet (self) && !(self->packet->flags & AV_PKT_FLAG_KEY))
      ;
}

TpoVideoDecoder *
tpo_video_decoder_new (TpoVideo *video, GCancellable *cancellable, GError **error)
{
  g_autoptr (TpoVideoDecoder) self = g_new0 (TpoVideoDecoder, 1);

  self->video = tpo_video_ref (video);
  self->index = video->index;
  self->packet = av_packet_alloc ();
  self->frame = av_frame_alloc ();
  g_assert (self->packet != NULL && self->frame != NULL);
  if (!open_stream (self, cancellable, error))
    return NULL;
  self->codec = tpo_video_stream_open_decoder (self->stream, self->stream->video, 0, error);
  if (self->codec == NULL)
    return NULL;
  start_over (self);
  return g_steal_pointer (&self);
}

static gboolean
restart (TpoVideoDecoder *self, GCancellable *cancellable, GError **error)
{
  drop_packet (self);
  if (!open_stream (self, cancellable, error))
    return FALSE;
  start_over (self);
  return TRUE;
}

/* Demuxers differ in which time they seek by and how exactly, so the result is checked against
 * the index and tried again further back; the start of the file always works. */
static gboolean
seek (TpoVideoDecoder *self, guint frame, GCancellable *cancellable, GError **error)
{
  static const int steps_back[] = { 0, 0, 1, 4, 16 };
  const TpoVideoIndex *index = self->index;
  int entry = tpo_video_index_find_key_entry (index, frame);

  if (!tpo_video_stream_check_same (self->stream, &self->video->file, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (steps_back) && entry > 0 && !index->is_untimed; i++) {
    const TpoVideoKey *key = &index->keys[MAX (entry - steps_back[i], 0)];
    gint64 time = i == 1 && key->dts != AV_NOPTS_VALUE ? key->dts : key->pts;

    if (av_seek_frame (self->stream->format, self->stream->video->index, time,
                       AVSEEK_FLAG_BACKWARD) >= 0 &&
        settle_on_key (self, frame))
      return TRUE;
  }
  return restart (self, cancellable, error);
}

/* Number of the frame that the decoder just delivered, or -1 when it is not to be shown. */
static gint64
number_frame (TpoVideoDecoder *self)
{
  gint64 number, pts = self->frame->pts;

  if (self->index->is_counted) {
    number = self->last + 1;
    if (self->awaits_key && !tpo_video_compat_is_key (self->frame))
      self->last = number; /* counts, but lacks what it was made from */
    else
      self->awaits_key = FALSE;
    if (self->awaits_key)
      return -1;
  } else {
    if (pts == AV_NOPTS_VALUE)
      pts = self->frame->best_effort_timestamp;
    number = tpo_video_index_find_pts (self->index, pts);
  }
  return number >= (gint64) self->valid_from && number < self->index->info.n_frames ? number
                                                                                    : -1;
}

/* Decodes one more frame into @frame. False at the end of the video. */
static gboolean
decode_next (TpoVideoDecoder *self)
{
  for (int n_errors = 0; n_errors < MAX_ERRORS;) {
    int result = avcodec_receive_frame (self->codec, self->frame);

    if (result >= 0)
      return TRUE;
    if (result == AVERROR_EOF)
      return FALSE;
    if (result != AVERROR (EAGAIN) || self->is_draining) {
      n_errors++; /* a damaged frame; its successors may be whole */
      continue;
    }
    if (!self->has_packet && !read_packet (self)) {
      self->is_draining = TRUE;
      avcodec_send_packet (self->codec, NULL);
      continue;
    }
    /* A packet that the decoder refuses shows as a missing frame. */
    avcodec_send_packet (self->codec, self->packet);
    drop_packet (self);
  }
  return FALSE;
}

static void
set_missing (const TpoVideoDecoder *self, guint frame, GError **error)
{
  g_autofree char *time =
      tpo_video_format_time (tpo_video_index_get_time_us (self->index, frame));

  g_set_error (error, TPO_ERROR, TPO_ERROR_IO,
               _ ("%s is damaged at %s: frame %u cannot be decoded"), self->video->name, time,
               frame);
}

static gboolean
is_ahead (const TpoVideoDecoder *self, guint frame)
{
  if (!self->is_positioned || self->last >= (gint64) frame || frame < self->valid_from)
    return FALSE;
  return (gint64) tpo_video_index_find_key (self->index, frame) <= self->last + 1 ||
         frame - self->last <= NEAR_FRAMES || self->index->is_untimed;
}

/* Decodes up to @frame. The result is %NULL without an error when that frame does not come. */
static const AVFrame *
decode_up_to (TpoVideoDecoder *self, guint frame, GCancellable *cancellable, GError **error)
{
  const AVFrame *decoded = NULL;

  while (self->last < (gint64) frame) {
    gint64 number;

    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return NULL;
    if (!decode_next (self)) {
      self->is_positioned = FALSE;
      return NULL;
    }
    number = number_frame (self);
    if (number < 0) {
      av_frame_unref (self->frame);
      continue;
    }
    self->last = number;
    decoded = keep_frame (self, (guint) number);
  }
  return self->last == (gint64) frame ? decoded : NULL;
}

const AVFrame *
tpo_video_decoder_get (TpoVideoDecoder *self, guint frame, GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (GError) failure = NULL;
  const AVFrame *decoded = find_cached (self, frame);

  if (decoded != NULL)
    return decoded;
  if (!is_ahead (self, frame) && !seek (self, frame, cancellable, error))
    return NULL;
  decoded = decode_up_to (self, frame, cancellable, &failure);
  /* Counted numbers are sure only from the start of the file. */
  if (decoded == NULL && failure == NULL && self->index->is_counted &&
      self->stream->io_error == NULL) {
    if (!restart (self, cancellable, error))
      return NULL;
    decoded = decode_up_to (self, frame, cancellable, &failure);
  }
  if (decoded != NULL)
    return decoded;
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
  } else if (self->stream->io_error != NULL) {
    self->is_positioned = FALSE; /* the next try opens the file again */
    tpo_video_stream_fail (self->stream, AVERROR (EIO), N_ ("could not be read"), error);
  } else if (tpo_video_stream_check_same (self->stream, &self->video->file, error)) {
    set_missing (self, frame, error);
  }
  return NULL;
}
