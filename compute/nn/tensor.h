#pragma once

#include <tpo/device.h>

#include "base/type.h"

/**
 * TpoTensor:
 *
 * A dense row-major array in device memory. There are two lives of one type:
 * persistent tensors (weights, constants, KV cache, frame memories), made here and counted by
 * reference; and results of graph nodes (nn/ops.h), which their graph owns and plans memory for.
 * Block types lie otherwise on the device than in files (nn/packing.h); that is invisible here.
 * Belongs to its device's thread.
 */
typedef struct _TpoTensor TpoTensor;

/**
 * tpo_tensor_new:
 * @name: (nullable): copied; appears in error messages and timings
 * @type: F32, F16, U8, I32 or a block type: Q8_0, Q4_0, Q4_1, Q4_K, Q5_K, Q6_K
 *
 * Makes a persistent tensor; its content is undefined until it is written.
 * Returns: (transfer full): %NULL with TPO_ERROR_NO_MEMORY or TPO_ERROR_SHAPE
 */
TpoTensor *tpo_tensor_new (TpoDevice *device, const char *name, TpoType type, TpoShape shape,
                           GError **error);

/**
 * tpo_tensor_write:
 * @data: dense, in the type's own layout (base/type.h)
 * @size: bytes; must be tpo_shape_size() of the tensor
 *
 * Copies host data to a persistent tensor, in slices of bounded size; waits for earlier work.
 */
gboolean tpo_tensor_write (TpoTensor *self, const void *data, gsize size, GError **error);

/**
 * tpo_tensor_write_part:
 * @start: first element of those that @data has, @n_elements in a row; both whole blocks
 *
 * tpo_tensor_write() of a part, for data that are made piece by piece.
 */
gboolean tpo_tensor_write_part (TpoTensor *self, gint64 start, const void *data,
                                gint64 n_elements, GError **error);

/** tpo_tensor_read: the reverse of tpo_tensor_write() */
gboolean tpo_tensor_read (TpoTensor *self, void *data, gsize size, GError **error);

/** tpo_tensor_clear: fills a persistent tensor with zeros */
gboolean tpo_tensor_clear (TpoTensor *self, GError **error);

/** tpo_tensor_max_size: bytes of the largest tensor that every operator takes as it is */
gsize tpo_tensor_max_size (TpoDevice *device);

const char *tpo_tensor_get_name (const TpoTensor *self);
TpoType tpo_tensor_get_type (const TpoTensor *self);
const TpoShape *tpo_tensor_get_shape (const TpoTensor *self);

/** tpo_tensor_dim: size of dimension @index; negative counts from the last: -1 is the row length */
gint64 tpo_tensor_dim (const TpoTensor *self, int index);

TpoTensor *tpo_tensor_ref (TpoTensor *self);
void tpo_tensor_unref (TpoTensor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoTensor, tpo_tensor_unref)
