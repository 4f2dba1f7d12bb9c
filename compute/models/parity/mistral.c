#include "models/mistral/mistral.h"

#include <string.h>

#include "models/mistral/llm.h"
#include "models/parity/runner.h"

/* The stored prompt and what replaces rows of its embeddings. */
typedef struct {
  gint32 *ids; /* [n_ids] */
  guint n_ids;
  gint32 *positions; /* [n_visual] */
  float *visual;     /* [n_visual, C] */
  guint n_visual;
  float *task_token; /* [C] */
} Prompt;

static void
prompt_clear (Prompt *self)
{
  g_free (self->ids);
  g_free (self->positions);
  g_free (self->visual);
  g_free (self->task_token);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Prompt, prompt_clear)

static gint64
stored_count (TpoParityRun *run, const char *name)
{
  return tpo_shape_count (&tpo_weights_find (run->weights, name)->shape);
}

static gboolean
read_prompt (TpoParityRun *run, const TpoMistralConfig *config, Prompt *prompt, GError **error)
{
  prompt->ids = tpo_parity_ints (run, "in.ids", error);
  if (prompt->ids == NULL)
    return FALSE;
  prompt->n_ids = (guint) stored_count (run, "in.ids");
  prompt->positions = tpo_parity_ints (run, "in.visual_positions", error);
  if (prompt->positions == NULL)
    return FALSE;
  prompt->n_visual = (guint) stored_count (run, "in.visual_positions");
  prompt->visual = tpo_parity_floats (run, "in.visual_embeds", error);
  if (prompt->visual == NULL)
    return FALSE;
  prompt->task_token = tpo_parity_floats (run, "in.task_token", error);
  if (prompt->task_token == NULL)
    return FALSE;
  if (stored_count (run, "in.visual_embeds") !=
          (gint64) prompt->n_visual * config->hidden_size ||
      stored_count (run, "in.task_token") != config->hidden_size) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_SHAPE,
                 "%s: in.visual_embeds or in.task_token has the wrong size", run->path);
    return FALSE;
  }
  for (guint i = 0; i < prompt->n_visual; i++) {
    if (prompt->positions[i] < 0 || (guint) prompt->positions[i] >= prompt->n_ids) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                   "%s: in.visual_positions[%u] is outside the prompt", run->path, i);
      return FALSE;
    }
  }
  return TRUE;
}

/* Layers print [n, heads · D]; the fixture has [heads, n, D]. */
static gboolean
check_heads_first (TpoParityRun *run, const char *name, const TpoMistralConfig *config,
                   TpoGraph *g, TpoTensor *tensor, GError **error)
{
  gint64 n = tpo_tensor_dim (tensor, 0), heads = config->n_kv_heads, size = config->head_size;
  gsize bytes = (gsize) (n * heads * size) * sizeof (float);
  g_autofree float *rows = g_malloc (bytes);
  g_autofree float *moved = g_malloc (bytes);

  if (tpo_weights_find (run->weights, name) == NULL)
    return TRUE;
  if (!tpo_graph_read (g, tensor, rows, bytes, error))
    return FALSE;
  for (gint64 i = 0; i < n; i++) {
    for (gint64 h = 0; h < heads; h++)
      memcpy (moved + (h * n + i) * size, rows + (i * heads + h) * size,
              (gsize) size * sizeof (float));
  }
  return tpo_parity_check (run, name, NULL, moved, n * heads * size, error);
}

/* The whole prompt without a cache: every row of hidden states and logits. */
static gboolean
check_prompt (TpoParityRun *run, TpoMistral *model, const Prompt *prompt, GError **error)
{
  const TpoMistralConfig *config = tpo_mistral_get_config (model);
  g_autoptr (TpoTaps) taps = tpo_taps_new ();
  g_autoptr (TpoGraph) g = tpo_graph_new (run->device, "prompt");
  TpoTensor *x, *hidden, *logits;

  x = tpo_mistral_embed (
      g, model, tpo_graph_constant (g, "ids", TPO_I32, TPO_SHAPE (prompt->n_ids), prompt->ids));
  x = tpo_set_rows (g, x,
                    tpo_graph_constant (g, "visual", TPO_F32,
                                        TPO_SHAPE (prompt->n_visual, config->hidden_size),
                                        prompt->visual),
                    tpo_graph_constant (g, "positions", TPO_I32, TPO_SHAPE (prompt->n_visual),
                                        prompt->positions));
  hidden = tpo_mistral_forward (g, model, x, NULL, taps);
  logits = tpo_mistral_logits (g, model, hidden);
  tpo_graph_output (g, hidden);
  tpo_graph_output (g, logits);
  return tpo_graph_compile (g, error) && tpo_graph_run (g, run->options.cancellable, error) &&
         tpo_parity_check_taps (run, "mid.", g, taps, error) &&
         check_heads_first (run, "mid.prefill_k_last_layer", config, g,
                            tpo_taps_find (taps, "k_last_layer"), error) &&
         check_heads_first (run, "mid.prefill_v_last_layer", config, g,
                            tpo_taps_find (taps, "v_last_layer"), error) &&
         tpo_parity_check_output (run, "out.prefill_hidden", NULL, g, hidden, error) &&
         tpo_parity_check_output (run, "out.prefill_logits", NULL, g, logits, error);
}

static gboolean
prefill (TpoLlm *llm, const Prompt *prompt, gint32 *next_id, GCancellable *cancellable,
         GError **error)
{
  g_autofree guint8 *mask = g_new0 (guint8, prompt->n_ids);
  TpoLlmPrompt question = { .ids = prompt->ids,
                            .n_ids = prompt->n_ids,
                            .visual_mask = mask,
                            .visual = prompt->visual,
                            .n_visual = prompt->n_visual };

  for (guint i = 0; i < prompt->n_visual; i++)
    mask[prompt->positions[i]] = 1;
  return tpo_llm_prefill (llm, &question, next_id, NULL, NULL, cancellable, error);
}

/* Rows of reference logits from which the ids were chosen: the prompt's last, then those of the
 * steps. */
static const float *
choice_row (const float *prefill, gint64 n_prefill, const float *steps, guint vocab, guint i)
{
  return i == 0 ? prefill + n_prefill - vocab : steps + (gsize) (i - 1) * vocab;
}

/* Ids must be the stored ones. In half precision another id passes too if the reference's logits
 * for both are nearer than twice the error that a logit may have: then either rounds to be the
 * larger. */
static gboolean
check_choices (TpoParityRun *run, const char *remark, const gint32 *chosen,
               const gint32 *stored, guint n, guint vocab, GError **error)
{
  g_autofree gint32 *accepted = g_new (gint32, MAX (n, 1));
  g_autofree float *prefill = NULL, *steps = NULL;
  double tolerance;

  memcpy (accepted, chosen, n * sizeof *chosen);
  if (run->options.storage != TPO_PARITY_F32) {
    prefill = tpo_parity_floats (run, "out.prefill_logits", error);
    if (prefill == NULL)
      return FALSE;
    steps = tpo_parity_floats (run, "out.greedy_step_logits", error);
    if (steps == NULL ||
        !tpo_parity_tolerance (run, "out.greedy_step_logits", &tolerance, error))
      return FALSE;
    for (guint i = 0; i < n; i++) {
      const float *row =
          choice_row (prefill, stored_count (run, "out.prefill_logits"), steps, vocab, i);

      if (row[stored[i]] - row[chosen[i]] <= 2 * tolerance)
        accepted[i] = stored[i];
    }
  }
  return tpo_parity_check_ints (run, "out.greedy_ids", remark, accepted, n, error);
}

/* Step by step with the cache. In half precision the stored ids are fed back, so that one near tie does
 * not spoil the rest; with F32 what was chosen is. */
static gboolean
check_steps (TpoParityRun *run, TpoLlm *llm, const TpoMistralConfig *config,
             const Prompt *prompt, const char *remark, GError **error)
{
  g_autofree gint32 *stored = tpo_parity_ints (run, "out.greedy_ids", error);
  guint width = config->hidden_size, vocab = config->vocab_size, n;
  g_autofree gint32 *chosen = NULL;
  g_autofree float *hidden = NULL, *logits = NULL, *side = NULL;
  gint32 next;

  if (stored == NULL)
    return FALSE;
  n = (guint) stored_count (run, "out.greedy_ids");
  if (!tpo_parity_require_count (run, "out.greedy_step_hidden", (gint64) n * width, error) ||
      !tpo_parity_require_count (run, "out.greedy_step_logits", (gint64) n * vocab, error))
    return FALSE;
  chosen = g_new (gint32, MAX (n, 1));
  hidden = g_new (float, (gsize) n *width);
  logits = g_new (float, (gsize) n *vocab);
  side = g_new (float, width);
  for (guint i = 0; i < n; i++) {
    if (stored[i] < 0 || (guint) stored[i] >= vocab) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: out.greedy_ids[%u] is no id",
                   run->path, i);
      return FALSE;
    }
  }

  if (!prefill (llm, prompt, &next, run->options.cancellable, error) ||
      !tpo_llm_side (llm, prompt->task_token, side, run->options.cancellable, error))
    return FALSE;
  for (guint i = 0; i < n; i++) {
    chosen[i] = next;
    if (!tpo_llm_step (llm, run->options.storage == TPO_PARITY_F32 ? chosen[i] : stored[i],
                       &next, run->options.cancellable, error) ||
        !tpo_llm_read_hidden (llm, hidden + (gsize) i * width, error) ||
        !tpo_llm_read_logits (llm, logits + (gsize) i * vocab, error))
      return FALSE;
  }
  return tpo_parity_check (run, "out.side_step_hidden", remark, side, width, error) &&
         check_choices (run, remark, chosen, stored, n, vocab, error) &&
         tpo_parity_check (run, "out.greedy_step_hidden", remark, hidden, (gint64) n * width,
                           error) &&
         tpo_parity_check (run, "out.greedy_step_logits", remark, logits, (gint64) n * vocab,
                           error);
}

static gboolean
check_sequence (TpoParityRun *run, TpoMistral *model, const Prompt *prompt,
                const TpoLlmOptions *options, const char *remark, GError **error)
{
  g_autoptr (TpoLlm) llm = tpo_llm_new (run->device, model, options, error);

  return llm != NULL &&
         check_steps (run, llm, tpo_mistral_get_config (model), prompt, remark, error);
}

/* With adapters apart and merged, the prompt whole and in pieces, the cache in both precisions. */
gboolean
tpo_parity_mistral (TpoParityRun *run, GError **error)
{
  g_autoptr (TpoLoader) loader = tpo_parity_loader (run);
  g_autoptr (TpoLoader) merging = tpo_parity_loader (run);
  g_autoptr (TpoMistral) model = NULL;
  g_autoptr (TpoMistral) merged = NULL;
  g_auto (Prompt) prompt = { 0 };
  TpoMistralConfig config;
  TpoLlmOptions whole = { 0 }, pieces = { .chunk = 16 };

  if (!tpo_mistral_config_read (&config, tpo_weights_get_metadata (run->weights), "hparams.",
                                error) ||
      !read_prompt (run, &config, &prompt, error))
    return FALSE;
  whole.capacity = pieces.capacity = prompt.n_ids + 64;
  if (run->options.storage != TPO_PARITY_F32)
    whole.cache_type = TPO_F16;
  tpo_loader_set_merge (merging, TRUE);
  model = tpo_mistral_load (loader, &config, TPO_MISTRAL_DECODER, TPO_MISTRAL_HEAD, error);
  if (model == NULL || !check_prompt (run, model, &prompt, error) ||
      !check_sequence (run, model, &prompt, &whole, NULL, error) ||
      !check_sequence (run, model, &prompt, &pieces, "in pieces of 16", error))
    return FALSE;
  merged = tpo_mistral_load (merging, &config, TPO_MISTRAL_DECODER, TPO_MISTRAL_HEAD, error);
  return merged != NULL &&
         check_sequence (run, merged, &prompt, &whole, "adapters merged", error);
}
