#include "config.h"

#include "vk/device-private.h"

/* Choices that depend on the kind of device or on its driver, in one table. The first row that fits
 * counts. */

typedef struct {
  VkDriverId driver;   /* 0: any */
  int kind;            /* TpoDeviceKind; -1: any */
  guint subgroup_size; /* wanted, where the device leaves a choice; 0: its own */
  gboolean texel_reads;
  double submission_flops;
} Quirk;

static const Quirk quirks[] = {
  /* lavapipe loads storage buffers lane by lane but texel buffers by hardware gathers, and a
   * shuffle from a constant lane is one instruction: lp_bld_nir_soa.c and lp_bld_sample_soa.c of
   * Mesa 22.3. */
  { .driver = VK_DRIVER_ID_MESA_LLVMPIPE,
    .kind = -1,
    .texel_reads = TRUE,
    .submission_flops = 2e9 },
  { .kind = TPO_DEVICE_SOFTWARE, .texel_reads = TRUE, .submission_flops = 2e9 },
  /* Intel devices run 8 to 32 lanes; 16 keeps enough registers for the product tiles. */
  { .driver = VK_DRIVER_ID_INTEL_OPEN_SOURCE_MESA,
    .kind = -1,
    .subgroup_size = 16,
    .submission_flops = 2e10 },
  { .kind = TPO_DEVICE_INTEGRATED, .submission_flops = 2e10 },
  { .kind = -1, .submission_flops = 4e11 },
};

void
tpo_vk_quirks_apply (TpoDevice *device, VkDriverId driver, gboolean force_storage_reads)
{
  TpoVkLimits *limits = &device->limits;
  const Quirk *quirk = quirks;

  while ((quirk->driver != 0 && quirk->driver != driver) ||
         (quirk->kind >= 0 && quirk->kind != (int) device->info->kind))
    quirk++;
  limits->is_software = device->info->kind == TPO_DEVICE_SOFTWARE;
  limits->texel_reads = quirk->texel_reads && !force_storage_reads;
  limits->submission_flops = quirk->submission_flops;
  if (quirk->subgroup_size > 0)
    limits->subgroup_size = quirk->subgroup_size;
}
