#include "models/sam2/load.h"

static void
load_prompt_encoder (TpoLoader *loader, TpoSam2 *self)
{
  gint64 c = self->config.d_model, m = self->config.mask_in_channels;

  tpo_loader_enter (loader, "sam_prompt_encoder.");
  self->fourier = tpo_load_array (loader, "pe_layer.positional_encoding_gaussian_matrix",
                                  TPO_SHAPE (2, c / 2));
  for (guint i = 0; i < G_N_ELEMENTS (self->point_codes); i++) {
    tpo_loader_enter (loader, "point_embeddings.%u.", i);
    self->point_codes[i] = tpo_load_array (loader, "weight", TPO_SHAPE (1, c));
    tpo_loader_leave (loader);
  }
  self->padding_code = tpo_load_array (loader, "not_a_point_embed.weight", TPO_SHAPE (1, c));
  self->no_mask = tpo_load_array (loader, "no_mask_embed.weight", TPO_SHAPE (1, c));
  tpo_load_conv (loader, "mask_downscaling.0", m / 4, 1, 2, TPO_LOAD_BIAS, &self->mask_down1);
  tpo_load_norm (loader, "mask_downscaling.1", m / 4, &self->mask_norm1);
  tpo_load_conv (loader, "mask_downscaling.3", m, m / 4, 2, TPO_LOAD_BIAS, &self->mask_down2);
  tpo_load_norm (loader, "mask_downscaling.4", m, &self->mask_norm2);
  tpo_load_linear (loader, "mask_downscaling.6", c, m, TPO_LOAD_BIAS, &self->mask_out);
  tpo_loader_leave (loader);
}

static void
load_two_way (TpoLoader *loader, const TpoSam2Config *config, TpoSam2TwoWay *layer)
{
  gint64 c = config->d_model, inner = c / config->decoder_downsample;

  tpo_sam2_load_attention (loader, "self_attn", c, c, c, &layer->self_attn);
  tpo_sam2_load_attention (loader, "cross_attn_token_to_image", c, inner, c, &layer->to_image);
  tpo_sam2_load_attention (loader, "cross_attn_image_to_token", c, inner, c, &layer->to_token);
  tpo_load_norm (loader, "norm1", c, &layer->norm1);
  tpo_load_norm (loader, "norm2", c, &layer->norm2);
  tpo_load_norm (loader, "norm3", c, &layer->norm3);
  tpo_load_norm (loader, "norm4", c, &layer->norm4);
  tpo_load_linear (loader, "mlp.layers.0", config->decoder_feed_forward, c, TPO_LOAD_BIAS,
                   &layer->mlp.fc1);
  tpo_load_linear (loader, "mlp.layers.1", c, config->decoder_feed_forward, TPO_LOAD_BIAS,
                   &layer->mlp.fc2);
}

static void
load_mask_decoder (TpoLoader *loader, TpoSam2 *self)
{
  const TpoSam2Config *config = &self->config;
  gint64 c = config->d_model;

  tpo_loader_enter (loader, "sam_mask_decoder.");
  self->iou_token = tpo_load_array (loader, "iou_token.weight", TPO_SHAPE (1, c));
  self->score_token = tpo_load_array (loader, "obj_score_token.weight", TPO_SHAPE (1, c));
  self->mask_tokens =
      tpo_load_array (loader, "mask_tokens.weight", TPO_SHAPE (TPO_SAM2_MASKS, c));
  for (guint i = 0; i < config->n_decoder_layers; i++) {
    tpo_loader_enter (loader, "transformer.layers.%u.", i);
    load_two_way (loader, config, &self->two_way[i]);
    tpo_loader_leave (loader);
  }
  tpo_sam2_load_attention (loader, "transformer.final_attn_token_to_image", c,
                           c / config->decoder_downsample, c, &self->final_attn);
  tpo_load_norm (loader, "transformer.norm_final_attn", c, &self->final_norm);
  tpo_load_conv_transpose (loader, "output_upscaling.0", c / 4, c, 2, TPO_LOAD_BIAS,
                           &self->upscale1);
  tpo_load_norm (loader, "output_upscaling.1", c / 4, &self->upscale_norm);
  tpo_load_conv_transpose (loader, "output_upscaling.3", c / 8, c / 4, 2, TPO_LOAD_BIAS,
                           &self->upscale2);
  for (guint i = 0; i < TPO_SAM2_MASKS; i++) {
    g_autofree char *name = g_strdup_printf ("output_hypernetworks_mlps.%u", i);

    tpo_sam2_load_mlp (loader, name, c, c, c / 8, self->hyper[i]);
  }
  tpo_sam2_load_mlp (loader, "iou_prediction_head", c, config->iou_hidden, TPO_SAM2_MASKS,
                     self->iou);
  tpo_sam2_load_mlp (loader, "pred_obj_score_head", c, c, 1, self->score);
  tpo_loader_leave (loader);
}

void
tpo_sam2_load_decoder (TpoLoader *loader, TpoSam2 *self)
{
  load_prompt_encoder (loader, self);
  load_mask_decoder (loader, self);
}
