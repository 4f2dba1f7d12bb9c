#include "models/mistral/llm-graph.h"

static TpoTensor *
int_input (TpoLlmGraph *self, const char *name, gint64 count)
{
  return tpo_graph_input (self->graph, name, TPO_I32, TPO_SHAPE (count));
}

static TpoTensor *
record_embeddings (TpoLlmGraph *self, TpoMistral *model)
{
  TpoGraph *g = self->graph;
  gint64 width = tpo_mistral_get_config (model)->hidden_size;
  TpoTensor *x;

  if (self->is_side) {
    self->rows = tpo_graph_input (g, "embedding", TPO_F32, TPO_SHAPE (1, width));
    return self->rows;
  }
  self->ids = int_input (self, "ids", self->n_rows);
  x = tpo_mistral_embed (g, model, self->ids);
  if (self->n_replaced == 0)
    return x;
  self->rows = tpo_graph_input (g, "rows", TPO_F32, TPO_SHAPE (self->n_replaced, width));
  self->rows_at = int_input (self, "rows at", self->n_replaced);
  return tpo_set_rows (g, x, self->rows, self->rows_at);
}

static void
record_choice (TpoLlmGraph *self, TpoMistral *model, const TpoSampling *sampling)
{
  TpoGraph *g = self->graph;
  gint64 n_ids = tpo_mistral_get_config (model)->vocab_size;
  static const float minus_infinity = -G_MAXFLOAT;
  TpoTensor *never =
      tpo_graph_constant (g, "never", TPO_F32, TPO_SHAPE (1, 1), &minus_infinity);

  /* An id is banned by overwriting its logit, seen as a row of one element. */
  self->banned = int_input (self, "banned", 1);
  self->logits = tpo_mistral_logits (g, model, self->hidden);
  self->logits = tpo_reshape (g, self->logits, TPO_SHAPE (n_ids, 1));
  self->logits = tpo_set_rows (g, self->logits, never, self->banned);
  self->logits = tpo_reshape (g, self->logits, TPO_SHAPE (1, n_ids));

  if (sampling == NULL || (sampling->temperature == 0 && sampling->repetition_penalty <= 0)) {
    self->next = tpo_argmax (g, self->logits);
  } else {
    self->uniform = tpo_graph_input (g, "uniform", TPO_F32, TPO_SHAPE (1));
    if (sampling->repetition_penalty > 0)
      self->seen = int_input (self, "seen", TPO_LLM_N_SEEN);
    self->next = tpo_sample (g, self->logits, self->seen, self->uniform, sampling);
  }
  tpo_graph_output (g, self->logits);
  tpo_graph_output (g, self->next);
}

TpoLlmGraph *
tpo_llm_graph_new (TpoDevice *device, TpoMistral *model, TpoKvCache *cache, guint n_rows,
                   guint n_replaced, gboolean is_side, const TpoSampling *sampling,
                   GError **error)
{
  g_autoptr (TpoLlmGraph) self = g_new0 (TpoLlmGraph, 1);
  TpoMistralContext context = { .cache = cache };
  TpoTensor *x;

  self->n_rows = n_rows;
  self->n_replaced = n_replaced;
  self->is_side = is_side;
  self->graph = tpo_graph_new (device, is_side       ? "llm side step"
                                       : n_rows == 1 ? "llm step"
                                                     : "llm prompt");

  self->position = context.position = int_input (self, "position", 1);
  self->n_keys = context.n_keys = int_input (self, "n_keys", 1);
  x = record_embeddings (self, model);
  x = tpo_mistral_forward (self->graph, model, x, &context, NULL);
  if (n_rows > 1) {
    self->last = int_input (self, "last", 1);
    x = tpo_get_rows (self->graph, x, self->last);
  }
  self->hidden = x;
  tpo_graph_output (self->graph, x);
  if (!is_side)
    record_choice (self, model, sampling);

  if (!tpo_graph_compile (self->graph, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
tpo_llm_graph_free (TpoLlmGraph *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->graph, tpo_graph_free);
  g_free (self);
}

gboolean
tpo_llm_graph_write_int (TpoLlmGraph *self, TpoTensor *input, gint64 value, GError **error)
{
  gint32 small = (gint32) value;

  return input == NULL || tpo_graph_write (self->graph, input, &small, sizeof small, error);
}
