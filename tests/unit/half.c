/* Half floats: every one of the 65536 comes back as itself, and rounding is to nearest even. */

#include <math.h>
#include <string.h>

#include <glib.h>

#include "base/half.h"

static gboolean
is_nan (guint16 half)
{
  return (half & 0x7fff) > 0x7c00;
}

static void
test_round_trip (void)
{
  for (guint32 i = 0; i <= G_MAXUINT16; i++) {
    guint16 half = (guint16) i, back = tpo_half_from_float (tpo_half_to_float (half));

    if (is_nan (half))
      g_assert_true (is_nan (back) && (back & 0x8000) == (half & 0x8000));
    else
      g_assert_cmphex (back, ==, half);
  }
}

/* The value of a half from its definition: (-1)^s · 2^(e - 25) · (1024 + m), or 2^-24 · m. */
static double
value_of (guint16 half)
{
  int exponent = (half >> 10) & 31, mantissa = half & 1023;
  double size = exponent == 0 ? ldexp (mantissa, -24) : ldexp (1024 + mantissa, exponent - 25);

  return half & 0x8000 ? -size : size;
}

static void
test_values (void)
{
  for (guint32 i = 0; i <= G_MAXUINT16; i++)
    if ((i & 0x7c00) != 0x7c00)
      g_assert_cmpfloat (tpo_half_to_float ((guint16) i), ==, value_of ((guint16) i));
  g_assert_true (isinf (tpo_half_to_float (0x7c00)));
  g_assert_true (isnan (tpo_half_to_float (0x7e00)));
}

/* Between neighbours: just below the middle goes down, above it up, the middle to the even one. */
static void
test_rounding (void)
{
  for (guint16 half = 0; half < 0x7bff; half++) {
    double low = value_of (half), middle = (low + value_of (half + 1)) / 2;
    float exact = (float) middle; /* one bit more than a half: exact in a float */
    guint16 even = half & 1 ? half + 1 : half;

    g_assert_cmphex (tpo_half_from_float (exact), ==, even);
    g_assert_cmphex (tpo_half_from_float (nextafterf (exact, 0.0f)), ==, half);
    g_assert_cmphex (tpo_half_from_float (nextafterf (exact, INFINITY)), ==, half + 1);
    g_assert_cmphex (tpo_half_from_float (-exact), ==, even | 0x8000);
  }
  g_assert_cmphex (tpo_half_from_float (65519.0f), ==, 0x7bff);
  g_assert_cmphex (tpo_half_from_float (65520.0f), ==, 0x7c00);
  g_assert_cmphex (tpo_half_from_float (-1e30f), ==, 0xfc00);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/half/round-trip", test_round_trip);
  g_test_add_func ("/half/values", test_values);
  g_test_add_func ("/half/rounding", test_rounding);
  return g_test_run ();
}
