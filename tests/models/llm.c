/* The sequence of a language model: choices, truncation, limits and cancelling, on a small random model. */

#include <gio/gio.h>
#include <string.h>

#include "models/mistral/llm.h"

enum {
  N_PROMPT = 21,
  CAPACITY = 48
};

typedef struct {
  TpoDevice *device;
  TpoMistral *model;
  guint vocab;
  gint32 ids[N_PROMPT]; /* any prompt */
} Shared;

static TpoLlm *
new_llm (const Shared *shared)
{
  const TpoLlmOptions options = { .capacity = CAPACITY, .chunk = 16 };
  g_autoptr (GError) error = NULL;
  TpoLlm *llm = tpo_llm_new (shared->device, shared->model, &options, &error);

  g_assert_no_error (error);
  return llm;
}

static gint32
prefill (const Shared *shared, TpoLlm *llm)
{
  const TpoLlmPrompt prompt = { .ids = shared->ids, .n_ids = N_PROMPT };
  g_autoptr (GError) error = NULL;
  gint32 next = -1;

  tpo_llm_prefill (llm, &prompt, &next, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return next;
}

/* The next @n ids after the prompt. */
static void
answer (const Shared *shared, TpoLlm *llm, gint32 *ids, guint n)
{
  g_autoptr (GError) error = NULL;

  ids[0] = prefill (shared, llm);
  for (guint i = 1; i < n; i++) {
    tpo_llm_step (llm, ids[i - 1], &ids[i], NULL, &error);
    g_assert_no_error (error);
  }
}

static gint32
best_of (TpoLlm *llm, guint vocab)
{
  g_autofree float *logits = g_new (float, vocab);
  g_autoptr (GError) error = NULL;
  gint32 best = 0;

  tpo_llm_read_logits (llm, logits, &error);
  g_assert_no_error (error);
  for (guint i = 1; i < vocab; i++) {
    if (logits[i] > logits[best])
      best = (gint32) i;
  }
  return best;
}

static void
greedy (gconstpointer data)
{
  const Shared *shared = data;
  g_autoptr (TpoLlm) llm = new_llm (shared);
  gint32 next = prefill (shared, llm);

  g_assert_cmpuint (tpo_llm_get_length (llm), ==, N_PROMPT);
  g_assert_cmpint (next, ==, best_of (llm, shared->vocab));
}

static void
banned (gconstpointer data)
{
  const Shared *shared = data;
  g_autoptr (TpoLlm) llm = new_llm (shared);
  gint32 best = prefill (shared, llm), second;

  tpo_llm_truncate (llm, 0);
  tpo_llm_set_banned (llm, best);
  second = prefill (shared, llm);
  g_assert_cmpint (second, !=, best);
  g_assert_cmpint (second, ==, best_of (llm, shared->vocab));

  /* It applies once. */
  tpo_llm_truncate (llm, 0);
  g_assert_cmpint (prefill (shared, llm), ==, best);
}

static void
truncated (gconstpointer data)
{
  const Shared *shared = data;
  g_autoptr (TpoLlm) llm = new_llm (shared);
  gint32 first[8], again[8], next;
  g_autoptr (GError) error = NULL;

  answer (shared, llm, first, G_N_ELEMENTS (first));
  tpo_llm_truncate (llm, 0);
  answer (shared, llm, again, G_N_ELEMENTS (again));
  g_assert_cmpmem (first, sizeof first, again, sizeof again);

  /* Back to the end of the prompt, then on with the stored answer. */
  tpo_llm_truncate (llm, N_PROMPT);
  tpo_llm_step (llm, first[0], &next, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (next, ==, first[1]);
}

static void
sampled (gconstpointer data)
{
  const Shared *shared = data;
  const TpoSampling sampling = { .temperature = 1.5f,
                                 .top_p = 0.95f,
                                 .repetition_penalty = 1.1f };
  gint32 first[10], again[10];
  guint n_different = 0;

  for (guint seed = 0; seed < 4; seed++) {
    g_autoptr (TpoLlm) llm = new_llm (shared);

    tpo_llm_set_sampling (llm, &sampling, seed);
    answer (shared, llm, first, G_N_ELEMENTS (first));
    for (guint i = 0; i < G_N_ELEMENTS (first); i++)
      g_assert_true (first[i] >= 0 && (guint) first[i] < shared->vocab);

    /* One seed is one answer, also after it was changed and set again. */
    tpo_llm_set_sampling (llm, &sampling, seed + 100);
    tpo_llm_truncate (llm, 0);
    answer (shared, llm, again, G_N_ELEMENTS (again));
    n_different += memcmp (first, again, sizeof first) != 0;
    tpo_llm_set_sampling (llm, &sampling, seed);
    tpo_llm_truncate (llm, 0);
    answer (shared, llm, again, G_N_ELEMENTS (again));
    g_assert_cmpmem (first, sizeof first, again, sizeof again);
  }
  g_assert_cmpuint (n_different, >, 0);
}

static void
full (gconstpointer data)
{
  const Shared *shared = data;
  g_autoptr (TpoLlm) llm = new_llm (shared);
  g_autoptr (GError) error = NULL;
  const TpoLlmPrompt prompt = { .ids = shared->ids, .n_ids = N_PROMPT };
  gint32 next = prefill (shared, llm);
  float hidden[1024];

  prefill (shared, llm);
  g_assert_false (tpo_llm_prefill (llm, &prompt, &next, NULL, NULL, NULL, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
  g_assert_cmpuint (tpo_llm_get_length (llm), ==, 2 * N_PROMPT);
  g_clear_error (&error);

  while (tpo_llm_get_length (llm) < CAPACITY)
    g_assert_true (tpo_llm_step (llm, next, &next, NULL, &error));
  g_assert_false (tpo_llm_step (llm, next, &next, NULL, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
  g_clear_error (&error);
  memset (hidden, 0, sizeof hidden);
  g_assert_false (tpo_llm_side (llm, hidden, hidden, NULL, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
}

static void
cancelled (gconstpointer data)
{
  const Shared *shared = data;
  g_autoptr (TpoLlm) llm = new_llm (shared);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  const TpoLlmPrompt prompt = { .ids = shared->ids, .n_ids = N_PROMPT };
  gint32 expected = prefill (shared, llm);

  tpo_llm_truncate (llm, 0);
  g_cancellable_cancel (cancellable);
  g_assert_false (tpo_llm_prefill (llm, &prompt, NULL, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (tpo_llm_get_length (llm), ==, 0);
  g_assert_cmpint (prefill (shared, llm), ==, expected);
}

static void
bad_prompts (gconstpointer data)
{
  const Shared *shared = data;
  g_autoptr (TpoLlm) llm = new_llm (shared);
  gint32 beyond = (gint32) shared->vocab;
  guint8 mask[N_PROMPT] = { 0, 1 };
  const TpoLlmPrompt prompts[] = {
    { .ids = shared->ids, .n_ids = 0 },
    { .ids = &beyond, .n_ids = 1 },
    { .ids = shared->ids, .n_ids = N_PROMPT, .visual_mask = mask },
    { .ids = shared->ids, .n_ids = N_PROMPT, .n_visual = 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (prompts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (tpo_llm_prefill (llm, &prompts[i], NULL, NULL, NULL, NULL, &error));
    g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
  }
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    GTestDataFunc run;
  } tests[] = { { "/llm/greedy", greedy },
                { "/llm/banned", banned },
                { "/llm/truncated", truncated },
                { "/llm/sampled", sampled },
                { "/llm/full", full },
                { "/llm/cancelled", cancelled },
                { "/llm/bad-prompts", bad_prompts } };
  const TpoDeviceOptions device_options = { .validate = g_getenv ("TPO_VALIDATE") != NULL };
  const TpoLoaderOptions load_options = { .storage = TPO_STORAGE_F32 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoDevice) device = NULL;
  g_autoptr (TpoWeights) weights = NULL;
  g_autoptr (TpoLoader) loader = NULL;
  g_autoptr (TpoMistral) model = NULL;
  TpoMistralConfig config;
  Shared shared = { 0 };
  int status;

  g_test_init (&argc, &argv, NULL);
  if (argc != 2)
    g_error ("usage: models-llm FIXTURE");
  device = tpo_device_open (&device_options, &error);
  if (device == NULL)
    g_error ("%s", error->message);
  weights = tpo_weights_open (argv[1], &error);
  if (weights == NULL || !tpo_mistral_config_read (&config, tpo_weights_get_metadata (weights),
                                                   "hparams.", &error))
    g_error ("%s", error->message);
  loader = tpo_loader_new (device, weights, &load_options);
  model = tpo_mistral_load (loader, &config, TPO_MISTRAL_DECODER, TPO_MISTRAL_HEAD, &error);
  if (model == NULL)
    g_error ("%s", error->message);

  shared = (Shared){ .device = device, .model = model, .vocab = config.vocab_size };
  for (guint i = 0; i < N_PROMPT; i++)
    shared.ids[i] = (gint32) ((i * 37 + 11) % config.vocab_size);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_data_func (tests[i].path, &shared, tests[i].run);
  status = g_test_run ();
  g_assert_cmpuint (tpo_device_n_validation_errors (device), ==, 0);
  return status;
}
