#include "models/clip/vision.h"

#include <math.h>

typedef struct {
  TpoNorm norm1, norm2; /* RMS */
  TpoLinear q, k, v, out;
  TpoTensor *q_norm, *k_norm; /* [C], over all heads together */
  TpoTensor *scale1, *scale2; /* [C]: layer scale */
  TpoLinear fc1, fc2;
} Block;

typedef struct {
  TpoNorm norm_q, norm_k, norm_v;
  TpoLinear q, k, v, out;
} Pooling;

struct _TpoClipVision {
  TpoClipVisionConfig config;
  GPtrArray *tensors;
  TpoLinear patch;
  TpoTensor *class_token; /* [1, C] */
  TpoTensor *positions;   /* [1 + stored frames · patches, C] */
  Block *blocks;          /* [depth] */
  Pooling pooling;
};

gboolean
tpo_clip_vision_config_read (const TpoMetadata *metadata, const char *prefix,
                             TpoClipVisionConfig *config, GError **error)
{
  TpoReader reader = tpo_reader (metadata, prefix);

  *config = (TpoClipVisionConfig){
    .image_size = tpo_reader_uint_or (&reader, "img_size", 1, 4096, 224),
    .patch_size = tpo_reader_uint_or (&reader, "patch_size", 1, 256, 14),
    .width = tpo_reader_uint_or (&reader, "embed_dim", 4, 1 << 14, 1408),
    .depth = tpo_reader_uint_or (&reader, "depth", 1, 256, 40),
    .n_heads = tpo_reader_uint_or (&reader, "num_heads", 1, 256, 16),
    .n_pool_heads = tpo_reader_uint_or (&reader, "attn_pool_num_heads", 1, 256, 16),
    .n_out = tpo_reader_uint_or (&reader, "clip_embed_dim", 1, 1 << 14, 768),
    .n_frames = tpo_reader_uint_or (&reader, "num_frames", 1, 256, 8),
    .n_stored_frames = tpo_reader_uint_or (&reader, "stored_frames", 1, 256, 4),
    .rms_eps = (float) tpo_reader_real_or (&reader, "rms_eps", 1e-6),
    .ln_eps = (float) tpo_reader_real_or (&reader, "ln_eps", 1e-5),
  };
  if (config->patch_size == 0 || config->image_size % config->patch_size != 0)
    tpo_reader_fail (&reader, "img_size", "must be a multiple of the patch size");
  if (config->n_heads == 0 || config->width % (4 * config->n_heads) != 0 ||
      config->n_pool_heads == 0 || config->width % (4 * config->n_pool_heads) != 0)
    tpo_reader_fail (&reader, "embed_dim", "must be a multiple of four times the heads");
  return tpo_reader_finish (&reader, error);
}

static void
load_block (TpoLoader *loader, gint64 c, Block *block)
{
  TpoShape hidden = { 0 };

  tpo_load_norm (loader, "norm1", c, &block->norm1);
  tpo_load_linear_rows (loader, "attn.qkv.weight", NULL, 3 * c, c, 0, c, &block->q);
  tpo_load_linear_rows (loader, "attn.qkv.weight", NULL, 3 * c, c, c, c, &block->k);
  tpo_load_linear_rows (loader, "attn.qkv.weight", NULL, 3 * c, c, 2 * c, c, &block->v);
  block->q_norm = tpo_load_vector (loader, "attn.q_norm.weight", c);
  block->k_norm = tpo_load_vector (loader, "attn.k_norm.weight", c);
  tpo_load_linear (loader, "attn.proj", c, c, TPO_LOAD_BIAS, &block->out);
  block->scale1 = tpo_load_vector (loader, "ls1.gamma", c);
  tpo_load_norm (loader, "norm2", c, &block->norm2);
  /* The hidden width is no setting of the published configuration. */
  if (tpo_loader_shape (loader, "mlp.fc1.weight", &hidden)) {
    tpo_load_linear (loader, "mlp.fc1", hidden.dim[0], c, TPO_LOAD_BIAS, &block->fc1);
    tpo_load_linear (loader, "mlp.fc2", c, hidden.dim[0], TPO_LOAD_BIAS, &block->fc2);
  }
  block->scale2 = tpo_load_vector (loader, "ls2.gamma", c);
}

static void
load_pooling (TpoLoader *loader, gint64 c, gint64 n_out, Pooling *pooling)
{
  tpo_load_norm (loader, "norm1_q", c, &pooling->norm_q);
  tpo_load_norm (loader, "norm1_k", c, &pooling->norm_k);
  tpo_load_norm (loader, "norm1_v", c, &pooling->norm_v);
  tpo_loader_enter (loader, "cross_attn.");
  tpo_load_linear_rows (loader, "q.weight", "q_bias", c, c, 0, c, &pooling->q);
  tpo_load_linear_rows (loader, "k.weight", "k_bias", c, c, 0, c, &pooling->k);
  tpo_load_linear_rows (loader, "v.weight", "v_bias", c, c, 0, c, &pooling->v);
  tpo_load_linear (loader, "proj", n_out, c, TPO_LOAD_BIAS, &pooling->out);
  tpo_loader_leave (loader);
}

TpoClipVision *
tpo_clip_vision_load (TpoLoader *loader, const TpoClipVisionConfig *config, GError **error)
{
  g_autoptr (TpoClipVision) self = g_new0 (TpoClipVision, 1);
  gint64 c = config->width;
  gint64 edge = config->image_size / config->patch_size;
  gint64 n_patch = 3 * (gint64) config->patch_size * config->patch_size;

  self->config = *config;
  self->blocks = g_new0 (Block, config->depth);
  tpo_loader_enter (loader, "vision_encoder.");
  tpo_load_linear_rows (loader, "patch_embed.proj.weight", "patch_embed.proj.bias", c, n_patch,
                        0, c, &self->patch);
  self->class_token = tpo_load_array (loader, "cls_token", TPO_SHAPE (1, c));
  self->positions = tpo_load_array (loader, "pos_embed",
                                    TPO_SHAPE (1 + config->n_stored_frames * edge * edge, c));
  for (guint i = 0; i < config->depth; i++) {
    tpo_loader_enter (loader, "blocks.%u.", i);
    load_block (loader, c, &self->blocks[i]);
    tpo_loader_leave (loader);
  }
  tpo_loader_enter (loader, "clip_projector.");
  load_pooling (loader, c, config->n_out, &self->pooling);
  tpo_loader_leave (loader);
  tpo_loader_leave (loader);

  self->tensors = tpo_loader_take (loader, error);
  return self->tensors != NULL ? g_steal_pointer (&self) : NULL;
}

void
tpo_clip_vision_free (TpoClipVision *self)
{
  g_clear_pointer (&self->tensors, g_ptr_array_unref);
  g_free (self->blocks);
  g_free (self);
}

const TpoClipVisionConfig *
tpo_clip_vision_get_config (const TpoClipVision *self)
{
  return &self->config;
}

/* Linear stretch over time with half-pixel centres and clamped ends; the class position stays. */
static TpoTensor *
stretched_positions (const TpoClipVision *self, TpoGraph *g)
{
  const TpoClipVisionConfig *config = &self->config;
  gint64 n = tpo_tensor_dim (self->positions, 0) - 1, c = config->width;
  gint64 n_patches = n / config->n_stored_frames;
  TpoResize params = { .filter = TPO_RESIZE_BILINEAR };
  TpoTensor *table;

  if (config->n_stored_frames == config->n_frames)
    return self->positions;
  table = tpo_reshape (g, tpo_slice (g, self->positions, 0, 1, n),
                       TPO_SHAPE (1, config->n_stored_frames, n_patches, c));
  table = tpo_resize (g, table, config->n_frames, (guint) n_patches, &params);
  table = tpo_reshape (g, table, TPO_SHAPE (config->n_frames * n_patches, c));
  return tpo_concat (g, tpo_slice (g, self->positions, 0, 0, 1), table, 0);
}

static TpoTensor *
run_block (const TpoClipVision *self, TpoGraph *g, TpoTensor *x, const Block *block,
           guint index, TpoTaps *taps)
{
  const TpoClipVisionConfig *config = &self->config;
  TpoAttention params = {
    .n_heads = config->n_heads,
    .scale = 1.0f / sqrtf ((float) (config->width / config->n_heads)),
  };
  TpoTensor *h = tpo_rms_norm (g, x, block->norm1.w, config->rms_eps);
  TpoTensor *q = tpo_linear (g, h, &block->q, TPO_ACT_NONE, NULL);
  TpoTensor *k = tpo_linear (g, h, &block->k, TPO_ACT_NONE, NULL);
  TpoTensor *v = tpo_linear (g, h, &block->v, TPO_ACT_NONE, NULL);

  q = tpo_rms_norm (g, q, block->q_norm, config->rms_eps);
  k = tpo_rms_norm (g, k, block->k_norm, config->rms_eps);
  h = tpo_linear (g, tpo_attention (g, q, k, v, &params), &block->out, TPO_ACT_NONE, NULL);
  tpo_tap (taps, g, h, "block%u.attn", index);
  x = tpo_add (g, x, tpo_mul (g, h, block->scale1));

  h = tpo_rms_norm (g, x, block->norm2.w, config->rms_eps);
  h = tpo_linear (g, h, &block->fc1, TPO_ACT_GELU, NULL);
  h = tpo_linear (g, h, &block->fc2, TPO_ACT_NONE, NULL);
  x = tpo_add (g, x, tpo_mul (g, h, block->scale2));
  tpo_tap (taps, g, x, "block%u", index);
  return x;
}

/* One query, the mean token; three norms of the same tokens. [B, N, C] → [B, n_out]. */
static TpoTensor *
pool (const TpoClipVision *self, TpoGraph *g, TpoTensor *x)
{
  const TpoClipVisionConfig *config = &self->config;
  const Pooling *p = &self->pooling;
  gint64 n_clips = tpo_tensor_dim (x, 0), c = config->width;
  TpoAttention params = {
    .n_heads = config->n_pool_heads,
    .scale = 1.0f / sqrtf ((float) (config->width / config->n_pool_heads)),
  };
  TpoTensor *mean =
      tpo_reshape (g, tpo_reduce (g, x, 1, TPO_REDUCE_MEAN), TPO_SHAPE (n_clips, 1, c));
  TpoTensor *q = tpo_layer_norm (g, mean, p->norm_q.w, p->norm_q.b, config->ln_eps);
  TpoTensor *k = tpo_layer_norm (g, x, p->norm_k.w, p->norm_k.b, config->ln_eps);
  TpoTensor *v = tpo_layer_norm (g, x, p->norm_v.w, p->norm_v.b, config->ln_eps);
  TpoTensor *o = tpo_attention (g, tpo_linear (g, q, &p->q, TPO_ACT_NONE, NULL),
                                tpo_linear (g, k, &p->k, TPO_ACT_NONE, NULL),
                                tpo_linear (g, v, &p->v, TPO_ACT_NONE, NULL), &params);

  return tpo_linear (g, tpo_reshape (g, o, TPO_SHAPE (n_clips, c)), &p->out, TPO_ACT_NONE,
                     NULL);
}

TpoTensor *
tpo_clip_vision_forward (const TpoClipVision *self, TpoGraph *g, TpoTensor *frames,
                         TpoTaps *taps)
{
  const TpoClipVisionConfig *config = &self->config;
  gint64 n_clips = tpo_tensor_dim (frames, 0) / config->n_frames, c = config->width;
  TpoTensor *x = tpo_linear (g, tpo_patches (g, frames, config->patch_size), &self->patch,
                             TPO_ACT_NONE, NULL);
  TpoTensor *token = tpo_reshape (g, self->class_token, TPO_SHAPE (1, 1, c));
  TpoTensor *positions = stretched_positions (self, g);

  tpo_graph_push_label (g, "clip_vision");
  tpo_tap (taps, g, x, "patch_embed");
  tpo_tap (taps, g, positions, "pos_embed_stretched");
  x = tpo_reshape (g, x, TPO_SHAPE (n_clips, tpo_tensor_dim (x, 0) / MAX (n_clips, 1), c));
  x = tpo_concat (g, tpo_repeat (g, token, 0, n_clips), x, 1);
  x = tpo_add (g, x, positions);
  tpo_tap (taps, g, x, "tokens");
  for (guint i = 0; i < config->depth; i++)
    x = run_block (self, g, x, &self->blocks[i], i, taps);
  x = pool (self, g, x);
  tpo_graph_pop_label (g);
  return x;
}
