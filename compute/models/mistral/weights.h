#pragma once

#include "models/mistral/mistral.h"

/**
 * TpoMistralLayer: x += attention (attention_norm (x)); x += mlp (mlp_norm (x)).
 */
typedef struct {
  TpoNorm attention_norm; /* input_layernorm */
  TpoLinear q, o;         /* [H·D, C], [C, H·D] */
  TpoLinear k, v;         /* [n_kv_heads · D, C] */
  TpoNorm mlp_norm;       /* post_attention_layernorm */
  TpoLinear gate, up;     /* [F, C] */
  TpoLinear down;         /* [C, F] */
} TpoMistralLayer;

struct _TpoMistral {
  gatomicrefcount ref_count;
  TpoMistralConfig config;
  TpoTensor *embed;        /* [V, C] */
  TpoMistralLayer *layers; /* [n_layers] */
  float *rope_divisors;    /* [D/2], or NULL */
  TpoNorm norm;
  TpoLinear head;     /* [V, C]; w is NULL where it was not asked for */
  GPtrArray *tensors; /* owns the weights */
};

struct _TpoKvCache {
  guint capacity; /* tokens */
  guint n_layers;
  TpoTensor **k; /* [n_layers], each [capacity, n_kv_heads · D] */
  TpoTensor **v;
};
