#pragma once

#include "io/weights.h"

/**
 * tpo_llava_rename:
 *
 * Brings the names of LLaVA-OneVision, where @weights has them, to those that VideoChat-TPO gives
 * to the same parts; so adapters, conversion and loading know one name. Others stay.
 *
 *   model.{embed_tokens, layers, norm}.*      lm.base_model.model.model.*
 *   lm_head.*                                 lm.base_model.model.lm_head.*
 *   model.vision_tower.vision_tower.*         vision_tower.*
 *   model.mm_projector.*                      mm_projector.*
 *   model.image_newline                       image_newline
 *
 * Returns: false with TPO_ERROR_FORMAT if two tensors come to the same name
 */
gboolean tpo_llava_rename (TpoWeights *weights, GError **error);
