#include "models/cgdetr/cgdetr.h"

gboolean
tpo_cgdetr_config_read (const TpoMetadata *metadata, const char *prefix,
                        TpoCgdetrConfig *config, GError **error)
{
  TpoReader reader = tpo_reader (metadata, prefix);

  *config = (TpoCgdetrConfig){
    .hidden = tpo_reader_uint_or (&reader, "hidden_dim", 8, 1 << 14, 256),
    .n_heads = tpo_reader_uint_or (&reader, "nheads", 1, 256, 8),
    .feed_forward = tpo_reader_uint_or (&reader, "dim_feedforward", 1, 1 << 16, 1024),
    .video_width = tpo_reader_uint_or (&reader, "v_feat_dim", 1, 1 << 16, 770),
    .text_width = tpo_reader_uint_or (&reader, "t_feat_dim", 1, 1 << 16, 4096),
    .n_dummies = tpo_reader_uint_or (&reader, "num_dummies", 1, 4096, 45),
    .n_prompts = tpo_reader_uint_or (&reader, "total_prompts", 1, 4096, 10),
    .n_queries = tpo_reader_uint_or (&reader, "num_queries", 1, 4096, 10),
    .n_t2v = tpo_reader_uint_or (&reader, "t2v_layers", 1, 64, 2),
    .n_encoder = tpo_reader_uint_or (&reader, "enc_layers", 1, 64, 3),
    .n_decoder = tpo_reader_uint_or (&reader, "dec_layers", 1, 64, 3),
    .n_dummy = tpo_reader_uint_or (&reader, "dummy_layers", 1, 64, 2),
  };
  if (tpo_reader_uint_or (&reader, "num_prompts", 1, 4096, 1) != 1)
    tpo_reader_fail (&reader, "num_prompts", "only the best saliency prompt can be used");
  if (tpo_reader_uint_or (&reader, "n_input_proj", 1, 16, 2) != 2)
    tpo_reader_fail (&reader, "n_input_proj", "must be 2");
  if (config->n_heads == 0 || config->hidden % (4 * config->n_heads) != 0)
    tpo_reader_fail (&reader, "hidden_dim", "must be a multiple of four times the heads");
  return tpo_reader_finish (&reader, error);
}
