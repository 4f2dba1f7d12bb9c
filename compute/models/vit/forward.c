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

const TpoPixelScale *
tpo_vit_get_pixels (const TpoVit *self)
{
  return self->config.kind == TPO_VIT_SIGLIP ? &tpo_pixel_scale_unit
                                             : &tpo_pixel_scale_imagenet;
}

guint
tpo_vit_group (const TpoVit *self, guint n_frames)
{
  return self->config.kind == TPO_VIT_JOINT ? n_frames : 1;
}

/* Codes of the frames' places and of their patches', [T · n, C], or [n, C] for every frame. */
static TpoTensor *
positions (TpoGraph *g, const TpoVit *self, guint n_frames)
{
  const TpoVitConfig *config = &self->config;
  gint64 n_tokens = tpo_vit_n_tokens (self, n_frames);
  g_autofree float *table = NULL;

  if (self->positions != NULL)
    return self->positions;
  table = g_new (float, (gsize) n_tokens * config->width);
  tpo_vit_positions (n_frames, (guint) tpo_vit_n_tokens (self, 1), config->width,
                     config->n_table_frames, table);
  return tpo_graph_constant (g, "positions", TPO_F32, TPO_SHAPE (n_tokens, config->width),
                             table);
}

/* Tokens as the attention joins them: all in a row, or those of each frame apart. */
static TpoTensor *
embed (TpoGraph *g, const TpoVit *self, TpoTensor *frames, TpoTaps *taps)
{
  const TpoVitConfig *config = &self->config;
  gint64 n_frames = tpo_tensor_dim (frames, 0);
  gint64 rest = config->image_size % config->patch_size;
  TpoTensor *x = frames;

  if (rest != 0) {
    x = tpo_pad (g, x, 1, 0, -rest);
    x = tpo_pad (g, x, 2, 0, -rest);
  }
  x = tpo_linear (g, tpo_patches (g, x, config->patch_size), &self->patch_embed, TPO_ACT_NONE,
                  NULL);
  tpo_tap (taps, g, x, "patch_embed");
  if (config->kind == TPO_VIT_SIGLIP)
    x = tpo_reshape (g, x, TPO_SHAPE (n_frames, tpo_vit_n_tokens (self, 1), config->width));
  return tpo_add (g, x, positions (g, self, (guint) n_frames));
}

static TpoTensor *
block_forward (TpoGraph *g, const TpoVitConfig *config, const TpoVitBlock *block, guint index,
               TpoTensor *x, TpoTaps *taps)
{
  TpoAct act = config->kind == TPO_VIT_SIGLIP ? TPO_ACT_GELU_TANH : TPO_ACT_GELU;
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
  return tpo_feed_forward (g, normed, &block->mlp, act, x);
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
  x = embed (g, self, frames, taps);
  for (guint i = 0; i < config->n_blocks; i++) {
    tpo_graph_push_label (g, "block%u", i);
    x = block_forward (g, config, &self->blocks[i], i, x, taps);
    tpo_tap (taps, g, x, "block%u", i);
    tpo_graph_pop_label (g);
  }
  x = tpo_reshape (g, x,
                   TPO_SHAPE (tpo_vit_n_tokens (self, (guint) shape->dim[0]), config->width));
  tpo_tap (taps, g, x, "prenorm");
  if (config->kind == TPO_VIT_JOINT)
    x = tpo_norm (g, x, &self->output_norm, config->output_norm_eps);
  tpo_graph_pop_label (g);
  return x;
}
