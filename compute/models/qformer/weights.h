#pragma once

#include "models/qformer/qformer.h"

/**
 * TpoQformerLayer: h = norm (attention (h) + h), then the same with the vision tokens, then with the
 * feed-forward part of the query branch.
 */
typedef struct {
  TpoMultiHead attention;
  TpoNorm attention_norm;
  gboolean has_cross;
  TpoMultiHead cross; /* keys and values from the vision tokens */
  TpoNorm cross_norm;
  TpoFeedForward mlp; /* intermediate_query, output_query; GELU with erf */
  TpoNorm mlp_norm;
} TpoQformerLayer;

struct _TpoQformer {
  TpoQformerConfig config;
  TpoTensor *queries; /* [n_queries, C] F32 */
  TpoTensor *extra;   /* [n_extra, C] F32 or NULL */
  TpoNorm embed_norm;
  TpoQformerLayer *layers; /* [n_layers] */
  TpoLinear project_up;    /* [llm_width, C] */
  GPtrArray *tensors;      /* owns the weights */
};
