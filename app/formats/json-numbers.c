#include "formats/json-reader-private.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* As JSON writes numbers: -0, 1.5e+3; not 01, .5, +1. */
static gboolean
is_number (const char *text)
{
  if (*text == '-')
    text++;
  if (!g_ascii_isdigit (*text) || (text[0] == '0' && g_ascii_isdigit (text[1])))
    return FALSE;
  while (g_ascii_isdigit (*text))
    text++;
  if (*text == '.') {
    if (!g_ascii_isdigit (*++text))
      return FALSE;
    while (g_ascii_isdigit (*text))
      text++;
  }
  if (*text == 'e' || *text == 'E') {
    text++;
    if (*text == '+' || *text == '-')
      text++;
    if (!g_ascii_isdigit (*text))
      return FALSE;
    while (g_ascii_isdigit (*text))
      text++;
  }
  return *text == '\0';
}

double
tpo_json_read_number (TpoJsonReader *self)
{
  double value;
  int c;

  g_string_truncate (self->text, 0);
  if (!tpo_json_expect (self, '0', "a number"))
    return 0;
  while ((c = tpo_json_peek_byte (self)) >= 0 && strchr ("+-.eE0123456789", c) != NULL &&
         self->text->len < 400) {
    g_string_append_c (self->text, (char) c);
    self->at++;
  }
  value = g_ascii_strtod (self->text->str, NULL);
  if (!is_number (self->text->str))
    tpo_json_fail (self, "“%.40s” is no number", self->text->str);
  else if (!isfinite (value))
    tpo_json_fail (self, "the number is too large");
  return self->error == NULL ? value : 0;
}

const char *
tpo_json_read_number_text (TpoJsonReader *self)
{
  tpo_json_read_number (self);
  return self->error == NULL ? self->text->str : "0";
}

gint64
tpo_json_read_int (TpoJsonReader *self)
{
  double value = tpo_json_read_number (self);
  gint64 exact;

  if (self->error != NULL)
    return 0;
  if (strpbrk (self->text->str, ".eE") == NULL) {
    errno = 0;
    exact = g_ascii_strtoll (self->text->str, NULL, 10);
    if (errno == 0)
      return exact;
  } else if (fabs (value) < 0x1p53 && value == floor (value)) {
    return (gint64) value;
  }
  tpo_json_fail (self, "a whole number is expected");
  return 0;
}

void
tpo_json_read_numbers (TpoJsonReader *self, double *numbers, guint n)
{
  guint i = 0;

  memset (numbers, 0, n * sizeof *numbers);
  tpo_json_read_array (self);
  while (tpo_json_next_element (self)) {
    if (i == n)
      tpo_json_fail (self, "the array has more than %u numbers", n);
    else
      numbers[i++] = tpo_json_read_number (self);
  }
  if (i < n)
    tpo_json_fail (self, "the array has fewer than %u numbers", n);
}
