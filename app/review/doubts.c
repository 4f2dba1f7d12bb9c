#include "config.h"

#include "review/doubts.h"

#include <glib/gi18n.h>
#include <math.h>

#include "review/overlap.h"
#include "review/words.h"

static const double CURVE_TEMPERATURE = 0.5;
static const double RIVAL_OVERLAP = 0.5;
static const gint64 TEXT_GRAIN_US = G_USEC_PER_SEC / 2;

static const double weights[TPO_DOUBT_COUNT] = {
  [TPO_DOUBT_FLAT] = 0.5,  [TPO_DOUBT_ELSEWHERE] = 0.6, [TPO_DOUBT_RIVAL] = 0.4,
  [TPO_DOUBT_SCORE] = 0.6, [TPO_DOUBT_LOSS] = 0.6,      [TPO_DOUBT_JUMP] = 0.5,
  [TPO_DOUBT_TEXT] = 0.8,  [TPO_DOUBT_ANSWERS] = 0.8,
};

void
tpo_doubts_init (TpoDoubts *self)
{
  for (guint i = 0; i < TPO_DOUBT_COUNT; i++) {
    self->d[i] = 0.0;
    self->time_us[i] = -1;
  }
}

static void
set (TpoDoubts *self, TpoDoubt doubt, double d, gint64 time_us)
{
  self->d[doubt] = isfinite (d) ? CLAMP (d, 0.0, 1.0) : 0.0;
  self->time_us[doubt] = time_us;
}

/* ---- the highlight curve -------------------------------------------------------------------------- */

/* Returns: [n]; free it */
static double *
softmax (const float *curve, guint n)
{
  double *p = g_new (double, n), high = -G_MAXDOUBLE, sum = 0.0;

  for (guint i = 0; i < n; i++)
    high = MAX (high, (double) curve[i]);
  for (guint i = 0; i < n; i++)
    sum += p[i] = exp (((double) curve[i] - high) / CURVE_TEMPERATURE);
  for (guint i = 0; i < n; i++)
    p[i] /= sum;
  return p;
}

static void
read_curve (TpoDoubts *self, const TpoPredictionRecord *prediction)
{
  const TpoSpan *best = prediction->spans;
  guint n = prediction->n_saliency, n_inside = 0, peak = 0;
  g_autofree double *p = NULL;
  double entropy = 0.0, high = 0.0, high_inside = 0.0;

  if (prediction->n_spans == 0 || n < 2)
    return;
  p = softmax (prediction->saliency, n);
  for (guint i = 0; i < n; i++) {
    gint64 middle_us = prediction->saliency_start_us + i * prediction->saliency_step_us +
                       prediction->saliency_step_us / 2;

    if (p[i] > 0.0)
      entropy -= p[i] * log (p[i]);
    if (p[i] > high) {
      high = p[i];
      peak = i;
    }
    if (middle_us >= best->start_us && middle_us < best->end_us) {
      n_inside++;
      high_inside = MAX (high_inside, p[i]);
    }
  }
  n_inside = MAX (n_inside, 1); /* a span may lie between two middles */
  if (n_inside == n)
    return;
  set (self, TPO_DOUBT_FLAT, (entropy - log (n_inside)) / (log (n) - log (n_inside)), -1);
  if (high_inside > 0.0)
    set (self, TPO_DOUBT_ELSEWHERE, 1.0 - high_inside / high,
         prediction->saliency_start_us + peak * prediction->saliency_step_us);
}

static void
read_spans (TpoDoubts *self, const TpoPredictionRecord *prediction)
{
  const TpoSpan *best = prediction->spans;

  if (prediction->n_spans == 0 || best->score < 0.0f)
    return;
  set (self, TPO_DOUBT_SCORE, 1.0 - (double) best->score, -1);
  for (guint i = 1; i < prediction->n_spans; i++) {
    const TpoSpan *other = &prediction->spans[i];

    if (tpo_overlap_intervals ((double) best->start_us, (double) best->end_us,
                               (double) other->start_us,
                               (double) other->end_us) >= RIVAL_OVERLAP)
      continue;
    if (best->score > 0.0f)
      set (self, TPO_DOUBT_RIVAL, (double) other->score / (double) best->score,
           other->start_us);
    return; /* they come best first */
  }
}

/* ---- tracks ------------------------------------------------------------------------------------------ */

static int
by_value (gconstpointer a, gconstpointer b)
{
  double left = *(const double *) a, right = *(const double *) b;

  return left < right ? -1 : left > right;
}

/* Sorts @values. */
static double
median (GArray *values)
{
  const double *sorted = (const double *) (gpointer) values->data;
  guint half = values->len / 2;

  g_array_sort (values, by_value);
  return values->len % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2.0;
}

/* Where the track is away, if it comes back; -1: nowhere. */
static gint64
find_gap (GPtrArray *keyframes)
{
  gint64 gone_us = -1;
  gboolean was_there = FALSE;

  for (guint i = 0; i < keyframes->len; i++) {
    const TpoKeyframeRecord *keyframe = g_ptr_array_index (keyframes, i);

    if (keyframe->has_box && gone_us >= 0)
      return gone_us;
    if (!keyframe->has_box && was_there && gone_us < 0)
      gone_us = keyframe->time_us;
    was_there = was_there || keyframe->has_box;
  }
  return -1;
}

static void
read_scores (TpoDoubts *self, GPtrArray *keyframes)
{
  g_autoptr (GArray) scores = g_array_new (FALSE, FALSE, sizeof (double));
  gint64 gap_us = find_gap (keyframes), least_us = -1;
  double sum = 0.0, least = G_MAXDOUBLE, middle;

  for (guint i = 0; i < keyframes->len; i++) {
    const TpoKeyframeRecord *keyframe = g_ptr_array_index (keyframes, i);

    if (!keyframe->has_box || keyframe->score < 0.0)
      continue;
    g_array_append_val (scores, keyframe->score);
    sum += keyframe->score;
    if (keyframe->score < least) {
      least = keyframe->score;
      least_us = keyframe->time_us;
    }
  }
  if (scores->len > 0) {
    middle = median (scores);
    set (self, TPO_DOUBT_SCORE, 1.0 - sum / scores->len, -1);
    if (middle > 0.0)
      set (self, TPO_DOUBT_LOSS, 1.0 - least / middle, least_us);
  }
  if (gap_us >= 0 && self->d[TPO_DOUBT_LOSS] < 0.5)
    set (self, TPO_DOUBT_LOSS, 0.5, gap_us);
}

static double
step_between (const TpoBox *from, const TpoBox *to)
{
  double area = (double) (from->x1 - from->x0) * (double) (from->y1 - from->y0);
  double next = (double) (to->x1 - to->x0) * (double) (to->y1 - to->y0);
  double dx = (double) (to->x0 + to->x1 - from->x0 - from->x1) / 2.0;
  double dy = (double) (to->y0 + to->y1 - from->y0 - from->y1) / 2.0;

  return area > 0.0 && next > 0.0 ? fabs (log (next / area)) + hypot (dx, dy) / sqrt (area)
                                  : 0.0;
}

static void
read_jumps (TpoDoubts *self, GPtrArray *keyframes)
{
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (double));
  double largest = 0.0;
  gint64 largest_us = -1;

  for (guint i = 1; i < keyframes->len; i++) {
    const TpoKeyframeRecord *from = g_ptr_array_index (keyframes, i - 1);
    const TpoKeyframeRecord *to = g_ptr_array_index (keyframes, i);
    double step;

    if (!from->has_box || !to->has_box)
      continue;
    step = step_between (&from->box, &to->box);
    g_array_append_val (steps, step);
    if (step > largest) {
      largest = step;
      largest_us = to->time_us;
    }
  }
  if (steps->len >= 3)
    set (self, TPO_DOUBT_JUMP, 1.0 - exp (-MAX (0.0, largest - 2.0 * median (steps))),
         largest_us);
}

/* ---- text ---------------------------------------------------------------------------------------------- */

GArray *
tpo_doubts_times_in (const char *text)
{
  /* Either with colons, or a number with a unit. */
  static const char pattern[] = "(?:(\\d{1,2}):)?(\\d{1,3}):(\\d{2}(?:\\.\\d+)?)(?![\\d:])"
                                "|(\\d+(?:\\.\\d+)?)\\s*(?:s\\b|secs?\\b|seconds?\\b|秒)";
  GArray *times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_CASELESS, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  g_return_val_if_fail (text != NULL && regex != NULL, times);

  for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL)) {
    g_autofree char *hours = g_match_info_fetch (match, 1);
    g_autofree char *minutes = g_match_info_fetch (match, 2);
    g_autofree char *seconds = g_match_info_fetch (match, 3);
    g_autofree char *alone = g_match_info_fetch (match, 4);
    double time_s = alone != NULL && *alone != '\0'
                        ? g_ascii_strtod (alone, NULL)
                        : 3600.0 * g_ascii_strtod (hours, NULL) +
                              60.0 * g_ascii_strtod (minutes, NULL) +
                              g_ascii_strtod (seconds, NULL);
    gint64 time_us = (gint64) (MIN (time_s, 1e9) * G_USEC_PER_SEC);

    g_array_append_val (times, time_us);
  }
  return times;
}

static void
read_text (TpoDoubts *self, const TpoPredictionRecord *prediction, const char *answer)
{
  const TpoSpan *best = prediction->spans;
  g_autoptr (GArray) times = NULL;
  gint64 first_us = G_MAXINT64, last_us = G_MININT64;
  double away, length;

  if (prediction->kind != TPO_ANNOTATION_SPAN || prediction->n_spans == 0 || answer == NULL)
    return;
  times = tpo_doubts_times_in (answer);
  for (guint i = 0; i < times->len; i++) {
    first_us = MIN (first_us, g_array_index (times, gint64, i));
    last_us = MAX (last_us, g_array_index (times, gint64, i));
  }
  if (times->len >= 2) {
    /* Grain: as near to the head's edges as the text can mean. */
    double start_us =
        (double) (first_us + CLAMP (best->start_us - first_us, -TEXT_GRAIN_US, TEXT_GRAIN_US));
    double end_us =
        (double) (last_us + CLAMP (best->end_us - last_us, -TEXT_GRAIN_US, TEXT_GRAIN_US));

    set (self, TPO_DOUBT_TEXT,
         1.0 - tpo_overlap_intervals ((double) best->start_us, (double) best->end_us, start_us,
                                      MAX (start_us, end_us)),
         first_us);
  } else if (times->len == 1) {
    away = (double) MAX (MAX (best->start_us - first_us, first_us - best->end_us), 0);
    length = (double) MAX (best->end_us - best->start_us, G_USEC_PER_SEC);
    set (self, TPO_DOUBT_TEXT, away / length, first_us);
  }
}

void
tpo_doubts_read (TpoDoubts *self, const TpoPredictionRecord *prediction, const char *answer)
{
  g_return_if_fail (self != NULL && prediction != NULL);

  tpo_doubts_init (self);
  if (prediction->kind == TPO_ANNOTATION_SPAN) {
    read_spans (self, prediction);
    read_curve (self, prediction);
    read_text (self, prediction, answer);
  } else if (prediction->keyframes != NULL) {
    read_scores (self, prediction->keyframes);
    read_jumps (self, prediction->keyframes);
  }
}

/* ---- all together --------------------------------------------------------------------------------------- */

double
tpo_doubts_gain (const TpoDoubts *self, TpoDoubt *main)
{
  double right = 1.0, most = 0.0;
  TpoDoubt first = TPO_DOUBT_COUNT;

  g_return_val_if_fail (self != NULL, 0.0);

  for (guint i = 0; i < TPO_DOUBT_COUNT; i++) {
    double wrong = weights[i] * self->d[i];

    right *= 1.0 - wrong;
    if (wrong > most) {
      most = wrong;
      first = (TpoDoubt) i;
    }
  }
  if (main != NULL)
    *main = first;
  return 1.0 - right;
}

char *
tpo_doubt_describe (const TpoDoubts *self, TpoDoubt doubt, TpoAnnotationKind kind)
{
  g_autofree char *time = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (doubt == TPO_DOUBT_COUNT)
    return g_strdup (_ ("Nothing stands out"));
  time = tpo_words_time (MAX (self->time_us[doubt], 0), FALSE);
  switch (doubt) {
  case TPO_DOUBT_FLAT:
    return g_strdup (_ ("The highlight curve is flat"));
  case TPO_DOUBT_ELSEWHERE:
    /* Translators: %s is a time, "0:04" */
    return g_strdup_printf (_ ("The highlight curve peaks outside, at %s"), time);
  case TPO_DOUBT_RIVAL:
    /* Translators: %s is a time, "0:04" */
    return g_strdup_printf (_ ("It could also be another moment, at %s"), time);
  case TPO_DOUBT_SCORE:
    /* Translators: a percentage: "The model is 42 % sure" */
    return g_strdup_printf (_ ("The model is %.0f %% sure"), 100.0 * (1.0 - self->d[doubt]));
  case TPO_DOUBT_LOSS:
    /* Translators: %s is a time, "0:04" */
    return g_strdup_printf (kind == TPO_ANNOTATION_MASK_TRACK
                                ? _ ("The mask loses the object at %s")
                                : _ ("The box loses the object at %s"),
                            time);
  case TPO_DOUBT_JUMP:
    /* Translators: %s is a time, "0:04" */
    return g_strdup_printf (kind == TPO_ANNOTATION_MASK_TRACK ? _ ("The mask jumps at %s")
                                                              : _ ("The box jumps at %s"),
                            time);
  case TPO_DOUBT_TEXT:
    /* Translators: %s is a time, "0:04" */
    return g_strdup_printf (_ ("The answer’s words say another time, %s"), time);
  case TPO_DOUBT_ANSWERS:
    return g_strdup (_ ("Another answer to this question differs"));
  case TPO_DOUBT_COUNT:
    break;
  }
  return NULL;
}
