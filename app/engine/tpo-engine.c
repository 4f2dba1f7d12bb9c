#include "config.h"

#include "engine/tpo-engine.h"

#include "engine/request.h"

/*
 * Two sides: the fields up to @queue belong to the main thread; @worker's are touched by the engine's thread
 * only. Requests go one way through @queue; results come back through their GTask.
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

  char *model_name, *device_name;
  TpoModelInfo *info; /* nullable */
  guint n_pending;
  GThread *thread;

  GAsyncQueue *queue; /* of TpoRequest */
  Worker worker;
};

G_DEFINE_FINAL_TYPE (TpoEngine, tpo_engine, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_MODEL_NAME,
  PROP_DEVICE_NAME,
  PROP_IS_BUSY,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

/* ---- engine's thread ------------------------------------------------------------------------ */

static void
on_load_progress (double done, const char *step, gpointer user_data)
{
  TpoEvent event = { .kind = TPO_EVENT_STEP,
                     .step = step != NULL ? step : "Loading the model",
                     .done = done };

  tpo_request_emit (&event, user_data);
}

static gboolean
need_model (Worker *self, TpoRequest *request, GError **error)
{
  g_autofree char *cache_dir = g_build_filename (g_get_user_cache_dir (), "tpo-studio", NULL);
  TpoDeviceOptions options = { .selector = self->selector, .cache_dir = cache_dir };

  if (self->model != NULL)
    return TRUE;
  if (self->model_path == NULL) {
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_IO, "no model is installed");
    return FALSE;
  }
  if (self->device == NULL)
    self->device = tpo_device_open (&options, error);
  if (self->device == NULL)
    return FALSE;
  self->model = tpo_model_open (self->device, self->model_path, on_load_progress, request,
                                g_task_get_cancellable (request->task), error);
  return self->model != NULL;
}

/* What a person needs to recover after a driver reset: everything is opened anew by the next request. */
static void
forget_device (Worker *self)
{
  g_clear_pointer (&self->session, tpo_session_free);
  g_clear_pointer (&self->video, tpo_video_unref);
  g_clear_pointer (&self->model, tpo_model_free);
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

static gboolean
work (Worker *self, TpoRequest *request, GError **error)
{
  GCancellable *cancellable = g_task_get_cancellable (request->task);

  if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
      !need_model (self, request, error))
    return FALSE;
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
  case TPO_REQUEST_QUIT:
    break;
  }
  return TRUE;
}

/* Copied for the main thread as soon as the model is open. */
static TpoModelInfo *
copy_info (Worker *self)
{
  TpoModelInfo *info;

  if (self->model == NULL)
    return NULL;
  info = g_memdup2 (tpo_model_get_info (self->model), sizeof *info);
  info->name = g_strdup (info->name);
  info->version = g_strdup (info->version);
  return info;
}

/* What travels back with a finished request. */
typedef struct {
  TpoModelInfo *info;
  char *device_name;
} Outcome;

static void
outcome_free (Outcome *self)
{
  g_clear_pointer (&self->info, tpo_engine_model_info_free);
  g_free (self->device_name);
  g_free (self);
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
    Outcome *outcome;

    if (request->kind == TPO_REQUEST_QUIT) {
      is_running = FALSE;
    } else if (work (worker, request, &error)) {
      outcome = g_new0 (Outcome, 1);
      outcome->info = copy_info (worker);
      outcome->device_name = g_strdup (tpo_device_get_info (worker->device)->name);
      g_task_return_pointer (request->task, outcome, (GDestroyNotify) outcome_free);
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

static void
tpo_engine_dispose (GObject *object)
{
  TpoEngine *self = TPO_ENGINE (object);

  if (self->thread != NULL) {
    g_async_queue_push (self->queue,
                        tpo_request_new (TPO_REQUEST_QUIT, NULL, NULL, NULL, NULL));
    g_thread_join (g_steal_pointer (&self->thread));
  }
  G_OBJECT_CLASS (tpo_engine_parent_class)->dispose (object);
}

static void
tpo_engine_finalize (GObject *object)
{
  TpoEngine *self = TPO_ENGINE (object);

  g_clear_pointer (&self->queue, g_async_queue_unref);
  g_clear_pointer (&self->info, tpo_engine_model_info_free);
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
  case PROP_MODEL_NAME:
    g_value_set_string (value, self->model_name);
    break;
  case PROP_DEVICE_NAME:
    g_value_set_string (value, self->device_name);
    break;
  case PROP_IS_BUSY:
    g_value_set_boolean (value, self->n_pending > 0);
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
  properties[PROP_MODEL_NAME] = g_param_spec_string ("model-name", NULL, NULL, NULL, flags);
  properties[PROP_DEVICE_NAME] = g_param_spec_string ("device-name", NULL, NULL, NULL, flags);
  properties[PROP_IS_BUSY] = g_param_spec_boolean ("is-busy", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
tpo_engine_init (TpoEngine *self)
{
  self->queue = g_async_queue_new_full ((GDestroyNotify) tpo_request_free);
}

TpoEngine *
tpo_engine_new (const char *model_path, const char *device)
{
  TpoEngine *self = g_object_new (TPO_TYPE_ENGINE, NULL);
  gpointer *data = g_new (gpointer, 2);

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
  TpoModelInfo *info;

  g_return_val_if_fail (TPO_IS_ENGINE (self), NULL);

  if (self->info == NULL)
    return NULL;
  info = g_memdup2 (self->info, sizeof *info);
  info->name = g_strdup (info->name);
  info->version = g_strdup (info->version);
  return info;
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
  GTask *task = g_task_new (self, cancellable, callback, callback_data);

  /* What was done before a cancel is worth keeping; the receiver hears of both. */
  g_task_set_check_cancellable (task, FALSE);
  return tpo_request_new (kind, video, on_event, user_data, task);
}

static void
push (TpoEngine *self, TpoRequest *request)
{
  self->n_pending++;
  if (self->n_pending == 1)
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

/* Properties that tell what the engine's thread found. */
static void
take_outcome (TpoEngine *self, Outcome *outcome)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (outcome->info != NULL) {
    g_clear_pointer (&self->info, tpo_engine_model_info_free);
    self->info = g_steal_pointer (&outcome->info);
  }
  if (self->info != NULL && g_strcmp0 (self->model_name, self->info->name) != 0) {
    g_free (self->model_name);
    self->model_name = g_strdup (self->info->name);
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODEL_NAME]);
  }
  if (g_strcmp0 (self->device_name, outcome->device_name) != 0) {
    g_free (self->device_name);
    self->device_name = g_steal_pointer (&outcome->device_name);
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DEVICE_NAME]);
  }
  g_object_thaw_notify (G_OBJECT (self));
  outcome_free (outcome);
}

gboolean
tpo_engine_finish (TpoEngine *self, GAsyncResult *result, GError **error)
{
  Outcome *outcome;

  g_return_val_if_fail (TPO_IS_ENGINE (self) && g_task_is_valid (result, self), FALSE);

  self->n_pending--;
  if (self->n_pending == 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_BUSY]);
  outcome = g_task_propagate_pointer (G_TASK (result), error);
  if (outcome == NULL)
    return FALSE;
  take_outcome (self, outcome);
  return TRUE;
}
