#include "io/quantize.h"

#include <math.h>
#include <string.h>

#include "base/half.h"
#include "io/transcode.h"

/* Random bytes with a tame scale; the references below restate the formats element by element. */
static void
fill (GRand *random, guint8 *block, gsize size, const gsize *scales, guint n_scales)
{
  for (gsize i = 0; i < size; i++)
    block[i] = (guint8) g_rand_int_range (random, 0, 256);
  for (guint i = 0; i < n_scales; i++) {
    guint16 half = tpo_half_from_float ((float) g_rand_double_range (random, -2, 2));

    memcpy (block + scales[i], &half, sizeof half);
  }
}

static double
half_at (const guint8 *bytes)
{
  guint16 half;

  memcpy (&half, bytes, sizeof half);
  return tpo_half_to_float (half);
}

static double
reference_q4_k (const guint8 *b, guint i)
{
  guint group = i / 32, scale, min;
  const guint8 *s = b + 4, *q = b + 16 + i / 64 * 32 + i % 32;

  if (group < 4) {
    scale = s[group] % 64;
    min = s[group + 4] % 64;
  } else {
    scale = s[group + 4] % 16 + s[group - 4] / 64 * 16;
    min = s[group + 4] / 16 + s[group] / 64 * 16;
  }
  return half_at (b) * scale * (i % 64 < 32 ? *q % 16 : *q / 16) - half_at (b + 2) * min;
}

static double
reference_q6_k (const guint8 *b, guint i)
{
  /* The four rows of 32 in each half take their bits from the same 32 bytes of high bits. */
  const guint8 *low = b + i / 128 * 64, *high = b + 128 + i / 128 * 32;
  guint l = i % 32, q;

  switch (i % 128 / 32) {
  case 0:
    q = low[l] % 16 + high[l] % 4 * 16;
    break;
  case 1:
    q = low[l + 32] % 16 + high[l] / 4 % 4 * 16;
    break;
  case 2:
    q = low[l] / 16 + high[l] / 16 % 4 * 16;
    break;
  default:
    q = low[l + 32] / 16 + high[l] / 64 * 16;
    break;
  }
  return half_at (b + 208) * (gint8) b[192 + i / 16] * ((double) q - 32);
}

static double
reference_q4_0 (const guint8 *b, guint i)
{
  return half_at (b) * ((i < 16 ? b[2 + i] % 16 : b[2 + i - 16] / 16) - 8);
}

static double
reference_q4_1 (const guint8 *b, guint i)
{
  return half_at (b) * (i < 16 ? b[4 + i] % 16 : b[4 + i - 16] / 16) + half_at (b + 2);
}

/* @b: four bytes of fifth bits, then nibbles */
static guint
reference_five (const guint8 *b, guint i)
{
  return (i < 16 ? b[4 + i] % 16u : b[4 + i - 16] / 16u) + b[i / 8] / (1u << i % 8) % 2 * 16;
}

static double
reference_q5_0 (const guint8 *b, guint i)
{
  return half_at (b) * ((double) reference_five (b + 2, i) - 16);
}

static double
reference_q5_1 (const guint8 *b, guint i)
{
  return half_at (b) * reference_five (b + 4, i) + half_at (b + 2);
}

static double
reference_q5_k (const guint8 *b, guint i)
{
  guint8 q4_k[144];
  guint fifth = b[16 + i % 32] / (1u << i / 32) % 2;
  double step;

  /* Like Q4_K, but for sixteen more steps where the fifth bit is set. */
  memcpy (q4_k, b, 16);
  memcpy (q4_k + 16, b + 48, 128);
  memset (q4_k + 16 + i / 64 * 32 + i % 32, 0x11, 1);
  step = reference_q4_k (q4_k, i);
  q4_k[16 + i / 64 * 32 + i % 32] = 0;
  step -= reference_q4_k (q4_k, i);
  q4_k[16 + i / 64 * 32 + i % 32] = b[48 + i / 64 * 32 + i % 32];
  return reference_q4_k (q4_k, i) + 16 * fifth * step;
}

/* The 16 scales are 64 low bits, then 32 pairs of high bits, taken column by column. */
static double
reference_q3_k (const guint8 *b, guint i)
{
  const guint8 *high = b, *low = b + 32, *s = b + 96;
  guint group = i / 16, quarter = i / 32;
  guint scale = (group < 8 ? s[group] % 16u : s[group - 8] / 16u) +
                s[8 + group % 4] / (1u << group / 4 * 2) % 4 * 16;
  guint q = low[i / 128 * 32 + i % 32] / (1u << quarter % 4 * 2) % 4 +
            high[i % 32] / (1u << quarter) % 2 * 4;

  return half_at (b + 108) * ((double) scale - 32) * ((double) q - 4);
}

static double
reference_q2_k (const guint8 *b, guint i)
{
  guint q = b[16 + i / 128 * 32 + i % 32] / (1u << i % 128 / 32 * 2) % 4;

  return half_at (b + 80) * (b[i / 16] % 16) * q - half_at (b + 82) * (b[i / 16] / 16);
}

/* @nibble: 0 … 15 */
static double
reference_iq4 (guint nibble)
{
  static const double values[] = { -127, -104, -83, -65, -49, -35, -22, -10,
                                   1,    13,   25,  38,  53,  69,  89,  113 };

  return values[nibble];
}

static double
reference_iq4_nl (const guint8 *b, guint i)
{
  return half_at (b) * reference_iq4 (i < 16 ? b[2 + i] % 16 : b[2 + i - 16] / 16);
}

static double
reference_iq4_xs (const guint8 *b, guint i)
{
  const guint group = i / 32, upper = b[2] + 256u * b[3];
  const guint8 *q = b + 8 + group * 16 + i % 16;
  guint scale = (group % 2 == 0 ? b[4 + group / 2] % 16u : b[4 + group / 2] / 16u) +
                upper / (1u << 2 * group) % 4 * 16;

  return half_at (b) * ((double) scale - 32) * reference_iq4 (i % 32 < 16 ? *q % 16 : *q / 16);
}

static void
test_blocks (void)
{
  static const struct {
    TpoType type;
    double (*reference) (const guint8 *block, guint i);
    gsize scales[2];
    guint n_scales;
  } cases[] = {
    { TPO_Q4_0, reference_q4_0, { 0 }, 1 },      { TPO_Q4_K, reference_q4_k, { 0, 2 }, 2 },
    { TPO_Q6_K, reference_q6_k, { 208 }, 1 },    { TPO_Q5_K, reference_q5_k, { 0, 2 }, 2 },
    { TPO_Q3_K, reference_q3_k, { 108 }, 1 },    { TPO_Q4_1, reference_q4_1, { 0, 2 }, 2 },
    { TPO_Q5_0, reference_q5_0, { 0 }, 1 },      { TPO_Q5_1, reference_q5_1, { 0, 2 }, 2 },
    { TPO_Q2_K, reference_q2_k, { 80, 82 }, 2 }, { TPO_IQ4_NL, reference_iq4_nl, { 0 }, 1 },
    { TPO_IQ4_XS, reference_iq4_xs, { 0 }, 1 },
  };
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint block = tpo_type_block (cases[i].type), size = tpo_type_block_size (cases[i].type);
    g_autofree guint8 *bytes = g_malloc (3 * size);
    g_autofree float *values = g_new (float, 3 * block);

    for (guint k = 0; k < 3; k++)
      fill (random, bytes + k * size, size, cases[i].scales, cases[i].n_scales);
    tpo_numbers_read (cases[i].type, bytes, 3 * block, values);
    for (guint k = 0; k < 3 * block; k++) {
      double expected = cases[i].reference (bytes + k / block * size, k % block);

      g_assert_cmpfloat_with_epsilon (values[k], expected, 1e-6 * (1 + fabs (expected)) + 1e-3);
    }
  }
}

/* What devices hold in place of some types has the same values, bit for bit, or within the rounding
 * of scales. */
static void
test_transcoded (void)
{
  static const struct {
    TpoType from, to;
    gsize scale;
    float rounding; /* relative */
  } cases[] = { { TPO_Q5_0, TPO_Q8_0, 0, 0 },
                { TPO_IQ4_NL, TPO_Q8_0, 0, 0 },
                { TPO_IQ4_XS, TPO_Q8_0, 0, 0x1p-11f },
                { TPO_Q3_K, TPO_Q6_K, 108, 0 } };
  g_autoptr (GRand) random = g_rand_new_with_seed (4);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint8 bytes[2 * 256], out[2 * 8 * 34];
    float values[512], back[512];
    guint n = 2 * tpo_type_block (cases[i].from), size = tpo_type_block_size (cases[i].from);

    for (guint k = 0; k < 2; k++)
      fill (random, bytes + k * size, size, &cases[i].scale, 1);
    g_assert_cmpint (tpo_type_held (cases[i].from), ==, cases[i].to);
    tpo_numbers_convert (cases[i].from, bytes, n, cases[i].to, values, out);
    tpo_numbers_read (cases[i].from, bytes, n, values);
    tpo_numbers_read (cases[i].to, out, n, back);
    for (guint k = 0; k < n; k++)
      g_assert_cmpfloat (fabsf (back[k] - values[k]), <=,
                         cases[i].rounding * fabsf (values[k]));
  }
  g_assert_cmpint (tpo_type_held (TPO_Q5_1), ==, TPO_F16);
  g_assert_cmpint (tpo_type_held (TPO_Q2_K), ==, TPO_F16);
  g_assert_cmpint (tpo_type_held (TPO_BF16), ==, TPO_F16);
  g_assert_cmpint (tpo_type_held (TPO_Q4_1), ==, TPO_Q4_1);
}

/* Rounding costs half a step of 1/127 of the largest value of the block, and the scale's own. */
static void
test_q8_0 (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  float values[96], back[96];
  guint8 bytes[3 * 34];

  for (guint i = 0; i < 96; i++)
    values[i] = i < 32 ? 0 : (float) g_rand_double_range (random, -3, 3);
  tpo_numbers_write (TPO_Q8_0, values, 96, bytes);
  tpo_numbers_read (TPO_Q8_0, bytes, 96, back);
  for (guint i = 0; i < 96; i++)
    g_assert_cmpfloat (fabsf (back[i] - values[i]), <=, 3.0 / 127 * 0.5 + 3.0 * 0x1p-11);
  for (guint i = 0; i < 32; i++)
    g_assert_cmpfloat (back[i], ==, 0);
}

/* Steps of an eighth of the largest value; at the other end of the range the last step is missing. */
static void
test_q4_0 (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  float values[96], back[96], step = 3.0f / 8;
  guint8 bytes[3 * 18];

  for (guint i = 0; i < 96; i++)
    values[i] = i < 32 ? 0 : (float) g_rand_double_range (random, -3, 3);
  values[40] = -3;
  values[70] = 3;
  values[71] = -3;
  tpo_numbers_write (TPO_Q4_0, values, 96, bytes);
  tpo_numbers_read (TPO_Q4_0, bytes, 96, back);
  for (guint i = 0; i < 96; i++) {
    gboolean is_beyond = i < 64 ? values[i] > 7 * step : values[i] < -7 * step;

    g_assert_cmpfloat (fabsf (back[i] - values[i]), <=,
                       (is_beyond ? step : 0.5f * step) * 1.0001f);
  }
  for (guint i = 0; i < 32; i++)
    g_assert_cmpfloat (back[i], ==, 0);
  g_assert_cmpfloat (back[40], ==, -3);
  g_assert_cmpfloat (back[70], ==, 3);
  values[0] = NAN;
  tpo_numbers_write (TPO_Q4_0, values, 32, bytes);
  tpo_numbers_read (TPO_Q4_0, bytes, 32, back);
  g_assert_cmpfloat (back[0], ==, 0);
}

static void
test_plain (void)
{
  static const float values[] = { 0, -1.5f, 1.0009765625f, 3.1415927f, 1e-3f, 65504 };
  float back[G_N_ELEMENTS (values)];
  guint8 bytes[G_N_ELEMENTS (values) * 4];
  static const struct {
    TpoType type;
    float step; /* relative */
  } cases[] = { { TPO_F32, 0 }, { TPO_F16, 0x1p-11f }, { TPO_BF16, 0x1p-8f } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    tpo_numbers_write (cases[i].type, values, G_N_ELEMENTS (values), bytes);
    tpo_numbers_read (cases[i].type, bytes, G_N_ELEMENTS (values), back);
    for (guint k = 0; k < G_N_ELEMENTS (values); k++)
      g_assert_cmpfloat (fabsf (back[k] - values[k]), <=, cases[i].step * fabsf (values[k]));
  }
  g_assert_true (tpo_numbers_fit_half (values, G_N_ELEMENTS (values)));
  g_assert_false (tpo_numbers_fit_half ((float[]){ 0, -70000 }, 2));
  g_assert_true (tpo_numbers_fit_half ((float[]){ INFINITY, NAN }, 2));
}

static void
test_integers (void)
{
  static const gint64 wide[] = { -5, 1 << 20 };
  static const gint32 narrow[] = { G_MININT32, 7 };
  static const double real[] = { 0.25, -1e30 };
  static const guint8 small[] = { 0, 255 };
  float out[2];

  tpo_numbers_read (TPO_I64, (const guint8 *) wide, 2, out);
  g_assert_cmpfloat (out[0], ==, -5);
  g_assert_cmpfloat (out[1], ==, 1 << 20);
  tpo_numbers_read (TPO_I32, (const guint8 *) narrow, 2, out);
  g_assert_cmpfloat (out[0], ==, (float) G_MININT32);
  tpo_numbers_read (TPO_F64, (const guint8 *) real, 2, out);
  g_assert_cmpfloat (out[1], ==, -1e30f);
  tpo_numbers_read (TPO_U8, small, 2, out);
  g_assert_cmpfloat (out[1], ==, 255);
  tpo_numbers_read (TPO_I8, small, 2, out);
  g_assert_cmpfloat (out[1], ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quantize/blocks", test_blocks);
  g_test_add_func ("/quantize/transcoded", test_transcoded);
  g_test_add_func ("/quantize/q8_0", test_q8_0);
  g_test_add_func ("/quantize/q4_0", test_q4_0);
  g_test_add_func ("/quantize/plain", test_plain);
  g_test_add_func ("/quantize/integers", test_integers);
  return g_test_run ();
}
