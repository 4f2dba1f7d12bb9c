#include "config.h"

#include "nn/ops-common.h"

/* Operators with one workgroup per row: norms and softmax. */

typedef struct {
  guint32 rows;
  guint32 cols;
  float number; /* eps or scale */
} RowParams;

typedef struct {
  guint32 rows;
  guint32 n_keys;
  guint32 n_heads;
  guint32 size;
  float scale;
} HeadsParams;

G_STATIC_ASSERT (sizeof (RowParams) == 12);
G_STATIC_ASSERT (sizeof (HeadsParams) == 20);

enum {
  MAX_SOFTMAX_HEADS = 64
};

static gboolean
check_weight (TpoGraph *g, TpoOp op, TpoTensor *x, TpoTensor *w)
{
  return w == NULL ||
         (tpo_graph_check_float (g, op, w) &&
          tpo_graph_check (g, op, tpo_tensor_count (w) == tpo_tensor_dim (x, -1),
                           "%" G_GINT64_FORMAT " weights for rows of %" G_GINT64_FORMAT,
                           tpo_tensor_count (w), tpo_tensor_dim (x, -1)));
}

/* The operands after x may be NULL; the shader is told which are there. */
static TpoTensor *
add_rows (TpoGraph *g, TpoOp op, TpoTensor *x, TpoTensor *w, TpoTensor *b, float number)
{
  RowParams params = { (guint32) tpo_tensor_rows (x), (guint32) tpo_tensor_dim (x, -1),
                       number };
  TpoNodeDesc node = {
    .op = op,
    .variant = tpo_tensor_get_type (x) == TPO_F16,
    .operands = { x, w, b },
    .n_subgroups = tpo_row_subgroups (g, params.rows, params.cols),
    .params = &params,
    .spec = { params.cols % 4 == 0, w != NULL, b != NULL },
  };

  tpo_grid_1d (node.grid, params.rows);
  return tpo_graph_add (g, &node, tpo_tensor_get_type (x), *tpo_tensor_get_shape (x));
}

TpoTensor *
tpo_layer_norm (TpoGraph *g, TpoTensor *x, TpoTensor *w, TpoTensor *b, float eps)
{
  if (!tpo_graph_check_float (g, TPO_OP_LAYER_NORM, x) ||
      !check_weight (g, TPO_OP_LAYER_NORM, x, w) || !check_weight (g, TPO_OP_LAYER_NORM, x, b))
    return tpo_graph_nothing (g);
  return add_rows (g, TPO_OP_LAYER_NORM, x, tpo_as_type (g, w, TPO_F32),
                   tpo_as_type (g, b, TPO_F32), eps);
}

TpoTensor *
tpo_rms_norm (TpoGraph *g, TpoTensor *x, TpoTensor *w, float eps)
{
  if (!tpo_graph_check_float (g, TPO_OP_RMS_NORM, x) ||
      !check_weight (g, TPO_OP_RMS_NORM, x, w))
    return tpo_graph_nothing (g);
  return add_rows (g, TPO_OP_RMS_NORM, x, tpo_as_type (g, w, TPO_F32), NULL, eps);
}

TpoTensor *
tpo_l2_norm (TpoGraph *g, TpoTensor *x, float eps)
{
  if (!tpo_graph_check_float (g, TPO_OP_L2_NORM, x))
    return tpo_graph_nothing (g);
  return add_rows (g, TPO_OP_L2_NORM, x, NULL, NULL, eps);
}

TpoTensor *
tpo_softmax (TpoGraph *g, TpoTensor *x, float scale)
{
  if (!tpo_graph_check_float (g, TPO_OP_SOFTMAX, x))
    return tpo_graph_nothing (g);
  return add_rows (g, TPO_OP_SOFTMAX, x, NULL, NULL, scale);
}

TpoTensor *
tpo_softmax_heads (TpoGraph *g, TpoTensor *q, TpoTensor *k, guint n_heads, float scale,
                   TpoTensor *mask)
{
  TpoType type = tpo_tensor_get_type (q);
  gint64 cols = tpo_tensor_dim (q, -1);
  HeadsParams params = { .n_heads = n_heads, .scale = scale };
  TpoNodeDesc node = {
    .op = TPO_OP_SOFTMAX_HEADS,
    .variant = type == TPO_F16,
    .params = &params,
  };

  k = tpo_as_type (g, k, type);
  if (!tpo_graph_check_float (g, TPO_OP_SOFTMAX_HEADS, q) ||
      !tpo_graph_check_float (g, TPO_OP_SOFTMAX_HEADS, k) ||
      !tpo_graph_check (g, TPO_OP_SOFTMAX_HEADS,
                        n_heads >= 1 && n_heads <= MAX_SOFTMAX_HEADS && cols % n_heads == 0 &&
                            tpo_tensor_dim (k, -1) == cols,
                        "%u heads, queries of %" G_GINT64_FORMAT ", keys of %" G_GINT64_FORMAT,
                        n_heads, cols, tpo_tensor_dim (k, -1)))
    return tpo_graph_nothing (g);
  if (mask != NULL &&
      (!tpo_graph_check_float (g, TPO_OP_SOFTMAX_HEADS, mask) ||
       !tpo_graph_check (g, TPO_OP_SOFTMAX_HEADS,
                         tpo_tensor_count (mask) == tpo_tensor_rows (k),
                         "a mask of %" G_GINT64_FORMAT " for %" G_GINT64_FORMAT " keys",
                         tpo_tensor_count (mask), tpo_tensor_rows (k))))
    return tpo_graph_nothing (g);
  params.rows = (guint32) tpo_tensor_rows (q);
  params.n_keys = (guint32) tpo_tensor_rows (k);
  params.size = (guint32) (cols / n_heads);
  node.operands[0] = q;
  node.operands[1] = k;
  node.operands[2] = tpo_as_type (g, mask, TPO_F32);
  node.spec[0] = params.size % 4 == 0;
  node.spec[1] = mask != NULL;
  node.flops = 4.0 * params.rows * params.n_keys * (double) cols;
  tpo_grid_1d (node.grid, params.rows);
  return tpo_graph_add (g, &node, type, TPO_SHAPE (params.rows, params.n_keys));
}
