#include "config.h"

#include <glib/gi18n.h>

#include "library/import.h"
#include "library/tpo-library-private.h"

/* The library's imports: one at a time, in a thread. */

typedef struct {
  TpoLibrary *library;
  char *source;
  TpoStorage storage;
  GStrv hashes;
} Job;

/* A word from the importing thread. */
typedef struct {
  TpoLibrary *library;
  GCancellable *importing;
  double done;
  const char *step; /* static */
} Progress;

static void
job_free (Job *self)
{
  g_free (self->source);
  g_strfreev (self->hashes);
  g_free (self);
}

static void
progress_free (Progress *self)
{
  g_object_unref (self->library);
  g_object_unref (self->importing);
  g_free (self);
}

static gboolean
take_progress (gpointer data)
{
  const Progress *progress = data;
  TpoLibrary *self = progress->library;

  if (self->importing != progress->importing)
    return G_SOURCE_REMOVE;
  self->import_progress = progress->done;
  if (g_strcmp0 (self->import_step, progress->step) != 0) {
    g_free (self->import_step);
    self->import_step = g_strdup (progress->step);
    g_object_notify (G_OBJECT (self), "import-step");
  }
  g_object_notify (G_OBJECT (self), "import-progress");
  return G_SOURCE_REMOVE;
}

static void
on_progress (double done, const char *step, gpointer user_data)
{
  GTask *task = user_data;
  Progress *progress = g_new (Progress, 1);

  *progress = (Progress){ g_object_ref (g_task_get_source_object (task)),
                          g_object_ref (g_task_get_cancellable (task)), done, step };
  g_main_context_invoke_full (g_task_get_context (task), G_PRIORITY_DEFAULT, take_progress,
                              progress, (GDestroyNotify) progress_free);
}

static void
run_import (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TpoLibrary *self = source;
  const Job *job = data;
  const TpoImport import = {
    .source = job->source,
    .folder = self->folder,
    .storage = job->storage,
    .hashes = (const char *const *) job->hashes,
    .progress = on_progress,
    .user_data = task,
    .cancellable = cancellable,
  };
  GError *error = NULL;
  TpoModelFile *file = tpo_import_run (&import, &error);

  if (file != NULL)
    g_task_return_pointer (task, file, (GDestroyNotify) tpo_model_file_free);
  else
    g_task_return_error (task, error);
}

static void
on_imported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TpoLibrary *self = TPO_LIBRARY (source);
  g_autoptr (GError) error = NULL;
  TpoModelFile *file = g_task_propagate_pointer (G_TASK (result), &error);

  g_clear_object (&self->importing);
  g_clear_pointer (&self->import_step, g_free);
  self->import_progress = 0.0;
  g_object_notify (G_OBJECT (self), "is-importing");
  if (file != NULL)
    g_signal_emit_by_name (self, "imported", tpo_library_add (self, file));
  else
    tpo_library_report (self, _ ("The Model Cannot Be Imported"), error);
}

void
tpo_library_import (TpoLibrary *self, const char *source, TpoStorage storage)
{
  g_autoptr (GTask) task = NULL;
  Job *job;

  g_return_if_fail (TPO_IS_LIBRARY (self) && source != NULL);

  if (self->importing != NULL)
    return;
  job = g_new0 (Job, 1);
  job->source = g_strdup (source);
  job->storage = storage;
  job->hashes = tpo_library_list_hashes (self);
  self->importing = g_cancellable_new ();
  self->import_progress = 0.0;
  task = g_task_new (self, self->importing, on_imported, NULL);
  g_task_set_check_cancellable (task,
                                FALSE); /* what was done before a cancel is worth keeping */
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_task_run_in_thread (task, run_import);
  g_object_notify (G_OBJECT (self), "is-importing");
  g_object_notify (G_OBJECT (self), "import-progress");
}

void
tpo_library_cancel_import (TpoLibrary *self)
{
  g_return_if_fail (TPO_IS_LIBRARY (self));

  if (self->importing != NULL)
    g_cancellable_cancel (self->importing);
}
