#pragma once

#include "review/doubts.h"
#include "store/tpo-store-review.h"

/*
 * The queue of what to look at, over all videos of a project, the most promising first.
 */

G_BEGIN_DECLS

/**
 * TpoReviewItem: an annotation that nobody looked at, with the reason to look; immutable,
 * reference-counted, thread-safe
 */
typedef struct {
  TpoUnreviewedRecord *record; /* owned; without answer */
  TpoDoubts doubts;
  double gain; /* 0 … 1 */
  TpoDoubt doubt;
} TpoReviewItem;

TpoReviewItem *tpo_review_item_ref (TpoReviewItem *self);
void tpo_review_item_unref (TpoReviewItem *self);

/** tpo_review_item_compare: below 0 where @a comes first: by gain, then in the order of making */
int tpo_review_item_compare (const TpoReviewItem *a, const TpoReviewItem *b);

/**
 * tpo_review_item_get_time: the frame to look at: where the doubt shows, if it lies in the label,
 * else its start
 */
gint64 tpo_review_item_get_time (const TpoReviewItem *self);

/**
 * TpoReviewMemory: doubts by prediction; predictions never change, so that a queue made again reads
 * only new ones
 */
typedef struct _TpoReviewMemory TpoReviewMemory;

TpoReviewMemory *tpo_review_memory_new (void);
void tpo_review_memory_free (TpoReviewMemory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoReviewMemory, tpo_review_memory_free)

/**
 * tpo_review_list:
 * @memory: of this project; used by one thread at a time
 *
 * Blocks: some 50 µs for each prediction that @memory does not know, so from a thread of its own.
 *
 * Returns: (transfer full) (element-type TpoReviewItem): as tpo_review_item_compare() has it; or %NULL
 */
GPtrArray *tpo_review_list (TpoStore *store, TpoReviewMemory *memory, GCancellable *cancellable,
                            GError **error);

G_END_DECLS
