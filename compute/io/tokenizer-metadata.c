#include <string.h>

#include <tpo/error.h>

#include "io/vocabulary.h"

#define PREFIX "tokenizer.ggml."
#define ADDED_KEY "tokenizer.tpo.added_tokens"

static const TpoValue *
require_array (const TpoMetadata *metadata, const char *key,
               gboolean (*is_kind) (const TpoValue *), gsize n, GError **error)
{
  const TpoValue *value = tpo_metadata_find (metadata, key);

  if (value == NULL || !value->is_array || !is_kind (value) || (n > 0 && value->n != n)) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 "%s is missing, of another type or not as long as the vocabulary", key);
    return NULL;
  }
  return value;
}

static gboolean
is_text (const TpoValue *value)
{
  return value->type == TPO_VALUE_STRING;
}

static gboolean
mark_added (TpoTokenizer *self, const TpoMetadata *metadata, GError **error)
{
  const TpoValue *added;

  if (tpo_metadata_find (metadata, ADDED_KEY) == NULL) {
    for (guint id = 0; id < self->pieces->len; id++) {
      TpoPiece *piece = &g_array_index (self->pieces, TpoPiece, id);

      piece->is_added = piece->type == TPO_PIECE_UNKNOWN || piece->type == TPO_PIECE_CONTROL ||
                        piece->type == TPO_PIECE_USER_DEFINED;
    }
    return TRUE;
  }
  added = require_array (metadata, ADDED_KEY, tpo_value_is_int, 0, error);
  if (added == NULL)
    return FALSE;
  for (gsize i = 0; i < added->n; i++) {
    if (added->ints[i] < 0 || added->ints[i] >= (gint64) self->pieces->len) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                   ADDED_KEY " has the id %" G_GINT64_FORMAT " beyond the vocabulary",
                   added->ints[i]);
      return FALSE;
    }
    g_array_index (self->pieces, TpoPiece, (guint) added->ints[i]).is_added = TRUE;
  }
  return TRUE;
}

static gboolean
read_pieces (TpoTokenizer *self, const TpoMetadata *metadata, GError **error)
{
  const TpoValue *texts = require_array (metadata, PREFIX "tokens", is_text, 0, error);
  const TpoValue *scores = NULL, *types;

  if (texts == NULL)
    return FALSE;
  if (self->kind == TPO_TOKENIZER_SENTENCEPIECE) {
    scores = require_array (metadata, PREFIX "scores", tpo_value_is_real, texts->n, error);
    if (scores == NULL)
      return FALSE;
  }
  types = require_array (metadata, PREFIX "token_type", tpo_value_is_int, texts->n, error);
  if (types == NULL)
    return FALSE;
  for (gsize i = 0; i < texts->n; i++) {
    if (!tpo_tokenizer_append (self, texts->strings[i], strlen (texts->strings[i]),
                               scores != NULL ? (float) scores->reals[i] : 0,
                               (guint) CLAMP (types->ints[i], 0, G_MAXINT16), PREFIX "tokens",
                               error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_merges (TpoTokenizer *self, const TpoMetadata *metadata, GError **error)
{
  const TpoValue *merges = require_array (metadata, PREFIX "merges", is_text, 0, error);

  for (gsize i = 0; merges != NULL && i < merges->n; i++) {
    if (!tpo_tokenizer_add_merge (self, merges->strings[i], strlen (merges->strings[i]),
                                  PREFIX "merges", (guint) i + 1, error))
      return FALSE;
  }
  return merges != NULL;
}

/* What tokenizer.ggml.model and .pre name; %NULL with the error for others. */
static TpoTokenizer *
new_of_kind (const char *model, const char *pre, GError **error)
{
  const TpoWords words = tpo_words_find (pre);
  TpoTokenizer *self;

  if (strcmp (model, "llama") == 0)
    return tpo_tokenizer_new (TPO_TOKENIZER_SENTENCEPIECE);
  if (strcmp (model, "gpt2") == 0 && words != TPO_WORDS_COUNT) {
    self = tpo_tokenizer_new (TPO_TOKENIZER_BYTES);
    self->words = words;
    return self;
  }
  g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
               PREFIX
               "model is \"%s\" and " PREFIX "pre \"%s\"; supported are SentencePiece "
               "(\"llama\"), and bytes (\"gpt2\") in the words of Llama 3 (\"llama-bpe\"), "
               "Qwen2, SmolLM, GPT-2 and \"default\"",
               model, pre);
  return NULL;
}

TpoTokenizer *
tpo_tokenizer_from_metadata (const TpoMetadata *metadata, GError **error)
{
  g_autoptr (TpoTokenizer) self = NULL;
  TpoReader reader = tpo_reader (metadata, PREFIX);
  const char *model = tpo_reader_string_or (&reader, "model", "");
  const char *pre = tpo_reader_string_or (&reader, "pre", "default");
  gboolean has_dummy_prefix = tpo_reader_bool_or (&reader, "add_space_prefix", TRUE);
  gint bos = tpo_reader_int_or (&reader, "bos_token_id", 0, G_MAXINT, -1);
  gint eos = tpo_reader_int_or (&reader, "eos_token_id", 0, G_MAXINT, -1);

  if (!tpo_reader_finish (&reader, error))
    return NULL;
  self = new_of_kind (model, pre, error);
  if (self == NULL)
    return NULL;
  self->has_dummy_prefix = self->kind == TPO_TOKENIZER_SENTENCEPIECE && has_dummy_prefix;
  self->bos = bos;
  self->eos = eos;
  if (!read_pieces (self, metadata, error) || !mark_added (self, metadata, error) ||
      !tpo_tokenizer_seal (self, PREFIX "tokens", error) ||
      (self->kind == TPO_TOKENIZER_BYTES && !read_merges (self, metadata, error)))
    return NULL;
  return g_steal_pointer (&self);
}

TpoTokenizer *
tpo_tokenizer_from_value (const TpoMetadata *metadata, const char *key, GError **error)
{
  const TpoValue *value = tpo_metadata_find (metadata, key);
  g_autoptr (GBytes) model = NULL;
  g_autofree guint8 *bytes = NULL;

  if (value == NULL || !value->is_array || value->type != TPO_VALUE_U8) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s is missing or no list of bytes", key);
    return NULL;
  }
  bytes = g_new (guint8, MAX (value->n, 1));
  for (gsize i = 0; i < value->n; i++)
    bytes[i] = (guint8) value->ints[i];
  model = g_bytes_new (bytes, value->n);
  return tpo_tokenizer_parse (model, key, error);
}

static TpoValue *
merges_value (const TpoTokenizer *self)
{
  TpoValue *merges = tpo_value_new (TPO_VALUE_STRING, TRUE, self->merges->len);

  for (guint i = 0; i < self->merges->len; i++) {
    const TpoMerge *merge = g_ptr_array_index (self->merges, i);

    merges->strings[i] =
        g_strjoin (" ", tpo_tokenizer_piece (self, (guint) merge->left)->slice.text,
                   tpo_tokenizer_piece (self, (guint) merge->right)->slice.text, NULL);
  }
  return merges;
}

static TpoValue *
scores_value (const TpoTokenizer *self)
{
  TpoValue *scores = tpo_value_new (TPO_VALUE_F32, TRUE, self->pieces->len);

  for (guint id = 0; id < self->pieces->len; id++)
    scores->reals[id] = tpo_tokenizer_piece (self, id)->score;
  return scores;
}

void
tpo_tokenizer_to_metadata (const TpoTokenizer *self, TpoMetadata *metadata)
{
  guint n = self->pieces->len, n_added = 0, at = 0;
  TpoValue *texts = tpo_value_new (TPO_VALUE_STRING, TRUE, n);
  TpoValue *types = tpo_value_new (TPO_VALUE_I32, TRUE, n);
  TpoValue *added;

  for (guint id = 0; id < n; id++) {
    const TpoPiece *piece = tpo_tokenizer_piece (self, id);

    texts->strings[id] = g_strdup (piece->slice.text);
    types->ints[id] = piece->type;
    n_added += piece->is_added ? 1 : 0;
  }
  added = tpo_value_new (TPO_VALUE_I32, TRUE, n_added);
  for (guint id = 0; id < n; id++) {
    if (tpo_tokenizer_piece (self, id)->is_added)
      added->ints[at++] = id;
  }
  tpo_metadata_set (metadata, PREFIX "tokens", texts);
  if (self->kind == TPO_TOKENIZER_BYTES) {
    tpo_metadata_set_string (metadata, PREFIX "model", "gpt2");
    tpo_metadata_set_string (metadata, PREFIX "pre", tpo_words_name (self->words));
    tpo_metadata_set (metadata, PREFIX "merges", merges_value (self));
  } else {
    tpo_metadata_set_string (metadata, PREFIX "model", "llama");
    tpo_metadata_set (metadata, PREFIX "scores", scores_value (self));
    tpo_metadata_set_bool (metadata, PREFIX "add_space_prefix", self->has_dummy_prefix);
  }
  tpo_metadata_set (metadata, PREFIX "token_type", types);
  tpo_metadata_set (metadata, ADDED_KEY, added);
  if (self->bos >= 0)
    tpo_metadata_set_u32 (metadata, PREFIX "bos_token_id", (guint32) self->bos);
  if (self->eos >= 0)
    tpo_metadata_set_u32 (metadata, PREFIX "eos_token_id", (guint32) self->eos);
  if (self->unknown >= 0)
    tpo_metadata_set_u32 (metadata, PREFIX "unknown_token_id", (guint32) self->unknown);
}
