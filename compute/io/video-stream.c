#include "io/video-stream.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "io/video-limits.h"

/* Demuxers read headers in small pieces and frames in large ones. */
#define BUFFER_SIZE (128 * 1024)
#define STATE_ATTRIBUTES                                            \
  G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_TIME_MODIFIED \
                                 "," G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC

/* Text renderers and file-name patterns that the library counts as video. */
static const char *const refused_formats[] = { "tty", "bin",    "xbin",  "adf",
                                               "idf", "image2", "lavfi", NULL };

/* Kinds whose pictures are in other files. */
static const char *const list_formats[] = { "concat", "hls", "dash", "imf", "sdp", NULL };

static int
read_bytes (void *opaque, uint8_t *bytes, int size)
{
  TpoVideoStream *self = opaque;
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read (self->input, bytes, size, self->cancellable, &error);

  if (n > 0)
    return (int) n;
  if (n == 0)
    return AVERROR_EOF;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return AVERROR_EXIT;
  if (self->io_error == NULL)
    self->io_error = g_steal_pointer (&error);
  return AVERROR (EIO);
}

static int64_t
seek_bytes (void *opaque, int64_t offset, int whence)
{
  TpoVideoStream *self = opaque;
  GSeekable *seekable = G_SEEKABLE (self->input);
  GSeekType type = G_SEEK_SET;

  if (whence & AVSEEK_SIZE)
    return self->file.size > 0 ? (int64_t) self->file.size : AVERROR (ENOSYS);
  whence &= ~AVSEEK_FORCE;
  if (whence == SEEK_CUR)
    type = G_SEEK_CUR;
  else if (whence == SEEK_END)
    type = G_SEEK_END;
  /* The demuxer only asks whether it worked. */
  if (!g_seekable_seek (seekable, offset, type, NULL, NULL))
    return AVERROR (EIO);
  return g_seekable_tell (seekable);
}

static int
is_interrupted (void *opaque)
{
  TpoVideoStream *self = opaque;

  return g_cancellable_is_cancelled (self->cancellable);
}

static int
refuse_other_files (AVFormatContext *format, AVIOContext **io, const char *url, int flags,
                    AVDictionary **options)
{
  return AVERROR (EPERM);
}

GFile *
tpo_video_location_to_file (const char *location)
{
  g_autofree char *scheme = NULL;

  /* A path may hold a colon; a URI is told by its scheme followed by a slash. */
  if (!g_path_is_absolute (location)) {
    scheme = g_uri_parse_scheme (location);
    if (scheme != NULL && strlen (scheme) > 1 && location[strlen (scheme) + 1] == '/')
      return g_file_new_for_uri (location);
  }
  return g_file_new_for_path (location);
}

static TpoFileState
get_state (GFileInfo *info)
{
  guint64 seconds = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED);
  guint32 rest = g_file_info_get_attribute_uint32 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC);

  return (TpoFileState){ (guint64) MAX (g_file_info_get_size (info), 0),
                         (gint64) seconds * G_USEC_PER_SEC + rest };
}

/* What is 0 is not known, as of some files that are far away. */
static gboolean
differ (guint64 a, guint64 b)
{
  return a != 0 && b != 0 && a != b;
}

gboolean
tpo_video_stream_check_same (const TpoVideoStream *self, const TpoFileState *before,
                             GError **error)
{
  g_autoptr (GFileInfo) info =
      g_file_input_stream_query_info (G_FILE_INPUT_STREAM (self->input), STATE_ATTRIBUTES, NULL,
                                      NULL); /* it cannot be told: as if it were */
  TpoFileState now = info != NULL ? get_state (info) : *before;

  if (!differ (now.size, before->size) &&
      !differ ((guint64) now.modified_us, (guint64) before->modified_us))
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_IO,
               _ ("%s has changed since it was opened. Open it again"), self->name);
  return FALSE;
}

static gboolean
open_file (TpoVideoStream *self, GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInfo) info = NULL;

  info = g_file_query_info (file, STATE_ATTRIBUTES "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                            G_FILE_QUERY_INFO_NONE, cancellable, error);
  if (info == NULL)
    return FALSE;
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, _ ("%s is a folder, not a video"),
                 self->name);
    return FALSE;
  }
  /* Reading a pipe or a device could wait for ever. */
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, _ ("%s is not an ordinary file"),
                 self->name);
    return FALSE;
  }
  self->file = get_state (info);
  if (self->file.size == 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, _ ("%s is empty (0 bytes)"), self->name);
    return FALSE;
  }
  self->input = G_INPUT_STREAM (g_file_read (file, cancellable, error));
  if (self->input == NULL)
    return FALSE;
  if (!G_IS_SEEKABLE (self->input) || !g_seekable_can_seek (G_SEEKABLE (self->input))) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
                 _ ("%s cannot be read from any place but its start; copy it to a disk first"),
                 self->name);
    return FALSE;
  }
  return TRUE;
}

/* The demuxer sees no more of the name than its extension: other parts may look like a pattern
 * of file names. */
static char *
make_probe_name (GFile *file)
{
  g_autofree char *base = g_file_get_basename (file);
  const char *dot = base != NULL ? strrchr (base, '.') : NULL;
  char *name = g_strconcat ("video", dot != NULL ? dot : "", NULL);

  return g_strdelimit (name, "%:*?[]{}", '_');
}

static void
set_unknown (const TpoVideoStream *self, GError **error)
{
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
               _ ("%s is not a video or picture of a known kind"), self->name);
}

/* Returns how sure the kind is, or a negative number with an error. */
static int
probe (TpoVideoStream *self, GFile *file, const AVInputFormat **input_format, GError **error)
{
  g_autofree char *name = make_probe_name (file);
  int result = av_probe_input_buffer2 (self->io, input_format, name, NULL, 0, 0);

  /* The name of a photograph speaks for a pattern of file names before enough of it is read to tell
   * what it is. */
  if (result >= 0 && g_str_equal ((*input_format)->name, "image2")) {
    *input_format = NULL;
    result = av_probe_input_buffer2 (self->io, input_format, NULL, NULL, 0, 0);
  }
  if (result == AVERROR_EXIT || self->io_error != NULL) {
    tpo_video_stream_fail (self, result, N_ ("could not be read"), error);
    return -1;
  }
  if (result < 0 || g_strv_contains (refused_formats, (*input_format)->name)) {
    set_unknown (self, error);
    return -1;
  }
  if (g_strv_contains (list_formats, (*input_format)->name)) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
                 _ ("%s is a list of other files or addresses; open those instead"),
                 self->name);
    return -1;
  }
  return result;
}

/* The demuxer decodes a little to learn the parameters; no picture it meets may be larger than
 * what is shown. */
static int
find_streams (AVFormatContext *format)
{
  guint n = format->nb_streams;
  AVDictionary **options = g_new0 (AVDictionary *, MAX (n, 1));
  int result;

  for (guint i = 0; i < n; i++)
    av_dict_set_int (&options[i], "max_pixels", TPO_VIDEO_MAX_PIXELS, 0);
  result = avformat_find_stream_info (format, n > 0 ? options : NULL);
  for (guint i = 0; i < n; i++)
    av_dict_free (&options[i]);
  g_free (options);
  return result;
}

gboolean
tpo_video_stream_check_size (const TpoVideoStream *self, gint64 width, gint64 height,
                             GError **error)
{
  if (width <= TPO_VIDEO_MAX_EDGE && height <= TPO_VIDEO_MAX_EDGE &&
      width * height <= TPO_VIDEO_MAX_PIXELS)
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
               _ ("%s claims a picture of %" PRId64 " × %" PRId64
                  " pixels; at most %d on a side and %d million in all can be shown"),
               self->name, width, height, TPO_VIDEO_MAX_EDGE,
               (int) (TPO_VIDEO_MAX_PIXELS / 1000000));
  return FALSE;
}

/* Sizes that the container states, before a decoder tries them. */
static gboolean
check_sizes (const TpoVideoStream *self, GError **error)
{
  for (guint i = 0; i < self->format->nb_streams; i++) {
    const AVCodecParameters *parameters = self->format->streams[i]->codecpar;

    if (parameters->codec_type == AVMEDIA_TYPE_VIDEO &&
        !tpo_video_stream_check_size (self, parameters->width, parameters->height, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
open_format (TpoVideoStream *self, GFile *file, GError **error)
{
  const AVInputFormat *input_format = NULL;
  guint8 *buffer = NULL;
  int result, score;

  buffer = av_malloc (BUFFER_SIZE);
  self->io = avio_alloc_context (buffer, BUFFER_SIZE, 0, self, read_bytes, NULL, seek_bytes);
  self->format = avformat_alloc_context ();
  g_assert (self->io != NULL && self->format != NULL);
  score = probe (self, file, &input_format, error);
  if (score < 0)
    return FALSE;
  self->format->pb = self->io;
  self->format->io_open = refuse_other_files;
  self->format->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_GENPTS;
  self->format->interrupt_callback = (AVIOInterruptCB){ is_interrupted, self };

  /* On failure the library frees the context. */
  result = avformat_open_input (&self->format, NULL, input_format, NULL);
  if (result < 0) {
    if (result == AVERROR_INVALIDDATA && score <= AVPROBE_SCORE_EXTENSION)
      set_unknown (self, error); /* nothing but its name spoke for it */
    else if ((result == AVERROR_INVALIDDATA || result == AVERROR_EOF) &&
             strstr (input_format->name, "mp4") != NULL)
      g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                   _ ("%s is cut off or damaged: the list of its frames is missing"),
                   self->name);
    else
      tpo_video_stream_fail (self, result, N_ ("could not be opened"), error);
    return FALSE;
  }
  if (!check_sizes (self, error))
    return FALSE;
  result = find_streams (self->format);
  if (result < 0) {
    tpo_video_stream_fail (self, result, N_ ("could not be understood"), error);
    return FALSE;
  }
  return TRUE;
}

/* What GIO says names the calls that failed; the two usual reasons can be said in plain words. */
static void
set_not_opened (const TpoVideoStream *self, const GError *problem, GError **error)
{
  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_set_error (error, problem->domain, problem->code,
                 _ ("%s is not there any more: it was moved, renamed or deleted"), self->name);
  else if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    g_set_error (error, problem->domain, problem->code, _ ("You may not read %s"), self->name);
  else if (problem->domain == TPO_ERROR ||
           g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_error_copy (problem));
  else
    g_set_error (error, problem->domain, problem->code, _ ("%s could not be opened: %s"),
                 self->name, problem->message);
}

TpoVideoStream *
tpo_video_stream_open (const char *location, const TpoFileState *before,
                       GCancellable *cancellable, GError **error)
{
  g_autoptr (TpoVideoStream) self = g_new0 (TpoVideoStream, 1);
  g_autoptr (GFile) file = tpo_video_location_to_file (location);
  g_autofree char *base = g_file_get_basename (file);
  g_autoptr (GError) problem = NULL;
  int stream;

  self->name = g_filename_display_name (base != NULL ? base : location);
  if (!open_file (self, file, cancellable, &problem)) {
    set_not_opened (self, problem, error);
    return NULL;
  }
  if (before != NULL && !tpo_video_stream_check_same (self, before, error))
    return NULL;
  g_set_object (&self->cancellable, cancellable);
  if (!open_format (self, file, error))
    return NULL;

  stream = av_find_best_stream (self->format, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
  if (stream >= 0 &&
      !(self->format->streams[stream]->disposition & AV_DISPOSITION_ATTACHED_PIC))
    self->video = self->format->streams[stream];
  stream = av_find_best_stream (self->format, AVMEDIA_TYPE_AUDIO, -1, stream, NULL, 0);
  if (stream >= 0)
    self->audio = self->format->streams[stream];
  /* AVI stores no presentation times, and those that the library guesses are wrong for the nested
   * B-frames of H.264. Not guessed, they are missing, and the index counts frames instead. */
  if (self->video != NULL && self->video->codecpar->codec_id == AV_CODEC_ID_H264 &&
      g_str_equal (self->format->iformat->name, "avi"))
    self->format->flags &= ~AVFMT_FLAG_GENPTS;
  return g_steal_pointer (&self);
}

void
tpo_video_stream_free (TpoVideoStream *self)
{
  avformat_close_input (&self->format);
  if (self->io != NULL)
    av_freep (&self->io->buffer);
  avio_context_free (&self->io);
  g_clear_object (&self->input);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->io_error);
  g_free (self->name);
  g_free (self);
}

void
tpo_video_stream_only (TpoVideoStream *self, const AVStream *stream)
{
  for (guint i = 0; i < self->format->nb_streams; i++) {
    AVStream *other = self->format->streams[i];

    other->discard = other == stream ? AVDISCARD_NONE : AVDISCARD_ALL;
  }
}

void
tpo_video_stream_fail (const TpoVideoStream *self, int code, const char *what, GError **error)
{
  char reason[AV_ERROR_MAX_STRING_SIZE] = "";

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return;
  if (self->io_error != NULL) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO, _ ("%s %s: %s"), self->name, _ (what),
                 self->io_error->message);
    return;
  }
  if (code == AVERROR (ENOMEM)) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_NO_MEMORY, _ ("%s %s: not enough memory"),
                 self->name, _ (what));
    return;
  }
  if (code == AVERROR_INVALIDDATA || code == AVERROR_EOF) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 _ ("%s %s: its data is damaged or cut off"), self->name, _ (what));
    return;
  }
  if (code == AVERROR (EPERM)) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
                 _ ("%s %s: it refers to other files or addresses, which are not followed"),
                 self->name, _ (what));
    return;
  }
  av_strerror (code, reason, sizeof reason);
  g_set_error (error, TPO_ERROR, TPO_ERROR_IO, _ ("%s %s: %s"), self->name, _ (what), reason);
}

AVCodecContext *
tpo_video_stream_open_decoder (const TpoVideoStream *self, const AVStream *stream,
                               int n_threads, GError **error)
{
  const AVCodec *codec = avcodec_find_decoder (stream->codecpar->codec_id);
  AVCodecContext *context;
  int result;

  if (codec == NULL) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
                 _ ("%s is coded as %s, for which no decoder is installed"), self->name,
                 avcodec_get_name (stream->codecpar->codec_id));
    return NULL;
  }
  context = avcodec_alloc_context3 (codec);
  g_assert (context != NULL);
  result = avcodec_parameters_to_context (context, stream->codecpar);
  context->pkt_timebase = stream->time_base;
  context->thread_count = n_threads;
  context->max_pixels = TPO_VIDEO_MAX_PIXELS;
  /* A frame with errors is shown and marked; hiding it would shift nothing but help nobody. */
  context->flags |= AV_CODEC_FLAG_OUTPUT_CORRUPT;
  if (result >= 0)
    result = avcodec_open2 (context, codec, NULL);
  if (result < 0) {
    tpo_video_stream_fail (self, result, N_ ("could not be decoded"), error);
    avcodec_free_context (&context);
    return NULL;
  }
  return context;
}
