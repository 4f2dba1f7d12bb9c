#include "models/sam2/load.h"

static void
load_memory_attention (TpoLoader *loader, TpoSam2 *self)
{
  const TpoSam2Config *config = &self->config;
  gint64 c = config->d_model;

  for (guint i = 0; i < config->n_memory_layers; i++) {
    TpoSam2MemoryLayer *layer = &self->memory[i];

    tpo_loader_enter (loader, "memory_attention.layers.%u.", i);
    tpo_sam2_load_attention (loader, "self_attn", c, c, c, &layer->self_attn);
    tpo_sam2_load_attention (loader, "cross_attn_image", c, c, config->d_memory,
                             &layer->cross_attn);
    tpo_load_linear (loader, "linear1", config->memory_feed_forward, c, TPO_LOAD_BIAS,
                     &layer->mlp.fc1);
    tpo_load_linear (loader, "linear2", c, config->memory_feed_forward, TPO_LOAD_BIAS,
                     &layer->mlp.fc2);
    tpo_load_norm (loader, "norm1", c, &layer->norm1);
    tpo_load_norm (loader, "norm2", c, &layer->norm2);
    tpo_load_norm (loader, "norm3", c, &layer->norm3);
    tpo_loader_leave (loader);
  }
  tpo_load_norm (loader, "memory_attention.norm", c, &self->memory_norm);
}

static void
load_fuser (TpoLoader *loader, gint64 c, TpoSam2FuserLayer *layer)
{
  layer->gamma = tpo_load_vector (loader, "gamma", c);
  tpo_load_conv (loader, "dwconv", c, 1, 7, TPO_LOAD_BIAS, &layer->depthwise);
  tpo_load_norm (loader, "norm", c, &layer->norm);
  tpo_load_linear (loader, "pwconv1", 4 * c, c, TPO_LOAD_BIAS, &layer->mlp.fc1);
  tpo_load_linear (loader, "pwconv2", c, 4 * c, TPO_LOAD_BIAS, &layer->mlp.fc2);
}

/* The mask downsampler is a list of convolution, norm and activation: names count in threes. */
static void
load_memory_encoder (TpoLoader *loader, TpoSam2 *self)
{
  const TpoSam2Config *config = &self->config;
  gint64 c = config->d_model;
  guint n = config->n_mask_channels - 1;
  g_autofree char *out = g_strdup_printf ("mask_downsampler.encoder.%u", 3 * n);

  tpo_loader_enter (loader, "memory_encoder.");
  for (guint i = 0; i < n; i++) {
    g_autofree char *conv = g_strdup_printf ("mask_downsampler.encoder.%u", 3 * i);
    g_autofree char *norm = g_strdup_printf ("mask_downsampler.encoder.%u", 3 * i + 1);

    tpo_load_conv (loader, conv, config->mask_channels[i + 1], config->mask_channels[i], 3,
                   TPO_LOAD_BIAS, &self->mask_conv[i]);
    tpo_load_norm (loader, norm, config->mask_channels[i + 1], &self->mask_conv_norm[i]);
  }
  tpo_load_linear (loader, out, c, config->mask_channels[n], TPO_LOAD_BIAS,
                   &self->mask_conv_out);
  tpo_load_linear (loader, "pix_feat_proj", c, c, TPO_LOAD_BIAS, &self->frame_project);
  for (guint i = 0; i < config->n_fuser_layers; i++) {
    tpo_loader_enter (loader, "fuser.layers.%u.", i);
    load_fuser (loader, c, &self->fuser[i]);
    tpo_loader_leave (loader);
  }
  tpo_load_linear (loader, "out_proj", config->d_memory, c, TPO_LOAD_BIAS, &self->memory_out);
  tpo_loader_leave (loader);
}

void
tpo_sam2_load_memory (TpoLoader *loader, TpoSam2 *self)
{
  const TpoSam2Config *config = &self->config;
  gint64 c = config->d_model, m = config->d_memory;

  self->no_memory = tpo_load_array (loader, "no_mem_embed", TPO_SHAPE (1, c));
  self->no_pointer = tpo_load_array (loader, "no_obj_ptr", TPO_SHAPE (1, c));
  self->time_codes =
      tpo_load_array (loader, "maskmem_tpos_enc", TPO_SHAPE (config->n_memories, m));
  tpo_load_conv (loader, "mask_downsample", 1, 1, 4, TPO_LOAD_BIAS, &self->mask_downsample);
  tpo_sam2_load_mlp (loader, "obj_ptr_proj", c, c, c, self->pointer);
  load_memory_attention (loader, self);
  load_memory_encoder (loader, self);

  /* The release is told by what it added. */
  self->is_2_1 = tpo_loader_has (loader, "no_obj_embed_spatial");
  if (self->is_2_1) {
    self->no_object = tpo_load_array (loader, "no_obj_embed_spatial", TPO_SHAPE (1, m));
    tpo_load_linear (loader, "obj_ptr_tpos_proj", m, c, TPO_LOAD_BIAS, &self->pointer_time);
  }
}
