#include "config.h"

#include "document/tpo-document-private.h"

/* Every annotation of the project is looked at: by a thread, over a connection of its own. */

static void
run_counting (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (TpoStore) store = tpo_store_open (data, TPO_STORE_READ_ONLY, &error);
  GArray *uses = store != NULL ? tpo_store_list_label_uses (store, &error) : NULL;

  if (uses != NULL)
    g_task_return_pointer (task, uses, (GDestroyNotify) g_array_unref);
  else
    g_task_return_error (task, error);
}

void
tpo_document_count_label_uses_async (TpoDocument *self, GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (TPO_IS_DOCUMENT (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_task_data (task, g_strdup (tpo_store_get_path (self->store)), g_free);
  g_task_run_in_thread (task, run_counting);
}

GArray *
tpo_document_count_label_uses_finish (TpoDocument *self, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  GArray *uses;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && g_task_is_valid (result, self), NULL);

  uses = g_task_propagate_pointer (G_TASK (result), &error);
  if (uses == NULL)
    tpo_document_toast (self, error->message);
  return uses;
}
