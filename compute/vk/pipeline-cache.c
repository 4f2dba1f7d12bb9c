#include "config.h"

#include <string.h>

#include "vk/device-private.h"

/* The driver's pipeline cache in a file: one per device and driver version. Whatever is wrong with the
 * file only costs time, so problems here are not errors; a file of another driver is not handed on. */

/* Layout of VkPipelineCacheHeaderVersionOne, in the file's byte order (the machine's own). */
typedef struct {
  guint32 header_size;
  guint32 version;
  guint32 vendor_id;
  guint32 device_id;
  guint8 uuid[VK_UUID_SIZE];
} Header;

G_STATIC_ASSERT (sizeof (Header) == 16 + VK_UUID_SIZE);

static gboolean
is_ours (TpoDevice *device, const char *bytes, gsize size)
{
  Header header;

  if (size < sizeof (header))
    return FALSE;
  memcpy (&header, bytes, sizeof (header));
  return header.header_size >= sizeof (header) && header.header_size <= size &&
         header.version == VK_PIPELINE_CACHE_HEADER_VERSION_ONE &&
         header.vendor_id == device->vendor_id && header.device_id == device->device_id &&
         memcmp (header.uuid, device->pipeline_uuid, VK_UUID_SIZE) == 0;
}

void
tpo_vk_cache_load (TpoDevice *device, const char *cache_dir)
{
  g_autofree char *bytes = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GString) uuid = g_string_new (NULL);
  gsize size = 0;
  VkPipelineCacheCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO,
  };

  for (guint i = 0; i < VK_UUID_SIZE; i++)
    g_string_append_printf (uuid, "%02x", device->device_uuid[i]);
  name = g_strdup_printf ("pipelines-%s-%08x.bin", uuid->str, device->driver_version);
  device->cache_path = g_build_filename (cache_dir, name, NULL);
  if (g_file_get_contents (device->cache_path, &bytes, &size, NULL /* no file yet */) &&
      is_ours (device, bytes, size)) {
    info.initialDataSize = size;
    info.pInitialData = bytes;
  }
  if (device->vk.vkCreatePipelineCache (device->handle, &info, NULL, &device->pipeline_cache) !=
      VK_SUCCESS)
    device->pipeline_cache = VK_NULL_HANDLE;
}

void
tpo_vk_cache_save (TpoDevice *device)
{
  g_autofree char *bytes = NULL;
  g_autofree char *folder = NULL;
  gsize size = 0;

  if (!device->cache_changed || device->cache_path == NULL ||
      device->pipeline_cache == VK_NULL_HANDLE)
    return;
  if (device->vk.vkGetPipelineCacheData (device->handle, device->pipeline_cache, &size, NULL) !=
      VK_SUCCESS)
    return;
  bytes = g_try_malloc (size);
  if (bytes == NULL || device->vk.vkGetPipelineCacheData (
                           device->handle, device->pipeline_cache, &size, bytes) != VK_SUCCESS)
    return;
  folder = g_path_get_dirname (device->cache_path);
  g_mkdir_with_parents (folder, 0700);
  /* Written beside and renamed, so that a reader never sees half a file. */
  g_file_set_contents_full (device->cache_path, bytes, (gssize) size,
                            G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                            NULL /* a full disk: the next start is slower, no more */);
}
