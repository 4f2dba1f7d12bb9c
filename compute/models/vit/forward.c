#include "models/vit/weights.h"

/* Side of the square of patches that a frame is cut into. */
static gint64
patches_per_side (const TpoVitConfig *config)
{
  return config->image_size / config->patch_size;
}

gint64
tpo_vit_n_tokens (const TpoVit *self, guint n_frames)
{
  gint64 side = patches_per_side (&self->config);

  return n_frames * side * side;
}

const TpoVitConfig *
tpo_vit_get_config (const TpoVit *self)
{
  return &self->config;
}

static TpoTensor *
positions (TpoGraph *g, const TpoVit *self, guint n_frames)
{
  const TpoVitConfig *config = &self->config;
  gint64 n_tokens = tpo_vit_n_tokens (self, n_frames);
  g_autofree float *table = g_new (float, (gsize) n_tokens * config->width);

  tpo_vit_positions (n_frames, (guint) tpo_vit_n_tokens (self, 1), config->width,
                     config->n_table_frames, table);
  return tpo_graph_constant (g, "positions", TPO_F32, TPO_SHAPE (n_tokens, config->width),
                             table);
}

static TpoTensor *
block_forward (TpoGraph *g, const TpoVitConfig *config, const TpoVitBlock *block, guint index,
               TpoTensor *x, TpoTaps *taps)
{
  TpoTensor *normed = tpo_norm (g, x, &block->norm1, config->norm_eps);

  if (taps != NULL && index == 0) {
    /* The branch by itself is a landmark, so here the sum is a node of its own. */
    TpoTensor *branch =
        tpo_multi_head (g, normed, normed, &block->attention, config->n_heads, NULL);

    tpo_tap (taps, g, branch, "block0.attn");
    x = tpo_add (g, branch, x);
  } else {
    x = tpo_multi_head (g, normed, normed, &block->attention, config->n_heads, x);
  }
  normed = tpo_norm (g, x, &block->norm2, config->norm_eps);
  return tpo_feed_forward (g, normed, &block->mlp, TPO_ACT_GELU, x);
}

TpoTensor *
tpo_vit_forward (TpoGraph *g, const TpoVit *self, TpoTensor *frames, TpoTaps *taps)
{
  const TpoVitConfig *config = &self->config;
  const TpoShape *shape = tpo_tensor_get_shape (frames);
  TpoTensor *x;

  if (shape->n != 4 || shape->dim[0] < 1 || shape->dim[1] != config->image_size ||
      shape->dim[2] != config->image_size || shape->dim[3] != 3) {
    g_autofree char *text = tpo_shape_to_string (shape);

    tpo_graph_fail (g, TPO_ERROR_SHAPE,
                    "the vision encoder takes frames of %u × %u pixels with 3 channels, not %s",
                    config->image_size, config->image_size, text);
    return frames;
  }

  tpo_graph_push_label (g, "vit");
  x = tpo_linear (g, tpo_patches (g, frames, config->patch_size), &self->patch_embed,
                  TPO_ACT_NONE, NULL);
  tpo_tap (taps, g, x, "patch_embed");
  x = tpo_add (g, x, positions (g, self, (guint) shape->dim[0]));
  for (guint i = 0; i < config->n_blocks; i++) {
    tpo_graph_push_label (g, "block%u", i);
    x = block_forward (g, config, &self->blocks[i], i, x, taps);
    tpo_tap (taps, g, x, "block%u", i);
    tpo_graph_pop_label (g);
  }
  tpo_tap (taps, g, x, "prenorm");
  x = tpo_norm (g, x, &self->output_norm, config->output_norm_eps);
  tpo_graph_pop_label (g);
  return x;
}
