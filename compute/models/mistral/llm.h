#pragma once

#include "models/mistral/mistral.h"

/**
 * TpoLlm:
 *
 * A sequence being read and written by a decoder: its key/value cache, its length, and the recorded
 * graphs for prompts, single steps and side steps. Ids and counts travel in small input tensors, so
 * a step is recorded once.
 *
 * A side step feeds one embedding at the position that the next token will take and leaves the
 * sequence as it was: its cache row is overwritten by that token (VideoChat-TPO feeds its task
 * tokens so).
 *
 * Belongs to its device's thread.
 */
typedef struct _TpoLlm TpoLlm;

/**
 * TpoTokenEmbedding: an id whose row in the table is not used in prompts.
 */
typedef struct {
  gint32 id;
  const float
      *embedding; /* [C], must outlive the TpoLlm; NULL: rows of TpoLlmPrompt.boxes, in order */
} TpoTokenEmbedding;

/**
 * TpoLlmOptions: valid when zeroed.
 */
typedef struct {
  guint capacity;                  /* tokens of the longest sequence; 0: 1280 */
  guint chunk;                     /* prompt tokens read at once, a multiple of 16; 0: 256 */
  TpoType cache_type;              /* F32 (the zero) or F16 */
  const TpoTokenEmbedding *tokens; /* [n_tokens] (nullable): copied */
  guint n_tokens;
} TpoLlmOptions;

/**
 * tpo_llm_new:
 * @model: a reference is taken; must have an output head
 *
 * Returns: (transfer full): %NULL with TPO_ERROR_NO_MEMORY
 */
TpoLlm *tpo_llm_new (TpoDevice *device, TpoMistral *model, const TpoLlmOptions *options,
                     GError **error);
void tpo_llm_free (TpoLlm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoLlm, tpo_llm_free)

/** tpo_llm_get_length: tokens in the sequence; tpo_llm_get_capacity: how many it can hold */
guint tpo_llm_get_length (const TpoLlm *self);
guint tpo_llm_get_capacity (const TpoLlm *self);

/** tpo_llm_truncate: forgets all but the first @length tokens; 0 starts anew */
void tpo_llm_truncate (TpoLlm *self, guint length);

/**
 * tpo_llm_trim: frees the graphs recorded for prompts; they are recorded anew when needed. What was
 *   read last can then not be read again (tpo_llm_read_hidden(), tpo_llm_read_logits()), the
 *   sequence stays
 *
 * Returns: whether there were any
 */
gboolean tpo_llm_trim (TpoLlm *self);

/**
 * tpo_llm_set_sampling:
 * @sampling: (nullable): %NULL: greedy
 * @seed: of the random numbers from now on
 *
 * Graphs already recorded for other parameters are dropped.
 */
void tpo_llm_set_sampling (TpoLlm *self, const TpoSampling *sampling, guint32 seed);

/** tpo_llm_set_banned: an id that the next prompt or step must not choose; -1 (the default): none.
 *   It applies once. */
void tpo_llm_set_banned (TpoLlm *self, gint32 id);

/**
 * TpoLlmPrompt: valid when zeroed but for @ids.
 *
 * Embeddings replace the table's rows in the order of the reference (pad_text_embeds of
 * inference/modeling_videochate.py): boxes, then the visual vectors, then task tokens.
 */
typedef struct {
  const gint32 *ids; /* [n_ids] */
  guint n_ids;
  const guint8 *visual_mask; /* (nullable) [n_ids]: non-zero where @visual goes */
  const float *visual;       /* (nullable) [n_visual, C] */
  guint n_visual;            /* must be the number of positions in @visual_mask */
  const float
      *boxes; /* (nullable) [n_boxes, C]: box encoder outputs, for ids without embedding */
  guint n_boxes;
} TpoLlmPrompt;

/**
 * tpo_llm_prefill:
 * @next_id: (out) (optional): chosen continuation
 * @progress: (nullable): called after each chunk
 *
 * Appends a prompt to the sequence. After an error the sequence is as long as before.
 *
 * Returns: false with TPO_ERROR_INVALID when it does not fit or counts disagree, or the graph's error
 */
gboolean tpo_llm_prefill (TpoLlm *self, const TpoLlmPrompt *prompt, gint32 *next_id,
                          TpoProgressFunc progress, gpointer user_data,
                          GCancellable *cancellable, GError **error);

/** tpo_llm_step: appends one token, by its row in the table, and chooses the next */
gboolean tpo_llm_step (TpoLlm *self, gint32 id, gint32 *next_id, GCancellable *cancellable,
                       GError **error);

/**
 * tpo_llm_side:
 * @embedding: [C]
 * @hidden: (out caller-allocates): [C]: hidden state after the final norm
 */
gboolean tpo_llm_side (TpoLlm *self, const float *embedding, float *hidden,
                       GCancellable *cancellable, GError **error);

/**
 * tpo_llm_read_hidden, _logits:
 * @values: (out caller-allocates): [C] or [V]
 *
 * Of the last token of the latest prefill or step. The logit of a banned id is -infinity.
 */
gboolean tpo_llm_read_hidden (TpoLlm *self, float *values, GError **error);
gboolean tpo_llm_read_logits (TpoLlm *self, float *values, GError **error);

/**
 * tpo_llm_warm_up: records the graphs of steps and side steps, so that the first answer does not
 * wait
 */
gboolean tpo_llm_warm_up (TpoLlm *self, GError **error);
