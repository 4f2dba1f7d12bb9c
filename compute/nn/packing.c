#include "nn/packing.h"

#include <string.h>

/* ---- Q8_0, Q4_0, Q4_1: scales, then numbers -------------------------------------------------- */

static void
pack_q8_0 (const guint8 *block, guint8 *words, guint8 *scales)
{
  memcpy (scales, block, 2);
  memcpy (words, block + 2, 32);
}

static void
unpack_q8_0 (guint8 *block, const guint8 *words, const guint8 *scales)
{
  memcpy (block, scales, 2);
  memcpy (block + 2, words, 32);
}

static void
pack_q4_0 (const guint8 *block, guint8 *words, guint8 *scales)
{
  memcpy (scales, block, 2);
  memcpy (words, block + 2, 16);
}

static void
unpack_q4_0 (guint8 *block, const guint8 *words, const guint8 *scales)
{
  memcpy (block, scales, 2);
  memcpy (block + 2, words, 16);
}

static void
pack_q4_1 (const guint8 *block, guint8 *words, guint8 *scales)
{
  memcpy (scales, block, 4);
  memcpy (words, block + 4, 16);
}

static void
unpack_q4_1 (guint8 *block, const guint8 *words, const guint8 *scales)
{
  memcpy (block, scales, 4);
  memcpy (block + 4, words, 16);
}

/* ---- nibbles and pairs of bits --------------------------------------------------------------- */

static guint
nibble (const guint8 *bytes, guint i)
{
  return i < 16 ? bytes[i] & 15u : bytes[i - 16] >> 4u;
}

/* Element i of a group of 32; @bytes start as zeros. */
static void
put_nibble (guint8 *bytes, guint i, guint value)
{
  bytes[i % 16] |= (guint8) (i < 16 ? value : value << 4);
}

/* Number @i of @n_bits in a row of them, lowest first. */
static guint
get_bits (const guint8 *bytes, guint n_bits, guint i)
{
  return bytes[i * n_bits / 8] >> (i * n_bits % 8) & ((1u << n_bits) - 1);
}

static void
put_bits (guint8 *bytes, guint n_bits, guint i, guint value)
{
  bytes[i * n_bits / 8] |= (guint8) (value << (i * n_bits % 8));
}

/* ---- Q4_K ------------------------------------------------------------------------------------ */

/* Where files have the six bits of scale (or, with @is_min, of minimum) @group: four or six low
 * bits, and for the upper four groups two high bits. */
static guint
q4_k_scale (const guint8 *packed, guint group, gboolean is_min)
{
  guint offset = is_min ? 4 : 0;

  if (group < 4)
    return packed[group + offset] & 63u;
  return get_bits (packed + 8, 4, (group - 4) * 2 + is_min) |
         (guint) (packed[group - 4 + offset] >> 6) << 4;
}

static void
put_q4_k_scale (guint8 *packed, guint group, gboolean is_min, guint value)
{
  guint offset = is_min ? 4 : 0;

  if (group < 4) {
    packed[group + offset] |= (guint8) value;
    return;
  }
  put_bits (packed + 8, 4, (group - 4) * 2 + is_min, value & 15);
  packed[group - 4 + offset] |= (guint8) (value >> 4 << 6);
}

/* The 16 bytes that Q4_K and Q5_K blocks begin with. */
static void
pack_scales (const guint8 *block, guint8 *scales)
{
  memset (scales, 0, 16);
  memcpy (scales, block, 4);
  for (guint group = 0; group < 8; group++)
    for (guint is_min = 0; is_min < 2; is_min++) {
      guint value = q4_k_scale (block + 4, group, is_min != 0);

      put_bits (scales + 4 + 4 * is_min, 4, group, value & 15);
      put_bits (scales + 12 + 2 * is_min, 2, group, value >> 4);
    }
}

static void
unpack_scales (guint8 *block, const guint8 *scales)
{
  memset (block, 0, 16);
  memcpy (block, scales, 4);
  for (guint group = 0; group < 8; group++)
    for (guint is_min = 0; is_min < 2; is_min++)
      put_q4_k_scale (block + 4, group, is_min != 0,
                      get_bits (scales + 4 + 4 * is_min, 4, group) |
                          get_bits (scales + 12 + 2 * is_min, 2, group) << 4);
}

/* The four low bits of element @i of a group, of 128 bytes of them in a file. */
static guint
file_nibble (const guint8 *bytes, guint group, guint i)
{
  return bytes[group / 2 * 32 + i] >> (group % 2 * 4) & 15u;
}

static void
put_file_nibble (guint8 *bytes, guint group, guint i, guint value)
{
  bytes[group / 2 * 32 + i] |= (guint8) (value << (group % 2 * 4));
}

static void
pack_q4_k (const guint8 *block, guint8 *words, guint8 *scales)
{
  memset (words, 0, 128);
  pack_scales (block, scales);
  for (guint i = 0; i < 256; i++)
    put_nibble (words + i / 32 * 16, i % 32, file_nibble (block + 16, i / 32, i % 32));
}

static void
unpack_q4_k (guint8 *block, const guint8 *words, const guint8 *scales)
{
  memset (block, 0, 144);
  unpack_scales (block, scales);
  for (guint i = 0; i < 256; i++)
    put_file_nibble (block + 16, i / 32, i % 32, nibble (words + i / 32 * 16, i % 32));
}

/* ---- Q5_K ------------------------------------------------------------------------------------ */

/* Where the device has the low bits of a group, and the fifth ones. */
static guint
q5_k_low (guint group)
{
  return group / 4 * 80 + group % 4 * 16;
}

static guint
q5_k_high (guint group)
{
  return group / 4 * 80 + 64 + group % 4 * 4;
}

static void
pack_q5_k (const guint8 *block, guint8 *words, guint8 *scales)
{
  memset (words, 0, 160);
  pack_scales (block, scales);
  for (guint group = 0; group < 8; group++)
    for (guint i = 0; i < 32; i++) {
      put_nibble (words + q5_k_low (group), i, file_nibble (block + 48, group, i));
      words[q5_k_high (group) + i % 4] |= (guint8) ((block[16 + i] >> group & 1u) << (i / 4));
    }
}

static void
unpack_q5_k (guint8 *block, const guint8 *words, const guint8 *scales)
{
  memset (block, 0, 176);
  unpack_scales (block, scales);
  for (guint group = 0; group < 8; group++)
    for (guint i = 0; i < 32; i++) {
      put_file_nibble (block + 48, group, i, nibble (words + q5_k_low (group), i));
      block[16 + i] |= (guint8) ((words[q5_k_high (group) + i % 4] >> (i / 4) & 1u) << group);
    }
}

/* ---- Q6_K ------------------------------------------------------------------------------------ */

/* Element @i of a block in files: which byte has its four low bits and which its two high ones, and
 * how far up. */
typedef struct {
  guint low, low_shift;
  guint high, high_shift;
} Q6Place;

static Q6Place
q6_k_place (guint i)
{
  guint half = i / 128, row = i % 128 / 32, col = i % 32;

  return (Q6Place){ half * 64 + row % 2 * 32 + col, row / 2 * 4, 128 + half * 32 + col,
                    2 * row };
}

/* The byte and shift of the two high bits on the device, within the 16 bytes of two groups. */
static guint
high_byte (guint i)
{
  return i % 64 / 32 * 8 + i % 32 / 16 * 4 + i % 4;
}

static guint
high_shift (guint i)
{
  return i % 16 / 4 * 2;
}

static void
pack_q6_k (const guint8 *block, guint8 *words, guint8 *scales)
{
  memset (words, 0, 192);
  memset (scales, 0, 32);
  memcpy (scales, block + 192, 18);
  for (guint i = 0; i < 256; i++) {
    const Q6Place from = q6_k_place (i);
    guint8 *pair = words + i / 64 * 48;

    put_nibble (pair + i % 64 / 32 * 16, i % 32, block[from.low] >> from.low_shift & 15u);
    pair[32 + high_byte (i)] |=
        (guint8) ((block[from.high] >> from.high_shift & 3u) << high_shift (i));
  }
}

static void
unpack_q6_k (guint8 *block, const guint8 *words, const guint8 *scales)
{
  memset (block, 0, 210);
  memcpy (block + 192, scales, 18);
  for (guint i = 0; i < 256; i++) {
    const Q6Place to = q6_k_place (i);
    const guint8 *pair = words + i / 64 * 48;

    block[to.low] |= (guint8) (nibble (pair + i % 64 / 32 * 16, i % 32) << to.low_shift);
    block[to.high] |=
        (guint8) ((pair[32 + high_byte (i)] >> high_shift (i) & 3u) << to.high_shift);
  }
}

/* ---- sizes ----------------------------------------------------------------------------------- */

const TpoPacking *
tpo_packing (TpoType type)
{
  static const TpoPacking packings[TPO_TYPE_COUNT] = {
    [TPO_Q8_0] = { 32, 2, pack_q8_0, unpack_q8_0 },
    [TPO_Q4_0] = { 16, 2, pack_q4_0, unpack_q4_0 },
    [TPO_Q4_K] = { 128, 16, pack_q4_k, unpack_q4_k },
    [TPO_Q6_K] = { 192, 32, pack_q6_k, unpack_q6_k },
    [TPO_Q5_K] = { 160, 16, pack_q5_k, unpack_q5_k },
    [TPO_Q4_1] = { 16, 4, pack_q4_1, unpack_q4_1 },
  };

  return packings[type].words_size > 0 ? &packings[type] : NULL;
}

int
tpo_weight_kind (TpoType type)
{
  static const TpoType kinds[] = { TPO_F32,  TPO_F16,  TPO_Q8_0, TPO_Q4_0,
                                   TPO_Q4_K, TPO_Q6_K, TPO_Q5_K, TPO_Q4_1 };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (kinds[i] == type)
      return (int) i;
  }
  return -1;
}

gsize
tpo_words_size (TpoType type, gsize n_elements)
{
  const TpoPacking *packing = tpo_packing (type);

  return n_elements / tpo_type_block (type) *
         (packing != NULL ? packing->words_size : tpo_type_block_size (type));
}

gsize
tpo_scales_size (TpoType type, gsize n_elements)
{
  const TpoPacking *packing = tpo_packing (type);

  return packing != NULL ? n_elements / tpo_type_block (type) * packing->scales_size : 0;
}

gsize
tpo_scales_offset (TpoType type, const TpoShape *shape)
{
  return (tpo_words_size (type, (gsize) tpo_shape_count (shape)) + 255) / 256 * 256;
}

gint64
tpo_packed_size (TpoType type, const TpoShape *shape)
{
  gint64 size = tpo_shape_size (shape, type);

  if (size < 0 || tpo_packing (type) == NULL)
    return size;
  return (gint64) (tpo_scales_offset (type, shape) +
                   tpo_scales_size (type, (gsize) tpo_shape_count (shape)));
}
