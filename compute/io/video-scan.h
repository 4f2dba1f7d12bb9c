#pragma once

#include "io/video-index.h"
#include "io/video-stream.h"

G_BEGIN_DECLS

/**
 * tpo_video_scan:
 * @stream: just opened, with a video stream; its position is at the end afterwards
 * @cancellable: polled between packets
 *
 * Demuxes the whole file once, without decoding, and makes its index.
 *
 * Returns: (transfer full) (nullable): %NULL with %TPO_ERROR_FORMAT when no frame is found
 */
TpoVideoIndex *tpo_video_scan (TpoVideoStream *stream, TpoProgressFunc progress,
                               gpointer progress_data, GCancellable *cancellable,
                               GError **error);

/**
 * tpo_video_scan_sizes:
 *
 * Fills in the picture sizes from the stream's parameters.
 *
 * Returns: false with %TPO_ERROR_UNSUPPORTED or %TPO_ERROR_FORMAT when they are not usable
 */
gboolean tpo_video_scan_sizes (const TpoVideoStream *stream, TpoVideoInfo *info,
                               GError **error);

/** TpoOrientation: how a stored picture becomes an upright one; transposing comes first */
typedef struct {
  gboolean transpose, flip_x, flip_y;
} TpoOrientation;

/** tpo_video_scan_orientation: multiples of 90° and mirroring; other angles are left alone */
TpoOrientation tpo_video_scan_orientation (const AVStream *video);

G_END_DECLS
