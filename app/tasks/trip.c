#include "tasks/trip.h"

static const guint MOST_FAILURES = 100;

TpoTrip *
tpo_trip_new (TpoTripKind kind, const char *project)
{
  TpoTrip *self = g_new0 (TpoTrip, 1);

  self->kind = kind;
  self->project = g_strdup (project);
  self->video_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->annotation_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  return self;
}

void
tpo_trip_free (TpoTrip *self)
{
  g_clear_pointer (&self->run, tpo_question_run_free);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_array_unref (self->video_ids);
  g_array_unref (self->annotation_ids);
  g_strfreev (self->failures);
  g_free (self->project);
  g_free (self->text);
  g_free (self->model);
  g_free (self->version);
  g_free (self->hash);
  g_free (self->settings);
  g_free (self);
}

static void
on_changed (TpoStore *store, const TpoStoreChange *change, gpointer user_data)
{
  TpoTrip *self = user_data;

  self->is_changed = TRUE;
  self->has_conversations = self->has_conversations || change->has_conversations;
  self->has_questions = self->has_questions || change->has_questions;
  g_array_append_vals (self->annotation_ids, change->annotation_ids, change->n_annotation_ids);
}

static gboolean
ask (TpoTrip *self, TpoStore *store, GError **error)
{
  gint64 id = tpo_store_add_question (store, self->text, NULL, error);

  return id != 0 &&
         tpo_store_queue_question (store, id, (const gint64 *) (gpointer) self->video_ids->data,
                                   self->video_ids->len, error);
}

static gboolean
take (TpoTrip *self, TpoStore *store, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) problem = NULL;

  self->run = tpo_question_run_take (store, cancellable, &problem);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
act (TpoTrip *self, TpoStore *store, GCancellable *cancellable, GError **error)
{
  const TpoAnswerMaker maker = { self->model, self->version, self->hash, self->settings };
  const TpoAnswerMaker *known = self->model != NULL ? &maker : NULL;

  switch (self->kind) {
  case TPO_TRIP_RESUME:
    return tpo_store_resume_runs (store, error);
  case TPO_TRIP_LOOK:
    return TRUE;
  case TPO_TRIP_ASK:
    return ask (self, store, error);
  case TPO_TRIP_TAKE:
    return take (self, store, cancellable, error);
  case TPO_TRIP_GROW:
    return tpo_question_run_grow (self->asked, store, &maker, self->found, error);
  case TPO_TRIP_SAVE:
    return tpo_question_run_save (self->run, store, &maker, error);
  case TPO_TRIP_PUT_BACK:
    return tpo_question_run_put_back (self->run, store, known, error);
  case TPO_TRIP_FAIL:
    return tpo_question_run_fail (self->run, store, known, self->text, error);
  case TPO_TRIP_DROP:
    return tpo_store_drop_runs (store, error);
  case TPO_TRIP_RETRY:
    return tpo_store_resume_runs (store, error) && tpo_store_retry_runs (store, error);
  }
  return FALSE;
}

static gboolean
count (TpoTrip *self, TpoStore *store, GError **error)
{
  g_autoptr (GPtrArray) questions = tpo_store_list_questions (store, error);

  for (guint i = 0; questions != NULL && i < questions->len; i++) {
    const TpoQuestionRecord *question = g_ptr_array_index (questions, i);
    gint64 n_open = question->n_runs[TPO_RUN_WAITING] + question->n_runs[TPO_RUN_RUNNING];
    gint64 n_done = question->n_runs[TPO_RUN_DONE] + question->n_runs[TPO_RUN_FAILED];

    self->n_failed += question->n_runs[TPO_RUN_FAILED];
    if (n_open == 0)
      continue;
    self->is_active = TRUE;
    self->n_done += n_done;
    self->n_all += n_done + n_open;
  }
  return questions != NULL;
}

static gboolean
list_failures (TpoTrip *self, TpoStore *store, GError **error)
{
  g_autoptr (GPtrArray) runs = tpo_store_list_failures (store, MOST_FAILURES, error);
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();

  for (guint i = 0; runs != NULL && i < runs->len; i++) {
    const TpoRunRecord *run = g_ptr_array_index (runs, i);

    g_strv_builder_add (texts, run->problem != NULL ? run->problem : "");
  }
  self->failures = g_strv_builder_end (texts);
  return runs != NULL;
}

gboolean
tpo_trip_run (TpoTrip *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (TpoStore) store = tpo_store_open (self->project, TPO_STORE_DEFAULT, error);

  if (store == NULL)
    return FALSE;
  tpo_store_set_changed_func (store, on_changed, self);
  return act (self, store, cancellable, error) && count (self, store, error) &&
         list_failures (self, store, error);
}
