#pragma once

#include <tpo/types.h>

/**
 * TpoAnswerSettings: how answers are worded; zeroed: the likeliest words, as long as the model's default
 */
typedef struct {
  float temperature, top_p, repetition_penalty; /* 0: greedy, off, off */
  guint max_tokens;                             /* 0: the model's default */
  guint seed; /* of drawn words; 0: a new one for each answer */
} TpoAnswerSettings;

/** tpo_answer_settings_draw: @self for one answer: with a seed drawn where it has none */
TpoAnswerSettings tpo_answer_settings_draw (const TpoAnswerSettings *self);

/**
 * TpoMessageDetails: what is stored with a message about how it came to be, a JSON object
 *
 * A question has "position_us" and perhaps "box": [x0, y0, x1, y1]; an answer "model", "version",
 * "hash", "task" and "settings".
 */
typedef struct {
  gint64 position_us; /* -1: not stored */
  gboolean has_box;
  TpoBox box;
  TpoTask task;
} TpoMessageDetails;

/** tpo_message_details_parse: @json: (nullable): what is missing or makes no sense counts as not stored */
void tpo_message_details_parse (TpoMessageDetails *self, const char *json);

/** tpo_question_details: @box: (nullable). Returns: (transfer full) */
char *tpo_question_details (gint64 position_us, const TpoBox *box);

/**
 * TpoAnswerMaker: who answered; borrows all
 */
typedef struct {
  const char *model;
  const char *version;  /* nullable: of the model */
  const char *hash;     /* nullable: of its file */
  const char *settings; /* JSON of tpo_answer_settings_to_json() */
} TpoAnswerMaker;

/** tpo_answer_details: Returns: (transfer full) */
char *tpo_answer_details (const TpoAnswerMaker *maker, TpoTask task);

/**
 * tpo_answer_settings_to_json: with program and @device, as predictions keep it
 * @box: (nullable): that was asked about
 * @n_turns: earlier turns that were sent with the question
 */
char *tpo_answer_settings_to_json (const TpoAnswerSettings *self, const char *device,
                                   const TpoBox *box, guint n_turns);

/**
 * tpo_track_settings: of what was found of an annotation, followed from @from_us. @device:
 * (nullable). Returns: (transfer full): JSON
 */
char *tpo_track_settings (const char *device, gint64 annotation_id, gint64 from_us);
