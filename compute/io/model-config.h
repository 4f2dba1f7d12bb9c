#pragma once

#include "io/weights.h"

/*
 * Settings of a VideoChat-TPO model: metadata keys of GGUF files of architecture "videochat-tpo",
 * and where config.json has them. Settings carry the names of the published configuration; what a
 * config.json leaves out has the published model's value.
 *
 *   general.architecture   "videochat-tpo"
 *   general.name, general.description, general.license
 *                          model_config.{name, description, license}
 *
 * prefix TPO_ARCHITECTURE "." and then                   from config.json, model_config.…
 *   llm.{hidden_size, num_hidden_layers, num_attention_heads, num_key_value_heads, head_dim,
 *        intermediate_size, vocab_size, rms_norm_eps, rope_theta, lora_r, lora_alpha}
 *                                                        llm.*
 *   llm.lora_merged        bool: no lora_A, lora_B; they are part of base_layer
 *   vision.{img_size, patch_size, num_heads, num_frames, tubelet_size, ckpt_num_frame, mlp_ratio,
 *        layer_norm_eps, vision_layernorm_eps, return_index}
 *                                                        vision_encoder.*, heads: encoder_num_heads
 *   vision.{embed_dim, depth_nominal}                    vision_encoder.encoder_{embed_dim, depth}
 *   vision.depth_run       blocks stored and run: depth_nominal + return_index + 1
 *   qformer.{num_query_token, extra_num_query_token}     bridge.*
 *   qformer.{hidden_size, num_hidden_layers, num_attention_heads, intermediate_size, vocab_size,
 *        max_position_embeddings, cross_attention_freq, layer_norm_eps}
 *                                                        bridge.qformer_*
 *   qformer.{encoder_width, llm_hidden_size}             vision.embed_dim, llm.hidden_size
 *   heads.{llm_hidden_size, sam_embed_dim}               llm.hidden_size, sam.d_model; 0 if there is
 *                          no way from the language model to the mask head
 *   cg.*                   temporal head                 cg_opt.*
 *   sam.*                  mask head                     sam.*
 *   clip.vision.*, clip.text.*   features of the temporal head      clip.vision.*, clip.text.*
 *   prompt.{bos_mode, max_ids}   "per_part", "first_only", "none"   prompt.*
 *   prompt.multi_turn      bool: earlier turns may be put into a prompt    prompt.multi_turn
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
  TPO_COMPONENT_BRIDGE,   /* Q-Former, queries, projections */
  TPO_COMPONENT_HEADS,    /* task tokens, box head and encoder, mask and training adapters */
  TPO_COMPONENT_TEMPORAL, /* CG-DETR */
  TPO_COMPONENT_MASK,     /* SAM 2 */
  TPO_COMPONENT_CLIP_VISION,
  TPO_COMPONENT_CLIP_TEXT,
  TPO_COMPONENT_COUNT
} TpoComponent;

/** tpo_component_name: "language model", …; for people. Returns: (transfer none) */
const char *tpo_component_name (TpoComponent component);

/**
 * tpo_component_find: the part that a tensor of that name tells to be there; COUNT for names that
 *   stand alone, such as "query_tokens", and for others
 */
TpoComponent tpo_component_find (const char *name);

/** tpo_model_components: bits 1 << TpoComponent of the parts of which @weights has any tensor */
guint tpo_model_components (const TpoWeights *weights);

/**
 * tpo_model_config_from_json:
 * @config: root of config.json
 * @what: its path, for messages
 * @components: bits of the parts that are present
 * @metadata: (inout): gets the keys above
 *
 * Returns: false with TPO_ERROR_FORMAT if a setting has a wrong type, naming it
 */
gboolean tpo_model_config_from_json (const TpoJsonNode *config, const char *what,
                                     guint components, TpoMetadata *metadata, GError **error);

/** tpo_model_config_published: sets the keys of @component to the published model's values */
void tpo_model_config_published (TpoComponent component, TpoMetadata *metadata);
