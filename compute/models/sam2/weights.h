#pragma once

#include "models/layers/blocks.h"
#include "models/sam2/sam2.h"

/* One block of the Hiera trunk. */
typedef struct {
  gint64 n_in, n_out; /* widths */
  guint n_heads;
  guint window;   /* edge; 0: the whole map */
  gboolean pools; /* first of a stage: queries are pooled, the shortcut is projected */
  gboolean ends_stage;
  TpoNorm norm1, norm2;
  TpoLinear q, k, v, out;
  TpoLinear project; /* where it pools */
  TpoFeedForward mlp;
} TpoSam2Block;

typedef struct {
  TpoMultiHead self_attn, to_image, to_token;
  TpoNorm norm1, norm2, norm3, norm4;
  TpoFeedForward mlp;
} TpoSam2TwoWay;

typedef struct {
  TpoMultiHead self_attn, cross_attn;
  TpoNorm norm1, norm2, norm3;
  TpoFeedForward mlp;
} TpoSam2MemoryLayer;

typedef struct {
  TpoConv depthwise;
  TpoNorm norm;
  TpoFeedForward mlp;
  TpoTensor *gamma; /* [C] */
} TpoSam2FuserLayer;

enum {
  TPO_SAM2_MAX_LAYERS = 64
};

struct _TpoSam2 {
  TpoSam2Config config;
  GPtrArray *tensors;
  gboolean is_2_1;

  /* Image encoder. */
  TpoConv patch;
  TpoTensor *positions;        /* [1, C0, b, b], as published */
  TpoTensor *window_positions; /* [1, C0, w, w] */
  guint n_blocks;
  TpoSam2Block blocks[TPO_SAM2_MAX_BLOCKS];
  TpoLinear neck[TPO_SAM2_STAGES]; /* deepest first */
  TpoLinear conv_s0, conv_s1;

  /* Prompt encoder. */
  TpoTensor *fourier;                /* [2, C/2] */
  TpoTensor *point_codes[4];         /* [1, C]: by label */
  TpoTensor *padding_code, *no_mask; /* [1, C] */
  TpoConv mask_down1, mask_down2;
  TpoNorm mask_norm1, mask_norm2;
  TpoLinear mask_out;

  /* Mask decoder. */
  TpoTensor *iou_token, *score_token, *mask_tokens;
  TpoSam2TwoWay two_way[TPO_SAM2_MAX_LAYERS];
  TpoMultiHead final_attn;
  TpoNorm final_norm;
  TpoConv upscale1, upscale2;
  TpoNorm upscale_norm;
  TpoLinear hyper[TPO_SAM2_MASKS][3], iou[3], score[3];

  /* Memory. */
  TpoConv mask_downsample; /* a mask given as prompt, for its pointer */
  TpoTensor *no_memory;    /* [1, C] */
  TpoTensor *no_pointer;   /* [1, C] */
  TpoTensor *time_codes;   /* [n_memories, M] */
  TpoTensor *no_object;    /* [1, M]: release 2.1 */
  TpoLinear pointer_time;  /* release 2.1 */
  TpoLinear pointer[3];
  TpoSam2MemoryLayer memory[TPO_SAM2_MAX_LAYERS];
  TpoNorm memory_norm;
  TpoConv mask_conv[7];
  TpoNorm mask_conv_norm[7];
  TpoLinear mask_conv_out, frame_project, memory_out;
  TpoSam2FuserLayer fuser[TPO_SAM2_MAX_LAYERS];

  /* Tables that follow from sizes and weights, made when the network is loaded. */
  TpoTensor *position_table; /* [S/4 · S/4, C0] */
  TpoTensor *dense_code;     /* [G·G, C] */
  TpoTensor *frame_code;     /* [G·G, C] */
  TpoTensor *memory_code;    /* [G·G, M] */
  TpoTensor *label_codes;    /* [4, C] */
  TpoTensor *output_tokens;  /* [2 + TPO_SAM2_MASKS, C]: score, IoU, masks */
};

/**
 * tpo_sam2_fourier_code: random Fourier features: angles 2π ((2x - 1) G₀ + (2y - 1) G₁), sines then
 * cosines. Tancik et al. 2020; prompt_encoder.py.
 * @points: [n, 2] normalised
 * @shift: add half a pixel, as the reference does for clicks
 *
 * Returns: [n, C]
 */
TpoTensor *tpo_sam2_fourier_code (const TpoSam2 *self, TpoGraph *g, TpoTensor *points,
                                  gboolean shift);
