#include <glib/gi18n.h>

#include "formats/single-object.h"

/*
 * LaSOT: "CLASS/CLASS-N" for each object, with boxes of whole pixels, two files of marks
 * ("full_occlusion.txt", "out_of_view.txt") and a sentence about the object ("nlp.txt").
 */

/* Letters that a folder's name may have. */
static char *
class_name (TpoExport *self, const TpoAnnotationRecord *track)
{
  const char *label = tpo_export_label_name (self, track->label_id);

  return g_strdelimit (g_strdup (label != NULL ? label : TPO_UNLABELLED), "/\\\n\r\t", '_');
}

static gboolean
write_text (TpoExport *self, const char *folder, const char *text, GError **error)
{
  g_autofree char *path = g_strconcat (folder, "/nlp.txt", NULL);
  TpoOutputFile *file = tpo_export_open (self, path, error);

  if (file == NULL)
    return FALSE;
  tpo_output_file_print (file, "%s\n", text);
  return tpo_export_close (self, file, error);
}

static gboolean
write_object (TpoExport *self, const TpoVideoRecord *video, const TpoAnnotationRecord *track,
              const char *folder, GError **error)
{
  g_autofree char *hidden = g_strconcat (folder, "/full_occlusion.txt", NULL);
  g_autofree char *outside = g_strconcat (folder, "/out_of_view.txt", NULL);
  g_autoptr (GArray) frames = tpo_export_collect_track (self, video, track, error);

  if (frames == NULL)
    return FALSE;
  tpo_export_count_frames (self, track, frames);
  return tpo_export_write_lines (self, video, frames, folder, 0, error) &&
         tpo_export_write_marks (self, video, frames, hidden, ",", 0, 0, error) &&
         tpo_export_write_marks (self, video, frames, outside, ",", 0, 1, error) &&
         (track->text == NULL || write_text (self, folder, track->text, error));
}

static gboolean
write_video (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  GHashTable *counts = data; /* class → objects so far */

  for (guint i = 0; i < annotations->len; i++) {
    const TpoAnnotationRecord *track = annotations->pdata[i];
    g_autofree char *class = class_name (self, track);
    g_autofree char *name = NULL;
    g_autofree char *folder = NULL;
    guint n;

    if (track->kind != TPO_ANNOTATION_BOX_TRACK)
      continue;
    n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, class)) + 1;
    name = g_strdup_printf ("%s-%u", class, n);
    folder = g_strdup_printf ("%s/%s", class, name);
    g_hash_table_insert (counts, g_steal_pointer (&class), GUINT_TO_POINTER (n));
    tpo_export_add_alias (self, name, names);
    if (!write_object (self, video, track, folder, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_lasot (TpoExport *self, GError **error)
{
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  return tpo_export_each_video (self, write_video, counts, error);
}

static gboolean
read_object (TpoImport *self, GFile *folder, const char *class, GError **error)
{
  static const char *const marks[] = { "full_occlusion.txt", "out_of_view.txt", NULL };
  g_autoptr (GFile) file = g_file_get_child (folder, "nlp.txt");
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  TpoImportItem *track;

  if (!tpo_import_read_lines (self, folder, marks, &track, error))
    return FALSE;
  if (track == NULL)
    return TRUE;
  if (g_strcmp0 (class, TPO_UNLABELLED) != 0)
    tpo_import_set_label (self, track, class);
  if (!tpo_import_has (folder, "nlp.txt"))
    return TRUE;
  bytes = tpo_import_read_bytes (self, file, TPO_MAX_LINE, error);
  if (bytes == NULL)
    return FALSE;
  text = g_utf8_make_valid (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
  tpo_import_set_text (self, track, g_strstrip (text));
  return TRUE;
}

/* The folder of a class, or of all. */
static gboolean
read_class (TpoImport *self, GFile *folder, GError **error)
{
  g_autofree char *class = g_file_get_basename (folder);
  g_autoptr (GPtrArray) names = tpo_import_list (self, folder, NULL, error);

  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autoptr (GFile) object = g_file_get_child (folder, names->pdata[i]);

    if (tpo_import_has (object, "groundtruth.txt") && !read_object (self, object, class, error))
      return FALSE;
  }
  return names != NULL;
}

static gboolean
read_lasot (TpoImport *self, GError **error)
{
  g_autofree char *name = g_file_get_basename (self->source);
  g_autofree char *class = g_strndup (name, strcspn (name, "-"));
  g_autoptr (GPtrArray) names = NULL;

  if (tpo_import_has (self->source, "groundtruth.txt"))
    return read_object (self, self->source, class, error);
  if (!read_class (self, self->source, error))
    return FALSE;
  names = tpo_import_list (self, self->source, NULL, error);
  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autoptr (GFile) folder = g_file_get_child (self->source, names->pdata[i]);

    if (!read_class (self, folder, error))
      return FALSE;
  }
  return names != NULL;
}

/* Two levels of folders down. */
static gboolean
detect_lasot (const TpoProbe *probe)
{
  TpoImport import = { 0 };
  g_autoptr (GPtrArray) names =
      probe->is_folder ? tpo_import_list (&import, probe->source, NULL, NULL) : NULL;

  if (tpo_probe_has_path (probe, "out_of_view.txt"))
    return TRUE;
  for (guint i = 0; names != NULL && i < names->len && i < 64; i++) {
    g_autoptr (GFile) folder = g_file_get_child (probe->source, names->pdata[i]);
    const TpoProbe inner = { .source = folder, .is_folder = TRUE };

    if (tpo_probe_has_path (&inner, "out_of_view.txt"))
      return TRUE;
  }
  return FALSE;
}

const TpoFormat tpo_format_lasot = {
  .id = "lasot",
  .title = "LaSOT",
  .group = TPO_FORMAT_TRACKS,
  .holds = TPO_HOLDS_BOXES | TPO_HOLDS_LABELS | TPO_HOLDS_TEXTS,
  .knows = N_ ("boxes"),
  .write = write_lasot,
  .read = read_lasot,
  .detect = detect_lasot,
};
