#pragma once

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

/*
 * The few places where releases of FFmpeg from 5.1 on differ.
 */

/** tpo_video_compat_get_display_matrix: Returns: (nullable): nine numbers in 16.16, row by row */
static inline const int32_t *
tpo_video_compat_get_display_matrix (const AVStream *stream)
{
  const uint8_t *data;

#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)
  const AVPacketSideData *side =
      av_packet_side_data_get (stream->codecpar->coded_side_data,
                               stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);

  data = side != NULL && side->size >= 9 * sizeof (int32_t) ? side->data : NULL;
#else
  size_t size = 0;

  data = av_stream_get_side_data (stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
  if (size < 9 * sizeof (int32_t))
    data = NULL;
#endif
  return (const int32_t *) data;
}

/** tpo_video_compat_is_key: whether a decoded frame can be shown without any before it */
static inline int
tpo_video_compat_is_key (const AVFrame *frame)
{
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
  return (frame->flags & AV_FRAME_FLAG_KEY) != 0;
#else
  return frame->key_frame;
#endif
}
