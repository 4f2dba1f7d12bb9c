#include "io/model-settings.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <tpo/error.h>

enum {
  MAX_TILE_GRID = 16,
  MAX_TILES = 256
};

typedef struct {
  const char *name;
  const char
      *prefixes[2]; /* of names that only this part has, but for those of a longer prefix */
} Component;

static const Component components[TPO_COMPONENT_COUNT] = {
  [TPO_COMPONENT_LLM] = { N_ ("language model"), { "lm." } },
  [TPO_COMPONENT_VISION] = { N_ ("vision encoder"),
                             { "vision_encoder.encoder.", "vision_tower." } },
  [TPO_COMPONENT_BRIDGE] = { N_ ("connector"), { "qformer.", "mm_projector." } },
  [TPO_COMPONENT_HEADS] = { N_ ("task heads"), { "loc_decoder." } },
  [TPO_COMPONENT_TEMPORAL] = { N_ ("temporal head"), { "cg_model." } },
  [TPO_COMPONENT_MASK] = { N_ ("mask head"), { "sam." } },
  [TPO_COMPONENT_CLIP_VISION] = { N_ ("clip encoder"), { "vision_encoder." } },
  [TPO_COMPONENT_CLIP_TEXT] = { N_ ("query encoder"), { "text_encoder." } },
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
    for (guint k = 0; k < G_N_ELEMENTS (components[i].prefixes); k++) {
      const char *prefix = components[i].prefixes[k];

      if (prefix != NULL && strlen (prefix) > longest && g_str_has_prefix (name, prefix)) {
        found = i;
        longest = strlen (prefix);
      }
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

gboolean
tpo_model_has_siglip (const TpoMetadata *metadata)
{
  return g_strcmp0 (tpo_metadata_find_string (metadata, TPO_ARCHITECTURE ".vision.kind"),
                    "siglip") == 0;
}

gboolean
tpo_model_has_projector (const TpoMetadata *metadata)
{
  return g_strcmp0 (tpo_metadata_find_string (metadata, TPO_ARCHITECTURE ".connector"),
                    "mlp") == 0;
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
default_value (const TpoSetting *setting)
{
  TpoValue *value;
  gsize n = 0;

  if (setting->kind == TPO_SETTING_UINTS) {
    while (setting->list[n] >= 0)
      n++;
    value = tpo_value_new (TPO_VALUE_U32, TRUE, n);
    memcpy (value->ints, setting->list, n * sizeof (gint64));
  } else if (setting->kind == TPO_SETTING_TEXT) {
    value = tpo_value_new (TPO_VALUE_STRING, FALSE, 1);
    value->strings[0] = g_strdup (setting->text);
  } else if (setting->kind == TPO_SETTING_REAL) {
    value = tpo_value_new (TPO_VALUE_F32, FALSE, 1);
    value->reals[0] = setting->number;
  } else {
    value = tpo_value_new (setting->kind == TPO_SETTING_UINT  ? TPO_VALUE_U32
                           : setting->kind == TPO_SETTING_INT ? TPO_VALUE_I32
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
fits (const TpoSetting *setting, const TpoJsonNode *node)
{
  switch (setting->kind) {
  case TPO_SETTING_UINT:
    return is_count (node);
  case TPO_SETTING_INT:
    return node->is_integer && ABS (node->integer) <= G_MAXINT32;
  case TPO_SETTING_REAL:
    return node->type == TPO_JSON_NUMBER && isfinite ((float) node->number);
  case TPO_SETTING_BOOL:
    return node->type == TPO_JSON_BOOL;
  case TPO_SETTING_TEXT:
    return tpo_json_is_text (node);
  case TPO_SETTING_UINTS:
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
json_value (const TpoSetting *setting, const TpoJsonNode *node)
{
  TpoValue *value;
  gsize i = 0;

  if (setting->kind == TPO_SETTING_UINTS) {
    value = tpo_value_new (TPO_VALUE_U32, TRUE, node->n_children);
    for (const TpoJsonNode *child = node->child; child != NULL; child = child->next)
      value->ints[i++] = child->integer;
    return value;
  }
  value = default_value (setting);
  if (setting->kind == TPO_SETTING_TEXT) {
    g_free (value->strings[0]);
    value->strings[0] = g_strdup (node->string);
  } else if (setting->kind == TPO_SETTING_REAL) {
    value->reals[0] = node->number;
  } else {
    value->ints[0] = setting->kind == TPO_SETTING_BOOL ? node->boolean : node->integer;
  }
  return value;
}

static gboolean
read_settings (const TpoJsonNode *model, const char *what, const TpoSettingTable *table,
               TpoMetadata *metadata, GError **error)
{
  for (guint i = 0; i < table->n; i++) {
    const TpoSetting *setting = &table->list[i];
    g_autofree char *key = g_strconcat (TPO_ARCHITECTURE ".", setting->key, NULL);
    const TpoJsonNode *node = setting->path != NULL ? find_path (model, setting->path) : NULL;

    if (node != NULL && !fits (setting, node)) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                   "%s: %s%s has the wrong type or is out of range (byte %" G_GSIZE_FORMAT ")",
                   what, model->key != NULL ? "model_config." : "", setting->path,
                   node->offset);
      return FALSE;
    }
    tpo_metadata_set (metadata, key,
                      node != NULL ? json_value (setting, node) : default_value (setting));
  }
  return TRUE;
}

static gint64
get (const TpoMetadata *metadata, const char *key)
{
  const TpoValue *value = tpo_metadata_find (metadata, key);

  return value != NULL ? value->ints[0] : 0;
}

/* Numbers that one part has from another's settings. */
static void
derive_widths (TpoFamily family, const TpoJsonNode *model, guint present, TpoMetadata *metadata)
{
  const TpoJsonNode *d_model = find_path (model, "sam.d_model");
  gint64 hidden = get (metadata, TPO_ARCHITECTURE ".llm.hidden_size");
  gint64 vision = get (metadata, TPO_ARCHITECTURE ".vision.embed_dim");
  gint64 words = get (metadata, TPO_ARCHITECTURE ".cg.t_feat_dim");
  gboolean has_temporal = (present & 1u << TPO_COMPONENT_TEMPORAL) != 0;
  gboolean is_llava = family == TPO_FAMILY_LLAVA;
  const struct {
    const char *key;
    gint64 value;
  } derived[] = {
    { is_llava ? "projector.vision_width" : "qformer.encoder_width", vision },
    { is_llava ? "projector.llm_width" : "qformer.llm_hidden_size", hidden },
    { "heads.llm_hidden_size", hidden },
    { "heads.sam_embed_dim", d_model != NULL && is_count (d_model) ? d_model->integer : 256 },
    { "heads.temporal_width", has_temporal && words != hidden ? words : 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (derived); i++) {
    g_autofree char *key = g_strconcat (TPO_ARCHITECTURE ".", derived[i].key, NULL);

    tpo_metadata_set_u32 (metadata, key, (guint32) derived[i].value);
  }
}

/* N of "(1x1),...,(NxN)", or of the list of these grids in pixels, row by row; 0 for others. */
static guint
tile_grid_of (const TpoJsonNode *points, gint64 edge)
{
  guint rows = 0, cols = 0, n = 0, at = 0;
  int end = 0;

  if (points->type == TPO_JSON_STRING)
    return sscanf (points->string, "(1x1),...,(%2ux%2u)%n", &rows, &cols, &end) == 2 &&
                   end == (int) points->length && rows == cols
               ? rows
               : 0;
  if (points->type != TPO_JSON_ARRAY || points->n_children > MAX_TILE_GRID * MAX_TILE_GRID)
    return 0;
  while (n * n < points->n_children)
    n++;
  for (const TpoJsonNode *point = points->child; point != NULL; point = point->next, at++) {
    const TpoJsonNode *width = point->child;

    if (point->type != TPO_JSON_ARRAY || point->n_children != 2 || !width->is_integer ||
        !width->next->is_integer || width->integer != edge * (at / n + 1) ||
        width->next->integer != edge * (at % n + 1))
      return 0;
  }
  return n * n == at ? n : 0;
}

/* "anyres_max_9" and "(1x1),...,(6x6)": how pictures are cut into tiles. */
static gboolean
derive_tiles (const TpoJsonNode *model, const char *what, TpoMetadata *metadata, GError **error)
{
  const TpoJsonNode *ratio = find_path (model, "image_aspect_ratio");
  const TpoJsonNode *points = find_path (model, "image_grid_pinpoints");
  const gboolean is_cut = ratio != NULL && ratio->type == TPO_JSON_STRING &&
                          g_str_has_prefix (ratio->string, "anyres");
  const gint64 edge = get (metadata, TPO_ARCHITECTURE ".vision.img_size");
  guint rows = is_cut && points != NULL ? tile_grid_of (points, edge) : 0, max_tiles = 0;
  int end = 0;

  if (is_cut && (rows < 1 || rows > MAX_TILE_GRID)) {
    g_set_error (
        error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
        "%s: image_grid_pinpoints is neither \"(1x1),...,(NxN)\" with N up to %d nor the "
        "list of these grids of pictures of %" G_GINT64_FORMAT
        " pixels; other forms are not supported",
        what, MAX_TILE_GRID, edge);
    return FALSE;
  }
  if (is_cut && strcmp (ratio->string, "anyres") != 0 &&
      (sscanf (ratio->string, "anyres_max_%3u%n", &max_tiles, &end) != 1 ||
       end != (int) ratio->length || max_tiles > MAX_TILES)) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
                 "%s: image_aspect_ratio is neither \"anyres\" nor \"anyres_max_N\"", what);
    return FALSE;
  }
  tpo_metadata_set_u32 (metadata, TPO_ARCHITECTURE ".projector.tile_grid", rows);
  tpo_metadata_set_u32 (metadata, TPO_ARCHITECTURE ".projector.max_tiles", max_tiles);
  return TRUE;
}

/* Settings that follow from others. */
static gboolean
derive (TpoFamily family, const TpoJsonNode *model, const char *what, guint present,
        TpoMetadata *metadata, GError **error)
{
  const TpoJsonNode *use_lora = find_path (model, "llm.use_lora");
  const TpoJsonNode *head_dim =
      find_path (model, family == TPO_FAMILY_LLAVA ? "head_dim" : "llm.head_dim");
  gint64 heads = get (metadata, TPO_ARCHITECTURE ".llm.num_attention_heads");
  gint64 depth = get (metadata, TPO_ARCHITECTURE ".vision.depth_nominal");
  gint64 index = get (metadata, TPO_ARCHITECTURE ".vision.return_index");
  gint64 head_size = head_dim != NULL && is_count (head_dim) ? head_dim->integer
                     : heads > 0 ? get (metadata, TPO_ARCHITECTURE ".llm.hidden_size") / heads
                                 : 0;
  gint64 depth_run = index < 0 ? depth + index + 1 : index + 1;

  if (head_size < 1 || depth_run < 1 || depth_run > depth) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 "%s: the number of heads of the language model or the number of vision blocks "
                 "and return_index make no sense",
                 what);
    return FALSE;
  }
  tpo_metadata_set_u32 (metadata, TPO_ARCHITECTURE ".llm.head_dim", (guint32) head_size);
  tpo_metadata_set_u32 (metadata, TPO_ARCHITECTURE ".vision.depth_run", (guint32) depth_run);
  derive_widths (family, model, present, metadata);
  if (use_lora != NULL && use_lora->type == TPO_JSON_BOOL && !use_lora->boolean)
    tpo_metadata_set_u32 (metadata, TPO_ARCHITECTURE ".llm.lora_r", 0);
  tpo_metadata_set_bool (metadata, TPO_ARCHITECTURE ".llm.lora_merged", FALSE);
  return family != TPO_FAMILY_LLAVA || derive_tiles (model, what, metadata, error);
}

static void
set_description (const TpoJsonNode *model, TpoMetadata *metadata)
{
  static const char *const names[] = { "name", "description", "license", "version" };

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
  read_settings (NULL, "", tpo_setting_table (TPO_FAMILY_VIDEOCHAT, component), metadata, NULL);
}

/* Whose configuration it is, and the object that has the settings; %NULL with the error. */
static const TpoJsonNode *
find_family (const TpoJsonNode *config, const char *what, TpoFamily *family, GError **error)
{
  const TpoJsonNode *model = tpo_json_member (config, "model_config");

  *family = TPO_FAMILY_VIDEOCHAT;
  if (model == NULL && tpo_json_member (config, "mm_projector_type") != NULL) {
    *family = TPO_FAMILY_LLAVA;
    model = config;
  }
  if (model != NULL && model->type == TPO_JSON_OBJECT)
    return model;
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
               "%s has no model_config and no mm_projector_type", what);
  return NULL;
}

/* What LLaVA can be told to do otherwise, and is not done here. */
static gboolean
check_llava (const TpoJsonNode *model, const char *what, GError **error)
{
  static const struct {
    const char *name, *value;
  } only[] = { { "mm_projector_type", "mlp2x_gelu" },
               { "mm_spatial_pool_mode", "bilinear" },
               { "mm_newline_position", "one_token" } };

  for (guint i = 0; i < G_N_ELEMENTS (only); i++) {
    const TpoJsonNode *node = find_path (model, only[i].name);

    if (node != NULL &&
        (node->type != TPO_JSON_STRING || strcmp (node->string, only[i].value) != 0)) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
                   "%s: %s is not \"%s\", which is the only one supported", what, only[i].name,
                   only[i].value);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
tpo_model_config_from_json (const TpoJsonNode *config, const char *what, guint present,
                            TpoMetadata *metadata, GError **error)
{
  TpoFamily family;
  const TpoJsonNode *model = find_family (config, what, &family, error);

  if (model == NULL || (family == TPO_FAMILY_LLAVA && !check_llava (model, what, error)))
    return FALSE;
  set_description (model, metadata);
  for (guint i = 0; i < TPO_COMPONENT_COUNT; i++) {
    gboolean is_wanted = i < TPO_COMPONENT_TEMPORAL || (present & 1u << i) != 0;

    if (is_wanted &&
        !read_settings (model, what, tpo_setting_table (family, i), metadata, error))
      return FALSE;
  }
  return read_settings (model, what, tpo_setting_table_of_prompts (family), metadata, error) &&
         derive (family, model, what, present, metadata, error);
}
