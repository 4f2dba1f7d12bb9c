#include "io/adapter.h"

#include <math.h>
#include <string.h>

#include "io/quantize.h"

#define DOWN ".lora_A.default.weight"
#define UP ".lora_B.default.weight"

gboolean
tpo_is_adapter (const char *name)
{
  return g_str_has_suffix (name, DOWN) || g_str_has_suffix (name, UP);
}

TpoAdapter
tpo_adapter_find (const TpoWeights *weights, const char *name, float scale)
{
  static const char *const ends[] = { ".base_layer.weight", ".weight" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    int length = (int) strlen (name) - (int) strlen (ends[i]);
    g_autofree char *down = NULL, *up = NULL;
    TpoAdapter self = { .scale = scale };

    if (!g_str_has_suffix (name, ends[i]))
      continue;
    down = g_strdup_printf ("%.*s" DOWN, length, name);
    up = g_strdup_printf ("%.*s" UP, length, name);
    self.down = tpo_weights_find (weights, down);
    self.up = tpo_weights_find (weights, up);
    return self.down != NULL && self.up != NULL ? self : (TpoAdapter){ 0 };
  }
  return (TpoAdapter){ 0 };
}

/* Rows first … first + n of a half. */
static float *
read_half (const TpoWeight *half, gsize first, gsize n)
{
  gsize row = (gsize) half->shape.dim[1];
  float *values = g_new (float, n *row + 1);

  tpo_numbers_read (half->type, half->bytes + first * row * tpo_type_block_size (half->type),
                    n * row, values);
  return values;
}

void
tpo_adapter_add (const TpoAdapter *self, gsize first, gsize n, float *values)
{
  gsize rank = (gsize) self->down->shape.dim[0], row = (gsize) self->down->shape.dim[1];
  g_autofree float *down = read_half (self->down, 0, rank);
  g_autofree float *up = read_half (self->up, first, n);

  for (gsize r = 0; r < n; r++) {
    for (gsize k = 0; k < rank; k++) {
      float factor = self->scale * up[r * rank + k];

      for (gsize c = 0; c < row; c++)
        values[r * row + c] += factor * down[k * row + c];
    }
  }
}

/* Sum over @n of a[i · step_i] · b[i · step_i] */
static double
dot (const float *a, const float *b, gsize n, gsize step)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double) a[i * step] * (double) b[i * step];
  return sum;
}

double
tpo_adapter_norm (const TpoAdapter *self)
{
  gsize rank = (gsize) self->down->shape.dim[0];
  gsize n_in = (gsize) self->down->shape.dim[1], n_out = (gsize) self->up->shape.dim[0];
  g_autofree float *down = read_half (self->down, 0, rank);
  g_autofree float *up = read_half (self->up, 0, n_out);
  double sum = 0;

  for (gsize k = 0; k < rank; k++) {
    for (gsize l = 0; l < rank; l++)
      sum +=
          dot (down + k * n_in, down + l * n_in, n_in, 1) * dot (up + k, up + l, n_out, rank);
  }
  return (double) self->scale * sqrt (MAX (sum, 0));
}
