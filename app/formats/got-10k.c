#include <glib/gi18n.h>
#include <string.h>

#include "formats/single-object.h"

/*
 * GOT-10k: "SPLIT/SEQUENCE" for each object, sequences being listed in "list.txt"; boxes with
 * decimals, marks on lines of their own, the class in "meta_info.ini".
 */

typedef struct {
  TpoOutputFile *list;
  guint n; /* objects so far */
} Writer;

static gboolean
write_information (TpoExport *self, const TpoVideoRecord *video,
                   const TpoAnnotationRecord *track, const char *folder, GError **error)
{
  g_autofree char *path = g_strconcat (folder, "/meta_info.ini", NULL);
  const char *label = tpo_export_label_name (self, track->label_id);
  TpoOutputFile *file = tpo_export_open (self, path, error);

  if (file == NULL)
    return FALSE;
  tpo_output_file_print (file,
                         "[METAINFO]\nurl: unknown\nanno_fps: unknown\nobject_class: %s\n"
                         "resolution: (%u, %u)\n",
                         label != NULL ? label : TPO_UNLABELLED, video->width, video->height);
  return tpo_export_close (self, file, error);
}

/* Cover 8 is "seen as a whole"; how much of an object is hidden is not known here. */
static gboolean
write_object (TpoExport *self, const TpoVideoRecord *video, const TpoAnnotationRecord *track,
              const char *folder, GError **error)
{
  g_autofree char *absence = g_strconcat (folder, "/absence.label", NULL);
  g_autofree char *cover = g_strconcat (folder, "/cover.label", NULL);
  g_autofree char *cut = g_strconcat (folder, "/cut_by_image.label", NULL);
  g_autoptr (GArray) frames = tpo_export_collect_track (self, video, track, error);

  if (frames == NULL)
    return FALSE;
  tpo_export_count_frames (self, track, frames);
  return tpo_export_write_lines (self, video, frames, folder, 4, error) &&
         tpo_export_write_marks (self, video, frames, absence, "\n", 0, 1, error) &&
         tpo_export_write_marks (self, video, frames, cover, "\n", 8, 0, error) &&
         tpo_export_write_marks (self, video, frames, cut, "\n", 0, 0, error) &&
         write_information (self, video, track, folder, error);
}

static gboolean
write_video (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  Writer *writer = data;

  for (guint i = 0; i < annotations->len; i++) {
    const TpoAnnotationRecord *track = annotations->pdata[i];
    g_autofree char *name = NULL;
    g_autofree char *folder = NULL;

    if (track->kind != TPO_ANNOTATION_BOX_TRACK)
      continue;
    name = g_strdup_printf ("GOT-10k_Train_%06u", ++writer->n);
    folder = g_strconcat ("train/", name, NULL);
    tpo_output_file_print (writer->list, "%s\n", name);
    tpo_export_add_alias (self, name, names);
    if (!write_object (self, video, track, folder, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_got_10k (TpoExport *self, GError **error)
{
  g_autoptr (TpoOutputFile) list = tpo_export_open (self, "train/list.txt", error);
  Writer writer = { .list = list };

  return list != NULL && tpo_export_each_video (self, write_video, &writer, error) &&
         tpo_export_close (self, g_steal_pointer (&list), error);
}

/* ---- import ------------------------------------------------------------------------------------- */

static gboolean
read_class (TpoImport *self, GFile *file, TpoImportItem *track, GError **error)
{
  g_autoptr (TpoLineReader) lines = tpo_import_open_lines (self, file, error);
  const char *name = "object_class:";
  char *line;

  if (lines == NULL)
    return FALSE;
  while ((line = tpo_line_reader_next (lines)) != NULL)
    if (g_str_has_prefix (line, name)) {
      char *class = g_strstrip (line + strlen (name));

      if (!g_str_equal (class, TPO_UNLABELLED))
        tpo_import_set_label (self, track, class);
    }
  return tpo_line_reader_finish (lines, error);
}

static gboolean
read_split (TpoImport *self, GFile *folder, GError **error)
{
  static const char *const marks[] = { "absence.label", NULL };
  g_autoptr (GPtrArray) names = tpo_import_list (self, folder, NULL, error);

  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autoptr (GFile) object = g_file_get_child (folder, names->pdata[i]);
    g_autoptr (GFile) information = g_file_get_child (object, "meta_info.ini");
    TpoImportItem *track;

    if (!tpo_import_has (object, "groundtruth.txt"))
      continue;
    if (!tpo_import_read_lines (self, object, marks, &track, error) ||
        (track != NULL && tpo_import_has (object, "meta_info.ini") &&
         !read_class (self, information, track, error)))
      return FALSE;
  }
  return names != NULL;
}

/* The folder of a split, or the one of all splits. */
static gboolean
read_got_10k (TpoImport *self, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;

  if (tpo_import_has (self->source, "list.txt"))
    return read_split (self, self->source, error);
  names = tpo_import_list (self, self->source, NULL, error);
  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autoptr (GFile) split = g_file_get_child (self->source, names->pdata[i]);

    if (!read_split (self, split, error))
      return FALSE;
  }
  return names != NULL;
}

static gboolean
detect_got_10k (const TpoProbe *probe)
{
  return tpo_probe_has_path (probe, "list.txt");
}

const TpoFormat tpo_format_got_10k = {
  .id = "got-10k",
  .title = "GOT-10k",
  .group = TPO_FORMAT_TRACKS,
  .holds = TPO_HOLDS_BOXES | TPO_HOLDS_LABELS,
  .knows = N_ ("boxes"),
  .write = write_got_10k,
  .read = read_got_10k,
  .detect = detect_got_10k,
};
