#include "models/qformer/qformer.h"

gboolean
tpo_qformer_config_read (TpoQformerConfig *config, const TpoMetadata *metadata,
                         const char *prefix, GError **error)
{
  TpoReader reader = tpo_reader (metadata, prefix);

  *config = (TpoQformerConfig){
    .width = tpo_reader_uint (&reader, "hidden_size", 1, 1 << 16),
    .n_layers = tpo_reader_uint (&reader, "num_hidden_layers", 1, 1024),
    .n_heads = tpo_reader_uint (&reader, "num_attention_heads", 1, 1024),
    .ffn_width = tpo_reader_uint (&reader, "intermediate_size", 1, 1 << 18),
    .n_queries = tpo_reader_uint (&reader, "num_query_token", 1, 1 << 12),
    .n_extra = tpo_reader_uint_or (&reader, "extra_num_query_token", 0, 1 << 12, 0),
    .vision_width = tpo_reader_uint (&reader, "encoder_width", 1, 1 << 16),
    .llm_width = tpo_reader_uint (&reader, "llm_hidden_size", 1, 1 << 16),
    .cross_every = tpo_reader_uint_or (&reader, "cross_attention_freq", 1, 1024, 2),
    .norm_eps = (float) tpo_reader_real_or (&reader, "layer_norm_eps", 1e-12),
  };
  if (config->n_heads > 0 && config->width % config->n_heads != 0)
    tpo_reader_fail (&reader, "num_attention_heads", "must divide hidden_size");
  return tpo_reader_finish (&reader, error);
}
