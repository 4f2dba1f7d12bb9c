#pragma once

#include <tpo/video.h>

#include "store/tpo-records.h"

G_BEGIN_DECLS

/**
 * tpo_video_record_new:
 * @video: opened from @location, a path or URI
 *
 * Describes a video for the project. Reads parts of the file, thus not on the main thread.
 *
 * Returns: (transfer full): without id, or %NULL with an error
 */
TpoVideoRecord *tpo_video_record_new (TpoVideo *video, const char *location,
                                      GCancellable *cancellable, GError **error);

/** tpo_video_record_from_file: opens and indexes it as well. Returns: (transfer full): or %NULL */
TpoVideoRecord *tpo_video_record_from_file (const char *location, GCancellable *cancellable,
                                            GError **error);

G_END_DECLS
