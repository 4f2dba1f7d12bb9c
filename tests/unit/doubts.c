/* Reasons for doubt and overlaps, against values worked out by hand. */

#include <math.h>

#include "review/doubts.h"
#include "review/overlap.h"

#define SECOND G_USEC_PER_SEC

static void
assert_near (double value, double expected)
{
  g_assert_cmpfloat_with_epsilon (value, expected, 1e-6);
}

static TpoDoubts
doubts_of (const TpoPredictionRecord *prediction, const char *answer)
{
  TpoDoubts doubts;

  tpo_doubts_read (&doubts, prediction, answer);
  return doubts;
}

/* ---- overlaps ------------------------------------------------------------------------------------ */

static void
test_overlap (void)
{
  TpoBox a = { 0.0f, 0.0f, 0.5f, 0.5f }, b = { 0.25f, 0.0f, 0.75f, 0.5f };
  TpoBox c = { 0.75f, 0.75f, 1.0f, 1.0f };

  assert_near (tpo_overlap_intervals (0, 4, 2, 6), 1.0 / 3.0);
  assert_near (tpo_overlap_intervals (0, 4, 5, 6), 0.0);
  assert_near (tpo_overlap_intervals (1, 1, 1, 1), 0.0);
  assert_near (tpo_overlap_boxes (&a, &b), 1.0 / 3.0);
  assert_near (tpo_overlap_boxes (&a, &a), 1.0);
  assert_near (tpo_overlap_boxes (&a, &c), 0.0);
}

static TpoKeyframeRecord *
add_box (GPtrArray *keyframes, gint64 time_us, TpoBox box, double score)
{
  TpoKeyframeRecord *keyframe = g_new0 (TpoKeyframeRecord, 1);

  keyframe->time_us = time_us;
  keyframe->has_box = TRUE;
  keyframe->box = box;
  keyframe->score = score;
  g_ptr_array_add (keyframes, keyframe);
  return keyframe;
}

static GPtrArray *
new_track (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
}

/* One track over seconds 0 … 4, one over 2 … 6: of the middle third the boxes share a third. */
static void
test_overlap_tracks (void)
{
  g_autoptr (GPtrArray) first = new_track ();
  g_autoptr (GPtrArray) second = new_track ();
  TpoLabelShape a = { TPO_ANNOTATION_BOX_TRACK, 0, 4 * SECOND, first };
  TpoLabelShape b = { TPO_ANNOTATION_BOX_TRACK, 2 * SECOND, 6 * SECOND, second };
  TpoLabelShape span = { TPO_ANNOTATION_SPAN, 0, 4 * SECOND, NULL };

  add_box (first, 0, (TpoBox){ 0.0f, 0.0f, 0.5f, 0.5f }, -1);
  add_box (second, 2 * SECOND, (TpoBox){ 0.25f, 0.0f, 0.75f, 0.5f }, -1);
  /* 64 samples at (i + 0.5) · 6/64 s: 21.33 … 42.67 lie in both, i = 21 … 42 after rounding. */
  assert_near (tpo_overlap_labels (&a, &b), 22.0 / 64.0 / 3.0);
  assert_near (tpo_overlap_labels (&a, &a), 1.0);
  assert_near (tpo_overlap_labels (&a, &span), 0.0);
}

/* Masks of one size are compared by pixels: 2 of 4 columns each, one of them shared. */
static void
test_overlap_masks (void)
{
  static const guint8 left[2][4] = { { 1, 1, 0, 0 }, { 1, 1, 0, 0 } };
  static const guint8 middle[2][4] = { { 0, 1, 1, 0 }, { 0, 1, 1, 0 } };
  g_autoptr (GPtrArray) first = new_track ();
  g_autoptr (GPtrArray) second = new_track ();
  TpoLabelShape a = { TPO_ANNOTATION_MASK_TRACK, 0, SECOND, first };
  TpoLabelShape b = { TPO_ANNOTATION_MASK_TRACK, 0, SECOND, second };

  add_box (first, 0, (TpoBox){ 0, 0, 0.5f, 1 }, -1)->mask = tpo_rle_encode (left[0], 4, 2, 4);
  add_box (second, 0, (TpoBox){ 0.25f, 0, 0.75f, 1 }, -1)->mask =
      tpo_rle_encode (middle[0], 4, 2, 4);
  assert_near (tpo_overlap_labels (&a, &b), 1.0 / 3.0);
}

/* ---- spans ------------------------------------------------------------------------------------------ */

/* Four steps of a second, the span on the first. */
static TpoDoubts
read_curve (const float curve[4])
{
  TpoSpan span = { 0, SECOND, 1.0f };
  TpoPredictionRecord prediction = {
    .kind = TPO_ANNOTATION_SPAN,
    .spans = &span,
    .n_spans = 1,
    .saliency = (float *) curve,
    .n_saliency = 4,
    .saliency_step_us = SECOND,
  };

  return doubts_of (&prediction, NULL);
}

static void
test_curve (void)
{
  /* 0.5 · ln 3 above the others: p = 1/2, 1/6, 1/6, 1/6. */
  static const float high[4] = { 0.549306144f, 0, 0, 0 }, flat[4] = { 3, 3, 3, 3 };
  static const float peak[4] = { 50, 0, 0, 0 }, away[4] = { 0, 0, 0.549306144f, 0 };
  double entropy = 0.5 * log (2.0) + 0.5 * log (6.0);
  TpoDoubts doubts = read_curve (flat);

  assert_near (doubts.d[TPO_DOUBT_FLAT], 1.0);
  assert_near (doubts.d[TPO_DOUBT_ELSEWHERE], 0.0);
  doubts = read_curve (peak);
  assert_near (doubts.d[TPO_DOUBT_FLAT], 0.0);
  doubts = read_curve (high);
  assert_near (doubts.d[TPO_DOUBT_FLAT], entropy / log (4.0));
  assert_near (doubts.d[TPO_DOUBT_ELSEWHERE], 0.0);
  doubts = read_curve (away);
  assert_near (doubts.d[TPO_DOUBT_ELSEWHERE], 1.0 - (1.0 / 6.0) / 0.5);
  g_assert_cmpint (doubts.time_us[TPO_DOUBT_ELSEWHERE], ==, 2 * SECOND);
}

static void
test_rival (void)
{
  /* The second span is the same moment; the third one is the rival. */
  TpoSpan spans[] = { { 0, 4 * SECOND, 0.8f },
                      { 0, 3 * SECOND, 0.7f },
                      { 6 * SECOND, 8 * SECOND, 0.2f } };
  TpoPredictionRecord prediction = { .kind = TPO_ANNOTATION_SPAN,
                                     .spans = spans,
                                     .n_spans = 3 };
  TpoDoubts doubts = doubts_of (&prediction, NULL);

  assert_near (doubts.d[TPO_DOUBT_SCORE], 0.2);
  assert_near (doubts.d[TPO_DOUBT_RIVAL], 0.25);
  g_assert_cmpint (doubts.time_us[TPO_DOUBT_RIVAL], ==, 6 * SECOND);
}

static void
test_text (void)
{
  static const struct {
    const char *text;
    double d;
  } cases[] = {
    { "It happens at the end.", 0.0 },
    { "From 2 to 6 seconds.", 0.0 },   /* one number has a unit: 6 s is the span's end */
    { "From 2 s to 6 s.", 0.0 },       /* as the head says */
    { "0:02.4 – 0:05.6", 0.0 },        /* within the grain */
    { "4 s to 8 s", 1.0 - 2.5 / 5.5 }, /* 3.5 … 7.5 against 2 … 6 */
    { "At 0:10", 1.0 },                /* 4 s away, as long as the span */
    { "At 0:08", 0.5 },
    { "Around 3 seconds.", 0.0 },
    { "3 cars and 12 sheep", 0.0 }, /* no times */
    { "At 1:00:08 or so", 1.0 },
  };
  TpoSpan span = { 2 * SECOND, 6 * SECOND, 1.0f };
  TpoPredictionRecord prediction = { .kind = TPO_ANNOTATION_SPAN,
                                     .spans = &span,
                                     .n_spans = 1 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    TpoDoubts doubts = doubts_of (&prediction, cases[i].text);

    g_test_message ("%s", cases[i].text);
    assert_near (doubts.d[TPO_DOUBT_TEXT], cases[i].d);
  }
}

static void
test_times (void)
{
  g_autoptr (GArray) times = tpo_doubts_times_in ("0:04, 1:02:03.5, 4.5 sec, 7秒; 12 of 15");
  static const gint64 expected[] = { 4000000, 3723500000, 4500000, 7000000 };

  g_assert_cmpuint (times->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < times->len; i++)
    g_assert_cmpint (g_array_index (times, gint64, i), ==, expected[i]);
}

/* ---- tracks ------------------------------------------------------------------------------------------ */

static void
test_track (void)
{
  g_autoptr (GPtrArray) keyframes = new_track ();
  TpoSpan span = { 0, 6 * SECOND, 1.0f };
  TpoPredictionRecord prediction = {
    .kind = TPO_ANNOTATION_MASK_TRACK, .spans = &span, .n_spans = 1, .keyframes = keyframes
  };
  static const double scores[] = { 0.8, 0.8, 0.8, 0.4, 0.8 };
  TpoDoubts doubts;
  TpoDoubt main;

  /* Still, but for one frame of twice the width that keeps its centre. */
  for (guint i = 0; i < 5; i++)
    add_box (keyframes, i * SECOND,
             i < 3 ? (TpoBox){ 0.4f, 0.4f, 0.6f, 0.6f } : (TpoBox){ 0.3f, 0.4f, 0.7f, 0.6f },
             scores[i]);
  doubts = doubts_of (&prediction, "ignored: 0:30");
  assert_near (doubts.d[TPO_DOUBT_SCORE], 1.0 - 0.72);
  assert_near (doubts.d[TPO_DOUBT_LOSS], 0.5);
  g_assert_cmpint (doubts.time_us[TPO_DOUBT_LOSS], ==, 3 * SECOND);
  /* The step is ln 2 and the median step 0. */
  g_assert_cmpfloat_with_epsilon (doubts.d[TPO_DOUBT_JUMP], 0.5, 1e-5);
  g_assert_cmpint (doubts.time_us[TPO_DOUBT_JUMP], ==, 3 * SECOND);
  assert_near (doubts.d[TPO_DOUBT_TEXT], 0.0);

  g_assert_cmpfloat_with_epsilon (
      tpo_doubts_gain (&doubts, &main),
      1.0 - (1.0 - 0.6 * 0.28) * (1.0 - 0.6 * 0.5) * (1.0 - 0.5 * 0.5), 1e-5);
  g_assert_cmpint (main, ==, TPO_DOUBT_LOSS);
}

/* Away and back again is a doubt, away until the end is none. */
static void
test_gap (void)
{
  g_autoptr (GPtrArray) keyframes = new_track ();
  TpoPredictionRecord prediction = { .kind = TPO_ANNOTATION_MASK_TRACK,
                                     .keyframes = keyframes };
  TpoBox box = { 0.4f, 0.4f, 0.6f, 0.6f };
  TpoKeyframeRecord *away;
  TpoDoubts doubts;

  add_box (keyframes, 0, box, -1);
  away = add_box (keyframes, SECOND, box, -1);
  away->has_box = FALSE;
  away->is_absent = TRUE;
  doubts = doubts_of (&prediction, NULL);
  assert_near (doubts.d[TPO_DOUBT_LOSS], 0.0);
  add_box (keyframes, 2 * SECOND, box, -1);
  doubts = doubts_of (&prediction, NULL);
  assert_near (doubts.d[TPO_DOUBT_LOSS], 0.5);
  g_assert_cmpint (doubts.time_us[TPO_DOUBT_LOSS], ==, SECOND);
}

static void
test_nothing (void)
{
  TpoPredictionRecord prediction = { .kind = TPO_ANNOTATION_SPAN };
  TpoDoubts doubts = doubts_of (&prediction, NULL);
  TpoDoubt main;
  g_autofree char *reason = NULL;

  assert_near (tpo_doubts_gain (&doubts, &main), 0.0);
  g_assert_cmpint (main, ==, TPO_DOUBT_COUNT);
  reason = tpo_doubt_describe (&doubts, main, TPO_ANNOTATION_SPAN);
  g_assert_cmpstr (reason, ==, "Nothing stands out");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/overlap/shapes", test_overlap);
  g_test_add_func ("/overlap/tracks", test_overlap_tracks);
  g_test_add_func ("/overlap/masks", test_overlap_masks);
  g_test_add_func ("/doubts/curve", test_curve);
  g_test_add_func ("/doubts/rival", test_rival);
  g_test_add_func ("/doubts/text", test_text);
  g_test_add_func ("/doubts/times", test_times);
  g_test_add_func ("/doubts/track", test_track);
  g_test_add_func ("/doubts/gap", test_gap);
  g_test_add_func ("/doubts/nothing", test_nothing);
  return g_test_run ();
}
