#pragma once

#include "models/layers/blocks.h"
#include "models/layers/taps.h"

/**
 * The projector of LLaVA-OneVision: each vision token becomes one row of a prompt; for videos the
 * map of a frame's rows is halved in both directions.
 *
 * Li et al., "LLaVA-OneVision: Easy Visual Task Transfer" (2024), section 3; "mlp2x_gelu" and
 * get_2dPool of LLaVA-NeXT (llava/model/multimodal_projector/builder.py,
 * llava/model/llava_arch.py).
 */

/**
 * TpoProjectorConfig: sizes of the projector.
 */
typedef struct {
  guint vision_width; /* channels of a vision token */
  guint llm_width;    /* channels of the language model */
  guint pool_stride;  /* by which a video's maps shrink: 2 */
  guint tile_grid; /* tiles in a row or column of a picture at most; 0: pictures are not cut */
  guint max_tiles; /* of whose number of cells a picture is left at most, about; 0: all */
} TpoProjectorConfig;

/**
 * tpo_projector_config_read:
 * @prefix: of the settings: "videochat-tpo.projector." in model files
 *
 * Returns: false with TPO_ERROR_FORMAT, naming the key
 */
gboolean tpo_projector_config_read (TpoProjectorConfig *config, const TpoMetadata *metadata,
                                    const char *prefix, GError **error);

typedef struct _TpoProjector TpoProjector;

/**
 * tpo_projector_load: "mm_projector.0.*", "mm_projector.2.*", "image_newline"
 *
 * Returns: (transfer full): %NULL with the loader's error
 */
TpoProjector *tpo_projector_load (TpoLoader *loader, const TpoProjectorConfig *config,
                                  GError **error);
void tpo_projector_free (TpoProjector *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoProjector, tpo_projector_free)

const TpoProjectorConfig *tpo_projector_get_config (const TpoProjector *self);

/** tpo_projector_n_rows: rows of a frame of @n_tokens tokens, a square number; fewer when @pooled */
guint tpo_projector_n_rows (const TpoProjector *self, guint n_tokens, gboolean pooled);

/**
 * tpo_projector_get_newline: the learned row that ends what is shown. Returns: (transfer none):
 * [llm_width]
 */
const float *tpo_projector_get_newline (const TpoProjector *self);

/**
 * tpo_projector_forward:
 * @vision: [T · n, vision_width], n a square number
 * @n_frames: T
 * @pooled: whether to shrink the maps: bilinear, half-pixel centres, ceil (√n / pool_stride) rows
 *   and columns
 *
 * fc2 (gelu (fc1 (x))), GELU with erf, then the pooling. Returns: [T · tpo_projector_n_rows(),
 * llm_width]
 */
TpoTensor *tpo_projector_forward (TpoGraph *g, const TpoProjector *self, TpoTensor *vision,
                                  guint n_frames, gboolean pooled);
