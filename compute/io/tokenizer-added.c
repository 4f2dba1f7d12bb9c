#include "io/tokenizer-added.h"

#include <string.h>

#include <tpo/error.h>

gboolean
tpo_added_tokens_read (const TpoJsonNode *object, const char *what, GArray *tokens,
                       GError **error)
{
  if (object->type != TPO_JSON_OBJECT || object->n_children > G_MAXUINT16) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 "%s is no object of at most %d added tokens", what, G_MAXUINT16);
    return FALSE;
  }
  for (const TpoJsonNode *node = object->child; node != NULL; node = node->next) {
    TpoAddedToken token = { .text = node->key, .id = node->integer };

    if (!node->is_integer || node->integer < 0) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: the id of %s is no token number",
                   what, node->key);
      return FALSE;
    }
    g_array_append_val (tokens, token);
  }
  return TRUE;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const TpoAddedToken *x = a, *y = b;

  return x->id < y->id ? -1 : x->id > y->id;
}

static gboolean
append (TpoTokenizer *self, const TpoAddedToken *token, const char *what, GError **error)
{
  TpoPiece *piece;

  if (token->id > (gint64) self->pieces->len) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: no token has the id %u", what,
                 self->pieces->len);
    return FALSE;
  }
  if (token->id == (gint64) self->pieces->len &&
      !tpo_tokenizer_append (self, token->text, strlen (token->text), 0, TPO_PIECE_USER_DEFINED,
                             what, error))
    return FALSE;
  piece = &g_array_index (self->pieces, TpoPiece, (guint) token->id);
  if (strcmp (piece->slice.text, token->text) != 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 "%s: %s has the id %" G_GINT64_FORMAT ", which is the piece %s", what,
                 token->text, token->id, piece->slice.text);
    return FALSE;
  }
  piece->is_added = TRUE;
  if (token->is_special)
    piece->type = TPO_PIECE_CONTROL;
  return TRUE;
}

gboolean
tpo_tokenizer_append_added (TpoTokenizer *self, GArray *tokens, const char *what,
                            GError **error)
{
  g_array_sort (tokens, compare_ids);
  for (guint i = 0; i < tokens->len; i++) {
    if (!append (self, &g_array_index (tokens, TpoAddedToken, i), what, error))
      return FALSE;
  }
  return TRUE;
}
