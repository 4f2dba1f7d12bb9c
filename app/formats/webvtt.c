#include <glib/gi18n.h>
#include <string.h>

#include "formats/export-private.h"
#include "formats/import-private.h"

/*
 * WebVTT: a file a video, a cue a span. Our cues are metadata: JSON with label, text and state, and
 * with the exact times where milliseconds do not tell them. Captions of other programs are read as
 * texts.
 */

/* ---- export ------------------------------------------------------------------------------------- */

static void
print_time (TpoOutputFile *file, gint64 ms)
{
  tpo_output_file_print (file,
                         "%02" G_GINT64_FORMAT ":%02" G_GINT64_FORMAT ":%02" G_GINT64_FORMAT
                         ".%03" G_GINT64_FORMAT,
                         ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}

/* One line; the arrow that separates times may not occur in it. */
static void
write_payload (TpoExport *self, TpoOutputFile *file, const TpoAnnotationRecord *span,
               gboolean is_exact)
{
  TpoJsonWriter json = { .file = file };
  const char *label = tpo_export_label_name (self, span->label_id);

  tpo_json_begin_object (&json, NULL);
  if (label != NULL)
    tpo_json_string (&json, "label", label);
  if (span->text != NULL)
    tpo_json_string (&json, "text", span->text);
  tpo_json_string (&json, "source", tpo_provenance_name (span->provenance));
  tpo_json_string (&json, "status", tpo_annotation_status_name (span->status));
  tpo_export_write_values (self, &json, "attributes", span);
  if (!is_exact) {
    tpo_json_begin_array (&json, "window");
    tpo_json_seconds (&json, NULL, span->start_us);
    tpo_json_seconds (&json, NULL, span->end_us);
    tpo_json_end_array (&json);
  }
  tpo_json_end_object (&json);
}

static void
write_cue (TpoExport *self, TpoOutputFile *file, const TpoAnnotationRecord *span, guint number)
{
  gint64 start_ms = (span->start_us + 500) / 1000;
  gint64 end_ms = MAX ((span->end_us + 500) / 1000, start_ms + 1);

  tpo_output_file_print (file, "\nspan-%u\n", number);
  print_time (file, start_ms);
  tpo_output_file_print (file, " --> ");
  print_time (file, end_ms);
  tpo_output_file_print (file, "\n");
  write_payload (self, file, span,
                 start_ms * 1000 == span->start_us && end_ms * 1000 == span->end_us);
  tpo_output_file_print (file, "\n");
}

static gboolean
write_video (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  g_autofree char *name = g_strconcat (names->stem, ".vtt", NULL);
  TpoOutputFile *file;
  guint n = 0;

  if (!tpo_export_has_kind (annotations, TPO_ANNOTATION_SPAN))
    return TRUE;
  file = tpo_export_open (self, name, error);
  if (file == NULL)
    return FALSE;
  tpo_output_file_print (file, "WEBVTT\n");
  for (guint i = 0; i < annotations->len; i++)
    if (!tpo_is_track (annotations->pdata[i]))
      write_cue (self, file, annotations->pdata[i], ++n);
  return tpo_export_close (self, file, error);
}

static gboolean
write_webvtt (TpoExport *self, GError **error)
{
  return tpo_export_each_video (self, write_video, NULL, error);
}

/* ---- import ------------------------------------------------------------------------------------- */

/* What a cue's JSON says. */
typedef struct {
  char *label, *text, *status;
  double window[2];
  gboolean has_window;
  GPtrArray *values; /* of attributes */
} Payload;

/* "hh:mm:ss.mmm" or "mm:ss.mmm", in seconds. */
static gboolean
parse_time (const char *text, double *seconds)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", -1);
  guint n = g_strv_length (parts);
  double value = 0;

  if (n < 2 || n > 3 || strlen (parts[n - 1]) != 6 || parts[n - 1][2] != '.')
    return FALSE;
  for (guint i = 0; i < n; i++) {
    double part;

    if (strspn (parts[i], i + 1 < n ? "0123456789" : "0123456789.") != strlen (parts[i]) ||
        !tpo_parse_number (parts[i], &part) || (i > 0 && part >= 60))
      return FALSE;
    value = value * 60 + part;
  }
  *seconds = value;
  return value <= TPO_MAX_SECONDS;
}

static char *
take_text (TpoJsonReader *json, char *before)
{
  g_free (before);
  return tpo_json_take_null (json) ? NULL : tpo_json_read_text (json);
}

/* False when it is no JSON of ours but a caption. */
static gboolean
read_payload (const char *text, Payload *payload)
{
  g_autoptr (GInputStream) stream =
      g_memory_input_stream_new_from_data (text, (gssize) strlen (text), NULL);
  g_autoptr (TpoJsonReader) json = NULL;
  const char *name;

  if (text[0] != '{')
    return FALSE;
  json = tpo_json_reader_new (stream, "cue", NULL);
  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "label"))
      payload->label = take_text (json, payload->label);
    else if (g_str_equal (name, "text"))
      payload->text = take_text (json, payload->text);
    else if (g_str_equal (name, "status"))
      payload->status = take_text (json, payload->status);
    else if (g_str_equal (name, "attributes"))
      tpo_json_read_values (json, payload->values);
    else if (g_str_equal (name, "window")) {
      tpo_json_read_numbers (json, payload->window, 2);
      payload->has_window = TRUE;
    } else {
      tpo_json_skip (json);
    }
  }
  return tpo_json_finish (json, NULL);
}

/* A caption without its tags and with the characters that stand for themselves. */
static char *
plain_text (const char *caption)
{
  static const struct {
    const char *from, *to;
  } escapes[] = { { "&lt;", "<" }, { "&gt;", ">" }, { "&nbsp;", " " },
                  { "&lrm;", "" }, { "&rlm;", "" }, { "&amp;", "&" } };
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean is_in_tag = FALSE;

  for (const char *c = caption; *c != '\0'; c++) {
    if (*c == '<' || (is_in_tag && *c == '>'))
      is_in_tag = *c == '<';
    else if (!is_in_tag)
      g_string_append_c (text, *c == '\n' ? ' ' : *c);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (escapes); i++)
    g_string_replace (text, escapes[i].from, escapes[i].to, 0);
  return g_strstrip (g_strdup (text->str));
}

static void
take_cue (TpoImport *self, TpoImportVideo *video, double start, double end, const char *text)
{
  g_autoptr (GPtrArray) values = tpo_import_values_new ();
  Payload payload = { .values = values };
  TpoImportItem *span;

  if (read_payload (text, &payload)) {
    if (payload.has_window) {
      start = payload.window[0];
      end = payload.window[1];
    }
    span = tpo_import_add_span (self, video, payload.label, payload.text, start, end);
    if (span != NULL) {
      tpo_import_set_status (span, payload.status);
      tpo_import_set_values (self, span, values);
    }
  } else {
    g_autofree char *plain = plain_text (text);

    tpo_import_add_span (self, video, NULL, plain, start, end);
  }
  g_free (payload.label);
  g_free (payload.text);
  g_free (payload.status);
}

/* The lines up to the next empty one. (transfer full) */
static char *
read_block (TpoLineReader *lines)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char *line;

  while ((line = tpo_line_reader_next (lines)) != NULL && line[0] != '\0') {
    if (text->len + strlen (line) > TPO_MAX_TEXT)
      tpo_line_reader_fail (lines, "the cue is longer than %d bytes", TPO_MAX_TEXT);
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", line);
  }
  return g_strdup (text->str);
}

/* @line has the arrow; what follows are settings of the cue. */
static void
read_cue (TpoImport *self, TpoImportVideo *video, TpoLineReader *lines, char *line)
{
  char *arrow = strstr (line, "-->");
  g_autofree char *first = g_strstrip (g_strndup (line, (gsize) (arrow - line)));
  g_autofree char *rest = g_strstrip (g_strdup (arrow + 3));
  g_autofree char *second = g_strndup (rest, strcspn (rest, " \t"));
  g_autofree char *text = NULL;
  double start, end;

  if (!parse_time (first, &start) || !parse_time (second, &end)) {
    tpo_line_reader_fail (lines, "“hh:mm:ss.mmm --> hh:mm:ss.mmm” is expected");
    return;
  }
  text = read_block (lines);
  if (lines->error == NULL)
    take_cue (self, video, start, end, text);
}

static gboolean
read_file (TpoImport *self, GFile *file, GError **error)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autoptr (TpoLineReader) lines = tpo_import_open_lines (self, file, error);
  TpoImportVideo *video;
  char *line;

  if (lines == NULL)
    return FALSE;
  if (g_str_has_suffix (name, ".vtt"))
    name[strlen (name) - strlen (".vtt")] = '\0';
  if (!tpo_import_get_video (self, name, &video, error))
    return FALSE;
  line = tpo_line_reader_next (lines);
  if (line == NULL || !g_str_has_prefix (line, "WEBVTT"))
    tpo_line_reader_fail (lines, "“WEBVTT” is expected at the beginning");
  while (video != NULL && (line = tpo_line_reader_next (lines)) != NULL) {
    if (strstr (line, "-->") != NULL)
      read_cue (self, video, lines, line);
    else if (g_str_has_prefix (line, "NOTE") || g_str_has_prefix (line, "STYLE") ||
             g_str_has_prefix (line, "REGION"))
      g_free (read_block (lines));
  }
  return tpo_line_reader_finish (lines, error) && tpo_import_may_go_on (self, 0, error);
}

static gboolean
read_webvtt (TpoImport *self, GError **error)
{
  return tpo_import_each_file (self, ".vtt", read_file, error);
}

static gboolean
detect_webvtt (const TpoProbe *probe)
{
  if (probe->is_folder)
    return tpo_probe_has_file (probe, ".vtt");
  return g_str_has_prefix (probe->head, "WEBVTT") ||
         g_str_has_prefix (probe->head, "\xef\xbb\xbfWEBVTT");
}

const TpoFormat tpo_format_webvtt = {
  .id = "webvtt",
  .title = "WebVTT",
  .group = TPO_FORMAT_MOMENTS,
  .holds = TPO_HOLDS_SPANS | TPO_HOLDS_LABELS | TPO_HOLDS_TEXTS | TPO_HOLDS_STATES |
           TPO_HOLDS_ATTRIBUTES,
  .knows = N_ ("spans"),
  .write = write_webvtt,
  .read = read_webvtt,
  .detect = detect_webvtt,
};
