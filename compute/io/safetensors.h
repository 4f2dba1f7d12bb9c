#pragma once

#include "io/weights.h"

/**
 * tpo_safetensors_read:
 * @weights: (inout): gets the tensors and the string metadata, and holds @file
 * @file: the whole file: 8 bytes little-endian header length N, N bytes of JSON, then raw data
 * @path: for messages
 *
 * The header maps names to {dtype, shape, data_offsets: [begin, end]}, offsets counted from byte
 * 8 + N. Sizes must agree with shapes, and the tensors must cover the data without overlap or gap.
 * Types: F64 F32 F16 BF16 I64 I32 I8 U8 BOOL.
 *
 * Returns: false with TPO_ERROR_FORMAT or TPO_ERROR_UNSUPPORTED
 */
gboolean tpo_safetensors_read (TpoWeights *weights, GBytes *file, const char *path,
                               GError **error);
