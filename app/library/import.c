#include "config.h"

#include "library/import.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "files/free-space.h"

static const char suffix[] = ".gguf";

/* ---- is it one, and is there room? ---------------------------------------------------------- */

static gboolean
is_folder (const TpoImport *self)
{
  return g_file_test (self->source, G_FILE_TEST_IS_DIR);
}

/* What somebody took for a model file; the file's own reader tells of a model that is damaged. */
static gboolean
check_kind (const TpoImport *self, GError **error)
{
  static const char magic[4] = { 'G', 'G', 'U', 'F' };
  g_autoptr (GFile) file = g_file_new_for_path (self->source);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autofree char *name = g_filename_display_basename (self->source);
  char head[sizeof magic] = { 0 };

  if (is_folder (self))
    return TRUE;
  stream = g_file_read (file, self->cancellable, error);
  if (stream == NULL || !g_input_stream_read_all (G_INPUT_STREAM (stream), head, sizeof head,
                                                  NULL, self->cancellable, error))
    return FALSE;
  if (memcmp (head, magic, sizeof magic) == 0)
    return TRUE;
  /* Translators: %s is a file name */
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, _ ("“%s” is not a GGUF model file."), name);
  return FALSE;
}

gboolean
tpo_import_check (const TpoModelFile *file, const char *name, const char *const *hashes,
                  GError **error)
{
  if (strcmp (file->architecture, "videochat-tpo") != 0) {
    g_set_error (
        error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
        /* Translators: the first %s is a file name, the second the kind of model */
        _ ("“%s” is a model of the kind “%s”. Questions about videos need a VideoChat-TPO model."),
        name, file->architecture);
    return FALSE;
  }
  if (file->problem != NULL) {
    /* Translators: the first %s is a file name, the second what is wrong with it */
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, _ ("“%s” is not a complete model: %s"),
                 name, file->problem);
    return FALSE;
  }
  if (file->hash != NULL && g_strv_contains (hashes, file->hash)) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                 /* Translators: %s is a file name */
                 _ ("“%s” is in the list already."), name);
    return FALSE;
  }
  return TRUE;
}

/* Bytes that the new file takes; of a conversion a little more, since parts of a model keep 16 bits. */
static guint64
needed_size (const TpoImport *self, const TpoModelFile *file)
{
  static const double bytes_per_value[] = {
    [TPO_STORAGE_F16] = 2.0,
    [TPO_STORAGE_Q8_0] = 1.2,
    [TPO_STORAGE_F32] = 4.0,
    [TPO_STORAGE_Q4_0] = 0.75,
  };

  if (!is_folder (self))
    return file->file_size;
  return (guint64) ((double) file->n_parameters * bytes_per_value[self->storage]);
}

/* ---- where it goes -------------------------------------------------------------------------- */

/* "VideoChat-TPO-q8_0.gguf", with a number where that is taken. */
static char *
target_path (const TpoImport *self, const TpoModelFile *file)
{
  static const char *const storages[] = {
    [TPO_STORAGE_F16] = "-f16",
    [TPO_STORAGE_Q8_0] = "-q8_0",
    [TPO_STORAGE_F32] = "-f32",
    [TPO_STORAGE_Q4_0] = "-q4_0",
  };
  g_autofree char *base = g_path_get_basename (self->source);
  g_autofree char *name =
      is_folder (self) && file->name != NULL ? g_strdup (file->name) : g_steal_pointer (&base);
  const char *storage = is_folder (self) ? storages[self->storage] : "";
  char *path;

  if (!is_folder (self) && g_str_has_suffix (name, suffix))
    name[strlen (name) - strlen (suffix)] = '\0';
  g_strdelimit (name, "/ ", '-');
  path = g_strdup_printf ("%s/%s%s%s", self->folder, name, storage, suffix);
  for (guint i = 2; g_file_test (path, G_FILE_TEST_EXISTS); i++) {
    g_free (path);
    path = g_strdup_printf ("%s/%s%s-%u%s", self->folder, name, storage, i, suffix);
  }
  return path;
}

/* ---- bringing it there ------------------------------------------------------------------------ */

static void
on_copied (goffset done, goffset total, gpointer user_data)
{
  const TpoImport *self = user_data;

  if (self->progress != NULL)
    self->progress (total > 0 ? (double) done / (double) total : 0.0, N_ ("Copying"),
                    self->user_data);
}

/* Under another name until it is complete. */
static gboolean
copy (const TpoImport *self, const char *path, GError **error)
{
  g_autofree char *part_path = g_strconcat (path, ".part", NULL);
  g_autoptr (GFile) from = g_file_new_for_path (self->source);
  g_autoptr (GFile) part = g_file_new_for_path (part_path);
  g_autoptr (GFile) to = g_file_new_for_path (path);

  if (g_file_copy (from, part, G_FILE_COPY_OVERWRITE | G_FILE_COPY_TARGET_DEFAULT_PERMS,
                   self->cancellable, on_copied, (gpointer) self, error) &&
      g_file_move (part, to, G_FILE_COPY_NONE, NULL, NULL, NULL, error))
    return TRUE;
  g_unlink (part_path);
  return FALSE;
}

static gboolean
convert (const TpoImport *self, const char *path, GError **error)
{
  TpoConvertOptions options = {
    .storage = self->storage,
    .progress = self->progress,
    .progress_data = self->user_data,
    .cancellable = self->cancellable,
  };
  TpoConvertReport report = { 0 };
  gboolean ok = tpo_convert (self->source, path, &options, &report, error);

  tpo_convert_report_clear (&report);
  return ok;
}

TpoModelFile *
tpo_import_run (const TpoImport *self, GError **error)
{
  g_autoptr (TpoModelFile) file = NULL;
  g_autofree char *name = g_filename_display_basename (self->source);
  g_autofree char *path = NULL;
  gboolean ok;

  if (!check_kind (self, error))
    return NULL;
  file = tpo_model_file_load (self->source, error);
  if (file == NULL || !tpo_import_check (file, name, self->hashes, error))
    return NULL;
  if (g_mkdir_with_parents (self->folder, 0700) != 0) {
    int problem = errno;

    /* Translators: the first %s is a folder, the second the reason */
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO, _ ("“%s” cannot be made: %s"), self->folder,
                 g_strerror (problem));
    return NULL;
  }
  if (!tpo_free_space_check (self->folder, needed_size (self, file), self->cancellable, error))
    return NULL;
  path = target_path (self, file);
  ok = is_folder (self) ? convert (self, path, error) : copy (self, path, error);
  return ok ? tpo_model_file_load (path, error) : NULL;
}
