#include "config.h"

#include "window/sleep-guard.h"

#include <glib/gi18n.h>

/* Requests follow each other with short pauses, which are not told to the desktop. */
#define PAUSE_S 5

struct _TpoSleepGuard {
  GtkApplication *application;
  TpoEngine *engine;
  gulong handler;
  guint cookie;  /* 0: the computer may sleep */
  guint release; /* source, while the engine rests */
};

static void
let_sleep (TpoSleepGuard *self)
{
  if (self->cookie != 0)
    gtk_application_uninhibit (self->application, self->cookie);
  self->cookie = 0;
}

static gboolean
on_rested (gpointer user_data)
{
  TpoSleepGuard *self = user_data;

  self->release = 0;
  let_sleep (self);
  return G_SOURCE_REMOVE;
}

static void
on_busy_changed (TpoSleepGuard *self)
{
  gboolean is_busy;

  g_object_get (self->engine, "is-busy", &is_busy, NULL);
  g_clear_handle_id (&self->release, g_source_remove);
  if (!is_busy)
    self->release = g_timeout_add_seconds (PAUSE_S, on_rested, self);
  else if (self->cookie == 0)
    self->cookie =
        gtk_application_inhibit (self->application, NULL, GTK_APPLICATION_INHIBIT_SUSPEND,
                                 _ ("The model is working on a video"));
}

TpoSleepGuard *
tpo_sleep_guard_new (GtkApplication *application, TpoEngine *engine)
{
  TpoSleepGuard *self = g_new0 (TpoSleepGuard, 1);

  self->application = application;
  self->engine = g_object_ref (engine);
  self->handler =
      g_signal_connect_swapped (engine, "notify::is-busy", G_CALLBACK (on_busy_changed), self);
  return self;
}

void
tpo_sleep_guard_free (TpoSleepGuard *self)
{
  g_clear_handle_id (&self->release, g_source_remove);
  g_clear_signal_handler (&self->handler, self->engine);
  let_sleep (self);
  g_object_unref (self->engine);
  g_free (self);
}
