#pragma once

#include "store/tpo-store-annotations.h"

G_BEGIN_DECLS

/*
 * What lies where in a track. Keyframes are TpoKeyframeRecords by time, as
 * tpo_annotation_get_keyframes() gives them. What a person said of a frame is a barrier: nothing
 * computed goes over it.
 */

/**
 * TpoTimes: presentation times from @start_us on and before @end_us, microseconds; none where they
 * are equal
 */
typedef struct {
  gint64 start_us, end_us;
} TpoTimes;

/** tpo_times_cut: @times as far as they lie in @range */
TpoTimes tpo_times_cut (TpoTimes times, TpoTimes range);

/**
 * tpo_track_free_times:
 * @time_us: of a frame
 * @backward: towards earlier times
 *
 * Where an object may be followed to from @time_us, which is not among them: up to the next frame
 * that a person saw to, or to where the object was said to be absent; %G_MAXINT64 or 0 where there
 * is neither.
 */
TpoTimes tpo_track_free_times (GPtrArray *keyframes, gint64 time_us, gboolean backward);

/**
 * tpo_track_find_correction: the next frame after @time_us (or before it) where a person said that
 * the object is. @found_us: (out). Returns: whether there is one
 */
gboolean tpo_track_find_correction (GPtrArray *keyframes, gint64 time_us, gboolean backward,
                                    gint64 *found_us);

/**
 * tpo_track_predicted_times: of those, the ones from the nearest to the farthest that the model
 * said something of
 */
TpoTimes tpo_track_predicted_times (GPtrArray *keyframes, gint64 time_us, gboolean backward);

/**
 * tpo_track_is_stale: whether what a person said of the frame at @time_us is newer than what the
 *   model said of the frames beside it
 */
gboolean tpo_track_is_stale (GPtrArray *keyframes, gint64 time_us);

/**
 * tpo_track_is_mark: whether the keyframe at @i says what the one before it does not: somebody's
 *   own, and where the object comes or goes; what the model says of frame after frame does not
 */
gboolean tpo_track_is_mark (GPtrArray *keyframes, guint i);

/**
 * tpo_track_find_mark: the nearest one after @time_us, or before it. @found_us: (out). Returns:
 * whether there is one
 */
gboolean tpo_track_find_mark (GPtrArray *keyframes, gint64 time_us, gboolean backward,
                              gint64 *found_us);

/** tpo_track_find_room: the times between the marks around @time_us */
TpoTimes tpo_track_find_room (GPtrArray *keyframes, gint64 time_us);

/** Scores below it are low: the model may have lost the object. */
#define TPO_LOW_SCORE 0.8

/**
 * tpo_track_find_low:
 * @found_us: (out): the frame with the lowest score of that stretch
 *
 * The next stretch of frames after @time_us (or before it) that the model was not sure of. A
 * stretch that @time_us lies in is not looked at.
 *
 * Returns: whether there is one
 */
gboolean tpo_track_find_low (GPtrArray *keyframes, gint64 time_us, gboolean backward,
                             gint64 *found_us);

G_END_DECLS
