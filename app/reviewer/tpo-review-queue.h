#pragma once

#include "document/tpo-document.h"
#include "reviewer/tpo-review-entry.h"

G_BEGIN_DECLS

#define TPO_TYPE_REVIEW_QUEUE (tpo_review_queue_get_type ())
G_DECLARE_FINAL_TYPE (TpoReviewQueue, tpo_review_queue, TPO, REVIEW_QUEUE, GObject)

/**
 * TpoReviewQueue:
 *
 * What nobody looked at in a project, the most promising first: a GListModel of TpoReviewEntry.
 * What is decided goes at once; what comes is read by a thread. Entries are made when they are
 * asked for. Main thread only.
 *
 * Signals: "loaded": the list was read again; "problem" (string): a sentence why it was not.
 */

/** tpo_review_queue_new: follows the project of @document */
TpoReviewQueue *tpo_review_queue_new (TpoDocument *document);

/** tpo_review_queue_reload: reads the project again, soon */
void tpo_review_queue_reload (TpoReviewQueue *self);

/** TpoReviewFilter: valid when zeroed: all */
typedef struct {
  gint64 label_id;      /* 0: any */
  const char *question; /* nullable: any */
  const char *model;    /* nullable: any */
} TpoReviewFilter;

void tpo_review_queue_set_filter (TpoReviewQueue *self, const TpoReviewFilter *filter);

/** tpo_review_queue_get_n_all: with what the filter hides */
guint tpo_review_queue_get_n_all (TpoReviewQueue *self);

/** tpo_review_queue_list_questions: of all, each once. Returns: (transfer full) (element-type utf8) */
GPtrArray *tpo_review_queue_list_questions (TpoReviewQueue *self);
GPtrArray *tpo_review_queue_list_models (TpoReviewQueue *self);

/**
 * tpo_review_queue_find:
 *
 * Returns: where @item is, or would be if it is decided already: the position of what comes next
 */
guint tpo_review_queue_find (TpoReviewQueue *self, const TpoReviewItem *item);

G_END_DECLS
