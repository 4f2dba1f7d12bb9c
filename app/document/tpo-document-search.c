#include "config.h"

#include "document/tpo-document-private.h"

/* Every message of the project is looked at: by a thread, over a connection of its own. */

typedef struct {
  char *project;
  char *text;
  guint n_max;
} Searching;

static void
searching_free (Searching *self)
{
  g_free (self->project);
  g_free (self->text);
  g_free (self);
}

static void
run_searching (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Searching *self = data;
  GError *error = NULL;
  g_autoptr (TpoStore) store = tpo_store_open (self->project, TPO_STORE_READ_ONLY, &error);
  GPtrArray *hits =
      store != NULL ? tpo_store_search_messages (store, self->text, self->n_max, &error) : NULL;

  if (hits != NULL)
    g_task_return_pointer (task, hits, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

void
tpo_document_search_async (TpoDocument *self, const char *text, guint n_max,
                           GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Searching *searching;

  g_return_if_fail (TPO_IS_DOCUMENT (self) && text != NULL);

  searching = g_new0 (Searching, 1);
  searching->project = g_strdup (tpo_store_get_path (self->store));
  searching->text = g_strdup (text);
  searching->n_max = n_max;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_task_data (task, searching, (GDestroyNotify) searching_free);
  g_task_run_in_thread (task, run_searching);
}

GPtrArray *
tpo_document_search_finish (TpoDocument *self, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *hits;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && g_task_is_valid (result, self), NULL);

  hits = g_task_propagate_pointer (G_TASK (result), &error);
  if (hits == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tpo_document_toast (self, error->message);
  return hits;
}
