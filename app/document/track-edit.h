#pragma once

#include "document/track-search.h"

G_BEGIN_DECLS

/*
 * What becomes of the keyframes of tracks that are cut in two, made one or changed in time. All
 * frames that a track has keep what they show; keyframes are added where that needs them.
 */

/** tpo_track_change_init: fills @change for a track that stays as it is */
void tpo_track_change_init (TpoTrackChange *change, const TpoAnnotationRecord *track);
void tpo_track_change_clear (TpoTrackChange *change);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TpoTrackChange, tpo_track_change_clear)

/**
 * tpo_track_split:
 * @time_us: of the frame that the second part begins with
 * @before_us: of the frame before it
 * @first: (inout): initialised
 * @second: (inout): likewise
 *
 * A box that was interpolated at the cut becomes a keyframe on both sides of it; a mask that was
 * held, on its far side. A part that begins while the object is absent says so on its first frame.
 *
 * Returns: whether the object is in the picture in both parts; if not, the track cannot be split there
 */
gboolean tpo_track_split (const TpoAnnotationRecord *track, GPtrArray *keyframes,
                          gint64 before_us, gint64 time_us, TpoTrackChange *first,
                          TpoTrackChange *second);

/** TpoTrackPart: a track that is merged with others */
typedef struct {
  const TpoAnnotationRecord *record;
  GPtrArray *keyframes; /* of TpoKeyframeRecord, by time */
} TpoTrackPart;

/**
 * tpo_track_merge:
 * @parts: [n_parts], the track that stays first
 * @change: (inout): initialised: what becomes of that track
 *
 * The same object seen several times: the keyframes of all. Where several have one on the same
 * frame, what a person said comes before what was computed, and then the order of @parts; that the
 * object is there comes before that it is absent. Where one of them ends among the others, the next
 * one that is there gets a keyframe. The object is absent where none of them is; nobody said so, so
 * that tracking may find it there.
 */
void tpo_track_merge (const TpoTrackPart *parts, guint n_parts, TpoTrackChange *change);

/**
 * tpo_track_move:
 * @from_us: of a keyframe
 * @to_us: of another frame, within tpo_track_find_room()
 * @from_end_us: when the display of the frame at @from_us ends
 * @to_end_us: likewise
 * @change: (inout): initialised
 *
 * What was computed for frames that it passes goes. The track's own start and end go along with its
 * first and last frame.
 */
void tpo_track_move (const TpoAnnotationRecord *track, GPtrArray *keyframes, gint64 from_us,
                     gint64 from_end_us, gint64 to_us, gint64 to_end_us,
                     TpoTrackChange *change);

G_END_DECLS
