#include "config.h"

#include "videos/thumbnail.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

/* The size that fits, of at least a pixel. */
static void
fit (const TpoVideoInfo *info, guint *width, guint *height)
{
  double scale = MIN ((double) TPO_THUMBNAIL_WIDTH / info->display_width,
                      (double) TPO_THUMBNAIL_HEIGHT / info->display_height);

  scale = MIN (scale, 1.0);
  *width = MAX (1, (guint) (info->display_width * scale + 0.5));
  *height = MAX (1, (guint) (info->display_height * scale + 0.5));
}

/* A key frame is decoded alone. */
static TpoPicture *
read_picture (TpoVideo *video, GCancellable *cancellable, GError **error)
{
  TpoVideoIndex *index = tpo_video_get_index (video);
  const TpoVideoInfo *info = tpo_video_get_info (video);
  guint frame = tpo_video_index_find_frame (index, info->duration_us / 10), width, height;
  g_autoptr (TpoVideoReader) reader =
      tpo_video_reader_new (video, TPO_PIXEL_RGB24, cancellable, error);

  if (reader == NULL)
    return NULL;
  fit (info, &width, &height);
  tpo_video_reader_set_size (reader, width, height);
  return tpo_video_reader_read (reader, tpo_video_index_find_key (index, frame), cancellable,
                                error);
}

GBytes *
tpo_thumbnail_new (TpoVideo *video, GCancellable *cancellable, GError **error)
{
  g_autoptr (TpoPicture) picture = NULL;
  g_autoptr (GdkPixbuf) pixels = NULL;
  char *file;
  gsize size;

  g_return_val_if_fail (video != NULL, NULL);

  picture = read_picture (video, cancellable, error);
  if (picture == NULL)
    return NULL;
  pixels = gdk_pixbuf_new_from_bytes (picture->bytes, GDK_COLORSPACE_RGB, FALSE, 8,
                                      (int) picture->width, (int) picture->height,
                                      (int) picture->stride);
  return gdk_pixbuf_save_to_buffer (pixels, &file, &size, "jpeg", error, "quality", "80", NULL)
             ? g_bytes_new_take (file, size)
             : NULL;
}
