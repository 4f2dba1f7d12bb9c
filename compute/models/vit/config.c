#include "models/vit/vit.h"

#include <string.h>

static TpoVitKind
read_kind (TpoReader *reader)
{
  const char *kind = tpo_reader_string_or (reader, "kind", NULL);

  if (kind == NULL)
    return TPO_VIT_JOINT;
  if (strcmp (kind, "siglip") != 0)
    tpo_reader_fail (reader, "kind", "names no vision encoder that is known");
  return TPO_VIT_SIGLIP;
}

/* Given as it is, or as a part of the width. */
static guint
read_mlp_width (TpoReader *reader, guint width)
{
  double ratio;

  if (tpo_reader_has (reader, "intermediate_size"))
    return tpo_reader_uint (reader, "intermediate_size", 1, 1 << 18);
  ratio = tpo_reader_real_or (reader, "mlp_ratio", 4);
  if (ratio <= 0 || ratio > 64)
    tpo_reader_fail (reader, "mlp_ratio", "must be more than 0 and at most 64");
  return (guint) (width * CLAMP (ratio, 0, 64));
}

gboolean
tpo_vit_config_read (TpoVitConfig *config, const TpoMetadata *metadata, const char *prefix,
                     GError **error)
{
  TpoReader reader = tpo_reader (metadata, prefix);

  *config = (TpoVitConfig){
    .kind = read_kind (&reader),
    .image_size = tpo_reader_uint (&reader, "img_size", 1, 4096),
    .patch_size = tpo_reader_uint (&reader, "patch_size", 1, 256),
    .width = tpo_reader_uint (&reader, "embed_dim", 1, 1 << 16),
    .n_blocks = tpo_reader_uint (&reader, "depth_run", 1, 1024),
    .n_heads = tpo_reader_uint (&reader, "num_heads", 1, 1024),
    .n_table_frames = tpo_reader_uint_or (&reader, "ckpt_num_frame", 1, 1024, 4),
    .norm_eps = (float) tpo_reader_real_or (&reader, "layer_norm_eps", 1e-6),
    .output_norm_eps = (float) tpo_reader_real_or (&reader, "vision_layernorm_eps", 1e-12),
  };
  config->mlp_width = read_mlp_width (&reader, config->width);

  if (config->patch_size > config->image_size)
    tpo_reader_fail (&reader, "img_size", "must be at least patch_size");
  if (config->kind == TPO_VIT_JOINT && config->patch_size > 0 &&
      config->image_size % config->patch_size != 0)
    tpo_reader_fail (&reader, "img_size", "must be a multiple of patch_size");
  if (config->n_heads > 0 && config->width % config->n_heads != 0)
    tpo_reader_fail (&reader, "num_heads", "must divide embed_dim");
  if (config->width % 2 != 0)
    tpo_reader_fail (&reader, "embed_dim", "must be even");
  return tpo_reader_finish (&reader, error);
}
