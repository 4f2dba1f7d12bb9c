#include "document/track-search.h"

static const TpoKeyframeRecord *
at (GPtrArray *keyframes, guint i)
{
  return g_ptr_array_index (keyframes, i);
}

TpoTimes
tpo_times_cut (TpoTimes times, TpoTimes range)
{
  times.start_us = MAX (times.start_us, range.start_us);
  times.end_us = MAX (times.start_us, MIN (times.end_us, range.end_us));
  return times;
}

/* How many keyframes are before the time. */
static guint
n_before (GPtrArray *keyframes, gint64 time_us)
{
  guint low = 0, high = keyframes->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (at (keyframes, middle)->time_us < time_us)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* The nearest keyframe after the time, or before it; it may lie outside of them. */
static int
next_of (GPtrArray *keyframes, gint64 time_us, gboolean backward)
{
  return backward ? (int) n_before (keyframes, time_us) - 1
                  : (int) n_before (keyframes, time_us + 1);
}

static TpoTimes
free_after (GPtrArray *keyframes, gint64 time_us)
{
  for (guint i = n_before (keyframes, time_us + 1); i < keyframes->len; i++) {
    if (tpo_keyframe_is_by_hand (at (keyframes, i)))
      return (TpoTimes){ time_us + 1, at (keyframes, i)->time_us };
  }
  return (TpoTimes){ time_us + 1, G_MAXINT64 };
}

static TpoTimes
free_before (GPtrArray *keyframes, gint64 time_us)
{
  for (guint i = n_before (keyframes, time_us); i > 0; i--) {
    const TpoKeyframeRecord *before = at (keyframes, i - 1);

    if (!tpo_keyframe_is_by_hand (before))
      continue;
    if (!before->is_absent)
      return (TpoTimes){ before->time_us + 1, time_us };
    /* Absent up to the keyframe behind it. */
    return (TpoTimes){ i < keyframes->len ? MIN (at (keyframes, i)->time_us, time_us) : time_us,
                       time_us };
  }
  return (TpoTimes){ 0, time_us };
}

TpoTimes
tpo_track_free_times (GPtrArray *keyframes, gint64 time_us, gboolean backward)
{
  g_return_val_if_fail (keyframes != NULL, (TpoTimes){ 0 });

  return backward ? free_before (keyframes, time_us) : free_after (keyframes, time_us);
}

gboolean
tpo_track_find_correction (GPtrArray *keyframes, gint64 time_us, gboolean backward,
                           gint64 *found_us)
{
  int step = backward ? -1 : 1, i;

  g_return_val_if_fail (keyframes != NULL && found_us != NULL, FALSE);

  for (i = next_of (keyframes, time_us, backward); i >= 0 && i < (int) keyframes->len;
       i += step) {
    const TpoKeyframeRecord *keyframe = at (keyframes, (guint) i);

    if (!tpo_keyframe_is_by_hand (keyframe) || keyframe->is_absent)
      continue;
    *found_us = keyframe->time_us;
    return TRUE;
  }
  return FALSE;
}

TpoTimes
tpo_track_predicted_times (GPtrArray *keyframes, gint64 time_us, gboolean backward)
{
  TpoTimes times = tpo_track_free_times (keyframes, time_us, backward);
  TpoTimes predicted = { G_MAXINT64, G_MININT64 };

  for (guint i = n_before (keyframes, times.start_us);
       i < keyframes->len && at (keyframes, i)->time_us < times.end_us; i++) {
    if (at (keyframes, i)->provenance != TPO_PROVENANCE_MODEL)
      continue;
    predicted.start_us = MIN (predicted.start_us, at (keyframes, i)->time_us);
    predicted.end_us = at (keyframes, i)->time_us + 1;
  }
  if (predicted.start_us >= predicted.end_us)
    return (TpoTimes){ time_us, time_us };
  /* What lies between @time_us and the nearest of them belongs to them. */
  return backward ? (TpoTimes){ predicted.start_us, times.end_us }
                  : (TpoTimes){ times.start_us, predicted.end_us };
}

static gboolean
is_older (const TpoKeyframeRecord *keyframe, const TpoKeyframeRecord *correction)
{
  return keyframe->provenance == TPO_PROVENANCE_MODEL &&
         keyframe->revision_id < correction->revision_id;
}

gboolean
tpo_track_is_stale (GPtrArray *keyframes, gint64 time_us)
{
  const TpoKeyframeRecord *correction;
  guint i;

  g_return_val_if_fail (keyframes != NULL, FALSE);

  i = n_before (keyframes, time_us);
  if (i == keyframes->len || at (keyframes, i)->time_us != time_us)
    return FALSE;
  correction = at (keyframes, i);
  return tpo_keyframe_is_by_hand (correction) && !correction->is_absent &&
         ((i > 0 && is_older (at (keyframes, i - 1), correction)) ||
          (i + 1 < keyframes->len && is_older (at (keyframes, i + 1), correction)));
}

/* ---- marks --------------------------------------------------------------------------------------- */

gboolean
tpo_track_is_mark (GPtrArray *keyframes, guint i)
{
  const TpoKeyframeRecord *keyframe;

  g_return_val_if_fail (keyframes != NULL && i < keyframes->len, FALSE);

  keyframe = at (keyframes, i);
  return keyframe->provenance != TPO_PROVENANCE_MODEL || keyframes->len == 1 ||
         (i > 0 && keyframe->is_absent != at (keyframes, i - 1)->is_absent);
}

gboolean
tpo_track_find_mark (GPtrArray *keyframes, gint64 time_us, gboolean backward, gint64 *found_us)
{
  int step = backward ? -1 : 1, i;

  g_return_val_if_fail (keyframes != NULL && found_us != NULL, FALSE);

  i = next_of (keyframes, time_us, backward);
  while (i >= 0 && i < (int) keyframes->len && !tpo_track_is_mark (keyframes, (guint) i))
    i += step;
  if (i < 0 || i >= (int) keyframes->len)
    return FALSE;
  *found_us = at (keyframes, (guint) i)->time_us;
  return TRUE;
}

TpoTimes
tpo_track_find_room (GPtrArray *keyframes, gint64 time_us)
{
  gint64 before_us = -1, behind_us = G_MAXINT64;

  tpo_track_find_mark (keyframes, time_us, TRUE, &before_us);
  tpo_track_find_mark (keyframes, time_us, FALSE, &behind_us);
  return (TpoTimes){ before_us + 1, behind_us };
}

/* ---- scores ------------------------------------------------------------------------------------ */

/* A score near 0 says that the object is not there, and is as sure as one near 1. */
static double
sureness (const TpoKeyframeRecord *keyframe)
{
  return keyframe->is_absent ? 1.0 - keyframe->score : keyframe->score;
}

static gboolean
is_low (GPtrArray *keyframes, guint i)
{
  const TpoKeyframeRecord *keyframe = at (keyframes, i);

  return keyframe->provenance == TPO_PROVENANCE_MODEL && keyframe->score >= 0.0 &&
         sureness (keyframe) < TPO_LOW_SCORE;
}

gboolean
tpo_track_find_low (GPtrArray *keyframes, gint64 time_us, gboolean backward, gint64 *found_us)
{
  int step = backward ? -1 : 1, i;
  double lowest = G_MAXDOUBLE;

  g_return_val_if_fail (keyframes != NULL && found_us != NULL, FALSE);

  /* From the frame shown, whose stretch was seen. */
  i = (int) n_before (keyframes, time_us + 1) - 1;
  while (i >= 0 && i < (int) keyframes->len && is_low (keyframes, (guint) i))
    i += step;
  if (i < 0 && !backward)
    i = 0;
  while (i >= 0 && i < (int) keyframes->len && !is_low (keyframes, (guint) i))
    i += step;
  for (; i >= 0 && i < (int) keyframes->len && is_low (keyframes, (guint) i); i += step) {
    if (sureness (at (keyframes, (guint) i)) < lowest) {
      lowest = sureness (at (keyframes, (guint) i));
      *found_us = at (keyframes, (guint) i)->time_us;
    }
  }
  return lowest < G_MAXDOUBLE;
}
