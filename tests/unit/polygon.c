/* Polygons filled, found and a brush on a string. */

#include "canvas/polygon.h"

#include <math.h>

static guint64
count (const TpoMask *mask)
{
  guint64 n = 0;

  for (gsize i = 0; i < (gsize) mask->width * mask->height; i++)
    n += mask->bytes[i];
  return n;
}

/* How often a polygon winds around a point, by the angle that it sweeps. */
static int
winds (const TpoCorner *corners, guint n, double x, double y)
{
  double turned = 0;

  for (guint i = 0; i < n; i++) {
    double x0 = corners[i].x - x, y0 = corners[i].y - y;
    double x1 = corners[(i + 1) % n].x - x, y1 = corners[(i + 1) % n].y - y;

    turned += atan2 (x0 * y1 - x1 * y0, x0 * x1 + y0 * y1);
  }
  return (int) lround (turned / (2 * G_PI));
}

/* Edges shared by two polygons belong to one of them: no gap, no overlap. */
static void
test_halves (void)
{
  static const TpoCorner left[] = { { 0, 0 }, { 0.5, 0 }, { 0.7, 1 }, { 0, 1 } };
  static const TpoCorner right[] = { { 0.5, 0 }, { 1, 0 }, { 1, 1 }, { 0.7, 1 } };
  g_autoptr (TpoMask) mask = tpo_mask_new (40, 30, NULL);
  guint64 n = tpo_mask_fill (mask, left, 4, 1);

  g_assert_cmpuint (n, ==, count (mask));
  g_assert_cmpuint (tpo_mask_fill (mask, right, 4, 1), ==, 40 * 30 - n);
  g_assert_cmpuint (count (mask), ==, 40 * 30);
  g_assert_cmpuint (tpo_mask_fill (mask, right, 4, 1), ==, 0);
}

static void
test_square (void)
{
  static const TpoCorner square[] = { { 0.2, 0.2 }, { 0.2, 0.6 }, { 0.6, 0.6 }, { 0.6, 0.2 } };
  g_autoptr (TpoMask) mask = tpo_mask_new (10, 10, NULL);
  guint x, y, width, height;

  g_assert_cmpuint (tpo_mask_fill (mask, square, 4, 1), ==, 16);
  g_assert_true (tpo_mask_bounds (mask, &x, &y, &width, &height));
  g_assert_cmpuint (x, ==, 2);
  g_assert_cmpuint (y, ==, 2);
  g_assert_cmpuint (width, ==, 4);
  g_assert_cmpuint (height, ==, 4);
}

/* Random polygons that cross themselves and reach outside, pixel by pixel against the winding number. */
static void
test_winding (void)
{
  enum {
    SIZE = 48,
    CORNERS = 9
  };

  for (guint trial = 0; trial < 20; trial++) {
    g_autoptr (TpoMask) mask = tpo_mask_new (SIZE, SIZE, NULL);
    TpoCorner corners[CORNERS];

    for (guint i = 0; i < CORNERS; i++)
      corners[i] = (TpoCorner){ g_test_rand_double_range (-0.3, 1.3),
                                g_test_rand_double_range (-0.3, 1.3) };
    tpo_mask_fill (mask, corners, CORNERS, 1);
    for (guint y = 0; y < SIZE; y++) {
      for (guint x = 0; x < SIZE; x++)
        g_assert_cmpuint (mask->bytes[y * SIZE + x], ==,
                          winds (corners, CORNERS, (x + 0.5) / SIZE, (y + 0.5) / SIZE) != 0);
    }
  }
}

/* A pentagram has its middle; erasing a part of a shape makes a hole. */
static void
test_rule_and_hole (void)
{
  static const TpoCorner hole[] = { { 0.4, 0.4 }, { 0.6, 0.4 }, { 0.6, 0.6 }, { 0.4, 0.6 } };
  g_autoptr (TpoMask) mask = tpo_mask_new (100, 100, NULL);
  TpoCorner star[5];
  guint64 n;

  for (guint i = 0; i < 5; i++)
    star[i] =
        (TpoCorner){ 0.5 + 0.45 * sin (i * 4 * G_PI / 5), 0.5 - 0.45 * cos (i * 4 * G_PI / 5) };
  n = tpo_mask_fill (mask, star, 5, 1);
  g_assert_cmpuint (mask->bytes[50 * 100 + 50], ==, 1);
  g_assert_cmpuint (tpo_mask_fill (mask, hole, 4, 0), ==, 20 * 20);
  g_assert_cmpuint (count (mask), ==, n - 20 * 20);
  g_assert_cmpuint (mask->bytes[50 * 100 + 50], ==, 0);
}

/* Nothing comes of what has no area. */
static void
test_degenerate (void)
{
  static const TpoCorner line[] = { { 0.1, 0.1 }, { 0.9, 0.9 } };
  static const TpoCorner outside[] = { { 1.1, 0.1 }, { 1.9, 0.1 }, { 1.5, 0.9 } };
  g_autoptr (TpoMask) mask = tpo_mask_new (20, 20, NULL);

  g_assert_cmpuint (tpo_mask_fill (mask, NULL, 0, 1), ==, 0);
  g_assert_cmpuint (tpo_mask_fill (mask, line, 1, 1), ==, 0);
  g_assert_cmpuint (tpo_mask_fill (mask, line, 2, 1), ==, 0);
  g_assert_cmpuint (tpo_mask_fill (mask, outside, 3, 1), ==, 0);
  g_assert_cmpuint (count (mask), ==, 0);
}

static void
test_find (void)
{
  static const TpoCorner corners[] = { { 0.1, 0.1 }, { 0.9, 0.1 }, { 0.5, 0.9 } };

  g_assert_cmpint (tpo_polygon_find_corner (corners, 3, 0.11, 0.1, 200, 100, 5), ==, 0);
  g_assert_cmpint (tpo_polygon_find_corner (corners, 3, 0.11, 0.1, 1000, 100, 5), ==, -1);
  g_assert_cmpint (tpo_polygon_find_corner (corners, 3, 0.5, 0.88, 200, 100, 5), ==, 2);
  g_assert_cmpint (tpo_polygon_find_edge (corners, 3, 0.5, 0.12, 200, 100, 5), ==, 0);
  g_assert_cmpint (tpo_polygon_find_edge (corners, 3, 0.3, 0.5, 200, 100, 5), ==, 2);
  g_assert_cmpint (tpo_polygon_find_edge (corners, 3, 0.5, 0.5, 200, 100, 5), ==, -1);
  g_assert_cmpint (tpo_polygon_find_edge (corners, 0, 0.5, 0.5, 200, 100, 5), ==, -1);
}

/* A hand that trembles by less than the string is long draws a straight line. */
static void
test_string (void)
{
  double x = 0, y = 0;

  g_assert_false (tpo_string_pull (&x, &y, 0, 0, 0));
  g_assert_true (tpo_string_pull (&x, &y, 3, 4, 0));
  g_assert_cmpfloat_with_epsilon (x, 3, 1e-9);
  g_assert_cmpfloat_with_epsilon (y, 4, 1e-9);
  g_assert_false (tpo_string_pull (&x, &y, 6, 8, 5));
  g_assert_true (tpo_string_pull (&x, &y, 9, 12, 5));
  g_assert_cmpfloat_with_epsilon (x, 6, 1e-9);
  g_assert_cmpfloat_with_epsilon (y, 8, 1e-9);

  x = y = 0;
  for (guint i = 0; i <= 400; i++) {
    tpo_string_pull (&x, &y, i, i % 2 == 0 ? 3 : -3, 20);
    g_assert_cmpfloat (fabs (y), <, 0.7);
  }
  g_assert_cmpfloat_with_epsilon (x, 380, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/polygon/halves", test_halves);
  g_test_add_func ("/polygon/square", test_square);
  g_test_add_func ("/polygon/winding", test_winding);
  g_test_add_func ("/polygon/rule-and-hole", test_rule_and_hole);
  g_test_add_func ("/polygon/degenerate", test_degenerate);
  g_test_add_func ("/polygon/find", test_find);
  g_test_add_func ("/polygon/string", test_string);
  return g_test_run ();
}
