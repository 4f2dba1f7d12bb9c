#include "io/video-private.h"

#include <glib/gi18n.h>
#include <libavutil/log.h>

static void
quiet_library (void)
{
  static gsize is_done = 0;

  /* Every problem reaches the caller as an error; the library's own lines would only repeat it
   * on the terminal, once for each packet of a damaged file. */
  if (g_once_init_enter (&is_done)) {
    av_log_set_level (AV_LOG_PANIC);
    g_once_init_leave (&is_done, 1);
  }
}

char *
tpo_video_format_time (gint64 time_us)
{
  gint64 ms = (MAX (time_us, 0) + 500) / 1000;
  gint64 s = ms / 1000;

  if (s >= 3600)
    return g_strdup_printf ("%d:%02d:%02d.%03d", (int) (s / 3600), (int) (s / 60 % 60),
                            (int) (s % 60), (int) (ms % 1000));
  return g_strdup_printf ("%d:%02d.%03d", (int) (s / 60), (int) (s % 60), (int) (ms % 1000));
}

/* A stored index is used only for the very file and stream that it was made from. */
static gboolean
fits (const TpoVideoIndex *index, const TpoVideoStream *stream)
{
  const TpoVideoInfo *info = &index->info;
  TpoVideoInfo now = { 0 };

  if (info->file_size != stream->file.size || info->has_audio != (stream->audio != NULL) ||
      (!index->is_untimed && (index->time_base_num != stream->video->time_base.num ||
                              index->time_base_den != stream->video->time_base.den)))
    return FALSE;
  return tpo_video_scan_sizes (stream, &now, NULL) && now.width == info->width &&
         now.height == info->height;
}

static char *
make_notice (const TpoVideo *self)
{
  g_autofree char *end = NULL;

  if (!self->index->info.is_truncated)
    return NULL;
  end = tpo_video_format_time (self->index->info.duration_us);
  return g_strdup_printf ("%s ends early: it plays up to %s", self->name, end);
}

static gboolean
check_streams (const TpoVideoStream *stream, GError **error)
{
  TpoVideoInfo info = { 0 };
  AVCodecContext *codec;

  if (stream->video == NULL) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 stream->audio != NULL ? _ ("%s has no video, only sound")
                                       : _ ("%s has no video, only other data"),
                 stream->name);
    return FALSE;
  }
  if (!tpo_video_scan_sizes (stream, &info, error))
    return FALSE;
  /* A missing decoder is said now rather than at the first picture. */
  codec = tpo_video_stream_open_decoder (stream, stream->video, 1, error);
  if (codec == NULL)
    return FALSE;
  avcodec_free_context (&codec);
  return TRUE;
}

TpoVideo *
tpo_video_open (const char *location, const TpoVideoOpenParams *params,
                GCancellable *cancellable, GError **error)
{
  const TpoVideoOpenParams defaults = { 0 };
  g_autoptr (TpoVideoStream) stream = NULL;
  g_autoptr (TpoVideoIndex) index = NULL;
  g_autoptr (TpoVideo) self = NULL;

  g_return_val_if_fail (location != NULL, NULL);
  if (params == NULL)
    params = &defaults;
  quiet_library ();
  stream = tpo_video_stream_open (location, NULL, cancellable, error);
  if (stream == NULL || !check_streams (stream, error))
    return NULL;
  if (params->index != NULL && fits (params->index, stream))
    index = tpo_video_index_ref (params->index);
  else
    index =
        tpo_video_scan (stream, params->progress, params->progress_data, cancellable, error);
  if (index == NULL)
    return NULL;

  self = g_new0 (TpoVideo, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->location = g_strdup (location);
  self->name = g_strdup (stream->name);
  self->index = g_steal_pointer (&index);
  self->orientation = tpo_video_scan_orientation (stream->video);
  self->file = stream->file;
  self->notice = make_notice (self);
  return g_steal_pointer (&self);
}

TpoVideo *
tpo_video_ref (TpoVideo *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tpo_video_unref (TpoVideo *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->index, tpo_video_index_unref);
  g_free (self->location);
  g_free (self->name);
  g_free (self->notice);
  g_free (self);
}

const char *
tpo_video_get_location (const TpoVideo *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->location;
}

const char *
tpo_video_get_name (const TpoVideo *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->name;
}

TpoVideoIndex *
tpo_video_get_index (const TpoVideo *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->index;
}

const TpoVideoInfo *
tpo_video_get_info (const TpoVideo *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return &self->index->info;
}

const char *
tpo_video_get_notice (const TpoVideo *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->notice;
}
