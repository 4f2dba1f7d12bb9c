#pragma once

#include "models/layers/blocks.h"
#include "models/layers/taps.h"

/**
 * The bridge of VideoChat-TPO: learned queries that read the vision tokens, and the projection of
 * the result to the language model's width.
 *
 * Li et al., "BLIP-2: Bootstrapping Language-Image Pre-training" (2023), section 3.1, without the text
 * branch; BERT layers with the norm after the sum, Devlin et al. (2019). Reference:
 * inference/modeling_qformer.py and encode_vision of inference/modeling_videochate.py.
 */

/**
 * TpoQformerConfig: sizes of the bridge.
 */
typedef struct {
  guint width; /* C: channels of a query */
  guint n_layers;
  guint n_heads;      /* H */
  guint ffn_width;    /* channels inside a feed-forward part */
  guint n_queries;    /* query_tokens */
  guint n_extra;      /* extra_query_tokens, 0 if there are none */
  guint vision_width; /* channels of a vision token */
  guint llm_width;    /* channels of the language model */
  guint cross_every;  /* layers 0, n, 2n, … read the vision tokens: 2 */
  float norm_eps;     /* 1e-12 */
} TpoQformerConfig;

/**
 * tpo_qformer_config_read:
 * @prefix: of the settings: "videochat-tpo.qformer." in model files
 *
 * Returns: false with TPO_ERROR_FORMAT, naming the key
 */
gboolean tpo_qformer_config_read (TpoQformerConfig *config, const TpoMetadata *metadata,
                                  const char *prefix, GError **error);

typedef struct _TpoQformer TpoQformer;

/**
 * tpo_qformer_load: "query_tokens", "extra_query_tokens", "qformer.bert.*" without the text branch,
 * "project_up.*"
 *
 * Returns: (transfer full): %NULL with the loader's error
 */
TpoQformer *tpo_qformer_load (TpoLoader *loader, const TpoQformerConfig *config,
                              GError **error);
void tpo_qformer_free (TpoQformer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoQformer, tpo_qformer_free)

const TpoQformerConfig *tpo_qformer_get_config (const TpoQformer *self);

/** tpo_qformer_n_vectors: vectors that a video becomes: n_queries + n_extra */
guint tpo_qformer_n_vectors (const TpoQformer *self);

/**
 * tpo_qformer_forward:
 * @vision: [N, vision_width]: tokens after vision_layernorm
 * @taps: (nullable): offers "embeddings", "layer0.attention", "layer0.crossattention", "layerN"
 *   (output of layer N)
 *
 * Returns: [n_queries + n_extra, C]
 */
TpoTensor *tpo_qformer_forward (TpoGraph *g, const TpoQformer *self, TpoTensor *vision,
                                TpoTaps *taps);

/** tpo_qformer_project: @queries: [N, C]. Returns: [N, llm_width], rows of a prompt */
TpoTensor *tpo_qformer_project (TpoGraph *g, const TpoQformer *self, TpoTensor *queries);
