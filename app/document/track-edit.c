#include "document/track-edit.h"

static const TpoKeyframeRecord *
at (GPtrArray *keyframes, guint i)
{
  return g_ptr_array_index (keyframes, i);
}

void
tpo_track_change_init (TpoTrackChange *change, const TpoAnnotationRecord *track)
{
  *change = (TpoTrackChange){
    .start_us = track->start_us,
    .end_us = track->end_us,
    .keyframes = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free),
    .removed_us = g_array_new (FALSE, FALSE, sizeof (gint64)),
  };
}

void
tpo_track_change_clear (TpoTrackChange *change)
{
  g_clear_pointer (&change->keyframes, g_ptr_array_unref);
  g_clear_pointer (&change->removed_us, g_array_unref);
}

static void
take_away (TpoTrackChange *change, gint64 time_us)
{
  g_array_append_val (change->removed_us, time_us);
}

static const TpoKeyframeRecord *
keyframe_on (GPtrArray *keyframes, gint64 time_us)
{
  const TpoKeyframeRecord *held = tpo_track_keyframe_at (keyframes, time_us);

  return held != NULL && held->time_us == time_us ? held : NULL;
}

/* What holds at @time_us, as a keyframe there. An absence stays what it is; all else is nobody's
 * word any more. */
static TpoKeyframeRecord *
freeze (const TpoAnnotationRecord *track, GPtrArray *keyframes, gint64 time_us)
{
  TpoKeyframeRecord *frozen =
      tpo_keyframe_record_copy (tpo_track_keyframe_at (keyframes, time_us));

  frozen->time_us = time_us;
  if (frozen->is_absent)
    return frozen;
  if (!tpo_keyframe_has_mask (frozen))
    tpo_track_box_at (track, keyframes, time_us, &frozen->box);
  frozen->provenance = TPO_PROVENANCE_INTERPOLATED;
  frozen->score = -1.0;
  return frozen;
}

/* ---- in two ------------------------------------------------------------------------------------- */

/* Whether what is shown at @time_us depends on a later keyframe. */
static gboolean
is_between (GPtrArray *keyframes, gint64 time_us)
{
  const TpoKeyframeRecord *held = tpo_track_keyframe_at (keyframes, time_us), *next = NULL;

  for (guint i = 0; i < keyframes->len && next == NULL; i++)
    if (at (keyframes, i)->time_us > time_us)
      next = at (keyframes, i);
  return held != NULL && held->time_us < time_us && held->has_box &&
         !tpo_keyframe_has_mask (held) && next != NULL && next->has_box;
}

gboolean
tpo_track_split (const TpoAnnotationRecord *track, GPtrArray *keyframes, gint64 before_us,
                 gint64 time_us, TpoTrackChange *first, TpoTrackChange *second)
{
  const TpoKeyframeRecord *held = tpo_track_keyframe_at (keyframes, time_us);
  gboolean is_in_first = FALSE, is_in_second = held != NULL && !held->is_absent;

  g_return_val_if_fail (before_us < time_us, FALSE);

  if (time_us <= track->start_us || time_us >= track->end_us)
    return FALSE;
  for (guint i = 0; i < keyframes->len; i++) {
    const TpoKeyframeRecord *keyframe = at (keyframes, i);
    gboolean is_first = keyframe->time_us < time_us;

    take_away (is_first ? second : first, keyframe->time_us);
    is_in_first = is_in_first || (is_first && !keyframe->is_absent);
    is_in_second = is_in_second ||
                   (!is_first && keyframe->time_us < track->end_us && !keyframe->is_absent);
  }
  if (is_between (keyframes, before_us))
    g_ptr_array_add (first->keyframes, freeze (track, keyframes, before_us));
  if (held != NULL && held->time_us < time_us)
    g_ptr_array_add (second->keyframes, freeze (track, keyframes, time_us));
  first->end_us = second->start_us = time_us;
  return is_in_first && is_in_second;
}

/* ---- in one -------------------------------------------------------------------------------------- */

/* The tracks that are merged, at one time of it after the other. */
typedef struct {
  const TpoTrackPart *parts;
  guint n_parts;
  TpoTrackChange *change; /* of the first */
  int last;               /* the part that the last keyframe came from; -1: none yet */
  gboolean is_absent;     /* by the last keyframe */
} Merging;

static int
by_time (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;

  return left < right ? -1 : left > right;
}

/* All times at which something may change. Returns: (transfer full) (element-type gint64): ascending */
static GArray *
list_times (const TpoTrackPart *parts, guint n_parts)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint k = 0; k < n_parts; k++) {
    g_array_append_val (times, parts[k].record->start_us);
    g_array_append_val (times, parts[k].record->end_us);
    for (guint i = 0; i < parts[k].keyframes->len; i++)
      g_array_append_val (times, at (parts[k].keyframes, i)->time_us);
  }
  g_array_sort (times, by_time);
  return times;
}

/* What a part says at a time. Returns: (nullable): %NULL: nothing */
static const TpoKeyframeRecord *
hold (const Merging *self, guint k, gint64 time_us)
{
  const TpoAnnotationRecord *record = self->parts[k].record;

  return time_us >= record->start_us && time_us < record->end_us
             ? tpo_track_keyframe_at (self->parts[k].keyframes, time_us)
             : NULL;
}

/* Whether @a goes before @b, of a part further behind. */
static gboolean
goes_before (const TpoKeyframeRecord *a, const TpoKeyframeRecord *b, gint64 time_us)
{
  gboolean a_is_set = a->time_us == time_us, b_is_set = b->time_us == time_us;

  if (a->is_absent != b->is_absent)
    return b->is_absent;
  if (a_is_set != b_is_set)
    return a_is_set;
  return tpo_keyframe_is_by_hand (a) || !tpo_keyframe_is_by_hand (b);
}

/* The part that has its way at @time_us; -1: all are silent */
static int
choose (const Merging *self, gint64 time_us)
{
  const TpoKeyframeRecord *best = NULL;
  int chosen = -1;

  for (guint k = 0; k < self->n_parts; k++) {
    const TpoKeyframeRecord *held = hold (self, k, time_us);

    if (held == NULL || (best != NULL && goes_before (best, held, time_us)))
      continue;
    best = held;
    chosen = (int) k;
  }
  return chosen;
}

/* Behind one and before another. Returns: (transfer full) */
static TpoKeyframeRecord *
gap (gint64 time_us)
{
  TpoKeyframeRecord *keyframe = g_new0 (TpoKeyframeRecord, 1);

  keyframe->time_us = time_us;
  keyframe->is_absent = TRUE;
  keyframe->provenance = TPO_PROVENANCE_INTERPOLATED;
  keyframe->score = -1.0;
  return keyframe;
}

/* The keyframe that the merged track has at @time_us. Returns: (transfer full) (nullable): %NULL: none */
static TpoKeyframeRecord *
keyframe_for (Merging *self, int chosen, gint64 time_us)
{
  const TpoTrackPart *part = &self->parts[MAX (chosen, 0)];
  const TpoKeyframeRecord *held;
  gboolean is_same;

  if (chosen < 0)
    return self->last >= 0 && !self->is_absent && time_us < self->change->end_us ? gap (time_us)
                                                                                 : NULL;
  held = hold (self, (guint) chosen, time_us);
  if (held->time_us == time_us)
    return tpo_keyframe_record_copy (held);
  /* It goes on as it did, unless another one was followed until now. */
  is_same = held->is_absent ? self->is_absent || self->last < 0
                            : self->last == chosen && !self->is_absent;
  return is_same ? NULL : freeze (part->record, part->keyframes, time_us);
}

static void
merge_at (Merging *self, gint64 time_us)
{
  int chosen = choose (self, time_us);
  TpoKeyframeRecord *keyframe = keyframe_for (self, chosen, time_us);
  const TpoKeyframeRecord *own = keyframe_on (self->parts[0].keyframes, time_us);
  gboolean is_own = chosen == 0 && own != NULL;

  if (keyframe == NULL) {
    if (own != NULL && time_us < self->change->end_us)
      take_away (self->change, time_us);
    return;
  }
  self->last = chosen >= 0 ? chosen : self->last;
  self->is_absent = keyframe->is_absent;
  if (is_own)
    tpo_keyframe_record_free (keyframe);
  else
    g_ptr_array_add (self->change->keyframes, keyframe);
}

void
tpo_track_merge (const TpoTrackPart *parts, guint n_parts, TpoTrackChange *change)
{
  Merging merging = { .parts = parts, .n_parts = n_parts, .change = change, .last = -1 };
  g_autoptr (GArray) times = list_times (parts, n_parts);

  for (guint k = 0; k < n_parts; k++) {
    change->start_us = MIN (change->start_us, parts[k].record->start_us);
    change->end_us = MAX (change->end_us, parts[k].record->end_us);
  }
  for (guint i = 0; i < times->len; i++)
    if (i == 0 || g_array_index (times, gint64, i) != g_array_index (times, gint64, i - 1))
      merge_at (&merging, g_array_index (times, gint64, i));
}

/* ---- in time ---------------------------------------------------------------------------------------- */

void
tpo_track_move (const TpoAnnotationRecord *track, GPtrArray *keyframes, gint64 from_us,
                gint64 from_end_us, gint64 to_us, gint64 to_end_us, TpoTrackChange *change)
{
  TpoKeyframeRecord *moved = tpo_keyframe_record_copy (keyframe_on (keyframes, from_us));
  gint64 first_us = MIN (from_us, to_us), last_us = MAX (from_us, to_us);

  moved->time_us = to_us;
  moved->score = -1.0; /* it was of the other frame */
  g_ptr_array_add (change->keyframes, moved);
  for (guint i = 0; i < keyframes->len; i++) {
    gint64 time_us = at (keyframes, i)->time_us;

    if (time_us >= first_us && time_us <= last_us && time_us != to_us)
      take_away (change, time_us);
  }
  if (track->start_us == from_us || to_us < track->start_us)
    change->start_us = to_us;
  if (track->end_us == from_end_us || to_end_us > track->end_us)
    change->end_us = to_end_us;
}
