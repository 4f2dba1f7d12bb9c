#include "fuzz.h"

#include <string.h>

#include "io/tokenizer.h"
#include "io/words.h"

enum {
  MAX_TEXT = 4096
};

/*
 * Files of a byte-level vocabulary from the input, applied to the input. A file begins with the
 * letter that names it: t tokenizer.json, v vocab.json, m merges.txt, s tokenizer_config.json, a
 * added_tokens.json; they are parted by zero bytes.
 */
static void
take_part (TpoByteVocabulary *files, const char *part, gsize size)
{
  const struct {
    char letter;
    GBytes **file;
  } kinds[] = { { 't', &files->whole },
                { 'v', &files->vocabulary },
                { 'm', &files->merges },
                { 's', &files->settings },
                { 'a', &files->added } };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (size > 0 && part[0] == kinds[i].letter && *kinds[i].file == NULL)
      *kinds[i].file = g_bytes_new (part + 1, size - 1);
  }
}

static void
use (TpoTokenizer *tokenizer, const char *text, gsize size)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (TpoTextStream) stream = tpo_text_stream_new (tokenizer);

  tpo_tokenizer_encode (tokenizer, text, MIN (size, MAX_TEXT), TPO_TOKENIZER_PARSE_ADDED, ids);
  for (guint i = 0; i < ids->len; i++) {
    gint32 id = g_array_index (ids, gint32, i);

    g_assert (id >= 0 && (guint) id < tpo_tokenizer_get_n (tokenizer));
    g_assert (g_utf8_validate (tpo_text_stream_push (stream, id), -1, NULL));
  }
  g_assert (g_utf8_validate (tpo_text_stream_finish (stream), -1, NULL));
}

/* The vocabulary as model files have it, in every way of cutting words */
static void
use_copies (TpoTokenizer *tokenizer, const char *text, gsize size)
{
  g_autoptr (TpoMetadata) metadata = tpo_metadata_new ();

  tpo_tokenizer_to_metadata (tokenizer, metadata);
  for (TpoWords words = 0; words < TPO_WORDS_COUNT; words++) {
    g_autoptr (TpoTokenizer) copy = NULL;

    tpo_metadata_set_string (metadata, "tokenizer.ggml.pre", tpo_words_name (words));
    copy = tpo_tokenizer_from_metadata (metadata, NULL);
    g_assert (copy != NULL && tpo_tokenizer_get_n (copy) == tpo_tokenizer_get_n (tokenizer));
    use (copy, text, size);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *) data, *end = text + size;
  TpoByteVocabulary files = { .folder = "fuzz" };
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoTokenizer) tokenizer = NULL;

  while (text < end) {
    const char *zero = memchr (text, '\0', (size_t) (end - text));
    const char *part_end = zero != NULL ? zero : end;

    take_part (&files, text, (gsize) (part_end - text));
    text = part_end + 1;
  }
  tokenizer = tpo_tokenizer_parse_bytes (&files, &error);
  g_assert ((tokenizer == NULL) == (error != NULL));
  if (tokenizer != NULL) {
    use (tokenizer, (const char *) data, size);
    use_copies (tokenizer, (const char *) data, size);
  }
  g_clear_pointer (&files.whole, g_bytes_unref);
  g_clear_pointer (&files.vocabulary, g_bytes_unref);
  g_clear_pointer (&files.merges, g_bytes_unref);
  g_clear_pointer (&files.settings, g_bytes_unref);
  g_clear_pointer (&files.added, g_bytes_unref);
  return 0;
}
