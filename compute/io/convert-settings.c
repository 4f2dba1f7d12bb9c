#include "io/convert-settings.h"

#include "io/file.h"
#include "io/sources.h"
#include "io/tokenizer.h"

enum {
  MAX_TOKENIZER_SIZE = 64 << 20,
};

#define LLM TPO_ARCHITECTURE ".llm."
#define CLIP_TEXT TPO_ARCHITECTURE ".clip.text."

/* A tokenizer must not give ids beyond the rows of its model's table. */
static gboolean
check_vocabulary (const TpoTokenizer *tokenizer, const char *path, const TpoMetadata *metadata,
                  const char *prefix, const char *model, GError **error)
{
  TpoReader reader = tpo_reader (metadata, prefix);
  guint n = tpo_reader_uint (&reader, "vocab_size", 1, G_MAXINT32);

  if (!tpo_reader_finish (&reader, error))
    return FALSE;
  if (tpo_tokenizer_get_n (tokenizer) <= n)
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
               "%s: the tokenizer has %u tokens, the %s only %u", path,
               tpo_tokenizer_get_n (tokenizer), model, n);
  return FALSE;
}

/* The tokenizer of the query encoder, where it is not the language model's. */
static gboolean
add_clip_tokenizer (const char *path, TpoMetadata *metadata, GError **error)
{
  g_autoptr (GBytes) model = tpo_file_read (path, MAX_TOKENIZER_SIZE, error);
  g_autoptr (TpoTokenizer) tokenizer =
      model != NULL ? tpo_tokenizer_parse (model, path, error) : NULL;
  const guint8 *data;
  TpoValue *value;
  gsize size;

  if (tokenizer == NULL ||
      !check_vocabulary (tokenizer, path, metadata, CLIP_TEXT, "query encoder", error))
    return FALSE;
  data = g_bytes_get_data (model, &size);
  value = tpo_value_new (TPO_VALUE_U8, TRUE, size);
  for (gsize i = 0; i < size; i++)
    value->ints[i] = data[i];
  tpo_metadata_set (metadata, TPO_CLIP_TOKENIZER_KEY, value);
  return TRUE;
}

static gboolean
add_tokenizers (const char *source, const TpoConvertOptions *options, TpoMetadata *metadata,
                GError **error)
{
  gboolean is_folder = g_file_test (source, G_FILE_TEST_IS_DIR);
  g_autofree char *clip_path = tpo_sources_find_tokenizer (source, options);
  g_autoptr (TpoTokenizer) tokenizer = is_folder
                                           ? tpo_tokenizer_load (source, error)
                                           : tpo_tokenizer_from_metadata (metadata, error);

  if (tokenizer == NULL ||
      !check_vocabulary (tokenizer, source, metadata, LLM, "language model", error))
    return FALSE;
  if (is_folder)
    tpo_tokenizer_to_metadata (tokenizer, metadata);
  if (clip_path == NULL && options->text_path != NULL) {
    g_set_error (
        error, TPO_ERROR, TPO_ERROR_IO,
        "%s has a vocabulary of its own, but there is no tokenizer.model beside it, nor "
        "in chinese_alpaca_lora_7b there",
        options->text_path);
    return FALSE;
  }
  return clip_path == NULL || tpo_metadata_find (metadata, CLIP_TEXT "vocab_size") == NULL ||
         add_clip_tokenizer (clip_path, metadata, error);
}

gboolean
tpo_convert_settings (const char *source, const TpoConvertOptions *options, TpoType type,
                      TpoMetadata *metadata, GError **error)
{
  static const guint file_types[TPO_TYPE_COUNT] = {
    [TPO_F32] = 0, [TPO_F16] = 1, [TPO_Q4_0] = 2, [TPO_Q8_0] = 7
  };
  g_autofree char *name = g_path_get_basename (source != NULL ? source : options->mask_path);

  if (tpo_metadata_find (metadata, "general.name") == NULL)
    tpo_metadata_set_string (metadata, "general.name", name);
  tpo_metadata_set_u32 (metadata, "general.file_type", file_types[type]);
  tpo_metadata_set_u32 (metadata, "general.quantization_version", 2);
  if (source == NULL)
    return TRUE;
  if (!options->keep_adapters) {
    tpo_metadata_set_bool (metadata, LLM "lora_merged", TRUE);
    if (tpo_metadata_find (metadata, CLIP_TEXT "lora_r") != NULL)
      tpo_metadata_set_u32 (metadata, CLIP_TEXT "lora_r", 0);
  }
  return add_tokenizers (source, options, metadata, error);
}
