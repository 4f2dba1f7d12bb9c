#include "io/video-scan.h"

#include <glib/gi18n.h>
#include <libavutil/mathematics.h>
#include <string.h>

#include "io/video-limits.h"

#define PROGRESS_INTERVAL_US 50000

/* A packet of the video stream, in decoding order. */
typedef struct {
  gint64 pts, dts; /* stream time base, AV_NOPTS_VALUE when missing */
  gint64 duration; /* stream time base, 0 when unknown */
  gboolean is_key, is_hidden;
} Entry;

typedef struct {
  TpoVideoStream *stream;
  TpoVideoIndex *index;
  GArray *entries;       /* of Entry */
  gint64 last_end_us;    /* latest end of any packet of any stream, the container's time */
  gboolean ends_damaged; /* reading stopped at an error or within a packet */
} Scan;

/* VP8 keeps its invisible reference frames in packets of their own: bit 4 of the frame tag is
 * show_frame (RFC 6386, section 9.1). */
static gboolean
is_invisible (const AVStream *video, const AVPacket *packet)
{
  return video->codecpar->codec_id == AV_CODEC_ID_VP8 && packet->size > 0 &&
         !(packet->data[0] & 0x10);
}

static void
note_end (Scan *self, const AVPacket *packet)
{
  const AVStream *stream = self->stream->format->streams[packet->stream_index];
  gint64 time = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;

  if (time == AV_NOPTS_VALUE)
    return;
  time = av_rescale_q (time + MAX (packet->duration, 0), stream->time_base,
                       (AVRational){ 1, G_USEC_PER_SEC });
  self->last_end_us = MAX (self->last_end_us, time);
}

static gboolean
read_packets (Scan *self, TpoProgressFunc progress, gpointer progress_data,
              GCancellable *cancellable, GError **error)
{
  TpoVideoStream *stream = self->stream;
  AVPacket *packet = av_packet_alloc ();
  gint64 last_progress = 0;
  int result;

  g_assert (packet != NULL);
  while ((result = av_read_frame (stream->format, packet)) >= 0) {
    note_end (self, packet);
    if (packet->stream_index == stream->video->index && packet->size > 0) {
      Entry entry = { packet->pts, packet->dts, MAX (packet->duration, 0),
                      (packet->flags & AV_PKT_FLAG_KEY) != 0,
                      (packet->flags & AV_PKT_FLAG_DISCARD) != 0 ||
                          is_invisible (stream->video, packet) };

      g_array_append_val (self->entries, entry);
      self->ends_damaged = (packet->flags & AV_PKT_FLAG_CORRUPT) != 0;
    }
    av_packet_unref (packet);
    if (g_cancellable_is_cancelled (cancellable) || self->entries->len >= TPO_VIDEO_MAX_FRAMES)
      break;
    if (progress != NULL && stream->file.size > 0 &&
        g_get_monotonic_time () - last_progress > PROGRESS_INTERVAL_US) {
      last_progress = g_get_monotonic_time ();
      progress (CLAMP ((double) avio_tell (stream->io) / (double) stream->file.size, 0, 1),
                NULL, progress_data);
    }
  }
  av_packet_free (&packet);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (stream->io_error != NULL) {
    tpo_video_stream_fail (stream, result, N_ ("could not be read"), error);
    return FALSE;
  }
  if (self->entries->len >= TPO_VIDEO_MAX_FRAMES) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED, _ ("%s has too many frames"),
                 stream->name);
    return FALSE;
  }
  /* Half a packet at the end is no frame. */
  if (self->ends_damaged && self->entries->len > 1)
    g_array_set_size (self->entries, self->entries->len - 1);
  if (result != AVERROR_EOF)
    self->ends_damaged = TRUE;
  return TRUE;
}

/* Chooses what presentation times are made of, see the invariants of the index. */
static void
settle_times (Scan *self)
{
  TpoVideoIndex *index = self->index;
  const AVRational time_base = self->stream->video->time_base;
  AVRational rate = self->stream->video->avg_frame_rate;
  gboolean have_dts = TRUE;

  index->time_base_num = time_base.num;
  index->time_base_den = time_base.den;
  for (guint i = 0; i < self->entries->len; i++) {
    const Entry *entry = &g_array_index (self->entries, Entry, i);

    index->is_counted |= entry->pts == AV_NOPTS_VALUE;
    have_dts &= entry->dts != AV_NOPTS_VALUE;
  }
  if (!index->is_counted)
    return;
  index->is_untimed = !have_dts;
  if (index->is_untimed) {
    if (rate.num <= 0 || rate.den <= 0)
      rate = (AVRational){ 25, 1 };
    index->time_base_num = rate.den;
    index->time_base_den = rate.num;
  }
  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = &g_array_index (self->entries, Entry, i);

    entry->pts = index->is_untimed ? (gint64) i : entry->dts;
    if (index->is_untimed)
      entry->duration = 1;
  }
}

/* Frames that come before the first key, in either order, have nothing to be decoded from. */
static void
drop_undecodable (GArray *entries, gboolean is_counted)
{
  guint first_key = 0, kept = 0;
  gint64 first_pts;

  while (first_key < entries->len && !g_array_index (entries, Entry, first_key).is_key)
    first_key++;
  if (first_key == entries->len)
    return;
  first_pts = g_array_index (entries, Entry, first_key).pts;
  for (guint i = first_key; i < entries->len; i++) {
    const Entry entry = g_array_index (entries, Entry, i);

    if (is_counted || entry.pts >= first_pts)
      g_array_index (entries, Entry, kept++) = entry;
  }
  g_array_set_size (entries, kept);
}

static int
compare_pts (gconstpointer a, gconstpointer b)
{
  gint64 x = ((const Entry *) a)->pts, y = ((const Entry *) b)->pts;

  return (x > y) - (x < y);
}

/* Writes times and keys from entries sorted by time. */
static void
fill_index (TpoVideoIndex *index, const GArray *entries)
{
  gint64 last_us = -1, last_duration = 0;
  guint n = 0;

  index->pts = g_new (gint64, MAX (entries->len, 1));
  index->keys = g_new0 (TpoVideoKey, MAX (entries->len, 1));
  for (guint i = 0; i < entries->len; i++) {
    const Entry *entry = &g_array_index (entries, Entry, i);
    TpoVideoKey *last_key = index->n_keys > 0 ? &index->keys[index->n_keys - 1] : NULL;

    if (entry->is_key && (last_key == NULL || last_key->pts < entry->pts))
      index->keys[index->n_keys++] = (TpoVideoKey){ entry->pts, entry->dts, n };
    if (entry->is_hidden)
      continue;
    /* Two frames at one time: only one can be displayed. */
    if (n > 0 && tpo_video_index_ticks_to_us (index, entry->pts - index->pts[0]) <= last_us)
      continue;
    index->pts[n++] = entry->pts;
    last_us = tpo_video_index_ticks_to_us (index, entry->pts - index->pts[0]);
    last_duration = entry->duration;
  }
  /* Keys after the last displayed frame lead nowhere. */
  while (index->n_keys > 0 && index->keys[index->n_keys - 1].frame >= n)
    index->n_keys--;
  index->keys = g_renew (TpoVideoKey, index->keys, MAX (index->n_keys, 1));
  index->info.n_frames = n;
  index->last_duration_us = tpo_video_index_ticks_to_us (index, last_duration);
}

static void
fill_rates (TpoVideoIndex *index, const AVStream *video)
{
  TpoVideoInfo *info = &index->info;
  gint64 last_us = tpo_video_index_get_time_us (index, info->n_frames - 1);
  double fps = video->avg_frame_rate.den > 0 ? av_q2d (video->avg_frame_rate) : 0;

  if (!(fps > 0 && fps < 100000))
    fps = last_us > 0 ? (info->n_frames - 1) * (double) G_USEC_PER_SEC / (double) last_us : 25;
  info->fps = fps;
  if (index->last_duration_us <= 0)
    index->last_duration_us =
        info->n_frames > 1 ? last_us - tpo_video_index_get_time_us (index, info->n_frames - 2)
                           : (gint64) (G_USEC_PER_SEC / fps);
  index->last_duration_us =
      CLAMP (index->last_duration_us, 1, G_MAXINT32 * G_GINT64_CONSTANT (1000));
  if (info->is_still) {
    info->fps = 1;
    index->last_duration_us = G_USEC_PER_SEC;
  }
  info->duration_us = last_us + index->last_duration_us;
}

/* Two marks of a file that was cut: its own list promises more frames, or its stated duration is
 * longer than everything found. A duration that was estimated says nothing. */
static gboolean
is_cut (const Scan *self)
{
  const AVFormatContext *format = self->stream->format;
  int promised = avformat_index_get_entries_count (self->stream->video);

  gint64 slack_us = MAX (G_USEC_PER_SEC / 2, (gint64) (2e6 / self->index->info.fps));

  if (self->ends_damaged)
    return TRUE;
  if (self->index->info.is_still)
    return FALSE;
  if (strstr (format->iformat->name, "mp4") != NULL)
    return promised > (int) self->entries->len + 1 &&
           self->index->info.n_frames < (guint) promised;
  return strstr (format->iformat->name, "matroska") != NULL &&
         format->duration != AV_NOPTS_VALUE && self->last_end_us + slack_us < format->duration;
}

TpoVideoIndex *
tpo_video_scan (TpoVideoStream *stream, TpoProgressFunc progress, gpointer progress_data,
                GCancellable *cancellable, GError **error)
{
  g_autoptr (TpoVideoIndex) index = tpo_video_index_new ();
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  Scan scan = { stream, index, entries };
  TpoVideoInfo *info = &index->info;

  if (!tpo_video_scan_sizes (stream, info, error))
    return NULL;
  /* These containers skip other streams without reading them; elsewhere they help to see
   * whether the file was cut. */
  if (strstr (stream->format->iformat->name, "mp4") != NULL)
    tpo_video_stream_only (stream, stream->video);
  if (!read_packets (&scan, progress, progress_data, cancellable, error))
    return NULL;
  drop_undecodable (entries, TRUE);
  settle_times (&scan);
  drop_undecodable (entries, index->is_counted);
  g_array_sort (entries, compare_pts);
  fill_index (index, entries);
  if (info->n_frames == 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 _ ("%s has a video stream without a single frame"), stream->name);
    return NULL;
  }
  info->file_size = stream->file.size;
  info->has_audio = stream->audio != NULL;
  info->is_still =
      info->n_frames == 1 && g_str_has_suffix (stream->format->iformat->name, "_pipe");
  info->start_offset_us =
      index->is_untimed ? 0 : tpo_video_index_ticks_to_us (index, index->pts[0]);
  fill_rates (index, stream->video);
  info->is_truncated = is_cut (&scan);
  return g_steal_pointer (&index);
}
