#include "io/model-detect.h"

#include <string.h>

#include <tpo/error.h>

#define CLIP_VISION TPO_ARCHITECTURE ".clip.vision."
#define CLIP_TEXT TPO_ARCHITECTURE ".clip.text."
#define SAM TPO_ARCHITECTURE ".sam."
#define TEXT_LAYER "text_encoder.transformer.layers.0."
#define TEXT_ADAPTER TEXT_LAYER "self_attn.q_proj.lora_A.default.weight"

enum {
  MAX_LAYERS = 1024,
  TEXT_HEAD_WIDTH = 128,
};

/* Dimension @k of the tensor @name; 0 if there is none. */
static guint32
size_of (const TpoWeights *weights, const char *name, guint k)
{
  const TpoWeight *weight = tpo_weights_find (weights, name);

  return weight != NULL && k < weight->shape.n && weight->shape.dim[k] <= G_MAXINT32
             ? (guint32) weight->shape.dim[k]
             : 0;
}

/* How many of "PREFIX0SUFFIX", "PREFIX1SUFFIX", … there are. */
static guint32
count (const TpoWeights *weights, const char *prefix, const char *suffix)
{
  for (guint32 n = 0; n < MAX_LAYERS; n++) {
    g_autofree char *name = g_strdup_printf ("%s%u%s", prefix, n, suffix);

    if (tpo_weights_find (weights, name) == NULL)
      return n;
  }
  return MAX_LAYERS;
}

static gboolean
fail_sizes (const TpoWeights *weights, TpoComponent component, guint32 width, guint32 depth,
            const char *known, GError **error)
{
  if (width == 0 || depth == 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s holds no %s, or only a part of one",
                 tpo_weights_get_path (weights), tpo_component_name (component));
    return FALSE;
  }
  g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
               "%s: the %s has %u blocks and starts with %u channels, which is none of %s",
               tpo_weights_get_path (weights), tpo_component_name (component), depth, width,
               known);
  return FALSE;
}

static void
adjust_frames (const TpoWeights *weights, TpoMetadata *metadata)
{
  TpoReader reader = tpo_reader (metadata, CLIP_VISION);
  gint64 grid = tpo_reader_uint_or (&reader, "img_size", 1, G_MAXINT16, 1) /
                tpo_reader_uint_or (&reader, "patch_size", 1, G_MAXINT16, 1);
  gint64 positions = size_of (weights, "vision_encoder.pos_embed", 1);

  g_clear_error (&reader.error); /* a wrong setting is reported when the tensors are checked */
  if (grid > 0 && positions > grid * grid)
    tpo_metadata_set_u32 (metadata, CLIP_VISION "stored_frames",
                          (guint32) ((positions - 1) / (grid * grid)));
}

void
tpo_model_adjust (const TpoWeights *weights, TpoComponent component, TpoMetadata *metadata)
{
  if (component == TPO_COMPONENT_CLIP_VISION)
    adjust_frames (weights, metadata);
  else if (component == TPO_COMPONENT_CLIP_TEXT &&
           tpo_metadata_find (metadata, CLIP_TEXT "lora_r") != NULL &&
           tpo_weights_find (weights, TEXT_ADAPTER) == NULL)
    tpo_metadata_set_u32 (metadata, CLIP_TEXT "lora_r", 0);
}

static gboolean
detect_clip_vision (const TpoWeights *weights, TpoMetadata *metadata, GError **error)
{
  static const struct {
    guint32 width, depth, n_heads;
  } known[] = { { 1408, 40, 16 }, { 3200, 48, 25 } };
  guint32 width = size_of (weights, "vision_encoder.cls_token", 2);
  guint32 depth = count (weights, "vision_encoder.blocks.", ".norm1.weight");

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    if (known[i].width != width || known[i].depth != depth)
      continue;
    tpo_metadata_set_u32 (metadata, CLIP_VISION "embed_dim", width);
    tpo_metadata_set_u32 (metadata, CLIP_VISION "depth", depth);
    tpo_metadata_set_u32 (metadata, CLIP_VISION "num_heads", known[i].n_heads);
    tpo_metadata_set_u32 (metadata, CLIP_VISION "mlp_hidden",
                          size_of (weights, "vision_encoder.blocks.0.mlp.fc1.weight", 0));
    adjust_frames (weights, metadata);
    return TRUE;
  }
  return fail_sizes (weights, TPO_COMPONENT_CLIP_VISION, width, depth,
                     "InternVideo2-CLIP 1B (40, 1408) and 6B (48, 3200)", error);
}

static gboolean
detect_clip_text (const TpoWeights *weights, TpoMetadata *metadata, GError **error)
{
  static const char table[] = "text_encoder.transformer.embed_tokens.weight";
  guint32 width = size_of (weights, table, 1);
  guint32 depth =
      count (weights, "text_encoder.transformer.layers.", ".input_layernorm.weight");

  if (width == 0 || width % TEXT_HEAD_WIDTH != 0 || depth == 0)
    return fail_sizes (weights, TPO_COMPONENT_CLIP_TEXT, width, depth,
                       "the sizes of a LLaMA model (7B: 32, 4096)", error);
  tpo_metadata_set_u32 (metadata, CLIP_TEXT "hidden_size", width);
  tpo_metadata_set_u32 (metadata, CLIP_TEXT "num_hidden_layers", depth);
  tpo_metadata_set_u32 (metadata, CLIP_TEXT "num_attention_heads", width / TEXT_HEAD_WIDTH);
  tpo_metadata_set_u32 (metadata, CLIP_TEXT "intermediate_size",
                        size_of (weights, TEXT_LAYER "mlp.up_proj.weight", 0));
  tpo_metadata_set_u32 (metadata, CLIP_TEXT "vocab_size", size_of (weights, table, 0));
  tpo_metadata_set_u32 (metadata, CLIP_TEXT "lora_r", size_of (weights, TEXT_ADAPTER, 0));
  return TRUE;
}

static void
set_list (TpoMetadata *metadata, const char *key, const guint8 *list, gsize n)
{
  TpoValue *value = tpo_value_new (TPO_VALUE_U32, TRUE, n);

  for (gsize i = 0; i < n; i++)
    value->ints[i] = list[i];
  tpo_metadata_set (metadata, key, value);
}

static gboolean
detect_mask (const TpoWeights *weights, TpoMetadata *metadata, GError **error)
{
  static const struct {
    guint32 width, depth, n_heads;
    guint8 stages[4], global[3], windows[4], table[2];
  } known[] = {
    { 96, 12, 1, { 1, 2, 7, 2 }, { 5, 7, 9 }, { 8, 4, 14, 7 }, { 7, 7 } },        /* tiny */
    { 96, 16, 1, { 1, 2, 11, 2 }, { 7, 10, 13 }, { 8, 4, 14, 7 }, { 7, 7 } },     /* small */
    { 112, 24, 2, { 2, 3, 16, 3 }, { 12, 16, 20 }, { 8, 4, 14, 7 }, { 14, 14 } }, /* base+ */
    { 144, 48, 2, { 2, 6, 36, 4 }, { 23, 33, 43 }, { 8, 4, 16, 8 }, { 7, 7 } },   /* large */
  };
  guint32 width = size_of (weights, "sam.image_encoder.trunk.pos_embed", 1);
  guint32 depth = count (weights, "sam.image_encoder.trunk.blocks.", ".norm1.weight");
  gboolean is_2_1 = tpo_weights_find (weights, "sam.no_obj_embed_spatial") != NULL;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    if (known[i].width != width || known[i].depth != depth)
      continue;
    tpo_metadata_set_string (metadata, SAM "release", is_2_1 ? "2.1" : "2.0");
    tpo_metadata_set_u32 (metadata, SAM "embed_dim", width);
    tpo_metadata_set_u32 (metadata, SAM "num_heads", known[i].n_heads);
    set_list (metadata, SAM "stages", known[i].stages, 4);
    set_list (metadata, SAM "global_att_blocks", known[i].global, 3);
    set_list (metadata, SAM "window_spec", known[i].windows, 4);
    set_list (metadata, SAM "window_pos_embed_bkg_spatial_size", known[i].table, 2);
    return TRUE;
  }
  return fail_sizes (weights, TPO_COMPONENT_MASK, width, depth,
                     "the four sizes of SAM 2: tiny (12, 96), small (16, 96), base+ (24, 112) "
                     "and large (48, 144)",
                     error);
}

gboolean
tpo_model_detect (const TpoWeights *weights, TpoComponent component, TpoMetadata *metadata,
                  GError **error)
{
  tpo_model_config_published (component, metadata);
  switch ((guint) component) {
  case TPO_COMPONENT_CLIP_VISION:
    return detect_clip_vision (weights, metadata, error);
  case TPO_COMPONENT_CLIP_TEXT:
    return detect_clip_text (weights, metadata, error);
  case TPO_COMPONENT_MASK:
    return detect_mask (weights, metadata, error);
  default:
    g_return_val_if_reached (FALSE);
  }
}
