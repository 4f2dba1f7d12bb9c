#pragma once

#include "models/layers/blocks.h"
#include "models/layers/taps.h"

/**
 * Decoder of the Mistral, Llama and Qwen2 family: RMSNorm before each part, rotary positions,
 * grouped key and value heads, SwiGLU, with or without biases of queries, keys and values, with or
 * without adapters.
 *
 * Jiang et al., "Mistral 7B" (2023); Touvron et al., "LLaMA" (2023); Yang et al., "Qwen2" (2024);
 * adapters: Hu et al., "LoRA" (2021).
 */

/**
 * TpoMistralConfig: sizes of a decoder.
 */
typedef struct {
  guint hidden_size; /* C */
  guint n_layers;
  guint n_heads;    /* H: query heads */
  guint n_kv_heads; /* each serves H / n_kv_heads consecutive query heads */
  guint head_size;  /* D */
  guint ffn_size;   /* channels between gate and down projection */
  guint vocab_size; /* V: rows of the embedding table */
  float norm_eps;
  float rope_theta;
  float rope_factor;     /* positions are divided by it; 0: by 1 */
  float lora_alpha;      /* 0: no adapters */
  gboolean has_qkv_bias; /* biases of q, k and v, as in Qwen2 */
  gboolean is_gguf;      /* names of tensors as in GGUF files of text models */
  gboolean
      is_interleaved; /* order of query and key rows as in GGUF files of architecture "llama" */
} TpoMistralConfig;

/** TPO_MISTRAL_DECODER, _HEAD: published names of the language model of VideoChat-TPO */
#define TPO_MISTRAL_DECODER "lm.base_model.model.model."
#define TPO_MISTRAL_HEAD "lm.base_model.model.lm_head"

/** TPO_MISTRAL_GGUF_HEAD: the output head in GGUF files of text models */
#define TPO_MISTRAL_GGUF_HEAD "output"

/**
 * tpo_mistral_config_read:
 * @prefix: of the settings: "videochat-tpo.llm." in model files
 *
 * Key/value heads, head size and adapters may be left out: as many as query heads, C / H, none.
 *
 * Returns: false with TPO_ERROR_FORMAT, naming the key
 */
gboolean tpo_mistral_config_read (TpoMistralConfig *config, const TpoMetadata *metadata,
                                  const char *prefix, GError **error);

/**
 * tpo_mistral_config_read_gguf:
 * @metadata: of a GGUF file of a text model
 * @architecture: "llama" or "qwen2": the settings begin with it
 *
 * Llama, Mistral, Qwen2 and Qwen2.5 models as llama.cpp's converters write them. Mixtures of
 * experts, rotary positions scaled otherwise than by a factor or by a "rope_freqs.weight" tensor,
 * and heads that are rotated in part are not supported.
 *
 * Returns: false with TPO_ERROR_FORMAT, naming the key, or TPO_ERROR_UNSUPPORTED
 */
gboolean tpo_mistral_config_read_gguf (TpoMistralConfig *config, const TpoMetadata *metadata,
                                       const char *architecture, GError **error);

typedef struct _TpoMistral TpoMistral;

/**
 * tpo_mistral_load:
 * @decoder: prefix of "embed_tokens.weight", "layers.N.*" and "norm.weight"; in GGUF files of text
 *   models, which have other names, ""
 * @head: (nullable): name of the output head; where the file has none, the embedding table serves
 *   (tied weights). %NULL: the decoder is used for its hidden states only
 *
 * Returns: (transfer full): %NULL with the loader's error
 */
TpoMistral *tpo_mistral_load (TpoLoader *loader, const TpoMistralConfig *config,
                              const char *decoder, const char *head, GError **error);
TpoMistral *tpo_mistral_ref (TpoMistral *self);
void tpo_mistral_unref (TpoMistral *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoMistral, tpo_mistral_unref)

/**
 * tpo_mistral_cache_type: what to keep keys and values in: F32 where the matrices of its layers
 *   are, else F16, which loses less than such matrices do and takes half the memory
 */
TpoType tpo_mistral_cache_type (const TpoMistral *self);

const TpoMistralConfig *tpo_mistral_get_config (const TpoMistral *self);

/**
 * TpoKvCache: keys (after rotation) and values of the tokens seen so far, one pair of persistent
 * [capacity, n_kv_heads · D] tensors for each layer.
 */
typedef struct _TpoKvCache TpoKvCache;

/**
 * tpo_kv_cache_new:
 * @type: F32 or F16
 * @capacity: tokens, at least 1
 *
 * Returns: (transfer full): %NULL with TPO_ERROR_NO_MEMORY
 */
TpoKvCache *tpo_kv_cache_new (TpoDevice *device, const TpoMistralConfig *config, TpoType type,
                              guint capacity, GError **error);
void tpo_kv_cache_free (TpoKvCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoKvCache, tpo_kv_cache_free)

guint tpo_kv_cache_get_capacity (const TpoKvCache *self);

/**
 * TpoMistralContext: valid when zeroed: no cache, positions from 0.
 */
typedef struct {
  TpoKvCache *cache;   /* (nullable) */
  TpoTensor *position; /* [1] I32: position of the first row; needed with a cache */
  TpoTensor
      *n_keys; /* [1] I32: rows of the cache that count after this call; needed with a cache */
} TpoMistralContext;

/** tpo_mistral_embed: @ids: [N] I32. Returns: [N, C] F32 rows of the embedding table */
TpoTensor *tpo_mistral_embed (TpoGraph *g, const TpoMistral *self, TpoTensor *ids);

/**
 * tpo_mistral_forward:
 * @embeds: [N, C] F32
 * @context: (nullable)
 * @taps: (nullable): offers "hiddenN" (input of layer N), "layer0.q_proj", "layer0.self_attn",
 *   "layer0.mlp", and "k_last_layer" and "v_last_layer", [N, n_kv_heads · D]
 *
 * Causal: row i sees the cache and rows 0 … i.
 *
 * Returns: [N, C]: hidden states after the final norm
 */
TpoTensor *tpo_mistral_forward (TpoGraph *g, const TpoMistral *self, TpoTensor *embeds,
                                const TpoMistralContext *context, TpoTaps *taps);

/** tpo_mistral_logits: @hidden: [N, C]. Returns: [N, V] */
TpoTensor *tpo_mistral_logits (TpoGraph *g, const TpoMistral *self, TpoTensor *hidden);
