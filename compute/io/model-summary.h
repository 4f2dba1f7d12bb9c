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
 * tpo_model_hash:
 * @file_size: (out): bytes
 *
 * Tells two files apart without reading gigabytes: a digest of the size and of the first megabyte,
 * header included.
 *
 * Returns: (transfer full) (nullable): 12 hexadecimal digits, or %NULL with an error of GIO
 */
char *tpo_model_hash (const char *path, guint64 *file_size, GError **error);

/**
 * TpoModelMemory: device memory that a model takes, estimated; bytes
 *
 * Matrices are counted as they are held on the device. Activations are those of the widest place
 * of each network: its positions times its width times the vectors that are alive together in a
 * block, in F32.
 */
typedef struct {
  guint64 weights[TPO_COMPONENT_COUNT + 1]; /* by part; the last of tensors of no part */
  guint64 cache; /* keys and values of the longest prompt and answer; 0 without settings */
  guint64 activations; /* of chatting */
  guint64 mask;        /* activations of the mask head */
} TpoModelMemory;

/** tpo_model_held_size: bytes of @weight on a device */
guint64 tpo_model_held_size (const TpoWeight *weight);

void tpo_model_memory (const TpoWeights *weights, TpoModelMemory *memory);

/** tpo_model_memory_all: with all heads held at once */
guint64 tpo_model_memory_all (const TpoModelMemory *self);

/** tpo_model_memory_least: with heads held in turn, and the largest of them at work */
guint64 tpo_model_memory_least (const TpoModelMemory *self);
