#include <glib/gi18n.h>
#include <string.h>

#include "formats/import-private.h"

#define HEAD_SIZE 65536

gboolean
tpo_probe_has (const TpoProbe *self, ...)
{
  gboolean has_all = !self->is_folder;
  const char *name;
  va_list names;

  va_start (names, self);
  while (has_all && (name = va_arg (names, const char *)) != NULL)
    has_all = g_hash_table_contains (self->members, name);
  va_end (names);
  return has_all;
}

gboolean
tpo_probe_has_path (const TpoProbe *self, const char *path)
{
  g_autoptr (GFileEnumerator) children = NULL;
  GFile *child = NULL;

  if (!self->is_folder || tpo_import_has (self->source, path))
    return self->is_folder;
  children = g_file_enumerate_children (self->source, "standard::name",
                                        G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  for (guint i = 0; children != NULL && i < 64; i++) {
    if (!g_file_enumerator_iterate (children, NULL, &child, NULL, NULL) || child == NULL)
      break;
    if (tpo_import_has (child, path))
      return TRUE;
  }
  return FALSE;
}

gboolean
tpo_probe_has_file (const TpoProbe *self, const char *suffix)
{
  TpoImport import = { 0 };
  g_autoptr (GPtrArray) names =
      self->is_folder ? tpo_import_list (&import, self->source, suffix, NULL) : NULL;

  return names != NULL && names->len > 0;
}

/* Strings followed by a colon; good enough to guess by. */
static void
find_members (TpoProbe *self)
{
  const char *at = self->head;

  self->members = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  while ((at = strchr (at, '"')) != NULL) {
    const char *end = ++at;

    while (*end != '\0' && *end != '"')
      end += end[0] == '\\' && end[1] != '\0' ? 2 : 1;
    if (*end == '\0')
      break;
    if (end[1 + strspn (end + 1, " \t\r\n")] == ':')
      g_hash_table_add (self->members, g_strndup (at, (gsize) (end - at)));
    at = end + 1;
  }
}

static gboolean
read_head (TpoProbe *self, GCancellable *cancellable, GError **error)
{
  TpoImport import = { .cancellable = cancellable };
  g_autoptr (GInputStream) stream = NULL;

  self->head = g_malloc0 (HEAD_SIZE + 1);
  if (!self->is_folder) {
    stream = tpo_import_open (&import, self->source, error);
    if (stream == NULL || !g_input_stream_read_all (stream, self->head, HEAD_SIZE,
                                                    &self->head_size, cancellable, error))
      return FALSE;
  }
  find_members (self);
  return TRUE;
}

const TpoFormat *
tpo_import_detect (GFile *source, GCancellable *cancellable, GError **error)
{
  guint n_formats;
  const TpoFormat *const *formats = tpo_formats (&n_formats), *found = NULL;
  TpoProbe probe = { .source = source };
  GFileType type = g_file_query_file_type (source, G_FILE_QUERY_INFO_NONE, cancellable);

  g_return_val_if_fail (G_IS_FILE (source), NULL);

  probe.is_folder = type == G_FILE_TYPE_DIRECTORY;
  probe.name = g_file_get_basename (source);
  if (read_head (&probe, cancellable, error)) {
    for (guint i = 0; i < n_formats && found == NULL; i++)
      if (formats[i]->read != NULL && formats[i]->detect != NULL && formats[i]->detect (&probe))
        found = formats[i];
    if (found == NULL)
      g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
                   _ ("“%s” looks like no format that can be imported."), probe.name);
  }
  g_clear_pointer (&probe.members, g_hash_table_unref);
  g_free (probe.head);
  g_free (probe.name);
  return found;
}
