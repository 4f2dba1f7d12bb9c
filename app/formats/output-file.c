#include "formats/output-file.h"
#include "files/shown-name.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <gio/gfiledescriptorbased.h>
#include <glib/gi18n.h>

#define BUFFER_SIZE ((gsize) 64 * 1024)

/* The usual reasons; what the system says names a file that the user never heard of. */
static const struct {
  GIOErrorEnum code;
  const char *text;
} reasons[] = {
  { G_IO_ERROR_NO_SPACE, N_ ("there is no room left on the disk") },
  { G_IO_ERROR_NOT_FOUND, N_ ("its folder is not there") },
  { G_IO_ERROR_NOT_DIRECTORY, N_ ("its folder is a file") },
  { G_IO_ERROR_PERMISSION_DENIED, N_ ("you may not write there") },
  { G_IO_ERROR_READ_ONLY, N_ ("the disk can only be read") },
  { G_IO_ERROR_FILENAME_TOO_LONG, N_ ("its name is too long") },
};

gboolean
tpo_output_fail (GFile *target, GError *problem, GError **error)
{
  g_autofree char *name = tpo_shown_name (target);
  const char *reason = problem->message;

  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_propagate_error (error, problem);
    return FALSE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (g_error_matches (problem, G_IO_ERROR, (int) reasons[i].code))
      reason = _ (reasons[i].text);
  g_set_error (error, problem->domain, problem->code, _ ("“%s” cannot be written: %s"), name,
               reason);
  g_error_free (problem);
  return FALSE;
}

TpoOutputFile *
tpo_output_file_new (GFile *target, GCancellable *cancellable, GError **error)
{
  g_autoptr (TpoOutputFile) self = g_new0 (TpoOutputFile, 1);
  g_autoptr (GFile) folder = g_file_get_parent (target);
  g_autofree char *name = NULL;
  GFileOutputStream *stream;
  GError *problem = NULL;

  self->name = g_file_get_basename (target);
  self->target = g_object_ref (target);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  self->buffer = g_string_sized_new (BUFFER_SIZE);
  name = g_strdup_printf (".%s.%08x.part", self->name, g_random_int ());
  self->unfinished = g_file_get_child (folder, name);
  stream = g_file_create (self->unfinished, G_FILE_CREATE_NONE, cancellable, &problem);
  if (stream == NULL) {
    tpo_output_fail (target, problem, error);
    g_clear_object (&self->unfinished); /* not ours */
    return NULL;
  }
  self->stream = G_OUTPUT_STREAM (stream);
  return g_steal_pointer (&self);
}

static void
flush (TpoOutputFile *self)
{
  if (self->error == NULL)
    g_output_stream_write_all (self->stream, self->buffer->str, self->buffer->len, NULL,
                               self->cancellable, &self->error);
  g_checksum_update (self->checksum, (const guchar *) self->buffer->str,
                     (gssize) self->buffer->len);
  g_string_truncate (self->buffer, 0);
}

void
tpo_output_file_write (TpoOutputFile *self, gconstpointer bytes, gsize size)
{
  if (self->error != NULL)
    return;
  g_string_append_len (self->buffer, bytes, (gssize) size);
  self->size += (goffset) size;
  if (self->buffer->len >= BUFFER_SIZE)
    flush (self);
}

void
tpo_output_file_print (TpoOutputFile *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  tpo_output_file_write (self, text, strlen (text));
}

void
tpo_output_file_seek (TpoOutputFile *self, goffset offset)
{
  flush (self);
  if (self->error == NULL)
    g_seekable_seek (G_SEEKABLE (self->stream), offset, G_SEEK_SET, self->cancellable,
                     &self->error);
}

gboolean
tpo_output_file_has_failed (TpoOutputFile *self)
{
  if (self->error == NULL)
    g_cancellable_set_error_if_cancelled (self->cancellable, &self->error);
  return self->error != NULL;
}

/* A name given to bytes that are not on the disk yet could outlive them in a power cut. */
static void
sync_to_disk (TpoOutputFile *self)
{
  if (self->is_synced_later || !G_IS_FILE_DESCRIPTOR_BASED (self->stream))
    return;
  if (fsync (g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (self->stream))) != 0)
    g_set_error_literal (&self->error, G_IO_ERROR, g_io_error_from_errno (errno),
                         g_strerror (errno));
}

gboolean
tpo_output_file_finish (TpoOutputFile *self, GError **error)
{
  flush (self);
  if (!tpo_output_file_has_failed (self))
    sync_to_disk (self);
  if (!tpo_output_file_has_failed (self))
    g_output_stream_close (self->stream, self->cancellable, &self->error);
  if (self->error != NULL)
    return tpo_output_fail (self->target, g_steal_pointer (&self->error), error);
  g_clear_object (&self->stream);
  self->sha256 = g_strdup (g_checksum_get_string (self->checksum));
  return TRUE;
}

gboolean
tpo_output_file_publish (TpoOutputFile *self, GError **error)
{
  const GFileCopyFlags flags = G_FILE_COPY_OVERWRITE | G_FILE_COPY_NO_FALLBACK_FOR_MOVE;
  GError *problem = NULL;

  g_assert (self->stream == NULL);

  if (!g_file_move (self->unfinished, self->target, flags, NULL, NULL, NULL, &problem))
    return tpo_output_fail (self->target, problem, error);
  g_clear_object (&self->unfinished);
  return TRUE;
}

void
tpo_output_file_free (TpoOutputFile *self)
{
  if (self->stream != NULL)
    g_output_stream_close (self->stream, NULL, NULL); /* it is removed next */
  g_clear_object (&self->stream);
  if (self->unfinished != NULL)
    g_file_delete (self->unfinished, NULL, NULL); /* at worst a hidden file stays behind */
  g_clear_object (&self->unfinished);
  g_clear_object (&self->target);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_checksum_free (self->checksum);
  g_string_free (self->buffer, TRUE);
  g_free (self->sha256);
  g_free (self->name);
  g_free (self);
}
