#pragma once

#include <glib.h>

/**
 * tpo_word_length: how far the first word of a text goes
 * @text: [@length] bytes of UTF-8, @length > 0
 *
 * Cuts a text as the tokenizer of Qwen2 does before it merges: by the first alternative that fits of
 * |[
 * (?i:'s|'t|'re|'ve|'m|'ll|'d) | [^\r\n\p{L}\p{N}]?\p{L}+ | \p{N} | ?[^\s\p{L}\p{N}]+[\r\n]* | \s*[\r\n]+ |
 * \s+(?!\S) | \s+
 * ]|
 * (without the blanks around the bars), \s being Unicode's White_Space. Takes time in proportion to
 * the word, and to the white space at its start.
 *
 * Returns: bytes, 1 … @length
 */
gsize tpo_word_length (const char *text, gsize length);

/** TPO_WORDS_QWEN2: that expression, as tokenizer.json states it */
#define TPO_WORDS_QWEN2                                                 \
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| " \
  "?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
