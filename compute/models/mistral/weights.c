#include "models/mistral/weights.h"

/* What a decoder's tensors are called, less ".weight". */
typedef struct {
  const char *embed, *norm;
  const char *layer; /* before its number */
  const char *attention_norm, *q, *k, *v, *o;
  const char *mlp_norm, *gate, *up, *down;
} Names;

static const Names published = {
  .embed = "embed_tokens.weight",
  .norm = "norm",
  .layer = "layers",
  .attention_norm = "input_layernorm",
  .q = "self_attn.q_proj",
  .k = "self_attn.k_proj",
  .v = "self_attn.v_proj",
  .o = "self_attn.o_proj",
  .mlp_norm = "post_attention_layernorm",
  .gate = "mlp.gate_proj",
  .up = "mlp.up_proj",
  .down = "mlp.down_proj",
};

static const Names gguf = {
  .embed = "token_embd.weight",
  .norm = "output_norm",
  .layer = "blk",
  .attention_norm = "attn_norm",
  .q = "attn_q",
  .k = "attn_k",
  .v = "attn_v",
  .o = "attn_output",
  .mlp_norm = "ffn_norm",
  .gate = "ffn_gate",
  .up = "ffn_up",
  .down = "ffn_down",
};

/* @flags: TPO_LOAD_BIAS: there must be a bias; else it is taken where there is one. */
static void
load_linear (TpoLoader *loader, const char *name, gint64 n_out, gint64 n_in, TpoLoadFlags flags,
             TpoLinear *linear)
{
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);

  if (tpo_loader_has (loader, bias))
    flags |= TPO_LOAD_BIAS;
  tpo_load_linear (loader, name, n_out, n_in, flags | TPO_LOAD_LORA, linear);
}

static void
load_layer (TpoLoader *loader, const TpoMistralConfig *config, const Names *names,
            TpoMistralLayer *layer)
{
  gint64 width = config->hidden_size, ffn = config->ffn_size;
  gint64 q_width = (gint64) config->n_heads * config->head_size;
  gint64 kv_width = (gint64) config->n_kv_heads * config->head_size;
  TpoLoadFlags flags = config->has_qkv_bias ? TPO_LOAD_BIAS : TPO_LOAD_PLAIN;

  tpo_load_norm (loader, names->attention_norm, width, &layer->attention_norm);
  load_linear (loader, names->q, q_width, width, flags, &layer->q);
  load_linear (loader, names->k, kv_width, width, flags, &layer->k);
  load_linear (loader, names->v, kv_width, width, flags, &layer->v);
  load_linear (loader, names->o, width, q_width, TPO_LOAD_PLAIN, &layer->o);
  tpo_load_norm (loader, names->mlp_norm, width, &layer->mlp_norm);
  load_linear (loader, names->gate, ffn, width, TPO_LOAD_PLAIN, &layer->gate);
  load_linear (loader, names->up, ffn, width, TPO_LOAD_PLAIN, &layer->up);
  load_linear (loader, names->down, width, ffn, TPO_LOAD_PLAIN, &layer->down);
}

/* What the angles of the pairs of channels are divided by; %NULL: by 1. */
static float *
load_rope_divisors (TpoLoader *loader, const TpoMistralConfig *config)
{
  const float factor = config->rope_factor > 0 ? config->rope_factor : 1;
  const guint n = config->head_size / 2;
  float *divisors = NULL;

  if (config->is_gguf && tpo_loader_has (loader, "rope_freqs.weight"))
    divisors = tpo_load_floats (loader, "rope_freqs.weight", n);
  if (factor == 1)
    return divisors;
  if (divisors == NULL) {
    divisors = g_new (float, n);
    for (guint i = 0; i < n; i++)
      divisors[i] = 1;
  }
  for (guint i = 0; i < n; i++)
    divisors[i] *= factor;
  return divisors;
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
  const Names *names = config->is_gguf ? &gguf : &published;
  g_autoptr (TpoMistral) self = g_new0 (TpoMistral, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->config = *config;
  self->layers = g_new0 (TpoMistralLayer, config->n_layers);

  tpo_loader_set_lora_alpha (loader, config->lora_alpha);
  tpo_loader_enter (loader, "%s", decoder);
  self->embed = tpo_load_matrix (loader, names->embed, config->vocab_size, config->hidden_size);
  self->rope_divisors = load_rope_divisors (loader, config);
  for (guint i = 0; i < config->n_layers; i++) {
    tpo_loader_enter (loader, "%s.%u.", names->layer, i);
    load_layer (loader, config, names, &self->layers[i]);
    tpo_loader_leave (loader);
  }
  tpo_load_norm (loader, names->norm, config->hidden_size, &self->norm);
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
  g_free (self->rope_divisors);
  g_free (self->layers);
  g_free (self);
}

TpoType
tpo_mistral_cache_type (const TpoMistral *self)
{
  return tpo_tensor_get_type (self->layers[0].q.w) == TPO_F32 ? TPO_F32 : TPO_F16;
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
