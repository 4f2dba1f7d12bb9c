#include "config.h"

#include "nn/ops-common.h"
#include "nn/packing.h"
#include "nn/tensor-private.h"

typedef struct {
  guint32 count, cols;
  guint32 start, n_rows, total;
} Params;

G_STATIC_ASSERT (sizeof (Params) == 20);

static TpoTensor *
add_slice (TpoGraph *g, TpoTensor *table, TpoTensor *ids, TpoTensor *into, gint64 start,
           gint64 n_rows, gsize row_size)
{
  TpoType type = tpo_tensor_get_type (table);
  gint64 n = tpo_tensor_count (ids), cols = tpo_tensor_dim (table, 1);
  gsize scales_size = tpo_scales_size (type, (gsize) cols);
  Params params = {
    .count = (guint32) (n * cols),
    .cols = (guint32) cols,
    .start = (guint32) start,
    .n_rows = (guint32) n_rows,
    .total = (guint32) tpo_tensor_dim (table, 0),
  };
  TpoNodeDesc node = {
    .op = TPO_OP_GET_ROWS,
    .variant = (guint) tpo_weight_kind (type),
    .operands = { table, NULL, ids },
    .ranges = { { (gsize) start * row_size, (gsize) n_rows * row_size } },
    .into = into,
    .params = &params,
  };

  if (scales_size > 0) {
    node.operands[1] = table;
    node.ranges[1] = (TpoNodeRange){
      tpo_scales_offset (type, tpo_tensor_get_shape (table)) + (gsize) start * scales_size,
      (gsize) n_rows * scales_size,
    };
  }
  tpo_grid_for (node.grid, n * cols, 64);
  return tpo_graph_add (g, &node, TPO_F32, TPO_SHAPE (n, cols));
}

TpoTensor *
tpo_get_rows (TpoGraph *g, TpoTensor *table, TpoTensor *ids)
{
  const TpoVkLimits *limits = tpo_vk_limits (tpo_graph_get_device (g));
  TpoType type = tpo_tensor_get_type (table);
  gint64 total = tpo_tensor_dim (table, 0), per_slice;
  gsize row_size = tpo_words_size (type, (gsize) tpo_tensor_dim (table, 1));
  TpoTensor *y = NULL;

  if (!tpo_graph_check (g, TPO_OP_GET_ROWS,
                        tpo_tensor_get_shape (table)->n == 2 && tpo_weight_kind (type) >= 0,
                        "the table is no matrix of weights") ||
      !tpo_graph_check (g, TPO_OP_GET_ROWS, tpo_tensor_get_type (ids) == TPO_I32,
                        "the ids are %s, not i32", tpo_type_name (tpo_tensor_get_type (ids))) ||
      !tpo_graph_check (g, TPO_OP_GET_ROWS,
                        tpo_tensor_count (ids) * (gint64) row_size <= G_MAXINT32,
                        "too many rows are asked for"))
    return tpo_graph_nothing (g);
  per_slice = tpo_rows_per_binding (table, limits->max_storage_range);
  if (!tpo_graph_check (g, TPO_OP_GET_ROWS, per_slice > 0, "the rows are too long"))
    return tpo_graph_nothing (g);
  for (gint64 start = 0; start < total; start += per_slice)
    y = add_slice (g, table, ids, y, start, MIN (per_slice, total - start), row_size);
  return y;
}
