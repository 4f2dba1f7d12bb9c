#include <math.h>

#include "models/sam2/weights.h"

static const float LN_EPS = 1e-6f;

/* [n, edge², C] → [n, (edge / 2)², C] */
static TpoTensor *
pool_windows (TpoGraph *g, TpoTensor *x, gint64 edge)
{
  gint64 n = tpo_tensor_dim (x, 0), c = tpo_tensor_dim (x, -1);

  x = tpo_max_pool2d (g, tpo_reshape (g, x, TPO_SHAPE (n, edge, edge, c)));
  return tpo_reshape (g, x, TPO_SHAPE (n, (edge / 2) * (edge / 2), c));
}

/* Window attention. Padding is attended to, as in the reference. @x: [1, rows, rows, d] */
static TpoTensor *
attend (TpoGraph *g, TpoTensor *x, const TpoSam2Block *block)
{
  gint64 rows = tpo_tensor_dim (x, 1), c = block->n_out;
  gint64 edge = block->window != 0 ? block->window : rows;
  TpoAttention params = {
    .n_heads = block->n_heads,
    .scale = 1.0f / sqrtf ((float) (c / block->n_heads)),
  };
  TpoTensor *q, *k, *v, *o;

  x = block->window != 0 ? tpo_windows (g, x, block->window)
                         : tpo_reshape (g, x, TPO_SHAPE (1, rows * rows, block->n_in));
  q = tpo_linear (g, x, &block->q, TPO_ACT_NONE, NULL);
  k = tpo_linear (g, x, &block->k, TPO_ACT_NONE, NULL);
  v = tpo_linear (g, x, &block->v, TPO_ACT_NONE, NULL);
  if (block->pools) {
    q = pool_windows (g, q, edge);
    edge /= 2;
    rows /= 2;
  }
  o = tpo_linear (g, tpo_attention (g, q, k, v, &params), &block->out, TPO_ACT_NONE, NULL);
  if (block->window != 0)
    return tpo_unwindows (g, o, (guint) edge, 1, rows, rows);
  return tpo_reshape (g, o, TPO_SHAPE (1, rows, rows, c));
}

static TpoTensor *
run_block (TpoGraph *g, TpoTensor *x, const TpoSam2Block *block)
{
  TpoTensor *h = tpo_norm (g, x, &block->norm1, LN_EPS);
  TpoTensor *shortcut = x;

  /* The projection acts on the normalised map. */
  if (block->pools)
    shortcut = tpo_max_pool2d (g, tpo_linear (g, h, &block->project, TPO_ACT_NONE, NULL));
  x = tpo_add (g, shortcut, attend (g, h, block));
  return tpo_feed_forward (g, tpo_norm (g, x, &block->norm2, LN_EPS), &block->mlp, TPO_ACT_GELU,
                           x);
}

/* FPN with a top-down sum at the two deepest levels only; the deepest is dropped afterwards. */
static void
run_neck (const TpoSam2 *self, TpoGraph *g, TpoTensor *maps[TPO_SAM2_STAGES],
          TpoSam2Features *features)
{
  gint64 grid = tpo_sam2_grid (self), c = self->config.d_model;
  TpoResize nearest = { .filter = TPO_RESIZE_NEAREST };
  TpoTensor *deepest = tpo_linear (g, maps[3], &self->neck[0], TPO_ACT_NONE, NULL);
  TpoTensor *up = tpo_resize (g, deepest, (guint) grid, (guint) grid, &nearest);
  TpoTensor *f = tpo_linear (g, maps[2], &self->neck[1], TPO_ACT_NONE, up);
  TpoTensor *s1 = tpo_linear (g, maps[1], &self->neck[2], TPO_ACT_NONE, NULL);
  TpoTensor *s0 = tpo_linear (g, maps[0], &self->neck[3], TPO_ACT_NONE, NULL);

  s1 = tpo_linear (g, s1, &self->conv_s1, TPO_ACT_NONE, NULL);
  s0 = tpo_linear (g, s0, &self->conv_s0, TPO_ACT_NONE, NULL);
  features->f = tpo_reshape (g, f, TPO_SHAPE (grid * grid, c));
  features->s1 = tpo_reshape (g, s1, TPO_SHAPE (4 * grid * grid, c / 4));
  features->s0 = tpo_reshape (g, s0, TPO_SHAPE (16 * grid * grid, c / 8));
}

void
tpo_sam2_encode (const TpoSam2 *self, TpoGraph *g, TpoTensor *frame, TpoTaps *taps,
                 TpoSam2Features *features)
{
  TpoTensor *maps[TPO_SAM2_STAGES] = { NULL };
  gint64 rows = self->config.image_size / 4;
  TpoTensor *x, *positions;
  guint stage = 0;

  tpo_graph_push_label (g, "sam2_encoder");
  x = tpo_conv2d (g, frame, self->patch.w, self->patch.b, 4, 3, 1, TPO_ACT_NONE);
  positions =
      tpo_reshape (g, self->position_table, TPO_SHAPE (1, rows, rows, self->config.embed_dim));
  tpo_tap (taps, g, x, "trunk.patch_embed");
  tpo_tap (taps, g, positions, "trunk.pos_embed");
  x = tpo_add (g, x, positions);
  for (guint i = 0; i < self->n_blocks; i++) {
    tpo_graph_push_label (g, "block%u", i);
    x = run_block (g, x, &self->blocks[i]);
    tpo_graph_pop_label (g);
    tpo_tap (taps, g, x, "trunk.block%u", i);
    if (self->blocks[i].ends_stage && stage < TPO_SAM2_STAGES)
      maps[stage++] = x;
  }
  run_neck (self, g, maps, features);
  tpo_graph_pop_label (g);
}
