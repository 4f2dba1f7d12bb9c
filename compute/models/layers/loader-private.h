#pragma once

#include "models/layers/loader.h"

/* Shared by the files that make up the loader; networks see only loader.h. */

struct _TpoLoader {
  TpoDevice *device;
  TpoWeights *weights;
  TpoLoaderOptions options;
  GString *prefix;
  GArray *levels;     /* gsize: length of @prefix before each enter */
  GPtrArray *tensors; /* loaded since the last take */
  guint64 done_size;  /* file bytes loaded so far */
  float lora_alpha;
  GError *error; /* the first one, or NULL */
};

/** tpo_loader_squeeze: @shape without its sizes of 1 */
TpoShape tpo_loader_squeeze (const TpoShape *shape);

/**
 * tpo_loader_find:
 * @name: without the prefix
 * @is_matrix: dimensions after the first may be flattened
 *
 * Returns: (transfer none) (nullable): %NULL with the error remembered
 */
const TpoWeight *tpo_loader_find (TpoLoader *self, const char *name, const TpoShape *expected,
                                  gboolean is_matrix);

/**
 * tpo_loader_decode: (transfer full) (nullable): @count elements from @start, whole blocks, as
 * floats
 */
float *tpo_loader_decode (TpoLoader *self, const TpoWeight *weight, gint64 start, gint64 count);

/** tpo_loader_store: makes a tensor of those bytes. Returns: (transfer none) (nullable) */
TpoTensor *tpo_loader_store (TpoLoader *self, const char *name, TpoType type, TpoShape shape,
                             const void *bytes);

/** tpo_loader_store_floats: the same with conversion to @type */
TpoTensor *tpo_loader_store_floats (TpoLoader *self, const char *name, TpoType type,
                                    TpoShape shape, const float *values);

/** tpo_loader_convert: makes a tensor of @type from @bytes that are of type @filed, a few megabytes at a time.
 *   Returns: (transfer none) (nullable) */
TpoTensor *tpo_loader_convert (TpoLoader *self, const char *name, TpoType filed,
                               const guint8 *bytes, TpoType type, TpoShape shape);

/** tpo_loader_advance: counts @size file bytes of @weight as done and reports progress */
void tpo_loader_advance (TpoLoader *self, const TpoWeight *weight, gsize size);

/**
 * tpo_loader_matrix_type: what a matrix with @n_cols columns, stored as @filed, becomes on the
 * device
 */
TpoType tpo_loader_matrix_type (TpoLoader *self, TpoType filed, gint64 n_cols);
