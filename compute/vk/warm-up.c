#include "config.h"

#include "vk/device-private.h"
#include "vk/pipeline.h"

/* Some drivers compile at the first dispatch. A dispatch of no workgroups makes them do it, and uses no
 * descriptor, but one must be bound all the same: a few zero bytes. */

static VkDescriptorSet
make_zeros_set (TpoDevice *device, TpoVkPipeline *pipeline, VkDescriptorPool pool,
                VkBufferView view, GError **error)
{
  const VkDescriptorSetAllocateInfo info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
    .descriptorPool = pool,
    .descriptorSetCount = 1,
    .pSetLayouts = &pipeline->set_layout,
  };
  const VkDescriptorBufferInfo range = {
    .buffer = device->zeros->block->buffer,
    .offset = device->zeros->offset,
    .range = device->zeros->size,
  };
  VkDescriptorSet set;

  if (!tpo_vk_ok (device->vk.vkAllocateDescriptorSets (device->handle, &info, &set),
                  "vkAllocateDescriptorSets", error))
    return VK_NULL_HANDLE;
  for (guint32 i = 0; i < pipeline->n_bindings; i++) {
    const VkWriteDescriptorSet write = {
      .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
      .dstSet = set,
      .dstBinding = i,
      .descriptorCount = 1,
      .descriptorType = pipeline->texels >> i & 1 ? VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER
                                                  : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
      .pBufferInfo = &range,
      .pTexelBufferView = &view,
    };

    device->vk.vkUpdateDescriptorSets (device->handle, 1, &write, 0, NULL);
  }
  return set;
}

static gboolean
dispatch_nothing (TpoDevice *device, TpoVkPipeline *self, VkDescriptorSet set, GError **error)
{
  const guint8 zeros[TPO_VK_PUSH_SIZE] = { 0 };
  VkCommandBuffer commands = tpo_vk_transfer_begin (device, error);

  if (commands == VK_NULL_HANDLE)
    return FALSE;
  device->vk.vkCmdBindPipeline (commands, VK_PIPELINE_BIND_POINT_COMPUTE, self->handle);
  device->vk.vkCmdBindDescriptorSets (commands, VK_PIPELINE_BIND_POINT_COMPUTE, self->layout, 0,
                                      1, &set, 0, NULL);
  device->vk.vkCmdPushConstants (commands, self->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0,
                                 sizeof (zeros), zeros);
  device->vk.vkCmdDispatch (commands, 0, 1, 1);
  return tpo_vk_transfer_end (device, error);
}

gboolean
tpo_vk_pipeline_warm (TpoDevice *device, TpoVkPipeline *self, GError **error)
{
  const VkDescriptorPoolSize sizes[] = {
    { VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, TPO_VK_MAX_BINDINGS },
    { VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER, TPO_VK_MAX_BINDINGS },
  };
  const VkDescriptorPoolCreateInfo pool_info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
    .maxSets = 1,
    .poolSizeCount = G_N_ELEMENTS (sizes),
    .pPoolSizes = sizes,
  };
  const VkBufferViewCreateInfo view_info = {
    .sType = VK_STRUCTURE_TYPE_BUFFER_VIEW_CREATE_INFO,
    .buffer = device->zeros->block->buffer,
    .format = VK_FORMAT_R32G32B32A32_UINT,
    .offset = device->zeros->offset,
    .range = device->zeros->size,
  };
  VkDescriptorPool pool = VK_NULL_HANDLE;
  VkBufferView view = VK_NULL_HANDLE;
  VkDescriptorSet set = VK_NULL_HANDLE;
  gboolean ok;

  if (self->is_warm)
    return TRUE;
  ok = tpo_vk_ok (device->vk.vkCreateDescriptorPool (device->handle, &pool_info, NULL, &pool),
                  "vkCreateDescriptorPool", error) &&
       tpo_vk_ok (device->vk.vkCreateBufferView (device->handle, &view_info, NULL, &view),
                  "vkCreateBufferView", error);
  if (ok)
    set = make_zeros_set (device, self, pool, view, error);
  ok = set != VK_NULL_HANDLE && dispatch_nothing (device, self, set, error);
  if (view != VK_NULL_HANDLE)
    device->vk.vkDestroyBufferView (device->handle, view, NULL);
  if (pool != VK_NULL_HANDLE)
    device->vk.vkDestroyDescriptorPool (device->handle, pool, NULL);
  self->is_warm = ok;
  return ok;
}
