#include "config.h"

#include "document/free-in-thread.h"

#include <gio/gio.h>

typedef struct {
  gpointer data;
  GDestroyNotify free_func;
} Freeing;

static void
run_freeing (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Freeing *self = data;

  self->free_func (self->data);
  g_task_return_boolean (task, TRUE);
}

void
tpo_free_in_thread (gpointer data, GDestroyNotify free_func)
{
  g_autoptr (GTask) task = NULL;
  Freeing *freeing;

  g_return_if_fail (data != NULL && free_func != NULL);

  freeing = g_new (Freeing, 1);
  *freeing = (Freeing){ data, free_func };
  task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_set_task_data (task, freeing, g_free);
  g_task_run_in_thread (task, run_freeing);
}
