#include <math.h>

#include "models/sam2/weights.h"

static const float LN_EPS = 1e-5f;
static const float LN2D_EPS = 1e-6f;
static const float POSITION_WEIGHT = 0.1f;

/* ConvNeXt block. @x: [G·G, C] */
static TpoTensor *
run_fuser (const TpoSam2 *self, TpoGraph *g, TpoTensor *x, const TpoSam2FuserLayer *layer)
{
  gint64 grid = tpo_sam2_grid (self), c = self->config.d_model;
  TpoTensor *h = tpo_reshape (g, x, TPO_SHAPE (1, grid, grid, c));

  h = tpo_conv2d (g, h, layer->depthwise.w, layer->depthwise.b, 1, 3, (guint) c, TPO_ACT_NONE);
  h = tpo_norm (g, tpo_reshape (g, h, TPO_SHAPE (grid * grid, c)), &layer->norm, LN2D_EPS);
  h = tpo_feed_forward (g, h, &layer->mlp, TPO_ACT_GELU, NULL);
  return tpo_add (g, x, tpo_mul (g, h, layer->gamma));
}

TpoTensor *
tpo_sam2_memorise (const TpoSam2 *self, TpoGraph *g, TpoTensor *f, TpoTensor *full,
                   gboolean binarise, TpoTensor *gate)
{
  const TpoSam2Config *config = &self->config;
  gint64 s = config->image_size, grid = tpo_sam2_grid (self);
  TpoTensor *x = tpo_unary (g, full, binarise ? TPO_UNARY_STEP : TPO_UNARY_SIGMOID);

  tpo_graph_push_label (g, "sam2_memorise");
  x = tpo_affine (g, x, config->memory_scale, config->memory_bias, -INFINITY, INFINITY);
  x = tpo_reshape (g, x, TPO_SHAPE (1, s, s, 1));
  for (guint i = 0; i + 1 < config->n_mask_channels; i++) {
    x = tpo_conv2d (g, x, self->mask_conv[i].w, self->mask_conv[i].b, 2, 1, 1, TPO_ACT_NONE);
    x = tpo_unary (g, tpo_norm (g, x, &self->mask_conv_norm[i], LN2D_EPS), TPO_UNARY_GELU);
  }
  x = tpo_reshape (g, x, TPO_SHAPE (grid * grid, tpo_tensor_dim (x, -1)));
  x = tpo_linear (g, x, &self->mask_conv_out, TPO_ACT_NONE, NULL);
  x = tpo_linear (g, f, &self->frame_project, TPO_ACT_NONE, x);
  for (guint i = 0; i < config->n_fuser_layers; i++)
    x = run_fuser (self, g, x, &self->fuser[i]);
  x = tpo_linear (g, x, &self->memory_out, TPO_ACT_NONE, NULL);
  if (self->is_2_1) {
    TpoTensor *absence = tpo_affine (g, gate, -1.0f, 1.0f, -INFINITY, INFINITY);

    x = tpo_add (g, x, tpo_mul (g, self->no_object, absence));
  }
  tpo_graph_pop_label (g);
  return x;
}

/* Sines then cosines of distance / D_i, D_i = 10000^(2 floor (i / 2) / (C / 2)): release 2.1. [p,
 * 1] → [p, C] */
static TpoTensor *
distance_code (const TpoSam2 *self, TpoGraph *g, TpoTensor *distance)
{
  guint half = self->config.d_model / 2;
  g_autofree float *rate = g_new (float, half);
  TpoTensor *rates, *angle;

  for (guint i = 0; i < half; i++)
    rate[i] = (float) pow (1e4, -2.0 * (i / 2) / half);
  rates = tpo_graph_constant (g, "distance rates", TPO_F32, TPO_SHAPE (half, 1), rate);
  angle = tpo_matmul (g, distance, rates);
  return tpo_concat (g, tpo_unary (g, angle, TPO_UNARY_SIN),
                     tpo_unary (g, angle, TPO_UNARY_COS), 1);
}

/* Each pointer becomes C / M tokens of M channels. @pos: (inout): positions of all keys, extended. */
static TpoTensor *
append_pointers (const TpoSam2 *self, TpoGraph *g, TpoTensor *keys, TpoTensor **pos,
                 const TpoSam2Memories *memories)
{
  gint64 m = self->config.d_memory, parts = self->config.d_model / m;
  gint64 n = tpo_tensor_dim (memories->pointers, 0) * parts;
  TpoTensor *tokens = tpo_reshape (g, memories->pointers, TPO_SHAPE (n, m));

  if (self->is_2_1) {
    TpoTensor *code = tpo_linear (g, distance_code (self, g, memories->distance),
                                  &self->pointer_time, TPO_ACT_NONE, NULL);

    code = tpo_repeat (g, tpo_reshape (g, code, TPO_SHAPE (n / parts, 1, m)), 1, parts);
    *pos = tpo_concat (g, *pos, tpo_reshape (g, code, TPO_SHAPE (n, m)), 0);
  } else {
    *pos = tpo_pad (g, *pos, 0, 0, n);
  }
  return tpo_concat (g, keys, tokens, 0);
}

/* Positions of the spatial memories: sine code of the cell plus the frame's temporal code. */
static TpoTensor *
spatial_positions (const TpoSam2 *self, TpoGraph *g, const TpoSam2Memories *memories)
{
  gint64 m = self->config.d_memory,
         cells = (gint64) tpo_sam2_grid (self) * tpo_sam2_grid (self);
  gint64 n = tpo_tensor_dim (memories->spatial, 0) / cells;
  TpoTensor *time = tpo_get_rows (g, self->time_codes, memories->time);
  TpoTensor *place = tpo_reshape (g, self->memory_code, TPO_SHAPE (1, cells, m));

  place = tpo_add (g, tpo_repeat (g, place, 0, n), tpo_reshape (g, time, TPO_SHAPE (n, 1, m)));
  return tpo_reshape (g, place, TPO_SHAPE (n * cells, m));
}

/* [n] → [n · @count]: what holds for each memory holds for each of its keys. */
static TpoTensor *
spread (TpoGraph *g, TpoTensor *bias, gint64 count)
{
  gint64 n = tpo_tensor_dim (bias, 0);

  return tpo_reshape (g, tpo_repeat (g, tpo_reshape (g, bias, TPO_SHAPE (n, 1)), 1, count),
                      TPO_SHAPE (n * count));
}

/* Bias of all keys, or NULL where all count. */
static TpoTensor *
key_bias (const TpoSam2 *self, TpoGraph *g, const TpoSam2Memories *memories)
{
  gint64 cells = (gint64) tpo_sam2_grid (self) * tpo_sam2_grid (self);
  TpoTensor *bias;

  if (memories->spatial_bias == NULL)
    return NULL;
  bias = spread (g, memories->spatial_bias, cells);
  if (memories->pointers == NULL)
    return bias;
  return tpo_concat (
      g, bias, spread (g, memories->pointer_bias, self->config.d_model / self->config.d_memory),
      0);
}

/* One head of the full width; queries and the first @n_rotated keys turn with their place. */
static TpoTensor *
rope_attend (const TpoSam2 *self, TpoGraph *g, TpoTensor *q, TpoTensor *k, TpoTensor *v,
             gint64 n_rotated, TpoTensor *bias, const TpoMultiHead *weights,
             TpoTensor *residual)
{
  guint grid = tpo_sam2_grid (self);
  float theta = self->config.rope_theta;
  TpoAttention params = {
    .n_heads = 1,
    .scale = 1.0f / sqrtf ((float) self->config.d_model),
    .mask = bias,
  };

  q = tpo_linear (g, q, &weights->q, TPO_ACT_NONE, NULL);
  k = tpo_linear (g, k, &weights->k, TPO_ACT_NONE, NULL);
  v = tpo_linear (g, v, &weights->v, TPO_ACT_NONE, NULL);
  q = tpo_rope_axial (g, q, grid, grid, tpo_tensor_dim (q, 0), theta);
  k = tpo_rope_axial (g, k, grid, grid, n_rotated, theta);
  return tpo_linear (g, tpo_attention (g, q, k, v, &params), &weights->out, TPO_ACT_NONE,
                     residual);
}

TpoTensor *
tpo_sam2_attend (const TpoSam2 *self, TpoGraph *g, TpoTensor *f,
                 const TpoSam2Memories *memories)
{
  gint64 n_spatial = tpo_tensor_dim (memories->spatial, 0);
  TpoTensor *x = tpo_add (g, f, tpo_scale (g, self->frame_code, POSITION_WEIGHT));
  TpoTensor *keys = memories->spatial, *pos = spatial_positions (self, g, memories), *h;
  TpoTensor *bias = key_bias (self, g, memories);

  tpo_graph_push_label (g, "sam2_memory_attention");
  if (memories->pointers != NULL)
    keys = append_pointers (self, g, keys, &pos, memories);
  pos = tpo_add (g, keys, pos);
  for (guint i = 0; i < self->config.n_memory_layers; i++) {
    const TpoSam2MemoryLayer *layer = &self->memory[i];

    h = tpo_norm (g, x, &layer->norm1, LN_EPS);
    x = rope_attend (self, g, h, h, h, tpo_tensor_dim (h, 0), NULL, &layer->self_attn, x);
    h = tpo_norm (g, x, &layer->norm2, LN_EPS);
    x = rope_attend (self, g, h, pos, keys, n_spatial, bias, &layer->cross_attn, x);
    h = tpo_norm (g, x, &layer->norm3, LN_EPS);
    x = tpo_feed_forward (g, h, &layer->mlp, TPO_ACT_RELU, x);
  }
  tpo_graph_pop_label (g);
  return tpo_norm (g, x, &self->memory_norm, LN_EPS);
}
