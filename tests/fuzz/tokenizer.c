#include "fuzz.h"

#include "io/prompt.h"
#include "io/tokenizer.h"

enum {
  MAX_TEXT = 4096
};

/* A vocabulary from the input, applied to the input. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) model = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoTokenizer) tokenizer = tpo_tokenizer_parse (model, "fuzz.model", &error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GBytes) back = NULL;
  g_autoptr (TpoTextStream) stream = NULL;
  g_autoptr (TpoPrompt) prompt = NULL;
  g_autofree char *text = NULL;
  TpoQuestion question = { .n_visual = 2, .max_ids = 64 };

  g_assert ((tokenizer == NULL) == (error != NULL));
  if (tokenizer == NULL)
    return 0;
  tpo_tokenizer_encode (tokenizer, (const char *) data, MIN (size, MAX_TEXT),
                        TPO_TOKENIZER_PARSE_ADDED, ids);
  back = tpo_tokenizer_decode (tokenizer, (const gint32 *) (gpointer) ids->data, ids->len, 0);
  stream = tpo_text_stream_new (tokenizer);
  for (guint i = 0; i < ids->len; i++) {
    gint32 id = g_array_index (ids, gint32, i);

    g_assert (id >= 0 && (guint) id < tpo_tokenizer_get_n (tokenizer));
    g_assert (g_utf8_validate (tpo_text_stream_push (stream, id), -1, NULL));
  }
  g_assert (g_utf8_validate (tpo_text_stream_finish (stream), -1, NULL));
  text = g_strndup ((const char *) data, MIN (size, MAX_TEXT));
  question.text = text;
  prompt = tpo_prompt_new_chat (tokenizer, &question);
  g_assert (prompt->n <= 64);
  return 0;
}
