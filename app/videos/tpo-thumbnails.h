#pragma once

#include <gdk/gdk.h>

#include "document/tpo-document.h"
#include "videos/tpo-video-item.h"

G_BEGIN_DECLS

#define TPO_TYPE_THUMBNAILS (tpo_thumbnails_get_type ())
G_DECLARE_FINAL_TYPE (TpoThumbnails, tpo_thumbnails, TPO, THUMBNAILS, GObject)

/**
 * TpoThumbnails:
 *
 * Small pictures of the project's videos. A thread reads them from the project, or makes them from
 * the videos where the project has none; some hundred are kept. Main thread only.
 *
 * Signals: "ready" (gint64): the id of a video whose picture came.
 */

TpoThumbnails *tpo_thumbnails_new (TpoDocument *document);

/** tpo_thumbnails_get: what is there now. Returns: (transfer none) (nullable) */
GdkTexture *tpo_thumbnails_get (TpoThumbnails *self, gint64 video_id);

/** tpo_thumbnails_request: asks for a picture unless it is there, on its way or cannot be made */
void tpo_thumbnails_request (TpoThumbnails *self, TpoVideoItem *item);

/** tpo_thumbnails_forget: what nobody sees any more is not read, unless it is being read already */
void tpo_thumbnails_forget (TpoThumbnails *self, gint64 video_id);

/**
 * tpo_thumbnails_take_open: that of the open video is made from what is known of it, without
 * reading the file again
 */
void tpo_thumbnails_take_open (TpoThumbnails *self);

G_END_DECLS
