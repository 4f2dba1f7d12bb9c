#include "models/sam2/sam2.h"

static void
read_array (TpoReader *reader, const char *name, guint min, guint max, const guint *fallback,
            guint n, guint *values)
{
  if (!tpo_reader_has (reader, name)) {
    for (guint i = 0; i < n; i++)
      values[i] = fallback[i];
  } else if (tpo_reader_uints (reader, name, min, max, values, n) != n) {
    tpo_reader_fail (reader, name, "has the wrong number of values");
  }
}

static void
read_encoder (TpoReader *reader, TpoSam2Config *config)
{
  guint background[2] = { 0, 0 };

  config->image_size = tpo_reader_uint_or (reader, "image_size", 32, 4096, 1024);
  config->embed_dim = tpo_reader_uint_or (reader, "embed_dim", 4, 4096, 144);
  config->n_heads = tpo_reader_uint_or (reader, "num_heads", 1, 64, 2);
  read_array (reader, "stages", 1, 64, (const guint[]){ 2, 6, 36, 4 }, TPO_SAM2_STAGES,
              config->stages);
  read_array (reader, "window_spec", 1, 256, (const guint[]){ 8, 4, 16, 8 }, TPO_SAM2_STAGES,
              config->windows);
  if (tpo_reader_has (reader, "global_att_blocks")) {
    config->n_global = tpo_reader_uints (reader, "global_att_blocks", 0, TPO_SAM2_MAX_BLOCKS,
                                         config->global_blocks, TPO_SAM2_MAX_BLOCKS);
  } else {
    config->n_global = 3;
    config->global_blocks[0] = 23;
    config->global_blocks[1] = 33;
    config->global_blocks[2] = 43;
  }
  read_array (reader, "window_pos_embed_bkg_spatial_size", 1, 256, (const guint[]){ 7, 7 }, 2,
              background);
  if (background[0] != background[1])
    tpo_reader_fail (reader, "window_pos_embed_bkg_spatial_size", "must be square");
  config->background_size = background[0];
}

static void
read_memory (TpoReader *reader, TpoSam2Config *config)
{
  gint limit;

  config->d_memory = tpo_reader_uint_or (reader, "mem_dim", 4, 4096, 64);
  config->n_memory_layers = tpo_reader_uint_or (reader, "mem_attn_layers", 1, 64, 4);
  config->memory_feed_forward =
      tpo_reader_uint_or (reader, "mem_attn_ffn_dim", 1, 1 << 16, 2048);
  config->n_fuser_layers = tpo_reader_uint_or (reader, "mem_fuser_layers", 1, 64, 2);
  config->n_mask_channels = 5;
  read_array (reader, "mem_mask_channels", 1, 4096, (const guint[]){ 1, 4, 16, 64, 256 }, 5,
              config->mask_channels);
  config->n_memories = tpo_reader_uint_or (reader, "num_maskmem", 2, 64, 7);
  config->memory_stride =
      tpo_reader_uint_or (reader, "memory_temporal_stride_for_eval", 1, 64, 1);
  limit = tpo_reader_int_or (reader, "max_cond_frames_in_attn", -1, 64, -1);
  if (limit == 0 || limit == 1)
    tpo_reader_fail (reader, "max_cond_frames_in_attn",
                     "must be -1 for no limit or at least 2");
  config->n_conditioning = limit > 1 ? (guint) limit : 0;
  config->n_pointers = tpo_reader_uint_or (reader, "max_obj_ptrs_in_encoder", 1, 256, 16);
  config->memory_scale = (float) tpo_reader_real_or (reader, "sigmoid_scale_for_mem_enc", 20.0);
  config->memory_bias = (float) tpo_reader_real_or (reader, "sigmoid_bias_for_mem_enc", -10.0);
  config->rope_theta = (float) tpo_reader_real_or (reader, "rope_theta", 1e4);
}

static void
read_decoder (TpoReader *reader, TpoSam2Config *config)
{
  config->mask_in_channels = tpo_reader_uint_or (reader, "mask_in_chans", 4, 4096, 16);
  config->n_decoder_layers = tpo_reader_uint_or (reader, "decoder_layers", 1, 64, 2);
  config->n_decoder_heads = tpo_reader_uint_or (reader, "decoder_heads", 1, 64, 8);
  config->decoder_downsample =
      tpo_reader_uint_or (reader, "decoder_attention_downsample", 1, 16, 2);
  config->decoder_feed_forward =
      tpo_reader_uint_or (reader, "decoder_mlp_dim", 1, 1 << 16, 2048);
  config->iou_hidden = tpo_reader_uint_or (reader, "iou_head_hidden_dim", 1, 1 << 16, 256);
  config->hole_area = tpo_reader_uint_or (reader, "fill_hole_area", 0, 64, 8);
  config->stability_delta = (float) tpo_reader_real_or (reader, "stability_delta", 0.05);
  config->stability_threshold = (float) tpo_reader_real_or (reader, "stability_thresh", 0.98);
}

gboolean
tpo_sam2_config_read (const TpoMetadata *metadata, const char *prefix, TpoSam2Config *config,
                      GError **error)
{
  TpoReader reader = tpo_reader (metadata, prefix);

  *config = (TpoSam2Config){ 0 };
  read_encoder (&reader, config);
  config->d_model = tpo_reader_uint_or (&reader, "d_model", 32, 4096, 256);
  read_memory (&reader, config);
  read_decoder (&reader, config);

  if (config->image_size % 32 != 0)
    tpo_reader_fail (&reader, "image_size", "must be a multiple of 32");
  if (config->d_model % 32 != 0)
    tpo_reader_fail (&reader, "d_model", "must be a multiple of 32");
  if (config->d_memory != 0 && config->d_model % config->d_memory != 0)
    tpo_reader_fail (&reader, "mem_dim", "must divide d_model");
  if (tpo_reader_uint_or (&reader, "q_stride", 1, 8, 2) != 2)
    tpo_reader_fail (&reader, "q_stride", "must be 2");
  if (tpo_reader_uint_or (&reader, "backbone_stride", 1, 64, 16) != 16)
    tpo_reader_fail (&reader, "backbone_stride", "must be 16");
  return tpo_reader_finish (&reader, error);
}
