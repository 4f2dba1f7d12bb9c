#pragma once

#include "io/json.h"
#include "io/vocabulary.h"

/** TpoAddedToken: a token beside the vocabulary, as the files that list them have it */
typedef struct {
  const char *text;
  gint64 id;
  gboolean is_special; /* left out of answers, as <s> is */
} TpoAddedToken;

/**
 * tpo_added_tokens_read: the members "TEXT": ID of @object, an added_tokens.json
 * @tokens: (inout): GArray of TpoAddedToken; texts belong to the JSON
 *
 * Returns: false with TPO_ERROR_FORMAT
 */
gboolean tpo_added_tokens_read (const TpoJsonNode *object, const char *what, GArray *tokens,
                                GError **error);

/**
 * tpo_tokenizer_append_added: adds @tokens to a vocabulary that is not sealed yet
 * @tokens: GArray of TpoAddedToken, sorted by id on return
 *
 * Ids directly after the vocabulary, or of equal pieces within it.
 *
 * Returns: false with TPO_ERROR_FORMAT, naming the token
 */
gboolean tpo_tokenizer_append_added (TpoTokenizer *self, GArray *tokens, const char *what,
                                     GError **error);
