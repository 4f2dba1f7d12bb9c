#include <glib/gi18n.h>
#include <string.h>

#include "formats/export-private.h"

static void
export_video_free (gpointer data)
{
  TpoExportVideo *video = data;

  g_free (video->uri);
  g_free (video->path);
  g_free (video->stem);
  g_free (video);
}

/* Where readers find the video: below the exported file, or by its bare name. */
static char *
path_of (const char *uri, GFile *folder)
{
  g_autoptr (GFile) file = g_file_new_for_uri (uri);
  char *path = g_file_get_relative_path (folder, file);

  if (path == NULL)
    path = g_file_get_basename (file);
  return path != NULL ? path : g_strdup ("video");
}

static char *
unique_stem (const char *path, GHashTable *stems)
{
  g_autofree char *name = g_path_get_basename (path);
  char *dot = strrchr (name, '.'), *stem;

  if (dot != NULL && dot != name)
    *dot = '\0';
  stem = g_utf8_make_valid (name, -1);
  for (guint i = 2; g_hash_table_contains (stems, stem); i++) {
    g_free (stem);
    stem = g_strdup_printf ("%s-%u", name, i);
  }
  g_hash_table_add (stems, stem);
  return g_strdup (stem);
}

static gint
compare_ids (gconstpointer a, gconstpointer b)
{
  const TpoVideoRecord *const *left = a, *const *right = b;

  return (*left)->id < (*right)->id ? -1 : (*left)->id > (*right)->id;
}

static gboolean
is_wanted (const TpoVideoScope *scope, const TpoVideoRecord *video)
{
  return (scope->video_id == 0 || scope->video_id == video->id) &&
         (!scope->is_reviewed || video->is_reviewed);
}

GPtrArray *
tpo_export_name_videos (TpoExport *self, GFile *target, GError **error)
{
  g_autoptr (GPtrArray) records = tpo_store_list_videos (self->store, error);
  g_autoptr (GFile) folder = g_file_get_parent (target);
  g_autoptr (GHashTable) stems = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) paths = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *videos = NULL;

  if (records == NULL)
    return NULL;
  /* Not by when they were opened last: the same project gives the same file. */
  g_ptr_array_sort (records, compare_ids);
  videos = g_ptr_array_new_with_free_func (export_video_free);
  for (guint i = 0; i < records->len; i++) {
    const TpoVideoRecord *record = records->pdata[i];
    TpoExportVideo *video;

    if (!is_wanted (&self->options.videos, record)) {
      tpo_loss_report_add (self->report, N_ ("videos"), 1,
                           self->options.videos.is_reviewed
                               ? N_ ("not marked as reviewed, left out with their labels")
                               : N_ ("beside the one that was chosen, left out"));
      continue;
    }
    video = g_new0 (TpoExportVideo, 1);
    video->id = record->id;
    video->uri = g_strdup (record->uri);
    video->path = path_of (record->uri, folder);
    video->stem = unique_stem (video->path, stems);
    if (!g_hash_table_add (paths, video->path))
      tpo_loss_report_add (self->report, N_ ("videos"), 1,
                           N_ ("with the file name of another one from another folder"));
    g_ptr_array_add (videos, video);
  }
  return videos;
}
