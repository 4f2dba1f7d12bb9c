#include "config.h"

#include <string.h>

#include "vk/device-private.h"
#include "vk/pipeline.h"

/* Pipelines by what they are made of, and the layouts they share. */

typedef struct {
  guint32 n_bindings;
  guint32 texels;
} LayoutKey;

typedef struct {
  VkDescriptorSetLayout set;
  VkPipelineLayout pipeline;
} Layout;

static guint
hash_bytes (const void *data, gsize size)
{
  const guint8 *bytes = data;
  guint32 hash = 2166136261u; /* FNV-1a */

  for (gsize i = 0; i < size; i++)
    hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

static guint
info_hash (gconstpointer key)
{
  return hash_bytes (key, sizeof (TpoVkPipelineInfo));
}

static gboolean
info_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (TpoVkPipelineInfo)) == 0;
}

static guint
layout_hash (gconstpointer key)
{
  return hash_bytes (key, sizeof (LayoutKey));
}

static gboolean
layout_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (LayoutKey)) == 0;
}

void
tpo_vk_pipelines_init (TpoDevice *device)
{
  device->pipelines = g_hash_table_new_full (info_hash, info_equal, g_free, g_free);
  device->layouts = g_hash_table_new_full (layout_hash, layout_equal, g_free, g_free);
}

void
tpo_vk_pipelines_clear (TpoDevice *device)
{
  GHashTableIter iter;
  gpointer value;

  if (device->pipelines == NULL)
    return;
  g_hash_table_iter_init (&iter, device->pipelines);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    device->vk.vkDestroyPipeline (device->handle, ((TpoVkPipeline *) value)->handle, NULL);
  g_hash_table_iter_init (&iter, device->layouts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Layout *layout = value;

    device->vk.vkDestroyPipelineLayout (device->handle, layout->pipeline, NULL);
    device->vk.vkDestroyDescriptorSetLayout (device->handle, layout->set, NULL);
  }
  if (device->pipeline_cache != VK_NULL_HANDLE)
    device->vk.vkDestroyPipelineCache (device->handle, device->pipeline_cache, NULL);
  g_hash_table_unref (device->pipelines);
  g_hash_table_unref (device->layouts);
}

static gboolean
layout_init (Layout *self, TpoDevice *device, const LayoutKey *key, GError **error)
{
  VkDescriptorSetLayoutBinding bindings[TPO_VK_MAX_BINDINGS];
  const VkDescriptorSetLayoutCreateInfo set = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
    .bindingCount = key->n_bindings,
    .pBindings = bindings,
  };
  const VkPushConstantRange push = {
    .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
    .size = TPO_VK_PUSH_SIZE,
  };
  VkPipelineLayoutCreateInfo layout = {
    .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
    .setLayoutCount = 1,
    .pSetLayouts = &self->set,
    .pushConstantRangeCount = 1,
    .pPushConstantRanges = &push,
  };
  VkResult result;

  for (guint i = 0; i < key->n_bindings; i++)
    bindings[i] = (VkDescriptorSetLayoutBinding){
      .binding = i,
      .descriptorType = key->texels >> i & 1 ? VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER
                                             : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
      .descriptorCount = 1,
      .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
    };
  result = device->vk.vkCreateDescriptorSetLayout (device->handle, &set, NULL, &self->set);
  if (!tpo_vk_ok (result, "vkCreateDescriptorSetLayout", error))
    return FALSE;
  result = device->vk.vkCreatePipelineLayout (device->handle, &layout, NULL, &self->pipeline);
  if (!tpo_vk_ok (result, "vkCreatePipelineLayout", error)) {
    device->vk.vkDestroyDescriptorSetLayout (device->handle, self->set, NULL);
    return FALSE;
  }
  return TRUE;
}

static const Layout *
get_layout (TpoDevice *device, guint32 n_bindings, guint32 texels, GError **error)
{
  const LayoutKey key = { n_bindings, texels };
  const Layout *found = g_hash_table_lookup (device->layouts, &key);
  g_autofree Layout *layout = NULL;

  if (found != NULL)
    return found;
  layout = g_new0 (Layout, 1);
  if (!layout_init (layout, device, &key, error))
    return NULL;
  found = layout;
  g_hash_table_insert (device->layouts, g_memdup2 (&key, sizeof (key)),
                       g_steal_pointer (&layout));
  return found;
}

static VkPipeline
create_pipeline (TpoDevice *device, const TpoVkPipelineInfo *info, VkPipelineLayout layout,
                 GError **error)
{
  const TpoSpirvCode *code = tpo_spirv_get (info->spirv);
  const VkShaderModuleCreateInfo module_info = {
    .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
    .codeSize = code->size,
    .pCode = code->words,
  };
  guint32 constants[2 + TPO_VK_MAX_SPEC] = { info->local_size, device->limits.subgroup_size };
  VkSpecializationMapEntry entries[2 + TPO_VK_MAX_SPEC];
  const VkSpecializationInfo specialization = {
    .mapEntryCount = 2 + info->n_spec,
    .pMapEntries = entries,
    .dataSize = (2 + info->n_spec) * sizeof (guint32),
    .pData = constants,
  };
  const VkPipelineShaderStageRequiredSubgroupSizeCreateInfoEXT subgroup = {
    .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO_EXT,
    .requiredSubgroupSize = device->limits.subgroup_size,
  };
  gboolean control = info->needs_subgroups && device->has_subgroup_control;
  VkComputePipelineCreateInfo pipeline_info = {
    .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
    .stage = {
      .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
      .pNext = control ? &subgroup : NULL,
      .flags = control ? VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT_EXT : 0,
      .stage = VK_SHADER_STAGE_COMPUTE_BIT,
      .pName = "main",
      .pSpecializationInfo = &specialization,
    },
    .layout = layout,
  };
  VkPipeline pipeline = VK_NULL_HANDLE;
  VkResult result;

  memcpy (constants + 2, info->spec, info->n_spec * sizeof (guint32));
  for (guint32 i = 0; i < 2 + info->n_spec; i++)
    entries[i] = (VkSpecializationMapEntry){ i, i * 4, 4 };
  result = device->vk.vkCreateShaderModule (device->handle, &module_info, NULL,
                                            &pipeline_info.stage.module);
  if (!tpo_vk_ok (result, code->name, error))
    return VK_NULL_HANDLE;
  result = device->vk.vkCreateComputePipelines (device->handle, device->pipeline_cache, 1,
                                                &pipeline_info, NULL, &pipeline);
  device->vk.vkDestroyShaderModule (device->handle, pipeline_info.stage.module, NULL);
  if (!tpo_vk_ok (result, code->name, error))
    return VK_NULL_HANDLE;
  return pipeline;
}

/* A pipeline to be made. */
typedef struct {
  const TpoVkPipelineInfo *info;
  const Layout *layout;
  VkPipeline handle;
  GError *error;
} Order;

static void
order_clear (gpointer data)
{
  g_clear_error (&((Order *) data)->error);
}

static void
fill_order (gpointer data, gpointer user_data)
{
  Order *order = data;

  order->handle =
      create_pipeline (user_data, order->info, order->layout->pipeline, &order->error);
}

/* By as many threads as there are processors: some drivers take seconds for a large kernel. */
static void
fill_orders (TpoDevice *device, GArray *orders)
{
  const guint n_threads = MIN (orders->len, g_get_num_processors ());
  GThreadPool *pool = n_threads > 1
                          ? g_thread_pool_new (fill_order, device, (int) n_threads, FALSE, NULL)
                          : NULL;

  for (guint i = 0; i < orders->len; i++) {
    Order *order = &g_array_index (orders, Order, i);

    if (pool == NULL || !g_thread_pool_push (pool, order, NULL))
      fill_order (order, device);
  }
  if (pool != NULL)
    g_thread_pool_free (pool, FALSE, TRUE);
}

static gboolean
check_info (const TpoDevice *device, const TpoVkPipelineInfo *info, GError **error)
{
  g_assert (info->n_bindings <= TPO_VK_MAX_BINDINGS && info->n_spec <= TPO_VK_MAX_SPEC);
  g_assert (info->spirv > TPO_SPIRV_NONE && info->spirv < TPO_SPIRV_COUNT);
  if (info->local_size <= device->limits.max_invocations)
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
               "%s wants workgroups of %u, %s allows %u", tpo_spirv_get (info->spirv)->name,
               info->local_size, device->info->name, device->limits.max_invocations);
  return FALSE;
}

/* An order for each of @infos that the device has no pipeline for. */
static GArray *
order_missing (TpoDevice *device, const TpoVkPipelineInfo *infos, guint n, GError **error)
{
  g_autoptr (GHashTable) ordered = g_hash_table_new (info_hash, info_equal);
  g_autoptr (GArray) orders = g_array_new (FALSE, FALSE, sizeof (Order));

  g_array_set_clear_func (orders, order_clear);
  for (guint i = 0; i < n; i++) {
    Order order = { .info = &infos[i] };

    if (g_hash_table_contains (device->pipelines, &infos[i]) ||
        !g_hash_table_add (ordered, (gpointer) &infos[i]))
      continue;
    if (!check_info (device, &infos[i], error))
      return NULL;
    order.layout = get_layout (device, infos[i].n_bindings, infos[i].texels, error);
    if (order.layout == NULL)
      return NULL;
    g_array_append_val (orders, order);
  }
  return g_steal_pointer (&orders);
}

static void
keep_pipeline (TpoDevice *device, const Order *order)
{
  TpoVkPipeline *self = g_new0 (TpoVkPipeline, 1);

  self->handle = order->handle;
  self->layout = order->layout->pipeline;
  self->set_layout = order->layout->set;
  self->n_bindings = order->info->n_bindings;
  self->texels = order->info->texels;
  g_hash_table_insert (device->pipelines, g_memdup2 (order->info, sizeof (*order->info)), self);
  device->cache_changed = TRUE;
}

gboolean
tpo_vk_pipelines_get (TpoDevice *device, const TpoVkPipelineInfo *infos, guint n,
                      TpoVkPipeline **pipelines, GError **error)
{
  g_autoptr (GArray) orders = order_missing (device, infos, n, error);
  GError *failure = NULL;

  if (orders == NULL)
    return FALSE;
  fill_orders (device, orders);
  for (guint i = 0; i < orders->len; i++) {
    Order *order = &g_array_index (orders, Order, i);

    if (order->error == NULL)
      keep_pipeline (device, order);
    else if (failure == NULL)
      failure = g_steal_pointer (&order->error);
  }
  if (failure != NULL) {
    g_propagate_error (error, failure);
    return FALSE;
  }
  for (guint i = 0; i < n; i++)
    pipelines[i] = g_hash_table_lookup (device->pipelines, &infos[i]);
  return TRUE;
}

gboolean
tpo_vk_pipeline_is_warm (const TpoVkPipeline *self)
{
  return self->is_warm;
}
