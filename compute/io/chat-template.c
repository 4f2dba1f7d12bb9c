#include "io/chat-template.h"

#include <string.h>

#include <tpo/error.h>

/* A form, and the texts that only its programs have; none of @without may occur. */
typedef struct {
  const char *marks[2];
  const char *without;
  TpoChatTemplate form;
} Form;

/* The first that fits counts: more marks before fewer. */
static const Form forms[] = {
  { { "<|im_start|>", "<|im_end|>" },
    NULL,
    { "ChatML", "<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n", "<|im_end|>" } },
  { { "<|start_header_id|>", "<|eot_id|>" },
    NULL,
    { "Llama 3", "<|start_header_id|>user<|end_header_id|>\n\n",
      "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>" } },
  { { "<|user|>", "<|assistant|>" },
    "<|end|>",
    { "Zephyr", "<|user|>\n", "</s>\n<|assistant|>\n", NULL } },
  { { "[INST] ", " [/INST]" }, NULL, { "Llama 2", "[INST] ", " [/INST]", NULL } },
  { { "[INST] ", "[/INST]" }, NULL, { "Mistral 3", "[INST] ", "[/INST]", NULL } },
  { { "[INST]", "[/INST]" }, NULL, { "Mistral", "[INST]", "[/INST]", NULL } },
};

static gboolean
fits (const Form *form, const char *source)
{
  for (guint i = 0; i < G_N_ELEMENTS (form->marks); i++) {
    if (strstr (source, form->marks[i]) == NULL)
      return FALSE;
  }
  return form->without == NULL || strstr (source, form->without) == NULL;
}

const TpoChatTemplate *
tpo_chat_template_find (const char *source, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++) {
    if (fits (&forms[i], source))
      return &forms[i].form;
  }
  g_set_error_literal (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
                       "the model's template of conversations is none of those that are known: "
                       "ChatML, Llama 2 and 3, Mistral, Zephyr");
  return NULL;
}

/* Whether @message means the same with and without its special tokens. */
static gboolean
is_plain (const TpoTokenizer *tokenizer, const char *message)
{
  g_autoptr (GArray) plain = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GArray) cut = g_array_new (FALSE, FALSE, sizeof (gint32));

  tpo_tokenizer_encode (tokenizer, message, strlen (message), TPO_TOKENIZER_PARSE_USER_DEFINED,
                        plain);
  tpo_tokenizer_encode (tokenizer, message, strlen (message), TPO_TOKENIZER_PARSE_ADDED, cut);
  return plain->len == cut->len &&
         (plain->len == 0 ||
          memcmp (plain->data, cut->data, plain->len * sizeof (gint32)) == 0);
}

gboolean
tpo_chat_template_encode (const TpoChatTemplate *self, const TpoTokenizer *tokenizer,
                          const char *message, GArray *ids, GError **error)
{
  /* In one piece: where the marks are plain text, letters join across them. */
  g_autofree char *text = g_strconcat (self->before, message, self->after, NULL);

  if (!is_plain (tokenizer, message)) {
    g_set_error_literal (
        error, TPO_ERROR, TPO_ERROR_INVALID,
        "the message holds the text of one of the model's special tokens, such as “</s>”");
    return FALSE;
  }
  tpo_tokenizer_encode (tokenizer, text, strlen (text), TPO_TOKENIZER_PARSE_ADDED, ids);
  return TRUE;
}
