#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "formats/export-private.h"
#include "formats/import-private.h"

/*
 * MOTChallenge: "SEQUENCE/gt/gt.txt", a line a box: frame, track, left, top, width, height, use,
 * class, visibility. Frames, tracks and, by the specification, pixels count from 1. Names of
 * classes are in "gt/labels.txt" (CVAT's and Datumaro's convention), sizes in "seqinfo.ini".
 */

/* Classes of the challenge, for data without labels.txt. */
static const char *const class_names[] = {
  "pedestrian", "person on vehicle",      "car",           "bicycle",
  "motorbike",  "non-motorised vehicle",  "static person", "distractor",
  "occluder",   "occluder on the ground", "full occluder", "reflection",
  "crowd",
};

/* ---- export ------------------------------------------------------------------------------------- */

/* The line of labels.txt. */
static guint
class_of (TpoExport *self, const TpoAnnotationRecord *track)
{
  for (guint i = 0; i < self->labels->len; i++)
    if (((TpoLabelRecord *) self->labels->pdata[i])->id == track->label_id)
      return i + 1;
  return self->labels->len + 1;
}

static void
write_box (TpoExport *self, TpoOutputFile *file, const TpoVideoRecord *video,
           const TpoTrackFrame *frame, guint number, guint class)
{
  double width = video->width, height = video->height, base = self->options.zero_based ? 0 : 1;
  const TpoBox *box = &frame->box;
  TpoNumberText left, top, w, h;

  tpo_output_file_print (
      file, "%" G_GINT64_FORMAT ",%u,%s,%s,%s,%s,1,%u,1\n", frame->frame + 1, number,
      tpo_number_to_text (&left, (double) box->x0 * width + base, 3),
      tpo_number_to_text (&top, (double) box->y0 * height + base, 3),
      tpo_number_to_text (&w, ((double) box->x1 - (double) box->x0) * width, 3),
      tpo_number_to_text (&h, ((double) box->y1 - (double) box->y0) * height, 3), class);
}

static gboolean
write_tracks (TpoExport *self, TpoOutputFile *file, const TpoVideoRecord *video,
              GPtrArray *annotations, GError **error)
{
  guint n = 0;

  for (guint i = 0; i < annotations->len; i++) {
    const TpoAnnotationRecord *track = annotations->pdata[i];
    g_autoptr (GArray) frames = NULL;

    if (track->kind != TPO_ANNOTATION_BOX_TRACK)
      continue;
    n++;
    frames = tpo_export_collect_track (self, video, track, error);
    if (frames == NULL)
      return FALSE;
    tpo_export_count_frames (self, track, frames);
    for (guint k = 0; k < frames->len; k++)
      write_box (self, file, video, &g_array_index (frames, TpoTrackFrame, k), n,
                 class_of (self, track));
  }
  return TRUE;
}

static gboolean
write_labels (TpoExport *self, const char *folder, GError **error)
{
  g_autofree char *name = g_strconcat (folder, "/gt/labels.txt", NULL);
  TpoOutputFile *file = tpo_export_open (self, name, error);

  if (file == NULL)
    return FALSE;
  for (guint i = 0; i < self->labels->len; i++)
    tpo_output_file_print (file, "%s\n", ((TpoLabelRecord *) self->labels->pdata[i])->name);
  tpo_output_file_print (file, "%s\n", TPO_UNLABELLED);
  return tpo_export_close (self, file, error);
}

static gboolean
write_information (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
                   GError **error)
{
  g_autofree char *name = g_strconcat (names->stem, "/seqinfo.ini", NULL);
  TpoOutputFile *file = tpo_export_open (self, name, error);
  double seconds = (double) video->duration_us / G_USEC_PER_SEC;
  TpoNumberText rate;

  if (file == NULL)
    return FALSE;
  tpo_output_file_print (
      file,
      "[Sequence]\nname=%s\nimDir=img1\nframeRate=%s\nseqLength=%" G_GINT64_FORMAT
      "\nimWidth=%u\nimHeight=%u\nimExt=.jpg\n",
      names->stem,
      tpo_number_to_text (&rate, seconds > 0 ? (double) video->n_frames / seconds : 0, 3),
      video->n_frames, video->width, video->height);
  return tpo_export_close (self, file, error);
}

static gboolean
write_video (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  g_autofree char *name = g_strconcat (names->stem, "/gt/gt.txt", NULL);
  g_autoptr (TpoOutputFile) file = NULL;

  if (!tpo_export_has_kind (annotations, TPO_ANNOTATION_BOX_TRACK))
    return TRUE;
  file = tpo_export_open (self, name, error);
  return file != NULL && write_tracks (self, file, video, annotations, error) &&
         tpo_export_close (self, g_steal_pointer (&file), error) &&
         write_labels (self, names->stem, error) &&
         write_information (self, names, video, error);
}

static gboolean
write_motchallenge (TpoExport *self, GError **error)
{
  return tpo_export_each_video (self, write_video, NULL, error);
}

/* ---- import ------------------------------------------------------------------------------------- */

typedef struct {
  TpoImport *import;
  TpoImportVideo *video;
  GPtrArray *classes;   /* names, class 1 first; or NULL for those of the challenge */
  double width, height; /* of the picture */
  double base;          /* that coordinates count from */
  guint n_detections;   /* boxes that belong to no track */
} Sequence;

static GPtrArray *
read_classes (TpoImport *self, GFile *file, GError **error)
{
  g_autoptr (TpoLineReader) lines = tpo_import_open_lines (self, file, error);
  g_autoptr (GPtrArray) classes = g_ptr_array_new_with_free_func (g_free);
  char *line;

  if (lines == NULL)
    return NULL;
  while ((line = tpo_line_reader_next (lines)) != NULL && classes->len < TPO_MAX_LABELS) {
    g_ptr_array_add (classes, g_strstrip (g_strdup (line)));
    if (!g_str_equal (g_strstrip (line), TPO_UNLABELLED))
      tpo_import_add_label (self, line);
  }
  return tpo_line_reader_finish (lines, error) ? g_steal_pointer (&classes) : NULL;
}

static const char *
class_name (const Sequence *self, double number)
{
  guint n = self->classes != NULL ? self->classes->len : G_N_ELEMENTS (class_names);
  guint i = number >= 1 && number <= n ? (guint) number - 1 : G_MAXUINT;

  if (i == G_MAXUINT)
    return NULL;
  return self->classes != NULL ? self->classes->pdata[i] : class_names[i];
}

/* Nine columns are ground truth, ten are results, whose last three mean nothing here. */
static void
take_line (Sequence *self, TpoLineReader *lines)
{
  double v[10] = { 0 };
  guint n = tpo_line_reader_numbers (lines, ",", v, 10);
  gboolean is_result = n == 10;
  const char *problem = tpo_box_problem (v[4], v[5]), *label;
  g_autofree char *key = NULL;
  TpoImportItem *track;
  double x = v[2] - self->base, y = v[3] - self->base;

  if (n < 6 || v[0] < 1 || v[0] != floor (v[0]) || v[0] > G_MAXINT)
    problem = "a frame from 1 on, a track and a box of four numbers are expected";
  if (problem != NULL) {
    tpo_line_reader_fail (lines, "%s", problem);
    return;
  }
  if (!is_result && n > 6 && v[6] == 0)
    tpo_import_lose (self->import, N_ ("boxes"), 1,
                     N_ ("marked as to be ignored, which is not kept"));
  if (!is_result && n > 8 && v[8] < 1)
    tpo_import_lose (self->import, N_ ("boxes"), 1, N_ ("partly hidden, which is not kept"));
  key = v[1] > 0 ? g_strdup_printf ("%.0f", v[1])
                 : g_strdup_printf ("detection %u", self->n_detections++);
  track = tpo_import_get_track (self->import, self->video, key);
  track->step = 1;
  label = !is_result && n > 7 ? class_name (self, v[7]) : NULL;
  if (g_strcmp0 (label, TPO_UNLABELLED) != 0)
    tpo_import_set_label (self->import, track, label);
  tpo_import_add_box (self->import, track, (gint64) v[0] - 1, x / self->width, y / self->height,
                      (x + v[4]) / self->width, (y + v[5]) / self->height,
                      is_result ? v[6] : -1);
}

static gboolean
read_boxes (Sequence *self, GFile *file, GError **error)
{
  g_autoptr (TpoLineReader) lines = tpo_import_open_lines (self->import, file, error);
  char *line;

  if (lines == NULL)
    return FALSE;
  while ((line = tpo_line_reader_next (lines)) != NULL) {
    if (line[strspn (line, " \t")] != '\0')
      take_line (self, lines);
    if (lines->number % 1024 == 0 && !tpo_import_may_go_on (self->import, 0, error))
      return FALSE;
  }
  return tpo_line_reader_finish (lines, error) && tpo_import_may_go_on (self->import, 0, error);
}

/* Sizes of the pictures that the boxes are of, which may be smaller than the video. */
static void
read_information (Sequence *self, GFile *file)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (GBytes) bytes = tpo_import_read_bytes (self->import, file, 65536, NULL);
  int width, height;

  /* Without it, or with a damaged one, the video's own size holds. */
  if (bytes == NULL || !g_key_file_load_from_bytes (keys, bytes, G_KEY_FILE_NONE, NULL))
    return;
  width = g_key_file_get_integer (keys, "Sequence", "imWidth", NULL);
  height = g_key_file_get_integer (keys, "Sequence", "imHeight", NULL);
  if (width > 0 && height > 0) {
    self->width = width;
    self->height = height;
  }
}

static gboolean
read_sequence (TpoImport *import, GFile *folder, const char *boxes, GError **error)
{
  g_autofree char *name = g_file_get_basename (folder);
  g_autoptr (GFile) file = g_file_resolve_relative_path (folder, boxes);
  g_autoptr (GFile) labels = g_file_resolve_relative_path (folder, "gt/labels.txt");
  g_autoptr (GFile) information = g_file_get_child (folder, "seqinfo.ini");
  g_autoptr (GPtrArray) classes = NULL;
  Sequence self = { .import = import, .base = import->options.zero_based ? 0 : 1 };

  if (!tpo_import_get_video (import, name, &self.video, error))
    return FALSE;
  if (self.video == NULL)
    return TRUE;
  self.width = self.video->record->width;
  self.height = self.video->record->height;
  read_information (&self, information);
  if (tpo_import_has (folder, "gt/labels.txt") &&
      (classes = read_classes (import, labels, error)) == NULL)
    return FALSE;
  self.classes = classes;
  return read_boxes (&self, file, error);
}

/* gt.txt, else det.txt; or NULL */
static const char *
boxes_of (GFile *folder)
{
  static const char *const paths[] = { "gt/gt.txt", "det/det.txt" };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    if (tpo_import_has (folder, paths[i]))
      return paths[i];
  return NULL;
}

static gboolean
read_motchallenge (TpoImport *self, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;

  self->summary.asks_base = !self->is_base_known;
  if (boxes_of (self->source) != NULL)
    return read_sequence (self, self->source, boxes_of (self->source), error);
  names = tpo_import_list (self, self->source, NULL, error);
  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autoptr (GFile) folder = g_file_get_child (self->source, names->pdata[i]);
    const char *boxes = boxes_of (folder);

    if (boxes != NULL && !read_sequence (self, folder, boxes, error))
      return FALSE;
  }
  return names != NULL;
}

static gboolean
detect_motchallenge (const TpoProbe *probe)
{
  return tpo_probe_has_path (probe, "gt/gt.txt") || tpo_probe_has_path (probe, "det/det.txt");
}

const TpoFormat tpo_format_motchallenge = {
  .id = "motchallenge",
  .title = "MOTChallenge",
  .group = TPO_FORMAT_TRACKS,
  .holds = TPO_HOLDS_BOXES | TPO_HOLDS_LABELS,
  .knows = N_ ("boxes"),
  .write = write_motchallenge,
  .read = read_motchallenge,
  .detect = detect_motchallenge,
};
