#pragma once

#include <tpo/video.h>

#include "document/track-search.h"

G_BEGIN_DECLS

typedef enum {
  TPO_REACH_LOOP, /* inside the loop of the player, where one is set; up to a correction */
  TPO_REACH_CORRECTION, /* up to the next frame that a person saw to */
  TPO_REACH_END,        /* to the end of the video, on behind each such frame, which stays */
  TPO_REACH_FRAMES,     /* so many frames, up to a correction */
  TPO_REACH_SECONDS,    /* likewise */
} TpoReachKind;

/** TpoReach: how far objects are followed; valid when zeroed */
typedef struct {
  TpoReachKind kind;
  guint amount; /* of frames or seconds */
} TpoReach;

/**
 * tpo_reach_times:
 * @frame: from which objects are followed
 * @loop: (nullable): of the player
 *
 * Returns: presentation times in both directions that are to be reached at most
 */
TpoTimes tpo_reach_times (const TpoReach *self, const TpoVideoIndex *index, guint frame,
                          const TpoTimes *loop);

G_END_DECLS
