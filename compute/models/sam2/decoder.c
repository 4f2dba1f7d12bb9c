#include <math.h>

#include "models/sam2/weights.h"

static const float LN_EPS = 1e-5f;
static const float LN2D_EPS = 1e-6f;
static const float ABSENT_LOGIT = -1024.0f;

/* out (attention (q, k, v)) + residual: transformer.py `Attention`, where keys and values differ. */
static TpoTensor *
attend (const TpoSam2 *self, TpoGraph *g, TpoTensor *q, TpoTensor *k, TpoTensor *v,
        const TpoMultiHead *weights, TpoTensor *residual)
{
  TpoTensor *queries = tpo_linear (g, q, &weights->q, TPO_ACT_NONE, NULL);
  TpoAttention params = {
    .n_heads = self->config.n_decoder_heads,
    .scale =
        1.0f / sqrtf ((float) (tpo_tensor_dim (queries, -1) / self->config.n_decoder_heads)),
  };
  TpoTensor *o = tpo_attention (g, queries, tpo_linear (g, k, &weights->k, TPO_ACT_NONE, NULL),
                                tpo_linear (g, v, &weights->v, TPO_ACT_NONE, NULL), &params);

  return tpo_linear (g, o, &weights->out, TPO_ACT_NONE, residual);
}

/*
 * The two-way transformer. @tokens: [n, C]; @image: (inout) [G·G, C]; the initial tokens are the
 * queries' position and
 * @code the image's. The first layer replaces the tokens where later ones add.
 */
static TpoTensor *
two_way (const TpoSam2 *self, TpoGraph *g, TpoTensor *tokens, TpoTensor **image,
         TpoTensor *code)
{
  TpoTensor *start = tokens, *q = tokens, *k = *image, *placed;

  for (guint i = 0; i < self->config.n_decoder_layers; i++) {
    const TpoSam2TwoWay *layer = &self->two_way[i];

    placed = i == 0 ? q : tpo_add (g, q, start);
    q = attend (self, g, placed, placed, q, &layer->self_attn, i == 0 ? NULL : q);
    q = tpo_norm (g, q, &layer->norm1, LN_EPS);
    q = attend (self, g, tpo_add (g, q, start), tpo_add (g, k, code), k, &layer->to_image, q);
    q = tpo_norm (g, q, &layer->norm2, LN_EPS);
    q = tpo_norm (g, tpo_feed_forward (g, q, &layer->mlp, TPO_ACT_RELU, q), &layer->norm3,
                  LN_EPS);
    k = attend (self, g, tpo_add (g, k, code), tpo_add (g, q, start), q, &layer->to_token, k);
    k = tpo_norm (g, k, &layer->norm4, LN_EPS);
  }
  *image = k;
  q = attend (self, g, tpo_add (g, q, start), tpo_add (g, k, code), k, &self->final_attn, q);
  return tpo_norm (g, q, &self->final_norm, LN_EPS);
}

/* Two doublings with the finer features added: [4G·4G, C/8]. */
static TpoTensor *
upscale (const TpoSam2 *self, TpoGraph *g, TpoTensor *image, const TpoSam2Features *features)
{
  gint64 grid = tpo_sam2_grid (self), c = self->config.d_model;
  TpoTensor *x = tpo_reshape (g, image, TPO_SHAPE (1, grid, grid, c));

  x = tpo_conv_transpose2d (g, x, self->upscale1.w, self->upscale1.b);
  x = tpo_add (g, tpo_reshape (g, x, TPO_SHAPE (4 * grid * grid, c / 4)), features->s1);
  x = tpo_unary (g, tpo_norm (g, x, &self->upscale_norm, LN2D_EPS), TPO_UNARY_GELU);
  x = tpo_reshape (g, x, TPO_SHAPE (1, 2 * grid, 2 * grid, c / 4));
  x = tpo_conv_transpose2d (g, x, self->upscale2.w, self->upscale2.b);
  x = tpo_add (g, tpo_reshape (g, x, TPO_SHAPE (16 * grid * grid, c / 8)), features->s0);
  return tpo_unary (g, x, TPO_UNARY_GELU);
}

static TpoTensor *
count_above (TpoGraph *g, TpoTensor *logits, float level)
{
  TpoTensor *above =
      tpo_unary (g, tpo_affine (g, logits, 1.0f, -level, -INFINITY, INFINITY), TPO_UNARY_STEP);

  return tpo_reduce (g, above, 1, TPO_REDUCE_SUM);
}

void
tpo_sam2_decode (const TpoSam2 *self, TpoGraph *g, TpoTensor *x,
                 const TpoSam2Features *features, TpoTensor *sparse, TpoTensor *dense,
                 TpoSam2Masks *masks)
{
  TpoTensor *tokens = tpo_concat (g, self->output_tokens, sparse, 0);
  TpoTensor *image = tpo_add (g, x, dense);
  TpoTensor *hyper = NULL, *first;

  tpo_graph_push_label (g, "sam2_decoder");
  tokens = two_way (self, g, tokens, &image, self->dense_code);
  masks->tokens = tpo_slice (g, tokens, 0, 2, TPO_SAM2_MASKS);
  for (guint i = 0; i < TPO_SAM2_MASKS; i++) {
    TpoTensor *row = tpo_mlp (g, tpo_slice (g, tokens, 0, 2 + i, 1), self->hyper[i], 3);

    hyper = i == 0 ? row : tpo_concat (g, hyper, row, 0);
  }
  masks->logits = tpo_matmul (g, hyper, upscale (self, g, image, features));
  masks->ious = tpo_unary (g, tpo_mlp (g, tpo_slice (g, tokens, 0, 1, 1), self->iou, 3),
                           TPO_UNARY_SIGMOID);
  masks->score = tpo_mlp (g, tpo_slice (g, tokens, 0, 0, 1), self->score, 3);
  first = tpo_slice (g, masks->logits, 0, 0, 1);
  masks->stability = tpo_concat (g, count_above (g, first, self->config.stability_delta),
                                 count_above (g, first, -self->config.stability_delta), 0);
  tpo_graph_pop_label (g);
}

TpoSam2Choice
tpo_sam2_choose (const TpoSam2Config *config, const float *ious, float score,
                 const float *stability, gboolean multimask)
{
  TpoSam2Choice choice = { .iou = ious[0], .is_present = score > 0.0f };
  guint best = 1;

  for (guint i = 2; i < TPO_SAM2_MASKS; i++) {
    if (ious[i] > ious[best])
      best = i;
  }
  /* An unstable single mask gives way to the best candidate, but its token stays. */
  if (multimask)
    choice.token = best;
  if (multimask ||
      (stability[1] > 0.0f && stability[0] / stability[1] < config->stability_threshold)) {
    choice.mask = best;
    choice.iou = ious[best];
  }
  return choice;
}

TpoTensor *
tpo_sam2_unconditioned (const TpoSam2 *self, TpoGraph *g, TpoTensor *f)
{
  return tpo_add (g, f, self->no_memory);
}

TpoTensor *
tpo_sam2_pointer (const TpoSam2 *self, TpoGraph *g, TpoTensor *token, TpoTensor *gate)
{
  TpoTensor *present = tpo_mul (g, tpo_mlp (g, token, self->pointer, 3), gate);
  TpoTensor *absence = tpo_affine (g, gate, -1.0f, 1.0f, -INFINITY, INFINITY);

  return tpo_add (g, present, tpo_mul (g, self->no_pointer, absence));
}

TpoTensor *
tpo_sam2_gate (TpoGraph *g, TpoTensor *logits, TpoTensor *gate)
{
  TpoTensor *floor_logit =
      tpo_affine (g, gate, -ABSENT_LOGIT, ABSENT_LOGIT, -INFINITY, INFINITY);

  return tpo_add (g, tpo_mul (g, logits, gate), floor_logit);
}

TpoTensor *
tpo_sam2_resize (TpoGraph *g, TpoTensor *logits, guint rows, guint cols)
{
  TpoResize params = { .filter = TPO_RESIZE_BILINEAR };
  gint64 count = tpo_shape_count (tpo_tensor_get_shape (logits));
  gint64 edge = (gint64) lround (sqrt ((double) count));
  TpoTensor *x = tpo_reshape (g, logits, TPO_SHAPE (1, edge, edge, 1));

  return tpo_reshape (g, tpo_resize (g, x, rows, cols, &params), TPO_SHAPE (rows, cols));
}
