#include "io/sources.h"

#include <string.h>

#include "io/adapter.h"
#include "io/folder.h"
#include "io/model-detect.h"
#include "io/model-spec.h"

/* How the names of a part's own files become ours. */
typedef struct {
  const char *prefix;  /* of our names */
  const char *read[2]; /* (nullable): whole names, or beginnings that end in a dot, of what is
                            * read; everything if there is none */
  const char *excluded[6]; /* texts within names that are not */
  const char *others;      /* what names that are not read belong to */
} Part;

static const Part parts[TPO_COMPONENT_COUNT] = {
  [TPO_COMPONENT_CLIP_VISION] = { "",
                                  { "vision_encoder.", "temp" },
                                  { "clip_decoder", "clip_pos_embed", "clip_img_pos_embed",
                                    "img_pos_embed" },
                                  "another part of the clip encoder's training" },
  [TPO_COMPONENT_CLIP_TEXT] = { "text_encoder.",
                                { "transformer.", "text_projection" },
                                { NULL },
                                "not part of the query encoder" },
  [TPO_COMPONENT_MASK] = { "sam.", { NULL }, { NULL }, NULL },
};

typedef struct {
  TpoWeights *weights; /* of everything */
  const char *source;  /* (nullable) */
  gboolean skip_text_adapters;
  GPtrArray *unused;
} Sources;

static gboolean
is_read (const Part *part, const char *name)
{
  gboolean found = part->read[0] == NULL;

  for (guint i = 0; i < G_N_ELEMENTS (part->read) && part->read[i] != NULL; i++)
    found =
        found || (g_str_has_suffix (part->read[i], ".") ? g_str_has_prefix (name, part->read[i])
                                                        : strcmp (name, part->read[i]) == 0);
  for (guint i = 0; part->excluded[i] != NULL; i++)
    found = found && strstr (name, part->excluded[i]) == NULL;
  return found;
}

static void
leave_out (Sources *self, const char *name, const char *reason)
{
  g_ptr_array_add (self->unused, g_strdup_printf ("%s: %s", name, reason));
}

/* Adds the tensors of a part's file to @part_weights, but for those that are there already. */
static gboolean
add_file (Sources *self, TpoWeights *part_weights, const Part *part, const char *path,
          GError **error)
{
  g_autoptr (TpoWeights) file = tpo_weights_open (path, error);

  if (file == NULL)
    return FALSE;
  tpo_weights_hold_all (part_weights, file);
  for (guint i = 0; i < tpo_weights_get_n (file); i++) {
    TpoWeight weight = *tpo_weights_get (file, i);
    const char *bare = weight.name;
    g_autofree char *name = NULL;

    if (*part->prefix != '\0' && g_str_has_prefix (bare, part->prefix))
      bare += strlen (part->prefix);
    name = g_strconcat (part->prefix, bare, NULL);
    if (!is_read (part, bare))
      leave_out (self, weight.name, part->others);
    else if (self->skip_text_adapters && tpo_is_adapter (name) &&
             part == &parts[TPO_COMPONENT_CLIP_TEXT])
      leave_out (self, weight.name, "adapters of the query encoder are not wanted");
    else if (tpo_weights_find (part_weights, name) != NULL)
      leave_out (self, weight.name, "replaced by a later file");
    else {
      weight.name = name;
      if (!tpo_weights_add (part_weights, &weight, error))
        return FALSE;
    }
  }
  return TRUE;
}

/* Whether the tensors are exactly those of a part with these settings. */
static gboolean
fits (const TpoWeights *part_weights, TpoComponent component, const TpoMetadata *metadata)
{
  g_autoptr (TpoModelSpec) spec = tpo_model_spec_new (metadata, 1u << component, NULL);

  return spec != NULL && tpo_model_spec_check (spec, part_weights, NULL);
}

static void
remove_part (Sources *self, TpoComponent component)
{
  TpoWeights *weights = self->weights;

  for (guint i = tpo_weights_get_n (weights); i-- > 0;) {
    const char *name = tpo_weights_get (weights, i)->name;

    if (tpo_component_find (name) != component &&
        (component != TPO_COMPONENT_CLIP_VISION || strcmp (name, "temp") != 0))
      continue;
    leave_out (self, name, "replaced by another file");
    tpo_weights_remove (weights, name);
  }
}

/* Puts the part of the given files in place of the source's. */
static gboolean
add_part (Sources *self, TpoComponent component, const char *const *paths, GError **error)
{
  guint n = g_strv_length ((char **) paths);
  g_autoptr (TpoWeights) part_weights = tpo_weights_new (paths[0]);
  TpoMetadata *metadata = tpo_weights_edit_metadata (self->weights);

  for (guint i = n; i-- > 0;) {
    if (!add_file (self, part_weights, &parts[component], paths[i], error))
      return FALSE;
  }
  if (self->source != NULL && g_file_test (self->source, G_FILE_TEST_IS_DIR) &&
      !tpo_folder_read_config (self->weights, self->source, 1u << component, error))
    return FALSE;
  tpo_model_adjust (part_weights, component, metadata);
  if (!fits (part_weights, component, metadata) &&
      !tpo_model_detect (part_weights, component, metadata, error))
    return FALSE;
  remove_part (self, component);
  tpo_weights_hold_all (self->weights, part_weights);
  for (guint i = 0; i < tpo_weights_get_n (part_weights); i++) {
    if (!tpo_weights_add (self->weights, tpo_weights_get (part_weights, i), error))
      return FALSE;
  }
  return TRUE;
}

/* The only file of weights in the folder @path, or @path itself if it is a file; NULL on error. */
static char *
find_text_file (const char *path, GError **error)
{
  static const char *const suffixes[] = { ".pth", ".pt", ".safetensors" };
  g_autoptr (GDir) folder = NULL;
  g_autofree char *found = NULL;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return g_strdup (path);
  folder = g_dir_open (path, 0, error);
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    gboolean is_weights = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
      is_weights = is_weights || g_str_has_suffix (name, suffixes[i]);
    if (!is_weights)
      continue;
    if (found != NULL) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_IO,
                   "the folder %s has several files of weights; name the one to take", path);
      return NULL;
    }
    found = g_build_filename (path, name, NULL);
  }
  if (folder != NULL && found == NULL)
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO,
                 "the folder %s has no file of weights (.pth, .pt or .safetensors)", path);
  return g_steal_pointer (&found);
}

/* The adapter from the language model to a mask head of another width is of no use. */
static gboolean
drop_adapter (Sources *self, GError **error)
{
  static const char *const names[] = { "track_embed.layers.0.weight",
                                       "track_embed.layers.0.bias",
                                       "track_embed.layers.1.weight",
                                       "track_embed.layers.1.bias" };
  TpoMetadata *metadata = tpo_weights_edit_metadata (self->weights);
  TpoReader reader = tpo_reader (metadata, TPO_ARCHITECTURE ".");
  guint adapter = tpo_reader_uint_or (&reader, "heads.sam_embed_dim", 0, G_MAXINT32, 0);
  guint mask = tpo_reader_uint_or (&reader, "sam.d_model", 0, G_MAXINT32, 0);

  if (!tpo_reader_finish (&reader, error))
    return FALSE;
  if (adapter == mask || self->source == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (tpo_weights_find (self->weights, names[i]) == NULL)
      continue;
    tpo_weights_remove (self->weights, names[i]);
    leave_out (self, names[i], "made for a mask head of another width");
  }
  tpo_metadata_set_u32 (metadata, TPO_ARCHITECTURE ".heads.sam_embed_dim", 0);
  return TRUE;
}

static TpoWeights *
open_base (const char *source, const TpoConvertOptions *options, GError **error)
{
  TpoWeights *weights;

  if (source != NULL)
    return tpo_weights_open (source, error);
  weights = tpo_weights_new (options->mask_path);
  tpo_metadata_set_string (tpo_weights_edit_metadata (weights), "general.architecture",
                           TPO_ARCHITECTURE);
  return weights;
}

TpoWeights *
tpo_sources_open (const char *source, const TpoConvertOptions *options, GPtrArray *unused,
                  GError **error)
{
  g_autoptr (TpoWeights) weights = open_base (source, options, error);
  Sources self = { weights, source, options->skip_text_adapters, unused };
  const char *mask[] = { options->mask_path, NULL };

  if (weights == NULL)
    return NULL;
  if (options->clip_paths != NULL && options->clip_paths[0] != NULL &&
      !add_part (&self, TPO_COMPONENT_CLIP_VISION, options->clip_paths, error))
    return NULL;
  if (options->text_path != NULL) {
    g_autofree char *text = find_text_file (options->text_path, error);
    const char *paths[] = { text, NULL };

    if (text == NULL || !add_part (&self, TPO_COMPONENT_CLIP_TEXT, paths, error))
      return NULL;
  }
  if (options->mask_path != NULL &&
      (!add_part (&self, TPO_COMPONENT_MASK, mask, error) || !drop_adapter (&self, error)))
    return NULL;
  return g_steal_pointer (&weights);
}

char *
tpo_sources_find_tokenizer (const char *source, const TpoConvertOptions *options)
{
  g_autofree char *folder = NULL;
  char *path = NULL;

  if (options->text_tokenizer_path != NULL)
    return g_strdup (options->text_tokenizer_path);
  if (options->text_path != NULL) {
    static const char *const places[] = { "", "chinese_alpaca_lora_7b" };

    folder = g_file_test (options->text_path, G_FILE_TEST_IS_DIR)
                 ? g_strdup (options->text_path)
                 : g_path_get_dirname (options->text_path);
    for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
      path = g_build_filename (folder, places[i], "tokenizer.model", NULL);
      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return path;
      g_free (path);
    }
  }
  path = source != NULL ? g_build_filename (source, "clip-tokenizer.model", NULL) : NULL;
  if (path != NULL && g_file_test (path, G_FILE_TEST_EXISTS))
    return path;
  g_free (path);
  return NULL;
}
