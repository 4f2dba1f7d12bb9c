#include "config.h"

#include "vk/device-private.h"

static TpoErrorCode
error_code (VkResult result)
{
  if (result == VK_ERROR_OUT_OF_HOST_MEMORY || result == VK_ERROR_OUT_OF_DEVICE_MEMORY ||
      result == VK_ERROR_OUT_OF_POOL_MEMORY || result == VK_ERROR_TOO_MANY_OBJECTS)
    return TPO_ERROR_NO_MEMORY;
  if (result == VK_ERROR_DEVICE_LOST)
    return TPO_ERROR_DEVICE_LOST;
  if (result == VK_ERROR_INITIALIZATION_FAILED || result == VK_ERROR_INCOMPATIBLE_DRIVER ||
      result == VK_ERROR_LAYER_NOT_PRESENT)
    return TPO_ERROR_NO_DEVICE;
  return TPO_ERROR_UNSUPPORTED;
}

static char *
result_name (VkResult result)
{
  static const struct {
    VkResult result;
    const char *name;
  } names[] = {
    { VK_TIMEOUT, "the device did not answer in time" },
    { VK_ERROR_OUT_OF_HOST_MEMORY, "out of host memory" },
    { VK_ERROR_OUT_OF_DEVICE_MEMORY, "out of device memory" },
    { VK_ERROR_OUT_OF_POOL_MEMORY, "a descriptor pool is exhausted" },
    { VK_ERROR_INITIALIZATION_FAILED, "initialisation failed" },
    { VK_ERROR_DEVICE_LOST, "the device stopped answering; the model must be opened again" },
    { VK_ERROR_MEMORY_MAP_FAILED, "memory cannot be mapped" },
    { VK_ERROR_LAYER_NOT_PRESENT, "a layer is not installed" },
    { VK_ERROR_EXTENSION_NOT_PRESENT, "an extension is missing" },
    { VK_ERROR_FEATURE_NOT_PRESENT, "a feature is missing" },
    { VK_ERROR_INCOMPATIBLE_DRIVER, "no driver is installed" },
    { VK_ERROR_TOO_MANY_OBJECTS, "too many allocations" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].result == result)
      return g_strdup (names[i].name);
  return g_strdup_printf ("Vulkan result %d", (int) result);
}

gboolean
tpo_vk_ok (VkResult result, const char *call, GError **error)
{
  g_autofree char *name = NULL;

  if (result == VK_SUCCESS)
    return TRUE;
  name = result_name (result);
  g_set_error (error, TPO_ERROR, error_code (result), "%s: %s", call, name);
  return FALSE;
}
