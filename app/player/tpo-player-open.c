#include "config.h"

#include "player/tpo-player-private.h"

typedef struct {
  char *location;
  TpoVideoIndex *index; /* (nullable) */
} Request;

typedef struct {
  GTask *task;
  double progress;
} Report;

static void
free_request (gpointer data)
{
  Request *request = data;

  g_free (request->location);
  g_clear_pointer (&request->index, tpo_video_index_unref);
  g_free (request);
}

static void
free_report (gpointer data)
{
  Report *report = data;

  g_object_unref (report->task);
  g_free (report);
}

static gboolean
tell_progress (gpointer data)
{
  Report *report = data;
  TpoPlayer *self = g_task_get_source_object (report->task);

  if (self->is_opening) {
    self->progress = report->progress;
    tpo_player_notify (self, PROP_PROGRESS);
  }
  return G_SOURCE_REMOVE;
}

/* On the opening thread. The report carries the task, and with it the player, to the main
 * thread; both are let go of there. */
static void
on_progress (double done, const char *step, gpointer user_data)
{
  GTask *task = user_data;
  g_autoptr (GSource) source = g_idle_source_new ();
  Report *report = g_new (Report, 1);

  *report = (Report){ g_object_ref (task), done };
  g_source_set_callback (source, tell_progress, report, free_report);
  g_source_attach (source, g_task_get_context (task));
}

static void
open_video (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Request *request = data;
  TpoVideoOpenParams params = { request->index, on_progress, task };
  GError *error = NULL;
  TpoVideo *video = tpo_video_open (request->location, &params, cancellable, &error);

  if (video != NULL)
    g_task_return_pointer (task, video, (GDestroyNotify) tpo_video_unref);
  else
    g_task_return_error (task, error);
}

void
tpo_player_open_async (TpoPlayer *self, const char *location, TpoVideoIndex *index,
                       GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Request *request;

  g_return_if_fail (TPO_IS_PLAYER (self));
  g_return_if_fail (location != NULL);
  request = g_new (Request, 1);
  request->location = g_strdup (location);
  request->index = index != NULL ? tpo_video_index_ref (index) : NULL;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tpo_player_open_async);
  g_task_set_task_data (task, request, free_request);
  self->progress = 0;
  tpo_player_notify (self, PROP_PROGRESS);
  tpo_player_set_flag (self, &self->is_opening, TRUE, PROP_OPENING);
  g_task_run_in_thread (task, open_video);
}

gboolean
tpo_player_open_finish (TpoPlayer *self, GAsyncResult *result, GError **error)
{
  g_autoptr (TpoVideo) video = NULL;

  g_return_val_if_fail (TPO_IS_PLAYER (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  video = g_task_propagate_pointer (G_TASK (result), error);
  tpo_player_set_flag (self, &self->is_opening, FALSE, PROP_OPENING);
  if (video == NULL)
    return FALSE;
  tpo_player_set_video (self, video);
  return TRUE;
}
