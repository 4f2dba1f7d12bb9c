#pragma once

#include "io/model-config.h"

/*
 * Settings that follow from the tensors of a part. The clip encoders and SAM 2 are published
 * without a description of their sizes.
 */

/**
 * tpo_model_adjust:
 * @weights: tensors of @component
 * @metadata: (inout): settings of a config.json
 *
 * Sets what a config.json does not tell of a part: the frames of CLIP_VISION's position table, and
 * that CLIP_TEXT has no adapters.
 */
void tpo_model_adjust (const TpoWeights *weights, TpoComponent component,
                       TpoMetadata *metadata);

/**
 * tpo_model_detect:
 * @weights: tensors of @component, under the names of this program
 * @component: CLIP_VISION, CLIP_TEXT or MASK
 * @metadata: (inout): gets the part's settings
 *
 * Settings are the published ones, but for sizes: InternVideo2-CLIP 1B and 6B, LLaMA models, SAM 2
 * and 2.1 in four sizes are told by their tensors. Whether all other tensors are there and fit is
 * left to tpo_model_spec_check().
 *
 * Returns: false with TPO_ERROR_UNSUPPORTED if the sizes are none of these, TPO_ERROR_FORMAT if
 *   there is no such part
 */
gboolean tpo_model_detect (const TpoWeights *weights, TpoComponent component,
                           TpoMetadata *metadata, GError **error);
