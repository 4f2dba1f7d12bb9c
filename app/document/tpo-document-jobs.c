#include "config.h"

#include "document/tpo-document-private.h"

/*
 * Changes of thousands of labels, which take longer than a frame: a thread makes them, over a
 * connection of its own, in the order in which they were asked for. Changes of few are made at
 * once, unless others are still under way.
 */

static const guint MANY = 100; /* changes that are left to the thread */

/* Everything of one step. */
typedef struct {
  TpoJobFunc func;
  gpointer data;
  GDestroyNotify free_data;
  TpoJobDoneFunc done; /* nullable */
  char *project, *author;
  GMutex mutex;
  GCond ended;
  gboolean has_ended;     /* guarded by the mutex */
  GArray *annotation_ids; /* that were changed, as all below */
  TpoStoreChange change;
  gboolean is_changed;
} Job;

static void
job_free (Job *self)
{
  if (self->free_data != NULL)
    self->free_data (self->data);
  g_array_unref (self->annotation_ids);
  g_free (self->project);
  g_free (self->author);
  g_cond_clear (&self->ended);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* ---- in the thread ------------------------------------------------------------------------------------ */

static void
on_changed (TpoStore *store, const TpoStoreChange *change, gpointer user_data)
{
  Job *self = user_data;

  self->is_changed = TRUE;
  g_array_append_vals (self->annotation_ids, change->annotation_ids, change->n_annotation_ids);
  self->change = *change;
  self->change.same_message_id = 0; /* only that of the last change would be known */
}

static gboolean
change_project (Job *self, GError **error)
{
  g_autoptr (TpoStore) store = tpo_store_open (self->project, TPO_STORE_DEFAULT, error);

  if (store == NULL)
    return FALSE;
  tpo_store_set_author (store, self->author);
  tpo_store_set_changed_func (store, on_changed, self);
  return self->func (store, self->data, error);
}

static void
run_job (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *self = data;
  GError *error = NULL;
  gboolean ok = change_project (self, &error);

  g_mutex_lock (&self->mutex);
  self->has_ended = TRUE;
  g_cond_signal (&self->ended);
  g_mutex_unlock (&self->mutex);
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* ---- on the main thread --------------------------------------------------------------------------------- */

static void start_next (TpoDocument *self);

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TpoDocument *self = TPO_DOCUMENT (source);
  Job *job = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;
  gboolean ok = g_task_propagate_boolean (G_TASK (result), &error);

  g_clear_object (&self->job);
  if (self->store == NULL) { /* the document ended meanwhile; what was changed is saved */
    g_clear_error (&error);
    return;
  }
  job->change.annotation_ids = (const gint64 *) (gpointer) job->annotation_ids->data;
  job->change.n_annotation_ids = job->annotation_ids->len;
  tpo_store_poll (self->store); /* what another connection did: it is known */
  if (job->is_changed)
    tpo_document_take_change (self, &job->change);
  if (tpo_document_saved (self, ok, &error) && job->done != NULL)
    job->done (self, job->data);
  start_next (self);
}

static void
start_next (TpoDocument *self)
{
  if (self->job != NULL || g_queue_is_empty (&self->jobs))
    return;
  self->job = g_task_new (self, NULL, on_done, NULL);
  g_task_set_task_data (self->job, g_queue_pop_head (&self->jobs), (GDestroyNotify) job_free);
  g_task_run_in_thread (self->job, run_job);
}

/* Takes @job over. */
static gboolean
run_at_once (TpoDocument *self, Job *job)
{
  GError *error = NULL;
  gboolean ok = job->func (self->store, job->data, &error);

  if (tpo_document_saved (self, ok, &error) && job->done != NULL)
    job->done (self, job->data);
  job_free (job);
  return ok;
}

gboolean
tpo_document_is_saving (TpoDocument *self)
{
  return self->job != NULL;
}

gboolean
tpo_document_is_following (TpoDocument *self)
{
  return self->job != NULL || self->follow_id != 0 || g_hash_table_size (self->being_read) > 0;
}

gboolean
tpo_document_run_job (TpoDocument *self, guint n_changes, TpoJobFunc func, gpointer data,
                      GDestroyNotify free_data, TpoJobDoneFunc done)
{
  Job *job = g_new (Job, 1);

  *job = (Job){ .func = func, .data = data, .free_data = free_data, .done = done };
  job->project = g_strdup (tpo_store_get_path (self->store));
  job->author = g_strdup (tpo_store_get_author (self->store));
  job->annotation_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_mutex_init (&job->mutex);
  g_cond_init (&job->ended);
  if (self->job == NULL && n_changes <= MANY)
    return run_at_once (self, job);
  g_queue_push_tail (&self->jobs, job);
  start_next (self);
  return TRUE;
}

void
tpo_document_finish_jobs (TpoDocument *self)
{
  Job *job = self->job != NULL ? g_task_get_task_data (self->job) : NULL;

  if (job != NULL) {
    g_mutex_lock (&job->mutex);
    while (!job->has_ended)
      g_cond_wait (&job->ended, &job->mutex);
    g_mutex_unlock (&job->mutex);
  }
  while ((job = g_queue_pop_head (&self->jobs)) != NULL)
    run_at_once (self, job);
}
