#include "config.h"

#include "engine/tpo-engine-private.h"

/* Requests on their way to the worker, and their end. */

static TpoRequest *
new_request (TpoEngine *self, TpoRequestKind kind, TpoVideo *video, TpoEventFunc on_event,
             gpointer user_data, GCancellable *cancellable, GAsyncReadyCallback callback,
             gpointer callback_data)
{
  g_autoptr (GCancellable) own =
      cancellable != NULL ? g_object_ref (cancellable) : g_cancellable_new ();
  GTask *task = g_task_new (self, own, callback, callback_data);

  /* What was done before a cancel is worth keeping; the receiver hears of both. */
  g_task_set_check_cancellable (task, FALSE);
  return tpo_request_new (kind, video, on_event, user_data, task);
}

static void
push (TpoEngine *self, TpoRequest *request)
{
  g_return_if_fail (self->worker != NULL);

  g_ptr_array_add (self->requests, g_object_ref (g_task_get_cancellable (request->task)));
  if (self->requests->len == 1)
    g_object_notify (G_OBJECT (self), "is-busy");
  tpo_worker_push (self->worker, request);
}

void
tpo_engine_warm_up_async (TpoEngine *self, TpoEventFunc on_event, gpointer user_data,
                          GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer callback_data)
{
  g_return_if_fail (TPO_IS_ENGINE (self));

  push (self, new_request (self, TPO_REQUEST_WARM_UP, NULL, on_event, user_data, cancellable,
                           callback, callback_data));
}

void
tpo_engine_switch_async (TpoEngine *self, const char *model_path, TpoEventFunc on_event,
                         gpointer user_data, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer callback_data)
{
  TpoRequest *request;

  g_return_if_fail (TPO_IS_ENGINE (self) && model_path != NULL);

  request = new_request (self, TPO_REQUEST_SWITCH, NULL, on_event, user_data, cancellable,
                         callback, callback_data);
  request->path = g_strdup (model_path);
  push (self, request);
}

void
tpo_engine_ask_async (TpoEngine *self, TpoVideo *video, const TpoAsk *ask,
                      TpoEventFunc on_event, gpointer user_data, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer callback_data)
{
  TpoRequest *request;

  g_return_if_fail (TPO_IS_ENGINE (self) && video != NULL && ask != NULL);

  request = new_request (self, TPO_REQUEST_ASK, video, on_event, user_data, cancellable,
                         callback, callback_data);
  tpo_request_set_ask (request, ask);
  push (self, request);
}

void
tpo_engine_follow_async (TpoEngine *self, TpoVideo *video, const TpoFollow *follow,
                         TpoEventFunc on_event, gpointer user_data, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer callback_data)
{
  TpoRequest *request;

  g_return_if_fail (TPO_IS_ENGINE (self) && video != NULL && follow != NULL);

  request = new_request (self, TPO_REQUEST_FOLLOW, video, on_event, user_data, cancellable,
                         callback, callback_data);
  request->follow = tpo_follow_copy (follow);
  push (self, request);
}

void
tpo_engine_segment_async (TpoEngine *self, TpoVideo *video, const TpoCorrection *prompt,
                          TpoEventFunc on_event, gpointer user_data, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer callback_data)
{
  const TpoFollow alone = { .corrections = prompt, .n_corrections = 1 };
  TpoRequest *request;

  g_return_if_fail (TPO_IS_ENGINE (self) && video != NULL && prompt != NULL);

  request = new_request (self, TPO_REQUEST_SEGMENT, video, on_event, user_data, cancellable,
                         callback, callback_data);
  request->follow = tpo_follow_copy (&alone);
  push (self, request);
}

gboolean
tpo_engine_finish (TpoEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (TPO_IS_ENGINE (self) && g_task_is_valid (result, self), FALSE);

  g_ptr_array_remove_fast (self->requests, g_task_get_cancellable (G_TASK (result)));
  if (self->requests->len == 0)
    g_object_notify (G_OBJECT (self), "is-busy");
  return g_task_propagate_boolean (G_TASK (result), error);
}
