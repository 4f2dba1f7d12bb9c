/* CG-DETR at its published sizes with synthetic weights, against an independent float32 implementation. */

#include <string.h>

#include "checks.h"
#include "models/cgdetr/cgdetr.h"
#include "synthetic.h"

enum {
  N_CLIPS = 12,
  N_WORDS = 7,
  VIDEO_WIDTH = 770,
  TEXT_WIDTH = 4096
};

static const double TOLERANCE = 2e-4;

typedef struct {
  TpoDevice *device;
  TpoCgdetr *model;
} Shared;

static TpoTensor *
constant (TpoGraph *g, const char *name, gint64 rows, gint64 width, const float *values)
{
  return tpo_graph_constant (g, name, TPO_F32, TPO_SHAPE (rows, width), values);
}

static void
inference (gconstpointer data)
{
  const Shared *shared = data;
  g_autofree float *text = tpo_synthetic_input ("input.txt", N_WORDS * TEXT_WIDTH);
  g_autofree float *video = tpo_synthetic_input ("input.vid", N_CLIPS * VIDEO_WIDTH);
  g_autofree float *prompt = tpo_synthetic_input ("input.prompt", TEXT_WIDTH);
  g_autoptr (TpoGraph) g = tpo_graph_new (shared->device, "spans");
  g_autoptr (TpoTaps) taps = tpo_taps_new ();
  const TpoCgdetrInput input = {
    .video = constant (g, "video", N_CLIPS, VIDEO_WIDTH, video),
    .text = constant (g, "text", N_WORDS, TEXT_WIDTH, text),
    .prompt = constant (g, "prompt", 1, TEXT_WIDTH, prompt),
  };
  TpoCgdetrOutput output;

  tpo_cgdetr_forward (shared->model, g, &input, taps, &output);
  tpo_graph_output (g, output.logits);
  tpo_graph_output (g, output.spans);
  tpo_graph_output (g, output.saliency);
  tpo_test_run (g);
  tpo_test_check_row (
      "logits", g, output.logits, 0,
      (const float[]){ -0.52210f, -0.26442f, -0.52099f, -0.26495f, -0.52211f, -0.26194f }, 6,
      TOLERANCE);
  tpo_test_check_row (
      "spans", g, output.spans, 0,
      (const float[]){ 0.28484f, 0.63356f, 0.68580f, 0.38067f, 0.69161f, 0.57559f }, 6,
      TOLERANCE);
  tpo_test_check_row ("spans of the first layer", g, tpo_taps_find (taps, "aux0.pred_spans"), 0,
                      (const float[]){ 0.32976f, 0.71352f, 0.72743f, 0.47109f }, 4, TOLERANCE);
  tpo_test_check_row ("saliency", g, output.saliency, 0,
                      (const float[]){ 4.18377f, 3.80851f, 3.12951f, 3.28906f, 3.02434f,
                                       1.68348f, 3.25812f, 2.22547f, 3.04398f, 3.24516f,
                                       2.16744f, 3.43604f },
                      N_CLIPS, TOLERANCE);
  tpo_test_check_row ("t2v", g, tpo_taps_find (taps, "t2v_values"), 0,
                      (const float[]){ 0.42225f, 0.15032f, 0.20738f, 0.34642f }, 4, TOLERANCE);
}

/* Saliency, logits and spans of @n_clips and @n_words that count. */
static float *
run_rows (const Shared *shared, const float *video, gint64 n_rows, guint n_clips,
          const float *text)
{
  g_autofree float *prompt = tpo_synthetic_input ("input.prompt", TEXT_WIDTH);
  g_autoptr (TpoGraph) g = tpo_graph_new (shared->device, "rows");
  const TpoCgdetrInput input = {
    .video = constant (g, "video", n_rows, VIDEO_WIDTH, video),
    .text = constant (g, "text", N_WORDS, TEXT_WIDTH, text),
    .prompt = constant (g, "prompt", 1, TEXT_WIDTH, prompt),
    .n_clips = n_clips,
  };
  gint64 n_queries = tpo_cgdetr_get_config (shared->model)->n_queries;
  TpoCgdetrOutput output;
  TpoTensor *all;

  tpo_cgdetr_forward (shared->model, g, &input, NULL, &output);
  all = tpo_concat (g, tpo_slice (g, output.saliency, 0, 0, N_CLIPS),
                    tpo_reshape (g, output.logits, TPO_SHAPE (2 * n_queries, 1)), 0);
  all = tpo_concat (g, all, tpo_reshape (g, output.spans, TPO_SHAPE (2 * n_queries, 1)), 0);
  tpo_graph_output (g, all);
  tpo_test_run (g);
  return tpo_test_read (g, all);
}

/* The query's words are a set, and padding of the video is not seen. */
static void
invariance (gconstpointer data)
{
  const Shared *shared = data;
  guint n = N_CLIPS + 4 * tpo_cgdetr_get_config (shared->model)->n_queries;
  gsize n_video = (gsize) N_CLIPS * VIDEO_WIDTH;
  g_autofree float *text = tpo_synthetic_input ("input.txt", N_WORDS * TEXT_WIDTH);
  g_autofree float *video = tpo_synthetic_input ("input.vid", n_video);
  g_autofree float *turned = g_new (float, N_WORDS *TEXT_WIDTH);
  g_autofree float *padded = g_new0 (float, n_video + 3 * VIDEO_WIDTH);
  g_autofree float *plain = NULL, *permuted = NULL, *longer = NULL;

  for (gsize i = 0; i < N_WORDS; i++)
    memcpy (turned + (i + 3) % N_WORDS * TEXT_WIDTH, text + i * TEXT_WIDTH,
            TEXT_WIDTH * sizeof *text);
  memcpy (padded, video, n_video * sizeof *video);
  plain = run_rows (shared, video, N_CLIPS, 0, text);
  permuted = run_rows (shared, video, N_CLIPS, 0, turned);
  longer = run_rows (shared, padded, N_CLIPS + 3, N_CLIPS, text);
  for (guint i = 0; i < n; i++) {
    g_assert_cmpfloat_with_epsilon (plain[i], permuted[i], 5e-5);
    g_assert_cmpfloat_with_epsilon (plain[i], longer[i], 5e-5);
  }
}

/* log (max (x, 1e-3) / max (1 - x, 1e-3)) at the ends. */
static void
clamped_logit (gconstpointer data)
{
  const Shared *shared = data;
  g_autoptr (TpoGraph) g = tpo_graph_new (shared->device, "logit");
  const float ends[2] = { 0, 1 };
  TpoTensor *y = tpo_unary (g, constant (g, "x", 1, 2, ends), TPO_UNARY_LOGIT_CLAMP);

  tpo_graph_output (g, y);
  tpo_test_run (g);
  tpo_test_check_row ("logit", g, y, 0, (const float[]){ -6.9078f, 6.9078f }, 2, 1e-4);
}

int
main (int argc, char **argv)
{
  static const TpoNetworkTest tests[] = {
    { "/cgdetr/inference", inference },
    { "/cgdetr/invariance", invariance },
    { "/cgdetr/clamped-logit", clamped_logit },
  };
  const TpoLoaderOptions options = { .storage = TPO_STORAGE_F32 };
  g_autoptr (TpoDevice) device = NULL;
  g_autoptr (TpoWeights) weights = NULL;
  g_autoptr (TpoLoader) loader = NULL;
  g_autoptr (TpoCgdetr) model = NULL;
  g_autoptr (GError) error = NULL;
  TpoCgdetrConfig config;
  Shared shared;

  g_test_init (&argc, &argv, NULL);
  if (argc != 2)
    g_error ("usage: models-cgdetr LIST");
  device = tpo_test_open ();
  weights = tpo_synthetic_weights (argv[1], "cg_model.", NULL, 0);
  if (!tpo_cgdetr_config_read (tpo_weights_get_metadata (weights), "", &config, &error))
    g_error ("%s", error->message);
  loader = tpo_loader_new (device, weights, &options);
  model = tpo_cgdetr_load (loader, &config, &error);
  if (model == NULL)
    g_error ("%s", error->message);
  shared = (Shared){ device, model };
  return tpo_test_all (device, tests, G_N_ELEMENTS (tests), &shared);
}
