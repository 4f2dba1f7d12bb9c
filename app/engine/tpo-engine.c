#include "config.h"

#include <glib/gi18n.h>

#include "engine/tpo-engine.h"

#include "engine/request.h"

/*
 * Two sides: the fields up to @queue belong to the main thread; @worker's are touched by the engine's thread
 * only. Requests go one way through @queue; news and events come back through the main context, results through their
 * GTask.
 */
typedef struct {
  char *model_path, *selector;
  TpoDevice *device;
  TpoModel *model;
  TpoSession *session;
  TpoVideo *video; /* of @session */
} Worker;

struct _TpoEngine {
  GObject parent_instance;

  char *model_path, *model_name, *device_name;
  guint64 device_memory; /* bytes; 0 until it is known */
  double loading;
  TpoModelInfo *info;  /* nullable */
  GPtrArray *requests; /* of GCancellable: those not finished yet */
  GThread *thread;

  GAsyncQueue *queue; /* of TpoRequest */
  Worker worker;
};

G_DEFINE_FINAL_TYPE (TpoEngine, tpo_engine, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_MODEL_PATH,
  PROP_MODEL_NAME,
  PROP_DEVICE_NAME,
  PROP_DEVICE_MEMORY,
  PROP_LOADING,
  PROP_IS_BUSY,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

/* ---- engine's thread ------------------------------------------------------------------------ */

/* How far a model is loaded, on its way to the main thread. */
typedef struct {
  GTask *task; /* keeps the engine alive */
  double done;
} Loading;

static gboolean take_loading (gpointer data);

static void
loading_free (Loading *self)
{
  g_object_unref (self->task);
  g_free (self);
}

static void
tell_loading (TpoRequest *request, double done)
{
  Loading *loading = g_new (Loading, 1);

  *loading = (Loading){ g_object_ref (request->task), done };
  g_main_context_invoke_full (g_task_get_context (request->task), G_PRIORITY_DEFAULT,
                              take_loading, loading, (GDestroyNotify) loading_free);
}

static void
on_load_progress (double done, const char *step, gpointer user_data)
{
  TpoEvent event = { .kind = TPO_EVENT_STEP,
                     .step = step != NULL ? step : "Loading the model",
                     .done = done };

  tell_loading (user_data, done);
  tpo_request_emit (&event, user_data);
}

static gboolean
need_device (Worker *self, GError **error)
{
  g_autofree char *cache_dir = g_build_filename (g_get_user_cache_dir (), "tpo-studio", NULL);
  TpoDeviceOptions options = { .selector = self->selector, .cache_dir = cache_dir };

  if (self->device == NULL)
    self->device = tpo_device_open (&options, error);
  return self->device != NULL;
}

static gboolean
need_model (Worker *self, TpoRequest *request, GError **error)
{
  if (self->model != NULL)
    return TRUE;
  if (self->model_path == NULL) {
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_IO, _ ("no model is installed"));
    return FALSE;
  }
  if (!need_device (self, error))
    return FALSE;
  tell_loading (request, 0.0);
  self->model = tpo_model_open (self->device, self->model_path, on_load_progress, request,
                                g_task_get_cancellable (request->task), error);
  tell_loading (request, -1.0);
  return self->model != NULL;
}

static void
forget_model (Worker *self)
{
  g_clear_pointer (&self->session, tpo_session_free);
  g_clear_pointer (&self->video, tpo_video_unref);
  g_clear_pointer (&self->model, tpo_model_free);
}

/* Two models need not fit side by side: the old one goes first, and is opened again by the next request if the new
 * one cannot be opened. */
static gboolean
switch_model (Worker *self, TpoRequest *request, GError **error)
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
forget_device (Worker *self)
{
  forget_model (self);
  g_clear_pointer (&self->device, tpo_device_unref);
}

static void
need_session (Worker *self, TpoVideo *video)
{
  if (self->video == video)
    return;
  g_clear_pointer (&self->session, tpo_session_free);
  g_clear_pointer (&self->video, tpo_video_unref);
  self->video = tpo_video_ref (video);
  self->session = tpo_session_new (self->model, video);
}

static gboolean
segment (Worker *self, TpoRequest *request, GCancellable *cancellable, GError **error)
{
  g_autoptr (TpoRle) mask = NULL;
  TpoEvent event = { .kind = TPO_EVENT_MASK, .done = 1.0, .frame = request->track.frame };

  if (!tpo_session_segment (self->session, request->track.frame, request->track.points,
                            request->track.n_points, request->track.box, &mask, &event.score,
                            cancellable, error))
    return FALSE;
  event.mask = mask;
  tpo_request_emit (&event, request);
  return TRUE;
}

static TpoModelInfo *
copy_info (const TpoModelInfo *info)
{
  TpoModelInfo *copy = g_memdup2 (info, sizeof *info);

  copy->name = g_strdup (info->name);
  copy->version = g_strdup (info->version);
  return copy;
}

/* What the main thread hears before the events of a request: which model and device work on it. */
typedef struct {
  GTask *task; /* keeps the engine alive */
  TpoModelInfo *info;
  char *device_name;
  guint64 device_memory;
  char *model_path;
} News;

static void
news_free (News *self)
{
  g_clear_object (&self->task);
  g_clear_pointer (&self->info, tpo_engine_model_info_free);
  g_free (self->device_name);
  g_free (self->model_path);
  g_free (self);
}

static gboolean take_news (gpointer data);

static void
tell_news (Worker *self, TpoRequest *request)
{
  News *news = g_new0 (News, 1);

  news->task = g_object_ref (request->task);
  news->info = copy_info (tpo_model_get_info (self->model));
  news->device_name = g_strdup (tpo_device_get_info (self->device)->name);
  news->device_memory = tpo_device_get_info (self->device)->memory_size;
  news->model_path = g_strdup (self->model_path);
  g_main_context_invoke_full (g_task_get_context (request->task), G_PRIORITY_DEFAULT, take_news,
                              news, (GDestroyNotify) news_free);
}

static gboolean
work (Worker *self, TpoRequest *request, GError **error)
{
  GCancellable *cancellable = g_task_get_cancellable (request->task);
  gboolean is_open;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  is_open = request->kind == TPO_REQUEST_SWITCH ? switch_model (self, request, error)
                                                : need_model (self, request, error);
  if (!is_open)
    return FALSE;
  tell_news (self, request);
  if (request->video != NULL)
    need_session (self, request->video);
  switch (request->kind) {
  case TPO_REQUEST_ASK:
    return tpo_session_ask (self->session, &request->ask, tpo_request_emit, request,
                            cancellable, error);
  case TPO_REQUEST_TRACK:
    return tpo_session_track (self->session, &request->track, tpo_request_emit, request,
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
run_worker (gpointer data)
{
  GAsyncQueue *queue = ((gpointer *) data)[0];
  Worker *worker = ((gpointer *) data)[1];
  gboolean is_running = TRUE;

  g_free (data);
  while (is_running) {
    g_autoptr (TpoRequest) request = g_async_queue_pop (queue);
    g_autoptr (GError) error = NULL;

    if (request->kind == TPO_REQUEST_QUIT) {
      is_running = FALSE;
    } else if (work (worker, request, &error)) {
      g_task_return_boolean (request->task, TRUE);
    } else {
      if (g_error_matches (error, TPO_ERROR, TPO_ERROR_DEVICE_LOST))
        forget_device (worker);
      g_task_return_error (request->task, g_steal_pointer (&error));
    }
  }
  forget_device (worker);
  return NULL;
}

/* ---- main thread ---------------------------------------------------------------------------- */

void
tpo_engine_stop (TpoEngine *self)
{
  g_return_if_fail (TPO_IS_ENGINE (self));

  if (self->thread == NULL)
    return;
  for (guint i = 0; i < self->requests->len; i++)
    g_cancellable_cancel (g_ptr_array_index (self->requests, i));
  g_async_queue_push (self->queue, tpo_request_new (TPO_REQUEST_QUIT, NULL, NULL, NULL, NULL));
  g_thread_join (g_steal_pointer (&self->thread));
}

static void
tpo_engine_dispose (GObject *object)
{
  TpoEngine *self = TPO_ENGINE (object);

  tpo_engine_stop (self);
  G_OBJECT_CLASS (tpo_engine_parent_class)->dispose (object);
}

static void
tpo_engine_finalize (GObject *object)
{
  TpoEngine *self = TPO_ENGINE (object);

  g_clear_pointer (&self->queue, g_async_queue_unref);
  g_clear_pointer (&self->requests, g_ptr_array_unref);
  g_clear_pointer (&self->info, tpo_engine_model_info_free);
  g_free (self->model_path);
  g_free (self->model_name);
  g_free (self->device_name);
  g_free (self->worker.model_path);
  g_free (self->worker.selector);
  G_OBJECT_CLASS (tpo_engine_parent_class)->finalize (object);
}

static void
tpo_engine_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TpoEngine *self = TPO_ENGINE (object);

  switch (id) {
  case PROP_MODEL_PATH:
    g_value_set_string (value, self->model_path);
    break;
  case PROP_MODEL_NAME:
    g_value_set_string (value, self->model_name);
    break;
  case PROP_DEVICE_NAME:
    g_value_set_string (value, self->device_name);
    break;
  case PROP_DEVICE_MEMORY:
    g_value_set_uint64 (value, self->device_memory);
    break;
  case PROP_LOADING:
    g_value_set_double (value, self->loading);
    break;
  case PROP_IS_BUSY:
    g_value_set_boolean (value, self->requests->len > 0);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
tpo_engine_class_init (TpoEngineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = tpo_engine_dispose;
  object_class->finalize = tpo_engine_finalize;
  object_class->get_property = tpo_engine_get_property;
  properties[PROP_MODEL_PATH] = g_param_spec_string ("model-path", NULL, NULL, NULL, flags);
  properties[PROP_MODEL_NAME] = g_param_spec_string ("model-name", NULL, NULL, NULL, flags);
  properties[PROP_DEVICE_NAME] = g_param_spec_string ("device-name", NULL, NULL, NULL, flags);
  properties[PROP_DEVICE_MEMORY] =
      g_param_spec_uint64 ("device-memory", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_LOADING] =
      g_param_spec_double ("loading", NULL, NULL, -1.0, 1.0, -1.0, flags);
  properties[PROP_IS_BUSY] = g_param_spec_boolean ("is-busy", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
tpo_engine_init (TpoEngine *self)
{
  self->queue = g_async_queue_new_full ((GDestroyNotify) tpo_request_free);
  self->requests = g_ptr_array_new_with_free_func (g_object_unref);
  self->loading = -1.0;
}

TpoEngine *
tpo_engine_new (const char *model_path, const char *device)
{
  TpoEngine *self = g_object_new (TPO_TYPE_ENGINE, NULL);
  gpointer *data = g_new (gpointer, 2);

  self->model_path = g_strdup (model_path);
  self->worker.model_path = g_strdup (model_path);
  self->worker.selector = g_strdup (device);
  /* The thread ends in dispose, so it needs no reference of its own. */
  data[0] = self->queue;
  data[1] = &self->worker;
  self->thread = g_thread_new ("engine", run_worker, data);
  return self;
}

TpoModelInfo *
tpo_engine_dup_model_info (TpoEngine *self)
{
  g_return_val_if_fail (TPO_IS_ENGINE (self), NULL);

  return self->info != NULL ? copy_info (self->info) : NULL;
}

void
tpo_engine_model_info_free (TpoModelInfo *info)
{
  g_free (info->name);
  g_free (info->version);
  g_free (info);
}

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
  g_return_if_fail (self->thread != NULL);

  g_ptr_array_add (self->requests, g_object_ref (g_task_get_cancellable (request->task)));
  if (self->requests->len == 1)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_BUSY]);
  g_async_queue_push (self->queue, request);
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
tpo_engine_track_async (TpoEngine *self, TpoVideo *video, const TpoTrack *track,
                        TpoEventFunc on_event, gpointer user_data, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer callback_data)
{
  TpoRequest *request;

  g_return_if_fail (TPO_IS_ENGINE (self) && video != NULL && track != NULL);

  request = new_request (self, TPO_REQUEST_TRACK, video, on_event, user_data, cancellable,
                         callback, callback_data);
  tpo_request_set_track (request, track);
  push (self, request);
}

void
tpo_engine_segment_async (TpoEngine *self, TpoVideo *video, guint frame, const TpoPoint *points,
                          guint n_points, const TpoBox *box, TpoEventFunc on_event,
                          gpointer user_data, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer callback_data)
{
  TpoTrack prompt = { .frame = frame, .box = box, .points = points, .n_points = n_points };
  TpoRequest *request;

  g_return_if_fail (TPO_IS_ENGINE (self) && video != NULL);

  request = new_request (self, TPO_REQUEST_SEGMENT, video, on_event, user_data, cancellable,
                         callback, callback_data);
  tpo_request_set_track (request, &prompt);
  push (self, request);
}

static void
take_string (TpoEngine *self, char **held, char **found, guint property)
{
  if (g_strcmp0 (*held, *found) == 0)
    return;
  g_free (*held);
  *held = g_steal_pointer (found);
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static gboolean
take_news (gpointer data)
{
  News *news = data;
  TpoEngine *self = g_task_get_source_object (news->task);
  g_autofree char *name = g_strdup (news->info->name);

  g_object_freeze_notify (G_OBJECT (self));
  g_clear_pointer (&self->info, tpo_engine_model_info_free);
  self->info = g_steal_pointer (&news->info);
  take_string (self, &self->model_path, &news->model_path, PROP_MODEL_PATH);
  take_string (self, &self->model_name, &name, PROP_MODEL_NAME);
  take_string (self, &self->device_name, &news->device_name, PROP_DEVICE_NAME);
  if (self->device_memory != news->device_memory) {
    self->device_memory = news->device_memory;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DEVICE_MEMORY]);
  }
  g_object_thaw_notify (G_OBJECT (self));
  return G_SOURCE_REMOVE;
}

static gboolean
take_loading (gpointer data)
{
  const Loading *loading = data;
  TpoEngine *self = g_task_get_source_object (loading->task);

  if (self->loading != loading->done) {
    self->loading = loading->done;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
  }
  return G_SOURCE_REMOVE;
}

gboolean
tpo_engine_finish (TpoEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (TPO_IS_ENGINE (self) && g_task_is_valid (result, self), FALSE);

  g_ptr_array_remove_fast (self->requests, g_task_get_cancellable (G_TASK (result)));
  if (self->requests->len == 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_BUSY]);
  return g_task_propagate_boolean (G_TASK (result), error);
}
