#include "config.h"

#include "nn/ops-common.h"

typedef struct {
  guint32 n_items;
  guint32 rows;
  guint32 cols;
  guint32 steps;
  TpoDivisor by_steps;
  guint32 out_cols;
  TpoDivisor by_cols;
  guint32 out_rows;
  TpoDivisor by_rows;
} PoolParams;

G_STATIC_ASSERT (sizeof (PoolParams) == 48);

TpoTensor *
tpo_max_pool2d (TpoGraph *g, TpoTensor *x)
{
  const TpoShape *shape = tpo_tensor_get_shape (x);
  gint64 frames, out_rows, out_cols, channels, steps;
  PoolParams params = { 0 };
  TpoNodeDesc node = {
    .op = TPO_OP_MAX_POOL2D,
    .variant = tpo_tensor_get_type (x) == TPO_F16,
    .operands = { x },
    .params = &params,
  };

  if (!tpo_graph_check_float (g, TPO_OP_MAX_POOL2D, x) ||
      !tpo_graph_check (g, TPO_OP_MAX_POOL2D,
                        shape->n == 4 && shape->dim[1] >= 2 && shape->dim[2] >= 2,
                        "the map is not [frames, rows, columns, channels] of at least 2 × 2"))
    return tpo_graph_nothing (g);
  frames = shape->dim[0];
  out_rows = shape->dim[1] / 2;
  out_cols = shape->dim[2] / 2;
  channels = shape->dim[3];
  node.spec[0] = channels % 4 == 0;
  steps = channels % 4 == 0 ? channels / 4 : channels;
  params.n_items = (guint32) (frames * out_rows * out_cols * steps);
  params.rows = (guint32) shape->dim[1];
  params.cols = (guint32) shape->dim[2];
  params.steps = (guint32) steps;
  params.by_steps = tpo_divisor (steps);
  params.out_cols = (guint32) out_cols;
  params.by_cols = tpo_divisor (out_cols);
  params.out_rows = (guint32) out_rows;
  params.by_rows = tpo_divisor (out_rows);
  tpo_grid_for (node.grid, params.n_items, 64);
  return tpo_graph_add (g, &node, tpo_tensor_get_type (x),
                        TPO_SHAPE (frames, out_rows, out_cols, channels));
}

/* With kernel = stride the outputs of a cell do not overlap: one linear layer makes all four, then
   they are laid out. */
TpoTensor *
tpo_conv_transpose2d (TpoGraph *g, TpoTensor *x, TpoTensor *w, TpoTensor *b)
{
  const TpoShape *shape = tpo_tensor_get_shape (x), *kernel = tpo_tensor_get_shape (w);
  TpoLinear linear = { 0 };
  gint64 frames, rows, cols, n_in, n_out;

  if (!tpo_graph_check (
          g, TPO_OP_COPY,
          shape->n == 4 && kernel->n == 4 && kernel->dim[1] == 2 && kernel->dim[2] == 2 &&
              kernel->dim[3] == shape->dim[3],
          "a transposed convolution takes [T, rows, cols, Cin] and [Cout, 2, 2, Cin]") ||
      !tpo_graph_check (g, TPO_OP_COPY, b == NULL || tpo_tensor_count (b) == kernel->dim[0],
                        "a transposed convolution has one bias per output channel"))
    return tpo_graph_nothing (g);
  frames = shape->dim[0];
  rows = shape->dim[1];
  cols = shape->dim[2];
  n_in = shape->dim[3];
  n_out = kernel->dim[0];
  linear.w = tpo_reshape (g, w, TPO_SHAPE (n_out * 4, n_in));
  x = tpo_linear (g, x, &linear, TPO_ACT_NONE, NULL);
  x = tpo_reshape (g, x, TPO_SHAPE (frames * rows, cols, n_out, 2, 2));
  x = tpo_permute (g, x, (int[]){ 0, 3, 1, 4, 2 });
  x = tpo_reshape (g, x, TPO_SHAPE (frames, rows * 2, cols * 2, n_out));
  return b != NULL ? tpo_add (g, x, b) : x;
}
