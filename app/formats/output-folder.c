#include "formats/output-folder.h"
#include "files/shown-name.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

#include "formats/output-file.h"

/* Removes what is left of a passing folder; at worst a hidden one stays behind. */
static void
remove_tree (GFile *folder)
{
  g_autoptr (GFileEnumerator) children = g_file_enumerate_children (
      folder, "standard::name,standard::type", G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFileInfo *info = NULL;
  GFile *child = NULL;

  while (children != NULL && g_file_enumerator_iterate (children, &info, &child, NULL, NULL) &&
         info != NULL)
    if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
      remove_tree (child);
    else
      g_file_delete (child, NULL, NULL);
  g_file_delete (folder, NULL, NULL);
}

static gboolean
is_empty (GFile *folder)
{
  g_autoptr (GFileEnumerator) children = g_file_enumerate_children (
      folder, "standard::name", G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFileInfo *info = NULL;

  return children != NULL && g_file_enumerator_iterate (children, &info, NULL, NULL, NULL) &&
         info == NULL;
}

/* A folder that holds somebody's own files is not ours to replace. */
static gboolean
may_replace (GFile *target, GError **error)
{
  g_autoptr (GFile) description = g_file_get_child (target, TPO_EXPORT_DESCRIPTION);
  g_autofree char *name = tpo_shown_name (target);
  GFileType type = g_file_query_file_type (target, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL);

  if (type == G_FILE_TYPE_UNKNOWN ||
      (type == G_FILE_TYPE_DIRECTORY &&
       (g_file_query_exists (description, NULL) || is_empty (target))))
    return TRUE;
  if (type == G_FILE_TYPE_DIRECTORY)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_EMPTY,
                 _ ("“%s” holds other files; choose a new folder."), name);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY,
                 _ ("“%s” is a file; this format is a folder."), name);
  return FALSE;
}

TpoOutputFolder *
tpo_output_folder_new (GFile *target, GError **error)
{
  g_autoptr (TpoOutputFolder) self = g_new0 (TpoOutputFolder, 1);
  g_autoptr (GFile) parent = g_file_get_parent (target);
  g_autoptr (GFile) unfinished = NULL;
  g_autofree char *base = g_file_get_basename (target);
  g_autofree char *name = g_strdup_printf (".%s.%08x.part", base, g_random_int ());
  GError *problem = NULL;

  self->target = g_object_ref (target);
  if (parent == NULL || g_file_peek_path (target) == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                         _ ("A folder can be exported to a local disk only, below its root."));
    return NULL;
  }
  if (!may_replace (target, error))
    return NULL;
  unfinished = g_file_get_child (parent, name);
  if (!g_file_make_directory (unfinished, NULL, &problem)) {
    tpo_output_fail (target, problem, error);
    return NULL;
  }
  self->unfinished = g_steal_pointer (&unfinished);
  return g_steal_pointer (&self);
}

/* Everything in the folder at once: a call for each of thousands of files would take hours. */
static gboolean
sync_to_disk (const char *path)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean is_synced = fd >= 0 && syncfs (fd) == 0;

  if (fd >= 0)
    close (fd);
  return is_synced;
}

gboolean
tpo_output_folder_publish (TpoOutputFolder *self, GError **error)
{
  const char *from = g_file_peek_path (self->unfinished);
  const char *to = g_file_peek_path (self->target);

  if (sync_to_disk (from)) {
    if (rename (from, to) == 0) { /* also over an empty folder */
      g_clear_object (&self->unfinished);
      return TRUE;
    }
    /* An earlier export takes the passing name, by which it is removed. */
    if ((errno == ENOTEMPTY || errno == EEXIST) &&
        renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) == 0)
      return TRUE;
  }
  return tpo_output_fail (
      self->target,
      g_error_new_literal (G_IO_ERROR, (int) g_io_error_from_errno (errno), g_strerror (errno)),
      error);
}

void
tpo_output_folder_free (TpoOutputFolder *self)
{
  if (self->unfinished != NULL)
    remove_tree (self->unfinished);
  g_clear_object (&self->unfinished);
  g_clear_object (&self->target);
  g_free (self);
}
