#include "config.h"

#include "tasks/tpo-question-runner.h"

#include "tasks/trip.h"

/*
 *   idle ──→ visiting (takes a run) ──→ asking ──→ visiting (saves it) ──→ visiting (takes the next) …
 *
 * One question is asked at a time, and one trip made. What is wanted meanwhile waits in @trips; it
 * is done while a question is asked, too, but for the forgetting of what runs. So is saved what is
 * found of a track. A pause or a hold ends the asking and puts the run back.
 */

static const gint64 GROW_EVERY_US = G_USEC_PER_SEC;

struct _TpoQuestionRunner {
  GObject parent_instance;

  char *project;
  TpoEngine *engine;
  TpoAnswerSettings settings;
  GQueue trips;                 /* TpoTrip: to make */
  GCancellable *visiting;       /* nullable: of the trip under way */
  TpoQuestionRun *run;          /* nullable: being asked */
  GCancellable *asking;         /* nullable: of @run */
  TpoAnswerSettings asked_with; /* of @run */
  gint64 grow_at_us;            /* monotonic: when what is found of its track is saved next */
  gboolean is_paused, is_dropping, is_stopped;
  gboolean has_gap;   /* a part of the track of @run could not be saved */
  gboolean has_asked; /* since it rested last */
  guint n_holds;
  char *problem;      /* nullable */
  TpoTrip *last_trip; /* nullable: where the queue stood last */
};

G_DEFINE_FINAL_TYPE (TpoQuestionRunner, tpo_question_runner, G_TYPE_OBJECT)

enum {
  CHANGED,
  SAVED,
  RESTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
tpo_question_runner_finalize (GObject *object)
{
  TpoQuestionRunner *self = TPO_QUESTION_RUNNER (object);

  g_queue_clear_full (&self->trips, (GDestroyNotify) tpo_trip_free);
  g_clear_pointer (&self->run, tpo_question_run_free);
  g_clear_pointer (&self->last_trip, tpo_trip_free);
  g_clear_object (&self->visiting);
  g_clear_object (&self->asking);
  g_clear_object (&self->engine);
  g_free (self->problem);
  g_free (self->project);
  G_OBJECT_CLASS (tpo_question_runner_parent_class)->finalize (object);
}

static void
tpo_question_runner_class_init (TpoQuestionRunnerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tpo_question_runner_finalize;
  signals[CHANGED] = g_signal_new ("changed", TPO_TYPE_QUESTION_RUNNER, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SAVED] = g_signal_new ("saved", TPO_TYPE_QUESTION_RUNNER, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[RESTED] = g_signal_new ("rested", TPO_TYPE_QUESTION_RUNNER, G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tpo_question_runner_init (TpoQuestionRunner *self)
{
  g_queue_init (&self->trips);
}

static void
changed (TpoQuestionRunner *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
set_problem (TpoQuestionRunner *self, const char *problem)
{
  g_free (self->problem);
  self->problem = g_strdup (problem);
}

/* Told once, and only where something was asked: what nobody can ask is there at every start. */
static void
rest (TpoQuestionRunner *self)
{
  if (!self->has_asked)
    return;
  self->has_asked = FALSE;
  g_signal_emit (self, signals[RESTED], 0);
}

static gboolean
may_ask (TpoQuestionRunner *self)
{
  return !self->is_paused && !self->is_dropping && !self->is_stopped && self->n_holds == 0 &&
         self->problem == NULL;
}

/* ---- visits to the project -------------------------------------------------------------------------- */

static void go_on (TpoQuestionRunner *self);
static void start_asking (TpoQuestionRunner *self, TpoQuestionRun *run);
static void give_up (TpoQuestionRunner *self, const TpoQuestionRun *run);

static void
run_trip (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (tpo_trip_run (data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* What another connection has changed, for the models of the windows. */
static void
tell_saved (TpoQuestionRunner *self, const TpoTrip *trip)
{
  TpoStoreChange change = {
    .annotation_ids = (const gint64 *) (gpointer) trip->annotation_ids->data,
    .n_annotation_ids = trip->annotation_ids->len,
    .has_conversations = trip->has_conversations,
    .has_questions = trip->has_questions,
  };

  if (trip->is_changed)
    g_signal_emit (self, signals[SAVED], 0, &change);
}

static void
on_returned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TpoQuestionRunner *self = TPO_QUESTION_RUNNER (source);
  TpoTrip *trip = user_data;
  g_autoptr (GError) error = NULL;
  TpoQuestionRun *taken;

  g_clear_object (&self->visiting);
  if (trip->kind == TPO_TRIP_DROP)
    self->is_dropping = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      set_problem (self, error->message);
    if (trip->kind == TPO_TRIP_GROW)
      give_up (self, trip->asked);
    tpo_trip_free (trip);
    changed (self);
    if (self->problem != NULL)
      rest (self);
    go_on (self);
    return;
  }
  taken = trip->kind == TPO_TRIP_TAKE ? g_steal_pointer (&trip->run) : NULL;
  tell_saved (self, trip);
  g_clear_pointer (&self->last_trip, tpo_trip_free);
  self->last_trip = trip;
  /* Those of videos that were removed wait for ever. */
  if (trip->kind == TPO_TRIP_TAKE && taken == NULL)
    trip->is_active = FALSE;
  self->has_asked = trip->kind != TPO_TRIP_DROP && (self->has_asked || taken != NULL);
  if (taken != NULL && taken->video != NULL)
    start_asking (self, taken);
  else if (taken != NULL)
    tpo_question_run_free (taken); /* it has failed */
  changed (self);
  if (trip->kind != TPO_TRIP_GROW && (!trip->is_active || self->problem != NULL))
    rest (self);
  go_on (self);
}

static void
set_off (TpoQuestionRunner *self, TpoTrip *trip)
{
  g_autoptr (GTask) task = NULL;

  self->visiting = g_cancellable_new ();
  task = g_task_new (self, self->visiting, on_returned, trip);
  /* What was saved before a cancellation counts. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, trip, NULL);
  g_task_run_in_thread (task, run_trip);
}

/* Starts what comes next, unless something goes on. */
static void
go_on (TpoQuestionRunner *self)
{
  const TpoTrip *next = g_queue_peek_head (&self->trips);

  if (self->visiting != NULL || self->is_stopped || self->project == NULL)
    return;
  /* The number of a run that is forgotten while it is asked could become another's. */
  if (self->run != NULL && (next == NULL || next->kind == TPO_TRIP_DROP))
    return;
  if (next != NULL)
    set_off (self, g_queue_pop_head (&self->trips));
  else if (may_ask (self) && self->last_trip != NULL && self->last_trip->is_active)
    set_off (self, tpo_trip_new (TPO_TRIP_TAKE, self->project));
}

static void
plan (TpoQuestionRunner *self, TpoTrip *trip)
{
  g_queue_push_tail (&self->trips, trip);
  go_on (self);
}

/* ---- asking --------------------------------------------------------------------------------------------- */

/* Who answers, for the project. */
static void
sign (TpoQuestionRunner *self, TpoTrip *trip)
{
  g_autoptr (TpoModelInfo) info = tpo_engine_dup_model_info (self->engine);
  g_autofree char *device = NULL;

  g_object_get (self->engine, "device-name", &device, NULL);
  trip->model = g_strdup (info != NULL ? info->name : NULL);
  trip->version = g_strdup (info != NULL ? info->version : NULL);
  trip->hash = g_strdup (info != NULL ? info->hash : NULL);
  trip->settings = tpo_answer_settings_to_json (&self->asked_with, device, NULL, 0);
}

/* Saves what is found of a track about once a second, so that it does not fill the memory. */
static void
grow (TpoQuestionRunner *self)
{
  GPtrArray *found;
  TpoTrip *trip;

  if (self->visiting != NULL || self->is_stopped || self->has_gap ||
      g_get_monotonic_time () < self->grow_at_us)
    return;
  found = tpo_question_run_steal_found (self->run);
  if (found == NULL)
    return;
  trip = tpo_trip_new (TPO_TRIP_GROW, self->project);
  trip->asked = self->run;
  trip->found = found;
  sign (self, trip);
  self->grow_at_us = g_get_monotonic_time () + GROW_EVERY_US;
  set_off (self, trip);
}

static void
on_event (const TpoEvent *event, gpointer user_data)
{
  TpoQuestionRunner *self = user_data;

  if (self->run == NULL)
    return;
  tpo_question_run_add (self->run, event);
  grow (self);
}

/* A run that ended well, was ended, or failed: each is told to the project. */
static TpoTrip *
trip_after (TpoQuestionRunner *self, const GError *error)
{
  g_autoptr (TpoModelInfo) info = tpo_engine_dup_model_info (self->engine);
  TpoTripKind kind = error == NULL ? TPO_TRIP_SAVE : TPO_TRIP_FAIL;
  TpoTrip *trip;

  if (self->has_gap || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    kind = TPO_TRIP_PUT_BACK;
  /* Nothing can answer now: the other videos would fail as well. */
  if (kind == TPO_TRIP_FAIL &&
      (info == NULL || g_error_matches (error, TPO_ERROR, TPO_ERROR_DEVICE_LOST))) {
    set_problem (self, error->message);
    kind = TPO_TRIP_PUT_BACK;
  }
  trip = tpo_trip_new (kind, self->project);
  trip->text = g_strdup (error != NULL ? error->message : NULL);
  if (!self->has_gap)
    sign (self, trip);
  return trip;
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TpoQuestionRunner) self = user_data;
  g_autoptr (GError) error = NULL;
  TpoTrip *trip;

  tpo_engine_finish (TPO_ENGINE (source), result, &error);
  g_clear_object (&self->asking);
  trip = trip_after (self, error);
  trip->run = g_steal_pointer (&self->run);
  /* Before all else, so that what forgets runs does not find it running. */
  g_queue_push_head (&self->trips, trip);
  changed (self);
  go_on (self);
}

static void
start_asking (TpoQuestionRunner *self, TpoQuestionRun *run)
{
  TpoAsk ask = tpo_question_run_get_ask (run);
  TpoFollow follow;

  self->asked_with = tpo_answer_settings_draw (&self->settings);
  ask.temperature = self->asked_with.temperature;
  ask.top_p = self->asked_with.top_p;
  ask.repetition_penalty = self->asked_with.repetition_penalty;
  ask.max_tokens = self->asked_with.max_tokens;
  ask.seed = self->asked_with.seed;
  self->run = run;
  self->has_gap = FALSE;
  self->grow_at_us = g_get_monotonic_time () + GROW_EVERY_US;
  self->asking = g_cancellable_new ();
  if (!may_ask (self))
    g_cancellable_cancel (self->asking);
  if (tpo_question_run_get_follow (run, &follow))
    tpo_engine_follow_async (self->engine, run->video, &follow, on_event, self, self->asking,
                             on_answered, g_object_ref (self));
  else
    tpo_engine_ask_async (self->engine, run->video, &ask, on_event, self, self->asking,
                          on_answered, g_object_ref (self));
}

/* Ends what is asked now; it is put back. */
static void
interrupt (TpoQuestionRunner *self)
{
  if (self->run != NULL)
    g_cancellable_cancel (self->asking);
}

/* A part of its track could not be saved: what comes behind it is not either. */
static void
give_up (TpoQuestionRunner *self, const TpoQuestionRun *run)
{
  TpoTrip *next = g_queue_peek_head (&self->trips);

  self->has_gap = TRUE;
  interrupt (self);
  if (next == NULL || next->run != run)
    return;
  next->kind = TPO_TRIP_PUT_BACK; /* it has ended meanwhile */
  g_clear_pointer (&next->model, g_free);
}

/* ---- public ----------------------------------------------------------------------------------------------- */

TpoQuestionRunner *
tpo_question_runner_new (const char *project, TpoEngine *engine)
{
  TpoQuestionRunner *self;

  g_return_val_if_fail (TPO_IS_ENGINE (engine), NULL);

  self = g_object_new (TPO_TYPE_QUESTION_RUNNER, NULL);
  self->project = g_strdup (project);
  self->engine = g_object_ref (engine);
  plan (self, tpo_trip_new (TPO_TRIP_RESUME, project));
  return self;
}

void
tpo_question_runner_stop (TpoQuestionRunner *self)
{
  g_return_if_fail (TPO_IS_QUESTION_RUNNER (self));

  self->is_stopped = TRUE;
  if (self->visiting != NULL)
    g_cancellable_cancel (self->visiting);
  interrupt (self);
}

void
tpo_question_runner_set_answer_settings (TpoQuestionRunner *self,
                                         const TpoAnswerSettings *settings)
{
  g_return_if_fail (TPO_IS_QUESTION_RUNNER (self) && settings != NULL);

  self->settings = *settings;
}

void
tpo_question_runner_ask (TpoQuestionRunner *self, const char *question, const gint64 *video_ids,
                         guint n_video_ids)
{
  TpoTrip *trip;

  g_return_if_fail (TPO_IS_QUESTION_RUNNER (self) && question != NULL);

  trip = tpo_trip_new (TPO_TRIP_ASK, self->project);
  trip->text = g_strstrip (g_strdup (question));
  g_array_append_vals (trip->video_ids, video_ids, n_video_ids);
  set_problem (self, NULL);
  plan (self, trip);
}

void
tpo_question_runner_set_paused (TpoQuestionRunner *self, gboolean is_paused)
{
  g_return_if_fail (TPO_IS_QUESTION_RUNNER (self));

  if (self->is_paused == is_paused)
    return;
  self->is_paused = is_paused;
  if (is_paused)
    interrupt (self);
  changed (self);
  go_on (self);
}

gboolean
tpo_question_runner_get_paused (TpoQuestionRunner *self)
{
  g_return_val_if_fail (TPO_IS_QUESTION_RUNNER (self), FALSE);

  return self->is_paused;
}

void
tpo_question_runner_hold (TpoQuestionRunner *self)
{
  g_return_if_fail (TPO_IS_QUESTION_RUNNER (self));

  if (self->n_holds++ == 0)
    interrupt (self);
}

void
tpo_question_runner_release (TpoQuestionRunner *self)
{
  g_return_if_fail (TPO_IS_QUESTION_RUNNER (self) && self->n_holds > 0);

  if (--self->n_holds == 0)
    go_on (self);
}

void
tpo_question_runner_drop (TpoQuestionRunner *self)
{
  g_return_if_fail (TPO_IS_QUESTION_RUNNER (self));

  self->is_paused = FALSE;
  self->is_dropping = TRUE;
  interrupt (self);
  set_problem (self, NULL);
  plan (self, tpo_trip_new (TPO_TRIP_DROP, self->project));
}

void
tpo_question_runner_retry (TpoQuestionRunner *self)
{
  g_return_if_fail (TPO_IS_QUESTION_RUNNER (self));

  set_problem (self, NULL);
  plan (self, tpo_trip_new (TPO_TRIP_RETRY, self->project));
}

void
tpo_question_runner_get_state (TpoQuestionRunner *self, TpoRunnerState *state)
{
  static const char *const none[] = { NULL };
  const TpoTrip *trip;

  g_return_if_fail (TPO_IS_QUESTION_RUNNER (self) && state != NULL);

  trip = self->last_trip;
  *state = (TpoRunnerState){
    .question = self->run != NULL ? self->run->question : NULL,
    .video_name = self->run != NULL ? self->run->video_name : NULL,
    .problem = self->problem,
    .failures = none,
  };
  if (trip == NULL)
    return;
  state->is_active = trip->is_active;
  state->n_done = trip->n_done;
  state->n_all = trip->n_all;
  state->n_failed = trip->n_failed;
  state->failures = (const char *const *) trip->failures;
}
