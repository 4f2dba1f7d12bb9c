#include "io/file.h"

#include <glib/gi18n.h>

#include <tpo/error.h>

GBytes *
tpo_file_map (const char *path, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GMappedFile) file = NULL;

  if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO, "%s is a folder, a file is expected", path);
    return NULL;
  }
  file = g_mapped_file_new (path, FALSE, &reason);
  if (file == NULL && g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO, _ ("%s is not there"), path);
  else if (file == NULL)
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_IO, reason->message);
  if (file == NULL)
    return NULL;
  return g_mapped_file_get_bytes (file);
}

GBytes *
tpo_file_read (const char *path, gsize max_size, GError **error)
{
  g_autoptr (GBytes) mapping = tpo_file_map (path, error);
  gsize size;
  const void *data;

  if (mapping == NULL)
    return NULL;
  data = g_bytes_get_data (mapping, &size);
  if (size > max_size) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 "%s has %" G_GSIZE_FORMAT " bytes, more than the %" G_GSIZE_FORMAT
                 " expected of such a file",
                 path, size, max_size);
    return NULL;
  }
  return g_bytes_new (data, size);
}
