#pragma once

#include "tasks/question-run.h"

/**
 * TpoTrip: one visit to the project, in a thread with a connection of its own; afterwards it says
 * what was changed and where the queue stands.
 */
typedef enum {
  TPO_TRIP_RESUME, /* what ran when a program was killed waits again */
  TPO_TRIP_LOOK,
  TPO_TRIP_ASK,
  TPO_TRIP_TAKE,
  TPO_TRIP_GROW, /* a part of a track whose question is still being asked */
  TPO_TRIP_SAVE,
  TPO_TRIP_PUT_BACK,
  TPO_TRIP_FAIL,
  TPO_TRIP_DROP,
  TPO_TRIP_RETRY, /* what failed, and what a trip that failed left running */
} TpoTripKind;

typedef struct {
  TpoTripKind kind;
  char *project;
  TpoQuestionRun *run;   /* nullable, owned: brought along, or taken */
  TpoQuestionRun *asked; /* nullable, borrowed: whose track grows */
  GPtrArray *found;      /* nullable: by that; of tpo_question_run_steal_found() */
  char *text;            /* question, or what failed */
  GArray *video_ids;
  char *model, *version, *hash, *settings;
  /* Results: */
  GArray *annotation_ids; /* changed */
  gboolean is_changed, has_conversations, has_questions;
  gint64 n_done, n_all, n_failed;
  gboolean is_active;
  GStrv failures;
} TpoTrip;

TpoTrip *tpo_trip_new (TpoTripKind kind, const char *project);
void tpo_trip_free (TpoTrip *self);

/** tpo_trip_run: blocks */
gboolean tpo_trip_run (TpoTrip *self, GCancellable *cancellable, GError **error);
