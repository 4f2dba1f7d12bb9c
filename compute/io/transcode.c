#include "io/transcode.h"

#include <string.h>

#include "base/half.h"
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
  case TPO_IQ4_NL:
  case TPO_IQ4_XS:
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

/* What 16 bytes of nibbles count, as it is. */
static void
take_iq4 (const guint8 *nibbles, guint8 *out)
{
  for (guint i = 0; i < 16; i++) {
    out[i] = (guint8) tpo_iq4_values[nibbles[i] & 15];
    out[i + 16] = (guint8) tpo_iq4_values[nibbles[i] >> 4];
  }
}

static void
iq4_nl_to_q8_0 (const guint8 *block, guint8 *out)
{
  memcpy (out, block, 2);
  take_iq4 (block + 2, out + 2);
}

/* The scales of 32 elements each are products here, and are rounded. */
static void
iq4_xs_to_q8_0 (const guint8 *block, guint8 *out)
{
  guint16 d, scale;

  memcpy (&d, block, sizeof d);
  for (guint group = 0; group < 8; group++, out += 34) {
    scale =
        tpo_half_from_float (tpo_half_to_float (d) * (float) tpo_iq4_xs_scale (block, group));
    memcpy (out, &scale, sizeof scale);
    take_iq4 (block + 8 + 16 * group, out + 2);
  }
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
    out += tpo_type_block (from) / tpo_type_block (to) * tpo_type_block_size (to);
  }
}

static const struct {
  TpoType from, to;
  void (*convert) (const guint8 *block, guint8 *out);
} ways[] = {
  { TPO_Q5_0, TPO_Q8_0, q5_0_to_q8_0 },
  { TPO_IQ4_NL, TPO_Q8_0, iq4_nl_to_q8_0 },
  { TPO_IQ4_XS, TPO_Q8_0, iq4_xs_to_q8_0 },
  { TPO_Q3_K, TPO_Q6_K, q3_k_to_q6_k },
};

void
tpo_numbers_convert (TpoType from, const guint8 *bytes, gsize n, TpoType to, float *values,
                     guint8 *out)
{
  if (from == to) {
    memcpy (out, bytes, n / tpo_type_block (from) * tpo_type_block_size (from));
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    if (ways[i].from == from && ways[i].to == to) {
      for_blocks (from, bytes, n, to, out, ways[i].convert);
      return;
    }
  }
  tpo_numbers_read (from, bytes, n, values);
  tpo_numbers_write (to, values, n, out);
}
