#include <glib/gi18n.h>
#include <string.h>

#include "formats/export-private.h"
#include "formats/import-private.h"

/* Charades-STA: a line a span, "VIDEO START END##SENTENCE", seconds; no header, no durations. */

/* On one line; a video's name has no blanks either, which separate the fields. */
static char *
field_of (const char *text, const char *blanks)
{
  char *field = g_strstrip (g_strdup (text));

  return g_strdelimit (field, blanks, blanks[0] == '\n' ? ' ' : '_');
}

static gboolean
write_video (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  g_autofree char *name = field_of (names->stem, " \t\r\n#");
  gboolean is_renamed = !g_str_equal (name, names->stem);

  for (guint i = 0; i < annotations->len; i++) {
    const TpoAnnotationRecord *span = annotations->pdata[i];
    const char *text = tpo_export_text_of (self, span);
    g_autofree char *sentence = field_of (text, "\n\r");
    TpoNumberText start, end;

    if (span->kind != TPO_ANNOTATION_SPAN)
      continue;
    if (!g_str_equal (sentence, text))
      tpo_loss_report_add (self->report, N_ ("texts"), 1,
                           N_ ("written on one line, without blanks around"));
    if (sentence[0] == '\0')
      tpo_loss_report_add (self->report, N_ ("spans"), 1,
                           N_ ("without text and label, given an empty sentence"));
    tpo_output_file_print (self->file, "%s %s %s##%s\n", name,
                           tpo_seconds_to_text (&start, span->start_us),
                           tpo_seconds_to_text (&end, span->end_us), sentence);
    if (!is_renamed)
      continue;
    tpo_loss_report_add (self->report, N_ ("videos"), 1,
                         N_ ("with blanks in their names, which are written as “_”"));
    tpo_export_add_alias (self, name, names);
    is_renamed = FALSE;
  }
  return TRUE;
}

static gboolean
write_charades (TpoExport *self, GError **error)
{
  return tpo_export_each_video (self, write_video, NULL, error);
}

static gboolean
read_line (TpoImport *self, TpoLineReader *lines, char *line, GError **error)
{
  char *sentence = strstr (line, "##");
  g_auto (GStrv) fields = NULL;
  TpoImportVideo *video;
  double start, end;

  if (sentence == NULL) {
    tpo_line_reader_fail (lines, "“##” is expected before the sentence");
    return TRUE;
  }
  *sentence = '\0';
  fields = g_strsplit (g_strstrip (line), " ", -1);
  if (g_strv_length (fields) != 3 || !tpo_parse_number (fields[1], &start) ||
      !tpo_parse_number (fields[2], &end)) {
    tpo_line_reader_fail (lines, "“VIDEO START END##SENTENCE” is expected, times in seconds");
    return TRUE;
  }
  if (!tpo_import_get_video (self, fields[0], &video, error))
    return FALSE;
  if (video != NULL)
    tpo_import_add_span (self, video, NULL, g_strstrip (sentence + 2), start, end);
  return TRUE;
}

static gboolean
read_charades (TpoImport *self, GError **error)
{
  g_autoptr (TpoLineReader) lines = tpo_import_open_lines (self, self->source, error);
  char *line;

  if (lines == NULL)
    return FALSE;
  while ((line = tpo_line_reader_next (lines)) != NULL)
    if (line[strspn (line, " \t")] != '\0' && !read_line (self, lines, line, error))
      return FALSE;
  return tpo_line_reader_finish (lines, error) && tpo_import_may_go_on (self, 1, error);
}

static gboolean
detect_charades (const TpoProbe *probe)
{
  return !probe->is_folder && strcspn (probe->head, "\n") > (gsize) 4 &&
         g_regex_match_simple ("^\\S+ +[0-9.]+ +[0-9.]+ *##", probe->head, 0, 0);
}

const TpoFormat tpo_format_charades_sta = {
  .id = "charades-sta",
  .title = "Charades-STA",
  .extension = ".txt",
  .group = TPO_FORMAT_MOMENTS,
  .holds = TPO_HOLDS_SPANS | TPO_HOLDS_TEXTS,
  .knows = N_ ("spans"),
  .write = write_charades,
  .read = read_charades,
  .detect = detect_charades,
};
