#include "config.h"

#include "media/media-files.h"

/* How deep folders may lie in each other. */
static const guint MAX_DEPTH = 32;

/* Nullable; by the name. */
static char *
dup_mime (GFileInfo *info)
{
  const char *type =
      g_file_info_get_attribute_string (info, G_FILE_ATTRIBUTE_STANDARD_FAST_CONTENT_TYPE);

  return type != NULL ? g_content_type_get_mime_type (type) : NULL;
}

static gboolean
is_picture (GFileInfo *info)
{
  g_autofree char *mime = dup_mime (info);

  return mime != NULL && g_str_has_prefix (mime, "image/");
}

static gboolean
is_media (GFileInfo *info)
{
  g_autofree char *mime = dup_mime (info);

  return mime != NULL &&
         (g_str_has_prefix (mime, "video/") || g_str_has_prefix (mime, "image/") ||
          g_str_equal (mime, "application/vnd.rn-realmedia") ||
          g_str_equal (mime, "application/mxf"));
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  const char *left = g_file_info_get_name (*(GFileInfo *const *) a);
  const char *right = g_file_info_get_name (*(GFileInfo *const *) b);

  return g_strcmp0 (left, right);
}

/* What a folder has, in the order of names; what is hidden stays so, and links to folders are not
 * followed. */
static GPtrArray *
list_folder (GFile *folder, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) infos = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GFileEnumerator) children = g_file_enumerate_children (
      folder,
      G_FILE_ATTRIBUTE_STANDARD_NAME
      "," G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_IS_HIDDEN
      "," G_FILE_ATTRIBUTE_STANDARD_IS_SYMLINK "," G_FILE_ATTRIBUTE_STANDARD_FAST_CONTENT_TYPE,
      G_FILE_QUERY_INFO_NONE, cancellable, error);

  while (children != NULL) {
    GFileInfo *info;

    if (!g_file_enumerator_iterate (children, &info, NULL, cancellable, error))
      return NULL;
    if (info == NULL)
      break;
    if (!g_file_info_get_is_hidden (info))
      g_ptr_array_add (infos, g_object_ref (info));
  }
  if (children == NULL)
    return NULL;
  g_ptr_array_sort (infos, by_name);
  return g_steal_pointer (&infos);
}

/* Nullable: what the pictures of a folder are together. */
static TpoPictureSequence *
find_sequence (GFile *folder, GPtrArray *infos)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < infos->len; i++)
    if (is_picture (infos->pdata[i]))
      g_ptr_array_add (names, (gpointer) g_file_info_get_name (infos->pdata[i]));
  return tpo_picture_sequence_new (folder, names);
}

static void
walk (const TpoMediaSink *sink, GFile *folder, guint depth, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) infos = list_folder (folder, cancellable, &error);
  TpoPictureSequence *sequence;

  if (infos == NULL) {
    if (!g_cancellable_is_cancelled (cancellable))
      sink->failed (folder, error->message, sink->user_data);
    return;
  }
  sequence = find_sequence (folder, infos);
  if (sequence != NULL)
    sink->found_sequence (sequence, sink->user_data);
  for (guint i = 0; i < infos->len && !g_cancellable_is_cancelled (cancellable); i++) {
    GFileInfo *info = g_ptr_array_index (infos, i);
    g_autoptr (GFile) child = g_file_get_child (folder, g_file_info_get_name (info));

    if (g_file_info_get_file_type (info) != G_FILE_TYPE_DIRECTORY) {
      if (is_media (info) && !(sequence != NULL && is_picture (info)))
        sink->found (child, sink->user_data);
    } else if (!g_file_info_get_is_symlink (info) && depth < MAX_DEPTH) {
      walk (sink, child, depth + 1, cancellable);
    }
  }
}

void
tpo_media_files_find (GPtrArray *files, const TpoMediaSink *sink, GCancellable *cancellable)
{
  for (guint i = 0; i < files->len; i++) {
    GFile *file = g_ptr_array_index (files, i);

    if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable) ==
        G_FILE_TYPE_DIRECTORY)
      walk (sink, file, 0, cancellable);
    else
      sink->found (file, sink->user_data);
  }
}
