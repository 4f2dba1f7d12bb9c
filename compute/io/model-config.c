#include "io/model-config.h"

#include <math.h>
#include <string.h>

#include <tpo/error.h>

typedef enum {
  UINT,
  INT,
  REAL,
  BOOL,
  TEXT,
  UINTS
} Kind;

/* A setting, where config.json has it and the published value. */
typedef struct {
  const char *key;  /* after TPO_ARCHITECTURE "." */
  const char *path; /* below model_config */
  Kind kind;
  double number;
  const char *text; /* of TEXT */
  gint64 list[6];   /* of UINTS, ended by -1 */
} Setting;

#define LLM(name, kind, value)            \
  {                                       \
    "llm." name, "llm." name, kind, value \
  }
static const Setting llm_settings[] = {
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
static const Setting vision_settings[] = {
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
static const Setting bridge_settings[] = {
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

#define CG(name, kind, value)               \
  {                                         \
    "cg." name, "cg_opt." name, kind, value \
  }
static const Setting temporal_settings[] = {
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
static const Setting mask_settings[] = {
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
static const Setting clip_vision_settings[] = {
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

static const Setting clip_text_settings[] = {
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

static const Setting prompt_settings[] = {
  { "prompt.bos_mode", "prompt.bos_mode", TEXT, 0, "per_part" },
  { "prompt.max_ids", "prompt.max_ids", UINT, 1024 },
  { "prompt.multi_turn", "prompt.multi_turn", BOOL, 1 },
};

typedef struct {
  const char *name;
  const char *prefix; /* of names that only this part has, but for those of a longer prefix */
  const Setting *settings;
  guint n_settings;
} Component;

#define SETTINGS(list) list, G_N_ELEMENTS (list)
static const Component components[TPO_COMPONENT_COUNT] = {
  [TPO_COMPONENT_LLM] = { "language model", "lm.", SETTINGS (llm_settings) },
  [TPO_COMPONENT_VISION] = { "vision encoder", "vision_encoder.encoder.",
                             SETTINGS (vision_settings) },
  [TPO_COMPONENT_BRIDGE] = { "Q-Former", "qformer.", SETTINGS (bridge_settings) },
  [TPO_COMPONENT_HEADS] = { "task heads", "loc_decoder.", NULL, 0 },
  [TPO_COMPONENT_TEMPORAL] = { "temporal head", "cg_model.", SETTINGS (temporal_settings) },
  [TPO_COMPONENT_MASK] = { "mask head", "sam.", SETTINGS (mask_settings) },
  [TPO_COMPONENT_CLIP_VISION] = { "clip encoder", "vision_encoder.",
                                  SETTINGS (clip_vision_settings) },
  [TPO_COMPONENT_CLIP_TEXT] = { "query encoder", "text_encoder.",
                                SETTINGS (clip_text_settings) },
};

const char *
tpo_component_name (TpoComponent component)
{
  return components[component].name;
}

TpoComponent
tpo_component_find (const char *name)
{
  TpoComponent found = TPO_COMPONENT_COUNT;
  gsize longest = 0;

  for (guint i = 0; i < TPO_COMPONENT_COUNT; i++) {
    gsize length = strlen (components[i].prefix);

    if (length > longest && g_str_has_prefix (name, components[i].prefix)) {
      found = i;
      longest = length;
    }
  }
  return found;
}

guint
tpo_model_components (const TpoWeights *weights)
{
  guint found = 0;

  for (guint i = 0; i < tpo_weights_get_n (weights); i++)
    found |= 1u << tpo_component_find (tpo_weights_get (weights, i)->name);
  return found & ((1u << TPO_COMPONENT_COUNT) - 1);
}

static const TpoJsonNode *
find_path (const TpoJsonNode *node, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, ".", -1);

  for (guint i = 0; names[i] != NULL && node != NULL; i++)
    node = tpo_json_member (node, names[i]);
  return node != NULL && node->type != TPO_JSON_NULL ? node : NULL;
}

static TpoValue *
default_value (const Setting *setting)
{
  TpoValue *value;
  gsize n = 0;

  if (setting->kind == UINTS) {
    while (setting->list[n] >= 0)
      n++;
    value = tpo_value_new (TPO_VALUE_U32, TRUE, n);
    memcpy (value->ints, setting->list, n * sizeof (gint64));
  } else if (setting->kind == TEXT) {
    value = tpo_value_new (TPO_VALUE_STRING, FALSE, 1);
    value->strings[0] = g_strdup (setting->text);
  } else if (setting->kind == REAL) {
    value = tpo_value_new (TPO_VALUE_F32, FALSE, 1);
    value->reals[0] = setting->number;
  } else {
    value = tpo_value_new (setting->kind == UINT  ? TPO_VALUE_U32
                           : setting->kind == INT ? TPO_VALUE_I32
                                                  : TPO_VALUE_BOOL,
                           FALSE, 1);
    value->ints[0] = (gint64) setting->number;
  }
  return value;
}

static gboolean
is_count (const TpoJsonNode *node)
{
  return node->is_integer && node->integer >= 0 && node->integer <= G_MAXINT32;
}

static gboolean
fits (const Setting *setting, const TpoJsonNode *node)
{
  switch (setting->kind) {
  case UINT:
    return is_count (node);
  case INT:
    return node->is_integer && ABS (node->integer) <= G_MAXINT32;
  case REAL:
    return node->type == TPO_JSON_NUMBER && isfinite ((float) node->number);
  case BOOL:
    return node->type == TPO_JSON_BOOL;
  case TEXT:
    return tpo_json_is_text (node);
  case UINTS:
    if (node->type != TPO_JSON_ARRAY)
      return FALSE;
    for (const TpoJsonNode *child = node->child; child != NULL; child = child->next) {
      if (!is_count (child))
        return FALSE;
    }
    return TRUE;
  default:
    return FALSE;
  }
}

static TpoValue *
json_value (const Setting *setting, const TpoJsonNode *node)
{
  TpoValue *value;
  gsize i = 0;

  if (setting->kind == UINTS) {
    value = tpo_value_new (TPO_VALUE_U32, TRUE, node->n_children);
    for (const TpoJsonNode *child = node->child; child != NULL; child = child->next)
      value->ints[i++] = child->integer;
    return value;
  }
  value = default_value (setting);
  if (setting->kind == TEXT) {
    g_free (value->strings[0]);
    value->strings[0] = g_strdup (node->string);
  } else if (setting->kind == REAL) {
    value->reals[0] = node->number;
  } else {
    value->ints[0] = setting->kind == BOOL ? node->boolean : node->integer;
  }
  return value;
}

static gboolean
read_settings (const TpoJsonNode *model, const char *what, const Setting *settings, guint n,
               TpoMetadata *metadata, GError **error)
{
  for (guint i = 0; i < n; i++) {
    g_autofree char *key = g_strconcat (TPO_ARCHITECTURE ".", settings[i].key, NULL);
    const TpoJsonNode *node = find_path (model, settings[i].path);

    if (node != NULL && !fits (&settings[i], node)) {
      g_set_error (
          error, TPO_ERROR, TPO_ERROR_FORMAT,
          "%s: model_config.%s has the wrong type or is out of range (byte %" G_GSIZE_FORMAT
          ")",
          what, settings[i].path, node->offset);
      return FALSE;
    }
    tpo_metadata_set (metadata, key,
                      node != NULL ? json_value (&settings[i], node)
                                   : default_value (&settings[i]));
  }
  return TRUE;
}

static gint64
get (const TpoMetadata *metadata, const char *key)
{
  const TpoValue *value = tpo_metadata_find (metadata, key);

  return value != NULL ? value->ints[0] : 0;
}

/* Settings that follow from others. */
static gboolean
derive (const TpoJsonNode *model, const char *what, TpoMetadata *metadata, GError **error)
{
  static const char prefix[] = TPO_ARCHITECTURE ".";
  const TpoJsonNode *use_lora = find_path (model, "llm.use_lora");
  const TpoJsonNode *head_dim = find_path (model, "llm.head_dim");
  const TpoJsonNode *d_model = find_path (model, "sam.d_model");
  gint64 hidden = get (metadata, TPO_ARCHITECTURE ".llm.hidden_size");
  gint64 heads = get (metadata, TPO_ARCHITECTURE ".llm.num_attention_heads");
  gint64 depth = get (metadata, TPO_ARCHITECTURE ".vision.depth_nominal");
  gint64 index = get (metadata, TPO_ARCHITECTURE ".vision.return_index");
  gint64 head_size = head_dim != NULL && is_count (head_dim) ? head_dim->integer
                     : heads > 0                             ? hidden / heads
                                                             : 0;
  gint64 depth_run = index < 0 ? depth + index + 1 : index + 1;
  const struct {
    const char *key;
    gint64 value;
  } derived[] = {
    { "llm.head_dim", head_size },
    { "vision.depth_run", depth_run },
    { "qformer.encoder_width", get (metadata, TPO_ARCHITECTURE ".vision.embed_dim") },
    { "qformer.llm_hidden_size", hidden },
    { "heads.llm_hidden_size", hidden },
    { "heads.sam_embed_dim", d_model != NULL && is_count (d_model) ? d_model->integer : 256 },
  };

  if (head_size < 1 || depth_run < 1 || depth_run > depth) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 "%s: the number of heads of the language model or the number of vision blocks "
                 "and return_index make no sense",
                 what);
    return FALSE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (derived); i++) {
    g_autofree char *key = g_strconcat (prefix, derived[i].key, NULL);

    tpo_metadata_set_u32 (metadata, key, (guint32) derived[i].value);
  }
  if (use_lora != NULL && use_lora->type == TPO_JSON_BOOL && !use_lora->boolean)
    tpo_metadata_set_u32 (metadata, TPO_ARCHITECTURE ".llm.lora_r", 0);
  tpo_metadata_set_bool (metadata, TPO_ARCHITECTURE ".llm.lora_merged", FALSE);
  return TRUE;
}

static void
set_description (const TpoJsonNode *model, TpoMetadata *metadata)
{
  static const char *const names[] = { "name", "description", "license" };

  tpo_metadata_set_string (metadata, "general.architecture", TPO_ARCHITECTURE);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *key = g_strconcat ("general.", names[i], NULL);
    const TpoJsonNode *node = tpo_json_member (model, names[i]);

    if (node != NULL && tpo_json_is_text (node))
      tpo_metadata_set_string (metadata, key, node->string);
  }
}

void
tpo_model_config_published (TpoComponent component, TpoMetadata *metadata)
{
  /* Nothing is read, so nothing can be wrong. */
  read_settings (NULL, "", components[component].settings, components[component].n_settings,
                 metadata, NULL);
}

gboolean
tpo_model_config_from_json (const TpoJsonNode *config, const char *what, guint present,
                            TpoMetadata *metadata, GError **error)
{
  const TpoJsonNode *model = tpo_json_member (config, "model_config");

  if (model == NULL || model->type != TPO_JSON_OBJECT) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s has no model_config", what);
    return FALSE;
  }
  set_description (model, metadata);
  for (guint i = 0; i < TPO_COMPONENT_COUNT; i++) {
    gboolean is_wanted = i < TPO_COMPONENT_TEMPORAL || (present & 1u << i) != 0;

    if (is_wanted && !read_settings (model, what, components[i].settings,
                                     components[i].n_settings, metadata, error))
      return FALSE;
  }
  return read_settings (model, what, prompt_settings, G_N_ELEMENTS (prompt_settings), metadata,
                        error) &&
         derive (model, what, metadata, error);
}
