#include "config.h"

#include <string.h>

#include "vk/commands.h"
#include "vk/device-private.h"

struct _TpoVkCommands {
  TpoDevice *device;
  VkCommandPool pool;
  VkDescriptorPool descriptors;
  VkQueryPool queries; /* two time stamps for each dispatch; absent when not timed */
  guint n_queries;
  guint n_dispatches; /* recorded */
  guint max_dispatches;
  GArray *submissions;       /* of VkCommandBuffer */
  GHashTable *views;         /* ViewKey → VkBufferView */
  GPtrArray *pipelines;      /* (not owned) of each dispatch, to be marked warm after a run */
  VkCommandBuffer recording; /* the submission being recorded */
  guint64 *stamps;
};

typedef struct {
  VkBuffer buffer;
  gsize offset;
  gsize size;
} ViewKey;

static guint
view_hash (gconstpointer key)
{
  const ViewKey *view = key;

  return g_direct_hash (view->buffer) * 31 + (guint) (view->offset >> 4) * 7 +
         (guint) view->size;
}

static gboolean
view_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (ViewKey)) == 0;
}

static gboolean
create_descriptor_pool (TpoVkCommands *self, guint n_sets, guint n_bindings, GError **error)
{
  TpoDevice *device = self->device;
  const VkDescriptorPoolSize sizes[] = {
    { VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, MAX (n_bindings, 1) },
    { VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER, MAX (n_bindings, 1) },
  };
  const VkDescriptorPoolCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
    .maxSets = MAX (n_sets, 1),
    .poolSizeCount = G_N_ELEMENTS (sizes),
    .pPoolSizes = sizes,
  };

  return tpo_vk_ok (
      device->vk.vkCreateDescriptorPool (device->handle, &info, NULL, &self->descriptors),
      "vkCreateDescriptorPool", error);
}

static gboolean
create_queries (TpoVkCommands *self, GError **error)
{
  TpoDevice *device = self->device;
  VkQueryPoolCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
    .queryType = VK_QUERY_TYPE_TIMESTAMP,
  };

  self->n_queries = 2 * self->max_dispatches;
  info.queryCount = MAX (self->n_queries, 1);
  self->stamps = g_new0 (guint64, info.queryCount);
  return tpo_vk_ok (device->vk.vkCreateQueryPool (device->handle, &info, NULL, &self->queries),
                    "vkCreateQueryPool", error);
}

TpoVkCommands *
tpo_vk_commands_new (TpoDevice *device, guint n_dispatches, guint n_bindings, gboolean timed,
                     GError **error)
{
  g_autoptr (TpoVkCommands) self = g_new0 (TpoVkCommands, 1);
  const VkCommandPoolCreateInfo pool = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
    .queueFamilyIndex = device->queue_family,
  };
  VkResult result;

  self->device = device;
  self->max_dispatches = n_dispatches;
  self->submissions = g_array_new (FALSE, FALSE, sizeof (VkCommandBuffer));
  self->pipelines = g_ptr_array_new ();
  self->views = g_hash_table_new_full (view_hash, view_equal, g_free, NULL);
  result = device->vk.vkCreateCommandPool (device->handle, &pool, NULL, &self->pool);
  if (!tpo_vk_ok (result, "vkCreateCommandPool", error) ||
      !create_descriptor_pool (self, n_dispatches, n_bindings, error))
    return NULL;
  if (timed && device->timestamp_period > 0 && !create_queries (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
tpo_vk_commands_free (TpoVkCommands *self)
{
  TpoDevice *device;
  GHashTableIter iter;
  gpointer view;

  if (self == NULL)
    return;
  device = self->device;
  g_hash_table_iter_init (&iter, self->views);
  while (g_hash_table_iter_next (&iter, NULL, &view))
    device->vk.vkDestroyBufferView (device->handle, (VkBufferView) view, NULL);
  g_hash_table_unref (self->views);
  g_ptr_array_unref (self->pipelines);
  if (self->queries != VK_NULL_HANDLE)
    device->vk.vkDestroyQueryPool (device->handle, self->queries, NULL);
  if (self->descriptors != VK_NULL_HANDLE)
    device->vk.vkDestroyDescriptorPool (device->handle, self->descriptors, NULL);
  if (self->pool != VK_NULL_HANDLE)
    device->vk.vkDestroyCommandPool (device->handle, self->pool, NULL);
  g_array_unref (self->submissions);
  g_free (self->stamps);
  g_free (self);
}

/* Everything recorded or submitted before is done, and seen, before what follows. */
static void
barrier (TpoVkCommands *self, VkPipelineStageFlags more_stages, VkAccessFlags more_access)
{
  const VkMemoryBarrier memory = {
    .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
    .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
    .dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT | more_access,
  };

  self->device->vk.vkCmdPipelineBarrier (self->recording, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                                         VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | more_stages, 0,
                                         1, &memory, 0, NULL, 0, NULL);
}

gboolean
tpo_vk_commands_begin (TpoVkCommands *self, GError **error)
{
  TpoDevice *device = self->device;
  const VkCommandBufferAllocateInfo info = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
    .commandPool = self->pool,
    .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
    .commandBufferCount = 1,
  };
  const VkCommandBufferBeginInfo begin = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
  };
  VkCommandBuffer commands;
  VkResult result;

  g_assert (self->recording == VK_NULL_HANDLE);
  result = device->vk.vkAllocateCommandBuffers (device->handle, &info, &commands);
  if (!tpo_vk_ok (result, "vkAllocateCommandBuffers", error))
    return FALSE;
  result = device->vk.vkBeginCommandBuffer (commands, &begin);
  if (!tpo_vk_ok (result, "vkBeginCommandBuffer", error))
    return FALSE;
  self->recording = commands;
  g_array_append_val (self->submissions, commands);
  if (self->queries != VK_NULL_HANDLE && self->submissions->len == 1)
    device->vk.vkCmdResetQueryPool (commands, self->queries, 0, MAX (self->n_queries, 1));
  barrier (self, 0, 0);
  return TRUE;
}

static VkBufferView
get_view (TpoVkCommands *self, const VkDescriptorBufferInfo *range, GError **error)
{
  TpoDevice *device = self->device;
  ViewKey key = { range->buffer, range->offset, range->range / 16 * 16 };
  VkBufferView view = g_hash_table_lookup (self->views, &key);
  const VkBufferViewCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_BUFFER_VIEW_CREATE_INFO,
    .buffer = key.buffer,
    .format = VK_FORMAT_R32G32B32A32_UINT,
    .offset = key.offset,
    .range = key.size,
  };

  if (view != VK_NULL_HANDLE)
    return view;
  if (!tpo_vk_ok (device->vk.vkCreateBufferView (device->handle, &info, NULL, &view),
                  "vkCreateBufferView", error))
    return VK_NULL_HANDLE;
  g_hash_table_insert (self->views, g_memdup2 (&key, sizeof (key)), view);
  return view;
}

/* Bytes as Vulkan wants them: whole 16-byte texels, which the buffer's room always covers. */
static VkDescriptorBufferInfo
resolve (const TpoVkBinding *binding)
{
  const TpoVkBuffer *buffer = binding->buffer;
  gsize size = binding->size > 0 ? binding->size : buffer->size - binding->offset;

  size = (MAX (size, 1) + 15) / 16 * 16;
  g_assert (binding->offset % 16 == 0 && binding->offset + size <= buffer->room);
  return (VkDescriptorBufferInfo){
    .buffer = buffer->block->buffer,
    .offset = buffer->offset + binding->offset,
    .range = size,
  };
}

static VkDescriptorSet
make_set (TpoVkCommands *self, TpoVkPipeline *pipeline, const TpoVkBinding *bindings,
          GError **error)
{
  TpoDevice *device = self->device;
  const VkDescriptorSetAllocateInfo info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
    .descriptorPool = self->descriptors,
    .descriptorSetCount = 1,
    .pSetLayouts = &pipeline->set_layout,
  };
  VkDescriptorBufferInfo ranges[TPO_VK_MAX_BINDINGS];
  VkBufferView views[TPO_VK_MAX_BINDINGS];
  VkWriteDescriptorSet writes[TPO_VK_MAX_BINDINGS];
  VkDescriptorSet set;

  if (!tpo_vk_ok (device->vk.vkAllocateDescriptorSets (device->handle, &info, &set),
                  "vkAllocateDescriptorSets", error))
    return VK_NULL_HANDLE;
  for (guint i = 0; i < pipeline->n_bindings; i++) {
    gboolean texel = pipeline->texels >> i & 1;

    ranges[i] = resolve (&bindings[i]);
    views[i] = texel ? get_view (self, &ranges[i], error) : VK_NULL_HANDLE;
    if (texel && views[i] == VK_NULL_HANDLE)
      return VK_NULL_HANDLE;
    writes[i] = (VkWriteDescriptorSet){
      .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
      .dstSet = set,
      .dstBinding = i,
      .descriptorCount = 1,
      .descriptorType =
          texel ? VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
      .pBufferInfo = &ranges[i],
      .pTexelBufferView = &views[i],
    };
  }
  device->vk.vkUpdateDescriptorSets (device->handle, pipeline->n_bindings, writes, 0, NULL);
  return set;
}

gboolean
tpo_vk_commands_dispatch (TpoVkCommands *self, TpoVkPipeline *pipeline,
                          const TpoVkBinding *bindings, const void *push, gsize push_size,
                          const guint32 groups[3], GError **error)
{
  TpoDevice *device = self->device;
  VkCommandBuffer commands = self->recording;
  VkDescriptorSet set;

  g_assert (commands != VK_NULL_HANDLE && self->n_dispatches < self->max_dispatches);
  g_assert (push_size % 4 == 0 && push_size <= TPO_VK_PUSH_SIZE);
  set = make_set (self, pipeline, bindings, error);
  if (set == VK_NULL_HANDLE)
    return FALSE;
  if (self->queries != VK_NULL_HANDLE) {
    /* One at a time, so that a time stamp is the dispatch's own. */
    barrier (self, 0, 0);
    device->vk.vkCmdWriteTimestamp (commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                                    self->queries, 2 * self->n_dispatches);
  }
  device->vk.vkCmdBindPipeline (commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline->handle);
  device->vk.vkCmdBindDescriptorSets (commands, VK_PIPELINE_BIND_POINT_COMPUTE,
                                      pipeline->layout, 0, 1, &set, 0, NULL);
  if (push_size > 0)
    device->vk.vkCmdPushConstants (commands, pipeline->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0,
                                   (guint32) push_size, push);
  device->vk.vkCmdDispatch (commands, groups[0], groups[1], groups[2]);
  if (self->queries != VK_NULL_HANDLE)
    device->vk.vkCmdWriteTimestamp (commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                                    self->queries, 2 * self->n_dispatches + 1);
  g_ptr_array_add (self->pipelines, pipeline);
  self->n_dispatches++;
  return TRUE;
}

void
tpo_vk_commands_barrier (TpoVkCommands *self)
{
  barrier (self, 0, 0);
}

gboolean
tpo_vk_commands_end (TpoVkCommands *self, GError **error)
{
  VkCommandBuffer commands = self->recording;

  g_assert (commands != VK_NULL_HANDLE);
  barrier (self, VK_PIPELINE_STAGE_HOST_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
           VK_ACCESS_HOST_READ_BIT | VK_ACCESS_TRANSFER_READ_BIT |
               VK_ACCESS_TRANSFER_WRITE_BIT);
  self->recording = VK_NULL_HANDLE;
  return tpo_vk_ok (self->device->vk.vkEndCommandBuffer (commands), "vkEndCommandBuffer",
                    error);
}

guint
tpo_vk_commands_n_submissions (const TpoVkCommands *self)
{
  return self->submissions->len;
}

static gboolean
run_all (TpoVkCommands *self, GCancellable *cancellable, guint64 *last, GError **error)
{
  guint64 previous = 0;

  for (guint i = 0; i < self->submissions->len; i++) {
    VkCommandBuffer commands = g_array_index (self->submissions, VkCommandBuffer, i);
    guint64 before = *last;

    if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
        !tpo_vk_queue_submit (self->device, commands, last, error))
      return FALSE;
    if (previous != 0 && !tpo_vk_queue_wait (self->device, previous, error))
      return FALSE;
    previous = before;
  }
  return TRUE;
}

/* After a run: what was dispatched is compiled by now, and the time stamps are there. */
static void
finish_run (TpoVkCommands *self)
{
  TpoDevice *device = self->device;

  for (guint i = 0; i < self->pipelines->len; i++)
    ((TpoVkPipeline *) self->pipelines->pdata[i])->is_warm = TRUE;
  if (self->queries != VK_NULL_HANDLE && self->n_dispatches > 0)
    device->vk.vkGetQueryPoolResults (device->handle, self->queries, 0, 2 * self->n_dispatches,
                                      self->n_queries * sizeof (guint64), self->stamps,
                                      sizeof (guint64), VK_QUERY_RESULT_64_BIT);
}

gboolean
tpo_vk_commands_run (TpoVkCommands *self, GCancellable *cancellable, GError **error)
{
  guint64 last = 0;
  gboolean ok;

  g_assert (self->recording == VK_NULL_HANDLE);
  ok = run_all (self, cancellable, &last, error);
  /* On the way out of an error, too: what was submitted still runs. */
  if (last != 0 && !tpo_vk_queue_wait (self->device, last, ok ? error : NULL))
    return FALSE;
  if (ok)
    finish_run (self);
  return ok;
}

double
tpo_vk_commands_time_us (const TpoVkCommands *self, guint index)
{
  if (self->queries == VK_NULL_HANDLE || index >= self->n_dispatches)
    return 0;
  /* A stamp of few bits may start anew in between. */
  return (double) ((self->stamps[2 * index + 1] - self->stamps[2 * index]) &
                   self->device->timestamp_mask) *
         self->device->timestamp_period / 1000;
}
