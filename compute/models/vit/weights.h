#pragma once

#include "models/vit/vit.h"

/**
 * TpoVitBlock: x += attention (norm1 (x)); x += mlp (norm2 (x)).
 */
typedef struct {
  TpoNorm norm1, norm2; /* [C] */
  TpoMultiHead
      attention; /* JOINT: thirds of the published joint projection; keys have no bias */
  TpoFeedForward mlp;
} TpoVitBlock;

struct _TpoVit {
  TpoVitConfig config;
  TpoLinear patch_embed; /* [C, 3 · patch_size²] */
  TpoVitBlock *blocks;   /* [n_blocks] */
  TpoTensor *positions;  /* SIGLIP: [n, C] F32, of the patches of a frame; else NULL */
  TpoNorm output_norm;   /* JOINT: vision_layernorm */
  GPtrArray *tensors;    /* owns the weights */
};
