#pragma once

#include "io/model-config.h"

enum {
  SAM_N_SIZES = 4
};

/** SamSize: what the sizes of SAM 2 differ in */
typedef struct {
  const char *name; /* "tiny", … as in names of files */
  guint width, n_heads;
  guint stages[4], global[3], windows[4], table;
  guint n_tensors; /* of release 2.0 */
  guint64 n_elements;
} SamSize;

extern const SamSize sam_sizes[SAM_N_SIZES];

/** sam_settings: Returns: (transfer full): settings of a mask head of that size and release */
TpoMetadata *sam_settings (const SamSize *size, gboolean is_2_1);
