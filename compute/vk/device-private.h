#pragma once

#define VK_NO_PROTOTYPES
#include <volk.h>

#include "vk/device.h"
#include "vk/memory.h"

/*
 * Shared by the .c files of this folder only.
 */

typedef struct _TpoVkBlock TpoVkBlock;

/** TpoVkPool: blocks of one kind of memory, from which buffers are cut. */
typedef struct {
  guint memory_type;
  gsize block_size;
  gboolean direct_write; /* the type is mapped and may be written by the host */
  gboolean direct_read;  /* it is also cached, so that reading it is not slow */
  GPtrArray *blocks;     /* of TpoVkBlock */
} TpoVkPool;

typedef enum {
  TPO_VK_POOL_MAIN,  /* the device's own memory */
  TPO_VK_POOL_INPUT, /* what the host writes before every run: always mapped */
  TPO_VK_POOL_COUNT
} TpoVkPoolKind;

struct _TpoDevice {
  gint ref_count;
  TpoDeviceInfo *info;
  TpoVkLimits limits;
  gboolean validate;

  VkInstance instance;
  VkDebugUtilsMessengerEXT messenger;
  gint n_validation_errors; /* atomic: drivers may call back from their own threads */
  VkPhysicalDevice physical;
  VkPhysicalDeviceMemoryProperties memory;
  guint8 pipeline_uuid[VK_UUID_SIZE];
  guint8 device_uuid[VK_UUID_SIZE];
  guint32 vendor_id, device_id, driver_version;
  gboolean has_memory_budget;
  gboolean has_subgroup_control;
  double timestamp_period; /* nanoseconds; 0: no time stamps */
  guint64 timestamp_mask;  /* the bits of a stamp that count */
  guint queue_family;

  VkDevice handle;
  struct VolkDeviceTable vk;
  VkQueue queue;

  /* vk/times.c */
  gboolean is_timed;
  GHashTable *times; /* name → TpoDeviceTime; NULL: none yet */

  /* vk/queue.c */
  VkSemaphore timeline;
  guint64 last_value;
  VkCommandPool pool;
  VkCommandBuffer transfer_commands;

  /* vk/heaps.c, vk/memory.c */
  guint32 memory_type_bits; /* bit i: buffers may have memory of type i */
  TpoVkPool pools[TPO_VK_POOL_COUNT];
  guint64 used, peak;  /* bytes of device memory allocated */
  guint64 max_memory;  /* TpoDeviceOptions.max_memory */
  GArray *reclaimers;  /* of Reclaimer; NULL: none */
  TpoVkBlock *staging; /* NULL until it is needed */
  TpoVkBuffer *zeros;  /* a few zero bytes, bound where an operand is absent */

  /* vk/pipeline.c */
  GHashTable *pipelines; /* TpoVkPipelineInfo → TpoVkPipeline */
  GHashTable *layouts;   /* (n_bindings, texels) → layouts */
  VkPipelineCache pipeline_cache;
  char *cache_path; /* NULL: the cache is not kept */
  gboolean cache_changed;
};

/** TpoVkBlock: one allocation of device memory and the one VkBuffer over all of it. */
struct _TpoVkBlock {
  VkDeviceMemory memory;
  VkBuffer buffer;
  gsize size;
  guint8 *mapped;
  GArray *holes; /* of TpoVkHole, sorted by offset, never touching each other */
};

struct _TpoVkBuffer {
  TpoDevice *device;
  TpoVkPool *pool;
  TpoVkBlock *block;
  gsize offset; /* in the block */
  gsize size;   /* as asked for */
  gsize room;   /* as taken from the block */
};

/* vk/result.c */

/**
 * tpo_vk_ok: @call names the function for the message.
 * Returns: whether @result is VK_SUCCESS, else @error is set
 */
gboolean tpo_vk_ok (VkResult result, const char *call, GError **error);

/* vk/instance.c */

/** tpo_vk_instance_new: loads Vulkan; TPO_ERROR_NO_DEVICE says what is missing */
VkInstance tpo_vk_instance_new (gboolean validate, GError **error);

/** tpo_vk_physical_list: both lists in the same order, best first */
gboolean tpo_vk_physical_list (VkInstance instance, GPtrArray **infos, GArray **handles,
                               GError **error);

/* vk/heaps.c */

/** TPO_VK_BUFFER_USAGE: of every buffer, so that all may have the same types of memory */
#define TPO_VK_BUFFER_USAGE                                                        \
  (VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT | \
   VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT)

/** tpo_vk_heaps_init: chooses the types of memory of the pools */
void tpo_vk_heaps_init (TpoDevice *device, gboolean force_staging);

/**
 * tpo_vk_machine_memory_left: bytes that the machine can still give to processes; all there could
 *   be where the system does not say
 */
guint64 tpo_vk_machine_memory_left (void);

/**
 * tpo_vk_find_memory_type: Returns: the type with those flags in the largest heap, -1 if there is
 * none
 */
int tpo_vk_find_memory_type (TpoDevice *device, VkMemoryPropertyFlags wanted);

/** tpo_vk_memory_is_refused: @size bytes in one piece are not even asked of the driver */
gboolean tpo_vk_memory_is_refused (TpoDevice *device, gsize size);

/** tpo_vk_memory_reclaim: Returns: whether someone gave memory back */
gboolean tpo_vk_memory_reclaim (TpoDevice *device);

/* vk/memory.c */

void tpo_vk_memory_clear (TpoDevice *device);
TpoVkBlock *tpo_vk_block_new (TpoDevice *device, gsize size, guint memory_type, GError **error);
void tpo_vk_block_free (TpoDevice *device, TpoVkBlock *block);

/* vk/queue.c: the one queue. Invariants are written there. */

gboolean tpo_vk_queue_init (TpoDevice *device, GError **error);
void tpo_vk_queue_clear (TpoDevice *device);
gboolean tpo_vk_queue_submit (TpoDevice *device, VkCommandBuffer commands, guint64 *value,
                              GError **error);
gboolean tpo_vk_queue_wait (TpoDevice *device, guint64 value, GError **error);

/** tpo_vk_transfer_begin, _end: records into the device's own command buffer; end submits and waits */
VkCommandBuffer tpo_vk_transfer_begin (TpoDevice *device, GError **error);
gboolean tpo_vk_transfer_end (TpoDevice *device, GError **error);

/* vk/pipeline.c, vk/pipeline-cache.c */

struct _TpoVkPipeline {
  VkPipeline handle;
  VkPipelineLayout layout;
  VkDescriptorSetLayout set_layout;
  guint n_bindings;
  guint32 texels;
  gboolean is_warm;
};

void tpo_vk_pipelines_init (TpoDevice *device);
void tpo_vk_pipelines_clear (TpoDevice *device);
void tpo_vk_cache_load (TpoDevice *device, const char *cache_dir);
void tpo_vk_cache_save (TpoDevice *device);

/* vk/quirks.c */

/** tpo_vk_quirks_apply: fills the choices of @device's limits that depend on kind and driver */
void tpo_vk_quirks_apply (TpoDevice *device, VkDriverId driver, gboolean force_storage_reads);
