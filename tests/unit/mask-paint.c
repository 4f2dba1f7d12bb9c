#include "canvas/mask-paint.h"

static guint
count (const TpoMask *mask)
{
  guint n = 0;

  for (gsize i = 0; i < (gsize) mask->width * mask->height; i++)
    n += mask->bytes[i];
  return n;
}

static void
test_dot (void)
{
  g_autoptr (TpoMask) mask = tpo_mask_new (20, 16, NULL);
  guint x, y, width, height;

  g_assert_false (tpo_mask_bounds (mask, &x, &y, &width, &height));
  tpo_mask_stroke (mask, 3.7, 4.2, 3.7, 4.2, 0.1, 1);
  g_assert_cmpuint (mask->bytes[4 * 20 + 3], ==, 1);
  g_assert_cmpuint (count (mask), ==, 1);
  g_assert_true (tpo_mask_bounds (mask, &x, &y, &width, &height));
  g_assert_cmpuint (x, ==, 3);
  g_assert_cmpuint (y, ==, 4);
  g_assert_cmpuint (width, ==, 1);
  g_assert_cmpuint (height, ==, 1);
}

/* A brush covers the pixels whose centres lie within its radius of the stroke, counted here pixel
 * by pixel. */
static void
test_disc (void)
{
  g_autoptr (TpoMask) mask = tpo_mask_new (64, 64, NULL);

  tpo_mask_stroke (mask, 30.25, 31.5, 30.25, 31.5, 20, 1);
  for (guint y = 0; y < 64; y++) {
    for (guint x = 0; x < 64; x++) {
      double dx = x + 0.5 - 30.25, dy = y + 0.5 - 31.5;

      g_assert_cmpuint (mask->bytes[y * 64 + x], ==, dx * dx + dy * dy <= 100.0);
    }
  }
}

/* A stroke from here to there leaves no gap, whatever its direction, and is the same backwards. */
static void
test_stroke (void)
{
  g_autoptr (TpoMask) mask = tpo_mask_new (40, 30, NULL), back = tpo_mask_new (40, 30, NULL);

  tpo_mask_stroke (mask, 2.5, 2.5, 37.5, 27.5, 3, 1);
  tpo_mask_stroke (back, 37.5, 27.5, 2.5, 2.5, 3, 1);
  g_assert_cmpmem (mask->bytes, 40 * 30, back->bytes, 40 * 30);
  for (guint k = 0; k <= 100; k++) {
    guint x = (guint) (2.5 + 35.0 * k / 100), y = (guint) (2.5 + 25.0 * k / 100);

    g_assert_cmpuint (mask->bytes[y * 40 + x], ==, 1);
  }
  tpo_mask_stroke (mask, 37.5, 27.5, 2.5, 2.5, 6, 0);
  g_assert_cmpuint (count (mask), ==, 0);
}

static void
test_outside (void)
{
  g_autoptr (TpoMask) mask = tpo_mask_new (10, 10, NULL);

  tpo_mask_stroke (mask, -100, -100, -50, 400, 20, 1);
  tpo_mask_stroke (mask, 1e9, 5, 1e9, 5, 20, 1);
  g_assert_cmpuint (count (mask), ==, 0);
  tpo_mask_stroke (mask, -5, 5, 15, 5, 100, 1);
  g_assert_cmpuint (count (mask), ==, 100);
}

static void
test_rle (void)
{
  g_autoptr (TpoMask) mask = tpo_mask_new (31, 17, NULL);
  g_autoptr (TpoMask) same = NULL, twice = NULL;
  g_autoptr (TpoRle) rle = NULL;

  tpo_mask_stroke (mask, 4, 5, 25, 12, 5, 1);
  rle = tpo_mask_to_rle (mask);
  same = tpo_mask_new (31, 17, rle);
  g_assert_cmpmem (mask->bytes, 31 * 17, same->bytes, 31 * 17);
  for (guint y = 0; y < 17; y++) {
    for (guint x = 0; x < 31; x++)
      g_assert_cmpint (tpo_rle_has (rle, (x + 0.5) / 31, (y + 0.5) / 17), ==,
                       mask->bytes[y * 31 + x]);
  }
  g_assert_false (tpo_rle_has (rle, -0.1, 0.5));
  g_assert_false (tpo_rle_has (rle, 0.5, 1.0));
  twice = tpo_mask_new (62, 34, rle);
  g_assert_cmpuint (count (twice), ==, 4 * count (mask));
  for (guint i = 0; i < 62 * 34; i++)
    g_assert_cmpuint (twice->bytes[i], ==, mask->bytes[i / 62 / 2 * 31 + i % 62 / 2]);
}

static void
test_paint (void)
{
  const TpoMaskInk ink = { 200, 100, 50, 128, 1, FALSE };
  g_autoptr (TpoMask) mask = tpo_mask_new (12, 12, NULL);
  g_autoptr (GBytes) pixels = NULL;
  const guint8 *at;

  for (guint y = 2; y < 10; y++) {
    for (guint x = 2; x < 10; x++)
      mask->bytes[y * 12 + x] = 1;
  }
  pixels = tpo_mask_paint (mask, 1, 1, 10, 10, &ink);
  g_assert_cmpuint (g_bytes_get_size (pixels), ==, 400);
  at = g_bytes_get_data (pixels, NULL);
  g_assert_cmpuint (at[3], ==, 0); /* (1, 1): unset */
  at += (1 * 10 + 1) * 4;          /* (2, 2): outline */
  g_assert_cmpuint (at[0], ==, 50);
  g_assert_cmpuint (at[2], ==, 200);
  g_assert_cmpuint (at[3], ==, 255);
  at += (1 * 10 + 1) * 4; /* (3, 3): the dark line */
  g_assert_cmpuint (at[0], ==, 0);
  g_assert_cmpuint (at[3], >, 0);
  at += (1 * 10 + 1) * 4; /* (4, 4): inside, premultiplied */
  g_assert_cmpuint (at[2], ==, 200 * 128 / 255);
  g_assert_cmpuint (at[3], ==, 128);
}

static void
test_dashes (void)
{
  const TpoMaskInk ink = { 200, 100, 50, 128, 1, TRUE };
  g_autoptr (TpoMask) mask = tpo_mask_new (64, 64, NULL);
  g_autoptr (GBytes) pixels = NULL;
  const guint8 *at;
  guint n_outline = 0, n_gaps = 0;

  tpo_mask_stroke (mask, 32, 32, 32, 32, 200, 1);
  pixels = tpo_mask_paint (mask, 0, 0, 64, 64, &ink);
  at = g_bytes_get_data (pixels, NULL);
  for (guint x = 0; x < 64; x++) {
    n_outline += at[x * 4 + 3] == 255;
    n_gaps += at[x * 4] == 0 && at[x * 4 + 3] > 0;
  }
  g_assert_cmpuint (n_outline, ==, 32);
  g_assert_cmpuint (n_gaps, ==, 32);
}

/* Whether an unset pixel, or the end of the picture, is within @reach in one of four directions,
 * looked up step by step. */
static gboolean
is_at_edge (const TpoMask *mask, int x, int y, int reach)
{
  static const int steps[4][2] = { { -1, 0 }, { 1, 0 }, { 0, -1 }, { 0, 1 } };

  for (int i = 0; i < 4; i++) {
    for (int k = 1; k <= reach; k++) {
      int at_x = x + k * steps[i][0], at_y = y + k * steps[i][1];

      if (at_x < 0 || at_y < 0 || at_x >= (int) mask->width || at_y >= (int) mask->height ||
          !mask->bytes[at_y * (int) mask->width + at_x])
        return TRUE;
    }
  }
  return FALSE;
}

/* The outline of ragged masks, each pixel by itself. */
static void
test_outline (void)
{
  for (guint outline = 1; outline <= 3; outline++) {
    const TpoMaskInk ink = { 200, 100, 50, 128, outline, FALSE };
    g_autoptr (TpoMask) mask = tpo_mask_new (61, 47, NULL);
    g_autoptr (GBytes) pixels = NULL;
    const guint8 *at;

    for (guint i = 0; i < 6; i++)
      tpo_mask_stroke (mask, g_test_rand_int_range (0, 61), g_test_rand_int_range (0, 47),
                       g_test_rand_int_range (0, 61), g_test_rand_int_range (0, 47), 13, i < 4);
    pixels = tpo_mask_paint (mask, 0, 0, 61, 47, &ink);
    at = g_bytes_get_data (pixels, NULL);
    for (int y = 0; y < 47; y++) {
      for (int x = 0; x < 61; x++, at += 4) {
        if (!mask->bytes[y * 61 + x])
          g_assert_cmpuint (at[3], ==, 0);
        else if (is_at_edge (mask, x, y, (int) outline))
          g_assert_cmpuint (at[2], ==, 200);
        else if (is_at_edge (mask, x, y, 2 * (int) outline))
          g_assert_cmpuint (at[2], ==, 0);
        else
          g_assert_cmpuint (at[3], ==, 128);
      }
    }
  }
}

/* Of what is shown smaller a pixel is set where any of those under it is, and covers the same part
 * of the picture. */
static void
test_small (void)
{
  static const guint sizes[][3] = {
    { 40, 24, 4 }, { 41, 23, 4 }, { 7, 5, 3 }, { 9, 9, 1 }, { 3, 2, 8 }
  };

  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++) {
    guint width = sizes[k][0], height = sizes[k][1];
    g_autofree guint8 *pixels = g_malloc0 ((gsize) width * height);
    g_autofree guint8 *expected = NULL;
    g_autoptr (TpoRle) rle = NULL;
    g_autoptr (TpoMask) small = NULL;

    for (gsize i = 0; i < (gsize) width * height; i++)
      pixels[i] = g_test_rand_int_range (0, 20) == 0;
    rle = tpo_rle_encode (pixels, width, height, width);
    small = tpo_mask_new_small (rle, sizes[k][2]);
    g_assert_cmpuint (small->width, ==, MAX (width / sizes[k][2], 1));
    g_assert_cmpuint (small->height, ==, MAX (height / sizes[k][2], 1));
    expected = g_malloc0 ((gsize) small->width * small->height);
    for (guint y = 0; y < height; y++)
      for (guint x = 0; x < width; x++)
        expected[y * small->height / height * small->width + x * small->width / width] |=
            pixels[y * width + x];
    g_assert_cmpmem (small->bytes, (gsize) small->width * small->height, expected,
                     (gsize) small->width * small->height);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mask-paint/dot", test_dot);
  g_test_add_func ("/mask-paint/disc", test_disc);
  g_test_add_func ("/mask-paint/stroke", test_stroke);
  g_test_add_func ("/mask-paint/outside", test_outside);
  g_test_add_func ("/mask-paint/rle", test_rle);
  g_test_add_func ("/mask-paint/small", test_small);
  g_test_add_func ("/mask-paint/paint", test_paint);
  g_test_add_func ("/mask-paint/dashes", test_dashes);
  g_test_add_func ("/mask-paint/outline", test_outline);
  return g_test_run ();
}
