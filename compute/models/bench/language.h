#pragma once

#include <tpo/text.h>

#include "base/type.h"

/**
 * tpo_made_up_text_model:
 * @type: of all matrices: F32, F16 or a block type of 32
 * @capacity: tokens of the longest sequence
 *
 * A decoder of the llama family for measurements: 143 million weights made up on the spot, 30
 * layers of 576 channels, 9 heads that share 3, 32007 tokens. It has no tokenizer, so only
 * tpo_text_model_time() is for it.
 *
 * Returns: (transfer full) (nullable): %NULL with a device error
 */
TpoTextModel *tpo_made_up_text_model (TpoDevice *device, TpoType type, guint capacity,
                                      GError **error);
