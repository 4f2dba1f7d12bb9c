#include "config.h"

#include <string.h>

#include "vk/device-private.h"

/* Copies between host memory and buffers: directly where the memory is mapped, else through one
 * staging block in slices. Nothing of the device is under way when these are called (vk/queue.c). */

#define STAGING_SIZE ((gsize) 16 << 20)

static TpoVkBlock *
staging (TpoDevice *device, GError **error)
{
  const VkMemoryPropertyFlags visible =
      VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
  int type;

  if (device->staging != NULL)
    return device->staging;
  /* Cached, since results are read from it. Vulkan promises a visible and coherent type. */
  type = tpo_vk_find_memory_type (device, visible | VK_MEMORY_PROPERTY_HOST_CACHED_BIT);
  if (type < 0)
    type = tpo_vk_find_memory_type (device, visible);
  g_assert (type >= 0);
  device->staging = tpo_vk_block_new (device, STAGING_SIZE, (guint) type, error);
  return device->staging;
}

/* Makes the transfer's writes visible to shaders or to the host, whoever comes next. */
static void
close_transfer (TpoDevice *device, VkCommandBuffer commands)
{
  const VkMemoryBarrier barrier = {
    .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
    .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
    .dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT |
                     VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT |
                     VK_ACCESS_HOST_READ_BIT,
  };

  device->vk.vkCmdPipelineBarrier (commands, VK_PIPELINE_STAGE_TRANSFER_BIT,
                                   VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT |
                                       VK_PIPELINE_STAGE_TRANSFER_BIT |
                                       VK_PIPELINE_STAGE_HOST_BIT,
                                   0, 1, &barrier, 0, NULL, 0, NULL);
}

static gboolean
copy (TpoDevice *device, VkBuffer from, gsize from_offset, VkBuffer to, gsize to_offset,
      gsize size, GError **error)
{
  const VkBufferCopy region = { from_offset, to_offset, size };
  VkCommandBuffer commands = tpo_vk_transfer_begin (device, error);

  if (commands == VK_NULL_HANDLE)
    return FALSE;
  device->vk.vkCmdCopyBuffer (commands, from, to, 1, &region);
  close_transfer (device, commands);
  return tpo_vk_transfer_end (device, error);
}

gboolean
tpo_vk_buffer_write (TpoVkBuffer *self, gsize offset, const void *data, gsize size,
                     GError **error)
{
  TpoDevice *device = self->device;
  const guint8 *bytes = data;
  TpoVkBlock *stage;

  g_return_val_if_fail (offset <= self->size && size <= self->size - offset, FALSE);
  if (size == 0)
    return TRUE;
  if (self->pool->direct_write) {
    memcpy (self->block->mapped + self->offset + offset, bytes, size);
    return TRUE;
  }
  stage = staging (device, error);
  if (stage == NULL)
    return FALSE;
  for (gsize done = 0; done < size; done += STAGING_SIZE) {
    gsize part = MIN (size - done, STAGING_SIZE);

    memcpy (stage->mapped, bytes + done, part);
    if (!copy (device, stage->buffer, 0, self->block->buffer, self->offset + offset + done,
               part, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
tpo_vk_buffer_read (TpoVkBuffer *self, gsize offset, void *data, gsize size, GError **error)
{
  TpoDevice *device = self->device;
  guint8 *bytes = data;
  TpoVkBlock *stage;

  g_return_val_if_fail (offset <= self->size && size <= self->size - offset, FALSE);
  if (size == 0)
    return TRUE;
  if (self->pool->direct_read) {
    memcpy (bytes, self->block->mapped + self->offset + offset, size);
    return TRUE;
  }
  stage = staging (device, error);
  if (stage == NULL)
    return FALSE;
  for (gsize done = 0; done < size; done += STAGING_SIZE) {
    gsize part = MIN (size - done, STAGING_SIZE);

    if (!copy (device, self->block->buffer, self->offset + offset + done, stage->buffer, 0,
               part, error))
      return FALSE;
    memcpy (bytes + done, stage->mapped, part);
  }
  return TRUE;
}

gboolean
tpo_vk_buffer_clear (TpoVkBuffer *self, gsize offset, gsize size, GError **error)
{
  TpoDevice *device = self->device;
  VkCommandBuffer commands;

  g_return_val_if_fail (offset <= self->size && size <= self->size - offset, FALSE);
  if (size == 0)
    return TRUE;
  if (self->pool->direct_write) {
    memset (self->block->mapped + self->offset + offset, 0, size);
    return TRUE;
  }
  commands = tpo_vk_transfer_begin (device, error);
  if (commands == VK_NULL_HANDLE)
    return FALSE;
  /* The fill command takes whole words; the bytes after an odd end are the buffer's own room. */
  g_assert (offset % 4 == 0);
  device->vk.vkCmdFillBuffer (commands, self->block->buffer, self->offset + offset,
                              (size + 3) / 4 * 4, 0);
  close_transfer (device, commands);
  return tpo_vk_transfer_end (device, error);
}
