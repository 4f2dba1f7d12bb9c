#include <glib/gi18n.h>

#include "formats/mask-sequence.h"
#include "formats/sa-v.h"

/*
 * SA-V for validation and test: "Annotations_6fps/VIDEO/OBJECT/00004.png", a picture for each object,
 * not 0 where it is, for every fourth frame; "JPEGImages_24fps/VIDEO/00004.jpg" are the frames.
 * Objects may overlap. Predictions have VIDEO/OBJECT/00004.png alone.
 */

#define ANNOTATIONS "Annotations_6fps"

static gboolean
write_video (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  guint n_tracks = 0;

  for (guint i = 0; i < annotations->len; i++) {
    TpoAnnotationRecord *track = annotations->pdata[i];
    g_autofree char *folder = NULL;

    if (track->kind != TPO_ANNOTATION_MASK_TRACK)
      continue;
    folder = g_strdup_printf (ANNOTATIONS "/%s/%03u", names->stem, n_tracks++);
    if (!tpo_export_write_object (self, video, track, folder, TPO_SA_V_STEP, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_sa_v_png (TpoExport *self, GError **error)
{
  return tpo_export_each_video (self, write_video, NULL, error);
}

/* Of a whole data set, or the masks alone. */
static GFile *
get_masks (GFile *source)
{
  return tpo_import_has (source, ANNOTATIONS) ? g_file_get_child (source, ANNOTATIONS)
                                              : g_object_ref (source);
}

static gboolean
read_sa_v_png (TpoImport *self, GError **error)
{
  g_autoptr (GFile) masks = get_masks (self->source);

  return tpo_import_read_sequences (self, masks, tpo_import_read_objects, error);
}

/* The first folder in @folder, or NULL. */
static GFile *
get_first (GFile *folder)
{
  TpoImport import = { 0 };
  g_autoptr (GPtrArray) names =
      folder != NULL ? tpo_import_list (&import, folder, NULL, NULL) : NULL;

  return names != NULL && names->len > 0 ? g_file_get_child (folder, names->pdata[0]) : NULL;
}

static gboolean
is_number (const char *text)
{
  return text[0] != '\0' && text[strspn (text, "0123456789")] == '\0';
}

static gboolean
detect_sa_v_png (const TpoProbe *probe)
{
  g_autoptr (GFile) masks = probe->is_folder ? get_masks (probe->source) : NULL;
  g_autoptr (GFile) video = get_first (masks);
  g_autoptr (GFile) object = get_first (video);
  g_autofree char *name = object != NULL ? g_file_get_basename (object) : NULL;
  TpoImport import = { 0 };
  g_autoptr (GPtrArray) pictures = NULL;

  if (name == NULL || !is_number (name))
    return FALSE;
  pictures = tpo_import_list (&import, object, ".png", NULL);
  return pictures != NULL && pictures->len > 0;
}

const TpoFormat tpo_format_sa_v_png = {
  .id = "sa-v-png",
  .title = "SA-V PNG",
  .group = TPO_FORMAT_TRACKS,
  .holds = TPO_HOLDS_MASKS,
  .knows = N_ ("masks"),
  .write = write_sa_v_png,
  .read = read_sa_v_png,
  .detect = detect_sa_v_png,
};
