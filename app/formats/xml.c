#include "formats/xml.h"

#include <glib/gi18n.h>
#include <string.h>

#include <tpo/error.h>

#define CHUNK_SIZE 65536
#define MAX_SIZE (G_GUINT64_CONSTANT (1) << 30) /* bytes of a file */
#define MAX_ELEMENTS (32 * 1024 * 1024)
#define MAX_ATTRIBUTES 64

typedef struct {
  const TpoXmlFuncs *funcs;
  gpointer data;
  GString *text; /* since the last tag */
  guint depth, n_elements;
} Reader;

void
tpo_xml_fail (GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, TPO_ERROR, TPO_ERROR_FORMAT, text);
}

static gboolean
are_sound (const char **names, const char **values)
{
  guint n = 0;

  for (; names[n] != NULL; n++)
    if (n == MAX_ATTRIBUTES || strlen (values[n]) > TPO_MAX_TEXT)
      return FALSE;
  return TRUE;
}

static void
on_start (GMarkupParseContext *context, const char *element, const char **names,
          const char **values, gpointer data, GError **error)
{
  Reader *self = data;

  g_string_truncate (self->text, 0);
  if (++self->depth > TPO_MAX_DEPTH)
    tpo_xml_fail (error, "elements are nested more than %d deep", TPO_MAX_DEPTH);
  else if (++self->n_elements > MAX_ELEMENTS)
    tpo_xml_fail (error, "there are more than %d elements", MAX_ELEMENTS);
  else if (!are_sound (names, values))
    tpo_xml_fail (error, "“%.40s” has too many or too long attributes", element);
  else
    self->funcs->start (element, (const char *const *) names, (const char *const *) values,
                        self->data, error);
}

static void
on_end (GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
  Reader *self = data;

  self->depth--;
  self->funcs->end (element, self->text->str, self->data, error);
  g_string_truncate (self->text, 0);
}

static void
on_text (GMarkupParseContext *context, const char *text, gsize size, gpointer data,
         GError **error)
{
  Reader *self = data;

  if (self->text->len + size > TPO_MAX_TEXT)
    tpo_xml_fail (error, "a text is longer than %d bytes", TPO_MAX_TEXT);
  else
    g_string_append_len (self->text, text, (gssize) size);
}

/* Comments and instructions say nothing; a document type could define entities. */
static void
on_other (GMarkupParseContext *context, const char *text, gsize size, gpointer data,
          GError **error)
{
  if (g_ascii_strncasecmp (text, "<!DOCTYPE", 9) == 0 ||
      g_ascii_strncasecmp (text, "<!ENTITY", 8) == 0)
    tpo_xml_fail (error, "a document type is refused");
}

/* The error of the parser or of a function, with the file and the line. */
static gboolean
fail (GMarkupParseContext *context, const char *name, GError *problem, GError **error)
{
  int line, column;

  if (problem->domain == G_IO_ERROR) {
    g_propagate_error (error, problem);
    return FALSE;
  }
  g_markup_parse_context_get_position (context, &line, &column);
  if (problem->domain == TPO_ERROR)
    g_set_error (error, TPO_ERROR, problem->code, _ ("“%s”, line %d: %s"), name, line,
                 problem->message);
  else
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "“%s”: %s", name, problem->message);
  g_error_free (problem);
  return FALSE;
}

gboolean
tpo_xml_read (TpoImport *import, GInputStream *stream, const char *name,
              const TpoXmlFuncs *funcs, gpointer data, GError **error)
{
  static const GMarkupParser parser = {
    .start_element = on_start,
    .end_element = on_end,
    .text = on_text,
    .passthrough = on_other,
  };
  g_autoptr (GString) text = g_string_new (NULL);
  Reader self = { .funcs = funcs, .data = data, .text = text };
  g_autoptr (GMarkupParseContext) context =
      g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &self, NULL);
  g_autofree char *chunk = g_malloc (CHUNK_SIZE);
  GError *problem = NULL;
  guint64 size = 0;
  gsize n = 0;

  do {
    gsize skipped;

    if (!g_input_stream_read_all (stream, chunk, CHUNK_SIZE, &n, import->cancellable, &problem))
      return fail (context, name, problem, error);
    skipped = size == 0 && n >= 3 && memcmp (chunk, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    size += n;
    if (size > MAX_SIZE)
      tpo_xml_fail (&problem, "the file is larger than %" G_GUINT64_FORMAT " bytes", MAX_SIZE);
    if (problem != NULL || !g_markup_parse_context_parse (context, chunk + skipped,
                                                          (gssize) (n - skipped), &problem))
      return fail (context, name, problem, error);
  } while (n == CHUNK_SIZE);
  return g_markup_parse_context_end_parse (context, &problem) ||
         fail (context, name, problem, error);
}

const char *
tpo_xml_get (const char *const *names, const char *const *values, const char *name)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], name))
      return values[i];
  return NULL;
}

gboolean
tpo_xml_number (const char *const *names, const char *const *values, const char *name,
                double *number, GError **error)
{
  const char *value = tpo_xml_get (names, values, name);

  if (value != NULL && tpo_parse_number (value, number))
    return TRUE;
  if (value == NULL)
    tpo_xml_fail (error, "“%s” is missing", name);
  else
    tpo_xml_fail (error, "%s=“%.40s” is no number", name, value);
  return FALSE;
}

gboolean
tpo_xml_int (const char *const *names, const char *const *values, const char *name,
             gint64 *number, GError **error)
{
  const char *value = tpo_xml_get (names, values, name);

  if (value != NULL && tpo_parse_int (value, number))
    return TRUE;
  if (value == NULL)
    tpo_xml_fail (error, "“%s” is missing", name);
  else
    tpo_xml_fail (error, "%s=“%.40s” is no whole number", name, value);
  return FALSE;
}

char *
tpo_xml_clean (const char *text)
{
  char *clean = g_strdup (text), *to = clean;

  for (const char *from = clean; *from != '\0'; from++)
    if ((guchar) *from >= 0x20 || *from == '\n' || *from == '\t')
      *to++ = *from;
  *to = '\0';
  return clean;
}

void
tpo_xml_print (TpoOutputFile *file, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_markup_vprintf_escaped (format, arguments);
  va_end (arguments);
  tpo_output_file_write (file, text, strlen (text));
}
