#include "config.h"

#include "engine/worker.h"

#include <glib/gi18n.h>

#include "engine/tpo-engine.h"

/*
 * Requests come through @queue; everything else belongs to the thread. News and events go back
 * through the main context, results through the requests' tasks.
 */
struct _TpoWorker {
  GThread *thread;
  GAsyncQueue *queue; /* of TpoRequest */
  TpoNewsFunc on_news;

  char *model_path, *selector;
  TpoDevice *device;
  TpoModel *model;
  TpoSession *session;
  TpoVideo *video; /* of @session */
};

/* ---- news ------------------------------------------------------------------------------------ */

typedef struct {
  TpoNews news;
  TpoNewsFunc on_news;
} Delivery;

static void
delivery_free (Delivery *self)
{
  g_clear_object (&self->news.task);
  g_clear_pointer (&self->news.info, tpo_engine_model_info_free);
  g_free (self->news.device_name);
  g_free (self->news.model_path);
  g_free (self);
}

static gboolean
deliver (gpointer data)
{
  Delivery *self = data;

  self->on_news (&self->news);
  return G_SOURCE_REMOVE;
}

/* Takes over what @news points to. */
static void
tell (TpoWorker *self, TpoRequest *request, const TpoNews *news)
{
  Delivery *delivery = g_new (Delivery, 1);

  *delivery = (Delivery){ *news, self->on_news };
  delivery->news.task = g_object_ref (request->task);
  g_main_context_invoke_full (g_task_get_context (request->task), G_PRIORITY_DEFAULT, deliver,
                              delivery, (GDestroyNotify) delivery_free);
}

TpoModelInfo *
tpo_model_info_copy (const TpoModelInfo *info)
{
  TpoModelInfo *copy = g_memdup2 (info, sizeof *info);

  copy->name = g_strdup (info->name);
  copy->version = g_strdup (info->version);
  copy->hash = g_strdup (info->hash);
  return copy;
}

static void
tell_what_works (TpoWorker *self, TpoRequest *request)
{
  const TpoDeviceInfo *device = tpo_device_get_info (self->device);
  const TpoNews news = {
    .loading = -1.0,
    .info = tpo_model_info_copy (tpo_model_get_info (self->model)),
    .device_name = g_strdup (device->name),
    .device_memory = device->memory_size,
    .model_path = g_strdup (self->model_path),
  };

  tell (self, request, &news);
}

/* ---- device and model ------------------------------------------------------------------------- */

typedef struct {
  TpoWorker *worker;
  TpoRequest *request;
} Loading;

static void
on_load_progress (double done, const char *step, gpointer user_data)
{
  const Loading *loading = user_data;
  TpoEvent event = { .kind = TPO_EVENT_STEP,
                     .step = step != NULL ? step : N_ ("Loading the model"),
                     .done = done };

  tell (loading->worker, loading->request, &(TpoNews){ .loading = done });
  tpo_request_emit (&event, loading->request);
}

static gboolean
need_device (TpoWorker *self, GError **error)
{
  g_autofree char *cache_dir = g_build_filename (g_get_user_cache_dir (), "tpo-studio", NULL);
  TpoDeviceOptions options = { .selector = self->selector, .cache_dir = cache_dir };

  if (self->device == NULL)
    self->device = tpo_device_open (&options, error);
  return self->device != NULL;
}

static gboolean
need_model (TpoWorker *self, TpoRequest *request, GError **error)
{
  Loading loading = { self, request };

  if (self->model != NULL)
    return TRUE;
  if (self->model_path == NULL) {
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_IO, _ ("no model is installed"));
    return FALSE;
  }
  if (!need_device (self, error))
    return FALSE;
  tell (self, request, &(TpoNews){ .loading = 0.0 });
  self->model = tpo_model_open (self->device, self->model_path, on_load_progress, &loading,
                                g_task_get_cancellable (request->task), error);
  tell (self, request, &(TpoNews){ .loading = -1.0 });
  return self->model != NULL;
}

static void
forget_model (TpoWorker *self)
{
  g_clear_pointer (&self->session, tpo_session_free);
  g_clear_pointer (&self->video, tpo_video_unref);
  g_clear_pointer (&self->model, tpo_model_free);
}

/* Two models need not fit side by side: the old one goes first, and is opened again by the next
 * request if the new one cannot be opened. */
static gboolean
switch_model (TpoWorker *self, TpoRequest *request, GError **error)
{
  g_autofree char *before = NULL;

  if (self->model != NULL && g_strcmp0 (self->model_path, request->path) == 0)
    return TRUE;
  before = g_steal_pointer (&self->model_path);
  forget_model (self);
  self->model_path = g_strdup (request->path);
  if (need_model (self, request, error))
    return TRUE;
  g_free (self->model_path);
  self->model_path = g_steal_pointer (&before);
  return FALSE;
}

/* What a person needs to recover after a driver reset: everything is opened anew by the next request. */
static void
forget_device (TpoWorker *self)
{
  forget_model (self);
  g_clear_pointer (&self->device, tpo_device_unref);
}

/* ---- work -------------------------------------------------------------------------------------- */

static void
need_session (TpoWorker *self, TpoVideo *video)
{
  if (self->video == video)
    return;
  g_clear_pointer (&self->session, tpo_session_free);
  g_clear_pointer (&self->video, tpo_video_unref);
  self->video = tpo_video_ref (video);
  self->session = tpo_session_new (self->model, video);
}

/* Clicks on a mask correct it as they would in the middle of a track. */
static gboolean
segment (TpoWorker *self, TpoRequest *request, GCancellable *cancellable, GError **error)
{
  const TpoCorrection *prompt = &request->follow->corrections[0];
  g_autoptr (TpoRle) mask = NULL;
  TpoEvent event = { .kind = TPO_EVENT_MASK, .done = 1.0, .frame = prompt->frame };
  gboolean ok;

  if (prompt->mask == NULL) {
    ok = tpo_session_segment (self->session, prompt->frame, prompt->points, prompt->n_points,
                              prompt->box, &mask, &event.score, cancellable, error);
  } else {
    tpo_session_forget (self->session, prompt->object);
    ok = tpo_session_correct (self->session, prompt, &mask, &event.score, cancellable, error);
    tpo_session_forget (self->session, prompt->object);
  }
  if (!ok)
    return FALSE;
  event.mask = mask;
  tpo_request_emit (&event, request);
  return TRUE;
}

static gboolean
work (TpoWorker *self, TpoRequest *request, GError **error)
{
  GCancellable *cancellable = g_task_get_cancellable (request->task);
  gboolean is_open;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  is_open = request->kind == TPO_REQUEST_SWITCH ? switch_model (self, request, error)
                                                : need_model (self, request, error);
  if (!is_open)
    return FALSE;
  tell_what_works (self, request);
  if (request->video != NULL)
    need_session (self, request->video);
  switch (request->kind) {
  case TPO_REQUEST_ASK:
    return tpo_session_ask (self->session, &request->ask, tpo_request_emit, request,
                            cancellable, error);
  case TPO_REQUEST_FOLLOW:
    return tpo_follow_run (request->follow, self->session, tpo_request_emit, request,
                           cancellable, error);
  case TPO_REQUEST_SEGMENT:
    return segment (self, request, cancellable, error);
  case TPO_REQUEST_WARM_UP:
  case TPO_REQUEST_SWITCH:
  case TPO_REQUEST_QUIT:
    break;
  }
  return TRUE;
}

static gpointer
run (gpointer data)
{
  TpoWorker *self = data;
  gboolean is_running = TRUE;

  while (is_running) {
    g_autoptr (TpoRequest) request = g_async_queue_pop (self->queue);
    g_autoptr (GError) error = NULL;

    if (request->kind == TPO_REQUEST_QUIT) {
      is_running = FALSE;
    } else if (work (self, request, &error)) {
      g_task_return_boolean (request->task, TRUE);
    } else {
      if (g_error_matches (error, TPO_ERROR, TPO_ERROR_DEVICE_LOST))
        forget_device (self);
      g_task_return_error (request->task, g_steal_pointer (&error));
    }
  }
  forget_device (self);
  return NULL;
}

/* ---- main thread --------------------------------------------------------------------------------- */

TpoWorker *
tpo_worker_new (const char *model_path, const char *device, TpoNewsFunc on_news)
{
  TpoWorker *self = g_new0 (TpoWorker, 1);

  self->queue = g_async_queue_new_full ((GDestroyNotify) tpo_request_free);
  self->on_news = on_news;
  self->model_path = g_strdup (model_path);
  self->selector = g_strdup (device);
  self->thread = g_thread_new ("engine", run, self);
  return self;
}

void
tpo_worker_push (TpoWorker *self, TpoRequest *request)
{
  g_async_queue_push (self->queue, request);
}

void
tpo_worker_free (TpoWorker *self)
{
  tpo_worker_push (self, tpo_request_new (TPO_REQUEST_QUIT, NULL, NULL, NULL, NULL));
  g_thread_join (self->thread);
  g_async_queue_unref (self->queue);
  g_free (self->model_path);
  g_free (self->selector);
  g_free (self);
}
