#include "config.h"

#include "vk/device-private.h"

/*
 * The one queue of a device and its timeline.
 *
 * Invariants:
 *  1. Only the device's thread calls this file.
 *  2. Every submission signals the timeline with the next value; values complete in order.
 *  3. Every function of vk/ that submits also waits, on all paths out, before it returns to its caller:
 *     between two calls nothing is under way. So the host may read, write and free any buffer
 *     then, and recorded commands may be submitted again.
 *  4. A submission begins with a barrier against all earlier work (vk/commands.c, vk/transfer.c), so
 *     that submissions need no semaphores between them.
 */

gboolean
tpo_vk_queue_init (TpoDevice *device, GError **error)
{
  const VkSemaphoreTypeCreateInfo type = {
    .sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
    .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
  };
  const VkSemaphoreCreateInfo semaphore = {
    .sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
    .pNext = &type,
  };
  const VkCommandPoolCreateInfo pool = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
    .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
    .queueFamilyIndex = device->queue_family,
  };
  VkCommandBufferAllocateInfo commands = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
    .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
    .commandBufferCount = 1,
  };
  VkResult result;

  result = device->vk.vkCreateSemaphore (device->handle, &semaphore, NULL, &device->timeline);
  if (!tpo_vk_ok (result, "vkCreateSemaphore", error))
    return FALSE;
  result = device->vk.vkCreateCommandPool (device->handle, &pool, NULL, &device->pool);
  if (!tpo_vk_ok (result, "vkCreateCommandPool", error))
    return FALSE;
  commands.commandPool = device->pool;
  result = device->vk.vkAllocateCommandBuffers (device->handle, &commands,
                                                &device->transfer_commands);
  return tpo_vk_ok (result, "vkAllocateCommandBuffers", error);
}

void
tpo_vk_queue_clear (TpoDevice *device)
{
  if (device->pool != VK_NULL_HANDLE)
    device->vk.vkDestroyCommandPool (device->handle, device->pool, NULL);
  if (device->timeline != VK_NULL_HANDLE)
    device->vk.vkDestroySemaphore (device->handle, device->timeline, NULL);
}

gboolean
tpo_vk_queue_submit (TpoDevice *device, VkCommandBuffer commands, guint64 *value,
                     GError **error)
{
  const guint64 next = device->last_value + 1;
  const VkTimelineSemaphoreSubmitInfo timeline = {
    .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
    .signalSemaphoreValueCount = 1,
    .pSignalSemaphoreValues = &next,
  };
  const VkSubmitInfo info = {
    .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
    .pNext = &timeline,
    .commandBufferCount = 1,
    .pCommandBuffers = &commands,
    .signalSemaphoreCount = 1,
    .pSignalSemaphores = &device->timeline,
  };
  VkResult result = device->vk.vkQueueSubmit (device->queue, 1, &info, VK_NULL_HANDLE);

  if (!tpo_vk_ok (result, "vkQueueSubmit", error))
    return FALSE;
  device->last_value = next;
  *value = next;
  return TRUE;
}

gboolean
tpo_vk_queue_wait (TpoDevice *device, guint64 value, GError **error)
{
  const VkSemaphoreWaitInfo info = {
    .sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
    .semaphoreCount = 1,
    .pSemaphores = &device->timeline,
    .pValues = &value,
  };

  return tpo_vk_ok (device->vk.vkWaitSemaphores (device->handle, &info, G_MAXUINT64),
                    "vkWaitSemaphores", error);
}

VkCommandBuffer
tpo_vk_transfer_begin (TpoDevice *device, GError **error)
{
  const VkCommandBufferBeginInfo info = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
    .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT,
  };
  const VkMemoryBarrier barrier = {
    .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
    .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
    .dstAccessMask = VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
  };
  VkResult result = device->vk.vkBeginCommandBuffer (device->transfer_commands, &info);

  if (!tpo_vk_ok (result, "vkBeginCommandBuffer", error))
    return VK_NULL_HANDLE;
  device->vk.vkCmdPipelineBarrier (
      device->transfer_commands,
      VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
      VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 1, &barrier, 0, NULL, 0, NULL);
  return device->transfer_commands;
}

gboolean
tpo_vk_transfer_end (TpoDevice *device, GError **error)
{
  VkResult result = device->vk.vkEndCommandBuffer (device->transfer_commands);
  guint64 value;

  return tpo_vk_ok (result, "vkEndCommandBuffer", error) &&
         tpo_vk_queue_submit (device, device->transfer_commands, &value, error) &&
         tpo_vk_queue_wait (device, value, error);
}
