#pragma once

#include "document/tpo-document.h"

G_BEGIN_DECLS

/*
 * Tracks of boxes or masks as wholes, and their keyframes in time. Each is one undo step and says
 * whether it was saved, or, cut and joined by a thread as long tracks are, is on its way; if not,
 * "toast" says why.
 */

/**
 * tpo_document_split_track:
 * @position_us: inside it, behind its first frame
 *
 * Cuts it before the frame shown there, as tpo_track_split() does. The second part is a new
 * annotation with the same label, values, prediction and history; it is selected.
 */
gboolean tpo_document_split_track (TpoDocument *self, TpoAnnotation *annotation,
                                   gint64 position_us);

/**
 * tpo_document_merge_tracks:
 * @annotations: (element-type TpoAnnotation): two or more tracks of one kind
 *
 * The same object, seen several times, as tpo_track_merge() says. The earliest stays, of those that
 * came from a prediction if there are any; label, name and values that it lacks it takes from the
 * others, which go.
 */
gboolean tpo_document_merge_tracks (TpoDocument *self, GPtrArray *annotations);

/**
 * tpo_document_set_boxes: @boxes: [annotations->len]: on the frame at @position_us, which become
 * keyframes. @annotations: (element-type TpoAnnotation)
 */
gboolean tpo_document_set_boxes (TpoDocument *self, GPtrArray *annotations, gint64 position_us,
                                 const TpoBox *boxes);

/**
 * tpo_document_place_keyframe:
 * @from_us: of a keyframe
 * @wanted_us: any time
 *
 * Returns: when the frame begins that the keyframe may be moved to instead: it stays between the
 *   keyframes around it that tpo_track_is_mark() tells of
 */
gint64 tpo_document_place_keyframe (TpoDocument *self, TpoAnnotation *annotation,
                                    gint64 from_us, gint64 wanted_us);

/**
 * tpo_document_move_keyframe: to where tpo_document_place_keyframe() says, as tpo_track_move()
 * does. The edges of absences are keyframes, too
 */
gboolean tpo_document_move_keyframe (TpoDocument *self, TpoAnnotation *annotation,
                                     gint64 from_us, gint64 to_us);

G_END_DECLS
