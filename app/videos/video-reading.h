#pragma once

#include "store/tpo-store-videos.h"
#include "videos/tpo-video-item.h"

G_BEGIN_DECLS

/* What is to be read of a project's videos, and what was. Main thread, but for what
 * tpo_video_reading_run() does. */
typedef struct {
  char *project;
  gboolean is_whole;      /* all videos; else those that follow */
  GArray *annotation_ids; /* gint64, whose videos */
  GHashTable *video_ids;  /* gint64 */
  GPtrArray *
      items; /* nullable: TpoVideoItem of all, or of each of video_ids, in its order: %NULL of one that is gone */
} TpoVideoReading;

/** tpo_video_reading_new: of nothing yet */
TpoVideoReading *tpo_video_reading_new (void);

void tpo_video_reading_free (TpoVideoReading *self);

/** tpo_video_reading_add_video: video @id, too */
void tpo_video_reading_add_video (TpoVideoReading *self, gint64 id);

/**
 * tpo_video_reading_run: reads @items in a thread of its own, through a connection of its own
 * @self: (transfer full): becomes the task data of @task
 * @store: whose project
 * @task: returns %TRUE, or the store's error
 */
void tpo_video_reading_run (TpoVideoReading *self, TpoStore *store, GTask *task);

G_END_DECLS
