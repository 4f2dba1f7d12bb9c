#include "models/qformer/weights.h"

/* BERT names the parts of an attention "self" and "output". */
static void
load_attention (TpoLoader *loader, gint64 width, gint64 memory_width, TpoMultiHead *attention,
                TpoNorm *norm)
{
  tpo_load_linear (loader, "self.query", width, width, TPO_LOAD_BIAS, &attention->q);
  tpo_load_linear (loader, "self.key", width, memory_width, TPO_LOAD_BIAS, &attention->k);
  tpo_load_linear (loader, "self.value", width, memory_width, TPO_LOAD_BIAS, &attention->v);
  tpo_load_linear (loader, "output.dense", width, width, TPO_LOAD_BIAS, &attention->out);
  tpo_load_norm (loader, "output.LayerNorm", width, norm);
}

static void
load_layer (TpoLoader *loader, const TpoQformerConfig *config, guint index,
            TpoQformerLayer *layer)
{
  gint64 width = config->width, ffn = config->ffn_width;

  tpo_loader_enter (loader, "attention.");
  load_attention (loader, width, width, &layer->attention, &layer->attention_norm);
  tpo_loader_leave (loader);
  layer->has_cross = index % config->cross_every == 0;
  if (layer->has_cross) {
    tpo_loader_enter (loader, "crossattention.");
    load_attention (loader, width, config->vision_width, &layer->cross, &layer->cross_norm);
    tpo_loader_leave (loader);
  }
  tpo_load_linear (loader, "intermediate_query.dense", ffn, width, TPO_LOAD_BIAS,
                   &layer->mlp.fc1);
  tpo_load_linear (loader, "output_query.dense", width, ffn, TPO_LOAD_BIAS, &layer->mlp.fc2);
  tpo_load_norm (loader, "output_query.LayerNorm", width, &layer->mlp_norm);
}

TpoQformer *
tpo_qformer_load (TpoLoader *loader, const TpoQformerConfig *config, GError **error)
{
  g_autoptr (TpoQformer) self = g_new0 (TpoQformer, 1);
  gint64 width = config->width;

  self->config = *config;
  self->layers = g_new0 (TpoQformerLayer, config->n_layers);

  self->queries = tpo_load_array (loader, "query_tokens", TPO_SHAPE (config->n_queries, width));
  if (config->n_extra > 0)
    self->extra =
        tpo_load_array (loader, "extra_query_tokens", TPO_SHAPE (config->n_extra, width));
  tpo_loader_enter (loader, "qformer.bert.");
  tpo_load_norm (loader, "embeddings.LayerNorm", width, &self->embed_norm);
  for (guint i = 0; i < config->n_layers; i++) {
    tpo_loader_enter (loader, "encoder.layer.%u.", i);
    load_layer (loader, config, i, &self->layers[i]);
    tpo_loader_leave (loader);
  }
  tpo_loader_leave (loader);
  tpo_load_linear (loader, "project_up", config->llm_width, width, TPO_LOAD_BIAS,
                   &self->project_up);

  self->tensors = tpo_loader_take (loader, error);
  if (self->tensors == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

void
tpo_qformer_free (TpoQformer *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->tensors, g_ptr_array_unref);
  g_free (self->layers);
  g_free (self);
}
