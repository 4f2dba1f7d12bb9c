/*
 * SAM 2 with the tiny encoder at 256 pixels and synthetic weights, against an independent float32
 * implementation; and what must hold without weights.
 */

#include <math.h>
#include <string.h>

#include "checks.h"
#include "models/sam2/tracker-graphs.h"
#include "synthetic.h"

enum {
  SIZE = 256,
  GRID = SIZE / 16,
  CELLS = GRID * GRID,
  WIDTH = 256,
  MEMORY = 64,
  EDGE = 4 * GRID,
  N_FRAMES = 9,
  MASK_ROWS = 120,
  MASK_COLS = 200
};

typedef struct {
  TpoDevice *device;
  TpoSam2 *plain, *later; /* release 2.0 and 2.1 */
  float *frames;          /* [N_FRAMES, SIZE, SIZE, 3] */
  gboolean is_reversed;   /* the last frame comes first */
  guint64 cache_size;     /* of the tracker */
  guint n_loaded;         /* frames that were asked for */
} Shared;

static const gint32 corners[] = { 2, 3 };

/* ---- model --------------------------------------------------------------------------------------- */

static TpoSam2Config
tiny_config (void)
{
  g_autoptr (TpoWeights) empty = tpo_weights_new ("tiny");
  g_autoptr (GError) error = NULL;
  TpoSam2Config config;

  tpo_sam2_config_read (tpo_weights_get_metadata (empty), "", &config, &error);
  g_assert_no_error (error);
  config.image_size = SIZE;
  config.embed_dim = 96;
  config.n_heads = 1;
  memcpy (config.stages, (const guint[]){ 1, 2, 7, 2 }, sizeof config.stages);
  memcpy (config.windows, (const guint[]){ 8, 4, 14, 7 }, sizeof config.windows);
  memcpy (config.global_blocks, (const guint[]){ 5, 7, 9 }, 3 * sizeof (guint));
  config.n_global = 3;
  config.hole_area = 0;
  return config;
}

/* Without the tensors that 2.1 added the loader takes it for 2.0. */
static TpoWeights *
without_2_1 (TpoWeights *all)
{
  TpoWeights *weights = tpo_weights_new ("2.0");

  for (guint i = 0; i < tpo_weights_get_n (all); i++) {
    const TpoWeight *weight = tpo_weights_get (all, i);

    if (strstr (weight->name, "no_obj_embed_spatial") == NULL &&
        strstr (weight->name, "obj_ptr_tpos_proj") == NULL)
      g_assert_true (tpo_weights_add (weights, weight, NULL));
  }
  return weights;
}

static TpoSam2 *
load (TpoDevice *device, TpoWeights *weights)
{
  const TpoLoaderOptions options = { .storage = TPO_STORAGE_F32 };
  g_autoptr (TpoLoader) loader = tpo_loader_new (device, weights, &options);
  g_autoptr (GError) error = NULL;
  TpoSam2Config config = tiny_config ();
  TpoSam2 *model = tpo_sam2_load (loader, &config, &error);

  g_assert_no_error (error);
  return model;
}

static float *
make_frames (void)
{
  gsize area = (gsize) SIZE * SIZE;
  g_autofree float *planes = tpo_synthetic_input ("input.frames", N_FRAMES * 3 * area);
  float *frames = g_new (float, N_FRAMES * 3 * area);

  for (gsize t = 0; t < N_FRAMES; t++) {
    for (gsize c = 0; c < 3; c++) {
      for (gsize p = 0; p < area; p++)
        frames[(t * area + p) * 3 + c] = planes[(t * 3 + c) * area + p];
    }
  }
  return frames;
}

static GBytes *
load_frame (guint frame, gpointer user_data, GCancellable *cancellable, GError **error)
{
  Shared *shared = user_data;
  gsize count = (gsize) SIZE * SIZE * 3;

  shared->n_loaded++;
  if (shared->is_reversed)
    frame = N_FRAMES - 1 - frame;
  return g_bytes_new_static (shared->frames + frame * count, count * sizeof (float));
}

static TpoSam2Tracker *
make_tracker (const Shared *shared, const TpoSam2 *model)
{
  const TpoSam2Video video = { .n_frames = N_FRAMES,
                               .rows = SIZE,
                               .cols = SIZE,
                               .is_normalised = TRUE,
                               .mask_rows = MASK_ROWS,
                               .mask_cols = MASK_COLS,
                               .cache_size = shared->cache_size,
                               .load = load_frame,
                               .user_data = (gpointer) shared };
  g_autoptr (GError) error = NULL;
  TpoSam2Tracker *tracker = tpo_sam2_tracker_new (shared->device, model, &video, &error);

  g_assert_no_error (error);
  return tracker;
}

/* ---- graphs -------------------------------------------------------------------------------------- */

/* Channel 0 of the first cells. */
static void
check_first (const char *what, TpoGraph *g, TpoTensor *tensor, const float expected[4])
{
  g_autofree float *values = tpo_test_read (g, tensor);
  gint64 width = tpo_tensor_dim (tensor, -1);

  for (guint i = 0; i < 4; i++)
    tpo_test_check (what, values[i * width], expected[i], 1e-4);
}

/* ---- encoder and codes --------------------------------------------------------------------------- */

static void
encoder (gconstpointer data)
{
  static const struct {
    const char *tap;
    double mean, deviation;
  } stages[] = {
    { "trunk.block0", -0.032674, 0.924022 },
    { "trunk.block2", 0.856112, 1.498313 },
    { "trunk.block9", 0.580294, 3.117591 },
    { "trunk.block11", 0.175460, 1.857183 },
  };
  const Shared *shared = data;
  g_autoptr (TpoTaps) taps = tpo_taps_new ();
  g_autoptr (TpoGraph) g = tpo_graph_new (shared->device, "encoder");
  TpoSam2Features features;

  tpo_sam2_encode (
      shared->plain, g,
      tpo_graph_constant (g, "frame", TPO_F32, TPO_SHAPE (1, SIZE, SIZE, 3), shared->frames),
      taps, &features);
  tpo_graph_output (g, features.f);
  tpo_graph_output (g, features.s1);
  tpo_graph_output (g, features.s0);
  tpo_test_run (g);
  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    tpo_test_check_moments (stages[i].tap, g, tpo_taps_find (taps, stages[i].tap),
                            stages[i].mean, stages[i].deviation, 1e-5);
  check_first ("trunk output 0", g, tpo_taps_find (taps, "trunk.block0"),
               (const float[]){ -0.25746f, -0.18230f, 1.68113f, 0.53072f });
  check_first ("trunk output 3", g, tpo_taps_find (taps, "trunk.block11"),
               (const float[]){ 0.51222f, 0.57807f, 0.84868f, 0.82543f });
  check_first ("s0", g, features.s0,
               (const float[]){ -1.54144f, -0.01588f, -0.33360f, -0.46843f });
  check_first ("s1", g, features.s1,
               (const float[]){ 0.82000f, -1.82462f, 0.34239f, -0.88299f });
  check_first ("f", g, features.f, (const float[]){ 1.77453f, 2.64716f, 1.44846f, 1.84556f });
  tpo_test_check_moments ("f", g, features.f, 0.256082, 3.573218, 1e-5);
}

static const float box[] = { 0.1f, 0.2f, 0.6f, 0.7f };

/* [3, WIDTH]: the code of the box */
static float *
encode_box (const Shared *shared, const TpoSam2 *model)
{
  g_autoptr (TpoGraph) g = tpo_graph_new (shared->device, "box");
  TpoTensor *points = tpo_graph_constant (g, "points", TPO_F32, TPO_SHAPE (2, 2), box);
  TpoTensor *labels = tpo_graph_constant (g, "labels", TPO_I32, TPO_SHAPE (2), corners);
  TpoTensor *code = tpo_sam2_prompt_points (model, g, points, labels);

  tpo_graph_output (g, code);
  tpo_test_run (g);
  return tpo_test_read (g, code);
}

static void
codes (gconstpointer data)
{
  static const float expected[3][2] = { { 0.91782f, 0.39504f },
                                        { -0.90863f, -0.98188f },
                                        { 0.02785f, -0.01066f } };
  const Shared *shared = data;
  g_autofree float *code = encode_box (shared, shared->plain), *table = NULL;
  g_autoptr (TpoGraph) g = tpo_graph_new (shared->device, "dense");
  TpoTensor *dense = tpo_scale (g, tpo_sam2_dense_code (shared->plain), 1);
  double mean, deviation;

  for (guint i = 0; i < 3; i++) {
    tpo_test_check ("box code, channel 0", code[i * WIDTH], expected[i][0], 2e-5);
    tpo_test_check ("box code, channel 200", code[i * WIDTH + 200], expected[i][1], 2e-5);
  }
  tpo_graph_output (g, dense);
  tpo_test_run (g);
  table = tpo_test_read (g, dense);
  tpo_test_measure (table, (gsize) CELLS * WIDTH, &mean, &deviation);
  tpo_test_check ("dense code", mean, 0.037846, 1e-5);
  check_first ("dense code", g, dense,
               (const float[]){ -0.54346f, -0.66387f, -0.76908f, -0.85669f });
}

/* ---- tracking ------------------------------------------------------------------------------------ */

typedef struct {
  float logits[EDGE * EDGE], pointer[WIDTH], memory[CELLS * MEMORY], score;
  guint n_pixels;
  gboolean is_set;
} Frame;

/* What propagation gave: [objects][N_FRAMES]. */
typedef struct {
  TpoSam2Tracker *tracker;
  Frame *frames;
} Record;

static gboolean
on_result (const TpoSam2Result *result, gpointer user_data)
{
  Record *record = user_data;
  Frame *frame = &record->frames[result->object * N_FRAMES + result->frame];
  const TpoSam2Stored stored = { frame->logits, frame->pointer, frame->memory };
  g_autoptr (GError) error = NULL;

  tpo_sam2_tracker_read (record->tracker, result->object, result->frame, &stored, &error);
  g_assert_no_error (error);
  frame->n_pixels = 0;
  for (guint i = 0; i < MASK_ROWS * MASK_COLS; i++)
    frame->n_pixels += result->mask[i];
  frame->score = result->score;
  frame->is_set = TRUE;
  return TRUE;
}

static void
prompt (TpoSam2Tracker *tracker, guint object, guint frame, const TpoSam2Prompt *given)
{
  g_autoptr (GError) error = NULL;
  TpoSam2Result result;

  tpo_sam2_tracker_prompt (tracker, object, frame, given, FALSE, &result, NULL, &error);
  g_assert_no_error (error);
}

static void
propagate (Record *record, guint n_objects, guint first, guint last)
{
  static const guint objects[] = { 0, 1 };
  const TpoSam2Stretch stretch = { objects, n_objects, first, last };
  g_autoptr (GError) error = NULL;

  tpo_sam2_tracker_propagate (record->tracker, &stretch, on_result, record, NULL, &error);
  g_assert_no_error (error);
}

/* The box as VideoChat-TPO gives it: its code, as if the language model had said it. */
static void
one_object (gconstpointer data)
{
  static const struct {
    double mean, deviation;
    float logits[3], pointer[3], memory[2];
    guint n_pixels;
  } expected[N_FRAMES] = {
    { -0.966076,
      1.539226,
      { -3.52969f, -2.89690f, -0.14931f },
      { -0.14179f, 0.40963f, 0.38809f },
      { 0.92489f, -3.38462f },
      4014 },
    { -1.120817,
      1.303730,
      { -2.97727f, -0.54267f, -1.01720f },
      { -0.36576f, 0.39839f, 0.00780f },
      { 0.31588f, -1.94176f },
      2140 },
    { -1.152789,
      1.298487,
      { -1.53272f, 0.77339f, -1.34059f },
      { -0.37297f, 0.42058f, 0.01126f },
      { 0.32362f, -2.72539f },
      2112 },
    { -1.196443,
      1.296788,
      { -1.34206f, -0.92382f, 1.11025f },
      { -0.41881f, 0.44289f, -0.01793f },
      { 2.00425f, -1.33891f },
      1856 },
    { -1.252926,
      1.313927,
      { -1.54339f, -0.14351f, -1.10847f },
      { -0.38066f, 0.45062f, -0.03094f },
      { 0.97303f, -1.68768f },
      1808 },
    { -1.330277,
      1.343098,
      { -0.21034f, -2.29004f, -0.76677f },
      { -0.36988f, 0.49453f, -0.00947f },
      { 0.12281f, -2.05424f },
      1562 },
    { -1.208158,
      1.301980,
      { -0.99485f, -0.42662f, 0.16809f },
      { -0.40293f, 0.45246f, -0.01201f },
      { 0.41815f, -2.46547f },
      1832 },
    { -1.205069,
      1.323936,
      { -0.20037f, 0.81632f, 0.89785f },
      { -0.41700f, 0.46812f, -0.01800f },
      { 0.44701f, -2.62017f },
      1881 },
    { -1.277995,
      1.320403,
      { 0.65962f, 0.27132f, -1.08690f },
      { -0.41316f, 0.45125f, -0.01379f },
      { 3.92492f, -1.85440f },
      1604 },
  };
  static const guint places[3] = { 5 * EDGE + 7, 20 * EDGE + 31, 40 * EDGE + 60 };
  const Shared *shared = data;
  g_autofree float *code = encode_box (shared, shared->plain);
  g_autofree Frame *frames = g_new0 (Frame, N_FRAMES);
  g_autoptr (TpoSam2Tracker) tracker = make_tracker (shared, shared->plain);
  Record record = { tracker, frames };

  g_assert_cmpuint (tpo_sam2_tracker_add_object (tracker), ==, 0);
  prompt (tracker, 0, 0, &(TpoSam2Prompt){ .embedding = code });
  propagate (&record, 1, 0, N_FRAMES - 1);
  for (guint t = 0; t < N_FRAMES; t++) {
    gsize cell = 3 * GRID + 4;
    double mean, deviation;

    tpo_test_measure (frames[t].logits, EDGE * EDGE, &mean, &deviation);
    tpo_test_check ("mean", mean, expected[t].mean, 2e-3);
    tpo_test_check ("deviation", deviation, expected[t].deviation, 2e-3);
    for (guint i = 0; i < 3; i++) {
      tpo_test_check ("logit", frames[t].logits[places[i]], expected[t].logits[i], 2e-3);
      tpo_test_check ("pointer", frames[t].pointer[i], expected[t].pointer[i], 2e-3);
    }
    for (guint i = 0; i < 2; i++)
      tpo_test_check ("memory", frames[t].memory[cell * MEMORY + i], expected[t].memory[i],
                      2e-3);
    tpo_test_check ("pixels", frames[t].n_pixels, expected[t].n_pixels, 3);
  }
}

/* Release 2.1, a box and a click on a frame in the middle. */
static void
two_objects (gconstpointer data)
{
  static const struct {
    guint frame;
    struct {
      double mean;
      float pointer[3], score;
      guint n_pixels;
    } objects[2];
  } expected[] = {
    { 4,
      { { -0.912907, { -0.15275f, 0.36275f, 0.46261f }, 10.5611f, 4381 },
        { -0.738684, { -0.06919f, 0.30576f, 0.50097f }, 10.5886f, 5139 } } },
    { 5,
      { { -1.393883, { -0.33065f, 0.63057f, -0.07834f }, 10.1731f, 1511 },
        { -1.378634, { -0.33016f, 0.63500f, -0.09030f }, 10.1648f, 1539 } } },
    { 6,
      { { -1.226597, { -0.37702f, 0.52347f, -0.04646f }, 10.1859f, 1803 },
        { -1.217752, { -0.37791f, 0.52695f, -0.05398f }, 10.1826f, 1835 } } },
    { 8,
      { { -1.297695, { -0.40680f, 0.48610f, -0.01348f }, 10.2429f, 1556 },
        { -1.293985, { -0.40688f, 0.48746f, -0.01742f }, 10.2404f, 1559 } } },
    { 3,
      { { -1.232743, { -0.41491f, 0.48423f, -0.04054f }, 10.2564f, 1847 },
        { -1.228436, { -0.41448f, 0.48598f, -0.04336f }, 10.2550f, 1852 } } },
    { 0,
      { { -1.233729, { -0.40997f, 0.50247f, -0.05040f }, 10.2099f, 1777 },
        { -1.229630, { -0.41011f, 0.50392f, -0.05312f }, 10.2082f, 1796 } } },
  };
  static const float box_pixels[] = { 20.0f / MASK_COLS, 24.0f / MASK_ROWS, 120.0f / MASK_COLS,
                                      84.0f / MASK_ROWS };
  static const float click[] = { 50.0f / MASK_COLS, 60.0f / MASK_ROWS };
  static const gint32 positive = 1;
  const Shared *shared = data;
  g_autofree Frame *frames = g_new0 (Frame, 2 * N_FRAMES);
  g_autoptr (TpoSam2Tracker) tracker = make_tracker (shared, shared->later);
  Record record = { tracker, frames };

  tpo_sam2_tracker_add_object (tracker);
  tpo_sam2_tracker_add_object (tracker);
  prompt (tracker, 0, 4,
          &(TpoSam2Prompt){ .points = box_pixels, .labels = corners, .n_points = 2 });
  prompt (tracker, 1, 4,
          &(TpoSam2Prompt){ .points = click, .labels = &positive, .n_points = 1 });
  propagate (&record, 2, 4, N_FRAMES - 1);
  propagate (&record, 2, 4, 0);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    for (guint k = 0; k < 2; k++) {
      const Frame *frame = &frames[k * N_FRAMES + expected[i].frame];
      double mean, deviation;

      tpo_test_measure (frame->logits, EDGE * EDGE, &mean, &deviation);
      tpo_test_check ("mean", mean, expected[i].objects[k].mean, 2e-3);
      for (guint c = 0; c < 3; c++)
        tpo_test_check ("pointer", frame->pointer[c], expected[i].objects[k].pointer[c], 2e-3);
      tpo_test_check ("score", frame->score, expected[i].objects[k].score, 2e-3);
      tpo_test_check ("pixels", frame->n_pixels, expected[i].objects[k].n_pixels, 3);
    }
  }
}

/* What was encoded is not encoded again as long as it fits. */
static void
cached_frames (gconstpointer data)
{
  enum {
    LAST = 2
  };
  Shared shared = *(const Shared *) data;
  const TpoSam2Prompt given = { .points = box, .labels = corners, .n_points = 2 };

  for (guint i = 0; i < 2; i++) {
    g_autofree Frame *frames = g_new0 (Frame, N_FRAMES);
    g_autoptr (TpoSam2Tracker) tracker = NULL;
    Record record = { NULL, frames };

    shared.cache_size = i == 0 ? 0 : 64 << 20;
    shared.n_loaded = 0;
    tracker = record.tracker = make_tracker (&shared, shared.plain);
    tpo_sam2_tracker_add_object (tracker);
    prompt (tracker, 0, 0, &given);
    propagate (&record, 1, 0, LAST);
    g_assert_cmpuint (shared.n_loaded, ==, LAST + 1);
    propagate (&record, 1, 0, LAST);
    g_assert_cmpuint (shared.n_loaded, ==, i == 0 ? 2 * LAST + 1 : LAST + 1);
  }
}

static void
compare_directions (const Shared *shared, const TpoSam2 *model)
{
  enum {
    LAST = 2
  };
  Shared reversed = *shared;
  g_autofree Frame *forward = g_new0 (Frame, N_FRAMES), *backward = g_new0 (Frame, N_FRAMES);
  g_autoptr (TpoSam2Tracker) first = make_tracker (shared, model);
  g_autoptr (TpoSam2Tracker) second = NULL;
  const TpoSam2Prompt given = { .points = box, .labels = corners, .n_points = 2 };
  Record record = { first, forward };

  reversed.is_reversed = TRUE;
  second = make_tracker (&reversed, model);
  tpo_sam2_tracker_add_object (first);
  prompt (first, 0, 0, &given);
  propagate (&record, 1, 0, LAST);
  record = (Record){ second, backward };
  tpo_sam2_tracker_add_object (second);
  prompt (second, 0, N_FRAMES - 1, &given);
  propagate (&record, 1, N_FRAMES - 1, N_FRAMES - 1 - LAST);
  for (guint t = 0; t <= LAST; t++)
    g_assert_cmpmem (&forward[t], sizeof (Frame), &backward[N_FRAMES - 1 - t], sizeof (Frame));
}

/* Backwards through the reversed video is forward through the video. */
static void
directions (gconstpointer data)
{
  const Shared *shared = data;

  compare_directions (shared, shared->plain);
  compare_directions (shared, shared->later);
}

/* ---- memory -------------------------------------------------------------------------------------- */

/* An object that is nowhere is remembered as an empty mask is. */
static void
empty_memory (gconstpointer data)
{
  const Shared *shared = data;
  g_autoptr (TpoGraph) g = tpo_graph_new (shared->device, "memory");
  g_autofree float *features = tpo_synthetic_input ("features", (gsize) CELLS * WIDTH);
  g_autofree float *values = g_new (float, (gsize) SIZE *SIZE), *absent = NULL, *empty = NULL;
  const float here = 1;
  TpoTensor *f = tpo_graph_constant (g, "f", TPO_F32, TPO_SHAPE (CELLS, WIDTH), features);
  TpoTensor *gate = tpo_graph_constant (g, "gate", TPO_F32, TPO_SHAPE (1), &here);
  TpoTensor *nowhere, *given, *memories[2];

  for (gsize i = 0; i < (gsize) SIZE * SIZE; i++)
    values[i] = -1024;
  nowhere = tpo_graph_constant (g, "nowhere", TPO_F32, TPO_SHAPE (SIZE, SIZE), values);
  for (gsize i = 0; i < (gsize) SIZE * SIZE; i++)
    values[i] = -10;
  given = tpo_graph_constant (g, "given", TPO_F32, TPO_SHAPE (SIZE, SIZE), values);
  memories[0] = tpo_sam2_memorise (shared->plain, g, f, nowhere, FALSE, gate);
  memories[1] = tpo_sam2_memorise (shared->plain, g, f, given, TRUE, gate);
  tpo_graph_output (g, memories[0]);
  tpo_graph_output (g, memories[1]);
  tpo_test_run (g);
  absent = tpo_test_read (g, memories[0]);
  empty = tpo_test_read (g, memories[1]);
  g_assert_cmpmem (absent, CELLS * MEMORY * sizeof *absent, empty,
                   CELLS * MEMORY * sizeof *empty);
}

/* What a frame is conditioned on has no order. */
static void
order_of_memories (gconstpointer data)
{
  enum {
    N = 3
  };
  static const gint32 times[2][N] = { { 6, 1, 0 }, { 0, 6, 1 } };
  static const guint sources[2][N] = { { 0, 1, 2 }, { 2, 0, 1 } };
  const Shared *shared = data;
  g_autoptr (TpoGraph) g = tpo_graph_new (shared->device, "order");
  gsize n_memory = (gsize) CELLS * MEMORY;
  g_autofree float *features = tpo_synthetic_input ("features", (gsize) CELLS * WIDTH);
  g_autofree float *memories = tpo_synthetic_input ("memories", N * n_memory);
  g_autofree float *pointers = tpo_synthetic_input ("pointers", (gsize) N * WIDTH);
  TpoTensor *f = tpo_graph_constant (g, "f", TPO_F32, TPO_SHAPE (CELLS, WIDTH), features);
  TpoTensor *results[2];
  g_autofree float *first = NULL, *second = NULL;

  for (guint i = 0; i < 2; i++) {
    g_autofree float *spatial = g_new (float, N *n_memory), *rows = g_new (float, N *WIDTH);
    float distances[N];
    TpoSam2Memories conditions;

    for (guint k = 0; k < N; k++) {
      guint from = sources[i][k];

      memcpy (spatial + k * n_memory, memories + from * n_memory, n_memory * sizeof (float));
      memcpy (rows + k * WIDTH, pointers + from * WIDTH, WIDTH * sizeof (float));
      distances[k] = 0.25f * (float) from;
    }
    conditions = (TpoSam2Memories){
      tpo_graph_constant (g, "spatial", TPO_F32, TPO_SHAPE (N * CELLS, MEMORY), spatial),
      tpo_graph_constant (g, "times", TPO_I32, TPO_SHAPE (N), times[i]),
      tpo_graph_constant (g, "pointers", TPO_F32, TPO_SHAPE (N, WIDTH), rows),
      tpo_graph_constant (g, "distances", TPO_F32, TPO_SHAPE (N, 1), distances),
    };
    results[i] = tpo_sam2_attend (shared->later, g, f, &conditions);
    tpo_graph_output (g, results[i]);
  }
  tpo_test_run (g);
  first = tpo_test_read (g, results[0]);
  second = tpo_test_read (g, results[1]);
  for (gsize i = 0; i < (gsize) CELLS * WIDTH; i++)
    g_assert_cmpfloat_with_epsilon (first[i], second[i], 1e-4);
}

static void
remember (TpoSam2Bank *bank, guint frame, gboolean is_prompted)
{
  int slot = tpo_sam2_bank_take (bank, frame, FALSE);

  g_assert_cmpint (slot, >=, 0);
  bank->slots[slot].is_conditioning = bank->slots[slot].is_prompted = is_prompted;
}

/* Frame 10 after a prompt on frame 0. */
static void
recall (void)
{
  static const guint frames[] = { 0, 4, 5, 6, 7, 8, 9 };
  static const guint pointers[] = { 0, 9, 8, 7, 6, 5, 4, 3, 2, 1 };
  const TpoSam2Config config = tiny_config ();
  g_autofree TpoSam2Bank *bank = g_new0 (TpoSam2Bank, 1);
  TpoSam2Recall recalled;

  for (guint i = 0; i < 10; i++)
    remember (bank, i, i == 0);
  tpo_sam2_bank_recall (bank, &config, 10, 100, FALSE, &recalled);
  g_assert_cmpuint (recalled.n_spatial, ==, G_N_ELEMENTS (frames));
  for (guint i = 0; i < G_N_ELEMENTS (frames); i++) {
    g_assert_cmpuint (bank->slots[recalled.spatial[i]].frame, ==, frames[i]);
    g_assert_cmpint (recalled.time[i], ==, 6 - (gint) i);
  }
  g_assert_cmpuint (recalled.n_pointers, ==, G_N_ELEMENTS (pointers));
  for (guint i = 0; i < G_N_ELEMENTS (pointers); i++)
    g_assert_cmpuint (bank->slots[recalled.pointers[i]].frame, ==, pointers[i]);
}

/* Which frames condition @frame, in the order of the slots. */
static void
check_conditions (const TpoSam2Bank *bank, const TpoSam2Config *config, guint frame,
                  const guint *expected, guint n)
{
  TpoSam2Recall recalled;

  tpo_sam2_bank_recall (bank, config, frame, 1000, FALSE, &recalled);
  g_assert_cmpuint (recalled.n_spatial, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (bank->slots[recalled.spatial[i]].frame, ==, expected[i]);
}

/* With a limit, the nearest conditioning frame on either side and then the nearest others; those
 * left out are ordinary. */
static void
limited_recall (void)
{
  TpoSam2Config config = tiny_config ();
  g_autofree TpoSam2Bank *apart = g_new0 (TpoSam2Bank, 1), *close = g_new0 (TpoSam2Bank, 1);

  for (guint i = 1; i <= 6; i++) {
    remember (apart, 10 * i, TRUE);
    remember (close, i, TRUE);
  }
  config.n_conditioning = 3;
  check_conditions (apart, &config, 33, (const guint[]){ 20, 30, 40 }, 3);
  config.n_conditioning = 2;
  check_conditions (close, &config, 7, (const guint[]){ 5, 6, 1, 2, 3, 4 }, 6);
}

static void
strided_recall (void)
{
  TpoSam2Config config = tiny_config ();
  g_autofree TpoSam2Bank *bank = g_new0 (TpoSam2Bank, 1);

  for (guint i = 0; i < 10; i++)
    remember (bank, i, i == 0);
  config.memory_stride = 2;
  check_conditions (bank, &config, 10, (const guint[]){ 0, 2, 4, 6, 8, 9 }, 6);
}

/* Prompts on any number of frames find room; the nearest stay, and so do the frames that tracking needs. */
static void
many_prompts (void)
{
  g_autofree TpoSam2Bank *bank = g_new0 (TpoSam2Bank, 1);

  for (guint i = 0; i < 300; i++)
    remember (bank, i, i % 2 == 0);
  for (guint i = 300 - TPO_SAM2_BANK_PROMPTED; i < 300; i++)
    g_assert_cmpint (tpo_sam2_bank_find (bank, i, FALSE), >=, 0);
}

/* ---- shapes -------------------------------------------------------------------------------------- */

static void
prompt_sizes (gconstpointer data)
{
  const Shared *shared = data;
  g_autoptr (TpoGraph) g = tpo_graph_new (shared->device, "prompts");
  const float xy[6] = { 0 };
  const gint32 labels[3] = { 1, 1, 1 };
  TpoTensor *none = tpo_sam2_prompt_points (shared->plain, g, NULL, NULL);

  g_assert_cmpint (tpo_tensor_dim (none, 0), ==, 2);
  for (gint64 n = 1; n <= 3; n++) {
    TpoTensor *code = tpo_sam2_prompt_points (
        shared->plain, g, tpo_graph_constant (g, "points", TPO_F32, TPO_SHAPE (n, 2), xy),
        tpo_graph_constant (g, "labels", TPO_I32, TPO_SHAPE (n), labels));

    g_assert_cmpint (tpo_tensor_dim (code, 0), ==, n + 1);
  }
}

static void
window_padding (gconstpointer data)
{
  static const gint64 sizes[][2] = { { 64, 14 }, { 32, 7 } };
  const Shared *shared = data;
  g_autoptr (TpoGraph) g = tpo_graph_new (shared->device, "windows");

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    TpoTensor *map =
        tpo_graph_input (g, "map", TPO_F32, TPO_SHAPE (1, sizes[i][0], sizes[i][0], 4));

    g_assert_cmpint (tpo_tensor_dim (tpo_windows (g, map, (guint) sizes[i][1]), 0), ==, 25);
  }
}

int
main (int argc, char **argv)
{
  static const TpoNetworkTest tests[] = {
    { "/sam2/encoder", encoder },
    { "/sam2/codes", codes },
    { "/sam2/one-object", one_object },
    { "/sam2/two-objects", two_objects },
    { "/sam2/cached-frames", cached_frames },
    { "/sam2/directions", directions },
    { "/sam2/empty-memory", empty_memory },
    { "/sam2/order-of-memories", order_of_memories },
    { "/sam2/prompt-sizes", prompt_sizes },
    { "/sam2/window-padding", window_padding },
  };
  g_autoptr (TpoWeights) weights = NULL, earlier = NULL;
  Shared shared = { 0 };
  int status;

  g_test_init (&argc, &argv, NULL);
  if (argc != 2)
    g_error ("usage: models-sam2 LIST");
  shared.device = tpo_test_open ();
  /* The object is always there. */
  weights = tpo_synthetic_weights (argv[1], "sam.",
                                   "sam_mask_decoder.pred_obj_score_head.layers.2.bias", 10);
  earlier = without_2_1 (weights);
  shared.plain = load (shared.device, earlier);
  shared.later = load (shared.device, weights);
  shared.frames = make_frames ();

  g_test_add_func ("/sam2/recall", recall);
  g_test_add_func ("/sam2/limited-recall", limited_recall);
  g_test_add_func ("/sam2/strided-recall", strided_recall);
  g_test_add_func ("/sam2/many-prompts", many_prompts);
  status = tpo_test_all (shared.device, tests, G_N_ELEMENTS (tests), &shared);
  tpo_sam2_free (shared.plain);
  tpo_sam2_free (shared.later);
  g_free (shared.frames);
  tpo_device_unref (shared.device);
  return status;
}
