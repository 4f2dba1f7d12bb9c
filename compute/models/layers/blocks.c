#include "models/layers/blocks.h"

#include <math.h>

TpoTensor *
tpo_multi_head (TpoGraph *g, TpoTensor *x, TpoTensor *memory, const TpoMultiHead *weights,
                guint n_heads, TpoTensor *residual)
{
  gint64 width = tpo_tensor_dim (weights->q.w, 0);
  TpoAttention params = { .n_heads = n_heads,
                          .scale = (float) (1 / sqrt ((double) width / n_heads)) };
  TpoTensor *q = tpo_linear (g, x, &weights->q, TPO_ACT_NONE, NULL);
  TpoTensor *k = tpo_linear (g, memory, &weights->k, TPO_ACT_NONE, NULL);
  TpoTensor *v = tpo_linear (g, memory, &weights->v, TPO_ACT_NONE, NULL);

  return tpo_linear (g, tpo_attention (g, q, k, v, &params), &weights->out, TPO_ACT_NONE,
                     residual);
}

TpoTensor *
tpo_norm (TpoGraph *g, TpoTensor *x, const TpoNorm *norm, float eps)
{
  return tpo_layer_norm (g, x, norm->w, norm->b, eps);
}

TpoTensor *
tpo_feed_forward (TpoGraph *g, TpoTensor *x, const TpoFeedForward *weights, TpoAct act,
                  TpoTensor *residual)
{
  TpoTensor *hidden = tpo_linear (g, x, &weights->fc1, act, NULL);

  return tpo_linear (g, hidden, &weights->fc2, TPO_ACT_NONE, residual);
}
