#include "config.h"

#include "media/sequence-video.h"

#include <glib/gi18n.h>
#include <libavformat/avformat.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include <tpo/error.h>
#include <tpo/video.h>

#include "formats/output-file.h"
#include "media/picture-kind.h"

/* More names than these are not tried. */
#define MAX_NAMES 100

/* A larger picture is none. */
#define MAX_PICTURE ((gsize) 256 * 1024 * 1024)

#define BUFFER_SIZE (256 * 1024)

/* Frames a second are told as a fraction with at most this below the line. */
#define MAX_DENOMINATOR 1001000

/* ---- pictures ------------------------------------------------------------------------------------ */

/* Of one kind with those before, or the first one, whose kind is taken. */
static GBytes *
read_picture (const TpoPictureSequence *sequence, guint i, TpoPictureKind *kind,
              GCancellable *cancellable, GError **error)
{
  const char *name = sequence->files->pdata[i];
  g_autoptr (GFile) file = g_file_get_child (sequence->folder, name);
  g_autoptr (GBytes) bytes = g_file_load_bytes (file, cancellable, NULL, error);
  TpoPictureKind own;

  if (bytes == NULL)
    return NULL;
  own = tpo_picture_kind_read (bytes);
  if (own.format == TPO_PICTURE_NONE)
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID, _ ("“%s” is no JPEG or PNG picture."),
                 name);
  else if (i > 0 && (own.format != kind->format || own.width != kind->width ||
                     own.height != kind->height))
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                 _ ("“%s” has another size or kind than the pictures before it."), name);
  else if (g_bytes_get_size (bytes) > MAX_PICTURE)
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID, _ ("“%s” is too large."), name);
  else {
    *kind = own;
    return g_steal_pointer (&bytes);
  }
  return NULL;
}

/* ---- the file ------------------------------------------------------------------------------------ */

typedef struct {
  TpoOutputFile *file;
  AVFormatContext *format;
} Output;

static int
on_write (void *opaque, uint8_t *bytes, int n)
{
  Output *self = opaque;

  tpo_output_file_write (self->file, bytes, (gsize) n);
  return tpo_output_file_has_failed (self->file) ? AVERROR (EIO) : n;
}

static int64_t
on_seek (void *opaque, int64_t offset, int whence)
{
  Output *self = opaque;

  if (whence != SEEK_SET)
    return AVERROR (ENOSYS);
  tpo_output_file_seek (self->file, offset);
  return tpo_output_file_has_failed (self->file) ? AVERROR (EIO) : offset;
}

static void
output_clear (Output *self)
{
  if (self->format != NULL && self->format->pb != NULL) {
    av_freep (&self->format->pb->buffer);
    avio_context_free (&self->format->pb);
  }
  avformat_free_context (self->format);
  g_clear_pointer (&self->file, tpo_output_file_free);
}

static gboolean
write_header (Output *self, const TpoPictureKind *kind, AVRational frame)
{
  AVStream *stream;

  if (avformat_alloc_output_context2 (&self->format, NULL, "mov", NULL) < 0)
    return FALSE;
  self->format->flags |= AVFMT_FLAG_BITEXACT; /* the same pictures make the same file */
  self->format->pb = avio_alloc_context (av_malloc (BUFFER_SIZE), BUFFER_SIZE, 1, self, NULL,
                                         on_write, on_seek);
  stream = avformat_new_stream (self->format, NULL);
  if (self->format->pb == NULL || stream == NULL)
    return FALSE;
  stream->codecpar->codec_type = AVMEDIA_TYPE_VIDEO;
  stream->codecpar->codec_id =
      kind->format == TPO_PICTURE_PNG ? AV_CODEC_ID_PNG : AV_CODEC_ID_MJPEG;
  stream->codecpar->width = (int) kind->width;
  stream->codecpar->height = (int) kind->height;
  stream->time_base = frame;
  stream->avg_frame_rate = av_inv_q (frame);
  return avformat_write_header (self->format, NULL) >= 0;
}

static gboolean
write_picture (Output *self, GBytes *bytes, guint i, AVRational frame)
{
  AVPacket *packet = av_packet_alloc ();
  gsize size = g_bytes_get_size (bytes);
  gboolean ok = packet != NULL && av_new_packet (packet, (int) size) >= 0;

  if (ok) {
    memcpy (packet->data, g_bytes_get_data (bytes, NULL), size);
    packet->pts = packet->dts = i;
    packet->duration = 1;
    packet->flags = AV_PKT_FLAG_KEY;
    av_packet_rescale_ts (packet, frame, self->format->streams[0]->time_base);
    ok = av_write_frame (self->format, packet) >= 0;
  }
  av_packet_free (&packet);
  return ok;
}

/* What the file said, or that the library would not. */
static gboolean
fail (Output *self, GFile *target, GError **error)
{
  if (tpo_output_file_has_failed (self->file))
    return tpo_output_file_finish (self->file, error);
  return tpo_output_fail (
      target,
      g_error_new_literal (TPO_ERROR, TPO_ERROR_IO,
                           _ ("the pictures cannot be put into a video file")),
      error);
}

static gboolean
write_all (Output *self, const TpoPictureSequence *sequence, double rate, GFile *target,
           GCancellable *cancellable, GError **error)
{
  AVRational frame = av_inv_q (av_d2q (rate, MAX_DENOMINATOR));
  g_autoptr (GFile) folder = g_file_get_parent (target);
  TpoPictureKind kind;
  g_autoptr (GBytes) first = read_picture (sequence, 0, &kind, cancellable, error);

  if (first == NULL)
    return FALSE;
  if (!g_file_query_exists (folder, NULL))
    g_file_make_directory_with_parents (folder, NULL, NULL); /* what is wrong is said next */
  self->file = tpo_output_file_new (target, cancellable, error);
  if (self->file == NULL)
    return FALSE;
  if (!write_header (self, &kind, frame))
    return fail (self, target, error);
  for (guint i = 0; i < sequence->files->len; i++) {
    g_autoptr (GBytes) bytes = read_picture (sequence, i, &kind, cancellable, error);

    if (bytes == NULL)
      return FALSE;
    if (!write_picture (self, bytes, i, frame))
      return fail (self, target, error);
  }
  if (av_write_trailer (self->format) < 0)
    return fail (self, target, error);
  return tpo_output_file_finish (self->file, error) &&
         tpo_output_file_publish (self->file, error);
}

/* ---- its place ----------------------------------------------------------------------------------- */

/* Beside the pictures, or in the user's data where nothing may be written there. */
static GFile *
get_place (const TpoPictureSequence *sequence)
{
  g_autofree char *path =
      g_build_filename (g_get_user_data_dir (), "tpo-studio", "sequences", NULL);

  return access (g_file_peek_path (sequence->place), W_OK | X_OK) == 0
             ? g_object_ref (sequence->place)
             : g_file_new_for_path (path);
}

static gboolean
is_made (GFile *file, guint n_frames)
{
  g_autoptr (TpoVideo) video =
      tpo_video_open (g_file_peek_path (file), NULL, NULL, NULL); /* another one, then */

  return video != NULL && tpo_video_get_info (video)->n_frames == n_frames;
}

/* The file that was made before, or the first name that is free. Returns: (nullable): neither */
static GFile *
find_target (const TpoPictureSequence *sequence, gboolean *is_there)
{
  g_autoptr (GFile) place = get_place (sequence);

  *is_there = FALSE;
  for (guint i = 1; i < MAX_NAMES; i++) {
    g_autofree char *name = i == 1 ? g_strdup_printf ("%s.mov", sequence->name)
                                   : g_strdup_printf ("%s (%u).mov", sequence->name, i);
    g_autoptr (GFile) file = g_file_get_child (place, name);

    if (!g_file_query_exists (file, NULL))
      return g_steal_pointer (&file);
    *is_there = is_made (file, sequence->files->len);
    if (*is_there)
      return g_steal_pointer (&file);
  }
  return NULL;
}

GFile *
tpo_sequence_video_find (const TpoPictureSequence *sequence)
{
  gboolean is_there;
  g_autoptr (GFile) file = find_target (sequence, &is_there);

  return is_there ? g_steal_pointer (&file) : NULL;
}

GFile *
tpo_sequence_video_make (const TpoPictureSequence *sequence, double rate,
                         GCancellable *cancellable, GError **error)
{
  Output output = { NULL, NULL };
  g_autoptr (GFile) target = NULL;
  gboolean is_there, ok;

  g_return_val_if_fail (sequence != NULL && rate > 0, NULL);

  target = find_target (sequence, &is_there);
  if (target == NULL) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                 _ ("There are too many videos called “%s”."), sequence->name);
    return NULL;
  }
  ok = is_there || write_all (&output, sequence, rate, target, cancellable, error);
  output_clear (&output);
  return ok ? g_steal_pointer (&target) : NULL;
}

TpoVideoRecord *
tpo_sequence_video_describe (const TpoPictureSequence *sequence, double rate,
                             GCancellable *cancellable, GError **error)
{
  TpoPictureKind kind;
  g_autoptr (GBytes) first = NULL;
  g_autoptr (TpoVideoRecord) record = g_new0 (TpoVideoRecord, 1);
  guint n = sequence->files->len;

  g_return_val_if_fail (sequence != NULL && rate > 0, NULL);

  first = read_picture (sequence, 0, &kind, cancellable, error);
  if (first == NULL)
    return NULL;
  record->uri = g_file_get_uri (sequence->folder);
  record->content_hash = g_strconcat ("pictures:", record->uri, NULL);
  record->width = kind.width;
  record->height = kind.height;
  record->n_frames = n;
  record->frame_times_us = g_new (gint64, n);
  for (guint i = 0; i < n; i++)
    record->frame_times_us[i] = llround (i * (G_USEC_PER_SEC / rate));
  record->duration_us = llround (n * (G_USEC_PER_SEC / rate));
  return g_steal_pointer (&record);
}
