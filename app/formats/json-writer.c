#include "formats/json-writer.h"

#include <math.h>
#include <string.h>

static void
write_text (TpoJsonWriter *self, const char *text)
{
  tpo_output_file_write (self->file, text, strlen (text));
}

static void
write_quoted (TpoJsonWriter *self, const char *value)
{
  const char *start = value;

  write_text (self, "\"");
  for (const char *c = value;; c++) {
    gboolean is_plain = (guchar) *c >= 0x20 && *c != '"' && *c != '\\' && *c != 0x7f;
    char escaped[8];

    if (is_plain)
      continue;
    tpo_output_file_write (self->file, start, (gsize) (c - start));
    if (*c == '\0')
      break;
    g_snprintf (escaped, sizeof escaped, "\\u%04x", (guchar) *c);
    write_text (self, *c == '"' ? "\\\"" : *c == '\\' ? "\\\\" : *c == '\n' ? "\\n" : escaped);
    start = c + 1;
  }
  write_text (self, "\"");
}

/* What goes before a value: the comma and the name. */
static void
begin_value (TpoJsonWriter *self, const char *name)
{
  guint64 bit = G_GUINT64_CONSTANT (1) << self->depth;

  if (self->depth > 0 && (self->has_members & bit) != 0)
    write_text (self, ",");
  self->has_members |= bit;
  if (name != NULL) {
    write_quoted (self, name);
    write_text (self, ":");
  }
}

static void
begin_container (TpoJsonWriter *self, const char *name, const char *bracket)
{
  g_assert (self->depth < 63);

  begin_value (self, name);
  write_text (self, bracket);
  self->depth++;
  self->has_members &= ~(G_GUINT64_CONSTANT (1) << self->depth);
}

static void
end_container (TpoJsonWriter *self, const char *bracket)
{
  g_assert (self->depth > 0);

  write_text (self, bracket);
  self->depth--;
}

void
tpo_json_begin_object (TpoJsonWriter *self, const char *name)
{
  begin_container (self, name, "{");
}

void
tpo_json_end_object (TpoJsonWriter *self)
{
  end_container (self, "}");
}

void
tpo_json_begin_array (TpoJsonWriter *self, const char *name)
{
  begin_container (self, name, "[");
}

void
tpo_json_end_array (TpoJsonWriter *self)
{
  end_container (self, "]");
}

void
tpo_json_raw (TpoJsonWriter *self, const char *name, const char *json)
{
  begin_value (self, name);
  write_text (self, json);
}

void
tpo_json_members (TpoJsonWriter *self, const char *object)
{
  gsize length = object != NULL ? strlen (object) : 0;

  if (length <= 2 || object[0] != '{')
    return;
  begin_value (self, NULL);
  tpo_output_file_write (self->file, object + 1, length - 2);
}

void
tpo_json_string (TpoJsonWriter *self, const char *name, const char *value)
{
  begin_value (self, name);
  if (value != NULL)
    write_quoted (self, value);
  else
    write_text (self, "null");
}

void
tpo_json_int (TpoJsonWriter *self, const char *name, gint64 value)
{
  char text[32];

  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, value);
  tpo_json_raw (self, name, text);
}

void
tpo_json_bool (TpoJsonWriter *self, const char *name, gboolean value)
{
  tpo_json_raw (self, name, value ? "true" : "false");
}

void
tpo_json_null (TpoJsonWriter *self, const char *name)
{
  tpo_json_raw (self, name, "null");
}

/* Takes the zeros off the end of a number with a point, and the point after them. */
static void
trim_zeros (char *text)
{
  gsize size = strlen (text);

  if (strchr (text, '.') == NULL)
    return;
  while (text[size - 1] == '0')
    size--;
  if (text[size - 1] == '.')
    size--;
  text[size] = '\0';
}

const char *
tpo_number_to_text (TpoNumberText *text, double value, guint n_decimals)
{
  const char format[] = { '%', '.', (char) ('0' + n_decimals), 'f', '\0' };

  g_return_val_if_fail (n_decimals <= 9, "0");

  g_ascii_formatd (text->text, sizeof text->text, format, value);
  trim_zeros (text->text);
  return strcmp (text->text, "-0") == 0 ? "0" : text->text;
}

const char *
tpo_seconds_to_text (TpoNumberText *text, gint64 time_us)
{
  guint64 size = time_us < 0 ? 0 - (guint64) time_us : (guint64) time_us;

  g_snprintf (text->text, sizeof text->text, "%s%" G_GUINT64_FORMAT ".%06" G_GUINT64_FORMAT,
              time_us < 0 ? "-" : "", size / G_USEC_PER_SEC, size % G_USEC_PER_SEC);
  trim_zeros (text->text);
  return text->text;
}

void
tpo_json_number (TpoJsonWriter *self, const char *name, double value, guint n_decimals)
{
  TpoNumberText text;

  if (isfinite (value))
    tpo_json_raw (self, name, tpo_number_to_text (&text, value, n_decimals));
  else
    tpo_json_null (self, name);
}

void
tpo_json_seconds (TpoJsonWriter *self, const char *name, gint64 time_us)
{
  TpoNumberText text;

  tpo_json_raw (self, name, tpo_seconds_to_text (&text, time_us));
}

void
tpo_json_time (TpoJsonWriter *self, const char *name, gint64 wall_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (wall_us / G_USEC_PER_SEC);
  g_autofree char *text = NULL;

  if (time != NULL)
    text = g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02dZ", g_date_time_get_year (time),
                            g_date_time_get_month (time), g_date_time_get_day_of_month (time),
                            g_date_time_get_hour (time), g_date_time_get_minute (time),
                            g_date_time_get_second (time));
  tpo_json_string (self, name, text);
}

void
tpo_json_end_line (TpoJsonWriter *self)
{
  write_text (self, "\n");
}
