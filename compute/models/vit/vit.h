#pragma once

#include "models/layers/blocks.h"
#include "models/layers/taps.h"

/**
 * The vision encoder of VideoChat-TPO: a ViT whose attention joins all patches of all frames.
 *
 * Li et al., "Unmasked Teacher: Towards Training-Efficient Video Foundation Models" (2023);
 * reference: inference/modeling_vit.py, PretrainVisionTransformer. See compute/models/README.md for what its
 * code does and its text does not say: how many blocks run, which biases exist, the position tables.
 */

/**
 * TpoVitConfig: sizes of the encoder.
 */
typedef struct {
  guint image_size;     /* pixels: side of the square input frames, a multiple of @patch_size */
  guint patch_size;     /* pixels: side of a patch */
  guint width;          /* C: channels of a token */
  guint n_blocks;       /* blocks that run, one less than the nominal depth */
  guint n_heads;        /* H */
  guint mlp_width;      /* channels inside a block's feed-forward part */
  guint n_table_frames; /* frames of the table from which other lengths are interpolated: 4 */
  float norm_eps;       /* of the blocks: 1e-6 */
  float output_norm_eps; /* of vision_layernorm: 1e-12 */
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
 * tpo_vit_load: "vision_encoder.encoder.*" and "vision_layernorm.*"
 *
 * Returns: (transfer full): %NULL with the loader's error
 */
TpoVit *tpo_vit_load (TpoLoader *loader, const TpoVitConfig *config, GError **error);
void tpo_vit_free (TpoVit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoVit, tpo_vit_free)

const TpoVitConfig *tpo_vit_get_config (const TpoVit *self);

/** tpo_vit_n_tokens: tokens of @n_frames frames: n_frames · (image_size / patch_size)² */
gint64 tpo_vit_n_tokens (const TpoVit *self, guint n_frames);

/**
 * tpo_vit_forward:
 * @frames: [T, image_size, image_size, 3] F32, normalised; T = 1 is the picture path
 * @taps: (nullable): offers "patch_embed", "block0.attn", "blockN" (residual stream after block N) and "prenorm"
 *
 * Returns: [T · n, C], after vision_layernorm
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
 * Fixed sine and cosine codes. The base table counts all patches of @n_table_frames frames; for T frames it is
 * interpolated along time, half-pixel centres, ends clamped. A single frame takes the first frame's part.
 * Computed in double and rounded to float twice, as the reference does: the base table, then the result.
 */
void tpo_vit_positions (guint n_frames, guint n_patches, guint width, guint n_table_frames,
                        float *table);
