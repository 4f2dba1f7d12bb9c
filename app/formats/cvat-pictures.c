#include "formats/cvat-pictures.h"

#include <glib/gi18n.h>

typedef struct {
  TpoImportVideo *video; /* nullable: it is nowhere */
  gint64 frame;          /* before all are known the number in its name */
} Picture;

struct _TpoCvatPictures {
  TpoImport *import;
  GArray *pictures; /* of Picture */
};

TpoCvatPictures *
tpo_cvat_pictures_new (TpoImport *import)
{
  TpoCvatPictures *self = g_new0 (TpoCvatPictures, 1);

  self->import = import;
  self->pictures = g_array_new (FALSE, FALSE, sizeof (Picture));
  return self;
}

void
tpo_cvat_pictures_free (TpoCvatPictures *self)
{
  g_array_unref (self->pictures);
  g_free (self);
}

static gboolean
find (TpoCvatPictures *self, const char *name, TpoImportVideo *video, Picture *picture,
      GError **error)
{
  g_autofree char *folder = NULL;
  g_autofree char *in_task = NULL;

  if (tpo_name_of_frame (name, &folder, &picture->frame)) {
    if (!tpo_import_try_video (self->import, folder, &picture->video, error))
      return FALSE;
    if (picture->video != NULL)
      return TRUE;
  } else {
    g_autofree char *path = g_strconcat ("./", name, NULL);

    if (video != NULL && tpo_name_of_frame (path, &in_task, &picture->frame)) {
      picture->video = video;
      return TRUE;
    }
  }
  picture->frame = 0;
  return tpo_import_try_video (self->import, name, &picture->video, error);
}

gboolean
tpo_cvat_pictures_add (TpoCvatPictures *self, const char *name, TpoImportVideo *video,
                       GError **error)
{
  Picture picture = { NULL, 0 };

  if (!find (self, name, video, &picture, error))
    return FALSE;
  tpo_import_lose (
      self->import, N_ ("pictures"), picture.video == NULL,
      N_ ("neither frames of a video nor photographs that are in the project or in "
          "the folder of videos; their labels are left out"));
  g_array_append_val (self->pictures, picture);
  return TRUE;
}

/* Those of one video. */
static void
place_video (TpoCvatPictures *self, const TpoImportVideo *video, const GArray *places)
{
  g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < places->len; i++) {
    guint nth = g_array_index (places, guint, i);

    g_array_append_val (frames, g_array_index (self->pictures, Picture, nth).frame);
  }
  tpo_import_place_frames (video, frames);
  for (guint i = 0; i < places->len; i++)
    g_array_index (self->pictures, Picture, g_array_index (places, guint, i)).frame =
        g_array_index (frames, gint64, i);
}

void
tpo_cvat_pictures_place (TpoCvatPictures *self)
{
  g_autoptr (GHashTable) by_video = /* TpoImportVideo → GArray of guint */
      g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref);
  GHashTableIter iter;
  gpointer video, list;

  for (guint i = 0; i < self->pictures->len; i++) {
    const Picture *picture = &g_array_index (self->pictures, Picture, i);
    GArray *places = g_hash_table_lookup (by_video, picture->video);

    if (picture->video == NULL)
      continue;
    if (places == NULL) {
      places = g_array_new (FALSE, FALSE, sizeof (guint));
      g_hash_table_insert (by_video, picture->video, places);
    }
    g_array_append_val (places, i);
  }
  g_hash_table_iter_init (&iter, by_video);
  while (g_hash_table_iter_next (&iter, &video, &list))
    place_video (self, video, list);
}

TpoImportVideo *
tpo_cvat_pictures_get (const TpoCvatPictures *self, guint nth, gint64 *frame)
{
  const Picture *picture =
      nth < self->pictures->len ? &g_array_index (self->pictures, Picture, nth) : NULL;

  *frame = picture != NULL ? picture->frame : 0;
  return picture != NULL ? picture->video : NULL;
}
