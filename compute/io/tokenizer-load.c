#include <tpo/error.h>

#include "io/file.h"
#include "io/tokenizer.h"

/* The files of a folder in Hugging Face layout, as far as they are there. */

enum {
  MAX_FILE_SIZE = 64 << 20
};

static gboolean
has_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* @file: (out) (nullable): stays NULL where there is none */
static gboolean
read_file (const char *folder, const char *name, GBytes **file, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  *file = has_file (folder, name) ? tpo_file_read (path, MAX_FILE_SIZE, error) : NULL;
  return *file != NULL || !has_file (folder, name);
}

static TpoTokenizer *
load_pieces (const char *folder, GError **error)
{
  g_autofree char *model_path = g_build_filename (folder, "tokenizer.model", NULL);
  g_autofree char *added_path = g_build_filename (folder, "added_tokens.json", NULL);
  g_autoptr (GBytes) model = tpo_file_read (model_path, MAX_FILE_SIZE, error);
  g_autoptr (GBytes) added = NULL;
  g_autoptr (TpoTokenizer) base = NULL;

  if (model == NULL || !read_file (folder, "added_tokens.json", &added, error))
    return NULL;
  base = tpo_tokenizer_parse (model, model_path, error);
  if (base == NULL || added == NULL)
    return g_steal_pointer (&base);
  return tpo_tokenizer_with_added (base, added, added_path, error);
}

static TpoTokenizer *
load_bytes (const char *folder, GError **error)
{
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (GBytes) vocabulary = NULL;
  g_autoptr (GBytes) merges = NULL;
  g_autoptr (GBytes) added = NULL;
  g_autoptr (GBytes) settings = NULL;
  TpoByteVocabulary files = { .folder = folder };

  if (!read_file (folder, "tokenizer.json", &whole, error) ||
      !read_file (folder, "vocab.json", &vocabulary, error) ||
      !read_file (folder, "merges.txt", &merges, error) ||
      !read_file (folder, "added_tokens.json", &added, error) ||
      !read_file (folder, "tokenizer_config.json", &settings, error))
    return NULL;
  files.whole = whole;
  files.vocabulary = vocabulary;
  files.merges = merges;
  files.added = added;
  files.settings = settings;
  return tpo_tokenizer_parse_bytes (&files, error);
}

TpoTokenizer *
tpo_tokenizer_load (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  if (!has_file (path, "tokenizer.model") &&
      (has_file (path, "tokenizer.json") || has_file (path, "vocab.json")))
    return load_bytes (path, error);
  return load_pieces (path, error);
}
