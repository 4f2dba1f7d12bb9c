#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "formats/import-private.h"
#include "formats/video-record.h"

static const char *const extensions[] = { ".mp4", ".mkv", ".webm", ".mov", ".avi",
                                          ".m4v", ".mpg", ".ogv",  ".jpg", ".png" };

#define N_VIDEO_EXTENSIONS 8 /* the others are of pictures */

/* Without the ending of a video's or picture's name, if it has one. */
static char *
stem_of (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (extensions); i++) {
    gsize size = strlen (name), n = strlen (extensions[i]);

    if (size > n && g_ascii_strcasecmp (name + size - n, extensions[i]) == 0)
      return g_strndup (name, size - n);
  }
  return g_strdup (name);
}

gboolean
tpo_is_video_name (const char *name)
{
  gsize size = strcspn (name, "?#");

  for (gsize i = 0; i < N_VIDEO_EXTENSIONS; i++) {
    gsize n = strlen (extensions[i]);

    if (size > n && g_ascii_strncasecmp (name + size - n, extensions[i], n) == 0)
      return TRUE;
  }
  return FALSE;
}

/* A list of the project's videos under a key such as "name:clip7.mp4". */
static void
add_key (TpoImport *self, const char *kind, const char *name, TpoVideoRecord *video)
{
  g_autofree char *key = g_strconcat (kind, name, NULL);
  GPtrArray *list = g_hash_table_lookup (self->known_by, key);

  if (list == NULL) {
    list = g_ptr_array_new ();
    g_hash_table_insert (self->known_by, g_steal_pointer (&key), list);
  }
  g_ptr_array_add (list, video);
}

void
tpo_import_index_videos (TpoImport *self)
{
  for (guint i = 0; i < self->known->len; i++) {
    TpoVideoRecord *video = self->known->pdata[i];
    g_autoptr (GFile) file = g_file_new_for_uri (video->uri);
    g_autofree char *base = g_file_get_basename (file);
    g_autofree char *stem = base != NULL ? stem_of (base) : NULL;

    add_key (self, "uri:", video->uri, video);
    if (base == NULL)
      continue;
    add_key (self, "name:", base, video);
    add_key (self, "stem:", stem, video);
  }
}

static GPtrArray *
find_key (TpoImport *self, const char *kind, const char *name)
{
  g_autofree char *key = g_strconcat (kind, name, NULL);

  return g_hash_table_lookup (self->known_by, key);
}

/* Of several files of that name the one whose path ends alike. */
static const TpoVideoRecord *
best_of (GPtrArray *list, const char *name)
{
  g_autofree char *ending = g_strconcat ("/", name, NULL);

  for (guint i = 0; i < list->len; i++) {
    const TpoVideoRecord *video = list->pdata[i];
    g_autoptr (GFile) file = g_file_new_for_uri (video->uri);
    g_autofree char *path = g_file_get_path (file);

    if (path != NULL && g_str_has_suffix (path, ending))
      return video;
  }
  return list->pdata[0];
}

/* The project's video of that name, or NULL: by address, by path, by file name, without ending. */
static const TpoVideoRecord *
find_known (TpoImport *self, const char *name)
{
  const char *uri = g_hash_table_lookup (self->uris, name);
  g_autofree char *base = g_path_get_basename (name);
  g_autofree char *stem = stem_of (base);
  GPtrArray *list = uri != NULL ? find_key (self, "uri:", uri) : NULL;

  if (list == NULL)
    list = find_key (self, "name:", base);
  if (list == NULL)
    list = find_key (self, "stem:", stem);
  return list != NULL ? best_of (list, name) : NULL;
}

/* The file of that name below the folder of videos, links within it followed; or NULL. */
static char *
find_file (TpoImport *self, const char *name)
{
  g_autofree char *root =
      self->options.videos != NULL && g_file_peek_path (self->options.videos) != NULL
          ? realpath (g_file_peek_path (self->options.videos), NULL)
          : NULL;
  g_autofree char *base = g_path_get_basename (name);
  const char *const names[] = { name, base };

  for (gsize k = 0; root != NULL && k < G_N_ELEMENTS (names); k++)
    for (gsize i = 0; i <= G_N_ELEMENTS (extensions); i++) {
      const char *extension = i > 0 ? extensions[i - 1] : "";
      g_autofree char *path = g_strconcat (root, "/", names[k], extension, NULL);
      char *real = realpath (path, NULL);
      gsize n = strlen (root);

      if (real != NULL && strncmp (real, root, n) == 0 && (real[n] == '/' || n == 1) &&
          g_file_test (real, G_FILE_TEST_IS_REGULAR))
        return real;
      free (real);
    }
  return NULL;
}

static TpoImportVideo *
take_video (TpoImport *self, TpoVideoRecord *record)
{
  TpoImportVideo *video = g_new0 (TpoImportVideo, 1);

  video->record = record;
  video->number = self->videos->len;
  g_ptr_array_add (self->videos, video);
  return video;
}

/* The video of the project in its full form, once for all its names. */
static TpoImportVideo *
get_known (TpoImport *self, gint64 id, GError **error)
{
  TpoVideoRecord *record;

  for (guint i = 0; i < self->videos->len; i++) {
    TpoImportVideo *video = self->videos->pdata[i];

    if (video->record->id == id)
      return video;
  }
  record = tpo_store_get_video (self->store, id, error);
  return record != NULL ? take_video (self, record) : NULL;
}

/* The file of that name, or what the options find further; NULL, perhaps with an error. */
static TpoVideoRecord *
read_video (TpoImport *self, const char *name, GError **error)
{
  g_autofree char *path = find_file (self, name);

  if (path != NULL)
    return tpo_video_record_from_file (path, self->cancellable, error);
  return self->options.find != NULL
             ? self->options.find (name, self->options.find_data, self->cancellable, error)
             : NULL;
}

/* Takes @found over, which may be in the project under another name. */
static TpoImportVideo *
get_found (TpoImport *self, TpoVideoRecord *found, GError **error)
{
  g_autoptr (TpoVideoRecord) record = found;
  gint64 id;

  for (guint i = 0; i < self->videos->len; i++) {
    TpoImportVideo *video = self->videos->pdata[i];

    if (g_str_equal (video->record->content_hash, record->content_hash))
      return video;
  }
  id = tpo_store_find_video (self->store, record->content_hash, NULL, error);
  if (id != 0)
    return id > 0 ? get_known (self, id, error) : NULL;
  return take_video (self, g_steal_pointer (&record));
}

gboolean
tpo_import_try_video (TpoImport *self, const char *name, TpoImportVideo **video, GError **error)
{
  const TpoVideoRecord *known;
  gpointer listed = NULL;

  *video = NULL;
  if (g_hash_table_lookup_extended (self->by_name, name, NULL, &listed)) {
    *video = listed;
    return TRUE;
  }
  if (!tpo_import_check_name (name, error))
    return FALSE;
  known = find_known (self, name);
  if (known != NULL) {
    *video = get_known (self, known->id, error);
    if (*video == NULL)
      return FALSE;
  } else {
    g_autoptr (GError) problem = NULL;
    TpoVideoRecord *found = read_video (self, name, &problem);

    if (problem != NULL) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
    if (found != NULL && (*video = get_found (self, found, error)) == NULL)
      return FALSE;
  }
  g_hash_table_insert (self->by_name, g_strdup (name), *video);
  return TRUE;
}

gboolean
tpo_import_get_video (TpoImport *self, const char *name, TpoImportVideo **video, GError **error)
{
  if (!tpo_import_try_video (self, name, video, error))
    return FALSE;
  if (*video != NULL || !g_hash_table_add (self->lost, g_strdup (name)))
    return TRUE;
  if (self->missing == NULL)
    self->missing = g_strdup_printf (_ ("neither in the project nor in the folder of videos, "
                                        "such as “%.100s”; their labels are left out"),
                                     name);
  tpo_import_lose (self, N_ ("videos"), 1, self->missing);
  return TRUE;
}

gboolean
tpo_name_of_frame (const char *path, char **video, gint64 *frame)
{
  const char *slash = strrchr (path, '/'), *digits, *end;
  gsize n;

  if (slash == NULL || slash == path)
    return FALSE;
  end = strchr (slash, '.');
  if (end == NULL)
    end = slash + strlen (slash);
  for (digits = end; digits > slash + 1 && g_ascii_isdigit (digits[-1]);)
    digits--;
  n = (gsize) (end - digits);
  if (n == 0 || n > 12)
    return FALSE;
  *frame = g_ascii_strtoll (digits, NULL, 10);
  *video = g_strndup (path, (gsize) (slash - path));
  return TRUE;
}

void
tpo_import_place_frames (const TpoImportVideo *video, GArray *numbers)
{
  gint64 last = -1;

  for (guint i = 0; i < numbers->len; i++) {
    gint64 number = g_array_index (numbers, gint64, i);

    if (number <= last)
      return;
    last = number;
  }
  if (numbers->len != video->record->n_frames || last < video->record->n_frames)
    return;
  for (guint i = 0; i < numbers->len; i++)
    g_array_index (numbers, gint64, i) = i;
}

gint64
tpo_import_find_step (const GArray *frames)
{
  gint64 step = 0;

  for (guint i = 1; i < frames->len; i++) {
    gint64 distance = g_array_index (frames, gint64, i) - g_array_index (frames, gint64, i - 1);

    if (distance > 0 && (step == 0 || distance < step))
      step = distance;
  }
  return MAX (step, 1);
}
