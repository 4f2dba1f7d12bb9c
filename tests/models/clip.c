/*
 * InternVideo2-CLIP at its published widths, two blocks of the vision tower and one layer of the
 * text tower deep, with synthetic weights, against an independent float32 implementation.
 */

#include "checks.h"
#include "models/clip/text.h"
#include "models/clip/vision.h"
#include "synthetic.h"

enum {
  WIDTH = 1408,
  DEPTH = 2,
  N_FRAMES = 8,
  SIZE = 224,
  N_PATCHES = 256, /* of a frame */
  TEXT_WIDTH = 4096,
  FFN_WIDTH = 11008
};

static const double TOLERANCE = 1e-4;

typedef struct {
  TpoDevice *device;
  const char *vision_list, *text_list;
} Shared;

/* ---- vision -------------------------------------------------------------------------------------- */

static TpoClipVision *
load_vision (const Shared *shared)
{
  const TpoLoaderOptions options = { .storage = TPO_STORAGE_F32 };
  g_autoptr (TpoWeights) weights =
      tpo_synthetic_weights (shared->vision_list, "vision_encoder.", NULL, 0);
  g_autoptr (TpoLoader) loader = tpo_loader_new (shared->device, weights, &options);
  g_autoptr (GError) error = NULL;
  TpoClipVisionConfig config;
  TpoClipVision *model;

  tpo_clip_vision_config_read (tpo_weights_get_metadata (weights), "", &config, &error);
  g_assert_no_error (error);
  config.depth = DEPTH;
  config.n_stored_frames = config.n_frames;
  model = tpo_clip_vision_load (loader, &config, &error);
  g_assert_no_error (error);
  return model;
}

/* The clip is given as [3, N_FRAMES, SIZE, SIZE]. */
static float *
make_clip (void)
{
  gsize area = (gsize) SIZE * SIZE;
  g_autofree float *planes = tpo_synthetic_input ("input.clip", 3 * N_FRAMES * area);
  float *frames = g_new (float, 3 * N_FRAMES * area);

  for (gsize c = 0; c < 3; c++) {
    for (gsize p = 0; p < N_FRAMES * area; p++)
      frames[3 * p + c] = planes[c * N_FRAMES * area + p];
  }
  return frames;
}

static void
vision (gconstpointer data)
{
  static const struct {
    const char *tap;
    gsize token;
    float values[3];
  } known[] = {
    { "patch_embed", 0, { 0.71947f, 1.99219f, 0.23082f } },
    { "patch_embed", N_FRAMES * N_PATCHES - 1, { 0.93503f, 0.42745f, 0.75532f } },
    { "tokens", 0, { 0.00329f, 0.04600f, -0.00479f } },
    { "tokens", 100, { 1.27861f, 0.02283f, 0.49020f } },
    { "block0", 0, { -0.26296f, 0.62763f, 0.22220f } },
    { "block0", 2048, { 1.23381f, 0.49724f, 1.50633f } },
    { "block1", 0, { 0.00728f, 1.26629f, 0.16023f } },
    { "block1", 2048, { 1.35872f, 0.28839f, 1.34520f } },
  };
  const Shared *shared = data;
  g_autoptr (TpoClipVision) model = load_vision (shared);
  g_autofree float *clip = make_clip ();
  g_autoptr (TpoGraph) g = tpo_graph_new (shared->device, "clip");
  g_autoptr (TpoTaps) taps = tpo_taps_new ();
  TpoTensor *row = tpo_clip_vision_forward (
      model, g,
      tpo_graph_constant (g, "clip", TPO_F32, TPO_SHAPE (N_FRAMES, SIZE, SIZE, 3), clip), taps);

  tpo_graph_output (g, row);
  tpo_test_run (g);
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    tpo_test_check_row (known[i].tap, g, tpo_taps_find (taps, known[i].tap),
                        known[i].token * WIDTH, known[i].values, 3, TOLERANCE);
  tpo_test_check_moments ("block0", g, tpo_taps_find (taps, "block0"), 0.002031, 0.674508,
                          1e-5);
  tpo_test_check_moments ("block1", g, tpo_taps_find (taps, "block1"), 0.006629, 0.762378,
                          1e-5);
  tpo_test_check_row ("row", g, row, 0,
                      (const float[]){ 0.08623f, 0.24717f, -0.06134f, -0.27906f, -0.53281f,
                                       0.32659f, 0.09101f, -0.04388f },
                      8, TOLERANCE);
  tpo_test_check_moments ("row", g, row, 0.014738, 0.383606, 1e-5);
}

/* Positions of four stored frames are stretched to eight with half-pixel centres. */
static void
stretch (gconstpointer data)
{
  const Shared *shared = data;
  g_autoptr (TpoGraph) g = tpo_graph_new (shared->device, "stretch");
  const float stored[4] = { 0, 1, 2, 3 };
  TpoTensor *table = tpo_graph_constant (g, "table", TPO_F32, TPO_SHAPE (1, 4, 1, 1), stored);

  table = tpo_resize (g, table, N_FRAMES, 1, &(TpoResize){ .filter = TPO_RESIZE_BILINEAR });
  tpo_graph_output (g, table);
  tpo_test_run (g);
  tpo_test_check_row ("stretched", g, table, 0,
                      (const float[]){ 0, 0.25f, 0.75f, 1.25f, 1.75f, 2.25f, 2.75f, 3 }, 8,
                      1e-6);
}

/* ---- text ---------------------------------------------------------------------------------------- */

/* The ids of "A woman is sharing her experience about delivery" after "summarize:". */
static const gint32 ids[] = { 1,     19138, 675,  29901, 29909, 6114, 338,
                              19383, 902,   7271, 1048,  28289, 2 };

/* Of the table of all words only the rows of these ids are made: row i stands for ids[i]. */
static void
add_words (TpoWeights *weights, float *rows)
{
  const TpoShape shape = TPO_SHAPE (49954, TEXT_WIDTH);
  const TpoWeight weight = { .name = "text_encoder.transformer.embed_tokens.weight",
                             .type = TPO_F32,
                             .shape = TPO_SHAPE (G_N_ELEMENTS (ids), TEXT_WIDTH),
                             .bytes = (const guint8 *) rows,
                             .size = G_N_ELEMENTS (ids) * TEXT_WIDTH * sizeof *rows };

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    tpo_synthetic_values ("transformer.embed_tokens.weight", &shape,
                          (gsize) ids[i] * TEXT_WIDTH, TEXT_WIDTH, rows + i * TEXT_WIDTH);
  g_assert_true (tpo_weights_add (weights, &weight, NULL));
}

static TpoMistral *
load_text (const Shared *shared)
{
  const TpoLoaderOptions options = { .storage = TPO_STORAGE_F32 };
  const TpoMistralConfig config = { .hidden_size = TEXT_WIDTH,
                                    .n_layers = 1,
                                    .n_heads = 32,
                                    .n_kv_heads = 32,
                                    .head_size = 128,
                                    .ffn_size = FFN_WIDTH,
                                    .vocab_size = G_N_ELEMENTS (ids),
                                    .norm_eps = 1e-6f,
                                    .rope_theta = 1e4f };
  g_autofree float *rows = g_new (float, G_N_ELEMENTS (ids) * TEXT_WIDTH);
  g_autoptr (TpoWeights) weights =
      tpo_synthetic_weights (shared->text_list, "text_encoder.", NULL, 0);
  g_autoptr (TpoLoader) loader = NULL;
  g_autoptr (GError) error = NULL;
  TpoMistral *model;

  add_words (weights, rows);
  loader = tpo_loader_new (shared->device, weights, &options);
  model = tpo_mistral_load (loader, &config, "text_encoder.transformer.", NULL, &error);
  g_assert_no_error (error);
  return model;
}

static void
text (gconstpointer data)
{
  const Shared *shared = data;
  g_autoptr (TpoMistral) model = load_text (shared);
  g_autoptr (TpoGraph) g = tpo_graph_new (shared->device, "text");
  gint32 rows[G_N_ELEMENTS (ids)];
  TpoTensor *hidden;

  for (gint32 i = 0; i < (gint32) G_N_ELEMENTS (ids); i++)
    rows[i] = i;
  hidden = tpo_mistral_embed (
      g, model, tpo_graph_constant (g, "ids", TPO_I32, TPO_SHAPE (G_N_ELEMENTS (ids)), rows));
  hidden = tpo_mistral_forward (g, model, hidden, NULL, NULL);
  tpo_graph_output (g, hidden);
  tpo_test_run (g);
  tpo_test_check_row ("first row", g, hidden, 0,
                      (const float[]){ 0.56739f, -0.12948f, 0.51605f, -0.30414f }, 4,
                      TOLERANCE);
  tpo_test_check_row ("last row", g, hidden, (G_N_ELEMENTS (ids) - 1) * TEXT_WIDTH,
                      (const float[]){ -0.93061f, -1.39283f, 1.02783f, -1.56243f }, 4,
                      TOLERANCE);
}

int
main (int argc, char **argv)
{
  static const TpoNetworkTest tests[] = {
    { "/clip/stretch", stretch },
    { "/clip/vision", vision },
    { "/clip/text", text },
  };
  g_autoptr (TpoDevice) device = NULL;
  Shared shared;

  g_test_init (&argc, &argv, NULL);
  if (argc != 3)
    g_error ("usage: models-clip VISION-LIST TEXT-LIST");
  device = tpo_test_open ();
  shared = (Shared){ device, argv[1], argv[2] };
  return tpo_test_all (device, tests, G_N_ELEMENTS (tests), &shared);
}
