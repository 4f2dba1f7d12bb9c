#include "formats/line-reader.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include <tpo/error.h>

#include "formats/import-limits.h"

TpoLineReader *
tpo_line_reader_new (GInputStream *stream, const char *name, GCancellable *cancellable)
{
  TpoLineReader *self = g_new0 (TpoLineReader, 1);

  self->stream = g_data_input_stream_new (stream);
  self->cancellable = cancellable;
  self->file = g_strdup (name);
  g_buffered_input_stream_set_buffer_size (G_BUFFERED_INPUT_STREAM (self->stream), 65536);
  return self;
}

void
tpo_line_reader_free (TpoLineReader *self)
{
  g_object_unref (self->stream);
  g_clear_error (&self->error);
  g_free (self->file);
  g_free (self->line);
  g_free (self);
}

void
tpo_line_reader_fail (TpoLineReader *self, const char *format, ...)
{
  g_autofree char *problem = NULL;
  va_list arguments;

  if (self->error != NULL)
    return;
  va_start (arguments, format);
  problem = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  self->error = g_error_new (TPO_ERROR, TPO_ERROR_FORMAT, _ ("“%s”, line %u: %s"), self->file,
                             self->number, problem);
}

/* One line, or what there is of it once it is too long. */
static GString *
read_line (TpoLineReader *self)
{
  GBufferedInputStream *stream = G_BUFFERED_INPUT_STREAM (self->stream);
  g_autoptr (GString) line = g_string_new (NULL);

  for (;;) {
    gsize available, n;
    const char *bytes = g_buffered_input_stream_peek_buffer (stream, &available);
    const char *end = available > 0 ? memchr (bytes, '\n', available) : NULL;

    n = end != NULL ? (gsize) (end - bytes) : available;
    if (line->len + n > TPO_MAX_LINE) {
      tpo_line_reader_fail (self, "the line is longer than %d bytes", TPO_MAX_LINE);
      return NULL;
    }
    g_string_append_len (line, bytes, (gssize) n);
    g_input_stream_skip (G_INPUT_STREAM (stream), n + (end != NULL), NULL, NULL); /* buffered */
    self->n_bytes += n + (end != NULL);
    if (end != NULL)
      return g_steal_pointer (&line);
    if (g_buffered_input_stream_fill (stream, -1, self->cancellable, &self->error) <= 0)
      return self->error == NULL && line->len > 0 ? g_steal_pointer (&line) : NULL;
  }
}

char *
tpo_line_reader_next (TpoLineReader *self)
{
  GString *line;

  g_clear_pointer (&self->line, g_free);
  if (self->error != NULL)
    return NULL;
  self->number++;
  line = read_line (self);
  if (line == NULL)
    return NULL;
  if (line->len > 0 && line->str[line->len - 1] == '\r')
    g_string_truncate (line, line->len - 1);
  if (self->number == 1 && g_str_has_prefix (line->str, "\xef\xbb\xbf"))
    g_string_erase (line, 0, 3);
  if (!g_utf8_validate_len (line->str, line->len, NULL))
    tpo_line_reader_fail (self, "the text is not in UTF-8");
  self->line = g_string_free (line, FALSE);
  return self->error == NULL ? self->line : NULL;
}

gboolean
tpo_line_reader_finish (TpoLineReader *self, GError **error)
{
  if (self->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}

gboolean
tpo_parse_number (const char *text, double *number)
{
  char *end;

  while (g_ascii_isspace (*text))
    text++;
  /* Neither "nan" and "inf" nor "0x1p3", which strtod would take. */
  if (!g_ascii_isdigit (*text) && *text != '-' && *text != '+' && *text != '.')
    return FALSE;
  if (strpbrk (text, "xXnN") != NULL)
    return FALSE;
  *number = g_ascii_strtod (text, &end);
  while (g_ascii_isspace (*end))
    end++;
  return end != text && *end == '\0' && isfinite (*number);
}

gboolean
tpo_parse_int (const char *text, gint64 *number)
{
  double value;

  if (!tpo_parse_number (text, &value) || fabs (value) >= 0x1p53 || value != floor (value))
    return FALSE;
  *number = (gint64) value;
  return TRUE;
}

guint
tpo_line_reader_numbers (TpoLineReader *self, const char *separators, double *numbers,
                         guint n_max)
{
  g_auto (GStrv) fields = g_strsplit_set (self->line, separators, (int) n_max + 1);
  guint n = 0;

  for (; fields[n] != NULL && n < n_max; n++)
    if (!tpo_parse_number (fields[n], &numbers[n])) {
      tpo_line_reader_fail (self, "field %u, “%.40s”, is no number", n + 1, fields[n]);
      return 0;
    }
  return n;
}
