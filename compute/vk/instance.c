#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "vk/device-private.h"

/* Finding Vulkan and its devices. What is found is judged here, too: a device that lacks what
 * the engine needs stays in the list with a problem that says so. */

#define VALIDATION_LAYER "VK_LAYER_KHRONOS_validation"

void
tpo_device_info_free (TpoDeviceInfo *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->driver);
  g_free (self->problem);
  g_free (self);
}

const char *
tpo_device_kind_name (TpoDeviceKind kind)
{
  static const char *const names[TPO_DEVICE_KIND_COUNT] = {
    [TPO_DEVICE_DISCRETE] = "discrete",
    [TPO_DEVICE_INTEGRATED] = "integrated",
    [TPO_DEVICE_VIRTUAL] = "virtual",
    [TPO_DEVICE_SOFTWARE] = "software",
  };

  g_return_val_if_fail (kind < TPO_DEVICE_KIND_COUNT, "unknown");
  return names[kind];
}

static gboolean
has_layer (const char *name)
{
  g_autofree VkLayerProperties *layers = NULL;
  guint32 n = 0;

  if (vkEnumerateInstanceLayerProperties (&n, NULL) != VK_SUCCESS)
    return FALSE;
  layers = g_new0 (VkLayerProperties, n);
  if (vkEnumerateInstanceLayerProperties (&n, layers) < 0)
    return FALSE;
  for (guint32 i = 0; i < n; i++)
    if (g_str_equal (layers[i].layerName, name))
      return TRUE;
  return FALSE;
}

static gboolean
load_vulkan (GError **error)
{
  static gsize loaded; /* volk's own table is per process, as the loader is */

  if (g_once_init_enter (&loaded))
    g_once_init_leave (&loaded, volkInitialize () == VK_SUCCESS ? 1 : 2);
  if (loaded == 1 && volkGetInstanceVersion () >= VK_API_VERSION_1_2)
    return TRUE;
  g_set_error_literal (error, TPO_ERROR, TPO_ERROR_NO_DEVICE,
                       loaded == 1
                           ? _ ("the Vulkan loader is older than version 1.2")
                           : _ ("Vulkan is not installed: libvulkan.so.1 cannot be loaded"));
  return FALSE;
}

VkInstance
tpo_vk_instance_new (gboolean validate, GError **error)
{
  static GMutex lock; /* volk fills one table for all instances */
  const VkValidationFeatureEnableEXT checks[] = {
    VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT,
  };
  VkValidationFeaturesEXT features = {
    .sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT,
    .enabledValidationFeatureCount = G_N_ELEMENTS (checks),
    .pEnabledValidationFeatures = checks,
  };
  VkApplicationInfo application = {
    .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
    .pApplicationName = "tpo",
    .pEngineName = "tpo",
    .apiVersion = VK_API_VERSION_1_2,
  };
  const char *layers[] = { VALIDATION_LAYER };
  const char *extensions[] = { VK_EXT_DEBUG_UTILS_EXTENSION_NAME,
                               VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME };
  VkInstanceCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
    .pNext = validate ? &features : NULL,
    .pApplicationInfo = &application,
    .enabledLayerCount = validate ? G_N_ELEMENTS (layers) : 0,
    .ppEnabledLayerNames = layers,
    .enabledExtensionCount = validate ? G_N_ELEMENTS (extensions) : 0,
    .ppEnabledExtensionNames = extensions,
  };
  VkInstance instance = VK_NULL_HANDLE;
  VkResult result;

  if (!load_vulkan (error))
    return VK_NULL_HANDLE;
  if (validate && !has_layer (VALIDATION_LAYER)) {
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_NO_DEVICE,
                         "the validation layer " VALIDATION_LAYER " is not installed");
    return VK_NULL_HANDLE;
  }
  result = vkCreateInstance (&info, NULL, &instance);
  if (result == VK_ERROR_INCOMPATIBLE_DRIVER) {
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_NO_DEVICE,
                         _ ("no Vulkan driver is installed (on Debian: mesa-vulkan-drivers)"));
    return VK_NULL_HANDLE;
  }
  if (!tpo_vk_ok (result, "vkCreateInstance", error))
    return VK_NULL_HANDLE;
  g_mutex_lock (&lock);
  volkLoadInstanceOnly (instance);
  g_mutex_unlock (&lock);
  return instance;
}

static TpoDeviceKind
device_kind (VkPhysicalDeviceType type)
{
  if (type == VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU)
    return TPO_DEVICE_DISCRETE;
  if (type == VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU)
    return TPO_DEVICE_INTEGRATED;
  if (type == VK_PHYSICAL_DEVICE_TYPE_CPU)
    return TPO_DEVICE_SOFTWARE;
  return TPO_DEVICE_VIRTUAL;
}

static gboolean
has_compute_queue (VkPhysicalDevice device)
{
  g_autofree VkQueueFamilyProperties *families = NULL;
  guint32 n = 0;

  vkGetPhysicalDeviceQueueFamilyProperties (device, &n, NULL);
  families = g_new0 (VkQueueFamilyProperties, n);
  vkGetPhysicalDeviceQueueFamilyProperties (device, &n, families);
  for (guint32 i = 0; i < n; i++)
    if (families[i].queueFlags & VK_QUEUE_COMPUTE_BIT)
      return TRUE;
  return FALSE;
}

/* The first thing that @device lacks, to be translated, or NULL. */
static const char *
find_problem (VkPhysicalDevice device, const VkPhysicalDeviceProperties *properties)
{
  const VkSubgroupFeatureFlags wanted = VK_SUBGROUP_FEATURE_BASIC_BIT |
                                        VK_SUBGROUP_FEATURE_ARITHMETIC_BIT |
                                        VK_SUBGROUP_FEATURE_SHUFFLE_BIT;
  VkPhysicalDeviceVulkan11Properties properties11 = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_PROPERTIES,
  };
  VkPhysicalDeviceProperties2 properties2 = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
    .pNext = &properties11,
  };
  VkPhysicalDeviceVulkan12Features features12 = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
  };
  VkPhysicalDeviceVulkan11Features features11 = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES,
    .pNext = &features12,
  };
  VkPhysicalDeviceFeatures2 features = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
    .pNext = &features11,
  };

  if (properties->apiVersion < VK_API_VERSION_1_2)
    return N_ ("its driver offers only Vulkan older than 1.2");
  vkGetPhysicalDeviceProperties2 (device, &properties2);
  vkGetPhysicalDeviceFeatures2 (device, &features);
  if (!has_compute_queue (device))
    return N_ ("it has no compute queue");
  if (!features11.storageBuffer16BitAccess)
    return N_ ("it cannot store 16-bit numbers in buffers (storageBuffer16BitAccess)");
  if (!features12.timelineSemaphore)
    return N_ ("it has no timeline semaphores");
  if ((properties11.subgroupSupportedStages & VK_SHADER_STAGE_COMPUTE_BIT) == 0 ||
      (properties11.subgroupSupportedOperations & wanted) != wanted)
    return N_ ("it lacks subgroup arithmetic or shuffles in compute shaders");
  if (properties->limits.maxComputeWorkGroupInvocations < 256 ||
      properties->limits.maxComputeWorkGroupSize[0] < 256 ||
      properties->limits.maxComputeSharedMemorySize < 16384)
    return N_ ("its workgroups are too small (under 256 invocations or 16 KiB)");
  return NULL;
}

static void
find_memory (VkPhysicalDevice device, TpoDeviceInfo *info)
{
  VkPhysicalDeviceMemoryBudgetPropertiesEXT budget = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT,
  };
  VkPhysicalDeviceMemoryProperties2 memory = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2,
    .pNext = &budget,
  };

  vkGetPhysicalDeviceMemoryProperties2 (device, &memory);
  for (guint32 i = 0; i < memory.memoryProperties.memoryHeapCount; i++) {
    const VkMemoryHeap *heap = &memory.memoryProperties.memoryHeaps[i];

    if ((heap->flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) == 0 || heap->size <= info->memory_size)
      continue;
    info->memory_size = heap->size;
    /* Drivers without the extension leave the structure as it was: zero. */
    info->memory_budget = budget.heapBudget[i] > 0 ? budget.heapBudget[i] : heap->size;
  }
  /* Mesa 22.3's software device has 2 GiB whatever the machine has, and gives more. */
  if (info->kind == TPO_DEVICE_SOFTWARE)
    info->memory_budget = tpo_vk_machine_memory_left ();
}

static TpoDeviceInfo *
describe (VkPhysicalDevice device)
{
  VkPhysicalDeviceDriverProperties driver = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES,
  };
  VkPhysicalDeviceProperties2 properties = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
    .pNext = &driver,
  };
  TpoDeviceInfo *info = g_new0 (TpoDeviceInfo, 1);
  const char *problem;

  vkGetPhysicalDeviceProperties2 (device, &properties);
  info->kind = device_kind (properties.properties.deviceType);
  info->name = g_utf8_make_valid (properties.properties.deviceName, -1);
  info->driver = g_strdup_printf ("%s %s", driver.driverName, driver.driverInfo);
  problem = find_problem (device, &properties.properties);
  info->problem = g_strdup (problem != NULL ? _ (problem) : NULL);
  find_memory (device, info);
  return info;
}

gboolean
tpo_vk_physical_list (VkInstance instance, GPtrArray **infos, GArray **handles, GError **error)
{
  g_autofree VkPhysicalDevice *found = NULL;
  guint32 n = 0;
  VkResult result = vkEnumeratePhysicalDevices (instance, &n, NULL);

  if (!tpo_vk_ok (result, "vkEnumeratePhysicalDevices", error))
    return FALSE;
  found = g_new0 (VkPhysicalDevice, n);
  result = vkEnumeratePhysicalDevices (instance, &n, found);
  if (result != VK_INCOMPLETE && !tpo_vk_ok (result, "vkEnumeratePhysicalDevices", error))
    return FALSE;
  *infos = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_device_info_free);
  *handles = g_array_new (FALSE, FALSE, sizeof (VkPhysicalDevice));
  for (int kind = 0; kind < TPO_DEVICE_KIND_COUNT; kind++)
    for (guint32 i = 0; i < n; i++) {
      TpoDeviceInfo *info = describe (found[i]);

      if ((int) info->kind != kind) {
        tpo_device_info_free (info);
        continue;
      }
      info->index = (*infos)->len;
      g_ptr_array_add (*infos, info);
      g_array_append_val (*handles, found[i]);
    }
  return TRUE;
}

GPtrArray *
tpo_device_list (GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GArray) handles = NULL;
  GPtrArray *infos = NULL;
  VkInstance instance = tpo_vk_instance_new (FALSE, &local);

  if (instance == VK_NULL_HANDLE) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  if (!tpo_vk_physical_list (instance, &infos, &handles, &local)) {
    g_propagate_error (error, g_steal_pointer (&local));
    infos = NULL;
  }
  vkDestroyInstance (instance, NULL);
  return infos;
}
