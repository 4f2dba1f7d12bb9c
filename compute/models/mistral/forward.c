#include "models/mistral/weights.h"

#include <math.h>

TpoTensor *
tpo_mistral_embed (TpoGraph *g, const TpoMistral *self, TpoTensor *ids)
{
  return tpo_get_rows (g, self->embed, ids);
}

TpoTensor *
tpo_mistral_logits (TpoGraph *g, const TpoMistral *self, TpoTensor *hidden)
{
  if (self->head.w == NULL) {
    tpo_graph_fail (g, TPO_ERROR_UNSUPPORTED, "the decoder was loaded without its output head");
    return hidden;
  }
  return tpo_linear (g, hidden, &self->head, TPO_ACT_NONE, NULL);
}

static TpoTensor *
rms_norm (TpoGraph *g, const TpoMistral *self, TpoTensor *x, const TpoNorm *norm)
{
  return tpo_rms_norm (g, x, norm->w, self->config.norm_eps);
}

static TpoTensor *
rotate (TpoGraph *g, const TpoMistral *self, TpoTensor *x, TpoTensor *position, guint n_heads)
{
  const TpoRope rope = { .n_heads = n_heads,
                         .theta = self->config.rope_theta,
                         .is_interleaved = self->config.is_interleaved,
                         .divisors = self->rope_divisors };

  return tpo_rope (g, x, position, &rope);
}

/* One layer's attention over @x, [N, C], already normed; @residual may be NULL. */
static TpoTensor *
attention (TpoGraph *g, const TpoMistral *self, guint index, TpoTensor *x,
           const TpoMistralContext *context, TpoTensor *residual, TpoTaps *taps)
{
  const TpoMistralConfig *config = &self->config;
  const TpoMistralLayer *layer = &self->layers[index];
  gboolean is_last = index == config->n_layers - 1;
  TpoAttention params = { .n_heads = config->n_heads,
                          .n_kv_heads = config->n_kv_heads,
                          .scale = (float) (1 / sqrt (config->head_size)),
                          .causal = TRUE };
  TpoTensor *q = tpo_linear (g, x, &layer->q, TPO_ACT_NONE, NULL);
  TpoTensor *k = tpo_linear (g, x, &layer->k, TPO_ACT_NONE, NULL);
  TpoTensor *v = tpo_linear (g, x, &layer->v, TPO_ACT_NONE, NULL);

  if (index == 0)
    tpo_tap (taps, g, q, "layer0.q_proj");
  q = rotate (g, self, q, context->position, config->n_heads);
  k = rotate (g, self, k, context->position, config->n_kv_heads);
  tpo_tap (is_last ? taps : NULL, g, k, "k_last_layer");
  tpo_tap (is_last ? taps : NULL, g, v, "v_last_layer");
  if (context->cache != NULL) {
    k = tpo_store_rows (g, context->cache->k[index], k, context->position);
    v = tpo_store_rows (g, context->cache->v[index], v, context->position);
    params.position = context->position;
    params.n_keys = context->n_keys;
  }
  return tpo_linear (g, tpo_attention (g, q, k, v, &params), &layer->o, TPO_ACT_NONE, residual);
}

/* Shazeer, "GLU Variants Improve Transformer" (2020): down (silu (gate (x)) · up (x)). */
static TpoTensor *
swiglu (TpoGraph *g, const TpoMistralLayer *layer, TpoTensor *x, TpoTensor *residual)
{
  TpoTensor *gate = tpo_linear (g, x, &layer->gate, TPO_ACT_NONE, NULL);
  TpoTensor *up = tpo_linear (g, x, &layer->up, TPO_ACT_NONE, NULL);

  return tpo_linear (g, tpo_binary (g, TPO_BINARY_SWIGLU, gate, up), &layer->down, TPO_ACT_NONE,
                     residual);
}

static TpoTensor *
layer_forward (TpoGraph *g, const TpoMistral *self, guint index, TpoTensor *x,
               const TpoMistralContext *context, TpoTaps *taps)
{
  const TpoMistralLayer *layer = &self->layers[index];
  TpoTensor *normed = rms_norm (g, self, x, &layer->attention_norm);
  TpoTensor *branch;

  if (taps == NULL || index > 0) {
    x = attention (g, self, index, normed, context, x, taps);
    return swiglu (g, layer, rms_norm (g, self, x, &layer->mlp_norm), x);
  }

  /* The branches of the first layer are landmarks, so their sums are nodes of their own. */
  branch = attention (g, self, index, normed, context, NULL, taps);
  tpo_tap (taps, g, branch, "layer0.self_attn");
  x = tpo_add (g, branch, x);
  branch = swiglu (g, layer, rms_norm (g, self, x, &layer->mlp_norm), NULL);
  tpo_tap (taps, g, branch, "layer0.mlp");
  return tpo_add (g, branch, x);
}

TpoTensor *
tpo_mistral_forward (TpoGraph *g, const TpoMistral *self, TpoTensor *embeds,
                     const TpoMistralContext *context, TpoTaps *taps)
{
  TpoMistralContext used = { 0 };
  TpoTensor *x = embeds;

  if (context != NULL)
    used = *context;
  g_assert (used.cache == NULL || (used.position != NULL && used.n_keys != NULL));
  if (used.position == NULL)
    used.position = tpo_graph_constant (g, "position", TPO_I32, TPO_SHAPE (1), &(gint32){ 0 });

  for (guint i = 0; i < self->config.n_layers; i++) {
    tpo_tap (taps, g, x, "hidden%u", i);
    tpo_graph_push_label (g, "layer%u", i);
    x = layer_forward (g, self, i, x, &used, taps);
    tpo_graph_pop_label (g);
  }
  return rms_norm (g, self, x, &self->norm);
}
