#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "vk/device-private.h"

/* Which kind of memory buffers live in, and how much of it is left. */

#define MAIN_BLOCK_SIZE ((gsize) 64 << 20)
#define INPUT_BLOCK_SIZE ((gsize) 256 << 10)

/* What a type may be besides this needs a feature to be switched on, or is slow (protected memory,
 * AMD's uncached types). */
static const VkMemoryPropertyFlags plain_flags =
    VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT | VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
    VK_MEMORY_PROPERTY_HOST_COHERENT_BIT | VK_MEMORY_PROPERTY_HOST_CACHED_BIT;

int
tpo_vk_find_memory_type (TpoDevice *device, VkMemoryPropertyFlags wanted)
{
  const VkPhysicalDeviceMemoryProperties *memory = &device->memory;
  VkDeviceSize best_size = 0;
  int best = -1;

  for (guint32 i = 0; i < memory->memoryTypeCount; i++) {
    VkMemoryPropertyFlags flags = memory->memoryTypes[i].propertyFlags;
    VkDeviceSize size = memory->memoryHeaps[memory->memoryTypes[i].heapIndex].size;

    if ((device->memory_type_bits >> i & 1) == 0 || (flags & wanted) != wanted ||
        (flags & ~plain_flags) != 0 || size <= best_size)
      continue;
    best = (int) i;
    best_size = size;
  }
  return best;
}

/* The types that buffers of our usage may have: the same for all of them. */
static guint32
probe_type_bits (TpoDevice *device)
{
  const VkBufferCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
    .size = 256,
    .usage = TPO_VK_BUFFER_USAGE,
  };
  VkMemoryRequirements needs;
  VkBuffer buffer;

  if (device->vk.vkCreateBuffer (device->handle, &info, NULL, &buffer) != VK_SUCCESS)
    return G_MAXUINT32; /* the first allocation reports what is wrong */
  device->vk.vkGetBufferMemoryRequirements (device->handle, buffer, &needs);
  device->vk.vkDestroyBuffer (device->handle, buffer, NULL);
  return needs.memoryTypeBits;
}

static const VkMemoryHeap *
heap_of (const TpoDevice *device, guint type)
{
  return &device->memory.memoryHeaps[device->memory.memoryTypes[type].heapIndex];
}

static void
pool_init (TpoDevice *device, TpoVkPoolKind kind, int type, gsize block_size,
           gboolean is_direct)
{
  TpoVkPool *pool = &device->pools[kind];

  pool->memory_type = (guint) MAX (type, 0);
  pool->block_size = block_size;
  pool->direct_write = is_direct;
  pool->direct_read =
      is_direct && (device->memory.memoryTypes[pool->memory_type].propertyFlags &
                    VK_MEMORY_PROPERTY_HOST_CACHED_BIT) != 0;
  pool->blocks = g_ptr_array_new ();
}

void
tpo_vk_heaps_init (TpoDevice *device, gboolean force_staging)
{
  const VkMemoryPropertyFlags local = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
  const VkMemoryPropertyFlags mapped =
      VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
  int type, input;
  gboolean is_direct;

  vkGetPhysicalDeviceMemoryProperties (device->physical, &device->memory);
  device->memory_type_bits = probe_type_bits (device);
  type = tpo_vk_find_memory_type (device, local | mapped | VK_MEMORY_PROPERTY_HOST_CACHED_BIT);
  if (type < 0)
    type = tpo_vk_find_memory_type (device, local | mapped);
  /* Memory that the host sees is taken where it is (nearly) all that the device has: shared memory,
   * or a resizable window of a card. A small window is for small inputs only. */
  input = type >= 0 ? type : tpo_vk_find_memory_type (device, mapped);
  is_direct = !force_staging && type >= 0 &&
              heap_of (device, (guint) type)->size >= device->info->memory_size / 2;
  if (!is_direct)
    type = tpo_vk_find_memory_type (device, local);
  pool_init (device, TPO_VK_POOL_MAIN, type, MAIN_BLOCK_SIZE, is_direct);
  pool_init (device, TPO_VK_POOL_INPUT, input, INPUT_BLOCK_SIZE, TRUE);
  device->limits.max_allocation =
      MIN (device->limits.max_allocation,
           heap_of (device, device->pools[TPO_VK_POOL_MAIN].memory_type)->size);
}

guint64
tpo_vk_machine_memory_left (void)
{
  g_autofree char *text = NULL;
  const char *line = NULL;

  if (g_file_get_contents ("/proc/meminfo", &text, NULL, NULL /* another system */))
    line = strstr (text, "MemAvailable:");
  return line != NULL ? g_ascii_strtoull (line + strlen ("MemAvailable:"), NULL, 10) << 10
                      : G_MAXUINT64;
}

static guint64
heap_left (TpoDevice *device)
{
  const guint32 heap =
      device->memory.memoryTypes[device->pools[TPO_VK_POOL_MAIN].memory_type].heapIndex;
  VkPhysicalDeviceMemoryBudgetPropertiesEXT budget = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT,
  };
  VkPhysicalDeviceMemoryProperties2 memory = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2,
    .pNext = &budget,
  };
  guint64 total, used;

  /* Mesa 22.3's software device says 2 GiB whatever the machine has, and gives more. */
  if (device->limits.is_software)
    return tpo_vk_machine_memory_left ();
  if (device->has_memory_budget)
    vkGetPhysicalDeviceMemoryProperties2 (device->physical, &memory);
  total = device->has_memory_budget ? budget.heapBudget[heap]
                                    : device->memory.memoryHeaps[heap].size;
  used = device->has_memory_budget ? budget.heapUsage[heap] : device->used;
  return total - MIN (used, total);
}

guint64
tpo_device_memory_left (TpoDevice *self)
{
  guint64 left = heap_left (self);

  if (self->max_memory > 0)
    left = MIN (left, self->max_memory - MIN (self->used, self->max_memory));
  return left;
}

gboolean
tpo_vk_memory_is_refused (TpoDevice *device, gsize size)
{
  /* A driver knows itself when a card is full. A software device would bring the machine down. */
  return size > device->limits.max_allocation ||
         ((device->limits.is_software || device->max_memory > 0) &&
          size > tpo_device_memory_left (device));
}

/* ---- who can give memory back --------------------------------------------------------------- */

typedef struct {
  TpoReclaimFunc func;
  gpointer user_data;
} Reclaimer;

void
tpo_device_add_reclaimer (TpoDevice *self, TpoReclaimFunc func, gpointer user_data)
{
  const Reclaimer reclaimer = { func, user_data };

  if (self->reclaimers == NULL)
    self->reclaimers = g_array_new (FALSE, FALSE, sizeof (Reclaimer));
  g_array_append_val (self->reclaimers, reclaimer);
}

void
tpo_device_remove_reclaimer (TpoDevice *self, TpoReclaimFunc func, gpointer user_data)
{
  for (guint i = 0; self->reclaimers != NULL && i < self->reclaimers->len; i++) {
    const Reclaimer *reclaimer = &g_array_index (self->reclaimers, Reclaimer, i);

    if (reclaimer->func == func && reclaimer->user_data == user_data) {
      g_array_remove_index (self->reclaimers, i);
      return;
    }
  }
}

gboolean
tpo_vk_memory_reclaim (TpoDevice *device)
{
  for (guint i = 0; device->reclaimers != NULL && i < device->reclaimers->len; i++) {
    const Reclaimer *reclaimer = &g_array_index (device->reclaimers, Reclaimer, i);

    if (reclaimer->func (reclaimer->user_data))
      return TRUE;
  }
  return FALSE;
}
