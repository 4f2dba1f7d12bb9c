#pragma once

#include <tpo/device.h>

/*
 * What the rest of compute/ may know about an open device. Vulkan types stay in this folder.
 */

/**
 * TpoVkLimits: sizes and choices of a device, fixed when it is opened.
 */
typedef struct {
  guint subgroup_size;     /* of pipelines that use subgroup operations; a power of two */
  guint max_invocations;   /* per workgroup */
  guint max_groups;        /* per dimension of a dispatch */
  gsize shared_size;       /* bytes of shared memory per workgroup */
  gsize binding_align;     /* bytes; offsets of storage and texel buffers */
  gsize max_storage_range; /* bytes of one storage buffer binding */
  gsize max_texel_range;   /* bytes of one texel buffer binding of 16-byte texels */
  gsize max_allocation;    /* bytes of one piece of device memory */
  gboolean is_software; /* runs on the CPU: few, long invocations; loads are the bottleneck */
  gboolean texel_reads; /* loads by texel buffers, exchange by shuffles; else as for a GPU */
  double
      submission_flops; /* work after which a new submission starts, so that cancelling is quick */
} TpoVkLimits;

/** tpo_vk_limits: Returns: (transfer none) */
const TpoVkLimits *tpo_vk_limits (TpoDevice *self);

/** tpo_vk_is_timed: tpo_device_set_timing() */
gboolean tpo_vk_is_timed (TpoDevice *self);

/** tpo_vk_add_time: counts @us and @flops of one node as @what, for tpo_device_take_times() */
void tpo_vk_add_time (TpoDevice *self, const char *what, double us, double flops);
