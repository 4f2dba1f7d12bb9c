#pragma once

#include "models/mistral/llm.h"

enum {
  TPO_LLM_N_SEEN = 256, /* latest ids that the repetition penalty looks at */
};

/**
 * TpoLlmGraph: one recorded pass of @n_rows tokens.
 *
 * Three uses differ in size only: prompts (many rows, some replaced), steps (one row) and side steps
 * (one row that is given as an embedding, no logits).
 */
typedef struct {
  TpoGraph *graph;
  guint n_rows;     /* tokens per run; unused ones at the end are padding */
  guint n_replaced; /* embeddings that may be replaced per run */
  gboolean is_side;
  TpoTensor *ids;      /* [n_rows] I32; NULL for side steps */
  TpoTensor *rows;     /* [n_replaced, C] F32; [1, C] for side steps; NULL if there are none */
  TpoTensor *rows_at;  /* [n_replaced] I32: rows to replace; negative: none */
  TpoTensor *position; /* [1] I32 */
  TpoTensor *n_keys;   /* [1] I32 */
  TpoTensor *last;     /* [1] I32: the row that counts; NULL if there is only one */
  TpoTensor *banned;   /* [1] I32: id not to choose; negative: none; NULL for side steps */
  TpoTensor *seen;     /* [TPO_LLM_N_SEEN] I32; NULL without repetition penalty */
  TpoTensor *uniform;  /* [1] F32; NULL when greedy */
  TpoTensor *hidden;   /* [1, C] */
  TpoTensor *logits;   /* [1, V]; NULL for side steps */
  TpoTensor *next;     /* [1] I32: chosen id; NULL for side steps */
} TpoLlmGraph;

/**
 * tpo_llm_graph_new:
 * @sampling: (nullable): greedy
 *
 * Returns: (transfer full) (nullable)
 */
TpoLlmGraph *tpo_llm_graph_new (TpoDevice *device, TpoMistral *model, TpoKvCache *cache,
                                guint n_rows, guint n_replaced, gboolean is_side,
                                const TpoSampling *sampling, GError **error);
void tpo_llm_graph_free (TpoLlmGraph *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoLlmGraph, tpo_llm_graph_free)

/** tpo_llm_graph_write_int: sets a [1] I32 input; does nothing where the graph has not that input */
gboolean tpo_llm_graph_write_int (TpoLlmGraph *self, TpoTensor *input, gint64 value,
                                  GError **error);
