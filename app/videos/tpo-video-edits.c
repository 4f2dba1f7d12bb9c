#include "config.h"

#include "videos/tpo-video-edits.h"

#include <glib/gi18n.h>

#include "store/tpo-store-videos.h"

typedef struct {
  char *project;
  TpoVideoEdit edit;
  GArray *ids; /* gint64 */
} Job;

static void
job_free (Job *self)
{
  g_free (self->project);
  g_array_unref (self->ids);
  g_free (self);
}

static gboolean
change_one (const Job *self, TpoStore *store, gint64 id, GError **error)
{
  switch (self->edit) {
  case TPO_VIDEO_EDIT_REVIEWED:
    return tpo_store_set_reviewed (store, id, TRUE, NULL, error);
  case TPO_VIDEO_EDIT_NOT_REVIEWED:
    return tpo_store_set_reviewed (store, id, FALSE, NULL, error);
  case TPO_VIDEO_EDIT_REMOVE:
  default:
    return tpo_store_remove_video (store, id, NULL, error);
  }
}

static gboolean
change_all (const Job *self, TpoStore *store, GError **error)
{
  static const char *const names[] = {
    [TPO_VIDEO_EDIT_REVIEWED] = N_ ("Mark as Reviewed"),
    [TPO_VIDEO_EDIT_NOT_REVIEWED] = N_ ("Take Back Review"),
    [TPO_VIDEO_EDIT_REMOVE] = N_ ("Remove Videos"),
  };
  TpoEdit step = { .name = names[self->edit] };

  if (!tpo_store_begin_group (store, &step, error))
    return FALSE;
  for (guint i = 0; i < self->ids->len; i++)
    if (!change_one (self, store, g_array_index (self->ids, gint64, i), error)) {
      tpo_store_cancel_group (store);
      return FALSE;
    }
  return tpo_store_end_group (store, error);
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *self = data;
  GError *error = NULL;
  g_autoptr (TpoStore) store = tpo_store_open (self->project, TPO_STORE_DEFAULT, &error);

  if (store != NULL && change_all (self, store, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
tpo_video_edit_async (TpoDocument *document, TpoVideoEdit edit, GArray *video_ids,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Job *job;

  g_return_if_fail (TPO_IS_DOCUMENT (document) && video_ids != NULL);

  job = g_new0 (Job, 1);
  job->project = g_strdup (tpo_store_get_path (tpo_document_get_store (document)));
  job->edit = edit;
  job->ids = video_ids;
  task = g_task_new (document, NULL, callback, user_data);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_task_run_in_thread (task, run);
}

gboolean
tpo_video_edit_finish (TpoDocument *document, GAsyncResult *result, GError **error)
{
  static const TpoStoreChange change = { .has_videos = TRUE };

  g_return_val_if_fail (g_task_is_valid (result, document), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  tpo_document_take_change (document, &change);
  return TRUE;
}
