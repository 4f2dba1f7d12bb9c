#pragma once

#include "document/tpo-document.h"
#include "videos/tpo-video-item.h"

G_BEGIN_DECLS

#define TPO_TYPE_VIDEO_LIST (tpo_video_list_get_type ())
G_DECLARE_FINAL_TYPE (TpoVideoList, tpo_video_list, TPO, VIDEO_LIST, GObject)

/**
 * TpoVideoList:
 *
 * All videos of a project in the order of adding, a GListModel of TpoVideoItem. A thread of its own
 * reads them, at once and again after changes, and only what differs is told to listeners. Main
 * thread only.
 *
 * Signals: "updated" (TpoVideoItem): it says something new; "loaded": items and counts are as the
 * project was a moment ago; "problem" (string): a sentence why they are not.
 */

/** tpo_video_list_new: follows the project of @document */
TpoVideoList *tpo_video_list_new (TpoDocument *document);

/** tpo_video_list_reload: reads the project again, soon; for changes by other connections */
void tpo_video_list_reload (TpoVideoList *self);

/** tpo_video_list_check_files: a thread looks which files are there, as it does after each reload */
void tpo_video_list_check_files (TpoVideoList *self);

/** tpo_video_list_is_loaded: false before the project was read for the first time */
gboolean tpo_video_list_is_loaded (TpoVideoList *self);

/** tpo_video_list_find: Returns: (transfer none) (nullable) */
TpoVideoItem *tpo_video_list_find (TpoVideoList *self, gint64 video_id);

/** tpo_video_list_find_uri: by the address of its file. Returns: (transfer none) (nullable) */
TpoVideoItem *tpo_video_list_find_uri (TpoVideoList *self, const char *uri);

/** tpo_video_list_look: looks for the file of one video at once. Returns: whether it is missing */
gboolean tpo_video_list_look (TpoVideoList *self, TpoVideoItem *item);

/** tpo_video_list_count: videos of that status */
guint tpo_video_list_count (TpoVideoList *self, TpoVideoStatus status);

G_END_DECLS
