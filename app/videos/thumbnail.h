#pragma once

#include <tpo/video.h>

G_BEGIN_DECLS

/** Size that small pictures of videos fit: twice what a row shows, for dense screens. */
enum {
  TPO_THUMBNAIL_WIDTH = 192,
  TPO_THUMBNAIL_HEIGHT = 108,
};

/**
 * tpo_thumbnail_new: of a key frame near a tenth of the video, where titles and black are mostly
 * over. Any thread
 *
 * Returns: (transfer full): a JPEG file for tpo_store_set_thumbnail(); or %NULL with the error of reading
 */
GBytes *tpo_thumbnail_new (TpoVideo *video, GCancellable *cancellable, GError **error);

G_END_DECLS
