/* Where an object may be followed to, and where the model was not sure. */

#include "document/track-search.h"

/* What a frame has, by letter: h a person's, m the model's, i in between, x a person's absence, y
 * the model's absence; '.' is a frame without anything. Frame n is at n · 10 µs, all of revision 1.
 * */
static GPtrArray *
track (const char *letters)
{
  GPtrArray *keyframes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);

  for (guint i = 0; letters[i] != '\0'; i++) {
    TpoKeyframeRecord *keyframe;

    if (letters[i] == '.')
      continue;
    keyframe = g_new0 (TpoKeyframeRecord, 1);
    keyframe->time_us = i * 10;
    keyframe->is_absent = letters[i] == 'x' || letters[i] == 'y';
    keyframe->provenance = letters[i] == 'm' || letters[i] == 'y' ? TPO_PROVENANCE_MODEL
                           : letters[i] == 'i'                    ? TPO_PROVENANCE_INTERPOLATED
                                                                  : TPO_PROVENANCE_HUMAN;
    keyframe->score = -1.0;
    keyframe->revision_id = 1;
    g_ptr_array_add (keyframes, keyframe);
  }
  return keyframes;
}

static TpoKeyframeRecord *
at (GPtrArray *keyframes, guint i)
{
  return g_ptr_array_index (keyframes, i);
}

static void
assert_times (TpoTimes times, gint64 start_us, gint64 end_us)
{
  g_assert_cmpint (times.start_us, ==, start_us);
  g_assert_cmpint (times.end_us, ==, end_us);
}

static void
test_free (void)
{
  g_autoptr (GPtrArray) plain = track ("hmmmm");
  g_autoptr (GPtrArray) between = track ("hmmmhmmhm");
  g_autoptr (GPtrArray) absent = track ("hm.x..mmh");
  g_autoptr (GPtrArray) gone = track ("hmx..h");

  assert_times (tpo_track_free_times (plain, 0, FALSE), 1, G_MAXINT64);
  assert_times (tpo_track_free_times (plain, 0, TRUE), 0, 0);
  assert_times (tpo_track_free_times (plain, 30, TRUE), 1, 30);
  assert_times (tpo_track_free_times (between, 20, FALSE), 21, 40);
  assert_times (tpo_track_free_times (between, 20, TRUE), 1, 20);
  assert_times (tpo_track_free_times (between, 40, FALSE), 41, 70);
  assert_times (tpo_track_free_times (between, 40, TRUE), 1, 40);
  /* Before an absence as before any frame of a person; behind it from where it ends. */
  assert_times (tpo_track_free_times (absent, 0, FALSE), 1, 30);
  assert_times (tpo_track_free_times (absent, 70, TRUE), 60, 70);
  assert_times (tpo_track_free_times (gone, 50, TRUE), 50, 50);
}

static void
test_predicted (void)
{
  g_autoptr (GPtrArray) keyframes = track ("hmm...h.mm.y..h");

  assert_times (tpo_track_predicted_times (keyframes, 60, FALSE), 61, 111);
  assert_times (tpo_track_predicted_times (keyframes, 60, TRUE), 10, 60);
  assert_times (tpo_track_predicted_times (keyframes, 140, FALSE), 140, 140);
  assert_times (tpo_track_predicted_times (keyframes, 0, TRUE), 0, 0);
}

static void
test_cut (void)
{
  const TpoTimes times = { 11, G_MAXINT64 };

  assert_times (tpo_times_cut (times, (TpoTimes){ 0, 50 }), 11, 50);
  assert_times (tpo_times_cut (times, (TpoTimes){ 20, 50 }), 20, 50);
  assert_times (tpo_times_cut (times, (TpoTimes){ 0, 5 }), 11, 11);
}

/* A correction makes what was found beside it stale, until that is found anew. */
static void
test_stale (void)
{
  g_autoptr (GPtrArray) keyframes = track ("hmmhmm");

  g_assert_false (tpo_track_is_stale (keyframes, 0));
  g_assert_false (tpo_track_is_stale (keyframes, 30));
  at (keyframes, 3)->revision_id = 2;
  g_assert_true (tpo_track_is_stale (keyframes, 30));
  g_assert_false (tpo_track_is_stale (keyframes, 20));
  g_assert_false (tpo_track_is_stale (keyframes, 35));
  at (keyframes, 2)->revision_id = 3;
  g_assert_true (tpo_track_is_stale (keyframes, 30));
  at (keyframes, 4)->revision_id = 3;
  g_assert_false (tpo_track_is_stale (keyframes, 30));
  at (keyframes, 4)->revision_id = 1;
  at (keyframes, 3)->is_absent = TRUE;
  g_assert_false (tpo_track_is_stale (keyframes, 30));
}

/* Frames that a person saw to, and where the object is. */
static void
test_corrections (void)
{
  g_autoptr (GPtrArray) keyframes = track ("hmmmhx..imhm");
  gint64 found_us = -1;

  g_assert_true (tpo_track_find_correction (keyframes, 0, FALSE, &found_us));
  g_assert_cmpint (found_us, ==, 40);
  g_assert_true (tpo_track_find_correction (keyframes, found_us, FALSE, &found_us));
  g_assert_cmpint (found_us, ==, 100);
  g_assert_false (tpo_track_find_correction (keyframes, found_us, FALSE, &found_us));
  g_assert_true (tpo_track_find_correction (keyframes, 95, TRUE, &found_us));
  g_assert_cmpint (found_us, ==, 40);
  g_assert_true (tpo_track_find_correction (keyframes, found_us, TRUE, &found_us));
  g_assert_cmpint (found_us, ==, 0);
  g_assert_false (tpo_track_find_correction (keyframes, found_us, TRUE, &found_us));
}

static void
assert_mark (GPtrArray *keyframes, gint64 time_us, gboolean backward, gint64 expected_us)
{
  gint64 found_us = -1;

  g_assert_cmpint (tpo_track_find_mark (keyframes, time_us, backward, &found_us), ==,
                   expected_us >= 0);
  g_assert_cmpint (found_us, ==, expected_us);
}

/* A person's keyframes, and where the object comes and goes; the model's in between are passed. */
static void
test_marks (void)
{
  g_autoptr (GPtrArray) keyframes = track ("hmmmyymmhx..imm");
  g_autoptr (GPtrArray) alone = track ("..m");

  assert_mark (keyframes, 0, FALSE, 40);
  assert_mark (keyframes, 40, FALSE, 60);
  assert_mark (keyframes, 65, FALSE, 80);
  assert_mark (keyframes, 80, FALSE, 90);
  assert_mark (keyframes, 90, FALSE, 120);
  assert_mark (keyframes, 120, FALSE, -1);
  assert_mark (keyframes, 140, TRUE, 120);
  assert_mark (keyframes, 60, TRUE, 40);
  assert_mark (keyframes, 40, TRUE, 0);
  assert_mark (keyframes, 0, TRUE, -1);
  assert_mark (alone, 0, FALSE, 20);
  assert_times (tpo_track_find_room (keyframes, 60), 41, 80);
  assert_times (tpo_track_find_room (keyframes, 0), 0, 40);
  assert_times (tpo_track_find_room (keyframes, 120), 91, G_MAXINT64);
}

static void
set_scores (GPtrArray *keyframes, const double *scores)
{
  for (guint i = 0; i < keyframes->len; i++)
    at (keyframes, i)->score = scores[i];
}

static void
assert_low (GPtrArray *keyframes, gint64 time_us, gboolean backward, gint64 expected_us)
{
  gint64 found_us = -1;

  g_assert_cmpint (tpo_track_find_low (keyframes, time_us, backward, &found_us), ==,
                   expected_us >= 0);
  g_assert_cmpint (found_us, ==, expected_us);
}

static void
test_low (void)
{
  /* Two stretches, and an absence that the model was sure of. */
  static const double scores[] = { -1, 0.99, 0.7, 0.6, 0.75, 0.9, 0.05, 0.3, 0.95, 0.5 };
  g_autoptr (GPtrArray) keyframes = track ("hmmmmmyymm");

  set_scores (keyframes, scores);
  assert_low (keyframes, 0, FALSE, 30);
  assert_low (keyframes, 5, FALSE, 30);
  assert_low (keyframes, 30, FALSE, 70);
  assert_low (keyframes, 70, FALSE, 90);
  assert_low (keyframes, 90, FALSE, -1);
  assert_low (keyframes, 90, TRUE, 70);
  assert_low (keyframes, 70, TRUE, 30);
  assert_low (keyframes, 40, TRUE, -1);
  assert_low (keyframes, -1, FALSE, 30);
  assert_low (keyframes, -1, TRUE, -1);
  /* What a person says is not low, whatever its score. */
  at (keyframes, 9)->provenance = TPO_PROVENANCE_HUMAN;
  assert_low (keyframes, 80, FALSE, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/track-search/free", test_free);
  g_test_add_func ("/track-search/predicted", test_predicted);
  g_test_add_func ("/track-search/cut", test_cut);
  g_test_add_func ("/track-search/stale", test_stale);
  g_test_add_func ("/track-search/corrections", test_corrections);
  g_test_add_func ("/track-search/marks", test_marks);
  g_test_add_func ("/track-search/low", test_low);
  return g_test_run ();
}
