#pragma once

#include "io/tokenizer.h"
#include "io/words.h"

/*
 * The inside of TpoTokenizer, shared by the files that build it (tokenizer-model.c, tokenizer-bytes.c,
 * tokenizer-metadata.c), encode (tokenizer-encode.c) and decode (tokenizer-decode.c).
 */

/**
 * TpoTokenizerKind:
 * @TPO_TOKENIZER_SENTENCEPIECE: pieces are texts with scores; two neighbours merge if a piece is their
 *   concatenation, the best score first
 * @TPO_TOKENIZER_BYTES: pieces are bytes in the alphabet of io/byte-alphabet.h; two neighbours merge if
 *   they are a pair of the list of merges, the first of the list first, and only inside a word
 */
typedef enum {
  TPO_TOKENIZER_SENTENCEPIECE,
  TPO_TOKENIZER_BYTES,
} TpoTokenizerKind;

/* U+2581, which stands for a space in pieces. */
#define TPO_SPACE "\xe2\x96\x81"

/* A stretch of text that is not zero-terminated; key of the piece table. */
typedef struct {
  const char *text;
  gsize length;
} TpoSlice;

typedef struct {
  TpoSlice slice; /* text is zero-terminated as well */
  float score;
  TpoPieceType type;
  gboolean is_added; /* cut out of the text before encoding */
} TpoPiece;

/* Strings to be found literally in a text, in buckets by first byte, longest first. */
typedef struct {
  GArray *ids[256]; /* of guint, or NULL */
} TpoLiterals;

/* Two pieces that merge, by id. */
typedef struct {
  gint left, right;
} TpoMerge;

struct _TpoTokenizer {
  gatomicrefcount ref_count;
  TpoTokenizerKind kind;
  TpoWords words; /* of BYTES */
  GArray *pieces; /* of TpoPiece, by id */
  GStringChunk *texts;
  GHashTable *by_text; /* TpoSlice of matchable pieces → id + 1 */
  GPtrArray *merges;   /* of TpoMerge, first come first served; empty for SENTENCEPIECE */
  GHashTable *by_pair; /* TpoMerge → its place in merges + 1 */
  TpoLiterals added;
  TpoLiterals user;   /* user-defined pieces inside segments */
  gint byte_ids[256]; /* of SentencePiece's byte pieces; -1 where there is none */
  gboolean has_bytes; /* all 256 */
  gboolean has_dummy_prefix;
  gint unknown, bos, eos; /* ids, or -1 */
  gsize longest;          /* bytes of the longest matchable piece */
};

enum {
  TPO_MAX_PIECES = 1 << 22,
  TPO_MAX_PIECE_SIZE = 1 << 16
};

/**
 * tpo_tokenizer_new: empty, with a dummy prefix for SENTENCEPIECE, words of Qwen2 for BYTES and no
 * special ids
 */
TpoTokenizer *tpo_tokenizer_new (TpoTokenizerKind kind);

/**
 * tpo_tokenizer_append: adds the piece with the next id
 * @text: not empty, UTF-8 without zero bytes
 *
 * Returns: false with TPO_ERROR_FORMAT if the text or the number of pieces is not acceptable
 */
gboolean tpo_tokenizer_append (TpoTokenizer *self, const char *text, gsize length, float score,
                               guint type, const char *what, GError **error);

/** tpo_tokenizer_seal: builds the tables once all pieces are there, and checks the special ids */
gboolean tpo_tokenizer_seal (TpoTokenizer *self, const char *what, GError **error);

/**
 * tpo_tokenizer_add_merge: adds the next pair that merges, after sealing
 * @text: the texts of the two pieces with a space between, as in merges.txt
 * @name: of the list, @number: of the line or element, from 1; for messages
 *
 * Returns: false with TPO_ERROR_FORMAT if it is no pair, or a piece or the merged one is not in the
 * vocabulary
 */
gboolean tpo_tokenizer_add_merge (TpoTokenizer *self, const char *text, gsize length,
                                  const char *name, guint number, GError **error);

/** tpo_tokenizer_lookup: id of the matchable piece of that text, or -1 */
gint tpo_tokenizer_lookup (const TpoTokenizer *self, const char *text, gsize length);

/** tpo_tokenizer_piece: @id must be in range */
const TpoPiece *tpo_tokenizer_piece (const TpoTokenizer *self, guint id);

/** tpo_literals_match: id of the longest literal at the start of @text, or -1 */
gint tpo_literals_match (const TpoTokenizer *self, const TpoLiterals *literals,
                         const char *text, gsize length);
