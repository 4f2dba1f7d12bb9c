#include "io/words.h"

#include <string.h>

typedef enum {
  LETTER,
  NUMBER,
  LINE_END, /* \r, \n */
  SPACE,    /* other white space */
  OTHER,
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

/* The class of the character at @at; @size: (out): its bytes */
static Class
class_at (const char *text, gsize length, gsize at, gsize *size)
{
  if (at >= length) {
    *size = 0;
    return NOTHING;
  }
  *size = (gsize) (g_utf8_next_char (text + at) - (text + at));
  return classify (g_utf8_get_char (text + at));
}

/* The end of the characters of a class from @at on. */
static gsize
skip (const char *text, gsize length, gsize at, Class class)
{
  gsize size;

  while (class_at (text, length, at, &size) == class)
    at += size;
  return at;
}

/* 's and the like; 0 if the text does not start so. */
static gsize
contraction (const char *text, gsize length)
{
  /* U+017F is a small s, too, when case does not count. */
  static const char *const ends[] = { "s", "t", "re", "ve", "m", "ll", "d", "\xc5\xbf" };

  if (text[0] != '\'')
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    gsize n = strlen (ends[i]);

    if (n < length && g_ascii_strncasecmp (text + 1, ends[i], n) == 0)
      return n + 1;
  }
  return 0;
}

/* White space from the start: up to its last line end, else all but what belongs to the next word. */
static gsize
blank (const char *text, gsize length)
{
  gsize at = 0, last = 0, line_end = 0, size;
  Class class;

  while ((class = class_at (text, length, at, &size)) == SPACE || class == LINE_END) {
    last = at;
    at += size;
    if (class == LINE_END)
      line_end = at;
  }
  if (line_end > 0)
    return line_end;
  return class == NOTHING || last == 0 ? at : last;
}

gsize
tpo_word_length (const char *text, gsize length)
{
  gsize n = contraction (text, length), first_size, second_size, end;
  Class first = class_at (text, length, 0, &first_size);
  Class second = class_at (text, length, first_size, &second_size);

  if (n > 0)
    return n;
  if (first == LETTER || (second == LETTER && first != LINE_END && first != NUMBER))
    return skip (text, length, first_size, LETTER);
  if (first == NUMBER)
    return first_size;
  if (first == OTHER || (text[0] == ' ' && second == OTHER)) {
    end = skip (text, length, first_size, OTHER);
    return skip (text, length, end, LINE_END);
  }
  return blank (text, length);
}
