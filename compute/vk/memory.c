#include "config.h"

#include <string.h>

#include "vk/device-private.h"

/*
 * Device memory is taken in blocks of BLOCK_SIZE, each covered by one VkBuffer, and handed out first fit.
 *
 * Invariants:
 *  1. The holes of a block are sorted, not empty, and no two touch.
 *  2. Every buffer starts at a multiple of ALIGN, and its room is a multiple of ALIGN.
 *  3. The room of all buffers of a block and its holes add up to its size.
 *  4. A block without buffers is given back to the driver at once.
 *  5. Requests over BLOCK_SIZE / 2 get a block of their own.
 */

#define ALIGN ((gsize) 256)
#define BLOCK_SIZE ((gsize) 64 << 20)

typedef struct {
  gsize offset;
  gsize size;
} TpoVkHole;

static int
find_memory_type (TpoDevice *device, VkMemoryPropertyFlags wanted)
{
  for (guint32 i = 0; i < device->memory.memoryTypeCount; i++)
    if ((device->memory.memoryTypes[i].propertyFlags & wanted) == wanted)
      return (int) i;
  return -1;
}

/* Whether the host sees (nearly) all of the device's own memory: shared memory, or a resizable
 * window of a card. A small window is left alone. */
static gboolean
is_large_heap (TpoDevice *device, int type)
{
  guint32 heap = device->memory.memoryTypes[type].heapIndex;

  return device->memory.memoryHeaps[heap].size >= device->info->memory_size / 2;
}

void
tpo_vk_memory_init (TpoDevice *device, gboolean force_staging)
{
  const VkMemoryPropertyFlags local = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
  const VkMemoryPropertyFlags shared =
      local | VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
  int type;

  vkGetPhysicalDeviceMemoryProperties (device->physical, &device->memory);
  device->blocks = g_ptr_array_new ();
  type = find_memory_type (device, shared | VK_MEMORY_PROPERTY_HOST_CACHED_BIT);
  if (type < 0)
    type = find_memory_type (device, shared);
  if (!force_staging && type >= 0 && is_large_heap (device, type)) {
    device->direct_write = TRUE;
    device->direct_read = (device->memory.memoryTypes[type].propertyFlags &
                           VK_MEMORY_PROPERTY_HOST_CACHED_BIT) != 0;
  } else {
    type = find_memory_type (device, local);
  }
  device->memory_type = (guint) MAX (type, 0);
}

void
tpo_vk_memory_clear (TpoDevice *device)
{
  if (device->blocks == NULL)
    return;
  g_assert (device->blocks->len == 0);
  g_ptr_array_unref (device->blocks);
  if (device->staging != NULL)
    tpo_vk_block_free (device, device->staging);
}

static gboolean
allocate (TpoDevice *device, TpoVkBlock *block, guint memory_type, GError **error)
{
  VkMemoryRequirements needs;
  VkMemoryAllocateInfo info = {
    .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
    .memoryTypeIndex = memory_type,
  };
  VkResult result;

  device->vk.vkGetBufferMemoryRequirements (device->handle, block->buffer, &needs);
  info.allocationSize = needs.size;
  if (needs.size > device->limits.max_allocation)
    result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
  else
    result = device->vk.vkAllocateMemory (device->handle, &info, NULL, &block->memory);
  if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_OUT_OF_HOST_MEMORY) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_NO_MEMORY,
                 "%s has no %.1f MB of memory left (%.1f MB are in use)", device->info->name,
                 needs.size / 1e6, device->used / 1e6);
    return FALSE;
  }
  if (!tpo_vk_ok (result, "vkAllocateMemory", error))
    return FALSE;
  result = device->vk.vkBindBufferMemory (device->handle, block->buffer, block->memory, 0);
  return tpo_vk_ok (result, "vkBindBufferMemory", error);
}

TpoVkBlock *
tpo_vk_block_new (TpoDevice *device, gsize size, guint memory_type, GError **error)
{
  TpoVkBlock *block = g_new0 (TpoVkBlock, 1);
  const TpoVkHole all = { 0, size };
  const VkBufferCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
    .size = size,
    .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT |
             VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
  };
  VkResult result;
  VkMemoryPropertyFlags flags = device->memory.memoryTypes[memory_type].propertyFlags;

  block->size = size;
  block->holes = g_array_new (FALSE, FALSE, sizeof (TpoVkHole));
  g_array_append_val (block->holes, all);
  result = device->vk.vkCreateBuffer (device->handle, &info, NULL, &block->buffer);
  if (!tpo_vk_ok (result, "vkCreateBuffer", error) ||
      !allocate (device, block, memory_type, error)) {
    tpo_vk_block_free (device, block);
    return NULL;
  }
  device->used += size;
  device->peak = MAX (device->peak, device->used);
  if ((flags & VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT) != 0) {
    result = device->vk.vkMapMemory (device->handle, block->memory, 0, VK_WHOLE_SIZE, 0,
                                     (void **) &block->mapped);
    if (!tpo_vk_ok (result, "vkMapMemory", error)) {
      tpo_vk_block_free (device, block);
      return NULL;
    }
  }
  return block;
}

void
tpo_vk_block_free (TpoDevice *device, TpoVkBlock *block)
{
  if (block->memory != VK_NULL_HANDLE)
    device->used -= MIN (block->size, device->used);
  if (block->buffer != VK_NULL_HANDLE)
    device->vk.vkDestroyBuffer (device->handle, block->buffer, NULL);
  if (block->memory != VK_NULL_HANDLE)
    device->vk.vkFreeMemory (device->handle, block->memory, NULL);
  g_array_unref (block->holes);
  g_free (block);
}

static gboolean
take (TpoVkBlock *block, gsize room, gsize *offset)
{
  for (guint i = 0; i < block->holes->len; i++) {
    TpoVkHole *hole = &g_array_index (block->holes, TpoVkHole, i);

    if (hole->size < room)
      continue;
    *offset = hole->offset;
    hole->offset += room;
    hole->size -= room;
    if (hole->size == 0)
      g_array_remove_index (block->holes, i);
    return TRUE;
  }
  return FALSE;
}

/* Makes one hole of holes @left and @left + 1 if they touch. */
static void
join (GArray *holes, guint left)
{
  TpoVkHole *a, *b;

  if (left + 1 >= holes->len)
    return;
  a = &g_array_index (holes, TpoVkHole, left);
  b = &g_array_index (holes, TpoVkHole, left + 1);
  if (a->offset + a->size != b->offset)
    return;
  a->size += b->size;
  g_array_remove_index (holes, left + 1);
}

static void
give_back (TpoVkBlock *block, gsize offset, gsize room)
{
  TpoVkHole hole = { offset, room };
  guint i = 0;

  while (i < block->holes->len && g_array_index (block->holes, TpoVkHole, i).offset < offset)
    i++;
  g_array_insert_val (block->holes, i, hole);
  join (block->holes, i);
  if (i > 0)
    join (block->holes, i - 1);
}

static TpoVkBlock *
find_room (TpoDevice *device, gsize room, gsize *offset, GError **error)
{
  TpoVkBlock *block;

  if (room > BLOCK_SIZE / 2) {
    block = tpo_vk_block_new (device, room, device->memory_type, error);
  } else {
    for (guint i = 0; i < device->blocks->len; i++) {
      block = device->blocks->pdata[i];
      if (take (block, room, offset))
        return block;
    }
    block = tpo_vk_block_new (device, BLOCK_SIZE, device->memory_type, NULL);
    if (block == NULL) /* a smaller one may still fit */
      block = tpo_vk_block_new (device, room, device->memory_type, error);
  }
  if (block == NULL)
    return NULL;
  g_ptr_array_add (device->blocks, block);
  if (!take (block, room, offset))
    g_assert_not_reached ();
  return block;
}

TpoVkBuffer *
tpo_vk_buffer_new (TpoDevice *device, gsize size, GError **error)
{
  TpoVkBuffer *self;
  TpoVkBlock *block;
  gsize room, offset;

  if (size > G_MAXSSIZE - ALIGN) {
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_NO_MEMORY, "a buffer's size overflows");
    return NULL;
  }
  room = (MAX (size, 1) + ALIGN - 1) / ALIGN * ALIGN;
  block = find_room (device, room, &offset, error);
  if (block == NULL)
    return NULL;
  self = g_new (TpoVkBuffer, 1);
  *self = (TpoVkBuffer){
    .device = device,
    .block = block,
    .offset = offset,
    .size = size,
    .room = room,
  };
  return self;
}

void
tpo_vk_buffer_free (TpoVkBuffer *self)
{
  TpoVkBlock *block;

  if (self == NULL)
    return;
  block = self->block;
  give_back (block, self->offset, self->room);
  if (g_array_index (block->holes, TpoVkHole, 0).size == block->size) {
    g_ptr_array_remove_fast (self->device->blocks, block);
    tpo_vk_block_free (self->device, block);
  }
  g_free (self);
}

gsize
tpo_vk_buffer_size (const TpoVkBuffer *self)
{
  return self->size;
}
