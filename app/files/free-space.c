#include "config.h"

#include "files/free-space.h"

#include <glib/gi18n.h>

#include <tpo/error.h>

gboolean
tpo_free_space (const char *folder, guint64 *n_free, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  g_autoptr (GFileInfo) info =
      g_file_query_filesystem_info (file, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, cancellable, error);

  if (info == NULL)
    return FALSE;
  *n_free = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
  return TRUE;
}

gboolean
tpo_free_space_check (const char *folder, guint64 size, GCancellable *cancellable,
                      GError **error)
{
  g_autofree char *needed = NULL, *available = NULL;
  guint64 n_free = 0;

  if (!tpo_free_space (folder, &n_free, cancellable, error))
    return FALSE;
  if (size <= n_free)
    return TRUE;
  needed = g_format_size (size);
  available = g_format_size (n_free);
  g_set_error (error, TPO_ERROR, TPO_ERROR_IO,
               /* Translators: the first %s is a folder, the others are sizes: "15.2 GB" */
               _ ("The model needs %2$s in “%1$s”, where only %3$s are free."), folder, needed,
               available);
  return FALSE;
}
