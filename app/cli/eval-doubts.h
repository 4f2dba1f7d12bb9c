#pragma once

#include <stdio.h>

#include <tpo/session.h>

/**
 * TpoEvalDoubts: reasons for doubt that the review queue would see in each answer, as lines of a
 * file: group, the item's file, overlap with the truth, expected gain of a look, and each TpoDoubt,
 * separated by tabs; a heading first.
 */
typedef struct _TpoEvalDoubts TpoEvalDoubts;

/** tpo_eval_doubts_new: Returns: (nullable): %NULL with TPO_ERROR_IO */
TpoEvalDoubts *tpo_eval_doubts_new (const char *path, GError **error);
void tpo_eval_doubts_free (TpoEvalDoubts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoEvalDoubts, tpo_eval_doubts_free)

/** tpo_eval_doubts_add: keeps an event of the answer that is being given */
void tpo_eval_doubts_add (TpoEvalDoubts *self, TpoVideo *video, const TpoEvent *event);

/** tpo_eval_doubts_write: the answer is complete, or of no interest (@group is %NULL) */
void tpo_eval_doubts_write (TpoEvalDoubts *self, TpoVideo *video, const char *group,
                            const char *file, const char *text, double overlap);
