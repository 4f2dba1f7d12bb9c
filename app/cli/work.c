#include "config.h"

#include <glib-unix.h>

#include "cli/cli.h"

typedef struct {
  TpoCliWork func;
  gpointer data;
  GCancellable *cancellable;
  GMainLoop *loop;
  GError *error;
  gboolean ok;
} Work;

static gboolean
cancel (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
quit (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static gpointer
run (gpointer data)
{
  Work *self = data;

  self->ok = self->func (self->data, self->cancellable, &self->error);
  g_idle_add (quit, self->loop);
  return NULL;
}

gboolean
tpo_cli_work (TpoCliWork func, gpointer data, GError **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Work self = { .func = func, .data = data, .cancellable = cancellable, .loop = loop };
  guint interrupted = g_unix_signal_add (SIGINT, cancel, cancellable);
  guint terminated = g_unix_signal_add (SIGTERM, cancel, cancellable);
  guint hung_up = g_unix_signal_add (SIGHUP, cancel, cancellable);
  GThread *thread = g_thread_new ("work", run, &self);

  g_main_loop_run (loop);
  g_thread_join (thread);
  g_source_remove (interrupted);
  g_source_remove (terminated);
  g_source_remove (hung_up);
  if (self.error != NULL)
    g_propagate_error (error, self.error);
  return self.ok;
}
