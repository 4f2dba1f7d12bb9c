#pragma once

#include "nn/graph-internal.h"
#include "nn/ops.h"

/**
 * TpoPicture: where the rows of a convolution's product come from.
 */
typedef struct {
  guint32 rows, cols, channels; /* of x; channels a multiple of 4 */
  guint32 kernel, stride, pad;
  guint32 out_rows, out_cols;
} TpoPicture;

/**
 * TpoProduct: y[b] = act (scale · x[b] · w[b]ᵀ + bias + add) + residual, the one form behind all
 * matrix operators. Valid when zeroed but for @x, @w, the sizes and @scale.
 */
typedef struct {
  TpoTensor *x;    /* [B, M, K] F32 or F16, or a picture */
  TpoTensor *w;    /* [N, K] F32, F16 or a block type; [B, N, K] F32 or F16 with @w_batched */
  TpoTensor *bias; /* (nullable) [N] */
  TpoTensor *add;  /* (nullable) as y */
  TpoTensor *residual; /* (nullable) as y */
  gint64 n_batch;      /* B */
  gint64 m, n, k;
  gboolean w_batched;
  TpoAct act;
  float scale;
  const TpoPicture *picture; /* (nullable): a convolution: row m is a patch of K elements */
} TpoProduct;

/**
 * tpo_product: records the node or nodes that make @product.
 * @op: operator to name in errors
 *
 * Picks the shader by the device (vk/quirks.c) and by the sizes; weights and activations larger
 * than one binding are taken in slices of rows. Operands have been checked against each other by
 * the caller.
 * Returns: (transfer none): @shape in x's type
 */
TpoTensor *tpo_product (TpoGraph *g, const TpoProduct *product, TpoShape shape);
