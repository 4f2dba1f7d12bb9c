#include "models/sam2/load.h"

static gboolean
is_global (const TpoSam2Config *config, guint block)
{
  for (guint i = 0; i < config->n_global; i++) {
    if (config->global_blocks[i] == block)
      return TRUE;
  }
  return FALSE;
}

/* Widths, heads and windows of every block: Hiera, table 1, and hieradet.py. */
static void
plan_blocks (TpoSam2 *self)
{
  const TpoSam2Config *config = &self->config;
  gint64 width = config->embed_dim;
  guint n_heads = config->n_heads, n = 0;

  for (guint stage = 0; stage < TPO_SAM2_STAGES; stage++) {
    for (guint i = 0; i < config->stages[stage] && n < TPO_SAM2_MAX_BLOCKS; i++, n++) {
      TpoSam2Block *block = &self->blocks[n];
      gboolean is_first = stage > 0 && i == 0;

      block->n_in = width;
      if (is_first) {
        width *= 2;
        n_heads *= 2;
      }
      block->n_out = width;
      block->n_heads = n_heads;
      block->pools = is_first;
      block->ends_stage = i + 1 == config->stages[stage];
      block->window = is_global (config, n) ? 0 : config->windows[is_first ? stage - 1 : stage];
    }
  }
  self->n_blocks = n;
}

static void
load_block (TpoLoader *loader, TpoSam2Block *block)
{
  static const char weight[] = "attn.qkv.weight", bias[] = "attn.qkv.bias";
  gint64 d = block->n_in, c = block->n_out;

  tpo_load_norm (loader, "norm1", d, &block->norm1);
  tpo_load_linear_rows (loader, weight, bias, 3 * c, d, 0, c, &block->q);
  tpo_load_linear_rows (loader, weight, bias, 3 * c, d, c, c, &block->k);
  tpo_load_linear_rows (loader, weight, bias, 3 * c, d, 2 * c, c, &block->v);
  tpo_load_linear (loader, "attn.proj", c, c, TPO_LOAD_BIAS, &block->out);
  tpo_load_norm (loader, "norm2", c, &block->norm2);
  tpo_load_linear (loader, "mlp.layers.0", 4 * c, c, TPO_LOAD_BIAS, &block->mlp.fc1);
  tpo_load_linear (loader, "mlp.layers.1", c, 4 * c, TPO_LOAD_BIAS, &block->mlp.fc2);
  if (block->pools)
    tpo_load_linear (loader, "proj", c, d, TPO_LOAD_BIAS, &block->project);
}

void
tpo_sam2_load_encoder (TpoLoader *loader, TpoSam2 *self)
{
  const TpoSam2Config *config = &self->config;
  gint64 c0 = config->embed_dim, c = config->d_model, b = config->background_size;
  gint64 w = config->windows[0];

  plan_blocks (self);
  tpo_loader_enter (loader, "image_encoder.trunk.");
  tpo_load_conv (loader, "patch_embed.proj", c0, 3, 7, TPO_LOAD_BIAS, &self->patch);
  self->positions = tpo_load_array (loader, "pos_embed", TPO_SHAPE (1, c0, b, b));
  self->window_positions = tpo_load_array (loader, "pos_embed_window", TPO_SHAPE (1, c0, w, w));
  for (guint i = 0; i < self->n_blocks; i++) {
    tpo_loader_enter (loader, "blocks.%u.", i);
    load_block (loader, &self->blocks[i]);
    tpo_loader_leave (loader);
  }
  tpo_loader_leave (loader);

  for (guint i = 0; i < TPO_SAM2_STAGES; i++) {
    tpo_loader_enter (loader, "image_encoder.neck.convs.%u.", i);
    tpo_load_linear (loader, "conv", c, c0 << (TPO_SAM2_STAGES - 1 - i), TPO_LOAD_BIAS,
                     &self->neck[i]);
    tpo_loader_leave (loader);
  }
  tpo_load_linear (loader, "sam_mask_decoder.conv_s0", c / 8, c, TPO_LOAD_BIAS, &self->conv_s0);
  tpo_load_linear (loader, "sam_mask_decoder.conv_s1", c / 4, c, TPO_LOAD_BIAS, &self->conv_s1);
}
