#include "models/mistral/weights.h"

static void
load_layer (TpoLoader *loader, const TpoMistralConfig *config, TpoMistralLayer *layer)
{
  gint64 width = config->hidden_size, ffn = config->ffn_size;
  gint64 q_width = (gint64) config->n_heads * config->head_size;
  gint64 kv_width = (gint64) config->n_kv_heads * config->head_size;

  tpo_load_norm (loader, "input_layernorm", width, &layer->attention_norm);
  tpo_load_linear (loader, "self_attn.q_proj", q_width, width, TPO_LOAD_LORA, &layer->q);
  tpo_load_linear (loader, "self_attn.k_proj", kv_width, width, TPO_LOAD_LORA, &layer->k);
  tpo_load_linear (loader, "self_attn.v_proj", kv_width, width, TPO_LOAD_LORA, &layer->v);
  tpo_load_linear (loader, "self_attn.o_proj", width, q_width, TPO_LOAD_LORA, &layer->o);
  tpo_load_norm (loader, "post_attention_layernorm", width, &layer->mlp_norm);
  tpo_load_linear (loader, "mlp.gate_proj", ffn, width, TPO_LOAD_LORA, &layer->gate);
  tpo_load_linear (loader, "mlp.up_proj", ffn, width, TPO_LOAD_LORA, &layer->up);
  tpo_load_linear (loader, "mlp.down_proj", width, ffn, TPO_LOAD_LORA, &layer->down);
}

static void
load_head (TpoLoader *loader, const char *head, TpoMistral *self)
{
  const TpoMistralConfig *config = &self->config;
  g_autofree char *plain = g_strconcat (head, ".weight", NULL);
  g_autofree char *base = g_strconcat (head, ".base_layer.weight", NULL);

  if (tpo_loader_has (loader, plain) || tpo_loader_has (loader, base))
    tpo_load_linear (loader, head, config->vocab_size, config->hidden_size, TPO_LOAD_LORA,
                     &self->head);
  else
    self->head.w = self->embed;
}

TpoMistral *
tpo_mistral_load (TpoLoader *loader, const TpoMistralConfig *config, const char *decoder,
                  const char *head, GError **error)
{
  g_autoptr (TpoMistral) self = g_new0 (TpoMistral, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->config = *config;
  self->layers = g_new0 (TpoMistralLayer, config->n_layers);

  tpo_loader_set_lora_alpha (loader, config->lora_alpha);
  tpo_loader_enter (loader, "%s", decoder);
  self->embed =
      tpo_load_matrix (loader, "embed_tokens.weight", config->vocab_size, config->hidden_size);
  for (guint i = 0; i < config->n_layers; i++) {
    tpo_loader_enter (loader, "layers.%u.", i);
    load_layer (loader, config, &self->layers[i]);
    tpo_loader_leave (loader);
  }
  tpo_load_norm (loader, "norm", config->hidden_size, &self->norm);
  tpo_loader_leave (loader);
  if (head != NULL)
    load_head (loader, head, self);

  self->tensors = tpo_loader_take (loader, error);
  if (self->tensors == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

TpoMistral *
tpo_mistral_ref (TpoMistral *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tpo_mistral_unref (TpoMistral *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->tensors, g_ptr_array_unref);
  g_free (self->layers);
  g_free (self);
}

const TpoMistralConfig *
tpo_mistral_get_config (const TpoMistral *self)
{
  return &self->config;
}

TpoKvCache *
tpo_kv_cache_new (TpoDevice *device, const TpoMistralConfig *config, TpoType type,
                  guint capacity, GError **error)
{
  g_autoptr (TpoKvCache) self = g_new0 (TpoKvCache, 1);
  TpoShape shape = TPO_SHAPE (capacity, (gint64) config->n_kv_heads * config->head_size);

  self->capacity = capacity;
  self->n_layers = config->n_layers;
  self->k = g_new0 (TpoTensor *, config->n_layers);
  self->v = g_new0 (TpoTensor *, config->n_layers);
  for (guint i = 0; i < config->n_layers; i++) {
    self->k[i] = tpo_tensor_new (device, "key cache", type, shape, error);
    if (self->k[i] == NULL || !tpo_tensor_clear (self->k[i], error))
      return NULL;
    self->v[i] = tpo_tensor_new (device, "value cache", type, shape, error);
    if (self->v[i] == NULL || !tpo_tensor_clear (self->v[i], error))
      return NULL;
  }
  return g_steal_pointer (&self);
}

void
tpo_kv_cache_free (TpoKvCache *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_layers; i++) {
    g_clear_pointer (&self->k[i], tpo_tensor_unref);
    g_clear_pointer (&self->v[i], tpo_tensor_unref);
  }
  g_free (self->k);
  g_free (self->v);
  g_free (self);
}

guint
tpo_kv_cache_get_capacity (const TpoKvCache *self)
{
  return self->capacity;
}
