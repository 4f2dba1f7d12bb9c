#include "config.h"

#include "nn/ops-common.h"

/* Operators that overwrite rows of a tensor in place. */

typedef struct {
  guint32 n_items;
  guint32 y_rows;
  guint32 steps;
  guint32 multiplier;
  guint32 shift;
} SetRowsParams;

G_STATIC_ASSERT (sizeof (SetRowsParams) == 20);

static TpoTensor *
add_set_rows (TpoGraph *g, TpoTensor *x, TpoTensor *rows, TpoTensor *places,
              gboolean from_start)
{
  gint64 cols = tpo_tensor_dim (x, -1);
  gboolean vec = cols % 4 == 0;
  TpoDivisor divisor = tpo_divisor (vec ? cols / 4 : cols);
  SetRowsParams params = {
    .n_items = (guint32) (tpo_tensor_count (rows) / (vec ? 4 : 1)),
    .y_rows = (guint32) tpo_tensor_rows (x),
    .steps = (guint32) (vec ? cols / 4 : cols),
    .multiplier = divisor.multiplier,
    .shift = divisor.shift,
  };
  TpoNodeDesc node = {
    .op = TPO_OP_SET_ROWS,
    .variant =
        (tpo_tensor_get_type (x) == TPO_F16) * 2 + (tpo_tensor_get_type (rows) == TPO_F16),
    .operands = { x, rows, places },
    .in_place = 1,
    .params = &params,
    .spec = { (guint32) vec, (guint32) from_start },
  };

  tpo_grid_for (node.grid, params.n_items, 64);
  return tpo_graph_add (g, &node, tpo_tensor_get_type (x), *tpo_tensor_get_shape (x));
}

static gboolean
check_rows (TpoGraph *g, TpoTensor *x, TpoTensor *rows, TpoTensor *places)
{
  return tpo_graph_check_float (g, TPO_OP_SET_ROWS, x) &&
         tpo_graph_check_float (g, TPO_OP_SET_ROWS, rows) &&
         tpo_graph_check (
             g, TPO_OP_SET_ROWS, tpo_tensor_dim (x, -1) == tpo_tensor_dim (rows, -1),
             "rows of %" G_GINT64_FORMAT " do not go into rows of %" G_GINT64_FORMAT,
             tpo_tensor_dim (rows, -1), tpo_tensor_dim (x, -1)) &&
         tpo_graph_check (g, TPO_OP_SET_ROWS, tpo_tensor_get_type (places) == TPO_I32,
                          "row numbers are %s, not i32",
                          tpo_type_name (tpo_tensor_get_type (places)));
}

TpoTensor *
tpo_set_rows (TpoGraph *g, TpoTensor *x, TpoTensor *rows, TpoTensor *ids)
{
  if (!check_rows (g, x, rows, ids) ||
      !tpo_graph_check (g, TPO_OP_SET_ROWS, tpo_tensor_count (ids) == tpo_tensor_rows (rows),
                        "there are %" G_GINT64_FORMAT " rows and %" G_GINT64_FORMAT " numbers",
                        tpo_tensor_rows (rows), tpo_tensor_count (ids)))
    return tpo_graph_nothing (g);
  /* Inputs and weights keep their content. */
  if (!tpo_graph_is_result (x))
    x = tpo_copy (g, x);
  return add_set_rows (g, x, rows, ids, FALSE);
}

TpoTensor *
tpo_store_rows (TpoGraph *g, TpoTensor *state, TpoTensor *rows, TpoTensor *start)
{
  if (!check_rows (g, state, rows, start) ||
      !tpo_graph_check (g, TPO_OP_SET_ROWS, !tpo_graph_is_result (state),
                        "the state does not outlive the run") ||
      !tpo_graph_check (g, TPO_OP_SET_ROWS, tpo_tensor_count (start) == 1,
                        "the start is not one number"))
    return tpo_graph_nothing (g);
  return add_set_rows (g, state, rows, start, TRUE);
}
