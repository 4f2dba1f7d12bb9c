#include "fuzz.h"

#include "io/tokenizer.h"

/* added_tokens.json on top of a vocabulary of <unk> and "a". */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const guint8 model[] = { 0x0a, 0x09, 0x0a, 0x05, '<',  'u',  'n',  'k',
                                  '>',  0x18, 0x02, 0x0a, 0x03, 0x0a, 0x01, 'a',
                                  0x12, 0x02, 0x18, 0x02, 0x1a, 0x02, 0x20, 0x00 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (model, sizeof model);
  g_autoptr (GBytes) json = g_bytes_new (data, size);
  g_autoptr (TpoTokenizer) base = tpo_tokenizer_parse (bytes, "base.model", NULL);
  g_autoptr (TpoTokenizer) tokenizer = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));

  g_assert (base != NULL);
  tokenizer = tpo_tokenizer_with_added (base, json, "fuzz.json", &error);
  g_assert ((tokenizer == NULL) == (error != NULL));
  if (tokenizer != NULL)
    tpo_tokenizer_encode (tokenizer, (const char *) data, size, TPO_TOKENIZER_PARSE_ADDED, ids);
  return 0;
}
