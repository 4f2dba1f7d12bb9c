#pragma once

#include "videos/tpo-video-item.h"

G_BEGIN_DECLS

/** TpoVideoFile: whether a video's file is where the project says */
typedef struct {
  gint64 id; /* of the video */
  char *uri;
  gboolean is_missing;
} TpoVideoFile;

/**
 * tpo_video_files_look: in a thread of its own, since a share on the network may keep a look waiting
 * for minutes
 * @items: (element-type TpoVideoItem): whose files; main thread
 * @task: returns %TRUE; its data is a #GArray of TpoVideoFile
 */
void tpo_video_files_look (GPtrArray *items, GTask *task);

G_END_DECLS
