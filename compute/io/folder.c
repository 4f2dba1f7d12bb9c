#include "io/folder.h"

#include <string.h>

#include <tpo/error.h>

#include "io/file.h"
#include "io/json.h"
#include "io/llava-names.h"
#include "io/model-detect.h"
#include "io/safetensors.h"

enum {
  MAX_JSON_SIZE = 64 << 20
};

static gboolean
has_file (const char *path, const char *name)
{
  g_autofree char *file_path = g_build_filename (path, name, NULL);

  return g_file_test (file_path, G_FILE_TEST_EXISTS);
}

static gboolean
read_shard (TpoWeights *weights, const char *path, const char *name, GError **error)
{
  g_autofree char *shard_path = g_build_filename (path, name, NULL);
  g_autoptr (GBytes) file = tpo_file_map (shard_path, error);

  return file != NULL && tpo_safetensors_read (weights, file, shard_path, error);
}

/* Names of the shards in order of first mention; NULL on error. */
static GPtrArray *
list_shards (const TpoJsonNode *map, const char *index_path, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) shards = g_ptr_array_new ();

  if (map == NULL || map->type != TPO_JSON_OBJECT) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s has no weight_map", index_path);
    return NULL;
  }
  for (const TpoJsonNode *node = map->child; node != NULL; node = node->next) {
    if (!tpo_json_is_text (node) || node->string[0] == '\0' || node->string[0] == '.' ||
        strchr (node->string, '/') != NULL) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                   "%s: the shard of %s is no file name in the folder (byte %" G_GSIZE_FORMAT
                   ")",
                   index_path, node->key, node->offset);
      return NULL;
    }
    if (g_hash_table_add (seen, (char *) node->string))
      g_ptr_array_add (shards, (char *) node->string);
  }
  return g_steal_pointer (&shards);
}

static gboolean
check_index (const TpoWeights *weights, const TpoJsonNode *map, const char *index_path,
             GError **error)
{
  g_autoptr (GHashTable) listed = g_hash_table_new (g_str_hash, g_str_equal);

  for (const TpoJsonNode *node = map->child; node != NULL; node = node->next) {
    g_hash_table_add (listed, (char *) node->key);
    if (tpo_weights_find (weights, node->key) == NULL) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s lists the tensor %s, which %s lacks",
                   index_path, node->key, node->string);
      return FALSE;
    }
  }
  for (guint i = 0; i < tpo_weights_get_n (weights); i++) {
    const char *name = tpo_weights_get (weights, i)->name;

    if (!g_hash_table_contains (listed, name)) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                   "%s does not list the tensor %s, which is in one of its shards", index_path,
                   name);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
read_indexed (TpoWeights *weights, const char *path, const char *index_path, GError **error)
{
  g_autoptr (TpoJson) index = tpo_json_load (index_path, MAX_JSON_SIZE, error);
  g_autoptr (GPtrArray) shards = NULL;
  const TpoJsonNode *map;

  if (index == NULL)
    return FALSE;
  map = tpo_json_member (tpo_json_root (index), "weight_map");
  shards = list_shards (map, index_path, error);
  if (shards == NULL)
    return FALSE;
  for (guint i = 0; i < shards->len; i++) {
    if (!read_shard (weights, path, g_ptr_array_index (shards, i), error))
      return FALSE;
  }
  return check_index (weights, map, index_path, error);
}

gboolean
tpo_folder_read_config (TpoWeights *weights, const char *path, guint more, GError **error)
{
  g_autofree char *config_path = g_build_filename (path, "config.json", NULL);
  g_autoptr (TpoJson) config = NULL;
  TpoMetadata *metadata = tpo_weights_edit_metadata (weights);
  guint found = tpo_model_components (weights);

  if (!g_file_test (config_path, G_FILE_TEST_EXISTS))
    return TRUE;
  config = tpo_json_load (config_path, MAX_JSON_SIZE, error);
  if (config == NULL || !tpo_model_config_from_json (tpo_json_root (config), config_path,
                                                     found | more, metadata, error))
    return FALSE;
  for (guint i = 0; i < TPO_COMPONENT_COUNT; i++) {
    if ((found & 1u << i) != 0)
      tpo_model_adjust (weights, i, metadata);
  }
  return TRUE;
}

gboolean
tpo_folder_read (TpoWeights *weights, const char *path, GError **error)
{
  static const char clip_name[] = "internvideo2-clip.safetensors";
  g_autofree char *index_path = g_build_filename (path, "model.safetensors.index.json", NULL);
  gboolean is_indexed = has_file (path, "model.safetensors.index.json");

  if (!is_indexed && !has_file (path, "model.safetensors")) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 "the folder %s holds no model: neither model.safetensors.index.json nor "
                 "model.safetensors",
                 path);
    return FALSE;
  }
  if (is_indexed ? !read_indexed (weights, path, index_path, error)
                 : !read_shard (weights, path, "model.safetensors", error))
    return FALSE;
  if (has_file (path, clip_name) && !read_shard (weights, path, clip_name, error))
    return FALSE;
  if (tpo_weights_find (weights, "model.embed_tokens.weight") != NULL &&
      !tpo_llava_rename (weights, error))
    return FALSE;
  tpo_metadata_clear (tpo_weights_edit_metadata (weights)); /* the shards' own say nothing */
  return tpo_folder_read_config (weights, path, 0, error);
}
