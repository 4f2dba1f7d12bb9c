#pragma once

#include <glib.h>

/**
 * TpoWords: ways of cutting a text into words before a byte-level tokenizer merges inside of them,
 * each by the first alternative that fits, \s being Unicode's White_Space:
 *
 * @TPO_WORDS_QWEN2: of Qwen2, which brings texts to normal form C first:
 *   (?i:'s|'t|'re|'ve|'m|'ll|'d) | [^\r\n\p{L}\p{N}]?\p{L}+ | \p{N} | ?[^\s\p{L}\p{N}]+[\r\n]* | \s*[\r\n]+ | \s+(?!\S) | \s+
 *   (without the blanks around the bars)
 * @TPO_WORDS_LLAMA3: of Llama 3: the same with \p{N}{1,3}; a word that is a piece is not merged
 * @TPO_WORDS_GPT2: of GPT-2:
 *   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 * @TPO_WORDS_SMOLLM: of SmolLM: every \p{N} alone, and GPT-2's between them
 * @TPO_WORDS_DEFAULT: what llama.cpp does with vocabularies that it does not know: runs of [\p{P}$+<=>^~|] alone, GPT-2's
 *   between them, and in these numbers alone, three of the digits 0 to 9 at a time
 */
typedef enum {
  TPO_WORDS_QWEN2,
  TPO_WORDS_LLAMA3,
  TPO_WORDS_GPT2,
  TPO_WORDS_SMOLLM,
  TPO_WORDS_DEFAULT,
  TPO_WORDS_COUNT
} TpoWords;

/**
 * tpo_words_name: "qwen2", "llama-bpe", …: what tokenizer.ggml.pre of GGUF files calls them.
 * Returns: (transfer none)
 */
const char *tpo_words_name (TpoWords self);

/** tpo_words_find: the way that tokenizer.ggml.pre names; TPO_WORDS_COUNT for others */
TpoWords tpo_words_find (const char *name);

/**
 * tpo_words_next: how far the first word of a text goes
 * @text: [@length] bytes of UTF-8, @length > 0, the rest of a text that was cut so far
 *
 * Takes time in proportion to the word, and to the white space at its start.
 *
 * Returns: bytes, 1 … @length
 */
gsize tpo_words_next (TpoWords self, const char *text, gsize length);

/** TPO_WORDS_QWEN2_PATTERN: the expression of Qwen2, as tokenizer.json states it */
#define TPO_WORDS_QWEN2_PATTERN                                         \
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| " \
  "?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
