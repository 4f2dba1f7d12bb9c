#include "formats/json-reader-private.h"

#include <string.h>

#include <tpo/error.h>

#define BUFFER_SIZE 65536

TpoJsonReader *
tpo_json_reader_new (GInputStream *stream, const char *name, GCancellable *cancellable)
{
  static const char mark[] = "\xef\xbb\xbf";
  TpoJsonReader *self = g_new0 (TpoJsonReader, 1);

  self->stream = g_object_ref (stream);
  self->cancellable = cancellable;
  self->file = g_strdup (name);
  self->buffer = g_malloc (BUFFER_SIZE);
  self->text = g_string_new (NULL);
  /* Some programs write a byte order mark. */
  if (g_input_stream_read_all (stream, self->buffer, 3, &self->size, cancellable,
                               &self->error) &&
      self->size == 3 && memcmp (self->buffer, mark, 3) == 0)
    self->at = 3;
  return self;
}

void
tpo_json_reader_free (TpoJsonReader *self)
{
  for (guint i = 0; i < TPO_MAX_DEPTH; i++)
    if (self->levels[i].name != NULL)
      g_string_free (self->levels[i].name, TRUE);
  g_object_unref (self->stream);
  g_string_free (self->text, TRUE);
  g_clear_error (&self->error);
  g_free (self->buffer);
  g_free (self->file);
  g_free (self);
}

void
tpo_json_reader_set_unknown (TpoJsonReader *self, GHashTable *unknown)
{
  self->unknown = unknown;
}

GHashTable *
tpo_json_reader_get_unknown (TpoJsonReader *self)
{
  return self->unknown;
}

gboolean
tpo_json_has_failed (TpoJsonReader *self)
{
  return self->error != NULL;
}

guint64
tpo_json_get_offset (TpoJsonReader *self)
{
  return self->offset + self->at;
}

/* "annotations[3].bbox" */
static void
append_path (TpoJsonReader *self, GString *text)
{
  for (guint i = 0; i < self->depth; i++) {
    const TpoJsonLevel *level = &self->levels[i];

    if (!level->is_object)
      g_string_append_printf (text, "[%" G_GINT64_FORMAT "]", level->index);
    else if (level->has_members)
      g_string_append_printf (text, "%s%.64s", i > 0 ? "." : "", level->name->str);
  }
}

void
tpo_json_fail (TpoJsonReader *self, const char *format, ...)
{
  g_autoptr (GString) text = g_string_new (NULL);
  va_list arguments;

  if (self->error != NULL)
    return;
  g_string_append_printf (text, "“%s”, ", self->file);
  if (self->depth > 0) {
    append_path (self, text);
    g_string_append (text, ", ");
  }
  g_string_append_printf (text, "byte %" G_GUINT64_FORMAT ": ", tpo_json_get_offset (self));
  va_start (arguments, format);
  g_string_append_vprintf (text, format, arguments);
  va_end (arguments);
  self->error = g_error_new_literal (TPO_ERROR, TPO_ERROR_FORMAT, text->str);
}

void
tpo_json_take_error (TpoJsonReader *self, GError *error)
{
  if (error == NULL)
    return;
  tpo_json_fail (self, "%s", error->message);
  g_error_free (error);
}

int
tpo_json_peek_byte (TpoJsonReader *self)
{
  gssize n;

  if (self->error != NULL)
    return -1;
  if (self->at < self->size)
    return self->buffer[self->at];
  self->offset += self->size;
  self->at = self->size = 0;
  n = g_input_stream_read (self->stream, self->buffer, BUFFER_SIZE, self->cancellable,
                           &self->error);
  if (n <= 0)
    return -1;
  self->size = (gsize) n;
  return self->buffer[0];
}

static int
next_byte (TpoJsonReader *self)
{
  int c = tpo_json_peek_byte (self);

  if (c >= 0)
    self->at++;
  return c;
}

static int
skip_space (TpoJsonReader *self)
{
  int c;

  while ((c = tpo_json_peek_byte (self)) == ' ' || c == '\n' || c == '\r' || c == '\t')
    self->at++;
  return c;
}

char
tpo_json_peek (TpoJsonReader *self)
{
  int c = skip_space (self);

  if (c == '-' || (c >= '0' && c <= '9'))
    return '0';
  if (c >= 0 && strchr ("{[\"tfn", c) == NULL)
    tpo_json_fail (self, "a value is expected");
  return c < 0 || self->error != NULL ? '\0' : (char) c;
}

gboolean
tpo_json_expect (TpoJsonReader *self, char kind, const char *what)
{
  if (tpo_json_peek (self) == kind)
    return TRUE;
  tpo_json_fail (self, "%s is expected", what);
  return FALSE;
}

static void
begin (TpoJsonReader *self, char bracket, const char *what)
{
  TpoJsonLevel *level;

  if (!tpo_json_expect (self, bracket, what))
    return;
  if (self->depth == TPO_MAX_DEPTH) {
    tpo_json_fail (self, "values are nested more than %d deep", TPO_MAX_DEPTH);
    return;
  }
  self->at++;
  level = &self->levels[self->depth++];
  level->is_object = bracket == '{';
  level->has_members = FALSE;
  level->index = -1;
}

void
tpo_json_read_object (TpoJsonReader *self)
{
  begin (self, '{', "an object");
}

void
tpo_json_read_array (TpoJsonReader *self)
{
  begin (self, '[', "an array");
}

/* Before a member or an element: takes the comma. Returns whether there is one. */
static gboolean
next_item (TpoJsonReader *self, char bracket)
{
  TpoJsonLevel *level;
  int c = skip_space (self);

  if (self->error != NULL || self->depth == 0)
    return FALSE;
  level = &self->levels[self->depth - 1];
  if (c == bracket) {
    self->at++;
    self->depth--;
    return FALSE;
  }
  if (level->has_members) {
    if (c != ',') {
      tpo_json_fail (self, c < 0 ? "the file ends too early" : "“,” or “%c” is expected",
                     bracket);
      return FALSE;
    }
    self->at++;
    skip_space (self);
  }
  level->has_members = TRUE;
  level->index++;
  return self->error == NULL;
}

gboolean
tpo_json_next_element (TpoJsonReader *self)
{
  return next_item (self, ']');
}

/* Four hexadecimal digits. */
static guint
read_hex (TpoJsonReader *self)
{
  guint value = 0;

  for (guint i = 0; i < 4; i++) {
    int c = next_byte (self);

    if (c < 0 || !g_ascii_isxdigit (c)) {
      tpo_json_fail (self, "“\\u” needs four hexadecimal digits");
      return 0;
    }
    value = value * 16 + (guint) g_ascii_xdigit_value ((char) c);
  }
  return value;
}

static void
read_unicode (TpoJsonReader *self)
{
  guint value = read_hex (self);

  if (value >= 0xd800 && value < 0xdc00) {
    guint low = next_byte (self) == '\\' && next_byte (self) == 'u' ? read_hex (self) : 0;

    value =
        low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((value - 0xd800) << 10) + low - 0xdc00 : 0;
  }
  if (value == 0 || (value >= 0xd800 && value < 0xe000))
    tpo_json_fail (self, "“\\u” names no character");
  else
    g_string_append_unichar (self->text, value);
}

static void
read_escape (TpoJsonReader *self)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  int c = next_byte (self);
  const char *found = c > 0 ? strchr (from, c) : NULL;

  if (c == 'u')
    read_unicode (self);
  else if (found != NULL)
    g_string_append_c (self->text, to[found - from]);
  else
    tpo_json_fail (self, "“\\” is followed by what JSON does not know");
}

/* A string into self->text; at most max bytes. */
static void
read_string (TpoJsonReader *self, gsize max)
{
  g_string_truncate (self->text, 0);
  if (!tpo_json_expect (self, '"', "a string"))
    return;
  self->at++;
  while (self->error == NULL) {
    int c = next_byte (self);

    if (c == '"')
      break;
    if (c == '\\')
      read_escape (self);
    else if (c < 0x20)
      tpo_json_fail (self, c < 0 ? "the file ends within a string"
                                 : "a string holds a control character");
    else
      g_string_append_c (self->text, (char) c);
    if (self->text->len > max)
      tpo_json_fail (self, "a string is longer than %" G_GSIZE_FORMAT " bytes", max);
  }
  if (self->error == NULL && !g_utf8_validate_len (self->text->str, self->text->len, NULL))
    tpo_json_fail (self, "a string is not in UTF-8");
  if (self->error != NULL)
    g_string_truncate (self->text, 0);
}

const char *
tpo_json_next_name (TpoJsonReader *self)
{
  TpoJsonLevel *level;

  if (!next_item (self, '}'))
    return NULL;
  level = &self->levels[self->depth - 1];
  if (level->name == NULL)
    level->name = g_string_new (NULL);
  g_string_truncate (level->name, 0);
  read_string (self, TPO_MAX_NAME);
  g_string_assign (level->name, self->text->str);
  if (skip_space (self) != ':')
    tpo_json_fail (self, "“:” is expected");
  if (self->error != NULL)
    return NULL;
  self->at++;
  return level->name->str;
}

char *
tpo_json_read_text (TpoJsonReader *self)
{
  read_string (self, TPO_MAX_TEXT);
  return g_strdup (self->text->str);
}

char *
tpo_json_read_name (TpoJsonReader *self)
{
  if (tpo_json_peek (self) == '0')
    return g_strdup_printf ("%" G_GINT64_FORMAT, tpo_json_read_int (self));
  read_string (self, TPO_MAX_NAME);
  return g_strdup (self->text->str);
}

static gboolean
take_word (TpoJsonReader *self, const char *word)
{
  for (const char *c = word; *c != '\0'; c++)
    if (next_byte (self) != *c) {
      tpo_json_fail (self, "“%s” is expected", word);
      return FALSE;
    }
  return TRUE;
}

gboolean
tpo_json_read_bool (TpoJsonReader *self)
{
  char kind = tpo_json_peek (self);

  /* COCO's flags are 0 and 1. */
  if (kind == '0')
    return tpo_json_read_int (self) != 0;
  if (kind == 't')
    return take_word (self, "true");
  if (kind == 'f')
    take_word (self, "false");
  else
    tpo_json_fail (self, "true or false is expected");
  return FALSE;
}

gboolean
tpo_json_take_null (TpoJsonReader *self)
{
  return tpo_json_peek (self) == 'n' && take_word (self, "null");
}

void
tpo_json_skip (TpoJsonReader *self)
{
  switch (tpo_json_peek (self)) {
  case '{':
    tpo_json_read_object (self);
    while (tpo_json_next_name (self) != NULL)
      tpo_json_skip (self);
    break;
  case '[':
    tpo_json_read_array (self);
    while (tpo_json_next_element (self))
      tpo_json_skip (self);
    break;
  case '"':
    read_string (self, TPO_MAX_TEXT);
    break;
  case '0':
    tpo_json_read_number (self);
    break;
  case 'n':
    take_word (self, "null");
    break;
  case 't':
  case 'f':
    tpo_json_read_bool (self);
    break;
  default:
    tpo_json_fail (self, "the file ends too early");
  }
}

gboolean
tpo_json_finish (TpoJsonReader *self, GError **error)
{
  if (skip_space (self) >= 0)
    tpo_json_fail (self, "something follows after the end");
  if (self->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}
