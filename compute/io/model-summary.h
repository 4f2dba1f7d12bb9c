#pragma once

#include "io/model-config.h"

/*
 * What can be told of a model file before it is loaded: which heads it has, which file it is, and
 * how much device memory it will take.
 */

/** TpoModelHead: bits of tpo_model_heads() */
typedef enum {
  TPO_MODEL_HEAD_REGION = 1 << 0,
  TPO_MODEL_HEAD_TEMPORAL = 1 << 1,
  TPO_MODEL_HEAD_MASK = 1 << 2,
} TpoModelHead;

/** tpo_model_heads: bits of the heads of which @weights have all parts; the temporal head needs both encoders of its
 * features */
guint tpo_model_heads (const TpoWeights *weights);

/**
 * tpo_model_version:
 * @file_size: (out): bytes
 *
 * Tells two files apart without reading gigabytes: a digest of the size and of the first megabyte,
 * header included.
 *
 * Returns: (transfer full) (nullable): 12 hexadecimal digits, or %NULL with an error of GIO
 */
char *tpo_model_version (const char *path, guint64 *file_size, GError **error);

/**
 * tpo_model_memory:
 *
 * Device memory that the model takes with all its heads loaded, estimated: matrices as they are
 * held on the device, the language model's cache for the longest prompt and answer, and the
 * largest activations of each encoder. 0 where settings are missing.
 */
guint64 tpo_model_memory (const TpoWeights *weights);
