#include "formats/single-object.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* The frame at hand, if the object is on it. */
static const TpoTrackFrame *
frame_at (GArray *frames, guint *next, gint64 index)
{
  const TpoTrackFrame *frame =
      *next < frames->len ? &g_array_index (frames, TpoTrackFrame, *next) : NULL;

  if (frame == NULL || frame->frame != index)
    return NULL;
  (*next)++;
  return frame;
}

static void
write_line (TpoExport *self, TpoOutputFile *file, const TpoVideoRecord *video,
            const TpoTrackFrame *frame, guint n_decimals)
{
  double width = video->width, height = video->height, scale = pow (10, n_decimals);
  double numbers[4] = { (double) frame->box.x0 * width, (double) frame->box.y0 * height,
                        ((double) frame->box.x1 - (double) frame->box.x0) * width,
                        ((double) frame->box.y1 - (double) frame->box.y0) * height };
  TpoNumberText texts[4];
  gboolean is_rounded = FALSE;

  for (guint i = 0; i < 4; i++)
    is_rounded |= fabs (numbers[i] * scale - round (numbers[i] * scale)) > 1e-3;
  if (n_decimals == 0) {
    tpo_loss_report_add (self->report, N_ ("boxes"), is_rounded,
                         N_ ("rounded to whole pixels"));
    /* A box that vanishes would read as absence. */
    numbers[2] = fmax (numbers[2], 1);
    numbers[3] = fmax (numbers[3], 1);
  }
  for (guint i = 0; i < 4; i++)
    tpo_number_to_text (&texts[i], numbers[i], n_decimals);
  tpo_output_file_print (file, "%s,%s,%s,%s\n", texts[0].text, texts[1].text, texts[2].text,
                         texts[3].text);
}

gboolean
tpo_export_write_lines (TpoExport *self, const TpoVideoRecord *video, GArray *frames,
                        const char *folder, guint n_decimals, GError **error)
{
  g_autofree char *path = g_strconcat (folder, "/groundtruth.txt", NULL);
  TpoOutputFile *file = tpo_export_open (self, path, error);
  guint next = 0;

  if (file == NULL)
    return FALSE;
  for (gint64 i = 0; i < video->n_frames; i++) {
    const TpoTrackFrame *frame = frame_at (frames, &next, i);

    if (frame != NULL)
      write_line (self, file, video, frame, n_decimals);
    else
      tpo_output_file_print (file, "0,0,0,0\n");
  }
  return tpo_export_close (self, file, error);
}

gboolean
tpo_export_write_marks (TpoExport *self, const TpoVideoRecord *video, GArray *frames,
                        const char *path, const char *separator, int when_here, int when_absent,
                        GError **error)
{
  TpoOutputFile *file = tpo_export_open (self, path, error);
  guint next = 0;

  if (file == NULL)
    return FALSE;
  for (gint64 i = 0; i < video->n_frames; i++)
    tpo_output_file_print (file, "%s%d", i > 0 ? separator : "",
                           frame_at (frames, &next, i) != NULL ? when_here : when_absent);
  tpo_output_file_print (file, "\n");
  return tpo_export_close (self, file, error);
}

/* ---- import ------------------------------------------------------------------------------------- */

/* Numbers between commas or on lines, into is_absent where they are not 0. */
static gboolean
read_marks (TpoImport *self, GFile *file, GArray *is_absent, GError **error)
{
  g_autoptr (TpoLineReader) lines = tpo_import_open_lines (self, file, error);
  guint n = 0;
  char *line;

  if (lines == NULL)
    return FALSE;
  while ((line = tpo_line_reader_next (lines)) != NULL) {
    g_auto (GStrv) fields = g_strsplit (line, ",", -1);

    for (guint i = 0; fields[i] != NULL; i++) {
      double mark;

      if (g_strstrip (fields[i])[0] == '\0')
        continue;
      if (!tpo_parse_number (fields[i], &mark)) {
        tpo_line_reader_fail (lines, "mark %u, “%.40s”, is no number", i + 1, fields[i]);
        break;
      }
      if (n >= is_absent->len && n < TPO_MAX_FILES)
        g_array_set_size (is_absent, n + 1);
      if (mark != 0 && n < is_absent->len)
        g_array_index (is_absent, gboolean, n) = TRUE;
      n++;
    }
  }
  return tpo_line_reader_finish (lines, error);
}

static void
take_line (TpoImport *self, TpoLineReader *lines, TpoImportItem *track, gboolean is_absent)
{
  const TpoVideoRecord *video = track->video->record;
  double box[4] = { 0 };
  guint n = tpo_line_reader_numbers (lines, ",\t", box, 4);
  const char *problem = n == 4 ? tpo_box_problem (box[2], box[3]) : "four numbers are expected";

  if (problem != NULL) {
    tpo_line_reader_fail (lines, "%s", problem);
    return;
  }
  if (is_absent || box[2] == 0 || box[3] == 0)
    return;
  tpo_import_add_box (self, track, (gint64) lines->number - 1, box[0] / video->width,
                      box[1] / video->height, (box[0] + box[2]) / video->width,
                      (box[1] + box[3]) / video->height, -1);
}

static gboolean
read_lines (TpoImport *self, GFile *file, TpoImportItem *track, GArray *is_absent,
            GError **error)
{
  g_autoptr (TpoLineReader) lines = tpo_import_open_lines (self, file, error);
  char *line;

  if (lines == NULL)
    return FALSE;
  while ((line = tpo_line_reader_next (lines)) != NULL)
    if (line[strspn (line, " \t")] != '\0')
      take_line (self, lines, track,
                 lines->number <= is_absent->len &&
                     g_array_index (is_absent, gboolean, lines->number - 1));
  return tpo_line_reader_finish (lines, error) && tpo_import_may_go_on (self, 0, error);
}

gboolean
tpo_import_read_lines (TpoImport *self, GFile *folder, const char *const *marks,
                       TpoImportItem **track, GError **error)
{
  g_autofree char *name = g_file_get_basename (folder);
  g_autoptr (GFile) boxes = g_file_get_child (folder, "groundtruth.txt");
  g_autoptr (GArray) is_absent = g_array_new (FALSE, TRUE, sizeof (gboolean));
  TpoImportVideo *video;

  *track = NULL;
  if (!tpo_import_get_video (self, name, &video, error))
    return FALSE;
  if (video == NULL)
    return TRUE;
  for (guint i = 0; marks[i] != NULL; i++) {
    g_autoptr (GFile) file = g_file_get_child (folder, marks[i]);

    if (tpo_import_has (folder, marks[i]) && !read_marks (self, file, is_absent, error))
      return FALSE;
  }
  *track = tpo_import_get_track (self, video, name);
  (*track)->step = 1;
  return read_lines (self, boxes, *track, is_absent, error);
}
