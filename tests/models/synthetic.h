#pragma once

#include "io/weights.h"

/**
 * Weights and inputs that follow from their names by a rule, so that results computed elsewhere at
 * full size can be checked without the weights: 32-bit FNV-1a of the name, plus a multiple of the
 * element's index, mixed ("lowbias32", Wellons 2018); scaled by what the name and the shape say.
 */

/**
 * tpo_synthetic_weights:
 * @list: path of a text file, a tensor a line: "NAME 2x3", where {a,b} and {0..3} in NAME stand for
 *   several; lines with "#" are remarks
 * @prefix: put in front of the names in the result; the rule sees them without
 *
 * @constant: (nullable): name of a tensor that is all @value instead
 *
 * Returns: (transfer full): F32
 */
TpoWeights *tpo_synthetic_weights (const char *list, const char *prefix, const char *constant,
                                   float value);

/** tpo_synthetic_add: one tensor more, F32, under @prefix and @name; the rule sees @name alone */
void tpo_synthetic_add (TpoWeights *weights, const char *prefix, const char *name,
                        const TpoShape *shape);

/** tpo_synthetic_values: elements @first … @first + @n - 1 of the weight @name of @shape */
void tpo_synthetic_values (const char *name, const TpoShape *shape, gsize first, gsize n,
                           float *values);

/** tpo_synthetic_input: Returns: (transfer full): [@n], -1 … 1 */
float *tpo_synthetic_input (const char *name, gsize n);
