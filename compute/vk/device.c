#include "config.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "vk/device-private.h"

static VKAPI_ATTR VkBool32 VKAPI_CALL
on_message (VkDebugUtilsMessageSeverityFlagBitsEXT severity,
            VkDebugUtilsMessageTypeFlagsEXT types,
            const VkDebugUtilsMessengerCallbackDataEXT *data, void *user_data)
{
  TpoDevice *self = user_data;

  if (severity & VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT) {
    g_atomic_int_inc (&self->n_validation_errors);
    g_printerr ("validation: %s\n", data->pMessage);
  }
  return VK_FALSE;
}

static gboolean
listen_to_validation (TpoDevice *self, GError **error)
{
  const VkDebugUtilsMessengerCreateInfoEXT info = {
    .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
    .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
    .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT,
    .pfnUserCallback = on_message,
    .pUserData = self,
  };
  PFN_vkCreateDebugUtilsMessengerEXT create =
      (PFN_vkCreateDebugUtilsMessengerEXT) vkGetInstanceProcAddr (
          self->instance, "vkCreateDebugUtilsMessengerEXT");

  return tpo_vk_ok (create (self->instance, &info, NULL, &self->messenger),
                    "vkCreateDebugUtilsMessengerEXT", error);
}

/* Whether @info is what @selector names: a kind, or a part of the name in any case. */
static gboolean
selector_fits (const TpoDeviceInfo *info, const char *selector)
{
  g_autofree char *name = g_utf8_casefold (info->name, -1);
  g_autofree char *part = g_utf8_casefold (selector, -1);

  return g_ascii_strcasecmp (selector, tpo_device_kind_name (info->kind)) == 0 ||
         strstr (name, part) != NULL;
}

static gboolean
parse_index (const char *text, guint64 *index)
{
  return g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT, index, NULL);
}

/* The usable device that @selector asks for; -1 with an error that says why there is none. */
static int
choose (GPtrArray *infos, const char *selector, GError **error)
{
  const TpoDeviceInfo *refused = NULL;
  guint64 index = 0;
  gboolean by_index = selector != NULL && parse_index (selector, &index);

  for (guint i = 0; i < infos->len; i++) {
    const TpoDeviceInfo *info = infos->pdata[i];

    if (by_index ? index != i : selector != NULL && !selector_fits (info, selector))
      continue;
    if (info->problem == NULL)
      return (int) i;
    if (refused == NULL)
      refused = info;
  }
  if (refused != NULL)
    g_set_error (error, TPO_ERROR, TPO_ERROR_NO_DEVICE, _ ("the device %s cannot be used: %s"),
                 refused->name, refused->problem);
  else if (selector != NULL)
    g_set_error (error, TPO_ERROR, TPO_ERROR_NO_DEVICE, _ ("no Vulkan device is called “%s”"),
                 selector);
  else
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_NO_DEVICE,
                         _ ("there is no Vulkan device"));
  return -1;
}

static gboolean
choose_physical (TpoDevice *self, const char *selector, GError **error)
{
  g_autoptr (GPtrArray) infos = NULL;
  g_autoptr (GArray) handles = NULL;
  int index;

  if (!tpo_vk_physical_list (self->instance, &infos, &handles, error))
    return FALSE;
  index = choose (infos, selector, error);
  if (index < 0)
    return FALSE;
  self->physical = g_array_index (handles, VkPhysicalDevice, index);
  self->info = infos->pdata[index];
  infos->pdata[index] = NULL; /* the free function takes NULL */
  return TRUE;
}

static gboolean
has_extension (VkPhysicalDevice device, const char *name)
{
  g_autofree VkExtensionProperties *extensions = NULL;
  guint32 n = 0;

  if (vkEnumerateDeviceExtensionProperties (device, NULL, &n, NULL) != VK_SUCCESS)
    return FALSE;
  extensions = g_new0 (VkExtensionProperties, n);
  if (vkEnumerateDeviceExtensionProperties (device, NULL, &n, extensions) < 0)
    return FALSE;
  for (guint32 i = 0; i < n; i++)
    if (g_str_equal (extensions[i].extensionName, name))
      return TRUE;
  return FALSE;
}

static guint
previous_power_of_two (guint value)
{
  while (value & (value - 1))
    value &= value - 1;
  return MAX (value, 1);
}

static void
read_limits (TpoDevice *self, gboolean force_storage_reads)
{
  VkPhysicalDeviceSubgroupSizeControlPropertiesEXT control = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES_EXT,
  };
  VkPhysicalDeviceDriverProperties driver = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES,
    .pNext = self->has_subgroup_control ? &control : NULL,
  };
  VkPhysicalDeviceVulkan11Properties properties11 = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_PROPERTIES,
    .pNext = &driver,
  };
  VkPhysicalDeviceProperties2 properties = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
    .pNext = &properties11,
  };
  const VkPhysicalDeviceLimits *vk = &properties.properties.limits;
  TpoVkLimits *limits = &self->limits;
  guint own;

  vkGetPhysicalDeviceProperties2 (self->physical, &properties);
  memcpy (self->device_uuid, properties11.deviceUUID, VK_UUID_SIZE);
  memcpy (self->pipeline_uuid, properties.properties.pipelineCacheUUID, VK_UUID_SIZE);
  self->vendor_id = properties.properties.vendorID;
  self->device_id = properties.properties.deviceID;
  self->driver_version = properties.properties.driverVersion;
  self->timestamp_period = vk->timestampPeriod;

  own = previous_power_of_two (properties11.subgroupSize);
  limits->subgroup_size = own;
  limits->max_invocations = vk->maxComputeWorkGroupInvocations;
  limits->max_groups = MIN (vk->maxComputeWorkGroupCount[0], vk->maxComputeWorkGroupCount[1]);
  limits->max_groups = MIN (limits->max_groups, vk->maxComputeWorkGroupCount[2]);
  limits->shared_size = vk->maxComputeSharedMemorySize;
  limits->binding_align =
      MAX (MAX (vk->minStorageBufferOffsetAlignment, vk->minTexelBufferOffsetAlignment), 16);
  limits->max_storage_range = vk->maxStorageBufferRange;
  limits->max_texel_range = (gsize) vk->maxTexelBufferElements * 16;
  limits->max_allocation = properties11.maxMemoryAllocationSize;
  tpo_vk_quirks_apply (self, driver.driverID, force_storage_reads);
  /* A wish that cannot be required of the driver, or is out of its range, is dropped. */
  if (!self->has_subgroup_control || limits->subgroup_size < control.minSubgroupSize ||
      limits->subgroup_size > control.maxSubgroupSize)
    limits->subgroup_size = own;
}

/* A family that computes but draws nothing, so that the desktop goes on beside long work; else any that
 * computes. A device without one has a problem and is not chosen. */
static void
choose_queue_family (TpoDevice *self)
{
  g_autofree VkQueueFamilyProperties *families = NULL;
  guint32 n = 0, chosen, bits;

  vkGetPhysicalDeviceQueueFamilyProperties (self->physical, &n, NULL);
  families = g_new0 (VkQueueFamilyProperties, n);
  vkGetPhysicalDeviceQueueFamilyProperties (self->physical, &n, families);
  chosen = n;
  for (guint32 i = 0; i < n; i++) {
    gboolean draws = (families[i].queueFlags & VK_QUEUE_GRAPHICS_BIT) != 0;

    if ((families[i].queueFlags & VK_QUEUE_COMPUTE_BIT) == 0 || (draws && chosen < n))
      continue;
    chosen = i;
    if (!draws)
      break;
  }
  g_assert (chosen < n);
  self->queue_family = chosen;
  bits = families[chosen].timestampValidBits;
  if (bits == 0)
    self->timestamp_period = 0;
  self->timestamp_mask = bits < 64 ? ((guint64) 1 << bits) - 1 : G_MAXUINT64;
}

static gboolean
create_device (TpoDevice *self, GError **error)
{
  const float priority = 1;
  VkPhysicalDeviceSubgroupSizeControlFeaturesEXT control = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES_EXT,
    .subgroupSizeControl = VK_TRUE,
    .computeFullSubgroups = VK_TRUE,
  };
  VkPhysicalDeviceVulkan12Features features12 = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
    .pNext = self->has_subgroup_control ? &control : NULL,
    .timelineSemaphore = VK_TRUE,
  };
  VkPhysicalDeviceVulkan11Features features11 = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES,
    .pNext = &features12,
    .storageBuffer16BitAccess = VK_TRUE,
  };
  const char *extensions[2];
  VkDeviceQueueCreateInfo queue = {
    .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
    .queueFamilyIndex = self->queue_family,
    .queueCount = 1,
    .pQueuePriorities = &priority,
  };
  VkDeviceCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
    .pNext = &features11,
    .queueCreateInfoCount = 1,
    .pQueueCreateInfos = &queue,
    .ppEnabledExtensionNames = extensions,
  };
  VkResult result;

  if (self->has_subgroup_control)
    extensions[info.enabledExtensionCount++] = VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME;
  if (self->has_memory_budget)
    extensions[info.enabledExtensionCount++] = VK_EXT_MEMORY_BUDGET_EXTENSION_NAME;
  result = vkCreateDevice (self->physical, &info, NULL, &self->handle);
  if (!tpo_vk_ok (result, "vkCreateDevice", error))
    return FALSE;
  volkLoadDeviceTable (&self->vk, self->handle);
  self->vk.vkGetDeviceQueue (self->handle, self->queue_family, 0, &self->queue);
  return TRUE;
}

/* Pipelines need a fixed, full subgroup size: the features, and compute among the stages. */
static gboolean
find_subgroup_control (VkPhysicalDevice device)
{
  VkPhysicalDeviceSubgroupSizeControlFeaturesEXT features = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES_EXT,
  };
  VkPhysicalDeviceFeatures2 features2 = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
    .pNext = &features,
  };
  VkPhysicalDeviceSubgroupSizeControlPropertiesEXT properties = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES_EXT,
  };
  VkPhysicalDeviceProperties2 properties2 = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
    .pNext = &properties,
  };

  if (!has_extension (device, VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME))
    return FALSE;
  vkGetPhysicalDeviceFeatures2 (device, &features2);
  vkGetPhysicalDeviceProperties2 (device, &properties2);
  return features.subgroupSizeControl && features.computeFullSubgroups &&
         (properties.requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT) != 0;
}

TpoDevice *
tpo_device_open (const TpoDeviceOptions *options, GError **error)
{
  static const TpoDeviceOptions defaults = { 0 };
  g_autoptr (TpoDevice) self = g_new0 (TpoDevice, 1);

  if (options == NULL)
    options = &defaults;
  self->ref_count = 1;
  self->validate = options->validate;
  self->instance = tpo_vk_instance_new (options->validate, error);
  if (self->instance == VK_NULL_HANDLE)
    return NULL;
  if (options->validate && !listen_to_validation (self, error))
    return NULL;
  if (!choose_physical (self, options->selector, error))
    return NULL;
  self->has_memory_budget = has_extension (self->physical, VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
  self->has_subgroup_control = find_subgroup_control (self->physical);
  read_limits (self, options->force_storage_reads);
  choose_queue_family (self);
  if (options->max_binding > 0) {
    self->limits.max_storage_range = MIN (self->limits.max_storage_range, options->max_binding);
    self->limits.max_texel_range = MIN (self->limits.max_texel_range, options->max_binding);
  }
  if (!create_device (self, error) || !tpo_vk_queue_init (self, error))
    return NULL;
  self->max_memory = options->max_memory;
  tpo_vk_heaps_init (self, options->force_staging);
  tpo_vk_pipelines_init (self);
  if (options->cache_dir != NULL)
    tpo_vk_cache_load (self, options->cache_dir);
  self->zeros = tpo_vk_buffer_new (self, 256, error);
  if (self->zeros == NULL || !tpo_vk_buffer_clear (self->zeros, 0, 256, error))
    return NULL;
  return g_steal_pointer (&self);
}

const TpoDeviceInfo *
tpo_device_get_info (TpoDevice *self)
{
  return self->info;
}

const TpoVkLimits *
tpo_vk_limits (TpoDevice *self)
{
  return &self->limits;
}

TpoVkBuffer *
tpo_vk_zeros (TpoDevice *self)
{
  return self->zeros;
}

void
tpo_device_memory_used (TpoDevice *self, guint64 *now, guint64 *peak)
{
  if (now != NULL)
    *now = self->used;
  if (peak != NULL)
    *peak = self->peak;
}

void
tpo_device_start_peak (TpoDevice *self)
{
  self->peak = self->used;
}

guint
tpo_device_n_validation_errors (TpoDevice *self)
{
  return (guint) g_atomic_int_get (&self->n_validation_errors);
}

TpoDevice *
tpo_device_ref (TpoDevice *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

static void
close_instance (TpoDevice *self)
{
  if (self->messenger != VK_NULL_HANDLE) {
    PFN_vkDestroyDebugUtilsMessengerEXT destroy =
        (PFN_vkDestroyDebugUtilsMessengerEXT) vkGetInstanceProcAddr (
            self->instance, "vkDestroyDebugUtilsMessengerEXT");

    destroy (self->instance, self->messenger, NULL);
  }
  if (self->instance != VK_NULL_HANDLE)
    vkDestroyInstance (self->instance, NULL);
}

void
tpo_device_unref (TpoDevice *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  if (self->handle != VK_NULL_HANDLE) {
    self->vk.vkDeviceWaitIdle (self->handle);
    g_clear_pointer (&self->zeros, tpo_vk_buffer_free);
    tpo_vk_cache_save (self);
    tpo_vk_pipelines_clear (self);
    tpo_vk_memory_clear (self);
    tpo_vk_queue_clear (self);
    self->vk.vkDestroyDevice (self->handle, NULL);
  }
  close_instance (self);
  tpo_device_info_free (self->info);
  g_clear_pointer (&self->times, g_hash_table_unref);
  g_free (self->cache_path);
  g_free (self);
}
