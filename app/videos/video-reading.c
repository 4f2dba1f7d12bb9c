#include "config.h"

#include "videos/video-reading.h"

static void
unref_item (gpointer item)
{
  g_clear_object ((TpoVideoItem **) &item);
}

void
tpo_video_reading_free (TpoVideoReading *self)
{
  g_free (self->project);
  g_array_unref (self->annotation_ids);
  g_hash_table_unref (self->video_ids);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_free (self);
}

TpoVideoReading *
tpo_video_reading_new (void)
{
  TpoVideoReading *self = g_new0 (TpoVideoReading, 1);

  self->annotation_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->video_ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  return self;
}

void
tpo_video_reading_add_video (TpoVideoReading *self, gint64 id)
{
  g_hash_table_add (self->video_ids, g_memdup2 (&id, sizeof id));
}

/* Some videos; those that are gone are NULL. */
static gboolean
read_some (TpoVideoReading *self, TpoStore *store, GError **error)
{
  GHashTableIter iter;
  gpointer id;

  for (guint i = 0; i < self->annotation_ids->len; i++) {
    gint64 video_id = tpo_store_find_annotation_video (
        store, g_array_index (self->annotation_ids, gint64, i), error);

    if (video_id < 0)
      return FALSE;
    tpo_video_reading_add_video (self, video_id);
  }
  self->items = g_ptr_array_new_with_free_func (unref_item);
  g_hash_table_iter_init (&iter, self->video_ids);
  while (g_hash_table_iter_next (&iter, &id, NULL)) {
    TpoVideoSummary *summary;

    if (!tpo_store_get_summary (store, *(gint64 *) id, &summary, error))
      return FALSE;
    g_ptr_array_add (self->items, summary != NULL ? tpo_video_item_new (summary) : NULL);
  }
  return TRUE;
}

static gboolean
read_all (TpoVideoReading *self, TpoStore *store, GError **error)
{
  self->items = tpo_store_list_summaries (store, error);
  if (self->items == NULL)
    return FALSE;
  for (guint i = 0; i < self->items->len; i++)
    self->items->pdata[i] = tpo_video_item_new (self->items->pdata[i]);
  g_ptr_array_set_free_func (self->items, unref_item);
  return TRUE;
}

static void
run_reading (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TpoVideoReading *self = data;
  GError *error = NULL;
  g_autoptr (TpoStore) store = tpo_store_open (self->project, TPO_STORE_READ_ONLY, &error);

  if (store != NULL &&
      (self->is_whole ? read_all (self, store, &error) : read_some (self, store, &error)))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
tpo_video_reading_run (TpoVideoReading *self, TpoStore *store, GTask *task)
{
  self->project = g_strdup (tpo_store_get_path (store));
  g_task_set_task_data (task, self, (GDestroyNotify) tpo_video_reading_free);
  g_task_run_in_thread (task, run_reading);
}
