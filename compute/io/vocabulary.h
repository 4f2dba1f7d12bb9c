#pragma once

#include "io/tokenizer.h"

/*
 * The inside of TpoTokenizer, shared by the files that build it (tokenizer-model.c,
 * tokenizer-metadata.c), encode (tokenizer-encode.c) and decode (tokenizer-decode.c).
 */

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

struct _TpoTokenizer {
  gatomicrefcount ref_count;
  GArray *pieces; /* of TpoPiece, by id */
  GStringChunk *texts;
  GHashTable *by_text; /* TpoSlice of matchable pieces → id + 1 */
  TpoLiterals added;
  TpoLiterals user;   /* user-defined pieces inside segments */
  gint byte_ids[256]; /* -1 where there is no such piece */
  gboolean has_bytes; /* all 256 */
  gboolean has_dummy_prefix;
  gint unknown, bos, eos; /* ids, or -1 */
  gsize longest;          /* bytes of the longest matchable piece */
};

enum {
  TPO_MAX_PIECES = 1 << 22,
  TPO_MAX_PIECE_SIZE = 1 << 16
};

/** tpo_tokenizer_new: empty, with a dummy prefix and no special ids */
TpoTokenizer *tpo_tokenizer_new (void);

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

/** tpo_tokenizer_piece: @id must be in range */
const TpoPiece *tpo_tokenizer_piece (const TpoTokenizer *self, guint id);

/** tpo_literals_match: id of the longest literal at the start of @text, or -1 */
gint tpo_literals_match (const TpoTokenizer *self, const TpoLiterals *literals,
                         const char *text, gsize length);
