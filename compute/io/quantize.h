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

/** tpo_five_bits: number @i of the 32 of a Q5_0 or Q5_1 block: @bytes: 4 with the fifth bits, then 16 with the others as in
 *   Q4_0 */
guint tpo_five_bits (const guint8 *bytes, guint i);

/** tpo_iq4_values: what the nibbles of IQ4_NL and IQ4_XS stand for */
extern const gint8 tpo_iq4_values[16];

/** tpo_iq4_xs_scale: -32 … 31, of the @group of 32 elements of an IQ4_XS block, 0 … 7 */
gint tpo_iq4_xs_scale (const guint8 *block, guint group);

/** tpo_q3_k_scale: -32 … 31, of the @group of 16 elements of a Q3_K block, 0 … 15 */
gint tpo_q3_k_scale (const guint8 *block, guint group);

/** tpo_q3_k_number: -4 … 3, element @i of a Q3_K block, 0 … 255 */
gint tpo_q3_k_number (const guint8 *block, guint i);
