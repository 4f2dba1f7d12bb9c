#include "config.h"

#include <math.h>

#include "nn/ops-common.h"

/*
 * Position codes. Frequencies are tables made here in double, so that no shader raises to a power:
 * the error of an angle is then that of its product with a position.
 */

typedef struct {
  guint32 n_items;
  guint32 n_heads;
  guint32 half_size;
  TpoDivisor half;
  TpoDivisor heads;
} RopeParams;

typedef struct {
  guint32 n_items;
  guint32 n_rotated;
  guint32 steps;
  TpoDivisor by_steps;
  guint32 n_cells;
  TpoDivisor by_cells;
  guint32 cols;
  TpoDivisor by_cols;
} AxialParams;

typedef struct {
  guint32 n_items;
  guint32 half_size;
  TpoDivisor half;
  float scale;
} SineParams;

G_STATIC_ASSERT (sizeof (RopeParams) == 28);
G_STATIC_ASSERT (sizeof (AxialParams) == 44);
G_STATIC_ASSERT (sizeof (SineParams) == 20);

/* 2^64ths of a turn that pair @j of @size channels moves per position; below half a turn. */
static guint64
turn_fraction (float theta, double exponent)
{
  return (guint64) ldexp (pow ((double) theta, exponent) / (2 * G_PI), 64);
}

/* How far each pair of @size channels turns per position: two words, high one first. */
static guint32 *
rope_turns (const TpoRope *rope, gint64 size)
{
  guint32 *turns = g_new (guint32, size);

  for (gint64 j = 0; j < size / 2; j++) {
    guint64 turn = turn_fraction (rope->theta, -2.0 * (double) j / (double) size);

    if (rope->divisors != NULL)
      turn = (guint64) ((double) turn / (double) rope->divisors[j]);
    turns[2 * j] = (guint32) (turn >> 32);
    turns[2 * j + 1] = (guint32) turn;
  }
  return turns;
}

/* A turn must stay below one half per position. */
static gboolean
divisors_fit (const TpoRope *rope, gint64 size)
{
  for (gint64 j = 0; rope->divisors != NULL && j < size / 2; j++) {
    if (!(rope->divisors[j] >= 0.5f))
      return FALSE;
  }
  return TRUE;
}

TpoTensor *
tpo_rope (TpoGraph *g, TpoTensor *x, TpoTensor *position, const TpoRope *rope)
{
  const guint n_heads = rope->n_heads;
  gint64 cols = tpo_tensor_dim (x, -1), size = n_heads > 0 ? cols / n_heads : 0, steps;
  gboolean vec = size % 8 == 0;
  g_autofree guint32 *turns = NULL;
  RopeParams params = { .n_heads = n_heads };
  TpoNodeDesc node = {
    .op = TPO_OP_ROPE,
    .variant = tpo_tensor_get_type (x) == TPO_F16,
    .params = &params,
    .spec = { (guint32) vec, rope->is_interleaved },
  };

  if (!tpo_graph_check_float (g, TPO_OP_ROPE, x) ||
      !tpo_graph_check (g, TPO_OP_ROPE, size >= 2 && size % 2 == 0 && size * n_heads == cols,
                        "rows of %" G_GINT64_FORMAT " are not %u heads of even size", cols,
                        n_heads) ||
      !tpo_graph_check (g, TPO_OP_ROPE, rope->theta >= 1 && divisors_fit (rope, size),
                        "a base of %g is below 1, or a divisor below 1/2",
                        (double) rope->theta) ||
      !tpo_graph_check (g, TPO_OP_ROPE,
                        tpo_tensor_get_type (position) == TPO_I32 &&
                            tpo_tensor_count (position) == 1,
                        "the position is not one i32"))
    return tpo_graph_nothing (g);
  turns = rope_turns (rope, size);
  steps = vec ? size / 8 : size / 2;
  params.n_items = (guint32) (tpo_tensor_rows (x) * n_heads * steps);
  params.half_size = (guint32) steps;
  params.half = tpo_divisor (steps);
  params.heads = tpo_divisor (n_heads);
  node.operands[0] = x;
  node.operands[1] = position;
  node.operands[2] =
      tpo_graph_constant (g, "rope turns", TPO_I32, TPO_SHAPE (size / 2, 2), turns);
  tpo_grid_for (node.grid, params.n_items, 64);
  return tpo_graph_add (g, &node, tpo_tensor_get_type (x), *tpo_tensor_get_shape (x));
}

TpoTensor *
tpo_rope_axial (TpoGraph *g, TpoTensor *x, guint rows, guint cols, gint64 n_rotated,
                float theta)
{
  gint64 n_channels = tpo_tensor_dim (x, -1), n_rows = tpo_tensor_rows (x);
  g_autofree guint32 *turns = NULL;
  AxialParams params = { 0 };
  TpoNodeDesc node = {
    .op = TPO_OP_ROPE_AXIAL,
    .variant = tpo_tensor_get_type (x) == TPO_F16,
    .params = &params,
  };

  if (!tpo_graph_check_float (g, TPO_OP_ROPE_AXIAL, x) ||
      !tpo_graph_check (
          g, TPO_OP_ROPE_AXIAL, n_channels % 4 == 0 && rows >= 1 && cols >= 1 && n_rotated >= 0,
          "%" G_GINT64_FORMAT " channels on a map of %u × %u", n_channels, rows, cols))
    return tpo_graph_nothing (g);
  turns = g_new (guint32, n_channels / 4);
  for (gint64 j = 0; j < n_channels / 4; j++)
    turns[j] = (guint32) (turn_fraction (theta, -4.0 * (double) j / (double) n_channels) >> 32);
  params.n_items = (guint32) (n_rows * n_channels / 4);
  params.n_rotated = (guint32) MIN (n_rotated, n_rows);
  params.steps = (guint32) (n_channels / 4);
  params.by_steps = tpo_divisor (n_channels / 4);
  params.n_cells = rows * cols;
  params.by_cells = tpo_divisor (params.n_cells);
  params.cols = cols;
  params.by_cols = tpo_divisor (cols);
  node.operands[0] = x;
  node.operands[1] =
      tpo_graph_constant (g, "axial turns", TPO_I32, TPO_SHAPE (n_channels / 4), turns);
  tpo_grid_for (node.grid, params.n_items, 64);
  return tpo_graph_add (g, &node, tpo_tensor_get_type (x), *tpo_tensor_get_shape (x));
}

TpoTensor *
tpo_sine_code (TpoGraph *g, TpoTensor *x, guint n_channels, float scale, float theta)
{
  TpoShape shape = *tpo_tensor_get_shape (x);
  guint half = n_channels / 2;
  g_autofree float *frequencies = NULL;
  SineParams params = { .half_size = half, .scale = scale };
  TpoNodeDesc node = {
    .op = TPO_OP_SINE_CODE,
    .variant = tpo_tensor_get_type (x) == TPO_F16,
    .params = &params,
  };

  if (!tpo_graph_check_float (g, TPO_OP_SINE_CODE, x) ||
      !tpo_graph_check (g, TPO_OP_SINE_CODE,
                        half >= 1 && n_channels % 2 == 0 &&
                            tpo_tensor_count (x) <= G_MAXINT32 / n_channels,
                        "no code of %u channels", n_channels))
    return tpo_graph_nothing (g);
  frequencies = g_new (float, half);
  for (guint k = 0; k < half; k++)
    frequencies[k] = (float) pow (theta, -2.0 * k / n_channels);
  params.n_items = (guint32) (tpo_tensor_count (x) * half);
  params.half = tpo_divisor (half);
  node.operands[0] = x;
  node.operands[1] =
      tpo_graph_constant (g, "frequencies", TPO_F32, TPO_SHAPE (half), frequencies);
  shape.dim[shape.n - 1] *= n_channels;
  tpo_grid_for (node.grid, params.n_items, 64);
  return tpo_graph_add (g, &node, tpo_tensor_get_type (x), shape);
}
