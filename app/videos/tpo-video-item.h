#pragma once

#include "store/tpo-records.h"

G_BEGIN_DECLS

#define TPO_TYPE_VIDEO_ITEM (tpo_video_item_get_type ())
G_DECLARE_FINAL_TYPE (TpoVideoItem, tpo_video_item, TPO, VIDEO_ITEM, GObject)

/**
 * TpoVideoItem:
 *
 * A video of the project as lists show it. Views listen to "changed". Main thread only, once a list has it.
 *
 * Signals: "changed".
 */

/** tpo_video_item_new: takes @summary over. Any thread */
TpoVideoItem *tpo_video_item_new (TpoVideoSummary *summary);

/**
 * tpo_video_item_update: says what @newer says, which gets what @self said, and emits "changed" where that differs.
 * For TpoVideoList
 *
 * Returns: whether it did
 */
gboolean tpo_video_item_update (TpoVideoItem *self, TpoVideoItem *newer);

/** tpo_video_item_get_summary: Returns: (transfer none): valid until "changed" */
const TpoVideoSummary *tpo_video_item_get_summary (TpoVideoItem *self);

gint64 tpo_video_item_get_id (TpoVideoItem *self);

/** tpo_video_item_get_name: of its file, as UTF-8 to be shown */
const char *tpo_video_item_get_name (TpoVideoItem *self);

/** tpo_video_item_get_sort_key: of its name for strcmp(): "clip 9" comes before "clip 10" */
const char *tpo_video_item_get_sort_key (TpoVideoItem *self);

/** tpo_video_item_get_search_key: name and folder without the difference of upper and lower case */
const char *tpo_video_item_get_search_key (TpoVideoItem *self);

/** tpo_video_item_is_missing: whether its file was not there when somebody looked last */
gboolean tpo_video_item_is_missing (TpoVideoItem *self);

/** tpo_video_item_set_missing: emits "changed". For TpoVideoList. Returns: whether that is new */
gboolean tpo_video_item_set_missing (TpoVideoItem *self, gboolean is_missing);

/** tpo_video_item_dup_folder: where its file is, to be shown. Returns: (transfer full) */
char *tpo_video_item_dup_folder (TpoVideoItem *self);

G_END_DECLS
