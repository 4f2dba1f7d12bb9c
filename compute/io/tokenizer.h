#pragma once

#include "io/weights.h"

/** TpoPieceType: kinds of vocabulary entries, numbered as in SentencePiece and GGUF files */
typedef enum {
  TPO_PIECE_NORMAL = 1,
  TPO_PIECE_UNKNOWN = 2,
  TPO_PIECE_CONTROL = 3,
  TPO_PIECE_USER_DEFINED = 4,
  TPO_PIECE_UNUSED = 5,
  TPO_PIECE_BYTE = 6,
} TpoPieceType;

/**
 * TpoTokenizerFlags:
 * @TPO_TOKENIZER_PARSE_ADDED: when encoding, cut the text at the strings of added tokens
 *   ("<box_begin>", "</s>") first; without it they are ordinary letters, so a user who types one
 *   only writes text
 * @TPO_TOKENIZER_PARSE_USER_DEFINED: when encoding, cut the text at added tokens of that type only,
 *   as llama.cpp does with any text
 * @TPO_TOKENIZER_SKIP_SPECIAL: when decoding, leave out <unk>, <s> and </s>; task tokens stay
 */
typedef enum {
  TPO_TOKENIZER_PARSE_ADDED = 1 << 0,
  TPO_TOKENIZER_SKIP_SPECIAL = 1 << 1,
  TPO_TOKENIZER_PARSE_USER_DEFINED = 1 << 2,
} TpoTokenizerFlags;

/**
 * TpoTokenizer: a vocabulary for byte pair encoding, of either of two kinds, with added tokens.
 *
 * SentencePiece: Kudo and Richardson, "SentencePiece" (2018); normaliser "identity" with escaped spaces
 * only. A segment gets one leading U+2581 (where the model wants a dummy prefix), spaces become
 * U+2581, user-defined pieces are cut out, and neighbours are merged, best score first, leftmost
 * among equals. What is no piece becomes bytes.
 *
 * Bytes, as of Qwen2 and Llama 3: Radford et al., "Language Models are Unsupervised Multitask
 * Learners" (2019), section 2.2. A segment is cut into words (io/words.h); inside a word
 * neighbouring bytes and pieces are merged in the order of the list of merges, leftmost first. A
 * byte that is no piece becomes the unknown piece, or nothing where there is none.
 *
 * Immutable, reference-counted, safe from any thread.
 */
typedef struct _TpoTokenizer TpoTokenizer;

/**
 * tpo_tokenizer_parse:
 * @model: content of a tokenizer.model (protobuf), not kept
 * @what: file name for messages
 *
 * The added tokens are those of type UNKNOWN and CONTROL; see tpo_tokenizer_with_added().
 *
 * Returns: (transfer full) (nullable): %NULL with TPO_ERROR_FORMAT, or TPO_ERROR_UNSUPPORTED for
 *   other algorithms than BPE and other normalisers than identity
 */
TpoTokenizer *tpo_tokenizer_parse (GBytes *model, const char *what, GError **error);

/**
 * TpoByteVocabulary: files of a byte-level vocabulary, as folders in Hugging Face layout have them
 */
typedef struct {
  const char *folder; /* for messages */
  GBytes *whole;      /* (nullable) tokenizer.json; with it the next three are not read */
  GBytes *vocabulary; /* (nullable) vocab.json */
  GBytes *merges;     /* (nullable) merges.txt */
  GBytes *added; /* (nullable) added_tokens.json; not read where @settings lists the tokens */
  GBytes *settings; /* (nullable) tokenizer_config.json */
} TpoByteVocabulary;

/**
 * tpo_tokenizer_parse_bytes:
 *
 * Returns: (transfer full) (nullable): %NULL with TPO_ERROR_FORMAT, or TPO_ERROR_UNSUPPORTED for
 *   another normal form or other words than those of Qwen2; the message names file and field
 */
TpoTokenizer *tpo_tokenizer_parse_bytes (const TpoByteVocabulary *files, GError **error);

/**
 * tpo_tokenizer_load:
 * @path: folder with tokenizer.model and, where there are any, added_tokens.json
 *   ({"<box_begin>": 32000, …}, ids directly after the vocabulary, or of equal pieces within), or
 *   with the files of TpoByteVocabulary
 *
 * Returns: (transfer full) (nullable): %NULL with an error as above or TPO_ERROR_IO
 */
TpoTokenizer *tpo_tokenizer_load (const char *path, GError **error);

/**
 * tpo_tokenizer_with_added: a copy of @base, a SentencePiece vocabulary, with the tokens of an
 * added_tokens.json text
 *
 * Returns: (transfer full) (nullable): %NULL with TPO_ERROR_FORMAT
 */
TpoTokenizer *tpo_tokenizer_with_added (const TpoTokenizer *base, GBytes *json,
                                        const char *what, GError **error);

/**
 * tpo_tokenizer_from_metadata:
 *
 * Reads tokenizer.ggml.{tokens, scores, token_type}, or {tokens, merges, token_type, pre} where
 * tokenizer.ggml.model is "gpt2", of a GGUF file; pre is what tpo_words_find() knows, "default" if
 * it is missing. Added tokens are those listed in tokenizer.tpo.added_tokens (ids), or, in files of
 * other makers, all that are UNKNOWN, CONTROL or USER_DEFINED.
 *
 * Returns: (transfer full) (nullable): %NULL with TPO_ERROR_FORMAT or TPO_ERROR_UNSUPPORTED
 */
TpoTokenizer *tpo_tokenizer_from_metadata (const TpoMetadata *metadata, GError **error);

/** tpo_tokenizer_to_metadata: writes what tpo_tokenizer_from_metadata() reads */
void tpo_tokenizer_to_metadata (const TpoTokenizer *self, TpoMetadata *metadata);

/** TPO_CLIP_TOKENIZER_KEY: metadata that hold a tokenizer.model as bytes: that of the query encoder */
#define TPO_CLIP_TOKENIZER_KEY "tokenizer.tpo.clip_model"

/**
 * tpo_tokenizer_from_value: parses the U8 array @key of @metadata. Returns: as
 * tpo_tokenizer_parse()
 */
TpoTokenizer *tpo_tokenizer_from_value (const TpoMetadata *metadata, const char *key,
                                        GError **error);

TpoTokenizer *tpo_tokenizer_ref (TpoTokenizer *self);
void tpo_tokenizer_unref (TpoTokenizer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoTokenizer, tpo_tokenizer_unref)

/** tpo_tokenizer_get_n: size of the vocabulary with added tokens */
guint tpo_tokenizer_get_n (const TpoTokenizer *self);

/**
 * tpo_tokenizer_get_piece: stored text of token @id, U+2581 or "Ġ" for space. Returns: (transfer
 * none)
 */
const char *tpo_tokenizer_get_piece (const TpoTokenizer *self, guint id);

/** tpo_tokenizer_find: id of the added token @text, or -1 */
gint tpo_tokenizer_find (const TpoTokenizer *self, const char *text);

gint tpo_tokenizer_get_bos (const TpoTokenizer *self); /* id of <s>, or -1 */
gint tpo_tokenizer_get_eos (const TpoTokenizer *self); /* id of </s>, or -1 */

/**
 * tpo_tokenizer_begins_texts: whether models with such a vocabulary expect <s> before a text, where
 * their file says nothing
 */
gboolean tpo_tokenizer_begins_texts (const TpoTokenizer *self);

/**
 * tpo_tokenizer_encode:
 * @text: [@length] bytes; invalid UTF-8 counts as U+FFFD, byte by byte
 * @flags: PARSE_ADDED, PARSE_USER_DEFINED or 0
 * @ids: (inout): GArray of gint32; the ids are appended, without BOS
 *
 * Takes O(n log n) time and about 100 bytes of memory per byte of text.
 */
void tpo_tokenizer_encode (const TpoTokenizer *self, const char *text, gsize length,
                           TpoTokenizerFlags flags, GArray *ids);

/**
 * tpo_tokenizer_decode:
 * @ids: [@n]; ids outside the vocabulary are left out
 * @flags: SKIP_SPECIAL or 0
 *
 * Returns: (transfer full): the raw bytes of all pieces less one leading space, perhaps not valid
 *   UTF-8 where the model wrote stray bytes
 */
GBytes *tpo_tokenizer_decode (const TpoTokenizer *self, const gint32 *ids, gsize n,
                              TpoTokenizerFlags flags);

/**
 * TpoTextStream: decodes an answer token by token for display.
 *
 * Holds back the beginning of a character until its last byte is there; bytes that can no longer
 * become UTF-8 turn into U+FFFD. One thread.
 */
typedef struct _TpoTextStream TpoTextStream;

/** tpo_text_stream_new: (constructor): keeps a reference to @tokenizer; special tokens are left out */
TpoTextStream *tpo_text_stream_new (TpoTokenizer *tokenizer);
void tpo_text_stream_free (TpoTextStream *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoTextStream, tpo_text_stream_free)

/**
 * tpo_text_stream_push:
 *
 * Returns: (transfer none): the text that token @id completes, valid UTF-8, perhaps empty; belongs
 *   to @self until the next call
 */
const char *tpo_text_stream_push (TpoTextStream *self, gint32 id);

/** tpo_text_stream_finish: what is still held back, as U+FFFD; the stream starts anew */
const char *tpo_text_stream_finish (TpoTextStream *self);
