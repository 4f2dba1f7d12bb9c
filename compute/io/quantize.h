#pragma once

#include <glib.h>

#include "base/type.h"

/*
 * Conversion of stored numbers on the host, for files and tests. The model's own arithmetic runs
 * in shaders.
 */

/**
 * tpo_numbers_read:
 * @type: any type
 * @bytes: elements in storage order, unaligned; @n of them, whole blocks
 * @values: (out caller-allocates): [@n]
 *
 * Exact, but for F64 and I64, which are rounded.
 */
void tpo_numbers_read (TpoType type, const guint8 *bytes, gsize n, float *values);

/**
 * tpo_numbers_write:
 * @type: F32, F16, BF16, Q8_0 or Q4_0
 * @values: [@n]; for block types @n is a multiple of 32
 * @bytes: (out caller-allocates)
 *
 * Rounds to nearest. Q8_0: scale = largest magnitude of the block / 127 rounded to half precision
 * after the quotients are taken with the unrounded scale, as other GGUF writers do. Q4_0: the same
 * with the value of largest magnitude / -8, quotients cut to -8 … 7.
 */
void tpo_numbers_write (TpoType type, const float *values, gsize n, guint8 *bytes);

/** tpo_numbers_fit_half: whether no finite value of @values exceeds the range of F16 */
gboolean tpo_numbers_fit_half (const float *values, gsize n);
