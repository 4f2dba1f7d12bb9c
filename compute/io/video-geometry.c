#include <glib/gi18n.h>
#include <libavutil/display.h>

#include "io/video-compat.h"
#include "io/video-scan.h"

TpoOrientation
tpo_video_scan_orientation (const AVStream *video)
{
  const gint32 *m = tpo_video_compat_get_display_matrix (video);
  TpoOrientation result = { FALSE, FALSE, FALSE };

  /* The matrix maps stored (x, y) to displayed (m0·x + m3·y, m1·x + m4·y). */
  if (m == NULL)
    return result;
  result.transpose = ABS ((gint64) m[1]) > ABS ((gint64) m[0]);
  result.flip_x = (result.transpose ? m[3] : m[0]) < 0;
  result.flip_y = (result.transpose ? m[1] : m[4]) < 0;
  return result;
}

gboolean
tpo_video_scan_sizes (const TpoVideoStream *stream, TpoVideoInfo *info, GError **error)
{
  AVStream *video = stream->video;
  gint64 width = video->codecpar->width, height = video->codecpar->height;
  AVRational aspect = av_guess_sample_aspect_ratio (stream->format, video, NULL);

  if (width <= 0 || height <= 0) {
    g_set_error (
        error, TPO_ERROR, TPO_ERROR_FORMAT,
        _ ("%s does not show how large its picture is; it is damaged, cut off or far too large"),
        stream->name);
    return FALSE;
  }
  if (!tpo_video_stream_check_size (stream, width, height, error))
    return FALSE;
  info->width = info->display_width = (guint) width;
  info->height = info->display_height = (guint) height;
  /* Pixels become square by stretching, never by shrinking. Absurd ratios are damage. */
  if (aspect.num > 0 && aspect.den > 0 && av_q2d (aspect) < 16 && av_q2d (aspect) > 1 / 16.0) {
    if (aspect.num > aspect.den)
      info->display_width = (guint) av_rescale (width, aspect.num, aspect.den);
    else
      info->display_height = (guint) av_rescale (height, aspect.den, aspect.num);
  }
  if (tpo_video_scan_orientation (video).transpose) {
    guint edge = info->width;

    info->width = info->height;
    info->height = edge;
    edge = info->display_width;
    info->display_width = info->display_height;
    info->display_height = edge;
  }
  return TRUE;
}
