#include "values.h"

#include <math.h>
#include <string.h>

typedef struct {
  float mean, deviation;
} Bell;

/* Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014): any position of the
 * sequence costs the same. */
static guint64
random_bits (guint64 seed, guint64 position)
{
  guint64 z = seed + (position + 1) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ z >> 31;
}

/* FNV-1a */
static guint64
seed_of (const char *name)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (; *name != '\0'; name++)
    hash = (hash ^ (guint8) *name) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash;
}

static Bell
bell_of (const char *name, const TpoShape *shape)
{
  double n_inputs = 1;

  if (g_str_has_suffix (name, "activation.weight"))
    return (Bell){ 0.25f, 0 };
  if (g_str_has_suffix (name, "gamma"))
    return (Bell){ 0.1f, 0.01f };
  if (shape->n == 1 && g_str_has_suffix (name, "weight"))
    return (Bell){ 1, 0.02f };
  if (shape->n < 2 || !g_str_has_suffix (name, "weight") || strstr (name, "embed_tokens") ||
      strstr (name, "embeddings") || strstr (name, "token.weight"))
    return (Bell){ 0, 0.02f };
  for (guint i = 1; i < shape->n; i++)
    n_inputs *= (double) shape->dim[i];
  return (Bell){ 0, (float) ((strstr (name, "lora_B") ? 0.1 : 1) / sqrt (n_inputs)) };
}

void
synth_values (const char *name, const TpoShape *shape, gsize first, gsize n, float *values)
{
  guint64 seed = seed_of (name);
  Bell bell = bell_of (name, shape);
  float scale = bell.deviation * (float) (sqrt (3) / 65536);

  if (g_str_has_suffix (name, "position_ids")) {
    for (gsize i = 0; i < n; i++)
      values[i] = (float) (first + i);
    return;
  }
  /* The sum of four uniform numbers, which has a deviation of 65536/√3. */
  for (gsize i = 0; i < n; i++) {
    guint64 bits = random_bits (seed, first + i);
    gint32 sum = (gint32) ((bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) +
                           (bits >> 48)) -
                 2 * 65535;

    values[i] = bell.mean + scale * (float) sum;
  }
}
