#include "config.h"

#include <string.h>

#include "nn/ops-common.h"
#include "nn/packing.h"
#include "nn/product.h"

/* Linear layers, batched products, and the lookup of rows. */

static gboolean
check_matrix (TpoGraph *g, TpoTensor *w, gint64 n, gint64 k, const char *what)
{
  return tpo_graph_check (
      g, TPO_OP_LINEAR_TILE,
      tpo_tensor_get_shape (w)->n == 2 && tpo_weight_kind (tpo_tensor_get_type (w)) >= 0 &&
          tpo_tensor_dim (w, 0) == n && tpo_tensor_dim (w, 1) == k,
      "%s%s%s is [%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "] %s, not [%" G_GINT64_FORMAT
      ", %" G_GINT64_FORMAT "]",
      what, tpo_tensor_get_name (w) != NULL ? " " : "",
      tpo_tensor_get_name (w) != NULL ? tpo_tensor_get_name (w) : "", tpo_tensor_dim (w, 0),
      tpo_tensor_dim (w, 1), tpo_type_name (tpo_tensor_get_type (w)), n, k);
}

static gboolean
check_linear (TpoGraph *g, TpoTensor *x, const TpoLinear *linear, TpoAct act,
              TpoTensor *residual)
{
  gint64 k = tpo_tensor_dim (x, -1), n = tpo_tensor_dim (linear->w, 0);
  gint64 r = linear->lora_a != NULL ? tpo_tensor_dim (linear->lora_a, 0) : 0;

  if (!tpo_graph_check_float (g, TPO_OP_LINEAR_TILE, x) ||
      !check_matrix (g, linear->w, n, k, "the weight"))
    return FALSE;
  if (!tpo_graph_check (g, TPO_OP_LINEAR_TILE, act < TPO_ACT_COUNT, "no activation %d",
                        (int) act) ||
      !tpo_graph_check (g, TPO_OP_LINEAR_TILE,
                        linear->b == NULL || tpo_tensor_count (linear->b) == n,
                        "the bias has not %" G_GINT64_FORMAT " elements", n) ||
      !tpo_graph_check (g, TPO_OP_LINEAR_TILE,
                        residual == NULL ||
                            tpo_tensor_count (residual) == tpo_tensor_rows (x) * n,
                        "the residual has not the result's size") ||
      !tpo_graph_check (g, TPO_OP_LINEAR_TILE, !linear->lora_a == !linear->lora_b,
                        "one half of a low-rank pair is missing"))
    return FALSE;
  return linear->lora_a == NULL || (check_matrix (g, linear->lora_a, r, k, "the factor A") &&
                                    check_matrix (g, linear->lora_b, n, r, "the factor B"));
}

static TpoShape
with_last (const TpoTensor *x, gint64 n)
{
  TpoShape shape = *tpo_tensor_get_shape (x);

  shape.dim[shape.n - 1] = n;
  return shape;
}

/* lora_scale · (x · Aᵀ) · Bᵀ */
static TpoTensor *
low_rank (TpoGraph *g, TpoTensor *x, const TpoLinear *linear)
{
  gint64 r = tpo_tensor_dim (linear->lora_a, 0), m = tpo_tensor_rows (x);
  TpoProduct down = {
    .x = x,
    .w = linear->lora_a,
    .n_batch = 1,
    .m = m,
    .n = r,
    .k = tpo_tensor_dim (x, -1),
    .scale = 1,
  };
  TpoProduct up = {
    .w = linear->lora_b,
    .n_batch = 1,
    .m = m,
    .n = tpo_tensor_dim (linear->lora_b, 0),
    .k = r,
    .scale = linear->lora_scale,
  };

  up.x = tpo_product (g, &down, with_last (x, r));
  return tpo_product (g, &up, with_last (x, up.n));
}

TpoTensor *
tpo_linear (TpoGraph *g, TpoTensor *x, const TpoLinear *linear, TpoAct act, TpoTensor *residual)
{
  TpoProduct product = {
    .x = x,
    .w = linear->w,
    .bias = linear->b,
    .residual = residual,
    .n_batch = 1,
    .act = act,
    .scale = 1,
  };

  if (tpo_graph_failed (g) || !check_linear (g, x, linear, act, residual))
    return tpo_graph_nothing (g);
  product.m = tpo_tensor_rows (x);
  product.n = tpo_tensor_dim (linear->w, 0);
  product.k = tpo_tensor_dim (x, -1);
  if (linear->lora_a != NULL)
    product.add = low_rank (g, x, linear);
  return tpo_product (g, &product, with_last (x, product.n));
}

TpoTensor *
tpo_matmul (TpoGraph *g, TpoTensor *x, TpoTensor *w)
{
  guint n_dims = tpo_tensor_get_shape (x)->n, w_dims = tpo_tensor_get_shape (w)->n;
  gint64 n_batch = n_dims == 3 ? tpo_tensor_dim (x, 0) : 1;
  TpoProduct product = {
    .x = x,
    .w = w,
    .w_batched = w_dims == 3,
    .n_batch = w_dims == 3 ? n_batch : 1,
    .m = w_dims == 3 ? tpo_tensor_dim (x, -2) : tpo_tensor_rows (x),
    .n = tpo_tensor_dim (w, -2),
    .k = tpo_tensor_dim (x, -1),
    .scale = 1,
  };

  if (!tpo_graph_check_float (g, TPO_OP_LINEAR_TILE, x) ||
      !tpo_graph_check (g, TPO_OP_LINEAR_TILE,
                        (n_dims == 2 || n_dims == 3) && (w_dims == 2 || w_dims == n_dims) &&
                            tpo_weight_kind (tpo_tensor_get_type (w)) >= 0 &&
                            (w_dims == 2 || tpo_packing (tpo_tensor_get_type (w)) == NULL) &&
                            tpo_tensor_dim (w, -1) == product.k &&
                            (w_dims == 2 || tpo_tensor_dim (w, 0) == n_batch),
                        "the second operand does not fit to the first"))
    return tpo_graph_nothing (g);
  return tpo_product (g, &product, with_last (x, product.n));
}

TpoTensor *
tpo_mlp (TpoGraph *g, TpoTensor *x, const TpoLinear *layers, guint n_layers)
{
  g_return_val_if_fail (n_layers >= 1, tpo_graph_nothing (g));
  for (guint i = 0; i < n_layers; i++)
    x = tpo_linear (g, x, &layers[i], i + 1 < n_layers ? TPO_ACT_RELU : TPO_ACT_NONE, NULL);
  return x;
}
