#include "config.h"

#include "engine/tpo-engine-private.h"

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

/* ---- news of the worker ------------------------------------------------------------------------ */

static void
take_string (TpoEngine *self, char **held, char **found, guint property)
{
  if (g_strcmp0 (*held, *found) == 0)
    return;
  g_free (*held);
  *held = g_steal_pointer (found);
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
take_model (TpoEngine *self, TpoNews *news)
{
  g_autofree char *name = g_strdup (news->info->name);

  g_clear_pointer (&self->info, tpo_engine_model_info_free);
  self->info = g_steal_pointer (&news->info);
  take_string (self, &self->model_path, &news->model_path, PROP_MODEL_PATH);
  take_string (self, &self->model_name, &name, PROP_MODEL_NAME);
  take_string (self, &self->device_name, &news->device_name, PROP_DEVICE_NAME);
  if (self->device_memory != news->device_memory) {
    self->device_memory = news->device_memory;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DEVICE_MEMORY]);
  }
}

static void
on_news (TpoNews *news)
{
  TpoEngine *self = g_task_get_source_object (news->task);

  g_object_freeze_notify (G_OBJECT (self));
  if (news->info != NULL)
    take_model (self, news);
  if (self->loading != news->loading) {
    self->loading = news->loading;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
  }
  g_object_thaw_notify (G_OBJECT (self));
}

/* ---- object ------------------------------------------------------------------------------------- */

void
tpo_engine_stop (TpoEngine *self)
{
  g_return_if_fail (TPO_IS_ENGINE (self));

  for (guint i = 0; i < self->requests->len; i++)
    g_cancellable_cancel (g_ptr_array_index (self->requests, i));
  g_clear_pointer (&self->worker, tpo_worker_free);
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

  g_clear_pointer (&self->requests, g_ptr_array_unref);
  g_clear_pointer (&self->info, tpo_engine_model_info_free);
  g_free (self->model_path);
  g_free (self->model_name);
  g_free (self->device_name);
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
  self->requests = g_ptr_array_new_with_free_func (g_object_unref);
  self->loading = -1.0;
}

TpoEngine *
tpo_engine_new (const char *model_path, const char *device)
{
  TpoEngine *self = g_object_new (TPO_TYPE_ENGINE, NULL);

  self->model_path = g_strdup (model_path);
  self->worker = tpo_worker_new (model_path, device, on_news);
  return self;
}

TpoModelInfo *
tpo_engine_dup_model_info (TpoEngine *self)
{
  g_return_val_if_fail (TPO_IS_ENGINE (self), NULL);

  return self->info != NULL ? tpo_model_info_copy (self->info) : NULL;
}

void
tpo_engine_model_info_free (TpoModelInfo *info)
{
  g_free (info->name);
  g_free (info->version);
  g_free (info->hash);
  g_free (info);
}
