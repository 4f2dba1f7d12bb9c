#pragma once

#include <gtk/gtk.h>

#include "reviewer/tpo-review-entry.h"

G_BEGIN_DECLS

#define TPO_TYPE_REVIEW_ROW (tpo_review_row_get_type ())
G_DECLARE_FINAL_TYPE (TpoReviewRow, tpo_review_row, TPO, REVIEW_ROW, GtkWidget)

/**
 * TpoReviewRow:
 *
 * What is to be reviewed, the reason, and its video. A list keeps some two hundred of them, most of
 * them out of sight: only what is drawn gets its texts. All are of one height.
 */
GtkWidget *tpo_review_row_new (void);

/** tpo_review_row_set_entry: also names the list's item around it */
void tpo_review_row_set_entry (TpoReviewRow *self, TpoReviewEntry *entry);

G_END_DECLS
