#pragma once

#include "store/tpo-store.h"

/*
 * Questions as tasks: a saved question is put to many videos, one after the other, in the
 * background. What is still to do lies in the project, so that it goes on after a restart.
 */

G_BEGIN_DECLS

/** tpo_store_add_question: Returns: id of the new question, or of the one with that text, or 0 */
gint64 tpo_store_add_question (TpoStore *self, const char *text, const TpoEdit *edit,
                               GError **error);

gboolean tpo_store_set_question_text (TpoStore *self, gint64 question_id, const char *text,
                                      const TpoEdit *edit, GError **error);

/** tpo_store_remove_question: what waits is no longer run; answers stay */
gboolean tpo_store_remove_question (TpoStore *self, gint64 question_id, const TpoEdit *edit,
                                    GError **error);

/** tpo_store_list_questions: by id. Returns: (transfer full) (element-type TpoQuestionRecord) */
GPtrArray *tpo_store_list_questions (TpoStore *self, GError **error);

/**
 * tpo_store_queue_question:
 * @video_ids: [n_video_ids]
 *
 * Lets the question wait for these videos. Videos that have answered are left out; those that
 * failed are tried again. No undo step.
 */
gboolean tpo_store_queue_question (TpoStore *self, gint64 question_id, const gint64 *video_ids,
                                   guint n_video_ids, GError **error);

/**
 * tpo_store_start_run:
 *
 * Takes the next run that waits and marks it as running. Of questions and videos that were
 * removed none is taken.
 *
 * Returns: (transfer full): or %NULL, without an error when nothing waits
 */
TpoRunRecord *tpo_store_start_run (TpoStore *self, GError **error);

/**
 * tpo_store_end_run:
 * @state: how it ended; waiting again when it was stopped
 * @problem: (nullable): a sentence, of a failed run
 * @message_id: the answer, or 0
 */
gboolean tpo_store_end_run (TpoStore *self, gint64 run_id, TpoRunState state,
                            const char *problem, gint64 message_id, GError **error);

/** tpo_store_drop_runs: forgets what waits or runs; answers and failures stay. No undo step */
gboolean tpo_store_drop_runs (TpoStore *self, GError **error);

/** tpo_store_retry_runs: lets all that failed wait again. No undo step */
gboolean tpo_store_retry_runs (TpoStore *self, GError **error);

/**
 * tpo_store_list_failures: the first @n_most. Returns: (transfer full) (element-type TpoRunRecord):
 * or %NULL
 */
GPtrArray *tpo_store_list_failures (TpoStore *self, guint n_most, GError **error);

/** tpo_store_resume_runs: lets what was running wait again; when a program starts that found itself killed */
gboolean tpo_store_resume_runs (TpoStore *self, GError **error);

G_END_DECLS
