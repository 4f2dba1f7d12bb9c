#pragma once

#include <tpo/types.h>

#include "io/tokenizer.h"

/**
 * TpoBosMode: where <s> is put. A text part is what lies between two visual blocks or calls of
 * the tokenizer.
 */
typedef enum {
  TPO_BOS_PER_PART, /* before every text part, as the published application does */
  TPO_BOS_FIRST_ONLY,
  TPO_BOS_NONE,
} TpoBosMode;

/** TpoPromptTemplate: what stands around a question */
typedef enum {
  TPO_TEMPLATE_INST,   /* of VideoChat-TPO: [INST] … [/INST] */
  TPO_TEMPLATE_CHATML, /* of LLaVA-OneVision ("qwen_1_5"): <|im_start|>user … <|im_end|> */
} TpoPromptTemplate;

/**
 * TpoQuestion: what is asked, and how it becomes token ids. Zeroed but for @n_visual and @text it
 * is a plain question about a video. Texts are UTF-8 and owned by the caller.
 */
typedef struct {
  TpoPromptTemplate template; /* tpo_prompt_new() only */
  const char *system;         /* CHATML: text of the system's turn */
  gboolean is_image;          /* INST: <Image> instead of <Video> */
  guint n_visual;             /* placeholder ids per visual block, e.g. 96 */
  const char *text;           /* the question; may be empty */
  const char *message;        /* (nullable): about frame times, see tpo_prompt_timestamps() */
  const char *instruction;    /* (nullable): put first; tpo_prompt_new_answer() only */
  const TpoTurn *turns;       /* [n_turns]; tpo_prompt_new_answer() only */
  guint n_turns;
  gboolean has_answer_start; /* end with "Best Option: ("; tpo_prompt_new_answer() only */
  gboolean is_literal;       /* strings of added tokens and visual markers in texts typed by the
                                user are ordinary letters: @text and the questions of @turns;
                                but for "<track_box>" where a box comes with the text */
  gboolean has_box;          /* a box comes with @text */
  TpoBosMode bos_mode;
  guint max_ids; /* what exceeds it is cut off the end; 0: no limit */
} TpoQuestion;

/** TpoPrompt: token ids of a prompt; immutable */
typedef struct {
  guint n;
  gint32 *ids;       /* [n]; 0 at visual positions */
  guint8 *is_visual; /* [n]; 1 where a visual embedding replaces the id's */
} TpoPrompt;

/**
 * tpo_prompt_new: prompt of a model of the question's template
 *
 * INST: as tpo_prompt_new_answer() where there are earlier turns, else as tpo_prompt_new_chat().
 * CHATML: the system's turn, then those of user and assistant, the picture and @message first in
 * the user's first turn; one call of the tokenizer.
 *
 * Returns: (transfer full)
 */
TpoPrompt *tpo_prompt_new (const TpoTokenizer *tokenizer, const TpoQuestion *question);

/**
 * tpo_prompt_new_chat: prompt of one turn of the application (process_qa)
 *
 * Two calls of the tokenizer: "[INST] <Video>" visual "</Video>" message "[/INST]", then
 * " [INST] question [/INST] ". The reference cuts it to 1024 ids.
 *
 * Returns: (transfer full)
 */
TpoPrompt *tpo_prompt_new_chat (const TpoTokenizer *tokenizer, const TpoQuestion *question);

/**
 * tpo_prompt_new_answer: prompt with earlier turns (generate_answer), one call of the tokenizer
 *
 * Returns: (transfer full)
 */
TpoPrompt *tpo_prompt_new_answer (const TpoTokenizer *tokenizer, const TpoQuestion *question);

void tpo_prompt_free (TpoPrompt *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoPrompt, tpo_prompt_free)

/** tpo_prompt_count_boxes: how many boxes @text takes when one comes with it */
guint tpo_prompt_count_boxes (const char *text);

/** tpo_prompt_wants_timestamps: whether the reference would tell the frame times for @question */
gboolean tpo_prompt_wants_timestamps (const char *question);

/**
 * tpo_prompt_timestamps:
 * @seconds: [@n] presentation times of the frames
 *
 * Returns: (transfer full): " The video contains 16 frames sampled at 0.3, … seconds. "
 */
char *tpo_prompt_timestamps (const double *seconds, guint n);
