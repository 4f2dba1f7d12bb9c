#pragma once

#include "models/layers/loader.h"

/**
 * TpoMultiHead: weights of one multi-head attention, Vaswani et al., "Attention Is All You Need"
 * (2017), 3.2.2.
 */
typedef struct {
  TpoLinear q;   /* [H·D, C] */
  TpoLinear k;   /* [H·D, Cmemory] */
  TpoLinear v;   /* [H·D, Cmemory] */
  TpoLinear out; /* [C, H·D] */
} TpoMultiHead;

/**
 * tpo_multi_head:
 * @x: [N, C]: gives the queries
 * @memory: [M, Cmemory]: gives keys and values; @x itself for self-attention
 * @residual: (nullable): [N, C], added to the result
 *
 * out (softmax (q kᵀ / sqrt (D)) v) + residual, without a mask. Returns: [N, C]
 */
TpoTensor *tpo_multi_head (TpoGraph *g, TpoTensor *x, TpoTensor *memory,
                           const TpoMultiHead *weights, guint n_heads, TpoTensor *residual);

/** tpo_norm: LayerNorm, Ba et al. (2016), with the weights of @norm */
TpoTensor *tpo_norm (TpoGraph *g, TpoTensor *x, const TpoNorm *norm, float eps);

/**
 * TpoFeedForward: weights of fc2 (act (fc1 (x))).
 */
typedef struct {
  TpoLinear fc1; /* [F, C] */
  TpoLinear fc2; /* [C, F] */
} TpoFeedForward;

/** tpo_feed_forward: @residual: (nullable): [N, C], added to the result */
TpoTensor *tpo_feed_forward (TpoGraph *g, TpoTensor *x, const TpoFeedForward *weights,
                             TpoAct act, TpoTensor *residual);
