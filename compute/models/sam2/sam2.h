#pragma once

#include "models/layers/loader.h"
#include "models/layers/taps.h"

/**
 * SAM 2: promptable segmentation of pictures and videos. Ravi et al., "SAM 2: Segment Anything in
 * Images and Videos" (2024), with the Hiera encoder (Ryali et al. 2023); releases 2.0 and 2.1 in
 * all sizes. This header has the networks, as pieces of graphs; models/sam2/tracker.h puts them
 * together.
 *
 * Letters: S edge of the model's square picture, G = S / 16 edge of the embedding grid, C model
 * width, M memory width. Maps are channels-last; a map of the grid is [G·G, C], row by row.
 * Low-resolution masks are [4G·4G] logits.
 */

enum {
  TPO_SAM2_STAGES = 4,
  TPO_SAM2_MAX_BLOCKS = 128,
  TPO_SAM2_MASKS = 4
};

/**
 * TpoSam2Config: sizes, from the settings under "sam." or the prefix given.
 */
typedef struct {
  guint image_size;               /* S */
  guint embed_dim, n_heads;       /* of the first stage; both double with each stage */
  guint stages[TPO_SAM2_STAGES];  /* blocks of each */
  guint windows[TPO_SAM2_STAGES]; /* edge of the attention windows of each */
  guint n_global, global_blocks[TPO_SAM2_MAX_BLOCKS]; /* blocks that attend to the whole map */
  guint background_size;                              /* edge of the coarse position table */
  guint d_model, d_memory;                            /* C, M */
  guint n_memory_layers, memory_feed_forward;
  guint n_fuser_layers;
  guint n_mask_channels, mask_channels[8]; /* widths of the memory encoder's mask downsampler */
  guint mask_in_channels;                  /* hidden width of the mask prompt's downscaling */
  guint n_decoder_layers, n_decoder_heads, decoder_downsample, decoder_feed_forward, iou_hidden;
  guint n_memories; /* slots of spatial memory, 7 */
  guint
      memory_stride; /* frames between those that memories are taken of, but for the nearest */
  guint n_conditioning; /* conditioning frames in attention at most; 0: all that are kept */
  guint n_pointers;     /* object pointers in attention at most, 16 */
  guint hole_area;      /* background specks of at most this many pixels are filled */
  float memory_scale, memory_bias; /* of the mask that goes into memory */
  float stability_delta, stability_threshold;
  float rope_theta;
} TpoSam2Config;

gboolean tpo_sam2_config_read (const TpoMetadata *metadata, const char *prefix,
                               TpoSam2Config *config, GError **error);

typedef struct _TpoSam2 TpoSam2;

/** tpo_sam2_load: tensors "sam.*" after the loader's prefix. Returns: (transfer full) */
TpoSam2 *tpo_sam2_load (TpoLoader *loader, const TpoSam2Config *config, GError **error);
void tpo_sam2_free (TpoSam2 *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoSam2, tpo_sam2_free)

const TpoSam2Config *tpo_sam2_get_config (const TpoSam2 *self);

/** tpo_sam2_grid: G */
guint tpo_sam2_grid (const TpoSam2 *self);

/**
 * TpoSam2Features: what the image encoder makes of a frame.
 */
typedef struct {
  TpoTensor *f;  /* [G·G, C] */
  TpoTensor *s1; /* [2G·2G, C/4] */
  TpoTensor *s0; /* [4G·4G, C/8] */
} TpoSam2Features;

/**
 * tpo_sam2_encode:
 * @frame: [1, S, S, 3] F32, normalised
 * @taps: (nullable): "trunk.patch_embed", "trunk.pos_embed", "trunk.blockN"
 */
void tpo_sam2_encode (const TpoSam2 *self, TpoGraph *g, TpoTensor *frame, TpoTaps *taps,
                      TpoSam2Features *features);

/**
 * tpo_sam2_prompt_points:
 * @points: (nullable): [n, 2] F32, normalised x and y
 * @labels: (nullable): [n] I32: 0 and 1 negative and positive click, 2 and 3 top left and bottom
 *   right corner
 *
 * Without points two padding tokens stand for "no prompt". Returns: [n + 1, C], or [2, C]
 */
TpoTensor *tpo_sam2_prompt_points (const TpoSam2 *self, TpoGraph *g, TpoTensor *points,
                                   TpoTensor *labels);

/** tpo_sam2_prompt_mask: @logits: (nullable): [4G·4G]. Returns: [G·G, C], or [1, C] for no mask */
TpoTensor *tpo_sam2_prompt_mask (const TpoSam2 *self, TpoGraph *g, TpoTensor *logits);

/**
 * tpo_sam2_given_mask: the square picture of a mask that a user drew.
 * @mask: [rows, cols] U8, 0 or 1
 *
 * Returns: [S, S] F32, 0 or 1
 */
TpoTensor *tpo_sam2_given_mask (const TpoSam2 *self, TpoGraph *g, TpoTensor *mask);

/**
 * tpo_sam2_given_logits: mask logits, ±10, that stand for a given mask. @square: [S, S]. Returns:
 * [4G·4G]
 */
TpoTensor *tpo_sam2_given_logits (const TpoSam2 *self, TpoGraph *g, TpoTensor *square);

/**
 * tpo_sam2_prompt_given: dense prompt of a given mask, for its pointer. @square: [S, S]. Returns:
 * [G·G, C]
 */
TpoTensor *tpo_sam2_prompt_given (const TpoSam2 *self, TpoGraph *g, TpoTensor *square);

/**
 * tpo_sam2_dense_code: position code of the grid as the decoder wants it. Returns: (transfer none):
 * [G·G, C]
 */
TpoTensor *tpo_sam2_dense_code (const TpoSam2 *self);

/**
 * tpo_sam2_frame_code, _memory_code: sine codes of the grid. Returns: (transfer none): [G·G, C] and
 * [G·G, M]
 */
TpoTensor *tpo_sam2_frame_code (const TpoSam2 *self);
TpoTensor *tpo_sam2_memory_code (const TpoSam2 *self);

/**
 * TpoSam2Masks: everything the decoder says; which mask counts is decided by tpo_sam2_choose().
 */
typedef struct {
  TpoTensor *logits;    /* [4, 4G·4G] */
  TpoTensor *ious;      /* [1, 4] */
  TpoTensor *score;     /* [1, 1]: object score, a logit */
  TpoTensor *tokens;    /* [4, C] */
  TpoTensor *stability; /* [2]: pixels of mask 0 above +delta and above -delta */
} TpoSam2Masks;

/**
 * tpo_sam2_decode:
 * @x: [G·G, C]: frame features, conditioned on memory
 * @sparse: [n, C]
 * @dense: [G·G, C] or [1, C]
 */
void tpo_sam2_decode (const TpoSam2 *self, TpoGraph *g, TpoTensor *x,
                      const TpoSam2Features *features, TpoTensor *sparse, TpoTensor *dense,
                      TpoSam2Masks *masks);

/** tpo_sam2_unconditioned: f + no_mem_embed, what a prompted frame without memory shows the decoder */
TpoTensor *tpo_sam2_unconditioned (const TpoSam2 *self, TpoGraph *g, TpoTensor *f);

/**
 * tpo_sam2_pointer:
 * @token: [1, C]: of the chosen mask
 * @gate: [1] F32: 1 where the object is present, else 0
 *
 * Returns: [1, C]: object pointer
 */
TpoTensor *tpo_sam2_pointer (const TpoSam2 *self, TpoGraph *g, TpoTensor *token,
                             TpoTensor *gate);

/**
 * tpo_sam2_gate: logits · gate - 1024 · (1 - gate): an absent object has no pixel
 * @logits: [4G·4G], @gate: [1]
 */
TpoTensor *tpo_sam2_gate (TpoGraph *g, TpoTensor *logits, TpoTensor *gate);

/**
 * tpo_sam2_resize: bilinear, half-pixel centres, no antialias. @logits: [edge·edge]. Returns:
 * [rows, cols]
 */
TpoTensor *tpo_sam2_resize (TpoGraph *g, TpoTensor *logits, guint rows, guint cols);

/**
 * tpo_sam2_memorise:
 * @f: [G·G, C]: raw frame features
 * @full: [S, S]: mask logits at the model's size
 * @binarise: for frames with a prompt
 * @gate: [1]: presence of the object; release 2.1 marks its absence
 *
 * Returns: [G·G, M]: spatial memory of a frame
 */
TpoTensor *tpo_sam2_memorise (const TpoSam2 *self, TpoGraph *g, TpoTensor *f, TpoTensor *full,
                              gboolean binarise, TpoTensor *gate);

/**
 * TpoSam2Memories: what a frame is conditioned on.
 */
typedef struct {
  TpoTensor *spatial;  /* [n·G·G, M]: memories of n frames */
  TpoTensor *time;     /* [n] I32: temporal code of each, 0 … n_memories - 1 */
  TpoTensor *pointers; /* (nullable) [p, C] */
  TpoTensor *
      distance; /* (nullable) [p, 1] F32: signed frame distance of each over the largest; for release 2.1 */
  TpoTensor *
      spatial_bias; /* (nullable) [n] F32: added to the scores of a memory's keys; -inf hides it */
  TpoTensor *pointer_bias; /* [p] F32: the same; needed where @spatial_bias is there */
} TpoSam2Memories;

/** tpo_sam2_attend: memory attention. Returns: [G·G, C] */
TpoTensor *tpo_sam2_attend (const TpoSam2 *self, TpoGraph *g, TpoTensor *f,
                            const TpoSam2Memories *memories);

/**
 * TpoSam2Choice: which mask counts.
 */
typedef struct {
  guint mask;  /* row of TpoSam2Masks.logits */
  guint token; /* row of TpoSam2Masks.tokens */
  float iou;
  gboolean is_present;
} TpoSam2Choice;

/**
 * tpo_sam2_choose:
 * @ious: [4], @score: object score, @stability: [2], read from the device
 * @multimask: the three candidates compete; else mask 0, unless it is unstable
 */
TpoSam2Choice tpo_sam2_choose (const TpoSam2Config *config, const float *ious, float score,
                               const float *stability, gboolean multimask);
