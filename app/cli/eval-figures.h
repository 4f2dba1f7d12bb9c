#pragma once

#include <tpo/types.h>

/**
 * TpoEvalFigure: what `tpo eval` measures; each is the mean of numbers from 0 to 1.
 */
typedef enum {
  TPO_EVAL_TASK,
  TPO_EVAL_ANSWER_STILL,
  TPO_EVAL_ANSWER_CLIP,
  TPO_EVAL_BOX_HALF,
  TPO_EVAL_BOX_IOU,
  TPO_EVAL_SPAN_HALF,
  TPO_EVAL_SPAN_IOU,
  TPO_EVAL_VISIBLE_HALF,
  TPO_EVAL_VISIBLE_IOU,
  TPO_EVAL_MOVES_HALF,
  TPO_EVAL_MOVES_IOU,
  TPO_EVAL_SPAN_PRIOR_HALF,
  TPO_EVAL_SPAN_PRIOR,
  TPO_EVAL_MASK_FROM_BOX,
  TPO_EVAL_MASK_BY_MEMORY,
  TPO_EVAL_MASK_BY_WORDS,
  TPO_EVAL_FIGURE_COUNT
} TpoEvalFigure;

/**
 * TpoEvalFigures: sums and counts of all items, and of those with things never seen together in
 * training; valid when zeroed.
 */
typedef struct {
  double sum[TPO_EVAL_FIGURE_COUNT][2]; /* [figure][held out] */
  guint n[TPO_EVAL_FIGURE_COUNT][2];
} TpoEvalFigures;

void tpo_eval_add (TpoEvalFigures *self, TpoEvalFigure figure, gboolean is_held_out,
                   double value);

/** tpo_eval_print: a table, or JSON, on standard output */
void tpo_eval_print (const TpoEvalFigures *self, gboolean as_json);

/** tpo_eval_box_iou: intersection over union; corners may be in any order */
double tpo_eval_box_iou (const TpoBox *a, const TpoBox *b);

/** tpo_eval_span_iou: @a, @b: [start, end]; temporal intersection over union */
double tpo_eval_span_iou (const double a[2], const double b[2]);
