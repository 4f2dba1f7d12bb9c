#include "io/vocabulary.h"

#include <math.h>
#include <string.h>

#include <tpo/error.h>

#include "io/byte-alphabet.h"

static guint
slice_hash (gconstpointer data)
{
  const TpoSlice *slice = data;
  guint hash = 2166136261u; /* FNV-1a */

  for (gsize i = 0; i < slice->length; i++)
    hash = (hash ^ (guchar) slice->text[i]) * 16777619u;
  return hash;
}

static gboolean
slice_equal (gconstpointer a, gconstpointer b)
{
  const TpoSlice *x = a, *y = b;

  return x->length == y->length && memcmp (x->text, y->text, x->length) == 0;
}

static guint
merge_hash (gconstpointer data)
{
  const TpoMerge *merge = data;

  return (guint) merge->left * 2654435761u ^ (guint) merge->right;
}

static gboolean
merge_equal (gconstpointer a, gconstpointer b)
{
  const TpoMerge *x = a, *y = b;

  return x->left == y->left && x->right == y->right;
}

TpoTokenizer *
tpo_tokenizer_new (TpoTokenizerKind kind)
{
  TpoTokenizer *self = g_new0 (TpoTokenizer, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->kind = kind;
  self->pieces = g_array_new (FALSE, TRUE, sizeof (TpoPiece));
  self->texts = g_string_chunk_new (65536);
  self->by_text = g_hash_table_new (slice_hash, slice_equal);
  self->merges = g_ptr_array_new_with_free_func (g_free);
  self->by_pair = g_hash_table_new (merge_hash, merge_equal);
  self->has_dummy_prefix = kind == TPO_TOKENIZER_SENTENCEPIECE;
  self->unknown = self->bos = self->eos = -1;
  for (guint i = 0; i < 256; i++)
    self->byte_ids[i] = -1;
  return self;
}

TpoTokenizer *
tpo_tokenizer_ref (TpoTokenizer *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
literals_clear (TpoLiterals *self)
{
  for (guint i = 0; i < 256; i++)
    g_clear_pointer (&self->ids[i], g_array_unref);
}

void
tpo_tokenizer_unref (TpoTokenizer *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  literals_clear (&self->added);
  literals_clear (&self->user);
  g_hash_table_unref (self->by_text);
  g_hash_table_unref (self->by_pair);
  g_ptr_array_unref (self->merges);
  g_array_unref (self->pieces);
  g_string_chunk_free (self->texts);
  g_free (self);
}

const TpoPiece *
tpo_tokenizer_piece (const TpoTokenizer *self, guint id)
{
  return &g_array_index (self->pieces, TpoPiece, id);
}

guint
tpo_tokenizer_get_n (const TpoTokenizer *self)
{
  return self->pieces->len;
}

const char *
tpo_tokenizer_get_piece (const TpoTokenizer *self, guint id)
{
  g_return_val_if_fail (id < self->pieces->len, NULL);
  return tpo_tokenizer_piece (self, id)->slice.text;
}

gint
tpo_tokenizer_lookup (const TpoTokenizer *self, const char *text, gsize length)
{
  TpoSlice slice = { text, length };

  if (length > self->longest)
    return -1;
  return (gint) GPOINTER_TO_UINT (g_hash_table_lookup (self->by_text, &slice)) - 1;
}

gint
tpo_tokenizer_get_bos (const TpoTokenizer *self)
{
  return self->bos;
}

gint
tpo_tokenizer_get_eos (const TpoTokenizer *self)
{
  return self->eos;
}

gboolean
tpo_tokenizer_begins_texts (const TpoTokenizer *self)
{
  return self->bos >= 0 &&
         (self->kind == TPO_TOKENIZER_SENTENCEPIECE || self->words == TPO_WORDS_LLAMA3);
}

gint
tpo_tokenizer_find (const TpoTokenizer *self, const char *text)
{
  gsize length = strlen (text);
  gint id = length > 0 ? tpo_literals_match (self, &self->added, text, length) : -1;

  return id >= 0 && tpo_tokenizer_piece (self, (guint) id)->slice.length == length ? id : -1;
}

gboolean
tpo_tokenizer_append (TpoTokenizer *self, const char *text, gsize length, float score,
                      guint type, const char *what, GError **error)
{
  TpoPiece piece = { .score = score, .type = type };
  const char *reason = NULL;

  if (self->pieces->len == TPO_MAX_PIECES)
    reason = "too many pieces";
  else if (length == 0 || length > TPO_MAX_PIECE_SIZE ||
           !g_utf8_validate_len (text, length, NULL))
    reason = "its text is empty, too long or not UTF-8";
  else if (type < TPO_PIECE_NORMAL || type > TPO_PIECE_BYTE)
    reason = "unknown piece type";
  else if (isnan (score))
    reason = "its score is no number";
  if (reason != NULL) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: piece %u of the vocabulary: %s", what,
                 self->pieces->len, reason);
    return FALSE;
  }
  piece.slice.text = g_string_chunk_insert_len (self->texts, text, (gssize) length);
  piece.slice.length = length;
  g_array_append_val (self->pieces, piece);
  return TRUE;
}

static void
literals_add (TpoLiterals *self, guint id, const TpoPiece *piece)
{
  GArray **bucket = &self->ids[(guchar) piece->slice.text[0]];

  if (*bucket == NULL)
    *bucket = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_val (*bucket, id);
}

static int
compare_lengths (gconstpointer a, gconstpointer b, gpointer data)
{
  gsize x = tpo_tokenizer_piece (data, *(const guint *) a)->slice.length;
  gsize y = tpo_tokenizer_piece (data, *(const guint *) b)->slice.length;

  return x > y ? -1 : x < y;
}

static void
literals_sort (TpoLiterals *self, TpoTokenizer *tokenizer)
{
  for (guint i = 0; i < 256; i++) {
    if (self->ids[i] != NULL)
      g_array_sort_with_data (self->ids[i], compare_lengths, tokenizer);
  }
}

gint
tpo_literals_match (const TpoTokenizer *self, const TpoLiterals *literals, const char *text,
                    gsize length)
{
  const GArray *bucket = literals->ids[(guchar) text[0]];

  for (guint i = 0; bucket != NULL && i < bucket->len; i++) {
    guint id = g_array_index (bucket, guint, i);
    const TpoSlice *slice = &tpo_tokenizer_piece (self, id)->slice;

    if (slice->length <= length && memcmp (slice->text, text, slice->length) == 0)
      return (gint) id;
  }
  return -1;
}

/* "<0x0A>" → 10; -1 for anything else. */
static gint
parse_byte (const TpoSlice *slice)
{
  gint high, low;

  if (slice->length != 6 || memcmp (slice->text, "<0x", 3) != 0 || slice->text[5] != '>')
    return -1;
  high = g_ascii_xdigit_value (slice->text[3]);
  low = g_ascii_xdigit_value (slice->text[4]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static gboolean
enter (TpoTokenizer *self, guint id, const char *what, GError **error)
{
  TpoPiece *piece = &g_array_index (self->pieces, TpoPiece, id);
  gint byte;

  if (piece->type == TPO_PIECE_BYTE) {
    byte = parse_byte (&piece->slice);
    if (byte < 0) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: piece %u, %s, is no byte", what, id,
                   piece->slice.text);
      return FALSE;
    }
    self->byte_ids[byte] = (gint) id;
  } else if (piece->is_added) {
    literals_add (&self->added, id, piece);
  } else if (piece->type != TPO_PIECE_CONTROL && piece->type != TPO_PIECE_UNKNOWN) {
    if (!g_hash_table_contains (self->by_text, &piece->slice)) /* the first of equals counts */
      g_hash_table_insert (self->by_text, &piece->slice, GUINT_TO_POINTER (id + 1));
    self->longest = MAX (self->longest, piece->slice.length);
    if (piece->type == TPO_PIECE_USER_DEFINED)
      literals_add (&self->user, id, piece);
  }
  if (piece->type == TPO_PIECE_UNKNOWN && self->unknown < 0)
    self->unknown = (gint) id;
  return TRUE;
}

static gboolean
check_special (const TpoTokenizer *self, gint id, const char *name, const char *what,
               GError **error)
{
  if (id < 0 || (guint) id < self->pieces->len)
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
               "%s: the %s token %d is not in the vocabulary", what, name, id);
  return FALSE;
}

/*
 * What is printed in ASCII must be pieces. Vocabularies that were learned from text may lack other
 * bytes: 0xff, which no text has, or those of characters that are not assigned.
 */
static gboolean
require_ascii (const TpoTokenizer *self, const char *what, GError **error)
{
  for (guint8 byte = ' '; byte <= '~'; byte++) {
    char text[6];
    gint n = g_unichar_to_utf8 (tpo_byte_alphabet_get (byte), text);

    if (tpo_tokenizer_lookup (self, text, (gsize) n) < 0) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                   "%s: the vocabulary has no piece \"%.*s\" for the byte 0x%02x", what, n,
                   text, byte);
      return FALSE;
    }
  }
  return TRUE;
}

/* Every text of a SentencePiece vocabulary has tokens. */
static gboolean
require_unknown (TpoTokenizer *self, const char *what, GError **error)
{
  self->has_bytes = TRUE;
  for (guint i = 0; i < 256; i++)
    self->has_bytes = self->has_bytes && self->byte_ids[i] >= 0;
  if (self->has_bytes || self->unknown >= 0)
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
               "%s: the vocabulary has neither byte pieces nor an unknown piece", what);
  return FALSE;
}

gboolean
tpo_tokenizer_seal (TpoTokenizer *self, const char *what, GError **error)
{
  for (guint id = 0; id < self->pieces->len; id++) {
    if (!enter (self, id, what, error))
      return FALSE;
  }
  literals_sort (&self->added, self);
  literals_sort (&self->user, self);
  if (self->kind == TPO_TOKENIZER_BYTES ? !require_ascii (self, what, error)
                                        : !require_unknown (self, what, error))
    return FALSE;
  return check_special (self, self->bos, "begin", what, error) &&
         check_special (self, self->eos, "end", what, error);
}

gboolean
tpo_tokenizer_add_merge (TpoTokenizer *self, const char *text, gsize length, const char *name,
                         guint number, GError **error)
{
  const char *space = memchr (text, ' ', length);
  gsize n_left = space != NULL ? (gsize) (space - text) : 0;
  g_autofree char *merged = NULL;
  TpoMerge merge;

  if (n_left == 0 || n_left + 1 == length || self->merges->len == TPO_MAX_PIECES) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 "%s: pair %u is not two pieces with a space between", name, number);
    return FALSE;
  }
  merge.left = tpo_tokenizer_lookup (self, text, n_left);
  merge.right = tpo_tokenizer_lookup (self, space + 1, length - n_left - 1);
  merged = g_strndup (text, length);
  memmove (merged + n_left, merged + n_left + 1,
           length - n_left); /* with the zero at its end */
  if (merge.left < 0 || merge.right < 0 ||
      tpo_tokenizer_lookup (self, merged, length - 1) < 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 "%s: pair %u has pieces or a result that are not in the vocabulary", name,
                 number);
    return FALSE;
  }
  if (g_hash_table_contains (self->by_pair, &merge)) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: pair %u is there twice", name,
                 number);
    return FALSE;
  }
  g_ptr_array_add (self->merges, g_memdup2 (&merge, sizeof merge));
  g_hash_table_insert (self->by_pair, g_ptr_array_index (self->merges, self->merges->len - 1),
                       GUINT_TO_POINTER (self->merges->len));
  return TRUE;
}
