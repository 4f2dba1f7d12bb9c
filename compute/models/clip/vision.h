#pragma once

#include "models/layers/loader.h"
#include "models/layers/taps.h"

/**
 * Vision tower of InternVideo2-CLIP: clips of a second to one feature row each. Wang et al.,
 * "InternVideo2" (2024); internvideo2_clip_vision.py. Letters: B clips, T frames of a clip, N
 * tokens (class token first), C width.
 */

/**
 * TpoClipVisionConfig: sizes, from the settings under "vision." of the prefix given.
 */
typedef struct {
  guint image_size, patch_size;
  guint width, depth, n_heads;
  guint n_pool_heads, n_out; /* attention pooling and the feature row */
  guint n_frames;            /* T */
  guint n_stored_frames;     /* of the position table in the file, stretched to T */
  float rms_eps, ln_eps;
} TpoClipVisionConfig;

gboolean tpo_clip_vision_config_read (const TpoMetadata *metadata, const char *prefix,
                                      TpoClipVisionConfig *config, GError **error);

typedef struct _TpoClipVision TpoClipVision;

/**
 * tpo_clip_vision_load: tensors "vision_encoder.*" after the loader's prefix. Returns: (transfer
 * full)
 */
TpoClipVision *tpo_clip_vision_load (TpoLoader *loader, const TpoClipVisionConfig *config,
                                     GError **error);
void tpo_clip_vision_free (TpoClipVision *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoClipVision, tpo_clip_vision_free)

const TpoClipVisionConfig *tpo_clip_vision_get_config (const TpoClipVision *self);

/**
 * tpo_clip_vision_forward:
 * @frames: [B·T, image_size, image_size, 3] F32, normalised
 * @taps: (nullable): of all clips: "pos_embed_stretched", "patch_embed", "tokens", "blockN",
 *   "block0.attn"
 *
 * Returns: [B, n_out], not normalised
 */
TpoTensor *tpo_clip_vision_forward (const TpoClipVision *self, TpoGraph *g, TpoTensor *frames,
                                    TpoTaps *taps);
