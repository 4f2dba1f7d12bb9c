#pragma once

#include <adwaita.h>

#include "document/tpo-document.h"
#include "tasks/tpo-question-runner.h"

G_BEGIN_DECLS

#define TPO_TYPE_REVIEW_PAGE (tpo_review_page_get_type ())
G_DECLARE_FINAL_TYPE (TpoReviewPage, tpo_review_page, TPO, REVIEW_PAGE, AdwBin)

/**
 * TpoReviewPage:
 *
 * The side bar's queue of what to review, with the progress of questions that run over many videos.
 * What is activated is reviewed: once it is accepted, discarded or deleted the next one follows,
 * until something else is selected.
 *
 * Signals: "show-label" (string, gint64, gint64): address of a video, annotation and time to be shown
 */

GtkWidget *tpo_review_page_new (TpoDocument *document, TpoQuestionRunner *runner);

/**
 * tpo_review_page_get_actions: for gtk_widget_insert_action_group() under the name "review"
 *
 * next: shows what comes next; pause, cancel, retry: of questions that run.
 *
 * Returns: (transfer none)
 */
GActionGroup *tpo_review_page_get_actions (TpoReviewPage *self);

/** tpo_review_page_get_queue: Returns: (transfer none): the list of what is to be reviewed */
GListModel *tpo_review_page_get_queue (TpoReviewPage *self);

G_END_DECLS
