#pragma once

#include "io/weights.h"

/*
 * Settings of a VideoChat-TPO model: metadata keys of GGUF files of architecture "videochat-tpo",
 * and where config.json has them. There are two families of such models, and so two kinds of
 * config.json: that of VideoChat-TPO, whose settings are below model_config, and that of
 * LLaVA-OneVision (told by its mm_projector_type), to which the sections cg_opt, sam, clip and prompt
 * of the former are added. What a config.json leaves out has the published model's value.
 *
 *   general.architecture   "videochat-tpo" for both
 *   general.name, general.description, general.license, general.version
 *
 * prefix TPO_ARCHITECTURE "." and then       from model_config.…              or, of LLaVA-OneVision,
 *   llm.{hidden_size, num_hidden_layers, num_attention_heads, num_key_value_heads, head_dim,
 *        intermediate_size, vocab_size, rms_norm_eps, rope_theta, lora_r, lora_alpha}
 *                                            llm.*                            the same names
 *   llm.qkv_bias           bool: q, k and v have biases; default false        attention_bias, default true
 *   llm.tie_word_embeddings   bool: there is no lm_head; default false        tie_word_embeddings
 *   llm.lora_merged        bool: no lora_A, lora_B; they are part of base_layer
 *   vision.kind            "siglip", or absent: the encoder of VideoChat-TPO
 *   vision.{img_size, patch_size, num_heads, layer_norm_eps, return_index, num_frames}
 *                                            vision_encoder.*,                vision_config.*,
 *                                            heads: encoder_num_heads         mm_vision_select_layer,
 *                                                                             frames_upbound
 *   vision.{embed_dim, depth_nominal}        vision_encoder.encoder_*         vision_config.*
 *   vision.{tubelet_size, ckpt_num_frame, mlp_ratio, vision_layernorm_eps}
 *                                            vision_encoder.*                 -
 *   vision.intermediate_size                 -                                vision_config.*
 *   vision.depth_run       blocks stored and run: depth_nominal + return_index + 1
 *   connector              "mlp", or absent: the Q-Former
 *   qformer.{num_query_token, extra_num_query_token}     bridge.*             -
 *   qformer.{hidden_size, num_hidden_layers, num_attention_heads, intermediate_size, vocab_size,
 *        max_position_embeddings, cross_attention_freq, layer_norm_eps}
 *                                            bridge.qformer_*                 -
 *   qformer.{encoder_width, llm_hidden_size}   vision.embed_dim, llm.hidden_size
 *   projector.pool_stride  -                                                  mm_spatial_pool_stride
 *   projector.{tile_grid, max_tiles}   0 if pictures are not cut              image_grid_pinpoints,
 *                                                                             image_aspect_ratio
 *   projector.{vision_width, llm_width}        vision.embed_dim, llm.hidden_size
 *   heads.{llm_hidden_size, sam_embed_dim}   llm.hidden_size, sam.d_model; 0 if there
 *                          is no way from the language model to the mask head
 *   heads.temporal_width   cg.t_feat_dim where it is not llm.hidden_size: temporal_proj leads there; else 0
 *   cg.*                   temporal head     cg_opt.*                         the same
 *   sam.*                  mask head         sam.*                            the same
 *   clip.vision.*, clip.text.*   features of the temporal head                the same
 *   prompt.template        "chatml", or absent: [INST] as VideoChat-TPO has it
 *   prompt.system          what "chatml" begins with                          prompt.*
 *   prompt.{bos_mode, max_ids}   "per_part", "first_only", "none"  prompt.*
 *   prompt.multi_turn      bool: earlier turns may be put into a prompt       prompt.*
 *
 * tokenizer.ggml.*         the vocabulary, as llama.cpp writes it, with the task tokens at its end
 * tokenizer.tpo.added_tokens   ids that are cut out of a text before it is encoded
 * tokenizer.tpo.clip_model     content of clip-tokenizer.model (u8), where the query encoder has a
 *                          vocabulary of its own
 *
 * Settings of cg, sam and clip are there only if the model has tensors of that part. Task token
 * ids are found by their text in the tokenizer (tokenizer.ggml.*).
 */

#define TPO_ARCHITECTURE "videochat-tpo"

/** TpoComponent: parts of a model that can be present or absent */
typedef enum {
  TPO_COMPONENT_LLM,
  TPO_COMPONENT_VISION,
  TPO_COMPONENT_BRIDGE,   /* Q-Former, queries, projections; or the projector */
  TPO_COMPONENT_HEADS,    /* task tokens, box head and encoder, mask and training adapters */
  TPO_COMPONENT_TEMPORAL, /* CG-DETR */
  TPO_COMPONENT_MASK,     /* SAM 2 */
  TPO_COMPONENT_CLIP_VISION,
  TPO_COMPONENT_CLIP_TEXT,
  TPO_COMPONENT_COUNT
} TpoComponent;

/** tpo_component_name: "language model", …; for people, to be translated. Returns: (transfer none) */
const char *tpo_component_name (TpoComponent component);

/**
 * tpo_component_find: the part that a tensor of that name tells to be there; COUNT for names that
 *   stand alone, such as "query_tokens", and for others
 */
TpoComponent tpo_component_find (const char *name);

/** tpo_model_components: bits 1 << TpoComponent of the parts of which @weights has any tensor */
guint tpo_model_components (const TpoWeights *weights);

/**
 * tpo_model_has_siglip: whether vision.kind is that; tpo_model_has_projector: whether the connector
 * is no Q-Former
 */
gboolean tpo_model_has_siglip (const TpoMetadata *metadata);
gboolean tpo_model_has_projector (const TpoMetadata *metadata);

/**
 * tpo_model_config_from_json:
 * @config: root of config.json
 * @what: its path, for messages
 * @components: bits of the parts that are present
 * @metadata: (inout): gets the keys above
 *
 * Returns: false with TPO_ERROR_FORMAT if a setting has a wrong type, or TPO_ERROR_UNSUPPORTED if it
 *   asks for what is not done here, naming it
 */
gboolean tpo_model_config_from_json (const TpoJsonNode *config, const char *what,
                                     guint components, TpoMetadata *metadata, GError **error);

/** tpo_model_config_published: sets the keys of @component to the published model's values */
void tpo_model_config_published (TpoComponent component, TpoMetadata *metadata);
