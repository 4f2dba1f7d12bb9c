#include "io/transcode.h"

#include <string.h>

#include "io/quantize.h"

TpoType
tpo_type_held (TpoType filed)
{
  switch ((int) filed) {
  case TPO_F32:
  case TPO_Q8_0:
  case TPO_Q4_0:
  case TPO_Q4_1:
  case TPO_Q4_K:
  case TPO_Q5_K:
  case TPO_Q6_K:
    return filed;
  case TPO_Q5_0:
    return TPO_Q8_0;
  case TPO_Q3_K:
    return TPO_Q6_K;
  default:
    return TPO_F16;
  }
}

/* Five bits in eight, under the same scale. */
static void
q5_0_to_q8_0 (const guint8 *block, guint8 *out)
{
  memcpy (out, block, 2);
  for (guint i = 0; i < 32; i++)
    out[2 + i] = (guint8) (gint8) ((gint) tpo_five_bits (block + 2, i) - 16);
}

/* Three bits in six, under the same scales of 16 elements each, which have six bits in eight. */
static void
q3_k_to_q6_k (const guint8 *block, guint8 *out)
{
  memset (out, 0, 192);
  for (guint i = 0; i < 256; i++) {
    guint half = i / 128, row = i % 128 / 32, col = i % 32;
    guint q = (guint) (tpo_q3_k_number (block, i) + 32);

    out[half * 64 + row % 2 * 32 + col] |= (guint8) ((q & 15) << (row / 2 * 4));
    out[128 + half * 32 + col] |= (guint8) (q >> 4 << (2 * row));
  }
  for (guint group = 0; group < 16; group++)
    out[192 + group] = (guint8) (gint8) tpo_q3_k_scale (block, group);
  memcpy (out + 208, block + 108, 2);
}

static void
for_blocks (TpoType from, const guint8 *bytes, gsize n, TpoType to, guint8 *out,
            void (*convert) (const guint8 *block, guint8 *out))
{
  for (gsize i = 0; i < n; i += tpo_type_block (from)) {
    convert (bytes, out);
    bytes += tpo_type_block_size (from);
    out += tpo_type_block_size (to);
  }
}

void
tpo_numbers_convert (TpoType from, const guint8 *bytes, gsize n, TpoType to, float *values,
                     guint8 *out)
{
  if (from == to) {
    memcpy (out, bytes, n / tpo_type_block (from) * tpo_type_block_size (from));
  } else if (from == TPO_Q5_0 && to == TPO_Q8_0) {
    for_blocks (from, bytes, n, to, out, q5_0_to_q8_0);
  } else if (from == TPO_Q3_K && to == TPO_Q6_K) {
    for_blocks (from, bytes, n, to, out, q3_k_to_q6_k);
  } else {
    tpo_numbers_read (from, bytes, n, values);
    tpo_numbers_write (to, values, n, out);
  }
}
