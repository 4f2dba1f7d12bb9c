#pragma once

#include "models/layers/blocks.h"
#include "models/layers/taps.h"
#include "models/preprocess/preprocess.h"

/**
 * Vision encoders: a ViT with norms before its parts, of one of two kinds.
 *
 * That of VideoChat-TPO joins all patches of all frames in its attention: Li et al., "Unmasked
 * Teacher: Towards Training-Efficient Video Foundation Models" (2023); reference:
 * inference/modeling_vit.py, PretrainVisionTransformer. See compute/models/README.md for what its
 * code does and its text does not say: how many blocks run, which biases exist, the position
 * tables.
 *
 * That of LLaVA-OneVision looks at each frame alone: SigLIP, Zhai et al., "Sigmoid Loss for
 * Language Image Pre-Training" (2023), a learned position for each patch, the tanh form of GELU; as
 * LLaVA takes it, without its last layer and the norm behind that
 * (llava/model/multimodal_encoder/siglip_encoder.py of LLaVA-NeXT).
 */

typedef enum {
  TPO_VIT_JOINT,  /* of VideoChat-TPO */
  TPO_VIT_SIGLIP, /* of LLaVA-OneVision */
} TpoVitKind;

/**
 * TpoVitConfig: sizes of the encoder.
 */
typedef struct {
  TpoVitKind kind;
  guint
      image_size; /* pixels: side of the square input frames; JOINT: a multiple of @patch_size */
  guint patch_size; /* pixels: side of a patch */
  guint width;      /* C: channels of a token */
  guint n_blocks;   /* blocks that run, one less than the nominal depth */
  guint n_heads;    /* H */
  guint mlp_width;  /* channels inside a block's feed-forward part */
  guint
      n_table_frames; /* JOINT: frames of the table from which other lengths are interpolated: 4 */
  float norm_eps;     /* of the blocks: 1e-6 */
  float output_norm_eps; /* JOINT: of vision_layernorm: 1e-12 */
} TpoVitConfig;

/**
 * tpo_vit_config_read:
 * @prefix: of the settings: "videochat-tpo.vision." in model files
 *
 * Returns: false with TPO_ERROR_FORMAT, naming the key
 */
gboolean tpo_vit_config_read (TpoVitConfig *config, const TpoMetadata *metadata,
                              const char *prefix, GError **error);

typedef struct _TpoVit TpoVit;

/**
 * tpo_vit_load: "vision_encoder.encoder.*" and "vision_layernorm.*", or "vision_tower.vision_model.*"
 *
 * Returns: (transfer full): %NULL with the loader's error
 */
TpoVit *tpo_vit_load (TpoLoader *loader, const TpoVitConfig *config, GError **error);
void tpo_vit_free (TpoVit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoVit, tpo_vit_free)

const TpoVitConfig *tpo_vit_get_config (const TpoVit *self);

/** tpo_vit_n_tokens: tokens of @n_frames frames: n_frames · floor (image_size / patch_size)² */
gint64 tpo_vit_n_tokens (const TpoVit *self, guint n_frames);

/** tpo_vit_get_pixels: how the encoder wants its pixels */
const TpoPixelScale *tpo_vit_get_pixels (const TpoVit *self);

/**
 * tpo_vit_group: how many of the @n_frames frames of a video must be given at once: all where
 *   attention joins them, else one, since the others may follow and take less memory so
 */
guint tpo_vit_group (const TpoVit *self, guint n_frames);

/**
 * tpo_vit_forward:
 * @frames: [T, image_size, image_size, 3] F32, normalised; JOINT: T = 1 is the picture path
 * @taps: (nullable): offers "patch_embed", "block0.attn", "blockN" (residual stream after block N)
 *   and "prenorm"
 *
 * Pixels at the right and bottom edge that fill no patch are left out.
 *
 * Returns: [T · n, C], JOINT: after vision_layernorm
 */
TpoTensor *tpo_vit_forward (TpoGraph *g, const TpoVit *self, TpoTensor *frames, TpoTaps *taps);

/**
 * tpo_vit_positions:
 * @n_frames: T
 * @n_patches: patches of one frame
 * @width: C, even
 * @n_table_frames: frames of the base table
 * @table: (out caller-allocates): [T · n_patches, C]
 *
 * Fixed sine and cosine codes. The base table counts all patches of @n_table_frames frames; for T
 * frames it is interpolated along time, half-pixel centres, ends clamped. A single frame takes the
 * first frame's part. Computed in double and rounded to float twice, as the reference does: the
 * base table, then the result.
 */
void tpo_vit_positions (guint n_frames, guint n_patches, guint width, guint n_table_frames,
                        float *table);
