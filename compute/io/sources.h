#pragma once

#include <tpo/convert.h>

#include "io/model-config.h"

/**
 * tpo_sources_open:
 * @source: (nullable): folder or file of the model; %NULL for the mask head alone
 * @options: other files, and which adapters to leave out
 * @unused: (inout): gets "NAME: reason" of every tensor of the other files that is left out
 *
 * Opens all files of a conversion as one: the tensors of other files under the names that our
 * models use, in place of the same part of @source. Settings of a part are those of the source
 * where its tensors fit them, else found by tpo_model_detect().
 *
 *   encoder files   "vision_encoder.…" without the decoders and image tables; "temp". A name in
 *                   several files is taken from the last
 *   text file       "transformer.…", "text_projection", becoming "text_encoder.…"
 *   mask file       everything, becoming "sam.…"
 *
 * Returns: (transfer full) (nullable): %NULL with TPO_ERROR_IO, TPO_ERROR_FORMAT or
 *   TPO_ERROR_UNSUPPORTED
 */
TpoWeights *tpo_sources_open (const char *source, const TpoConvertOptions *options,
                              GPtrArray *unused, GError **error);

/**
 * tpo_sources_find_tokenizer:
 *
 * Returns: (transfer full) (nullable): path of the query encoder's tokenizer.model: as given in
 *   @options; else beside the text file or in chinese_alpaca_lora_7b/ there; else
 *   clip-tokenizer.model in the folder @source; %NULL if there is none
 */
char *tpo_sources_find_tokenizer (const char *source, const TpoConvertOptions *options);
