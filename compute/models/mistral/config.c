#include "models/mistral/mistral.h"

#include <string.h>

static void
check_heads (TpoReader *reader, const TpoMistralConfig *config, const char *kv_heads_key,
             const char *head_size_key, const char *theta_key)
{
  if (config->n_kv_heads > 0 && config->n_heads % config->n_kv_heads != 0)
    tpo_reader_fail (reader, kv_heads_key, "must divide the number of heads");
  if (config->head_size % 2 != 0)
    tpo_reader_fail (reader, head_size_key, "must be even");
  if (!(config->rope_theta >= 1))
    tpo_reader_fail (reader, theta_key, "must be 1 or more");
}

gboolean
tpo_mistral_config_read (TpoMistralConfig *config, const TpoMetadata *metadata,
                         const char *prefix, GError **error)
{
  TpoReader reader = tpo_reader (metadata, prefix);
  guint n_heads = tpo_reader_uint (&reader, "num_attention_heads", 1, 1024);
  guint hidden_size = tpo_reader_uint (&reader, "hidden_size", 1, 1 << 16);

  *config = (TpoMistralConfig){
    .hidden_size = hidden_size,
    .n_layers = tpo_reader_uint (&reader, "num_hidden_layers", 1, 1024),
    .n_heads = n_heads,
    .n_kv_heads = tpo_reader_uint_or (&reader, "num_key_value_heads", 1, 1024, n_heads),
    .head_size =
        tpo_reader_uint_or (&reader, "head_dim", 1, 1024, hidden_size / MAX (n_heads, 1)),
    .ffn_size = tpo_reader_uint (&reader, "intermediate_size", 1, 1 << 18),
    .vocab_size = tpo_reader_uint (&reader, "vocab_size", 1, 1 << 22),
    .norm_eps = (float) tpo_reader_real_or (&reader, "rms_norm_eps", 1e-5),
    .rope_theta = (float) tpo_reader_real_or (&reader, "rope_theta", 1e6),
    .lora_alpha = (float) tpo_reader_real_or (&reader, "lora_alpha", 0),
    .has_qkv_bias = tpo_reader_bool_or (&reader, "qkv_bias", FALSE),
  };
  check_heads (&reader, config, "num_key_value_heads", "head_dim", "rope_theta");
  if (tpo_reader_has (&reader, "lora_r") &&
      tpo_reader_uint (&reader, "lora_r", 0, 1 << 16) == 0)
    config->lora_alpha = 0;
  return tpo_reader_finish (&reader, error);
}

/* What positions are divided by; @scaling: (out) (nullable): another method of scaling them */
static float
read_rope_factor (TpoReader *reader, const char **scaling)
{
  const char *type = tpo_reader_string_or (reader, "rope.scaling.type", "linear");
  double factor = tpo_reader_real_or (reader, "rope.scaling.factor", 1);

  *scaling = strcmp (type, "none") == 0 || strcmp (type, "linear") == 0 ? NULL : type;
  if (strcmp (type, "none") == 0 || factor == 0) /* 0 stands for none, too */
    return 1;
  if (!(factor > 0))
    tpo_reader_fail (reader, "rope.scaling.factor", "must not be negative");
  return (float) factor;
}

/* Whether the file is of a kind that the decoder has no formulas for; tells so in a sentence.
 * @scaling: (nullable): a method that is not known */
static gboolean
check_supported (const TpoMistralConfig *config, const char *scaling, TpoReader *reader,
                 GError **error)
{
  guint n_experts = tpo_reader_uint_or (reader, "expert_count", 0, G_MAXUINT16, 0);
  guint n_rotated =
      tpo_reader_uint_or (reader, "rope.dimension_count", 1, G_MAXUINT16, config->head_size);
  guint value_size =
      tpo_reader_uint_or (reader, "attention.value_length", 1, G_MAXUINT16, config->head_size);
  g_autofree char *reason = NULL;

  if (reader->error != NULL)
    return TRUE; /* which is reported first */
  if (n_experts > 0)
    reason = g_strdup_printf ("it mixes %u experts", n_experts);
  else if (scaling != NULL)
    reason = g_strdup_printf ("its positions are scaled, with the method “%s”", scaling);
  else if (n_rotated != config->head_size)
    reason = g_strdup_printf ("of the %u channels of a head only %u turn with the position",
                              config->head_size, n_rotated);
  else if (value_size != config->head_size)
    reason =
        g_strdup_printf ("keys have %u channels and values %u", config->head_size, value_size);
  if (reason == NULL)
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
               "this kind of model is not supported: %s", reason);
  return FALSE;
}

gboolean
tpo_mistral_config_read_gguf (TpoMistralConfig *config, const TpoMetadata *metadata,
                              const char *architecture, GError **error)
{
  const gboolean is_qwen2 = strcmp (architecture, "qwen2") == 0;
  g_autofree char *prefix = g_strconcat (architecture, ".", NULL);
  TpoReader reader = tpo_reader (metadata, prefix);
  const TpoValue *tokens = tpo_metadata_find (metadata, "tokenizer.ggml.tokens");
  guint n_tokens = tokens != NULL ? (guint) MIN (tokens->n, G_MAXUINT32) : 0;
  guint n_heads = tpo_reader_uint (&reader, "attention.head_count", 1, 1024);
  guint hidden_size = tpo_reader_uint (&reader, "embedding_length", 1, 1 << 16);
  const char *scaling;
  float rope_factor = read_rope_factor (&reader, &scaling);

  *config = (TpoMistralConfig){
    .hidden_size = hidden_size,
    .n_layers = tpo_reader_uint (&reader, "block_count", 1, 1024),
    .n_heads = n_heads,
    .n_kv_heads = tpo_reader_uint_or (&reader, "attention.head_count_kv", 1, 1024, n_heads),
    .head_size = tpo_reader_uint_or (&reader, "attention.key_length", 1, 1024,
                                     hidden_size / MAX (n_heads, 1)),
    .ffn_size = tpo_reader_uint (&reader, "feed_forward_length", 1, 1 << 18),
    .vocab_size = tpo_reader_uint_or (&reader, "vocab_size", 1, 1 << 22, n_tokens),
    .norm_eps = (float) tpo_reader_real (&reader, "attention.layer_norm_rms_epsilon"),
    .rope_theta = (float) tpo_reader_real_or (&reader, "rope.freq_base", 1e4),
    .rope_factor = rope_factor,
    .has_qkv_bias = is_qwen2,
    .is_gguf = TRUE,
    .is_interleaved = !is_qwen2,
  };
  check_heads (&reader, config, "attention.head_count_kv", "attention.key_length",
               "rope.freq_base");
  if (!check_supported (config, scaling, &reader, error)) {
    g_clear_error (&reader.error);
    return FALSE;
  }
  return tpo_reader_finish (&reader, error);
}
