#pragma once

#include "store/tpo-store.h"

/*
 * What a person has still to look at, for a whole project. These look at every annotation: from a
 * thread of its own where there are many.
 */

G_BEGIN_DECLS

/**
 * TpoUnreviewedRecord: an annotation as the model said, with what it came from
 */
typedef struct {
  gint64 annotation_id, video_id, prediction_id, label_id, message_id; /* the last two: or 0 */
  TpoAnnotationKind kind;
  gint64 start_us, end_us;
  char *text; /* nullable: query or caption */
  GRefString *question, *model, *video_uri;
  char *answer; /* nullable: text of the message that it came with */
} TpoUnreviewedRecord;

/** tpo_unreviewed_record_free: @self: (nullable) */
void tpo_unreviewed_record_free (TpoUnreviewedRecord *self);

/** tpo_store_list_unreviewed: by id. Returns: (transfer full) (element-type TpoUnreviewedRecord): or %NULL */
GPtrArray *tpo_store_list_unreviewed (TpoStore *self, GError **error);

/**
 * TpoAskedAgainRecord: a prediction to a question that was answered more than once for its video
 */
typedef struct {
  gint64 prediction_id, message_id;
  guint group; /* of one video, question and kind; consecutive in the list, from 0 */
} TpoAskedAgainRecord;

/**
 * tpo_store_list_asked_again: those of which there are several answers with a finding of one kind, by group
 *
 * Returns: (transfer full) (element-type TpoAskedAgainRecord): or %NULL
 */
GArray *tpo_store_list_asked_again (TpoStore *self, GError **error);

/**
 * TpoKeyframeChange: which keyframes a revision changed
 */
typedef struct {
  gint64 revision_id;
  guint n_set, n_removed;
  gint64 first_us; /* the earliest of them */
} TpoKeyframeChange;

/**
 * tpo_store_list_keyframe_changes: of all revisions of an annotation
 *
 * Returns: (transfer full) (element-type gint64 TpoKeyframeChange): by revision, only those that
 * changed any; or %NULL
 */
GHashTable *tpo_store_list_keyframe_changes (TpoStore *self, gint64 annotation_id,
                                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoUnreviewedRecord, tpo_unreviewed_record_free)

G_END_DECLS
