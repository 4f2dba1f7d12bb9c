#pragma once

#include <gio/gio.h>

#include <tpo/error.h>

G_BEGIN_DECLS

/**
 * TpoDeviceKind: what a Vulkan device says it is, in the order of preference.
 */
typedef enum {
  TPO_DEVICE_DISCRETE,
  TPO_DEVICE_INTEGRATED,
  TPO_DEVICE_VIRTUAL,
  TPO_DEVICE_SOFTWARE,
  TPO_DEVICE_KIND_COUNT
} TpoDeviceKind;

/**
 * TpoDeviceInfo: one physical device as tpo_device_list() finds it.
 *
 * @memory_budget: bytes that may be used now; @memory_size where the driver does not say; of
 *   software devices what the machine has left
 */
typedef struct {
  guint index; /* position in the list; tpo_device_open() takes it */
  TpoDeviceKind kind;
  char *name;          /* as the driver calls it */
  char *driver;        /* driver name and version */
  guint64 memory_size; /* bytes of the largest device-local heap */
  guint64 memory_budget;
  char *problem; /* why the engine cannot use it, or NULL when it can */
} TpoDeviceInfo;

void tpo_device_info_free (TpoDeviceInfo *self);

/**
 * tpo_device_kind_name:
 *
 * Returns: (transfer none): "discrete", "integrated", "virtual" or "software"
 */
const char *tpo_device_kind_name (TpoDeviceKind kind);

/**
 * tpo_device_list:
 *
 * Lists every Vulkan device of the machine, usable or not. Thread-safe; takes tens of
 * milliseconds.
 *
 * Returns: (transfer container) (element-type TpoDeviceInfo): empty when a driver but no device
 *   is there; %NULL with TPO_ERROR_NO_DEVICE when there is no Vulkan or no driver at all
 */
GPtrArray *tpo_device_list (GError **error);

/**
 * TpoDeviceOptions: valid when zeroed.
 */
typedef struct {
  const char
      *selector; /* NULL: best kind first; a number: index; else part of the name or a kind */
  const char *cache_dir;  /* where the pipeline cache file lives; NULL: none is kept */
  gboolean validate;      /* load the Khronos validation layer, with synchronisation checks */
  gboolean force_staging; /* act as if device memory were not host-visible, to test that path */
  gboolean force_storage_reads; /* never read through texel buffers, to test the GPU variant */
  gsize max_binding; /* bytes bound at once at most; 0: what the device takes. To test slices */
  guint64
      max_memory; /* bytes of device memory allocated at most; 0: what the device has. To test eviction */
} TpoDeviceOptions;

typedef struct _TpoDevice TpoDevice;

/**
 * tpo_device_open:
 * @options: (nullable)
 *
 * Opens a device and its one compute queue. Everything created from a device holds a reference to it.
 * A device and all that is created from it belong to one thread at a time.
 *
 * Returns: (transfer full): %NULL with TPO_ERROR_NO_DEVICE, naming what is missing
 */
TpoDevice *tpo_device_open (const TpoDeviceOptions *options, GError **error);

/** tpo_device_get_info: Returns: (transfer none) */
const TpoDeviceInfo *tpo_device_get_info (TpoDevice *self);

/** tpo_device_memory_used: bytes of device memory allocated by this process now and at the peak */
void tpo_device_memory_used (TpoDevice *self, guint64 *now, guint64 *peak);

/**
 * tpo_device_memory_left: bytes that can be allocated now: what the driver grants this process
 *   (VK_EXT_memory_budget) or else the size of the memory, less what is in use. Of a software
 *   device the memory that the machine has left
 */
guint64 tpo_device_memory_left (TpoDevice *self);

/**
 * TpoReclaimFunc: frees device memory that its owner can do without for now.
 *
 * Called in the middle of an allocation, which may be part of anything that uses the device: only what
 * nobody is at work with may be freed, and nothing may be allocated.
 *
 * Returns: whether anything was freed; it is then called again if that was not enough
 */
typedef gboolean (*TpoReclaimFunc) (gpointer user_data);

/** tpo_device_add_reclaimer: @func is asked when memory runs short, until it is removed */
void tpo_device_add_reclaimer (TpoDevice *self, TpoReclaimFunc func, gpointer user_data);
void tpo_device_remove_reclaimer (TpoDevice *self, TpoReclaimFunc func, gpointer user_data);

/** tpo_device_start_peak: the peak of tpo_device_memory_used() counts from now on */
void tpo_device_start_peak (TpoDevice *self);

/**
 * tpo_device_set_timing: graphs that are compiled from now on take the time of each node, one after
 *   the other, for tpo_device_take_times()
 */
void tpo_device_set_timing (TpoDevice *self, gboolean enable);

/**
 * TpoDeviceTime: device time of nodes of one kind.
 */
typedef struct {
  const char
      *what; /* part of the model and operator: "vit attention"; lives as long as the device */
  double us; /* microseconds by device time stamps */
  guint n_nodes;
  double flops; /* arithmetic; 0 where it is not counted */
} TpoDeviceTime;

/**
 * tpo_device_take_times: (transfer full) (element-type TpoDeviceTime): of all runs since the last
 * call, longest first
 */
GArray *tpo_device_take_times (TpoDevice *self);

/**
 * tpo_device_n_validation_errors: messages of severity "error" that the validation layer gave
 *   since the device was opened; always 0 without TpoDeviceOptions.validate
 */
guint tpo_device_n_validation_errors (TpoDevice *self);

TpoDevice *tpo_device_ref (TpoDevice *self);
void tpo_device_unref (TpoDevice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoDevice, tpo_device_unref)

G_END_DECLS
