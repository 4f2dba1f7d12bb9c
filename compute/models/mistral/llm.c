#include "models/mistral/llm.h"

#include <string.h>

#include "models/mistral/llm-graph.h"

enum {
  DEFAULT_CAPACITY = 1280, /* the longest prompt, 1024 ids, and a long answer */
  DEFAULT_CHUNK = 256,
  ROW_STEP = 16, /* prompts are padded to a multiple, so that few lengths are recorded */
  MAX_PROMPT_GRAPHS = 8,
};

struct _TpoLlm {
  TpoDevice *device;
  TpoMistral *model;
  TpoKvCache *cache;
  guint width;    /* C */
  guint chunk;    /* prompt tokens read at once */
  guint length;   /* tokens in the sequence; rows of the cache that count */
  GArray *tokens; /* TpoTokenEmbedding */
  TpoSampling sampling;
  GRand *random;
  gint32 banned;       /* for the next choice, or -1 */
  GArray *seen;        /* gint32: ids of the sequence, as far as they were given as ids */
  GPtrArray *prompts;  /* TpoLlmGraph */
  TpoLlmGraph *step;   /* NULL until needed */
  TpoLlmGraph *side;   /* NULL until needed */
  TpoLlmGraph *latest; /* whose hidden state and logits are readable; one of the above */
};

TpoLlm *
tpo_llm_new (TpoDevice *device, TpoMistral *model, const TpoLlmOptions *options, GError **error)
{
  static const TpoLlmOptions defaults = { 0 };
  g_autoptr (TpoLlm) self = g_new0 (TpoLlm, 1);
  guint capacity;

  if (options == NULL)
    options = &defaults;
  capacity = options->capacity > 0 ? options->capacity : DEFAULT_CAPACITY;
  self->device = tpo_device_ref (device);
  self->model = tpo_mistral_ref (model);
  self->width = tpo_mistral_get_config (model)->hidden_size;
  self->chunk = options->chunk > 0 ? options->chunk : DEFAULT_CHUNK;
  self->tokens = g_array_new (FALSE, FALSE, sizeof (TpoTokenEmbedding));
  g_array_append_vals (self->tokens, options->tokens, options->n_tokens);
  self->random = g_rand_new_with_seed (0);
  self->banned = -1;
  self->seen = g_array_new (FALSE, FALSE, sizeof (gint32));
  self->prompts = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_llm_graph_free);
  self->cache = tpo_kv_cache_new (device, tpo_mistral_get_config (model), options->cache_type,
                                  capacity, error);
  if (self->cache == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
tpo_llm_trim (TpoLlm *self)
{
  gboolean any = self->prompts->len > 0;

  if (self->latest != self->step)
    self->latest = NULL;
  g_ptr_array_set_size (self->prompts, 0);
  return any;
}

static void
drop_graphs (TpoLlm *self)
{
  tpo_llm_trim (self);
  self->latest = NULL;
  g_clear_pointer (&self->step, tpo_llm_graph_free);
  g_clear_pointer (&self->side, tpo_llm_graph_free);
}

void
tpo_llm_free (TpoLlm *self)
{
  if (self == NULL)
    return;
  drop_graphs (self);
  g_clear_pointer (&self->cache, tpo_kv_cache_free);
  g_ptr_array_unref (self->prompts);
  g_array_unref (self->seen);
  g_array_unref (self->tokens);
  g_rand_free (self->random);
  tpo_mistral_unref (self->model);
  tpo_device_unref (self->device);
  g_free (self);
}

guint
tpo_llm_get_length (const TpoLlm *self)
{
  return self->length;
}

guint
tpo_llm_get_capacity (const TpoLlm *self)
{
  return tpo_kv_cache_get_capacity (self->cache);
}

void
tpo_llm_truncate (TpoLlm *self, guint length)
{
  self->length = MIN (self->length, length);
  g_array_set_size (self->seen, MIN (self->seen->len, self->length));
}

void
tpo_llm_set_sampling (TpoLlm *self, const TpoSampling *sampling, guint32 seed)
{
  TpoSampling greedy = { 0 };

  if (sampling == NULL)
    sampling = &greedy;
  if (sampling->temperature != self->sampling.temperature ||
      sampling->top_p != self->sampling.top_p ||
      sampling->repetition_penalty != self->sampling.repetition_penalty)
    drop_graphs (self);
  self->sampling = *sampling;
  g_rand_set_seed (self->random, seed);
}

void
tpo_llm_set_banned (TpoLlm *self, gint32 id)
{
  self->banned = id;
}

static TpoLlmGraph *
record (TpoLlm *self, guint n_rows, guint n_replaced, gboolean is_side, GError **error)
{
  return tpo_llm_graph_new (self->device, self->model, self->cache, n_rows, n_replaced, is_side,
                            &self->sampling, error);
}

static gboolean
require_step (TpoLlm *self, GError **error)
{
  if (self->step == NULL)
    self->step = record (self, 1, 0, FALSE, error);
  return self->step != NULL;
}

static gboolean
require_side (TpoLlm *self, GError **error)
{
  if (self->side == NULL)
    self->side = record (self, 1, 0, TRUE, error);
  return self->side != NULL;
}

/* A recorded prompt of that size, from earlier questions or new. */
static TpoLlmGraph *
require_prompt (TpoLlm *self, guint n_rows, guint n_replaced, GError **error)
{
  TpoLlmGraph *graph;

  for (guint i = 0; i < self->prompts->len; i++) {
    graph = g_ptr_array_index (self->prompts, i);
    if (graph->n_rows == n_rows && graph->n_replaced == n_replaced)
      return graph;
  }
  if (self->prompts->len == MAX_PROMPT_GRAPHS) {
    if (self->latest == g_ptr_array_index (self->prompts, 0))
      self->latest = NULL;
    g_ptr_array_remove_index (self->prompts, 0);
  }
  graph = record (self, n_rows, n_replaced, FALSE, error);
  if (graph != NULL)
    g_ptr_array_add (self->prompts, graph);
  return graph;
}

gboolean
tpo_llm_warm_up (TpoLlm *self, GError **error)
{
  return require_step (self, error) && require_side (self, error);
}

static gboolean
require_room (TpoLlm *self, guint n_tokens, GError **error)
{
  guint capacity = tpo_llm_get_capacity (self);

  if (n_tokens <= capacity - self->length)
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
               "the text has %u tokens, but only %u of %u are left in the conversation",
               n_tokens, capacity - self->length, capacity);
  return FALSE;
}

static gboolean
write_sampling (TpoLlm *self, TpoLlmGraph *graph, GError **error)
{
  if (graph->uniform != NULL) {
    float uniform =
        (float) (g_rand_int (self->random) >> 8) * 0x1p-24f; /* below 1 also in float */

    if (!tpo_graph_write (graph->graph, graph->uniform, &uniform, sizeof uniform, error))
      return FALSE;
  }
  if (graph->seen != NULL) {
    gint32 seen[TPO_LLM_N_SEEN];
    guint n = MIN (self->seen->len, TPO_LLM_N_SEEN);

    memset (seen, 0xff, sizeof seen);
    if (n > 0)
      memcpy (seen, &g_array_index (self->seen, gint32, self->seen->len - n), n * sizeof *seen);
    if (!tpo_graph_write (graph->graph, graph->seen, seen, sizeof seen, error))
      return FALSE;
  }
  return tpo_llm_graph_write_int (graph, graph->banned, self->banned, error);
}

/* Runs @graph at the end of the sequence; @n_tokens of its rows count. The sequence is not
 * lengthened. */
static gboolean
run (TpoLlm *self, TpoLlmGraph *graph, guint n_tokens, GCancellable *cancellable,
     GError **error)
{
  guint n_keys = MIN (self->length + graph->n_rows, tpo_llm_get_capacity (self));

  return tpo_llm_graph_write_int (graph, graph->position, self->length, error) &&
         tpo_llm_graph_write_int (graph, graph->n_keys, n_keys, error) &&
         tpo_llm_graph_write_int (graph, graph->last, n_tokens - 1, error) &&
         (graph->is_side || write_sampling (self, graph, error)) &&
         tpo_graph_run (graph->graph, cancellable, error);
}

static gboolean
read_next (TpoLlm *self, TpoLlmGraph *graph, gint32 *next_id, GError **error)
{
  self->latest = graph;
  self->banned = -1;
  return next_id == NULL ||
         tpo_graph_read (graph->graph, graph->next, next_id, sizeof *next_id, error);
}

gboolean
tpo_llm_step (TpoLlm *self, gint32 id, gint32 *next_id, GCancellable *cancellable,
              GError **error)
{
  if (!require_room (self, 1, error) || !require_step (self, error) ||
      !tpo_llm_graph_write_int (self->step, self->step->ids, id, error))
    return FALSE;
  g_array_append_val (self->seen, id);
  if (!run (self, self->step, 1, cancellable, error)) {
    g_array_set_size (self->seen, self->seen->len - 1);
    return FALSE;
  }
  self->length++;
  return read_next (self, self->step, next_id, error);
}

gboolean
tpo_llm_side (TpoLlm *self, const float *embedding, float *hidden, GCancellable *cancellable,
              GError **error)
{
  gsize size = self->width * sizeof (float);

  return require_room (self, 1, error) && require_side (self, error) &&
         tpo_graph_write (self->side->graph, self->side->rows, embedding, size, error) &&
         run (self, self->side, 1, cancellable, error) &&
         tpo_graph_read (self->side->graph, self->side->hidden, hidden, size, error);
}

/* ---- prompts --------------------------------------------------------------------------------- */

/* The embedding that replaces row @index of a prompt, or NULL; counts up the boxes and visual
 * vectors used. */
static const float *
replacement (TpoLlm *self, const TpoLlmPrompt *prompt, guint index, guint *n_boxes,
             guint *n_visual)
{
  for (guint i = 0; i < self->tokens->len; i++) {
    const TpoTokenEmbedding *token = &g_array_index (self->tokens, TpoTokenEmbedding, i);

    if (token->id != prompt->ids[index])
      continue;
    if (token->embedding != NULL)
      return token->embedding;
    return *n_boxes < prompt->n_boxes ? prompt->boxes + (gsize) (*n_boxes)++ * self->width
                                      : NULL;
  }
  if (prompt->visual_mask != NULL && prompt->visual_mask[index])
    return prompt->visual + (gsize) (*n_visual)++ * self->width;
  return NULL;
}

static gboolean
check_prompt (TpoLlm *self, const TpoLlmPrompt *prompt, GError **error)
{
  guint n_vocab = tpo_mistral_get_config (self->model)->vocab_size;
  guint n_positions = 0;

  for (guint i = 0; i < prompt->n_ids; i++) {
    if (prompt->ids[i] < 0 || (guint) prompt->ids[i] >= n_vocab) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                   "token id %d is outside the model's vocabulary of %u", prompt->ids[i],
                   n_vocab);
      return FALSE;
    }
    if (prompt->visual_mask != NULL && prompt->visual_mask[i])
      n_positions++;
  }
  if (prompt->n_ids == 0 || n_positions != prompt->n_visual) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                 "the prompt of %u ids has %u places for pictures, but %u vectors were given",
                 prompt->n_ids, n_positions, prompt->n_visual);
    return FALSE;
  }
  return require_room (self, prompt->n_ids, error);
}

/* Reads ids [start, start + n) of a prompt into the cache. */
static gboolean
read_chunk (TpoLlm *self, const TpoLlmPrompt *prompt, const float **rows, guint start, guint n,
            gint32 *next_id, GCancellable *cancellable, GError **error)
{
  guint n_rows = (n + ROW_STEP - 1) / ROW_STEP * ROW_STEP;
  g_autofree gint32 *ids = g_new0 (gint32, n_rows);
  g_autofree gint32 *at = NULL;
  g_autofree float *replaced = NULL;
  guint n_replaced = 0, capacity;
  TpoLlmGraph *graph;

  for (guint i = 0; i < n; i++)
    n_replaced += rows[start + i] != NULL;
  capacity = (n_replaced + ROW_STEP - 1) / ROW_STEP * ROW_STEP;
  graph = require_prompt (self, n_rows, capacity, error);
  if (graph == NULL)
    return FALSE;

  memcpy (ids, prompt->ids + start, n * sizeof *ids);
  if (!tpo_graph_write (graph->graph, graph->ids, ids, n_rows * sizeof *ids, error))
    return FALSE;
  if (capacity > 0) {
    gsize size = (gsize) capacity * self->width * sizeof (float);

    at = g_new (gint32, capacity);
    replaced = g_malloc0 (size);
    memset (at, 0xff, capacity * sizeof *at);
    for (guint i = 0, k = 0; i < n; i++) {
      if (rows[start + i] == NULL)
        continue;
      at[k] = (gint32) i;
      memcpy (replaced + (gsize) k++ * self->width, rows[start + i],
              self->width * sizeof (float));
    }
    if (!tpo_graph_write (graph->graph, graph->rows, replaced, size, error) ||
        !tpo_graph_write (graph->graph, graph->rows_at, at, capacity * sizeof *at, error))
      return FALSE;
  }
  if (!run (self, graph, n, cancellable, error))
    return FALSE;
  self->length += n;
  return read_next (self, graph, next_id, error);
}

gboolean
tpo_llm_prefill (TpoLlm *self, const TpoLlmPrompt *prompt, gint32 *next_id,
                 TpoProgressFunc progress, gpointer user_data, GCancellable *cancellable,
                 GError **error)
{
  guint length = self->length, n_boxes = 0, n_visual = 0;
  g_autofree const float **rows = NULL;

  if (!check_prompt (self, prompt, error))
    return FALSE;
  rows = g_new (const float *, prompt->n_ids);
  for (guint i = 0; i < prompt->n_ids; i++)
    rows[i] = replacement (self, prompt, i, &n_boxes, &n_visual);
  g_array_append_vals (self->seen, prompt->ids, prompt->n_ids);

  for (guint start = 0; start < prompt->n_ids; start += self->chunk) {
    guint n = MIN (self->chunk, prompt->n_ids - start);
    gboolean is_last = start + n == prompt->n_ids;
    gint32 banned = self->banned;

    if (!read_chunk (self, prompt, rows, start, n, is_last ? next_id : NULL, cancellable,
                     error)) {
      tpo_llm_truncate (self, length);
      return FALSE;
    }
    if (!is_last)
      self->banned = banned;
    if (progress != NULL)
      progress ((double) (start + n) / prompt->n_ids, NULL, user_data);
  }
  return TRUE;
}

/* ---- results --------------------------------------------------------------------------------- */

static gboolean
require_latest (TpoLlm *self, GError **error)
{
  if (self->latest != NULL)
    return TRUE;
  g_set_error_literal (error, TPO_ERROR, TPO_ERROR_INVALID, "no token has been read yet");
  return FALSE;
}

gboolean
tpo_llm_read_hidden (TpoLlm *self, float *values, GError **error)
{
  return require_latest (self, error) &&
         tpo_graph_read (self->latest->graph, self->latest->hidden, values,
                         self->width * sizeof (float), error);
}

gboolean
tpo_llm_read_logits (TpoLlm *self, float *values, GError **error)
{
  return require_latest (self, error) &&
         tpo_graph_read (self->latest->graph, self->latest->logits, values,
                         tpo_mistral_get_config (self->model)->vocab_size * sizeof (float),
                         error);
}
