#include "formats/media.h"

#include <glib/gi18n.h>
#include <string.h>

#define PART_SIZE (1024 * 1024)

const char *
tpo_media_extension (const TpoExportVideo *names)
{
  const char *dot = strrchr (names->path, '.');

  return dot != NULL && strchr (dot, '/') == NULL && strlen (dot) < 8 ? dot : ".mp4";
}

GInputStream *
tpo_media_open (TpoExport *self, const TpoExportVideo *names, goffset *size)
{
  g_autoptr (GFile) file = g_file_new_for_uri (names->uri);
  g_autoptr (GFileInputStream) stream = g_file_read (file, self->cancellable, NULL);
  g_autoptr (GFileInfo) info =
      stream != NULL
          ? g_file_input_stream_query_info (stream, "standard::size", self->cancellable, NULL)
          : NULL;

  if (info == NULL) {
    tpo_loss_report_add (
        self->report, N_ ("videos"), 1,
        N_ ("no longer readable where they were; only their labels are written"));
    return NULL;
  }
  *size = g_file_info_get_size (info);
  return G_INPUT_STREAM (g_steal_pointer (&stream));
}

gboolean
tpo_media_each_part (TpoExport *self, GInputStream *stream, TpoMediaFunc func, gpointer data,
                     GError **error)
{
  g_autofree guint8 *part = g_malloc (PART_SIZE);
  gssize n;

  while ((n = g_input_stream_read (stream, part, PART_SIZE, self->cancellable, error)) > 0)
    if (!func (part, (gsize) n, data, error))
      return FALSE;
  return n == 0;
}

static gboolean
write_part (gconstpointer bytes, gsize size, gpointer data, GError **error)
{
  TpoOutputFile *file = data;

  tpo_output_file_write (file, bytes, size);
  return !tpo_output_file_has_failed (file) || tpo_output_file_finish (file, error);
}

gboolean
tpo_media_copy (TpoExport *self, const TpoExportVideo *names, const char *path, GError **error)
{
  goffset size;
  g_autoptr (GInputStream) stream = tpo_media_open (self, names, &size);
  g_autoptr (TpoOutputFile) file = NULL;

  if (stream == NULL)
    return TRUE;
  file = tpo_export_open (self, path, error);
  return file != NULL && tpo_media_each_part (self, stream, write_part, file, error) &&
         tpo_export_close (self, g_steal_pointer (&file), error);
}
