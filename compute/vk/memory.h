#pragma once

#include "vk/device.h"

/**
 * TpoVkBuffer: a range of bytes in device memory, part of a larger block.
 *
 * Starts at a multiple of 256 bytes. Its device must outlive it. The GPU never touches a buffer
 * between two calls of this folder (see vk/queue.c), so that it may be freed at any time.
 */
typedef struct _TpoVkBuffer TpoVkBuffer;

/** tpo_vk_buffer_new: Returns: (transfer full): content undefined; %NULL with TPO_ERROR_NO_MEMORY */
TpoVkBuffer *tpo_vk_buffer_new (TpoDevice *device, gsize size, GError **error);

/**
 * tpo_vk_buffer_new_input: the same for what the host writes before runs. Where it does not see the
 *   device's memory, a small one lies in memory that both see, so that writing it is no submission
 */
TpoVkBuffer *tpo_vk_buffer_new_input (TpoDevice *device, gsize size, GError **error);
void tpo_vk_buffer_free (TpoVkBuffer *self);
gsize tpo_vk_buffer_size (const TpoVkBuffer *self);

/** tpo_vk_buffer_write: copies @size bytes to @offset, in slices where a staging copy is needed */
gboolean tpo_vk_buffer_write (TpoVkBuffer *self, gsize offset, const void *data, gsize size,
                              GError **error);
gboolean tpo_vk_buffer_read (TpoVkBuffer *self, gsize offset, void *data, gsize size,
                             GError **error);

/** tpo_vk_buffer_clear: zeros */
gboolean tpo_vk_buffer_clear (TpoVkBuffer *self, gsize offset, gsize size, GError **error);

/** tpo_vk_zeros: 256 zero bytes to bind where an operand is absent. Returns: (transfer none) */
TpoVkBuffer *tpo_vk_zeros (TpoDevice *device);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoVkBuffer, tpo_vk_buffer_free)
