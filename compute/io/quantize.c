#include "io/quantize.h"

#include <math.h>
#include <string.h>

#include "base/half.h"

static float
half_at (const guint8 *bytes)
{
  guint16 bits;

  memcpy (&bits, bytes, sizeof bits);
  return tpo_half_to_float (bits);
}

static void
put_half (guint8 *bytes, float value)
{
  guint16 bits = tpo_half_from_float (value);

  memcpy (bytes, &bits, sizeof bits);
}

static float
bf16_at (const guint8 *bytes)
{
  guint16 half;
  guint32 bits;
  float value;

  memcpy (&half, bytes, sizeof half);
  bits = (guint32) half << 16;
  memcpy (&value, &bits, sizeof value);
  return value;
}

static void
put_bf16 (guint8 *bytes, float value)
{
  guint32 bits;
  guint16 half;

  memcpy (&bits, &value, sizeof bits);
  if (isnan (value))
    half = (guint16) (bits >> 16 | 0x40);
  else
    half = (guint16) ((bits + 0x7fff + (bits >> 16 & 1)) >> 16); /* ties to even */
  memcpy (bytes, &half, sizeof half);
}

/* 32 in 18 bytes: d, then 16 bytes; low nibbles are elements 0 … 15, high ones 16 … 31. */
static void
read_q4_0 (const guint8 *block, float *values)
{
  float d = half_at (block);

  for (guint i = 0; i < 16; i++) {
    values[i] = d * (float) ((block[2 + i] & 15) - 8);
    values[i + 16] = d * (float) ((block[2 + i] >> 4) - 8);
  }
}

/* 32 in 20 bytes: d, m, then nibbles as in Q4_0. */
static void
read_q4_1 (const guint8 *block, float *values)
{
  float d = half_at (block), m = half_at (block + 2);

  for (guint i = 0; i < 16; i++) {
    values[i] = d * (float) (block[4 + i] & 15) + m;
    values[i + 16] = d * (float) (block[4 + i] >> 4) + m;
  }
}

guint
tpo_five_bits (const guint8 *bytes, guint i)
{
  guint low = i < 16 ? bytes[4 + i] & 15u : bytes[4 + i - 16] >> 4u;

  return low | (guint) (bytes[i / 8] >> (i % 8) & 1) << 4;
}

/* 32 in 22 bytes: d, then five bits each. */
static void
read_q5_0 (const guint8 *block, float *values)
{
  float d = half_at (block);

  for (guint i = 0; i < 32; i++)
    values[i] = d * (float) ((gint) tpo_five_bits (block + 2, i) - 16);
}

/* 32 in 24 bytes: d, m, then five bits each. */
static void
read_q5_1 (const guint8 *block, float *values)
{
  float d = half_at (block), m = half_at (block + 2);

  for (guint i = 0; i < 32; i++)
    values[i] = d * (float) tpo_five_bits (block + 4, i) + m;
}

static void
read_q8_0 (const guint8 *block, float *values)
{
  float d = half_at (block);

  for (guint i = 0; i < 32; i++)
    values[i] = d * (float) (gint8) block[2 + i];
}

/* Six-bit scale and minimum of the eight groups of a Q4_K or Q5_K block, packed in 12 bytes. */
static void
unpack_scale_min (const guint8 *packed, guint group, guint *scale, guint *min)
{
  if (group < 4) {
    *scale = packed[group] & 63;
    *min = packed[group + 4] & 63;
  } else {
    *scale = (guint) (packed[group + 4] & 15) | (guint) (packed[group - 4] >> 6) << 4;
    *min = (guint) (packed[group + 4] >> 4) | (guint) (packed[group] >> 6) << 4;
  }
}

/* 256 in 144 bytes: d, dmin, 12 bytes of scales and minima, 128 bytes of nibbles; each 32 bytes
 * hold group 2k in the low and group 2k + 1 in the high nibbles. */
static void
read_q4_k (const guint8 *block, float *values)
{
  float d = half_at (block), d_min = half_at (block + 2);

  for (guint group = 0; group < 8; group++) {
    const guint8 *nibbles = block + 16 + group / 2 * 32;
    guint scale, min;

    unpack_scale_min (block + 4, group, &scale, &min);
    for (guint i = 0; i < 32; i++) {
      guint q = group % 2 == 0 ? nibbles[i] & 15u : nibbles[i] >> 4u;

      values[group * 32 + i] = d * (float) scale * (float) q - d_min * (float) min;
    }
  }
}

/* 256 in 176 bytes: as Q4_K, with 32 bytes before the nibbles: byte i has the fifth bits of the
 * elements i of the eight groups. */
static void
read_q5_k (const guint8 *block, float *values)
{
  float d = half_at (block), d_min = half_at (block + 2);

  for (guint i = 0; i < 256; i++) {
    guint group = i / 32, scale, min;
    guint q = block[48 + group / 2 * 32 + i % 32] >> (group % 2 * 4) & 15u;

    unpack_scale_min (block + 4, group, &scale, &min);
    q |= (guint) (block[16 + i % 32] >> group & 1) << 4;
    values[i] = d * (float) scale * (float) q - d_min * (float) min;
  }
}

gint
tpo_q3_k_scale (const guint8 *block, guint group)
{
  const guint8 *packed = block + 96;
  guint low = group < 8 ? packed[group] & 15u : packed[group - 8] >> 4u;

  return (gint) (low | (guint) (packed[8 + group % 4] >> (group / 4 * 2) & 3) << 4) - 32;
}

gint
tpo_q3_k_number (const guint8 *block, guint i)
{
  guint half = i / 128, row = i % 128 / 32, col = i % 32;
  guint low = block[32 + half * 32 + col] >> (2 * row) & 3u;

  return (gint) (low | (guint) (block[col] >> (4 * half + row) & 1) << 2) - 4;
}

static void
read_q3_k (const guint8 *block, float *values)
{
  float d = half_at (block + 108);

  for (guint i = 0; i < 256; i++)
    values[i] = d * (float) tpo_q3_k_scale (block, i / 16) * (float) tpo_q3_k_number (block, i);
}

/* 256 in 84 bytes: a nibble of scale and one of minimum for 16 elements each, two bits each, d,
 * d_min. */
static void
read_q2_k (const guint8 *block, float *values)
{
  float d = half_at (block + 80), d_min = half_at (block + 82);

  for (guint i = 0; i < 256; i++) {
    guint half = i / 128, row = i % 128 / 32, col = i % 32;
    guint q = block[16 + half * 32 + col] >> (2 * row) & 3u;

    values[i] =
        d * (float) (block[i / 16] & 15) * (float) q - d_min * (float) (block[i / 16] >> 4);
  }
}

const gint8 tpo_iq4_values[16] = { -127, -104, -83, -65, -49, -35, -22, -10,
                                   1,    13,   25,  38,  53,  69,  89,  113 };

/* 16 bytes of nibbles as in Q4_0, which count values of a table. */
static void
read_iq4 (const guint8 *nibbles, float scale, float *values)
{
  for (guint i = 0; i < 16; i++) {
    values[i] = scale * (float) tpo_iq4_values[nibbles[i] & 15];
    values[i + 16] = scale * (float) tpo_iq4_values[nibbles[i] >> 4];
  }
}

/* 32 in 18 bytes: d, then nibbles. */
static void
read_iq4_nl (const guint8 *block, float *values)
{
  read_iq4 (block + 2, half_at (block), values);
}

gint
tpo_iq4_xs_scale (const guint8 *block, guint group)
{
  guint low = block[4 + group / 2] >> (group % 2 * 4) & 15u;

  return (gint) (low | (guint) (block[2 + group / 4] >> (group % 4 * 2) & 3) << 4) - 32;
}

/* 256 in 136 bytes: d, 2 bytes of upper bits of the scales of 32 elements each, 4 of lower bits,
 * then nibbles. */
static void
read_iq4_xs (const guint8 *block, float *values)
{
  float d = half_at (block);

  for (guint group = 0; group < 8; group++)
    read_iq4 (block + 8 + 16 * group, d * (float) tpo_iq4_xs_scale (block, group),
              values + 32 * group);
}

/* 256 in 210 bytes: 128 bytes of low nibbles, 64 bytes of upper two bits, 16 signed scales, d. */
static void
read_q6_k (const guint8 *block, float *values)
{
  float d = half_at (block + 208);

  for (guint i = 0; i < 256; i++) {
    guint half = i / 128, row = i % 128 / 32, col = i % 32;
    guint low = block[half * 64 + (row & 1) * 32 + col] >> (row & 2 ? 4 : 0) & 15u;
    guint high = block[128 + half * 32 + col] >> (2 * row) & 3u;

    values[i] =
        d * (float) (gint8) block[192 + i / 16] * (float) ((gint) (low | high << 4) - 32);
  }
}

static float
number_at (TpoType type, const guint8 *bytes)
{
  union {
    double f64;
    gint64 i64;
    gint32 i32;
  } wide;

  memcpy (&wide, bytes, tpo_type_block_size (type));
  if (type == TPO_F64)
    return (float) wide.f64;
  return type == TPO_I64 ? (float) wide.i64 : (float) wide.i32;
}

void
tpo_numbers_read (TpoType type, const guint8 *bytes, gsize n, float *values)
{
  static void (*const readers[TPO_TYPE_COUNT]) (const guint8 *block, float *values) = {
    [TPO_Q8_0] = read_q8_0, [TPO_Q4_0] = read_q4_0,     [TPO_Q4_1] = read_q4_1,
    [TPO_Q5_0] = read_q5_0, [TPO_Q5_1] = read_q5_1,     [TPO_Q3_K] = read_q3_k,
    [TPO_Q4_K] = read_q4_k, [TPO_Q5_K] = read_q5_k,     [TPO_Q6_K] = read_q6_k,
    [TPO_Q2_K] = read_q2_k, [TPO_IQ4_NL] = read_iq4_nl, [TPO_IQ4_XS] = read_iq4_xs,
  };
  gsize block = tpo_type_block (type), size = tpo_type_block_size (type);

  g_assert (n % block == 0);
  if (type == TPO_F32) {
    memcpy (values, bytes, n * sizeof *values);
    return;
  }
  for (gsize i = 0; i < n; i += block, bytes += size) {
    if (readers[type] != NULL)
      readers[type](bytes, values + i);
    else if (type == TPO_F16)
      values[i] = half_at (bytes);
    else if (type == TPO_BF16)
      values[i] = bf16_at (bytes);
    else if (type == TPO_U8 || type == TPO_BOOL)
      values[i] = *bytes;
    else if (type == TPO_I8)
      values[i] = (gint8) *bytes;
    else
      values[i] = number_at (type, bytes);
  }
}

static void
write_q8_0 (const float *values, guint8 *block)
{
  float largest = 0, scale, inverse;

  for (guint i = 0; i < 32; i++)
    largest = MAX (largest, fabsf (values[i]));
  scale = largest / 127;
  inverse = scale > 0 ? 1 / scale : 0;
  put_half (block, scale);
  for (guint i = 0; i < 32; i++) {
    float q = roundf (values[i] * inverse);

    block[2 + i] = (guint8) (gint8) (q >= -127 ? MIN (q, 127.0f) : -127.0f); /* NaN too */
  }
}

/* The scale has the sign that puts the value of largest magnitude on -8, the end that reaches
 * further. */
static void
write_q4_0 (const float *values, guint8 *block)
{
  float extreme = 0, scale, inverse;
  guint8 q[32];

  for (guint i = 0; i < 32; i++)
    extreme = fabsf (values[i]) > fabsf (extreme) ? values[i] : extreme;
  scale = extreme / -8;
  inverse = scale != 0 ? 1 / scale : 0;
  put_half (block, scale);
  for (guint i = 0; i < 32; i++) {
    float shifted = values[i] * inverse + 8.5f;

    q[i] = (guint8) (shifted >= 0 ? MIN (shifted, 15.0f) : 8.0f); /* NaN becomes 0 */
  }
  for (guint i = 0; i < 16; i++)
    block[2 + i] = (guint8) (q[i] | q[i + 16] << 4);
}

void
tpo_numbers_write (TpoType type, const float *values, gsize n, guint8 *bytes)
{
  gsize block = tpo_type_block (type), size = tpo_type_block_size (type);

  g_assert (type == TPO_F32 || type == TPO_F16 || type == TPO_BF16 || type == TPO_Q8_0 ||
            type == TPO_Q4_0);
  g_assert (n % block == 0);
  if (type == TPO_F32) {
    memcpy (bytes, values, n * sizeof *values);
    return;
  }
  for (gsize i = 0; i < n; i += block, bytes += size) {
    if (type == TPO_F16)
      put_half (bytes, values[i]);
    else if (type == TPO_BF16)
      put_bf16 (bytes, values[i]);
    else if (type == TPO_Q8_0)
      write_q8_0 (values + i, bytes);
    else
      write_q4_0 (values + i, bytes);
  }
}

gboolean
tpo_numbers_fit_half (const float *values, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    if (isfinite (values[i]) && fabsf (values[i]) >= 65520)
      return FALSE;
  }
  return TRUE;
}
