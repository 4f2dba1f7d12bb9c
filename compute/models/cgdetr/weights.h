#pragma once

#include "models/cgdetr/cgdetr.h"

enum {
  TPO_CGDETR_MAX_LAYERS = 64
};

/* What every layer ends with: output projection, two norms and a feed-forward block with PReLU. */
typedef struct {
  TpoLinear out;
  TpoNorm norm1, norm2;
  TpoLinear linear1, linear2;
  TpoTensor *slope; /* [1] */
} TpoCgdetrBlock;

typedef struct {
  TpoLinear q, k, v;
  TpoCgdetrBlock block;
} TpoCgdetrEncoderLayer;

typedef struct {
  TpoLinear sa_q_content, sa_q_pos, sa_k_content, sa_k_pos, sa_v;
  TpoLinear ca_q_content, ca_k_content, ca_k_pos, ca_v, ca_q_sine;
  TpoLinear ca_q_pos; /* first layer only */
  TpoLinear cross_out;
  TpoNorm norm3;
  TpoCgdetrBlock block; /* out: of the self-attention */
} TpoCgdetrDecoderLayer;

/* LayerNorm, linear, ReLU, LayerNorm, linear. */
typedef struct {
  TpoNorm norm[2];
  TpoLinear linear[2];
} TpoCgdetrInputLayers;

struct _TpoCgdetr {
  TpoCgdetrConfig config;
  GPtrArray *tensors;

  TpoCgdetrInputLayers video, text;
  TpoTensor *type_codes;                /* [2, C]: text, video */
  TpoTensor *dummy_token, *dummy_pos;   /* [dummies, C] */
  TpoTensor *prompt_token, *prompt_pos; /* [prompts, C], [1, C] */
  TpoTensor *query;                     /* [Q, 2], before the sigmoid */
  TpoCgdetrEncoderLayer dummy[TPO_CGDETR_MAX_LAYERS];
  TpoCgdetrBlock t2v[TPO_CGDETR_MAX_LAYERS];
  TpoCgdetrEncoderLayer encoder[TPO_CGDETR_MAX_LAYERS];
  TpoCgdetrDecoderLayer decoder[TPO_CGDETR_MAX_LAYERS];
  TpoNorm decoder_norm;
  TpoLinear query_scale[2], ref_point[2], ref_anchor[2], bbox[3]; /* MLPs */
  TpoLinear span[3], class_head, saliency1, saliency2;
};
