#pragma once

#include "engine/request.h"

/**
 * TpoWorker: the thread that owns the Vulkan device, the model and the session of the latest video.
 * It answers requests one after the other.
 */
typedef struct _TpoWorker TpoWorker;

/**
 * TpoNews: what the main thread hears of the worker while it answers a request.
 */
typedef struct {
  GTask *task;    /* of the request; keeps its source, the engine, alive */
  double loading; /* how much of a model is loaded, 0 … 1; below 0: none is being loaded */
  TpoModelInfo *info; /* (nullable) what works on the request; with it comes all below */
  char *device_name;
  guint64 device_memory; /* bytes */
  char *model_path;
} TpoNews;

/** TpoNewsFunc: in the main context of the request's task; may take what @news points to */
typedef void (*TpoNewsFunc) (TpoNews *news);

/**
 * tpo_worker_new: from the main thread, like all below. Nothing is opened before the first request
 * @model_path: (nullable): GGUF file
 * @device: (nullable): as in TpoDeviceOptions.selector
 */
TpoWorker *tpo_worker_new (const char *model_path, const char *device, TpoNewsFunc on_news);

/** tpo_worker_push: takes @request over; its task returns when it is answered */
void tpo_worker_push (TpoWorker *self, TpoRequest *request);

/** tpo_worker_free: waits until all requests are answered and the device is closed */
void tpo_worker_free (TpoWorker *self);

TpoModelInfo *tpo_model_info_copy (const TpoModelInfo *info);
