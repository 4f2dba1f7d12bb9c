#include "config.h"

#include "videos/video-files.h"

static void
clear_file (gpointer file)
{
  g_free (((TpoVideoFile *) file)->uri);
}

static void
look (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GArray *files = data;

  for (guint i = 0; i < files->len && !g_cancellable_is_cancelled (cancellable); i++) {
    TpoVideoFile *file = &g_array_index (files, TpoVideoFile, i);
    g_autoptr (GFile) place = g_file_new_for_uri (file->uri);

    file->is_missing = !g_file_query_exists (place, cancellable);
  }
  g_task_return_boolean (task, TRUE);
}

void
tpo_video_files_look (GPtrArray *items, GTask *task)
{
  GArray *files = g_array_sized_new (FALSE, FALSE, sizeof (TpoVideoFile), items->len);

  g_array_set_clear_func (files, clear_file);
  for (guint i = 0; i < items->len; i++) {
    const TpoVideoSummary *summary = tpo_video_item_get_summary (g_ptr_array_index (items, i));
    TpoVideoFile file = { .id = summary->video.id, .uri = g_strdup (summary->video.uri) };

    g_array_append_val (files, file);
  }
  g_task_set_task_data (task, files, (GDestroyNotify) g_array_unref);
  g_task_run_in_thread (task, look);
}
