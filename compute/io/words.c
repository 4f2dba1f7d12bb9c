#include "io/words.h"

#include <string.h>

typedef enum {
  LETTER,
  NUMBER,
  LINE_END, /* \r, \n */
  SPACE,    /* other white space */
  OTHER,
  MARK,   /* what stands alone among other characters */
  NOTHING /* the end of the text */
} Class;

static Class
classify (gunichar c)
{
  if (c == '\r' || c == '\n')
    return LINE_END;
  if (c == ' ' || (c >= '\t' && c <= '\f') || c == 0x85 || c == 0xa0 || c == 0x1680 ||
      (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
      c == 0x205f || c == 0x3000)
    return SPACE;
  switch ((guint) g_unichar_type (c)) {
  case G_UNICODE_LOWERCASE_LETTER:
  case G_UNICODE_MODIFIER_LETTER:
  case G_UNICODE_OTHER_LETTER:
  case G_UNICODE_TITLECASE_LETTER:
  case G_UNICODE_UPPERCASE_LETTER:
    return LETTER;
  case G_UNICODE_DECIMAL_NUMBER:
  case G_UNICODE_LETTER_NUMBER:
  case G_UNICODE_OTHER_NUMBER:
    return NUMBER;
  default:
    return OTHER;
  }
}

static gboolean
is_mark (gunichar c)
{
  switch ((guint) g_unichar_type (c)) {
  case G_UNICODE_CONNECT_PUNCTUATION:
  case G_UNICODE_DASH_PUNCTUATION:
  case G_UNICODE_CLOSE_PUNCTUATION:
  case G_UNICODE_FINAL_PUNCTUATION:
  case G_UNICODE_INITIAL_PUNCTUATION:
  case G_UNICODE_OTHER_PUNCTUATION:
  case G_UNICODE_OPEN_PUNCTUATION:
    return TRUE;
  default:
    return c > 0 && c < 128 && strchr ("$+<=>^~|", (int) c) != NULL;
  }
}

/* A text, and how it is cut. */
typedef struct {
  TpoWords words;
  const char *text;
  gsize length;
} Text;

/* The class of the character at @at; @size: (out): its bytes */
static Class
class_at (const Text *self, gsize at, gsize *size)
{
  const char *place = self->text + at;
  Class class;

  if (at >= self->length) {
    *size = 0;
    return NOTHING;
  }
  *size = (gsize) (g_utf8_next_char (place) - place);
  class = classify (g_utf8_get_char (place));
  if (class == OTHER && self->words == TPO_WORDS_DEFAULT && is_mark (g_utf8_get_char (place)))
    return MARK;
  return class;
}

/* The end of at most @max characters of a class from @at on. */
static gsize
skip (const Text *self, gsize at, Class class, gsize max)
{
  gsize size;

  for (; max > 0 && class_at (self, at, &size) == class; max--)
    at += size;
  return at;
}

/* 's and the like; 0 if the text does not start so. */
static gsize
contraction (const Text *self, gboolean with_capitals)
{
  /* U+017F is a small s, too, when case does not count. */
  static const char *const ends[] = { "s", "t", "re", "ve", "m", "ll", "d", "\xc5\xbf" };
  const guint n_ends = G_N_ELEMENTS (ends) - (with_capitals ? 0 : 1);

  if (self->text[0] != '\'')
    return 0;
  for (guint i = 0; i < n_ends; i++) {
    gsize n = strlen (ends[i]);

    if (n < self->length && (with_capitals ? g_ascii_strncasecmp (self->text + 1, ends[i], n)
                                           : strncmp (self->text + 1, ends[i], n)) == 0)
      return n + 1;
  }
  return 0;
}

/* ---- Qwen2 and Llama 3 ----------------------------------------------------------------------- */

/* White space from the start: up to its last line end, else all but what belongs to the next word. */
static gsize
blank_lines (const Text *self)
{
  gsize at = 0, last = 0, line_end = 0, size;
  Class class;

  while ((class = class_at (self, at, &size)) == SPACE || class == LINE_END) {
    last = at;
    at += size;
    if (class == LINE_END)
      line_end = at;
  }
  if (line_end > 0)
    return line_end;
  return class == NOTHING || last == 0 ? at : last;
}

static gsize
next_of_qwen2 (const Text *self, gsize max_digits)
{
  gsize n = contraction (self, TRUE), first_size, second_size, end;
  Class first = class_at (self, 0, &first_size);
  Class second = class_at (self, first_size, &second_size);

  if (n > 0)
    return n;
  if (first == LETTER || (second == LETTER && first != LINE_END && first != NUMBER))
    return skip (self, first_size, LETTER, G_MAXSIZE);
  if (first == NUMBER)
    return skip (self, 0, NUMBER, max_digits);
  if (first == OTHER || (self->text[0] == ' ' && second == OTHER)) {
    end = skip (self, first_size, OTHER, G_MAXSIZE);
    return skip (self, end, LINE_END, G_MAXSIZE);
  }
  return blank_lines (self);
}

/* ---- GPT-2 and those that cut before it ------------------------------------------------------ */

/* White space from the start, without the last one where more of a word follows. */
static gsize
blank (const Text *self)
{
  gsize at = 0, last = 0, size;
  Class class;

  while ((class = class_at (self, at, &size)) == SPACE || class == LINE_END) {
    last = at;
    at += size;
  }
  if (last == 0 || class == NOTHING || class == MARK ||
      (class == NUMBER && self->words == TPO_WORDS_SMOLLM))
    return at;
  return last;
}

static gboolean
is_thousand (const Text *self, gsize at)
{
  return at + 3 <= self->length && g_ascii_isdigit (self->text[at]) &&
         g_ascii_isdigit (self->text[at + 1]) && g_ascii_isdigit (self->text[at + 2]);
}

/* Three digits, or the numbers up to the next three. */
static gsize
thousand (const Text *self)
{
  gsize at = 0, size;

  if (is_thousand (self, 0))
    return 3;
  while (class_at (self, at, &size) == NUMBER && !is_thousand (self, at))
    at += size;
  return at;
}

static gsize
next_of_gpt2 (const Text *self)
{
  const gboolean has_space = self->text[0] == ' ';
  gsize n = contraction (self, FALSE), first_size, second_size;
  Class first = class_at (self, 0, &first_size);
  Class second = class_at (self, first_size, &second_size);
  Class class = has_space ? second : first;

  if (first == MARK)
    return skip (self, 0, MARK, G_MAXSIZE);
  if (n > 0)
    return n;
  if (first == NUMBER && self->words != TPO_WORDS_GPT2)
    return self->words == TPO_WORDS_DEFAULT ? thousand (self) : first_size;
  if (class == NUMBER && self->words != TPO_WORDS_GPT2)
    return first_size;
  if (class == LETTER || class == NUMBER || class == OTHER)
    return skip (self, has_space ? first_size : 0, class, G_MAXSIZE);
  return blank (self);
}

/* ---- all ------------------------------------------------------------------------------------- */

gsize
tpo_words_next (TpoWords self, const char *text, gsize length)
{
  const Text rest = { self, text, length };

  switch (self) {
  case TPO_WORDS_QWEN2:
    return next_of_qwen2 (&rest, 1);
  case TPO_WORDS_LLAMA3:
    return next_of_qwen2 (&rest, 3);
  case TPO_WORDS_GPT2:
  case TPO_WORDS_SMOLLM:
  case TPO_WORDS_DEFAULT:
    return next_of_gpt2 (&rest);
  case TPO_WORDS_COUNT:
  default:
    g_return_val_if_reached (length);
  }
}

/* The first name of each is the one that is written. */
static const struct {
  const char *name;
  TpoWords words;
} names[] = {
  { "qwen2", TPO_WORDS_QWEN2 },      { "deepseek-r1-qwen", TPO_WORDS_QWEN2 },
  { "llama-bpe", TPO_WORDS_LLAMA3 }, { "llama3", TPO_WORDS_LLAMA3 },
  { "llama-v3", TPO_WORDS_LLAMA3 },  { "gpt-2", TPO_WORDS_GPT2 },
  { "mpt", TPO_WORDS_GPT2 },         { "smollm", TPO_WORDS_SMOLLM },
  { "refact", TPO_WORDS_SMOLLM },    { "starcoder", TPO_WORDS_SMOLLM },
  { "default", TPO_WORDS_DEFAULT },
};

const char *
tpo_words_name (TpoWords self)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (names[i].words == self)
      return names[i].name;
  }
  g_return_val_if_reached (NULL);
}

TpoWords
tpo_words_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (strcmp (names[i].name, name) == 0)
      return names[i].words;
  }
  return TPO_WORDS_COUNT;
}
