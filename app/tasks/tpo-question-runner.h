#pragma once

#include "document/message-details.h"
#include "engine/tpo-engine.h"

G_BEGIN_DECLS

#define TPO_TYPE_QUESTION_RUNNER (tpo_question_runner_get_type ())
G_DECLARE_FINAL_TYPE (TpoQuestionRunner, tpo_question_runner, TPO, QUESTION_RUNNER, GObject)

/**
 * TpoQuestionRunner:
 *
 * Puts a project's queued questions to their videos, one after the other, while people work. There
 * is one for a project, shared by its windows. What is still to do lies in the project: the runner
 * goes on with it when it is made, also with what a killed program left. It reaches the project in
 * threads, over connections of its own. Main thread only.
 *
 * Signals: "changed": progress, pause, failures; "saved" (const TpoStoreChange *): an answer is in
 * the project, for tpo_document_take_change(); "rested": nothing goes on that did: all are through,
 * or a lasting problem stopped it; not where a person did.
 */

/**
 * tpo_question_runner_new: @project: (nullable): path of the project; %NULL: one that nothing can
 * be saved in, so that nothing runs
 */
TpoQuestionRunner *tpo_question_runner_new (const char *project, TpoEngine *engine);

/** tpo_question_runner_stop: for the end of the program; what runs is gone on with at the next start */
void tpo_question_runner_stop (TpoQuestionRunner *self);

/** tpo_question_runner_set_answer_settings: for the next answers */
void tpo_question_runner_set_answer_settings (TpoQuestionRunner *self,
                                              const TpoAnswerSettings *settings);

/**
 * tpo_question_runner_ask: saves the question, if it is new, and lets it wait for those videos that
 * it has not been put to
 */
void tpo_question_runner_ask (TpoQuestionRunner *self, const char *question,
                              const gint64 *video_ids, guint n_video_ids);

/**
 * tpo_question_runner_set_paused: a run under way is asked again later; where its track has begun,
 * that is gone on with
 */
void tpo_question_runner_set_paused (TpoQuestionRunner *self, gboolean is_paused);
gboolean tpo_question_runner_get_paused (TpoQuestionRunner *self);

/**
 * tpo_question_runner_hold: a person asks something, which goes first; until
 * tpo_question_runner_release() nothing is run
 *
 * Calls nest.
 */
void tpo_question_runner_hold (TpoQuestionRunner *self);
void tpo_question_runner_release (TpoQuestionRunner *self);

/** tpo_question_runner_drop: forgets what waits or runs; answers stay */
void tpo_question_runner_drop (TpoQuestionRunner *self);

/** tpo_question_runner_retry: tries again what failed, and what a lasting problem stopped */
void tpo_question_runner_retry (TpoQuestionRunner *self);

/**
 * TpoRunnerState: where the queue stands; texts are borrowed and valid until "changed"
 */
typedef struct {
  gboolean is_active; /* something waits or runs */
  gint64 n_done,
      n_all; /* videos, of the questions that are not through; failed ones count as done */
  gint64 n_failed;             /* of all questions */
  const char *question;        /* nullable: that runs */
  const char *video_name;      /* nullable: likewise */
  const char *problem;         /* nullable: a sentence: why nothing goes on until a retry */
  const char *const *failures; /* %NULL-terminated: a sentence for each of the first failures */
} TpoRunnerState;

void tpo_question_runner_get_state (TpoQuestionRunner *self, TpoRunnerState *state);

G_END_DECLS
