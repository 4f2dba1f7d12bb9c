#pragma once

#include "io/tokenizer.h"

/**
 * TPO_CHAT_TEMPLATE_KEY: of GGUF files: the template of conversations, a Jinja program as
 * converters copy it
 */
#define TPO_CHAT_TEMPLATE_KEY "tokenizer.chat_template"

/**
 * TpoChatTemplate: what stands around a person's message.
 *
 * Templates are programs. They are not run: the common forms are told by their marks, and how these
 * forms look is written down here.
 */
typedef struct {
  const char *name; /* "ChatML" */
  const char *before, *after;
  const char *end; /* (nullable): token that ends an answer, besides that of the vocabulary */
} TpoChatTemplate;

/**
 * tpo_chat_template_find:
 * @source: the program
 *
 * ChatML, Llama 2 and 3, Mistral with and without spaces around its marks, Zephyr.
 *
 * Returns: (transfer none) (nullable): %NULL with TPO_ERROR_UNSUPPORTED for others
 */
const TpoChatTemplate *tpo_chat_template_find (const char *source, GError **error);

/**
 * tpo_chat_template_encode:
 * @message: a person's; special tokens in it would end it early and are refused
 * @ids: (inout): GArray of gint32; the ids are appended, without BOS
 *
 * Returns: false with TPO_ERROR_INVALID
 */
gboolean tpo_chat_template_encode (const TpoChatTemplate *self, const TpoTokenizer *tokenizer,
                                   const char *message, GArray *ids, GError **error);
