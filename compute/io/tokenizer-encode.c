#include <string.h>

#include "io/byte-alphabet.h"
#include "io/utf8.h"
#include "io/vocabulary.h"

/* A stretch of the segment that is one token so far. Merging empties the right one of a pair. */
typedef struct {
  gsize start, length;
  gint prev, next;    /* -1 at the ends */
  gboolean is_frozen; /* user-defined: never merged */
} Symbol;

/* Two neighbours whose concatenation is a piece. Stale once one of them has changed. */
typedef struct {
  float score;
  gint left, right;
  gsize length;
} Pair;

typedef struct {
  const TpoTokenizer *tokenizer;
  const char *text;   /* escaped */
  GArray *symbols;    /* of Symbol, in order of text */
  GArray *heap;       /* of Pair, best first */
  GHashTable *splits; /* id of an UNUSED piece → length of its left part; NULL without such */
} Segment;

static gboolean
is_before (const Pair *a, const Pair *b)
{
  return a->score > b->score || (a->score == b->score && a->left < b->left);
}

static void
heap_push (GArray *heap, const Pair *pair)
{
  guint at = heap->len;
  Pair *pairs;

  g_array_append_val (heap, *pair);
  pairs = (Pair *) (gpointer) heap->data;
  while (at > 0 && is_before (pair, &pairs[(at - 1) / 2])) {
    pairs[at] = pairs[(at - 1) / 2];
    at = (at - 1) / 2;
  }
  pairs[at] = *pair;
}

static Pair
heap_pop (GArray *heap)
{
  Pair *pairs = (Pair *) (gpointer) heap->data;
  Pair best = pairs[0], last = pairs[heap->len - 1];
  guint at = 0, child;

  g_array_set_size (heap, heap->len - 1);
  while ((child = 2 * at + 1) < heap->len) {
    if (child + 1 < heap->len && is_before (&pairs[child + 1], &pairs[child]))
      child++;
    if (!is_before (&pairs[child], &last))
      break;
    pairs[at] = pairs[child];
    at = child;
  }
  if (heap->len > 0)
    pairs[at] = last;
  return best;
}

static gint
find_piece (const Segment *self, gsize start, gsize length)
{
  return tpo_tokenizer_lookup (self->tokenizer, self->text + start, length);
}

/* The piece that two neighbours merge to, or -1; @score: (out): how soon they do. */
static gint
find_merge (const Segment *self, const Symbol *a, const Symbol *b, float *score)
{
  const TpoTokenizer *tokenizer = self->tokenizer;
  gint id = find_piece (self, a->start, a->length + b->length);
  TpoMerge merge;
  guint place;

  if (id < 0)
    return -1;
  if (tokenizer->kind == TPO_TOKENIZER_SENTENCEPIECE) {
    *score = tpo_tokenizer_piece (tokenizer, (guint) id)->score;
    return id;
  }
  merge.left = find_piece (self, a->start, a->length);
  merge.right = find_piece (self, b->start, b->length);
  place = GPOINTER_TO_UINT (g_hash_table_lookup (tokenizer->by_pair, &merge));
  *score = -(float) place; /* exact, for there are fewer than 2^24 */
  return place > 0 ? id : -1;
}

static void
offer_pair (Segment *self, gint left, gint right)
{
  const Symbol *a, *b;
  float score;
  Pair pair;
  gint id;

  if (left < 0 || right < 0)
    return;
  a = &g_array_index (self->symbols, Symbol, left);
  b = &g_array_index (self->symbols, Symbol, right);
  if (a->is_frozen || b->is_frozen)
    return;
  id = find_merge (self, a, b, &score);
  if (id < 0)
    return;
  pair = (Pair){ score, left, right, a->length + b->length };
  heap_push (self->heap, &pair);
  if (tpo_tokenizer_piece (self->tokenizer, (guint) id)->type == TPO_PIECE_UNUSED) {
    if (self->splits == NULL)
      self->splits = g_hash_table_new (NULL, NULL);
    g_hash_table_insert (self->splits, GINT_TO_POINTER (id), GSIZE_TO_POINTER (a->length));
  }
}

/* One symbol per character or user-defined piece. @length > 0. */
static void
split_symbols (Segment *self, gsize length)
{
  gsize at = 0;

  while (at < length) {
    gint user = tpo_literals_match (self->tokenizer, &self->tokenizer->user, self->text + at,
                                    length - at);
    gint n = (gint) self->symbols->len;
    Symbol symbol = { .start = at, .prev = n - 1, .next = n + 1, .is_frozen = user >= 0 };

    if (user >= 0)
      symbol.length = tpo_tokenizer_piece (self->tokenizer, (guint) user)->slice.length;
    else
      symbol.length = (gsize) tpo_utf8_length ((const guint8 *) self->text + at, length - at);
    at += symbol.length;
    g_array_append_val (self->symbols, symbol);
  }
  g_array_index (self->symbols, Symbol, self->symbols->len - 1).next = -1;
}

static void
merge_all (Segment *self)
{
  for (guint i = 1; i < self->symbols->len; i++)
    offer_pair (self, (gint) i - 1, (gint) i);
  while (self->heap->len > 0) {
    Pair pair = heap_pop (self->heap);
    Symbol *left = &g_array_index (self->symbols, Symbol, pair.left);
    Symbol *right = &g_array_index (self->symbols, Symbol, pair.right);

    if (left->length == 0 || right->length == 0 || left->length + right->length != pair.length)
      continue;
    left->length = pair.length;
    right->length = 0;
    left->next = right->next;
    if (right->next >= 0)
      g_array_index (self->symbols, Symbol, right->next).prev = pair.left;
    offer_pair (self, left->prev, pair.left);
    offer_pair (self, pair.left, left->next);
  }
}

static void
emit_unknown (const Segment *self, gsize start, gsize length, gboolean *after_unknown,
              GArray *ids)
{
  const TpoTokenizer *tokenizer = self->tokenizer;

  if (tokenizer->has_bytes) {
    for (gsize i = 0; i < length; i++) {
      gint32 id = tokenizer->byte_ids[(guchar) self->text[start + i]];

      g_array_append_val (ids, id);
    }
    return;
  }
  if (!*after_unknown && tokenizer->unknown >= 0) { /* a run of unknown symbols is one token */
    gint32 id = tokenizer->unknown;

    g_array_append_val (ids, id);
  }
  *after_unknown = TRUE;
}

/* Pieces of type UNUSED take part in merging but are taken apart again in the end. */
static void
emit (const Segment *self, gsize start, gsize length, gboolean *after_unknown, GArray *ids)
{
  g_autoptr (GArray) rest = g_array_new (FALSE, FALSE, sizeof (gsize)); /* ends still to come */
  gsize end = start + length;

  g_array_append_val (rest, end);
  while (rest->len > 0) {
    gint32 id;
    gsize left = 0;

    end = g_array_index (rest, gsize, rest->len - 1);
    id = find_piece (self, start, end - start);
    if (id >= 0 && self->splits != NULL)
      left = GPOINTER_TO_SIZE (g_hash_table_lookup (self->splits, GINT_TO_POINTER (id)));
    if (left > 0) {
      gsize middle = start + left;

      g_array_append_val (rest, middle);
      continue;
    }
    if (id < 0) {
      emit_unknown (self, start, end - start, after_unknown, ids);
    } else {
      *after_unknown = FALSE;
      g_array_append_val (ids, id);
    }
    start = end;
    g_array_set_size (rest, rest->len - 1);
  }
}

/* Invalid bytes are replaced, and spaces by @space. */
static void
append_valid (GString *out, const char *text, gsize length, const char *space)
{
  for (gsize at = 0; at < length;) {
    gint n = tpo_utf8_length ((const guint8 *) text + at, length - at);

    if (n <= 0)
      g_string_append (out, "\xef\xbf\xbd");
    else if (text[at] == ' ')
      g_string_append (out, space);
    else
      g_string_append_len (out, text + at, n);
    at += n > 0 ? (gsize) n : 1;
  }
}

/* Merges what can be in @escaped, a text in the letters of the pieces. */
static void
encode_escaped (const TpoTokenizer *self, const GString *escaped, GArray *ids)
{
  g_autoptr (GArray) symbols = g_array_new (FALSE, FALSE, sizeof (Symbol));
  g_autoptr (GArray) heap = g_array_new (FALSE, FALSE, sizeof (Pair));
  Segment segment = { self, escaped->str, symbols, heap, NULL };
  gboolean after_unknown = FALSE;

  split_symbols (&segment, escaped->len);
  merge_all (&segment);
  for (guint i = 0; i < symbols->len; i++) {
    const Symbol *symbol = &g_array_index (symbols, Symbol, i);

    if (symbol->length > 0)
      emit (&segment, symbol->start, symbol->length, &after_unknown, ids);
  }
  g_clear_pointer (&segment.splits, g_hash_table_unref);
}

/* @text in normal form C. GLib's function stops at zero bytes, which stay as they are. */
static GString *
compose (const GString *text)
{
  GString *out = g_string_sized_new (text->len);

  for (gsize at = 0; at < text->len;) {
    gsize n = strnlen (text->str + at, text->len - at);
    g_autofree char *composed =
        g_utf8_normalize (text->str + at, (gssize) n, G_NORMALIZE_DEFAULT_COMPOSE);

    g_string_append (out, composed);
    for (at += n; at < text->len && text->str[at] == '\0'; at++)
      g_string_append_c (out, '\0');
  }
  return out;
}

/* @word: in the letters of the pieces */
static void
encode_word (const TpoTokenizer *self, const GString *word, GArray *ids)
{
  gint32 id =
      self->words == TPO_WORDS_LLAMA3 ? tpo_tokenizer_lookup (self, word->str, word->len) : -1;

  if (id >= 0)
    g_array_append_val (ids, id);
  else
    encode_escaped (self, word, ids);
}

static void
encode_words (const TpoTokenizer *self, const char *text, gsize length, GArray *ids)
{
  g_autoptr (GString) valid = g_string_sized_new (length);
  g_autoptr (GString) escaped = g_string_new (NULL);
  g_autoptr (GString) composed = NULL;
  const GString *whole = valid;
  gsize n;

  append_valid (valid, text, length, " ");
  if (self->words == TPO_WORDS_QWEN2)
    whole = composed = compose (valid);
  for (gsize at = 0; at < whole->len; at += n) {
    n = tpo_words_next (self->words, whole->str + at, whole->len - at);
    g_string_truncate (escaped, 0);
    tpo_byte_alphabet_append (escaped, whole->str + at, n);
    encode_word (self, escaped, ids);
  }
}

static void
encode_segment (const TpoTokenizer *self, const char *text, gsize length, GArray *ids)
{
  g_autoptr (GString) escaped = NULL;

  if (self->kind == TPO_TOKENIZER_BYTES) {
    encode_words (self, text, length, ids);
    return;
  }
  escaped = g_string_sized_new (length + 16);
  if (self->has_dummy_prefix)
    g_string_append (escaped, TPO_SPACE);
  append_valid (escaped, text, length, TPO_SPACE);
  encode_escaped (self, escaped, ids);
}

static const guint PARSES = TPO_TOKENIZER_PARSE_ADDED | TPO_TOKENIZER_PARSE_USER_DEFINED;

static gboolean
is_parsed (const TpoTokenizer *self, guint id, TpoTokenizerFlags flags)
{
  return (flags & TPO_TOKENIZER_PARSE_ADDED) ||
         tpo_tokenizer_piece (self, id)->type == TPO_PIECE_USER_DEFINED;
}

void
tpo_tokenizer_encode (const TpoTokenizer *self, const char *text, gsize length,
                      TpoTokenizerFlags flags, GArray *ids)
{
  gsize start = 0;

  g_return_if_fail (self != NULL && ids != NULL && (text != NULL || length == 0));
  for (gsize at = 0; at < length && (flags & PARSES);) {
    gint32 id = tpo_literals_match (self, &self->added, text + at, length - at);

    if (id < 0 || !is_parsed (self, (guint) id, flags)) {
      at++;
      continue;
    }
    if (at > start)
      encode_segment (self, text + start, at - start, ids);
    g_array_append_val (ids, id);
    at += tpo_tokenizer_piece (self, (guint) id)->slice.length;
    start = at;
  }
  if (length > start)
    encode_segment (self, text + start, length - start, ids);
}
