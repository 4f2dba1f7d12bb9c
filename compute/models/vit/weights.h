#pragma once

#include "models/vit/vit.h"

/**
 * TpoVitBlock: x += attention (norm1 (x)); x += mlp (norm2 (x)).
 */
typedef struct {
  TpoNorm norm1, norm2;   /* [C] */
  TpoMultiHead attention; /* thirds of the published joint projection; keys have no bias */
  TpoFeedForward mlp;     /* GELU with erf */
} TpoVitBlock;

struct _TpoVit {
  TpoVitConfig config;
  TpoLinear patch_embed; /* [C, 3 · patch_size²] */
  TpoVitBlock *blocks;   /* [n_blocks] */
  TpoNorm output_norm;   /* vision_layernorm */
  GPtrArray *tensors;    /* owns the weights */
};
