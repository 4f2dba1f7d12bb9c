#pragma once

#include "engine/tpo-engine.h"
#include "engine/worker.h"

struct _TpoEngine {
  GObject parent_instance;

  char *model_path, *model_name, *device_name;
  guint64 device_memory; /* bytes; 0 until it is known */
  double loading;
  TpoModelInfo *info;  /* nullable */
  GPtrArray *requests; /* of GCancellable: those not finished yet */
  TpoWorker *worker;   /* nullable: stopped */
};
