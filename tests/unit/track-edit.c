/* Tracks cut in two, made one and changed in time: what they show on each frame stays. */

#include "document/track-edit.h"

enum {
  N_FRAMES = 24,
  FRAME_US = 10,
};

/* Of one annotation: frame n is at n · 10 µs. */
typedef struct {
  TpoAnnotationRecord record;
  GPtrArray *keyframes;
} Track;

static Track
track_new (guint first, guint last)
{
  return (Track){
    .record = { .kind = TPO_ANNOTATION_BOX_TRACK,
                .start_us = first * FRAME_US,
                .end_us = last * FRAME_US },
    .keyframes = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free),
  };
}

static void
track_clear (Track *self)
{
  g_ptr_array_unref (self->keyframes);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Track, track_clear)

static TpoKeyframeRecord *
add (Track *self, guint frame, float x, TpoProvenance provenance)
{
  TpoKeyframeRecord *keyframe = g_new0 (TpoKeyframeRecord, 1);

  keyframe->time_us = frame * FRAME_US;
  keyframe->is_absent = x < 0.0f;
  keyframe->has_box = !keyframe->is_absent;
  keyframe->box = (TpoBox){ x, 0.0f, x + 0.1f, 0.1f };
  keyframe->provenance = provenance;
  keyframe->score = -1.0;
  g_ptr_array_add (self->keyframes, keyframe);
  return keyframe;
}

static void
add_human (Track *self, guint frame, float x)
{
  add (self, frame, x, TPO_PROVENANCE_HUMAN);
}

static const TpoKeyframeRecord *
at (const Track *self, guint i)
{
  return g_ptr_array_index (self->keyframes, i);
}

static int
by_time (gconstpointer a, gconstpointer b)
{
  const TpoKeyframeRecord *left = *(TpoKeyframeRecord *const *) a;
  const TpoKeyframeRecord *right = *(TpoKeyframeRecord *const *) b;

  return left->time_us < right->time_us ? -1 : left->time_us > right->time_us;
}

static gboolean
has_time (const GArray *times_us, gint64 time_us)
{
  for (guint i = 0; i < times_us->len; i++)
    if (g_array_index (times_us, gint64, i) == time_us)
      return TRUE;
  return FALSE;
}

/* As the store does it. */
static Track
changed (const Track *self, const TpoTrackChange *change)
{
  Track after = track_new (0, 0);

  after.record.start_us = change->start_us;
  after.record.end_us = change->end_us;
  for (guint i = 0; i < change->keyframes->len; i++) {
    const TpoKeyframeRecord *set = g_ptr_array_index (change->keyframes, i);

    g_assert_false (has_time (change->removed_us, set->time_us));
    for (guint k = 0; k < i; k++)
      g_assert_cmpint (set->time_us, !=,
                       ((TpoKeyframeRecord *) change->keyframes->pdata[k])->time_us);
    g_ptr_array_add (after.keyframes, tpo_keyframe_record_copy (set));
  }
  for (guint i = 0; i < self->keyframes->len; i++) {
    const TpoKeyframeRecord *old = at (self, i);
    gboolean is_set = FALSE;

    for (guint k = 0; k < change->keyframes->len; k++)
      is_set |= ((TpoKeyframeRecord *) change->keyframes->pdata[k])->time_us == old->time_us;
    if (!is_set && !has_time (change->removed_us, old->time_us))
      g_ptr_array_add (after.keyframes, tpo_keyframe_record_copy (old));
  }
  g_ptr_array_sort (after.keyframes, by_time);
  return after;
}

static gboolean
shows (const Track *self, guint frame, float *x)
{
  TpoBox box;
  gboolean is_there = tpo_track_box_at (&self->record, self->keyframes, frame * FRAME_US, &box);

  *x = is_there ? box.x0 : -1.0f;
  return is_there;
}

/* On frames from @first on and before @end. */
static void
assert_same (const Track *a, const Track *b, guint first, guint end)
{
  for (guint frame = first; frame < end; frame++) {
    float left, right;

    g_assert_cmpint (shows (a, frame, &left), ==, shows (b, frame, &right));
    g_assert_cmpfloat_with_epsilon (left, right, 1e-5f);
  }
}

static void
assert_nothing (const Track *self, guint first, guint end)
{
  for (guint frame = first; frame < end; frame++) {
    float x;

    g_assert_false (shows (self, frame, &x));
  }
}

/* ---- in two ----------------------------------------------------------------------------------- */

/* Returns: whether it could be cut before @frame */
static gboolean
split (const Track *self, guint frame, Track *first, Track *second)
{
  g_auto (TpoTrackChange) before = { 0 };
  g_auto (TpoTrackChange) behind = { 0 };
  gboolean ok;

  tpo_track_change_init (&before, &self->record);
  tpo_track_change_init (&behind, &self->record);
  ok = tpo_track_split (&self->record, self->keyframes, (frame - 1) * FRAME_US,
                        frame * FRAME_US, &before, &behind);
  *first = changed (self, &before);
  *second = changed (self, &behind);
  return ok;
}

static void
assert_split (const Track *self, guint frame, guint n_first, guint n_second)
{
  g_auto (Track) first = { 0 };
  g_auto (Track) second = { 0 };

  g_assert_true (split (self, frame, &first, &second));
  assert_same (&first, self, 0, frame);
  assert_nothing (&first, frame, N_FRAMES);
  assert_nothing (&second, 0, frame);
  assert_same (&second, self, frame, N_FRAMES);
  g_assert_cmpuint (first.keyframes->len, ==, n_first);
  g_assert_cmpuint (second.keyframes->len, ==, n_second);
}

static void
test_split_between (void)
{
  g_auto (Track) track = track_new (0, 20);
  g_auto (Track) first = { 0 };
  g_auto (Track) second = { 0 };

  add_human (&track, 0, 0.0f);
  add_human (&track, 16, 0.8f);
  /* The box at the cut is a keyframe on both sides, which nobody set. */
  assert_split (&track, 8, 2, 2);
  g_assert_true (split (&track, 8, &first, &second));
  g_assert_cmpint (at (&first, 1)->time_us, ==, 70);
  g_assert_cmpfloat_with_epsilon (at (&first, 1)->box.x0, 0.35f, 1e-5f);
  g_assert_cmpint (at (&first, 1)->provenance, ==, TPO_PROVENANCE_INTERPOLATED);
  g_assert_cmpint (at (&second, 0)->time_us, ==, 80);
  g_assert_cmpint (at (&second, 0)->provenance, ==, TPO_PROVENANCE_INTERPOLATED);
  g_assert_cmpint (at (&second, 1)->provenance, ==, TPO_PROVENANCE_HUMAN);
  /* At a keyframe only the side before it needs one, behind the last one only the far side. */
  assert_split (&track, 16, 2, 1);
  assert_split (&track, 18, 2, 1);
  assert_split (&track, 1, 1, 2);
}

static void
test_split_absent (void)
{
  g_auto (Track) track = track_new (2, 20);
  g_auto (Track) first = { 0 };
  g_auto (Track) second = { 0 };
  g_auto (Track) none = { 0 };
  g_auto (Track) rest = { 0 };

  add_human (&track, 2, 0.1f);
  add_human (&track, 6, -1.0f);
  add_human (&track, 12, 0.5f);
  assert_split (&track, 9, 2, 2);
  g_assert_true (split (&track, 9, &first, &second));
  g_assert_true (at (&second, 0)->is_absent);
  g_assert_cmpint (at (&second, 0)->provenance, ==, TPO_PROVENANCE_HUMAN);
  /* Where nothing would be left of the object on one side. */
  g_assert_false (split (&track, 2, &none, &rest));
  track_clear (&none);
  track_clear (&rest);
  g_ptr_array_remove_index (track.keyframes, 2);
  g_assert_false (split (&track, 9, &none, &rest));
}

static void
test_split_masks (void)
{
  const guint32 counts[] = { 3, 4, 5 };
  g_auto (Track) track = track_new (0, 10);
  g_auto (Track) first = { 0 };
  g_auto (Track) second = { 0 };
  g_autoptr (TpoRle) mask = tpo_rle_from_counts (counts, G_N_ELEMENTS (counts), 3, 4, NULL);

  g_assert_nonnull (mask);
  track.record.kind = TPO_ANNOTATION_MASK_TRACK;
  add (&track, 0, 0.1f, TPO_PROVENANCE_MODEL)->mask = tpo_rle_ref (mask);
  add (&track, 8, 0.3f, TPO_PROVENANCE_MODEL)->mask = tpo_rle_ref (mask);
  /* A mask is held, not changed until the next: it goes on behind the cut. */
  g_assert_true (split (&track, 4, &first, &second));
  g_assert_cmpuint (first.keyframes->len, ==, 1);
  g_assert_cmpuint (second.keyframes->len, ==, 2);
  g_assert_cmpint (at (&second, 0)->time_us, ==, 40);
  g_assert_true (at (&second, 0)->mask == mask);
  g_assert_cmpfloat_with_epsilon (at (&second, 0)->box.x0, 0.1f, 1e-5f);
}

/* Whatever a track is like, each part shows on its frames what the whole did. */
static void
test_split_any (void)
{
  for (guint round = 0; round < 300; round++) {
    g_auto (Track) track = track_new (1, 22);

    for (guint frame = 1; frame < 22; frame++)
      if (g_test_rand_int_range (0, 4) == 0)
        add (&track, frame, (float) g_test_rand_double_range (-0.3, 0.9),
             g_test_rand_bit () ? TPO_PROVENANCE_HUMAN : TPO_PROVENANCE_MODEL);
    for (guint frame = 2; frame < 22; frame++) {
      g_auto (Track) first = { 0 };
      g_auto (Track) second = { 0 };

      if (!split (&track, frame, &first, &second))
        continue;
      assert_same (&first, &track, 0, frame);
      assert_same (&second, &track, frame, N_FRAMES);
    }
  }
}

/* ---- in one ------------------------------------------------------------------------------------ */

static Track
merge (const Track *tracks, guint n)
{
  g_auto (TpoTrackChange) change = { 0 };
  g_autofree TpoTrackPart *parts = g_new (TpoTrackPart, n);

  for (guint i = 0; i < n; i++)
    parts[i] = (TpoTrackPart){ &tracks[i].record, tracks[i].keyframes };
  tpo_track_change_init (&change, &tracks[0].record);
  tpo_track_merge (parts, n, &change);
  return changed (&tracks[0], &change);
}

static void
clear_all (Track *tracks, guint n)
{
  for (guint i = 0; i < n; i++)
    track_clear (&tracks[i]);
}

static void
test_merge_apart (void)
{
  Track tracks[] = { track_new (2, 8), track_new (14, 20) };
  g_auto (Track) merged = { 0 };

  add_human (&tracks[0], 2, 0.1f);
  add_human (&tracks[0], 7, 0.2f);
  add_human (&tracks[1], 14, 0.5f);
  merged = merge (tracks, 2);
  assert_same (&merged, &tracks[0], 0, 8);
  assert_nothing (&merged, 8, 14);
  assert_same (&merged, &tracks[1], 14, N_FRAMES);
  g_assert_cmpuint (merged.keyframes->len, ==, 4);
  /* Nobody said that it is absent in between. */
  g_assert_true (at (&merged, 2)->is_absent);
  g_assert_cmpint (at (&merged, 2)->time_us, ==, 80);
  g_assert_false (tpo_keyframe_is_by_hand (at (&merged, 2)));
  clear_all (tracks, 2);
}

static void
test_merge_overlap (void)
{
  Track tracks[] = { track_new (0, 12), track_new (4, 20) };
  g_auto (Track) merged = { 0 };

  add (&tracks[0], 0, 0.0f, TPO_PROVENANCE_MODEL);
  add (&tracks[0], 6, 0.1f, TPO_PROVENANCE_MODEL);
  add (&tracks[0], 8, 0.2f, TPO_PROVENANCE_HUMAN);
  add (&tracks[0], 10, 0.3f, TPO_PROVENANCE_HUMAN);
  add (&tracks[1], 4, 0.4f, TPO_PROVENANCE_MODEL);
  add (&tracks[1], 6, 0.5f, TPO_PROVENANCE_HUMAN);
  add (&tracks[1], 8, 0.6f, TPO_PROVENANCE_MODEL);
  add (&tracks[1], 10, 0.7f, TPO_PROVENANCE_HUMAN);
  add (&tracks[1], 16, 0.8f, TPO_PROVENANCE_HUMAN);
  merged = merge (tracks, 2);
  /* A person's word before the model's, then the one that stays; where that ends, the other goes on
   * as it was. */
  const struct {
    guint frame;
    float x;
  } expected[] = { { 0, 0.0f },  { 4, 0.4f },     { 6, 0.5f }, { 8, 0.2f },
                   { 10, 0.3f }, { 12, 0.7333f }, { 16, 0.8f } };

  g_assert_cmpuint (merged.keyframes->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_assert_cmpint (at (&merged, i)->time_us, ==, expected[i].frame * FRAME_US);
    g_assert_cmpfloat_with_epsilon (at (&merged, i)->box.x0, expected[i].x, 1e-3f);
  }
  assert_same (&merged, &tracks[1], 12, N_FRAMES);
  clear_all (tracks, 2);
}

/* That one has lost the object says nothing where the other sees it; where both have, it stays a
 * person's word. */
static void
test_merge_absent (void)
{
  Track tracks[] = { track_new (0, 20), track_new (5, 12) };
  g_auto (Track) merged = { 0 };
  float x;

  add_human (&tracks[0], 0, 0.1f);
  add_human (&tracks[0], 8, -1.0f);
  add_human (&tracks[0], 16, 0.3f);
  add_human (&tracks[1], 5, 0.5f);
  merged = merge (tracks, 2);
  for (guint frame = 0; frame < 12; frame++)
    g_assert_true (shows (&merged, frame, &x));
  assert_nothing (&merged, 12, 16);
  assert_same (&merged, &tracks[0], 16, N_FRAMES);
  g_assert_true (tpo_track_keyframe_at (merged.keyframes, 120)->is_absent);
  g_assert_true (tpo_keyframe_is_by_hand (tpo_track_keyframe_at (merged.keyframes, 120)));
  clear_all (tracks, 2);
}

/* Whatever they are like, the object is in the picture where one of them has it, and nowhere else. */
static void
test_merge_any (void)
{
  for (guint round = 0; round < 500; round++) {
    Track tracks[3];
    g_auto (Track) merged = { 0 };

    for (guint k = 0; k < G_N_ELEMENTS (tracks); k++) {
      guint first = (guint) g_test_rand_int_range (0, 15);
      guint end = first + (guint) g_test_rand_int_range (2, 9);

      tracks[k] = track_new (first, end);
      /* Keyframes may lie outside: who shortens a track keeps them. */
      for (guint frame = 0; frame < N_FRAMES; frame++)
        if (frame == first || g_test_rand_int_range (0, 3) == 0)
          add (&tracks[k], frame, (float) g_test_rand_double_range (-0.3, 0.9),
               g_test_rand_bit () ? TPO_PROVENANCE_HUMAN : TPO_PROVENANCE_MODEL);
    }
    merged = merge (tracks, G_N_ELEMENTS (tracks));
    for (guint frame = 0; frame < N_FRAMES; frame++) {
      gboolean is_there = FALSE;
      float x;

      for (guint k = 0; k < G_N_ELEMENTS (tracks); k++)
        is_there = is_there || shows (&tracks[k], frame, &x);
      g_assert_cmpint (shows (&merged, frame, &x), ==, is_there);
    }
    clear_all (tracks, G_N_ELEMENTS (tracks));
  }
}

/* ---- in time ------------------------------------------------------------------------------------- */

static Track
move (const Track *self, guint from, guint to)
{
  g_auto (TpoTrackChange) change = { 0 };

  tpo_track_change_init (&change, &self->record);
  tpo_track_move (&self->record, self->keyframes, from * FRAME_US, (from + 1) * FRAME_US,
                  to * FRAME_US, (to + 1) * FRAME_US, &change);
  return changed (self, &change);
}

static void
test_move (void)
{
  g_auto (Track) track = track_new (2, 13);
  g_auto (Track) inner = { 0 };
  g_auto (Track) first = { 0 };
  g_auto (Track) last = { 0 };

  add_human (&track, 2, 0.1f);
  add_human (&track, 6, 0.3f);
  add (&track, 8, 0.4f, TPO_PROVENANCE_MODEL);
  add_human (&track, 12, 0.6f);
  inner = move (&track, 6, 9);
  g_assert_cmpuint (inner.keyframes->len, ==, 3); /* what was computed on its way went */
  g_assert_cmpint (at (&inner, 1)->time_us, ==, 90);
  g_assert_cmpfloat_with_epsilon (at (&inner, 1)->box.x0, 0.3f, 1e-5f);
  first = move (&track, 2, 4);
  g_assert_cmpint (first.record.start_us, ==, 40);
  g_assert_cmpint (first.record.end_us, ==, 130);
  last = move (&track, 12, 15);
  g_assert_cmpint (last.record.start_us, ==, 20);
  g_assert_cmpint (last.record.end_us, ==, 160);
}

/* The start of an absence, and where the object comes back. */
static void
test_move_absence (void)
{
  g_auto (Track) track = track_new (0, 20);
  g_auto (Track) longer = { 0 };
  g_auto (Track) shorter = { 0 };

  for (guint frame = 0; frame < 20; frame++)
    add (&track, frame, frame < 6 || frame >= 12 ? 0.5f : -1.0f, TPO_PROVENANCE_MODEL);
  longer = move (&track, 6, 4);
  assert_same (&longer, &track, 0, 4);
  assert_nothing (&longer, 4, 12);
  assert_same (&longer, &track, 12, N_FRAMES);
  shorter = move (&track, 12, 9);
  assert_nothing (&shorter, 6, 9);
  for (guint frame = 9; frame < 20; frame++) {
    float x;

    g_assert_true (shows (&shorter, frame, &x));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/track-edit/split/between", test_split_between);
  g_test_add_func ("/track-edit/split/absent", test_split_absent);
  g_test_add_func ("/track-edit/split/masks", test_split_masks);
  g_test_add_func ("/track-edit/split/any", test_split_any);
  g_test_add_func ("/track-edit/merge/apart", test_merge_apart);
  g_test_add_func ("/track-edit/merge/overlap", test_merge_overlap);
  g_test_add_func ("/track-edit/merge/absent", test_merge_absent);
  g_test_add_func ("/track-edit/merge/any", test_merge_any);
  g_test_add_func ("/track-edit/move", test_move);
  g_test_add_func ("/track-edit/move/absence", test_move_absence);
  return g_test_run ();
}
