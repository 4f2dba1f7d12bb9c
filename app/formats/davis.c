#include <glib/gi18n.h>

#include "formats/mask-sequence.h"

/*
 * DAVIS: "Annotations/RESOLUTION/SEQUENCE/00000.png", pictures of indices; lists of sequences in
 * "ImageSets/YEAR/SPLIT.txt". The images are the video's frames, made by the command in the
 * description.
 */

static gboolean
write_video (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) tracks = tpo_export_mask_tracks (self, annotations);
  g_autofree char *folder = g_strdup_printf ("Annotations/Full-Resolution/%s", names->stem);
  TpoOutputFile *list = data;

  if (tracks->len == 0)
    return TRUE;
  for (guint i = 1; i < tracks->len; i++) {
    const TpoAnnotationRecord *first = tracks->pdata[0], *track = tracks->pdata[i];

    if (track->start_us > first->start_us)
      tpo_loss_report_add (
          self->report, N_ ("objects"), 1,
          N_ ("that appear after the first picture, by which some readers count them"));
  }
  tpo_output_file_print (list, "%s\n", names->stem);
  return tpo_export_write_indexed (self, video, tracks, folder, error);
}

static gboolean
write_davis (TpoExport *self, GError **error)
{
  g_autoptr (TpoOutputFile) list = tpo_export_open (self, "ImageSets/2017/train.txt", error);

  return list != NULL && tpo_export_each_video (self, write_video, list, error) &&
         tpo_export_close (self, g_steal_pointer (&list), error);
}

/*
 * The folder that holds a folder for each sequence: of several resolutions the last,
 * "Full-Resolution" after "480p", is the best; YouTube-VOS and others have none between.
 */
static GFile *
find_sequences (TpoImport *self, GError **error)
{
  g_autoptr (GFile) annotations = g_file_get_child (self->source, "Annotations");
  g_autoptr (GPtrArray) folders = tpo_import_list (self, annotations, NULL, error);
  g_autoptr (GFile) last = NULL;
  g_autoptr (GPtrArray) pictures = NULL;

  if (folders == NULL)
    return NULL;
  if (folders->len == 0)
    return g_steal_pointer (&annotations);
  last = g_file_get_child (annotations, folders->pdata[folders->len - 1]);
  pictures = tpo_import_list (self, last, ".png", error);
  if (pictures == NULL)
    return NULL;
  return pictures->len > 0 ? g_steal_pointer (&annotations) : g_steal_pointer (&last);
}

static gboolean
read_davis (TpoImport *self, GError **error)
{
  g_autoptr (GFile) folder = find_sequences (self, error);

  return folder != NULL &&
         tpo_import_read_sequences (self, folder, tpo_import_read_indexed, error);
}

static gboolean
detect_davis (const TpoProbe *probe)
{
  return probe->is_folder && tpo_import_has (probe->source, "Annotations") &&
         (tpo_import_has (probe->source, "ImageSets") ||
          tpo_import_has (probe->source, "JPEGImages"));
}

const TpoFormat tpo_format_davis = {
  .id = "davis",
  .title = "DAVIS",
  .group = TPO_FORMAT_TRACKS,
  .holds = TPO_HOLDS_MASKS,
  .knows = N_ ("masks"),
  .write = write_davis,
  .read = read_davis,
  .detect = detect_davis,
};
