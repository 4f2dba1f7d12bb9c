#include "formats/json-fields.h"

#include "formats/import-limits.h"

static void
append_quoted (GString *text, const char *value)
{
  g_string_append_c (text, '"');
  for (const char *c = value; *c != '\0'; c++) {
    if (*c == '"' || *c == '\\')
      g_string_append_c (text, '\\');
    if ((guchar) *c < 0x20)
      g_string_append_printf (text, "\\u%04x", (guchar) *c);
    else
      g_string_append_c (text, *c);
  }
  g_string_append_c (text, '"');
}

static void copy (TpoJsonReader *self, GString *text);

static void
copy_object (TpoJsonReader *self, GString *text)
{
  const char *name, *comma = "";

  g_string_append_c (text, '{');
  tpo_json_read_object (self);
  while ((name = tpo_json_next_name (self)) != NULL) {
    g_string_append (text, comma);
    append_quoted (text, name);
    g_string_append_c (text, ':');
    copy (self, text);
    comma = ",";
  }
  g_string_append_c (text, '}');
}

static void
copy_array (TpoJsonReader *self, GString *text)
{
  const char *comma = "";

  g_string_append_c (text, '[');
  tpo_json_read_array (self);
  while (tpo_json_next_element (self)) {
    g_string_append (text, comma);
    copy (self, text);
    comma = ",";
  }
  g_string_append_c (text, ']');
}

/* Any value without spaces; of one that becomes too long, only the beginning. */
static void
copy (TpoJsonReader *self, GString *text)
{
  char kind = tpo_json_peek (self);
  g_autofree char *string = NULL;

  if (text->len > TPO_MAX_FIELDS) {
    tpo_json_skip (self);
  } else if (kind == '{') {
    copy_object (self, text);
  } else if (kind == '[') {
    copy_array (self, text);
  } else if (kind == '"') {
    string = tpo_json_read_text (self);
    append_quoted (text, string);
  } else if (kind == '0') {
    g_string_append (text, tpo_json_read_number_text (self));
  } else if (kind == 'n') {
    tpo_json_take_null (self);
    g_string_append (text, "null");
  } else {
    g_string_append (text, tpo_json_read_bool (self) ? "true" : "false");
  }
}

void
tpo_json_count_field (TpoJsonReader *self, const char *name)
{
  GHashTable *unknown = tpo_json_reader_get_unknown (self);
  gsize n;

  if (unknown == NULL || tpo_json_has_failed (self))
    return;
  /* Of a file whose names are data the first ones are enough. */
  if (g_hash_table_size (unknown) >= TPO_MAX_FIELD_NAMES &&
      !g_hash_table_contains (unknown, name))
    name = "…";
  n = GPOINTER_TO_SIZE (g_hash_table_lookup (unknown, name));
  g_hash_table_insert (unknown, g_strdup (name), GSIZE_TO_POINTER (n + 1));
}

static gboolean
is_among (const char *name, va_list names)
{
  const char *known;

  while ((known = va_arg (names, const char *)) != NULL)
    if (g_str_equal (name, known))
      return TRUE;
  return FALSE;
}

void
tpo_json_skip_field (TpoJsonReader *self, const char *name, ...)
{
  va_list names;

  va_start (names, name);
  if (!is_among (name, names))
    tpo_json_count_field (self, name);
  va_end (names);
  tpo_json_skip (self);
}

void
tpo_json_keep_field (TpoJsonReader *self, GString *fields, const char *name, ...)
{
  gsize before = fields->len;
  gboolean is_known;
  va_list names;

  va_start (names, name);
  is_known = is_among (name, names);
  va_end (names);
  if (is_known) {
    tpo_json_skip (self);
    return;
  }
  if (before > 0)
    g_string_append_c (fields, ',');
  append_quoted (fields, name);
  g_string_append_c (fields, ':');
  copy (self, fields);
  if (fields->len > TPO_MAX_FIELDS) {
    g_string_truncate (fields, before);
    tpo_json_count_field (self, name);
  }
}
