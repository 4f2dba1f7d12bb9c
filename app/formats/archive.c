#include "formats/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gi18n.h>
#include <string.h>

#include <tpo/error.h>

typedef struct archive Archive;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Archive, archive_read_free)

static gboolean
fail (Archive *archive, const char *file, GError **error)
{
  const char *text = archive_error_string (archive);

  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, _ ("“%s” is no sound archive: %s"), file,
               text != NULL ? text : "it is damaged");
  return FALSE;
}

static Archive *
open_archive (GFile *file, const char *name, GError **error)
{
  g_autoptr (Archive) archive = archive_read_new ();

  archive_read_support_format_tar (archive);
  archive_read_support_format_zip_seekable (archive);
  archive_read_support_filter_gzip (archive);
  if (g_file_peek_path (file) == NULL ||
      archive_read_open_filename (archive, g_file_peek_path (file), 65536) != ARCHIVE_OK) {
    fail (archive, name, error);
    return NULL;
  }
  return g_steal_pointer (&archive);
}

/* The member at hand, as much as there is of it, whatever its header says. */
static GBytes *
read_member (Archive *archive, const char *file, const char *name, GError **error)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  gssize n;

  do {
    guint size = content->len;

    if (size > TPO_MAX_ARCHIVE_TEXT) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
                   _ ("“%s” in “%s” unpacks to more than %d bytes."), name, file,
                   TPO_MAX_ARCHIVE_TEXT);
      return NULL;
    }
    g_byte_array_set_size (content, size + 65536);
    n = archive_read_data (archive, content->data + size, 65536);
    g_byte_array_set_size (content, size + (guint) MAX (n, 0));
  } while (n > 0);
  if (n == 0)
    return g_byte_array_free_to_bytes (g_steal_pointer (&content));
  fail (archive, file, error);
  return NULL;
}

/* Takes the member at hand if it is wanted. */
static gboolean
take_member (Archive *archive, const char *file, const char *name, const char *suffix,
             TpoArchiveFunc func, gpointer data, GError **error)
{
  g_autoptr (GBytes) content = NULL;

  if (name == NULL || !g_str_has_suffix (name, suffix))
    return TRUE;
  if (!tpo_import_check_name (g_str_has_prefix (name, "./") ? name + 2 : name, error))
    return FALSE;
  content = read_member (archive, file, name, error);
  return content != NULL && func (name, content, data, error);
}

gboolean
tpo_archive_read (TpoImport *self, GFile *file, const char *suffix, TpoArchiveFunc func,
                  gpointer data, GError **error)
{
  g_autofree char *file_name = g_file_get_basename (file);
  g_autoptr (Archive) archive = open_archive (file, file_name, error);

  for (guint i = 0; archive != NULL; i++) {
    struct archive_entry *entry;
    int result = archive_read_next_header (archive, &entry);

    if (result == ARCHIVE_EOF)
      return TRUE;
    if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
      return fail (archive, file_name, error);
    if (i == TPO_MAX_FILES) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED, _ ("“%s” has more than %d files."),
                   file_name, TPO_MAX_FILES);
      return FALSE;
    }
    if (!tpo_import_may_go_on (self, 0, error) ||
        (archive_entry_filetype (entry) == AE_IFREG &&
         !take_member (archive, file_name, archive_entry_pathname_utf8 (entry), suffix, func,
                       data, error)))
      return FALSE;
  }
  return FALSE;
}

typedef struct {
  const char *name;
  GBytes *content;
} Wanted;

static gboolean
take_wanted (const char *name, GBytes *content, gpointer data, GError **error)
{
  Wanted *wanted = data;

  if (g_str_equal (name, wanted->name) && wanted->content == NULL)
    wanted->content = g_bytes_ref (content);
  return TRUE;
}

GBytes *
tpo_archive_extract (TpoImport *self, GFile *file, const char *name, GError **error)
{
  g_autofree char *file_name = g_file_get_basename (file);
  Wanted wanted = { .name = name };

  if (!tpo_archive_read (self, file, name, take_wanted, &wanted, error)) {
    g_clear_pointer (&wanted.content, g_bytes_unref);
    return NULL;
  }
  if (wanted.content == NULL)
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, _ ("“%s” has no file “%s”."), file_name,
                 name);
  return wanted.content;
}
