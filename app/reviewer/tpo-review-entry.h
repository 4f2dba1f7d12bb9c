#pragma once

#include <gio/gio.h>

#include "review/review-list.h"

G_BEGIN_DECLS

#define TPO_TYPE_REVIEW_ENTRY (tpo_review_entry_get_type ())
G_DECLARE_FINAL_TYPE (TpoReviewEntry, tpo_review_entry, TPO, REVIEW_ENTRY, GObject)

/**
 * TpoReviewEntry:
 *
 * An item of the review queue as lists show it. It does not change.
 */

/** tpo_review_entry_new: @item: shared with the queue */
TpoReviewEntry *tpo_review_entry_new (TpoReviewItem *item);

/** tpo_review_entry_get_item: Returns: (transfer none) */
const TpoReviewItem *tpo_review_entry_get_item (TpoReviewEntry *self);

/** tpo_review_entry_dup_title: what the label says, or the question. Returns: (transfer full) */
char *tpo_review_entry_dup_title (TpoReviewEntry *self);

/** tpo_review_entry_dup_reason: why to look. Returns: (transfer full) */
char *tpo_review_entry_dup_reason (TpoReviewEntry *self);

/** tpo_review_entry_dup_video_name: of its file, to be shown. Returns: (transfer full) */
char *tpo_review_entry_dup_video_name (TpoReviewEntry *self);

/** tpo_review_entry_dup_name: all of them in a row. Returns: (transfer full) */
char *tpo_review_entry_dup_name (TpoReviewEntry *self);

G_END_DECLS
