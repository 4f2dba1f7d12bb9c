#include "models/qformer/weights.h"

const TpoQformerConfig *
tpo_qformer_get_config (const TpoQformer *self)
{
  return &self->config;
}

guint
tpo_qformer_n_vectors (const TpoQformer *self)
{
  return self->config.n_queries + self->config.n_extra;
}

static TpoTensor *
layer_forward (TpoGraph *g, const TpoQformerConfig *config, const TpoQformerLayer *layer,
               guint index, TpoTensor *h, TpoTensor *vision, TpoTaps *taps)
{
  TpoTaps *first = index == 0 ? taps : NULL;

  h = tpo_multi_head (g, h, h, &layer->attention, config->n_heads, h);
  h = tpo_norm (g, h, &layer->attention_norm, config->norm_eps);
  tpo_tap (first, g, h, "layer0.attention");
  if (layer->has_cross) {
    h = tpo_multi_head (g, h, vision, &layer->cross, config->n_heads, h);
    h = tpo_norm (g, h, &layer->cross_norm, config->norm_eps);
    tpo_tap (first, g, h, "layer0.crossattention");
  }
  h = tpo_feed_forward (g, h, &layer->mlp, TPO_ACT_GELU, h);
  return tpo_norm (g, h, &layer->mlp_norm, config->norm_eps);
}

TpoTensor *
tpo_qformer_forward (TpoGraph *g, const TpoQformer *self, TpoTensor *vision, TpoTaps *taps)
{
  const TpoQformerConfig *config = &self->config;
  TpoTensor *h = self->queries;

  if (self->extra != NULL)
    h = tpo_concat (g, h, self->extra, 0);
  tpo_graph_push_label (g, "qformer");
  h = tpo_norm (g, h, &self->embed_norm, config->norm_eps);
  tpo_tap (taps, g, h, "embeddings");
  for (guint i = 0; i < config->n_layers; i++) {
    tpo_graph_push_label (g, "layer%u", i);
    h = layer_forward (g, config, &self->layers[i], i, h, vision, taps);
    tpo_tap (taps, g, h, "layer%u", i);
    tpo_graph_pop_label (g);
  }
  tpo_graph_pop_label (g);
  return h;
}

TpoTensor *
tpo_qformer_project (TpoGraph *g, const TpoQformer *self, TpoTensor *queries)
{
  return tpo_linear (g, queries, &self->project_up, TPO_ACT_NONE, NULL);
}
