#pragma once

#include "document/tpo-document.h"

G_BEGIN_DECLS

/*
 * Changes of many videos at once, as one undo step; a thread does the work, since ten thousand take
 * a second. Main thread only.
 */

typedef enum {
  TPO_VIDEO_EDIT_REVIEWED,
  TPO_VIDEO_EDIT_NOT_REVIEWED,
  TPO_VIDEO_EDIT_REMOVE,
} TpoVideoEdit;

/** tpo_video_edit_async: @video_ids: (transfer full) (element-type gint64) */
void tpo_video_edit_async (TpoDocument *document, TpoVideoEdit edit, GArray *video_ids,
                           GAsyncReadyCallback callback, gpointer user_data);

/** tpo_video_edit_finish: Returns: whether all of it was saved; else nothing was */
gboolean tpo_video_edit_finish (TpoDocument *document, GAsyncResult *result, GError **error);

G_END_DECLS
