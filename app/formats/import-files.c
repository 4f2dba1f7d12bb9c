#include <glib/gi18n.h>
#include <string.h>

#include "files/shown-name.h"
#include "formats/import-private.h"

GInputStream *
tpo_import_open (TpoImport *self, GFile *file, GError **error)
{
  g_autofree char *name = tpo_shown_name (file);
  GFileType type = g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, self->cancellable);
  GFileInputStream *stream = NULL;

  /* A device or a pipe might never end. */
  if (type == G_FILE_TYPE_SPECIAL || type == G_FILE_TYPE_DIRECTORY)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, _ ("“%s” is not a file."),
                 name);
  else if ((stream = g_file_read (file, self->cancellable, error)) == NULL)
    g_prefix_error (error, "“%s” cannot be read: ", name);
  return G_INPUT_STREAM (stream);
}

TpoJsonReader *
tpo_import_open_json (TpoImport *self, GFile *file, GError **error)
{
  g_autoptr (GInputStream) stream = tpo_import_open (self, file, error);
  g_autofree char *name = g_file_get_basename (file);
  TpoJsonReader *json;

  if (stream == NULL)
    return NULL;
  json = tpo_json_reader_new (stream, name, self->cancellable);
  tpo_json_reader_set_unknown (json, self->unknown);
  return json;
}

TpoLineReader *
tpo_import_open_lines (TpoImport *self, GFile *file, GError **error)
{
  g_autoptr (GInputStream) stream = tpo_import_open (self, file, error);
  g_autofree char *name = g_file_get_basename (file);

  return stream != NULL ? tpo_line_reader_new (stream, name, self->cancellable) : NULL;
}

GBytes *
tpo_import_read_bytes (TpoImport *self, GFile *file, gsize max, GError **error)
{
  g_autoptr (GInputStream) stream = tpo_import_open (self, file, error);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *name = g_file_get_basename (file);
  gssize n;

  if (stream == NULL)
    return NULL;
  /* As much as there is, whatever the file system says of its size. */
  do {
    guint size = bytes->len;

    g_byte_array_set_size (bytes, size + 65536);
    n = g_input_stream_read (stream, bytes->data + size, 65536, self->cancellable, error);
    g_byte_array_set_size (bytes, size + (guint) MAX (n, 0));
  } while (n > 0 && bytes->len <= max);
  if (n < 0)
    return NULL;
  if (bytes->len > max) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED, _ ("“%s” is larger than %zu bytes."),
                 name, max);
    return NULL;
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

GPtrArray *
tpo_import_list (TpoImport *self, GFile *folder, const char *suffix, GError **error)
{
  g_autoptr (GFileEnumerator) children =
      g_file_enumerate_children (folder, "standard::name,standard::type",
                                 G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, self->cancellable, error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GFileType wanted = suffix != NULL ? G_FILE_TYPE_REGULAR : G_FILE_TYPE_DIRECTORY;
  GFileInfo *info = NULL;
  guint n = 0;

  if (children == NULL)
    return NULL;
  for (;;) {
    if (!g_file_enumerator_iterate (children, &info, NULL, self->cancellable, error))
      return NULL;
    if (info == NULL)
      break;
    if (++n > TPO_MAX_FILES) {
      g_autofree char *name = tpo_shown_name (folder);

      g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED, _ ("“%s” has more than %d files."),
                   name, TPO_MAX_FILES);
      return NULL;
    }
    if (g_file_info_get_file_type (info) == wanted &&
        g_utf8_validate (g_file_info_get_name (info), -1, NULL) &&
        (suffix == NULL || g_str_has_suffix (g_file_info_get_name (info), suffix)))
      g_ptr_array_add (names, g_strdup (g_file_info_get_name (info)));
  }
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

gboolean
tpo_import_each_file (TpoImport *self, const char *suffix,
                      gboolean (*read) (TpoImport *self, GFile *file, GError **error),
                      GError **error)
{
  g_autoptr (GPtrArray) names = NULL;

  if (g_file_query_file_type (self->source, G_FILE_QUERY_INFO_NONE, NULL) !=
      G_FILE_TYPE_DIRECTORY)
    return read (self, self->source, error);
  names = tpo_import_list (self, self->source, suffix, error);
  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autoptr (GFile) file = g_file_get_child (self->source, names->pdata[i]);

    if (!read (self, file, error))
      return FALSE;
  }
  return names != NULL;
}

gboolean
tpo_import_has (GFile *folder, const char *path)
{
  g_autoptr (GFile) file = g_file_resolve_relative_path (folder, path);
  GFileType type = g_file_query_file_type (file, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL);

  return type == G_FILE_TYPE_REGULAR || type == G_FILE_TYPE_DIRECTORY;
}

gboolean
tpo_import_check_name (const char *name, GError **error)
{
  g_auto (GStrv) parts = g_strsplit_set (name, "/\\", -1);
  gboolean is_safe = name[0] != '/' && name[0] != '\\' && name[0] != '\0' &&
                     strlen (name) <= TPO_MAX_NAME &&
                     !(g_ascii_isalpha (name[0]) && name[1] == ':');

  for (guint i = 0; is_safe && parts[i] != NULL; i++)
    is_safe = strcmp (parts[i], "..") != 0;
  for (const char *c = name; is_safe && *c != '\0'; c++)
    is_safe = (guchar) *c >= 0x20;
  if (!is_safe)
    g_set_error (
        error, TPO_ERROR, TPO_ERROR_FORMAT,
        _ ("“%.200s” is no name of a file below the data set's folder; such names are refused"),
        name);
  return is_safe;
}

gboolean
tpo_import_may_go_on (TpoImport *self, double share, GError **error)
{
  if (self->options.progress != NULL)
    self->options.progress (share, NULL, self->options.progress_data);
  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}
