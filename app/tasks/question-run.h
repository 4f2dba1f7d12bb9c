#pragma once

#include <tpo/session.h>

#include "store/tpo-store-questions.h"

/*
 * A saved question that is put to one video: taken from the project's queue, filled with what the
 * model reports, and stored all at once. Nothing of it is in the project before that, so that a
 * program that is killed leaves a run that is simply asked again.
 */

G_BEGIN_DECLS

typedef struct {
  TpoRunRecord *record;
  char *question;
  char *video_name;
  TpoVideo *video; /* (nullable): %NULL when it cannot be opened; the run has failed by then */
  /* What the model reported: */
  GString *text;
  TpoTask task;
  GPtrArray *findings;  /* TpoPredictionRecord */
  GPtrArray *keyframes; /* TpoKeyframeRecord: of a mask track, which is complete at the end */
} TpoQuestionRun;

/**
 * tpo_question_run_take: the next one that waits
 *
 * Marks it as running and opens its video, which takes time: off the main thread.
 *
 * Returns: (transfer full): or %NULL, without an error when nothing waits
 */
TpoQuestionRun *tpo_question_run_take (TpoStore *store, GCancellable *cancellable,
                                       GError **error);

/**
 * tpo_question_run_get_ask: what to ask; "where" means the picture in the middle of the video.
 * Borrows from @self
 */
TpoAsk tpo_question_run_get_ask (const TpoQuestionRun *self);

/** tpo_question_run_add: keeps an event of the answer */
void tpo_question_run_add (TpoQuestionRun *self, const TpoEvent *event);

/** TpoRunMaker: who answered */
typedef struct {
  const char *model;
  const char *version;  /* nullable */
  const char *settings; /* JSON of tpo_answer_settings_to_json() */
} TpoRunMaker;

/**
 * tpo_question_run_save: a conversation with question and answer, predictions and annotations, and
 * that the run is done
 *
 * One transaction and one undo step.
 */
gboolean tpo_question_run_save (TpoQuestionRun *self, TpoStore *store, const TpoRunMaker *maker,
                                GError **error);

/** tpo_question_run_put_back: it waits again, with nothing found */
gboolean tpo_question_run_put_back (TpoQuestionRun *self, TpoStore *store, GError **error);

/** tpo_question_run_fail: @problem: a sentence for people */
gboolean tpo_question_run_fail (TpoQuestionRun *self, TpoStore *store, const char *problem,
                                GError **error);

void tpo_question_run_free (TpoQuestionRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoQuestionRun, tpo_question_run_free)

G_END_DECLS
