#include "config.h"

#include <string.h>

#include "base/half.h"
#include "kernel-test.h"

/*
 * Blocks of 4, 5 and 6 bits with any content that files may have, and their values in double, as
 * the public description of the GGUF types gives them. Scales are such that values are of size 1 at
 * most in the mean of a block.
 */

static double
put_half (guint8 *at, double value)
{
  guint16 half = tpo_half_from_float ((float) value);

  memcpy (at, &half, sizeof half);
  return tpo_half_to_float (half);
}

static void
random_q4_0 (GRand *rand, guint8 *block, double *v)
{
  double d = put_half (block, g_rand_double_range (rand, -0.25, 0.25));

  for (guint i = 0; i < 32; i++) {
    guint q = i < 16 ? block[2 + i] % 16u : block[2 + i - 16] / 16u;

    v[i] = d * ((double) q - 8);
  }
}

static void
random_q4_k (GRand *rand, guint8 *block, double *v)
{
  double d = put_half (block, g_rand_double_range (rand, 0, 4e-3));
  double d_min = put_half (block + 2, g_rand_double_range (rand, 0, 3e-2));
  const guint8 *s = block + 4;

  for (guint i = 0; i < 256; i++) {
    guint group = i / 32, byte = block[16 + i / 64 * 32 + i % 32];
    guint q = group % 2 == 0 ? byte % 16 : byte / 16;
    guint scale = group < 4 ? s[group] % 64u : s[group + 4] % 16u + s[group - 4] / 64u * 16;
    guint min = group < 4 ? s[group + 4] % 64u : s[group + 4] / 16u + s[group] / 64u * 16;

    v[i] = d * scale * q - d_min * min;
  }
}

static void
random_q5_k (GRand *rand, guint8 *block, double *v)
{
  double d = put_half (block, g_rand_double_range (rand, 0, 2e-3));
  double d_min = put_half (block + 2, g_rand_double_range (rand, 0, 3e-2));
  const guint8 *s = block + 4;

  for (guint i = 0; i < 256; i++) {
    guint group = i / 32, byte = block[48 + i / 64 * 32 + i % 32];
    guint q =
        (group % 2 == 0 ? byte % 16 : byte / 16) + block[16 + i % 32] / (1u << group) % 2 * 16;
    guint scale = group < 4 ? s[group] % 64u : s[group + 4] % 16u + s[group - 4] / 64u * 16;
    guint min = group < 4 ? s[group + 4] % 64u : s[group + 4] / 16u + s[group] / 64u * 16;

    v[i] = d * scale * q - d_min * min;
  }
}

static void
random_q4_1 (GRand *rand, guint8 *block, double *v)
{
  double d = put_half (block, g_rand_double_range (rand, -0.25, 0.25));
  double m = put_half (block + 2, g_rand_double_range (rand, -1, 1));

  for (guint i = 0; i < 32; i++)
    v[i] = d * (i < 16 ? block[4 + i] % 16u : block[4 + i - 16] / 16u) + m;
}

static void
random_q6_k (GRand *rand, guint8 *block, double *v)
{
  const guint8 *low = block, *high = block + 128;
  double d;

  for (guint i = 192; i < 208; i++)
    block[i] = (guint8) (gint8) g_rand_int_range (rand, -128, 128);
  d = put_half (block + 208, g_rand_double_range (rand, -5e-4, 5e-4));
  for (guint i = 0; i < 256; i++) {
    guint half = i / 128, quarter = i / 32 % 4, column = i % 32;
    guint nibbles = low[half * 64 + quarter % 2 * 32 + column];
    guint q = (quarter < 2 ? nibbles % 16 : nibbles / 16) +
              (high[half * 32 + column] >> 2 * quarter) % 4u * 16;

    v[i] = d * (gint8) block[192 + i / 16] * ((double) q - 32);
  }
}

gboolean
host_random_blocks (GRand *rand, HostTensor *self)
{
  const guint size = tpo_type_block_size (self->type), n = tpo_type_block (self->type);
  static void (*const makers[TPO_TYPE_COUNT]) (GRand *, guint8 *, double *) = {
    [TPO_Q4_0] = random_q4_0, [TPO_Q4_1] = random_q4_1, [TPO_Q4_K] = random_q4_k,
    [TPO_Q5_K] = random_q5_k, [TPO_Q6_K] = random_q6_k,
  };

  if (makers[self->type] == NULL)
    return FALSE;
  for (gsize i = 0; i < self->size; i++)
    self->bytes[i] = (guint8) g_rand_int_range (rand, 0, 256);
  for (gint64 i = 0; i < self->n / n; i++)
    makers[self->type](rand, self->bytes + i * size, self->v + i * n);
  return TRUE;
}
