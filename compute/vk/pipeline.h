#pragma once

#include "spirv.h"
#include "vk/device.h"

enum {
  TPO_VK_MAX_BINDINGS = 24,
  TPO_VK_MAX_SPEC = 16,
  TPO_VK_PUSH_SIZE = 128
};

/**
 * TpoVkPipelineInfo: what tells one pipeline from another. Zero it before filling: it is hashed
 * as bytes.
 *
 * Specialization constant 0 is @local_size, 1 the device's subgroup size, 2 … are @spec.
 */
typedef struct {
  guint32 spirv;           /* TpoSpirv */
  guint32 local_size;      /* a multiple of the subgroup size where @needs_subgroups */
  guint32 needs_subgroups; /* 1: created with the device's subgroup size required and full */
  guint32 n_bindings;
  guint32 texels; /* bit i: binding i is a uniform texel buffer, else a storage buffer */
  guint32 n_spec;
  guint32 spec[TPO_VK_MAX_SPEC];
} TpoVkPipelineInfo;

typedef struct _TpoVkPipeline TpoVkPipeline;

/**
 * tpo_vk_pipelines_get:
 * @pipelines: (out) (array length=n) (element-type TpoVkPipeline): live as long as the device
 *
 * Makes those of the @n pipelines that the device does not have yet, several at once by threads of
 * its own, and finds all. The driver may still compile at the first dispatch; see
 * tpo_vk_pipeline_warm(). On the device's thread.
 * Returns: false with TPO_ERROR_UNSUPPORTED, _NO_MEMORY or _DEVICE_LOST
 */
gboolean tpo_vk_pipelines_get (TpoDevice *device, const TpoVkPipelineInfo *infos, guint n,
                               TpoVkPipeline **pipelines, GError **error);

/** tpo_vk_pipeline_is_warm: it was dispatched or warmed before */
gboolean tpo_vk_pipeline_is_warm (const TpoVkPipeline *self);

/**
 * tpo_vk_pipeline_warm: makes the driver compile now, by a dispatch of no workgroups; does nothing when
 * it is warm. Takes up to a second on software devices without a disk cache.
 */
gboolean tpo_vk_pipeline_warm (TpoDevice *device, TpoVkPipeline *self, GError **error);
