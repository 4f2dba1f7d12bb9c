#pragma once

#include "store/tpo-store-predictions.h"

/*
 * How likely a look at a prediction pays: reasons for doubt that are read from what the model
 * itself said, without a model. Pure functions; any thread.
 */

G_BEGIN_DECLS

/**
 * TpoDoubt: why a prediction may be wrong. Each is a number d from 0, nothing speaks for it, to 1.
 *
 * Steps are those of the highlight curve, n in number, m of them inside the best span; p is the
 * curve as a distribution, p = softmax (curve / 0.5), 0.5 being the temperature of the loss that
 * trains the curve (CG-DETR, rank term). Keyframes are those with a box; s is their score, A a
 * box's area, c its centre.
 */
typedef enum {
  /* Entropy H = −Σ p ln p between that of a curve that is even inside the span and nothing outside,
   * and that of one that is even everywhere: d = (H − ln m) / (ln n − ln m), clamped; 0 where the
   * span is the whole curve. */
  TPO_DOUBT_FLAT,
  /* The curve peaks elsewhere: d = 1 − max p inside / max p. */
  TPO_DOUBT_ELSEWHERE,
  /* Margin to the best span of another moment, tIoU with the best span below 0.5: d = its score /
   * best score. */
  TPO_DOUBT_RIVAL,
  /* d = 1 − score of the span; of a track 1 − mean s. */
  TPO_DOUBT_SCORE,
  /* d = 1 − least s / median s; at least 0.5 where a track is absent and then back. */
  TPO_DOUBT_LOSS,
  /* Step between neighbouring keyframes i and j: t = |ln (Aj / Ai)| + |cj − ci| / sqrt (Ai). d = 1 − exp (−e), where e
   * is how far the largest t goes beyond twice the median t. A sudden doubling of the area alone
   * gives 0.5. Three steps at least. */
  TPO_DOUBT_JUMP,
  /* The text names a time: two or more, d = 1 − tIoU with the span that they enclose, half a second
   * of grain at either side; one, d = distance to the span / span's length, at least a second,
   * clamped. */
  TPO_DOUBT_TEXT,
  /* Other answers to the same question: d = 1 − mean over them of their finding's best overlap. */
  TPO_DOUBT_ANSWERS,
  TPO_DOUBT_COUNT
} TpoDoubt;

typedef struct {
  double d[TPO_DOUBT_COUNT];
  gint64 time_us[TPO_DOUBT_COUNT]; /* where it shows; -1: nowhere in particular */
} TpoDoubts;

/** tpo_doubts_init: none */
void tpo_doubts_init (TpoDoubts *self);

/**
 * tpo_doubts_read:
 * @prediction: its masks are not needed
 * @answer: (nullable): text that it came with
 *
 * All but %TPO_DOUBT_ANSWERS, which needs other predictions.
 */
void tpo_doubts_read (TpoDoubts *self, const TpoPredictionRecord *prediction,
                      const char *answer);

/**
 * tpo_doubts_gain:
 * @main: (out) (optional): which adds most; %TPO_DOUBT_COUNT where there is none
 *
 * The expected gain of a look: 1 − Π (1 − w d), the probability that a person changes the label if
 * each doubt alone made them change it with probability w d. The weights w are chosen, not
 * measured: 0.5 for a flat curve, 0.6 for one that peaks elsewhere, 0.4 for a rival, 0.6 for the
 * score, 0.6 for a loss, 0.5 for a jump, 0.8 for text and answers.
 *
 * The order that they give, with the bundled model (tpo eval tests/data/heldout --doubts FILE); in
 * the order of chance a tenth of the answers holds a tenth of the wrong ones:
 *   167 moments, 16 wrong (tIoU < 0.5): the first 10, 20, 50 % hold 25, 50, 69 % of them; area
 *   under the curve 0.68 59 tracks by words (the first of 92), 8 wrong (mean J < 0.7): 25, 25, 88
 *   %; 0.77
 * Of moments only curve and peak tell (areas 0.70 and 0.66): this model is sure of its spans also
 * where they are wrong (score 0.32, rival 0.25). Weights that suit the moments of half of the clips
 * best bring 0.59 instead of 0.57 on the other half, where 8 of 88 are wrong: less than chance
 * differs by, so that the weights stay as they were chosen.
 */
double tpo_doubts_gain (const TpoDoubts *self, TpoDoubt *main);

/**
 * tpo_doubt_describe: a short clause for people, translated. @self, @doubt: of tpo_doubts_gain().
 * Returns: (transfer full)
 */
char *tpo_doubt_describe (const TpoDoubts *self, TpoDoubt doubt, TpoAnnotationKind kind);

/**
 * tpo_doubts_times_in: times that a text names: "0:04", "1:02:03.5", "4 s", "4.5 seconds", "4 秒"
 *
 * Returns: (transfer full) (element-type gint64): microseconds, as they stand in the text
 */
GArray *tpo_doubts_times_in (const char *text);

G_END_DECLS
