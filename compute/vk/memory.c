#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "vk/device-private.h"

/*
 * Device memory is taken in blocks of a pool's block size, each covered by one VkBuffer, and handed
 * out first fit.
 *
 * Invariants:
 *  1. The holes of a block are sorted, not empty, and no two touch.
 *  2. Every buffer starts at a multiple of ALIGN, and its room is a multiple of ALIGN.
 *  3. The room of all buffers of a block and its holes add up to its size.
 *  4. A block without buffers is given back to the driver at once.
 *  5. Requests over half a block get a block of their own.
 */

#define ALIGN ((gsize) 256)
#define MAX_INPUT_SIZE ((gsize) 4 << 10)

typedef struct {
  gsize offset;
  gsize size;
} TpoVkHole;

void
tpo_vk_memory_clear (TpoDevice *device)
{
  for (guint i = 0; i < TPO_VK_POOL_COUNT; i++) {
    if (device->pools[i].blocks == NULL)
      continue;
    g_assert (device->pools[i].blocks->len == 0);
    g_clear_pointer (&device->pools[i].blocks, g_ptr_array_unref);
  }
  if (device->staging != NULL)
    tpo_vk_block_free (device, device->staging);
  g_clear_pointer (&device->reclaimers, g_array_unref);
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
  if (tpo_vk_memory_is_refused (device, needs.size))
    result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
  else
    result = device->vk.vkAllocateMemory (device->handle, &info, NULL, &block->memory);
  if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_OUT_OF_HOST_MEMORY) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_NO_MEMORY,
                 _ ("%s has no %.1f MB of memory left (%.1f MB are in use)"),
                 device->info->name, needs.size / 1e6, device->used / 1e6);
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
    .usage = TPO_VK_BUFFER_USAGE,
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
find_hole (TpoVkPool *pool, gsize room, gsize *offset)
{
  for (guint i = 0; room <= pool->block_size / 2 && i < pool->blocks->len; i++)
    if (take (pool->blocks->pdata[i], room, offset))
      return pool->blocks->pdata[i];
  return NULL;
}

static TpoVkBlock *
add_block (TpoDevice *device, TpoVkPool *pool, gsize room, gsize *offset, GError **error)
{
  TpoVkBlock *block = NULL;

  if (room <= pool->block_size / 2) /* where that does not fit, a smaller one may */
    block = tpo_vk_block_new (device, pool->block_size, pool->memory_type, NULL);
  if (block == NULL)
    block = tpo_vk_block_new (device, room, pool->memory_type, error);
  if (block == NULL)
    return NULL;
  g_ptr_array_add (pool->blocks, block);
  if (!take (block, room, offset))
    g_assert_not_reached ();
  return block;
}

/* Others give memory back before the device's budget is exceeded. Past that the driver has the last
 * word. */
static TpoVkBlock *
find_room (TpoDevice *device, TpoVkPool *pool, gsize room, gsize *offset, GError **error)
{
  TpoVkBlock *block;

  while ((block = find_hole (pool, room, offset)) == NULL) {
    g_autoptr (GError) local = NULL;

    if (room > tpo_device_memory_left (device) && tpo_vk_memory_reclaim (device))
      continue;
    block = add_block (device, pool, room, offset, &local);
    if (block != NULL)
      return block;
    if (g_error_matches (local, TPO_ERROR, TPO_ERROR_NO_MEMORY) &&
        tpo_vk_memory_reclaim (device))
      continue;
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  return block;
}

static TpoVkBuffer *
buffer_new (TpoDevice *device, TpoVkPoolKind kind, gsize size, GError **error)
{
  TpoVkPool *pool = &device->pools[kind];
  TpoVkBuffer *self;
  TpoVkBlock *block;
  gsize room, offset;

  if (size > G_MAXSSIZE - ALIGN) {
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_NO_MEMORY,
                         _ ("a buffer's size overflows"));
    return NULL;
  }
  room = (MAX (size, 1) + ALIGN - 1) / ALIGN * ALIGN;
  block = find_room (device, pool, room, &offset, error);
  if (block == NULL)
    return NULL;
  self = g_new (TpoVkBuffer, 1);
  *self = (TpoVkBuffer){
    .device = device,
    .pool = pool,
    .block = block,
    .offset = offset,
    .size = size,
    .room = room,
  };
  return self;
}

TpoVkBuffer *
tpo_vk_buffer_new (TpoDevice *device, gsize size, GError **error)
{
  return buffer_new (device, TPO_VK_POOL_MAIN, size, error);
}

TpoVkBuffer *
tpo_vk_buffer_new_input (TpoDevice *device, gsize size, GError **error)
{
  gboolean is_small = size <= MAX_INPUT_SIZE && !device->pools[TPO_VK_POOL_MAIN].direct_write;

  return buffer_new (device, is_small ? TPO_VK_POOL_INPUT : TPO_VK_POOL_MAIN, size, error);
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
    g_ptr_array_remove_fast (self->pool->blocks, block);
    tpo_vk_block_free (self->device, block);
  }
  g_free (self);
}

gsize
tpo_vk_buffer_size (const TpoVkBuffer *self)
{
  return self->size;
}
