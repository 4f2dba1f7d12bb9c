#pragma once

#include "document/message-details.h"
#include "engine/tpo-engine.h"
#include "store/tpo-store-questions.h"

/*
 * A saved question that is put to one video: taken from the project's queue, filled with what the
 * model reports, and stored all at once; a mask track while it is found, so that memory does not
 * grow with it. A program that is killed leaves a run that is asked again, or, where its track has
 * begun, one that is followed from where it was.
 */

G_BEGIN_DECLS

typedef struct {
  TpoRunRecord *record;
  char *question;
  char *video_name;
  TpoVideo
      *video; /* nullable: %NULL where the run is over: it cannot be opened, or all is found */
  /* What the model reported: */
  GString *text;
  TpoTask task;
  GPtrArray *findings; /* TpoPredictionRecord */
  GPtrArray *found;    /* TpoKeyframeRecord, of a mask track, not saved yet */
  gboolean has_begun;  /* part of it was stolen to be saved, or is in the project already */
  /* Its track, once record->message_id says that the answer is in the project: */
  gint64 prediction_id; /* that grows */
  char *model, *hash;   /* that it is of; nullable */
  gint64 track_id;      /* annotation */
  gint64 step_id;       /* undo step that it joins; 0: none yet */
  /* From where an earlier run's track goes on: */
  TpoCorrection start; /* with a mask; none: it is asked from the beginning */
  TpoStretch rest;
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

/** tpo_question_run_get_position_us: the middle of the video, whose picture "where" means */
gint64 tpo_question_run_get_position_us (const TpoQuestionRun *self);

/** tpo_question_run_get_ask: what to ask. Borrows from @self */
TpoAsk tpo_question_run_get_ask (const TpoQuestionRun *self);

/**
 * tpo_question_run_get_follow: what to follow instead, where a track was found in part before.
 * @follow: (out): borrows from @self. Returns: whether there is one
 */
gboolean tpo_question_run_get_follow (const TpoQuestionRun *self, TpoFollow *follow);

/** tpo_question_run_add: keeps an event of the answer */
void tpo_question_run_add (TpoQuestionRun *self, const TpoEvent *event);

/**
 * tpo_question_run_steal_found: what was found of a track since the last call
 *
 * Returns: (transfer full) (nullable) (element-type TpoKeyframeRecord): %NULL while there is
 *   nothing to follow it from, without which it would have to be asked again
 */
GPtrArray *tpo_question_run_steal_found (TpoQuestionRun *self);

/**
 * tpo_question_run_grow:
 * @found: (element-type TpoKeyframeRecord): of tpo_question_run_steal_found()
 *
 * Saves a part of a track; the first with a conversation of question and answer, and with
 * predictions and annotations of all else. One transaction, and one undo step with those before.
 * Frames that a person saw to meanwhile stay. In a thread while tpo_question_run_add() and
 * tpo_question_run_steal_found() are called in another: nothing but masks comes after masks.
 */
gboolean tpo_question_run_grow (TpoQuestionRun *self, TpoStore *store,
                                const TpoAnswerMaker *maker, GPtrArray *found, GError **error);

/**
 * tpo_question_run_save: all that is not saved yet, and that the run is done
 *
 * One transaction, and one undo step with those before.
 */
gboolean tpo_question_run_save (TpoQuestionRun *self, TpoStore *store,
                                const TpoAnswerMaker *maker, GError **error);

/** tpo_question_run_close: it is done, since all of it is in the project already */
gboolean tpo_question_run_close (TpoQuestionRun *self, TpoStore *store, GError **error);

/**
 * tpo_question_run_put_back: it waits again. A track that has begun stays, with what is not saved
 * of it yet; nothing else was found
 *
 * @maker: (nullable): %NULL: nothing more is saved
 */
gboolean tpo_question_run_put_back (TpoQuestionRun *self, TpoStore *store,
                                    const TpoAnswerMaker *maker, GError **error);

/**
 * tpo_question_run_fail: as tpo_question_run_put_back(). @problem: a sentence for people
 */
gboolean tpo_question_run_fail (TpoQuestionRun *self, TpoStore *store,
                                const TpoAnswerMaker *maker, const char *problem,
                                GError **error);

void tpo_question_run_free (TpoQuestionRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoQuestionRun, tpo_question_run_free)

G_END_DECLS
