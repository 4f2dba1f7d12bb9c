/* Position tables of the vision encoder against values of the published sizes: 196 patches, width 1024. */

#include <math.h>

#include "models/vit/vit.h"

enum {
  N_PATCHES = 196,
  WIDTH = 1024,
  N_TABLE_FRAMES = 4
};

static float *
table_of (guint n_frames)
{
  float *table = g_new (float, (gsize) n_frames *N_PATCHES *WIDTH);

  tpo_vit_positions (n_frames, N_PATCHES, WIDTH, N_TABLE_FRAMES, table);
  return table;
}

static void
check_entries (const float *table, guint token, guint channel, const float *expected, guint n)
{
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (table[(gsize) token * WIDTH + channel + i], expected[i],
                                    1e-6);
}

static void
sixteen_frames (void)
{
  static const struct {
    guint token, channel, n;
    float values[4];
  } known[] = {
    { 1, 0, 4, { 0.841471f, 0.540302f, 0.831705f, 0.555218f } },
    { 195, 0, 4, { 0.219455f, 0.975623f, 0.113389f, -0.993551f } },
    { 392, 0, 4, { 0.117441f, 0.917808f, -0.095423f, 0.794257f } },
    { 397, 0, 4, { -0.846795f, 0.372965f, -0.797480f, 0.063054f } },
    { 397, 1022, 2, { 0.003003f, 0.999974f } },
    { 588, 0, 4, { 0.352324f, 0.753425f, -0.286270f, 0.382771f } },
    { 3135, 0, 4, { -0.676816f, -0.736152f, 0.604877f, -0.796319f } },
  };
  g_autofree float *table = table_of (16);
  double sum = 0, magnitude = 0;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    check_entries (table, known[i].token, known[i].channel, known[i].values, known[i].n);
  for (gsize i = 0; i < (gsize) 16 * N_PATCHES * WIDTH; i++) {
    sum += table[i];
    magnitude += fabs (table[i]);
  }
  g_assert_cmpfloat_with_epsilon (sum, 783387.239, 1e-2);
  g_assert_cmpfloat_with_epsilon (magnitude, 1779129.651, 1e-2);
}

/* Where no frame lies between two others, the table is the base table. */
static void
four_frames (void)
{
  g_autofree float *table = table_of (N_TABLE_FRAMES);

  for (guint position = 0; position < N_TABLE_FRAMES * N_PATCHES; position += 97) {
    for (guint c = 0; c < WIDTH; c += 31) {
      double angle = position / pow (10000, (double) (c - c % 2) / WIDTH);
      double expected = c % 2 == 0 ? sin (angle) : cos (angle);

      g_assert_cmpfloat_with_epsilon (table[(gsize) position * WIDTH + c], expected, 1e-7);
    }
  }
}

/* A picture has the codes of a video's first frame, not those of its middle. */
static void
one_frame (void)
{
  g_autofree float *picture = table_of (1);
  g_autofree float *video = table_of (N_TABLE_FRAMES);

  g_assert_cmpmem (picture, N_PATCHES * WIDTH * sizeof (float), video,
                   N_PATCHES * WIDTH * sizeof (float));
}

/* The ends of the base table are held: the first and last frames of a long video do not move on. */
static void
ends (void)
{
  g_autofree float *table = table_of (16);
  const float *first = table, *second = table + N_PATCHES * WIDTH;
  const float *last = table + (gsize) 15 * N_PATCHES * WIDTH;

  g_assert_cmpmem (first, N_PATCHES * WIDTH * sizeof (float), second,
                   N_PATCHES * WIDTH * sizeof (float));
  g_assert_cmpmem (last, N_PATCHES * WIDTH * sizeof (float), last - N_PATCHES * WIDTH,
                   N_PATCHES * WIDTH * sizeof (float));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vit/positions/sixteen-frames", sixteen_frames);
  g_test_add_func ("/vit/positions/four-frames", four_frames);
  g_test_add_func ("/vit/positions/one-frame", one_frame);
  g_test_add_func ("/vit/positions/ends", ends);
  return g_test_run ();
}
