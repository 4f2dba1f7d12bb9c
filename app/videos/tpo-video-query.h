#pragma once

#include "videos/tpo-video-list.h"

G_BEGIN_DECLS

typedef enum {
  TPO_VIDEO_SORT_ADDED,  /* the order of adding */
  TPO_VIDEO_SORT_NAME,   /* as people count: "clip 9" before "clip 10" */
  TPO_VIDEO_SORT_OPENED, /* the last opened first */
  TPO_VIDEO_SORT_STATUS, /* what is left to do first */
  TPO_VIDEO_SORT_LABELS, /* the most labels first */
  TPO_VIDEO_SORT_COUNT,
} TpoVideoSort;

typedef enum {
  TPO_VIDEO_SHOW_ALL,
  TPO_VIDEO_SHOW_UNLABELLED,
  TPO_VIDEO_SHOW_PREDICTED,
  TPO_VIDEO_SHOW_IN_WORK,
  TPO_VIDEO_SHOW_REVIEWED,
  TPO_VIDEO_SHOW_MISSING, /* whose files are gone */
  TPO_VIDEO_SHOW_COUNT,
} TpoVideoShow;

#define TPO_TYPE_VIDEO_QUERY (tpo_video_query_get_type ())
G_DECLARE_FINAL_TYPE (TpoVideoQuery, tpo_video_query, TPO, VIDEO_QUERY, GObject)

/**
 * TpoVideoQuery:
 *
 * The videos of a list that fit a search, in some order: a GListModel of TpoVideoItem. It changes
 * at once when the search does, and follows the list. GTK's own models call back into the program
 * for each video; this one looks through ten thousand within a frame. Main thread only.
 */

TpoVideoQuery *tpo_video_query_new (TpoVideoList *videos);

/**
 * tpo_video_query_set_text: @text: (nullable): words that a video's name or folder must all
 * contain, in any case
 */
void tpo_video_query_set_text (TpoVideoQuery *self, const char *text);

void tpo_video_query_set_show (TpoVideoQuery *self, TpoVideoShow show);
void tpo_video_query_set_sort (TpoVideoQuery *self, TpoVideoSort sort);

/** tpo_video_query_find: Returns: whether @video_id is in, and then where */
gboolean tpo_video_query_find (TpoVideoQuery *self, gint64 video_id, guint *position);

G_END_DECLS
