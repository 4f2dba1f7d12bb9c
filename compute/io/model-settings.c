#include "io/model-settings.h"

/* Short names for the tables. */
#define UINT TPO_SETTING_UINT
#define INT TPO_SETTING_INT
#define REAL TPO_SETTING_REAL
#define BOOL TPO_SETTING_BOOL
#define TEXT TPO_SETTING_TEXT
#define UINTS TPO_SETTING_UINTS

/* ---- VideoChat-TPO --------------------------------------------------------------------------- */

#define LLM(name, kind, value)            \
  {                                       \
    "llm." name, "llm." name, kind, value \
  }
static const TpoSetting llm_settings[] = {
  LLM ("hidden_size", UINT, 4096),
  LLM ("num_hidden_layers", UINT, 32),
  LLM ("num_attention_heads", UINT, 32),
  LLM ("num_key_value_heads", UINT, 8),
  LLM ("intermediate_size", UINT, 14336),
  LLM ("vocab_size", UINT, 32007),
  LLM ("rms_norm_eps", REAL, 1e-5),
  LLM ("rope_theta", REAL, 1e6),
  LLM ("lora_r", UINT, 16),
  LLM ("lora_alpha", REAL, 32),
};

#define VISION(name, path, kind, value)                 \
  {                                                     \
    "vision." name, "vision_encoder." path, kind, value \
  }
static const TpoSetting vision_settings[] = {
  VISION ("img_size", "img_size", UINT, 224),
  VISION ("patch_size", "patch_size", UINT, 16),
  VISION ("embed_dim", "encoder_embed_dim", UINT, 1024),
  VISION ("depth_nominal", "encoder_depth", UINT, 24),
  VISION ("return_index", "return_index", INT, -2),
  VISION ("num_heads", "encoder_num_heads", UINT, 16),
  VISION ("num_frames", "num_frames", UINT, 16),
  VISION ("tubelet_size", "tubelet_size", UINT, 1),
  VISION ("ckpt_num_frame", "ckpt_num_frame", UINT, 4),
  VISION ("mlp_ratio", "mlp_ratio", REAL, 4),
  VISION ("layer_norm_eps", "layer_norm_eps", REAL, 1e-6),
  VISION ("vision_layernorm_eps", "vision_layernorm_eps", REAL, 1e-12),
};

#define BRIDGE(name, kind, value)                        \
  {                                                      \
    "qformer." name, "bridge.qformer_" name, kind, value \
  }
static const TpoSetting bridge_settings[] = {
  { "qformer.num_query_token", "bridge.num_query_token", UINT, 32 },
  { "qformer.extra_num_query_token", "bridge.extra_num_query_token", UINT, 64 },
  BRIDGE ("hidden_size", UINT, 768),
  BRIDGE ("num_hidden_layers", UINT, 12),
  BRIDGE ("num_attention_heads", UINT, 12),
  BRIDGE ("intermediate_size", UINT, 3072),
  BRIDGE ("vocab_size", UINT, 30523),
  BRIDGE ("max_position_embeddings", UINT, 512),
  BRIDGE ("cross_attention_freq", UINT, 2),
  BRIDGE ("layer_norm_eps", REAL, 1e-12),
};

static const TpoSetting prompt_settings[] = {
  { "prompt.bos_mode", "prompt.bos_mode", TEXT, 0, "per_part" },
  { "prompt.max_ids", "prompt.max_ids", UINT, 1024 },
  { "prompt.multi_turn", "prompt.multi_turn", BOOL, 1 },
};

/* ---- LLaVA-OneVision-TPO: names of LLaVA-NeXT's config.json, SigLIP's under vision_config -------- */

static const TpoSetting qwen_settings[] = {
  { "llm.hidden_size", "hidden_size", UINT, 3584 },
  { "llm.num_hidden_layers", "num_hidden_layers", UINT, 28 },
  { "llm.num_attention_heads", "num_attention_heads", UINT, 28 },
  { "llm.num_key_value_heads", "num_key_value_heads", UINT, 4 },
  { "llm.intermediate_size", "intermediate_size", UINT, 18944 },
  { "llm.vocab_size", "vocab_size", UINT, 152064 },
  { "llm.rms_norm_eps", "rms_norm_eps", REAL, 1e-6 },
  { "llm.rope_theta", "rope_theta", REAL, 1e6 },
  { "llm.qkv_bias", "attention_bias", BOOL, 1 },
  { "llm.tie_word_embeddings", "tie_word_embeddings", BOOL, 0 },
  { "llm.lora_r", "lora_r", UINT, 0 },
  { "llm.lora_alpha", "lora_alpha", REAL, 0 },
};

static const TpoSetting siglip_settings[] = {
  { "vision.kind", NULL, TEXT, 0, "siglip" },
  { "vision.img_size", "vision_config.image_size", UINT, 384 },
  { "vision.patch_size", "vision_config.patch_size", UINT, 14 },
  { "vision.embed_dim", "vision_config.hidden_size", UINT, 1152 },
  { "vision.intermediate_size", "vision_config.intermediate_size", UINT, 4304 },
  { "vision.depth_nominal", "vision_config.num_hidden_layers", UINT, 27 },
  { "vision.num_heads", "vision_config.num_attention_heads", UINT, 16 },
  { "vision.layer_norm_eps", "vision_config.layer_norm_eps", REAL, 1e-6 },
  { "vision.return_index", "mm_vision_select_layer", INT, -2 },
  { "vision.num_frames", "frames_upbound", UINT, 32 },
};

static const TpoSetting projector_settings[] = {
  { "connector", NULL, TEXT, 0, "mlp" },
  { "projector.pool_stride", "mm_spatial_pool_stride", UINT, 2 },
};

/* A picture of the most tiles takes 8776 ids, see connector/tiles.h. */
static const TpoSetting chatml_settings[] = {
  { "prompt.template", NULL, TEXT, 0, "chatml" },
  { "prompt.system", "prompt.system", TEXT, 0, "You are a helpful assistant." },
  { "prompt.bos_mode", NULL, TEXT, 0, "none" },
  { "prompt.max_ids", "prompt.max_ids", UINT, 10240 },
  { "prompt.multi_turn", "prompt.multi_turn", BOOL, 1 },
};

/* ---- heads, the same for both ---------------------------------------------------------------- */

#define CG(name, kind, value)               \
  {                                         \
    "cg." name, "cg_opt." name, kind, value \
  }
static const TpoSetting temporal_settings[] = {
  CG ("hidden_dim", UINT, 256),
  CG ("dim_feedforward", UINT, 1024),
  CG ("nheads", UINT, 8),
  CG ("n_input_proj", UINT, 2),
  CG ("v_feat_dim", UINT, 770),
  CG ("t_feat_dim", UINT, 4096),
  CG ("t2v_layers", UINT, 2),
  CG ("enc_layers", UINT, 3),
  CG ("dec_layers", UINT, 3),
  CG ("dummy_layers", UINT, 2),
  CG ("sent_layers", UINT, 1),
  CG ("moment_layers", UINT, 1),
  CG ("num_dummies", UINT, 45),
  CG ("num_prompts", UINT, 1),
  CG ("total_prompts", UINT, 10),
  CG ("num_queries", UINT, 10),
  CG ("normalize_features", BOOL, 0),
};

#define SAM(name, kind, value)            \
  {                                       \
    "sam." name, "sam." name, kind, value \
  }
#define SAM_LIST(name, ...)                   \
  {                                           \
    "sam." name, "sam." name, UINTS, 0, NULL, \
    {                                         \
      __VA_ARGS__, -1                         \
    }                                         \
  }
static const TpoSetting mask_settings[] = {
  { "sam.release", "sam.release", TEXT, 0, "2.0" },
  SAM ("image_size", UINT, 1024),
  SAM ("embed_dim", UINT, 144),
  SAM ("num_heads", UINT, 2),
  SAM_LIST ("stages", 2, 6, 36, 4),
  SAM_LIST ("global_att_blocks", 23, 33, 43),
  SAM_LIST ("window_spec", 8, 4, 16, 8),
  SAM_LIST ("window_pos_embed_bkg_spatial_size", 7, 7),
  SAM_LIST ("mem_mask_channels", 1, 4, 16, 64, 256),
  SAM ("q_stride", UINT, 2),
  SAM ("backbone_stride", UINT, 16),
  SAM ("d_model", UINT, 256),
  SAM ("mem_dim", UINT, 64),
  SAM ("mem_attn_layers", UINT, 4),
  SAM ("mem_attn_ffn_dim", UINT, 2048),
  SAM ("mem_fuser_layers", UINT, 2),
  SAM ("num_maskmem", UINT, 7),
  SAM ("max_obj_ptrs_in_encoder", UINT, 16),
  SAM ("sigmoid_scale_for_mem_enc", REAL, 20),
  SAM ("sigmoid_bias_for_mem_enc", REAL, -10),
  SAM ("rope_theta", REAL, 10000),
  SAM ("decoder_layers", UINT, 2),
  SAM ("decoder_heads", UINT, 8),
  SAM ("decoder_attention_downsample", UINT, 2),
  SAM ("decoder_mlp_dim", UINT, 2048),
  SAM ("iou_head_hidden_dim", UINT, 256),
  SAM ("mask_in_chans", UINT, 16),
  SAM ("stability_delta", REAL, 0.05),
  SAM ("stability_thresh", REAL, 0.98),
  SAM ("fill_hole_area", UINT, 8),
};

#define CLIP(name, kind, value)             \
  {                                         \
    "clip." name, "clip." name, kind, value \
  }
static const TpoSetting clip_vision_settings[] = {
  CLIP ("vision.img_size", UINT, 224),
  CLIP ("vision.patch_size", UINT, 14),
  CLIP ("vision.embed_dim", UINT, 1408),
  CLIP ("vision.depth", UINT, 40),
  CLIP ("vision.num_heads", UINT, 16),
  CLIP ("vision.mlp_hidden", UINT, 6144),
  CLIP ("vision.attn_pool_num_heads", UINT, 16),
  CLIP ("vision.clip_embed_dim", UINT, 768),
  CLIP ("vision.num_frames", UINT, 8),
  CLIP ("vision.stored_frames", UINT, 4),
  CLIP ("vision.frames_per_second", REAL, 8),
  CLIP ("vision.rms_eps", REAL, 1e-6),
  CLIP ("vision.ln_eps", REAL, 1e-5),
};

static const TpoSetting clip_text_settings[] = {
  CLIP ("text.hidden_size", UINT, 4096),
  CLIP ("text.num_hidden_layers", UINT, 32),
  CLIP ("text.num_attention_heads", UINT, 32),
  CLIP ("text.intermediate_size", UINT, 11008),
  CLIP ("text.vocab_size", UINT, 49954),
  CLIP ("text.rms_norm_eps", REAL, 1e-6),
  CLIP ("text.rope_theta", REAL, 10000),
  CLIP ("text.lora_r", UINT, 16),
  CLIP ("text.lora_alpha", REAL, 32),
  CLIP ("text.max_ids", UINT, 80),
  { "clip.text.query_prefix", "clip.text.query_prefix", TEXT, 0, "summarize:" },
};

/* ---- which table is whose -------------------------------------------------------------------- */

#define TABLE(list)           \
  {                           \
    list, G_N_ELEMENTS (list) \
  }
static const TpoSettingTable tables[TPO_FAMILY_COUNT][TPO_COMPONENT_COUNT] = {
  [TPO_FAMILY_VIDEOCHAT] = { [TPO_COMPONENT_LLM] = TABLE (llm_settings),
                             [TPO_COMPONENT_VISION] = TABLE (vision_settings),
                             [TPO_COMPONENT_BRIDGE] = TABLE (bridge_settings),
                             [TPO_COMPONENT_TEMPORAL] = TABLE (temporal_settings),
                             [TPO_COMPONENT_MASK] = TABLE (mask_settings),
                             [TPO_COMPONENT_CLIP_VISION] = TABLE (clip_vision_settings),
                             [TPO_COMPONENT_CLIP_TEXT] = TABLE (clip_text_settings) },
  [TPO_FAMILY_LLAVA] = { [TPO_COMPONENT_LLM] = TABLE (qwen_settings),
                         [TPO_COMPONENT_VISION] = TABLE (siglip_settings),
                         [TPO_COMPONENT_BRIDGE] = TABLE (projector_settings),
                         [TPO_COMPONENT_TEMPORAL] = TABLE (temporal_settings),
                         [TPO_COMPONENT_MASK] = TABLE (mask_settings),
                         [TPO_COMPONENT_CLIP_VISION] = TABLE (clip_vision_settings),
                         [TPO_COMPONENT_CLIP_TEXT] = TABLE (clip_text_settings) },
};

static const TpoSettingTable prompts[TPO_FAMILY_COUNT] = {
  [TPO_FAMILY_VIDEOCHAT] = TABLE (prompt_settings),
  [TPO_FAMILY_LLAVA] = TABLE (chatml_settings),
};

const TpoSettingTable *
tpo_setting_table (TpoFamily family, TpoComponent component)
{
  return &tables[family][component];
}

const TpoSettingTable *
tpo_setting_table_of_prompts (TpoFamily family)
{
  return &prompts[family];
}
