#include "models/mistral/mistral.h"

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
  };
  if (config->n_kv_heads > 0 && n_heads % config->n_kv_heads != 0)
    tpo_reader_fail (&reader, "num_key_value_heads", "must divide num_attention_heads");
  if (config->head_size % 2 != 0)
    tpo_reader_fail (&reader, "head_dim", "must be even");
  if (config->rope_theta <= 0)
    tpo_reader_fail (&reader, "rope_theta", "must be more than 0");
  if (tpo_reader_has (&reader, "lora_r") &&
      tpo_reader_uint (&reader, "lora_r", 0, 1 << 16) == 0)
    config->lora_alpha = 0;
  return tpo_reader_finish (&reader, error);
}
