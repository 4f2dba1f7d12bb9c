#include "sizes.h"

#define SAM TPO_ARCHITECTURE ".sam."

const SamSize sam_sizes[SAM_N_SIZES] = {
  { "tiny", 96, 1, { 1, 2, 7, 2 }, { 5, 7, 9 }, { 8, 4, 14, 7 }, 7, 468, 38946242 },
  { "small", 96, 1, { 1, 2, 11, 2 }, { 7, 10, 13 }, { 8, 4, 14, 7 }, 7, 516, 46044098 },
  { "base_plus", 112, 2, { 2, 3, 16, 3 }, { 12, 16, 20 }, { 8, 4, 14, 7 }, 14, 612, 80833922 },
  { "large", 144, 2, { 2, 6, 36, 4 }, { 23, 33, 43 }, { 8, 4, 16, 8 }, 7, 900, 224430386 },
};

static void
set_list (TpoMetadata *metadata, const char *key, const guint *list, gsize n)
{
  TpoValue *value = tpo_value_new (TPO_VALUE_U32, TRUE, n);

  for (gsize i = 0; i < n; i++)
    value->ints[i] = list[i];
  tpo_metadata_set (metadata, key, value);
}

TpoMetadata *
sam_settings (const SamSize *size, gboolean is_2_1)
{
  const guint table[] = { size->table, size->table };
  TpoMetadata *metadata = tpo_metadata_new ();

  tpo_model_config_published (TPO_COMPONENT_MASK, metadata);
  tpo_metadata_set_string (metadata, SAM "release", is_2_1 ? "2.1" : "2.0");
  tpo_metadata_set_u32 (metadata, SAM "embed_dim", size->width);
  tpo_metadata_set_u32 (metadata, SAM "num_heads", size->n_heads);
  set_list (metadata, SAM "stages", size->stages, 4);
  set_list (metadata, SAM "global_att_blocks", size->global, 3);
  set_list (metadata, SAM "window_spec", size->windows, 4);
  set_list (metadata, SAM "window_pos_embed_bkg_spatial_size", table, 2);
  return metadata;
}
