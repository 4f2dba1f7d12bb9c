#include "config.h"

#include "cli/eval-figures.h"

#include <math.h>
#include <stdio.h>

#include "cli/cli.h"

static const struct {
  const char *id, *title;
} figures[TPO_EVAL_FIGURE_COUNT] = {
  [TPO_EVAL_TASK] = { "task", "right task token, or none" },
  [TPO_EVAL_ANSWER_STILL] = { "answer_still", "questions on stills, exact match" },
  [TPO_EVAL_ANSWER_CLIP] = { "answer_clip", "questions on clips, exact match" },
  [TPO_EVAL_BOX_HALF] = { "box_iou_50", "box: share with IoU of 0.5 or more" },
  [TPO_EVAL_BOX_IOU] = { "box_iou", "box: mean IoU" },
  [TPO_EVAL_SPAN_HALF] = { "span_r1_50", "time span: R1 at tIoU 0.5" },
  [TPO_EVAL_SPAN_IOU] = { "span_tiou", "time span: mean tIoU" },
  [TPO_EVAL_VISIBLE_HALF] = { "visible_r1_50", "  “when is it visible”: R1 at tIoU 0.5" },
  [TPO_EVAL_VISIBLE_IOU] = { "visible_tiou", "  “when is it visible”: mean tIoU" },
  [TPO_EVAL_MOVES_HALF] = { "moves_r1_50", "  “when does it move”: R1 at tIoU 0.5" },
  [TPO_EVAL_MOVES_IOU] = { "moves_tiou", "  “when does it move”: mean tIoU" },
  [TPO_EVAL_SPAN_PRIOR_HALF] = { "prior_r1_50", "  saying “the whole video”: R1 at tIoU 0.5" },
  [TPO_EVAL_SPAN_PRIOR] = { "prior_tiou", "  saying “the whole video”: mean tIoU" },
  [TPO_EVAL_MASK_FROM_BOX] = { "mask_from_box", "mask from a true box, that frame: J" },
  [TPO_EVAL_MASK_BY_MEMORY] = { "mask_by_memory", "mask from a true box, by memory: mean J" },
  [TPO_EVAL_MASK_BY_WORDS] = { "mask_by_words", "mask from language, over the clip: mean J" },
};

void
tpo_eval_add (TpoEvalFigures *self, TpoEvalFigure figure, gboolean is_held_out, double value)
{
  int column = is_held_out ? 1 : 0;

  self->sum[figure][column] += value;
  self->n[figure][column]++;
}

static double
mean (double sum, guint n)
{
  return n > 0 ? sum / n : NAN;
}

static void
print_table (const TpoEvalFigures *self)
{
  printf ("%-42s %8s %6s   %s\n", "", "all", "n", "unseen pairs (n)");
  for (guint i = 0; i < TPO_EVAL_FIGURE_COUNT; i++) {
    guint n = self->n[i][0] + self->n[i][1];

    if (n == 0)
      continue;
    printf ("%-42s %8.3f %6u", figures[i].title, mean (self->sum[i][0] + self->sum[i][1], n),
            n);
    if (self->n[i][1] > 0)
      printf ("   %.3f (%u)", mean (self->sum[i][1], self->n[i][1]), self->n[i][1]);
    putchar ('\n');
  }
}

static void
print_json (const TpoEvalFigures *self)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  for (guint i = 0; i < TPO_EVAL_FIGURE_COUNT; i++) {
    guint n = self->n[i][0] + self->n[i][1];

    if (n == 0)
      continue;
    json_builder_set_member_name (json, figures[i].id);
    json_builder_begin_object (json);
    tpo_cli_json_double (json, "mean", mean (self->sum[i][0] + self->sum[i][1], n));
    tpo_cli_json_int (json, "n", n);
    if (self->n[i][1] > 0) {
      tpo_cli_json_double (json, "unseen_pairs_mean", mean (self->sum[i][1], self->n[i][1]));
      tpo_cli_json_int (json, "unseen_pairs_n", self->n[i][1]);
    }
    json_builder_end_object (json);
  }
  json_builder_end_object (json);
  tpo_cli_print_json (json);
}

void
tpo_eval_print (const TpoEvalFigures *self, gboolean as_json)
{
  if (as_json)
    print_json (self);
  else
    print_table (self);
}

double
tpo_eval_span_iou (const double a[2], const double b[2])
{
  double inter = MAX (0.0, MIN (a[1], b[1]) - MAX (a[0], b[0]));
  double both = (a[1] - a[0]) + (b[1] - b[0]) - inter;

  return both > 0.0 ? inter / both : 0.0;
}

double
tpo_eval_box_iou (const TpoBox *a, const TpoBox *b)
{
  const double ax[2] = { MIN (a->x0, a->x1), MAX (a->x0, a->x1) };
  const double ay[2] = { MIN (a->y0, a->y1), MAX (a->y0, a->y1) };
  const double bx[2] = { MIN (b->x0, b->x1), MAX (b->x0, b->x1) };
  const double by[2] = { MIN (b->y0, b->y1), MAX (b->y0, b->y1) };
  double inter = MAX (0.0, MIN (ax[1], bx[1]) - MAX (ax[0], bx[0])) *
                 MAX (0.0, MIN (ay[1], by[1]) - MAX (ay[0], by[0]));
  double both = (ax[1] - ax[0]) * (ay[1] - ay[0]) + (bx[1] - bx[0]) * (by[1] - by[0]) - inter;

  return both > 0.0 ? inter / both : 0.0;
}
