#include "config.h"

#include "nn/ops-common.h"

typedef struct {
  guint32 rows;
  guint32 cols;
} ReduceRowsParams;

typedef struct {
  guint32 n_items;
  guint32 n;
  guint32 steps;
  guint32 multiplier;
  guint32 shift;
} ReduceColsParams;

G_STATIC_ASSERT (sizeof (ReduceColsParams) == 20);

static TpoTensor *
reduce_rows (TpoGraph *g, TpoTensor *x, gint64 rows, gint64 cols, TpoReduce op, TpoShape shape)
{
  ReduceRowsParams params = { (guint32) rows, (guint32) cols };
  TpoNodeDesc node = {
    .op = TPO_OP_REDUCE_ROWS,
    .variant = tpo_tensor_get_type (x) == TPO_F16,
    .operands = { x },
    .n_subgroups = tpo_row_subgroups (g, rows, cols),
    .params = &params,
    .spec = { cols % 4 == 0, op },
  };

  tpo_grid_1d (node.grid, rows);
  return tpo_graph_add (g, &node, tpo_tensor_get_type (x), shape);
}

static TpoTensor *
reduce_cols (TpoGraph *g, TpoTensor *x, gint64 outer, gint64 n, gint64 inner, TpoReduce op,
             TpoShape shape)
{
  gboolean vec = inner % 4 == 0;
  gint64 steps = vec ? inner / 4 : inner;
  TpoDivisor divisor = tpo_divisor (steps);
  ReduceColsParams params = { (guint32) (outer * steps), (guint32) n, (guint32) steps,
                              divisor.multiplier, divisor.shift };
  TpoNodeDesc node = {
    .op = TPO_OP_REDUCE_COLS,
    .variant = tpo_tensor_get_type (x) == TPO_F16,
    .operands = { x },
    .params = &params,
    .spec = { (guint32) vec, op },
  };

  tpo_grid_for (node.grid, params.n_items, 64);
  return tpo_graph_add (g, &node, tpo_tensor_get_type (x), shape);
}

TpoTensor *
tpo_reduce (TpoGraph *g, TpoTensor *x, int dim, TpoReduce op)
{
  TpoShape shape = *tpo_tensor_get_shape (x), result = { 0 };
  int place = dim < 0 ? dim + (int) shape.n : dim;
  gint64 outer = 1, inner = 1;

  if (!tpo_graph_check_float (g, TPO_OP_REDUCE_ROWS, x) ||
      !tpo_graph_check (g, TPO_OP_REDUCE_ROWS, place >= 0 && place < (int) shape.n,
                        "there is no dimension %d", dim) ||
      !tpo_graph_check (g, TPO_OP_REDUCE_ROWS, op < TPO_REDUCE_COUNT, "no function %d",
                        (int) op))
    return tpo_graph_nothing (g);
  for (int k = 0; k < (int) shape.n; k++) {
    if (k == place)
      continue;
    result.dim[result.n++] = shape.dim[k];
    if (k < place)
      outer *= shape.dim[k];
    else
      inner *= shape.dim[k];
  }
  if (result.n == 0)
    result = TPO_SHAPE (1);
  if (inner == 1)
    return reduce_rows (g, x, outer, shape.dim[place], op, result);
  return reduce_cols (g, x, outer, shape.dim[place], inner, op, result);
}

TpoTensor *
tpo_argmax (TpoGraph *g, TpoTensor *x)
{
  ReduceRowsParams params = { (guint32) tpo_tensor_rows (x), (guint32) tpo_tensor_dim (x, -1) };
  TpoNodeDesc node = {
    .op = TPO_OP_ARGMAX,
    .variant = tpo_tensor_get_type (x) == TPO_F16,
    .operands = { x },
    .params = &params,
  };

  if (!tpo_graph_check_float (g, TPO_OP_ARGMAX, x))
    return tpo_graph_nothing (g);
  tpo_grid_1d (node.grid, params.rows);
  return tpo_graph_add (g, &node, TPO_I32, TPO_SHAPE (params.rows));
}
