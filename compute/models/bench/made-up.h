#pragma once

#include "io/weights.h"

/**
 * tpo_made_up_bytes:
 * @type: F32, F16 or a block type
 * @n: elements, whole blocks
 *
 * Numbers without meaning for weights, none above 1 or little more. They lie in a file without a
 * name, mapped as weights are: loading one drops its pages, which then come back from there.
 *
 * Returns: (transfer full) (nullable): %NULL with TPO_ERROR_NO_MEMORY
 */
GBytes *tpo_made_up_bytes (TpoType type, gsize n, GError **error);
