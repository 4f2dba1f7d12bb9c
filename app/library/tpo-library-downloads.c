#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "library/import.h"
#include "library/tpo-library-private.h"

/* The library's downloads. A finished one is a model, and stays in the list to tell its checksum. */

static void
forget (TpoLibrary *self, TpoDownload *download)
{
  guint position;

  if (g_list_store_find (self->downloads, download, &position))
    g_list_store_remove (self->downloads, position);
}

static void
on_finished (TpoLibrary *self, TpoDownload *download)
{
  TpoModelEntry *entry = tpo_library_add (self, tpo_download_take_model (download));

  g_signal_emit_by_name (self, "downloaded", entry);
}

void
tpo_library_add_download (TpoLibrary *self, TpoDownload *download)
{
  g_signal_connect_object (download, "finished", G_CALLBACK (on_finished), self,
                           G_CONNECT_SWAPPED);
  g_list_store_append (self->downloads, download);
}

static TpoDownload *
find (TpoLibrary *self, const char *path, const char *address)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->downloads));

  for (guint i = 0; i < n; i++) {
    g_autoptr (TpoDownload) download =
        g_list_model_get_item (G_LIST_MODEL (self->downloads), i);

    if (g_strcmp0 (tpo_download_get_path (download), path) == 0 ||
        g_strcmp0 (tpo_download_get_address (download), address) == 0)
      return download; /* the list keeps it */
  }
  return NULL;
}

/* @name in the library's folder, with a number where that is taken. */
static char *
choose_path (TpoLibrary *self, const char *name)
{
  static const char suffix[] = ".gguf";
  int n = (int) (strlen (name) - strlen (suffix));
  char *path = g_build_filename (self->folder, name, NULL);

  for (guint i = 2; g_file_test (path, G_FILE_TEST_EXISTS) || find (self, path, NULL) != NULL;
       i++) {
    g_free (path);
    path = g_strdup_printf ("%s/%.*s-%u%s", self->folder, n, name, i, suffix);
  }
  return path;
}

gboolean
tpo_library_check (TpoLibrary *self, const TpoModelFile *file, const char *name, GError **error)
{
  g_auto (GStrv) hashes = NULL;

  g_return_val_if_fail (TPO_IS_LIBRARY (self) && file != NULL && name != NULL, FALSE);

  hashes = tpo_library_list_hashes (self);
  return tpo_import_check (file, name, (const char *const *) hashes, error);
}

void
tpo_library_download (TpoLibrary *self, const char *address, const char *name,
                      const char *sha256)
{
  g_autoptr (TpoDownload) download = NULL;
  g_autofree char *path = NULL;
  TpoDownload *earlier;

  g_return_if_fail (TPO_IS_LIBRARY (self) && address != NULL);
  g_return_if_fail (name != NULL && g_str_has_suffix (name, ".gguf"));

  earlier = find (self, NULL, address);
  if (earlier != NULL && tpo_download_get_state (earlier) == TPO_DOWNLOAD_FINISHED) {
    forget (self, earlier);
  } else if (earlier != NULL) {
    tpo_download_pause (earlier);
    tpo_download_set_checksum (earlier, sha256);
    tpo_download_start (earlier);
    return;
  }
  g_mkdir_with_parents (self->folder, 0700); /* without it the download says why it fails */
  path = choose_path (self, name);
  download = tpo_download_new (address, path, sha256);
  tpo_library_add_download (self, download);
  tpo_download_start (download);
}

void
tpo_library_discard_download (TpoLibrary *self, TpoDownload *download)
{
  g_return_if_fail (TPO_IS_LIBRARY (self) && TPO_IS_DOWNLOAD (download));

  tpo_download_discard (download);
  forget (self, download);
}

GListModel *
tpo_library_get_downloads (TpoLibrary *self)
{
  g_return_val_if_fail (TPO_IS_LIBRARY (self), NULL);

  return G_LIST_MODEL (self->downloads);
}

void
tpo_library_stop (TpoLibrary *self)
{
  guint n;

  g_return_if_fail (TPO_IS_LIBRARY (self));

  tpo_library_cancel_import (self);
  n = g_list_model_get_n_items (G_LIST_MODEL (self->downloads));
  for (guint i = 0; i < n; i++) {
    g_autoptr (TpoDownload) download =
        g_list_model_get_item (G_LIST_MODEL (self->downloads), i);

    tpo_download_stop (download);
  }
}
