#pragma once

#include "base/type.h"

/**
 * tpo_type_held: the type in which devices hold a matrix that a file has as @filed
 *
 * The same where they can; Q8_0 for Q5_0, IQ4_NL and IQ4_XS, Q6_K for Q3_K, which have room for all
 * of their values; F16 for anything else.
 */
TpoType tpo_type_held (TpoType filed);

/**
 * tpo_numbers_convert:
 * @from: of @bytes, any type
 * @n: elements, whole blocks of both types
 * @to: F32, F16, BF16, Q8_0, Q4_0, or tpo_type_held() of @from
 * @values: (out caller-allocates): [@n]: room to work in
 * @out: (out caller-allocates): the elements as @to has them
 *
 * Q5_0 and IQ4_NL to Q8_0 and Q3_K to Q6_K are exact; IQ4_XS to Q8_0 rounds scales to half
 * precision; the rest is tpo_numbers_read() and tpo_numbers_write().
 */
void tpo_numbers_convert (TpoType from, const guint8 *bytes, gsize n, TpoType to, float *values,
                          guint8 *out);
