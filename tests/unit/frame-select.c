#include "io/frame-select.h"

static void
check_middle (guint n_frames, guint n, const guint *expected)
{
  g_autofree guint *frames = g_new (guint, n);

  tpo_frame_select_middle (n_frames, n, frames);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (frames[i], ==, expected[i]);
}

static void
test_middle (void)
{
  static const guint ten[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9, 9, 9, 9 };
  static const guint sixteen[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
  static const guint one[3] = { 0, 0, 0 };
  /* Bounds 0, 7, 14, 21, 28: the middles of [0, 7), [7, 14), … */
  static const guint even[4] = { 3, 10, 17, 24 };
  /* Bounds 0, 33, 66, 100. */
  static const guint uneven[3] = { 16, 49, 82 };

  check_middle (10, 16, ten);
  check_middle (16, 16, sixteen);
  check_middle (1, 3, one);
  check_middle (28, 4, even);
  check_middle (100, 3, uneven);
}

/* Against the definition in floating point, which rounds down the same way for all sizes that
 * occur. */
static void
test_middle_all (void)
{
  guint frames[16];

  for (guint n_frames = 16; n_frames < 5000; n_frames++) {
    tpo_frame_select_middle (n_frames, 16, frames);
    for (guint i = 0; i < 16; i++) {
      guint low = i * n_frames / 16, high = (i + 1) * n_frames / 16;

      g_assert_cmpuint (frames[i], ==, (low + high - 1) / 2);
      g_assert_cmpuint (frames[i], >=, low);
      g_assert_cmpuint (frames[i], <, high);
    }
  }
}

static void
test_rate (void)
{
  static const guint first[] = { 2, 6, 9, 13, 17, 21, 24, 28, 32, 36, 39, 43 };
  g_autoptr (GArray) eight = tpo_frame_select_rate (300, 30, 8);
  g_autoptr (GArray) one = tpo_frame_select_rate (300, 30, 1);

  g_assert_cmpuint (eight->len, ==, 80);
  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    g_assert_cmpuint (g_array_index (eight, guint, i), ==, first[i]);
  g_assert_cmpuint (one->len, ==, 10);
  for (guint i = 0; i < one->len; i++)
    g_assert_cmpuint (g_array_index (one, guint, i), ==, 15 + 30 * i);
}

/* Clips of a second at rates that do and do not divide the video's. */
static void
test_rate_known (void)
{
  static const struct {
    guint n_frames;
    double fps;
    guint n, first[8];
  } known[] = {
    { 100, 30, 24, { 2, 6, 9, 13, 17, 21, 24, 28 } },
    { 300, 29.97, 80, { 2, 6, 9, 13, 17, 21, 24, 28 } },
    { 250, 25, 80, { 2, 5, 8, 11, 14, 17, 20, 23 } },
    { 12, 5, 16, { 0, 1, 2, 2, 3, 3, 4, 5 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    g_autoptr (GArray) frames = tpo_frame_select_rate (known[i].n_frames, known[i].fps, 8);

    g_assert_cmpuint (frames->len, ==, known[i].n);
    for (guint k = 0; k < 8; k++)
      g_assert_cmpuint (g_array_index (frames, guint, k), ==, known[i].first[k]);
  }
}

static void
test_rate_short (void)
{
  /* Half a second gives four frames at 8 a second; the last is repeated to make eight. */
  static const guint expected[] = { 2, 6, 9, 13, 13, 13, 13, 13 };
  g_autoptr (GArray) half = tpo_frame_select_rate (15, 30, 8);
  g_autoptr (GArray) still = tpo_frame_select_rate (1, 1, 8);

  g_assert_cmpuint (half->len, ==, 8);
  for (guint i = 0; i < half->len; i++)
    g_assert_cmpuint (g_array_index (half, guint, i), ==, expected[i]);
  g_assert_cmpuint (still->len, ==, 8);
  for (guint i = 0; i < still->len; i++)
    g_assert_cmpuint (g_array_index (still, guint, i), ==, 0);
}

/* Every length of clip: a multiple of the rate, in order, within the clip. */
static void
test_rate_all (void)
{
  for (guint n_frames = 1; n_frames < 900; n_frames++) {
    g_autoptr (GArray) frames = tpo_frame_select_rate (n_frames, 30000 / 1001.0, 8);

    g_assert_cmpuint (frames->len % 8, ==, 0);
    g_assert_cmpuint (frames->len, >, 0);
    for (guint i = 0; i < frames->len; i++) {
      g_assert_cmpuint (g_array_index (frames, guint, i), <, n_frames);
      if (i > 0)
        g_assert_cmpuint (g_array_index (frames, guint, i), >=,
                          g_array_index (frames, guint, i - 1));
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/frame-select/middle", test_middle);
  g_test_add_func ("/frame-select/middle-all", test_middle_all);
  g_test_add_func ("/frame-select/rate", test_rate);
  g_test_add_func ("/frame-select/rate-known", test_rate_known);
  g_test_add_func ("/frame-select/rate-short", test_rate_short);
  g_test_add_func ("/frame-select/rate-all", test_rate_all);
  return g_test_run ();
}
