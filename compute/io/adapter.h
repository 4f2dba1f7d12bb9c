#pragma once

#include "io/weights.h"

/**
 * TpoAdapter: a low-rank change of a matrix W [out, in]: W + scale · B·A. Hu et al., "LoRA" (2021).
 *
 * Halves are named after the matrix: "X.base_layer.weight" or "X.weight" has "X.lora_A.default.weight"
 * and "X.lora_B.default.weight".
 */
typedef struct {
  const TpoWeight *down; /* A [r, in]; NULL if the matrix has no adapter */
  const TpoWeight *up;   /* B [out, r] */
  float scale;           /* alpha / r */
} TpoAdapter;

/** tpo_is_adapter: whether @name is that of one half */
gboolean tpo_is_adapter (const char *name);

/** tpo_adapter_find: halves of the adapter of the matrix @name, in files that were checked */
TpoAdapter tpo_adapter_find (const TpoWeights *weights, const char *name, float scale);

/**
 * tpo_adapter_add:
 * @first, @n: rows of W
 * @values: (inout): [@n, in]: those rows, to which scale · B·A is added
 */
void tpo_adapter_add (const TpoAdapter *self, gsize first, gsize n, float *values);

/**
 * tpo_adapter_norm: Frobenius norm of scale · B·A: the root of the sum of (BᵀB) ∘ (A·Aᵀ), both r ×
 * r
 */
double tpo_adapter_norm (const TpoAdapter *self);
