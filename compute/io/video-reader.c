#include "io/video-decoder.h"
#include "io/video-limits.h"
#include "io/video-picture.h"

struct _TpoVideoReader {
  TpoVideo *video;
  TpoVideoDecoder *decoder;
  TpoPictureMaker *maker;
  guint width, height; /* of the pictures to make */
};

TpoVideoReader *
tpo_video_reader_new (TpoVideo *video, TpoPixelFormat format, GCancellable *cancellable,
                      GError **error)
{
  TpoVideoDecoder *decoder;
  TpoVideoReader *self;

  g_return_val_if_fail (video != NULL, NULL);
  decoder = tpo_video_decoder_new (video, cancellable, error);
  if (decoder == NULL)
    return NULL;
  self = g_new0 (TpoVideoReader, 1);
  self->video = tpo_video_ref (video);
  self->decoder = decoder;
  self->maker = tpo_picture_maker_new (format, video->orientation);
  tpo_video_reader_set_size (self, 0, 0);
  return self;
}

void
tpo_video_reader_free (TpoVideoReader *self)
{
  g_clear_pointer (&self->maker, tpo_picture_maker_free);
  g_clear_pointer (&self->decoder, tpo_video_decoder_free);
  g_clear_pointer (&self->video, tpo_video_unref);
  g_free (self);
}

void
tpo_video_reader_set_size (TpoVideoReader *self, guint width, guint height)
{
  const TpoVideoInfo *info;

  g_return_if_fail (self != NULL);
  g_return_if_fail (width <= TPO_VIDEO_MAX_EDGE && height <= TPO_VIDEO_MAX_EDGE);
  info = &self->video->index->info;
  self->width = width > 0 ? width : info->width;
  self->height = height > 0 ? height : info->height;
}

TpoPicture *
tpo_video_reader_read (TpoVideoReader *self, guint frame, GCancellable *cancellable,
                       GError **error)
{
  const AVFrame *decoded;
  TpoPicture *picture;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (frame < self->video->index->info.n_frames, NULL);
  decoded = tpo_video_decoder_get (self->decoder, frame, cancellable, error);
  if (decoded == NULL)
    return NULL;
  picture = tpo_picture_maker_make (self->maker, decoded, self->width, self->height, error);
  if (picture == NULL)
    return NULL;
  picture->frame = frame;
  picture->time_us = tpo_video_index_get_time_us (self->video->index, frame);
  return picture;
}
