#pragma once

#include <tpo/video.h>

G_BEGIN_DECLS

/**
 * TpoVideoKey: a packet where decoding can start. Keys that an edit list hides are kept too,
 * since the frames after them need them.
 */
typedef struct {
  gint64 pts, dts; /* stream time base */
  guint frame;     /* first displayed frame that decoding from here gives */
} TpoVideoKey;

/*
 * Invariants:
 * 1. info.n_frames ≥ 1; pts is strictly increasing and so are the times made from it.
 * 2. keys are sorted by pts, their frames never decrease and are below n_frames.
 * 3. With is_counted, the file has no usable presentation times: pts holds the sorted decoding
 *    times, and the reader tells frames apart by counting from a key.
 * 4. With is_untimed as well, there are no times at all: pts are ordinals in a made-up time
 *    base, and decoding starts at the beginning.
 */
struct _TpoVideoIndex {
  gatomicrefcount ref_count;
  TpoVideoInfo info;
  gint32 time_base_num, time_base_den; /* seconds a tick, a positive fraction */
  gint64 last_duration_us;             /* of the last frame, > 0 */
  gboolean is_counted;
  gboolean is_untimed;
  gint64 *pts; /* [n_frames], stream time base */
  TpoVideoKey *keys;
  guint n_keys;
};

TpoVideoIndex *tpo_video_index_new (void);

/** tpo_video_index_ticks_to_us: distance of @ticks in the stream's time base, rounded */
gint64 tpo_video_index_ticks_to_us (const TpoVideoIndex *self, gint64 ticks);

/** tpo_video_index_find_pts: Returns: the frame with exactly @pts, or -1 */
gint64 tpo_video_index_find_pts (const TpoVideoIndex *self, gint64 pts);

/** tpo_video_index_find_key_entry: number of the last key that decodes @frame, or -1 */
int tpo_video_index_find_key_entry (const TpoVideoIndex *self, guint frame);

G_END_DECLS
