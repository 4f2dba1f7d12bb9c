#pragma once

#include <glib.h>

#include "base/type.h"

/**
 * synth_values:
 * @name: the tensor's name; with the position it determines every number, on any machine
 * @shape: its whole shape
 * @first: position of the first number wanted
 * @values: (out caller-allocates): [@n]
 *
 * Stands in for trained weights: bell-shaped numbers that keep activations of a deep network near
 * 1, by what the name and shape say. Matrices and convolutions: deviation 1/√(inputs), so that a
 * product is as large as what comes in. Gains of norms: about 1. Biases, tokens, embeddings and
 * position tables: deviation 0.02. Scales of residual branches ("gamma"): 0.1. Slopes of
 * activations: 0.25. Upper halves of adapters: a tenth of what they would be, so that an adapter
 * changes its matrix a little. position_ids: 0, 1, 2, …
 */
void synth_values (const char *name, const TpoShape *shape, gsize first, gsize n,
                   float *values);
