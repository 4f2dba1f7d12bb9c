#include "config.h"

#include "window/step-probe.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include <glib/gstdio.h>

struct _TpoStepProbe {
  GSource *source;
  FILE *file;
};

/* The main loop asks every source before it waits, and again when it woke up. */
typedef struct {
  GSource source;
  FILE *file;
  gint64 began_us; /* 0: waiting */
  gint64 began_computing_us;
} ProbeSource;

/* Time that the thread had a processor for. */
static gint64
get_computing_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gboolean
on_prepare (GSource *source, int *timeout_ms)
{
  ProbeSource *self = (ProbeSource *) source;

  *timeout_ms = -1;
  if (self->began_us != 0)
    fprintf (self->file, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
             self->began_us, g_get_monotonic_time () - self->began_us,
             get_computing_us () - self->began_computing_us);
  self->began_us = 0;
  return FALSE;
}

static gboolean
on_check (GSource *source)
{
  ProbeSource *self = (ProbeSource *) source;

  self->began_us = g_get_monotonic_time ();
  self->began_computing_us = get_computing_us ();
  return FALSE;
}

static gboolean
on_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

TpoStepProbe *
tpo_step_probe_new (const char *path, GError **error)
{
  static GSourceFuncs funcs = { .prepare = on_prepare,
                                .check = on_check,
                                .dispatch = on_dispatch };
  TpoStepProbe *self;
  FILE *file;

  g_return_val_if_fail (path != NULL, NULL);

  file = g_fopen (path, "w");
  if (file == NULL) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", path,
                 g_strerror (errno));
    return NULL;
  }
  self = g_new0 (TpoStepProbe, 1);
  self->file = file;
  self->source = g_source_new (&funcs, sizeof (ProbeSource));
  ((ProbeSource *) self->source)->file = file;
  /* The first to be asked, so that what the others do in between counts. */
  g_source_set_priority (self->source, G_MININT);
  g_source_attach (self->source, NULL);
  return self;
}

void
tpo_step_probe_free (TpoStepProbe *self)
{
  g_return_if_fail (self != NULL);

  g_source_destroy (self->source);
  g_source_unref (self->source);
  fclose (self->file);
  g_free (self);
}
