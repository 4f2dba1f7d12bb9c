/* Graphs on a device: errors while building, memory that is used again, in-place results, replays,
 * splitting and cancelling, the staging path, and what the device layer reports. */

#include <math.h>

#include <glib/gstdio.h>

#include "nn/graph-internal.h"
#include "nn/ops.h"

typedef struct {
  const char *name;
  TpoDeviceOptions options;
} Setup;

static const Setup setups[] = {
  { "direct", { .validate = FALSE } },
  { "staging", { .force_staging = TRUE } },
  { "validated", { .validate = TRUE } },
};

static TpoDevice *
open_device (gconstpointer data)
{
  const Setup *setup = data;
  g_autoptr (GError) error = NULL;
  TpoDevice *device = tpo_device_open (&setup->options, &error);

  g_assert_no_error (error);
  return device;
}

static void
close_device (TpoDevice *device)
{
  g_assert_cmpuint (tpo_device_n_validation_errors (device), ==, 0);
  tpo_device_unref (device);
}

/* Compiles and runs; writes @n values to @input if there is one. */
static void
run (TpoGraph *graph)
{
  g_autoptr (GError) error = NULL;

  tpo_graph_run (graph, NULL, &error);
  g_assert_no_error (error);
}

static void
compile (TpoGraph *graph)
{
  g_autoptr (GError) error = NULL;

  tpo_graph_compile (graph, &error);
  g_assert_no_error (error);
}

static void
write_values (TpoGraph *graph, TpoTensor *input, const void *values, gsize size)
{
  g_autoptr (GError) error = NULL;

  tpo_graph_write (graph, input, values, size, &error);
  g_assert_no_error (error);
}

static void
assert_values (TpoGraph *graph, TpoTensor *output, const float *expected, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autofree float *values = g_new (float, n);

  tpo_graph_read (graph, output, values, n * sizeof (float), &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (values[i], expected[i], 1e-5);
}

/* One long chain through reused memory, run again with new input. */
static void
test_replay (gconstpointer data)
{
  g_autoptr (TpoDevice) device = open_device (data);
  g_autoptr (TpoGraph) graph = tpo_graph_new (device, "chain");
  TpoTensor *x = tpo_graph_input (graph, "x", TPO_F32, TPO_SHAPE (3, 5));
  TpoTensor *y = x, *kept;

  for (guint i = 0; i < 700; i++) /* more than one submission holds */
    y = tpo_affine (graph, y, 1, 0.25f, -INFINITY, INFINITY);
  kept = tpo_add (graph, y, x);
  tpo_graph_output (graph, kept);
  for (guint i = 0; i < 8; i++)
    y = tpo_unary (graph, y, TPO_UNARY_NEG);
  tpo_graph_output (graph, y);
  compile (graph);
  for (int round = 0; round < 3; round++) {
    float values[15], plus[15], sum[15];

    for (int i = 0; i < 15; i++) {
      values[i] = i - 5 * round;
      plus[i] = values[i] + 175;
      sum[i] = plus[i] + values[i];
    }
    write_values (graph, x, values, sizeof (values));
    run (graph);
    assert_values (graph, y, plus, 15);
    assert_values (graph, kept, sum, 15);
  }
  tpo_graph_free (g_steal_pointer (&graph));
  close_device (g_steal_pointer (&device));
}

/* The first error is the one that compile reports, and nothing after it crashes. */
static void
test_first_error (gconstpointer data)
{
  g_autoptr (TpoDevice) device = open_device (data);
  g_autoptr (TpoGraph) graph = tpo_graph_new (device, "wrong");
  g_autoptr (GError) error = NULL;
  TpoTensor *x = tpo_graph_input (graph, "x", TPO_F32, TPO_SHAPE (3, 5));
  TpoTensor *w = tpo_graph_input (graph, "w", TPO_F32, TPO_SHAPE (4, 6));
  TpoTensor *y;

  tpo_graph_push_label (graph, "layers.%d", 2);
  y = tpo_linear (graph, x, &(TpoLinear){ .w = w }, TPO_ACT_NONE, NULL);
  tpo_graph_pop_label (graph);
  y = tpo_reshape (graph, y, TPO_SHAPE (77));
  y = tpo_matmul (graph, y, x);
  y = tpo_attention (graph, y, y, y, &(TpoAttention){ .n_heads = 3, .scale = 1 });
  y = tpo_conv2d (graph, y, y, NULL, 1, 0, 1, TPO_ACT_NONE);
  tpo_graph_output (graph, tpo_get_rows (graph, y, y));
  g_assert_false (tpo_graph_compile (graph, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "wrong layers.2: linear"));
  tpo_graph_free (g_steal_pointer (&graph));
  close_device (g_steal_pointer (&device));
}

/* A handle whose bytes were taken over must not be used again. */
static void
test_stale_handle (gconstpointer data)
{
  g_autoptr (TpoDevice) device = open_device (data);
  g_autoptr (TpoGraph) graph = tpo_graph_new (device, "stale");
  g_autoptr (GError) error = NULL;
  const gint32 id = 1;
  TpoTensor *x = tpo_graph_input (graph, "x", TPO_F32, TPO_SHAPE (3, 4));
  TpoTensor *row = tpo_graph_input (graph, "row", TPO_F32, TPO_SHAPE (1, 4));
  TpoTensor *ids = tpo_graph_constant (graph, "ids", TPO_I32, TPO_SHAPE (1), &id);
  TpoTensor *doubled = tpo_scale (graph, x, 2);

  tpo_graph_output (graph, tpo_set_rows (graph, doubled, row, ids));
  tpo_graph_output (graph, tpo_unary (graph, doubled, TPO_UNARY_NEG));
  g_assert_false (tpo_graph_compile (graph, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
  tpo_graph_free (g_steal_pointer (&graph));
  close_device (g_steal_pointer (&device));
}

/* Persistent tensors outlive graphs, and are read after they were written in the same run. */
static void
test_state (gconstpointer data)
{
  g_autoptr (TpoDevice) device = open_device (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoTensor) state =
      tpo_tensor_new (device, "state", TPO_F32, TPO_SHAPE (4, 4), &error);
  g_autoptr (TpoGraph) graph = tpo_graph_new (device, "step");
  TpoTensor *row, *start, *sum;
  float expected[4] = { 0 };

  g_assert_no_error (error);
  g_assert_true (tpo_tensor_clear (state, &error));
  row = tpo_graph_input (graph, "row", TPO_F32, TPO_SHAPE (1, 4));
  start = tpo_graph_input (graph, "start", TPO_I32, TPO_SHAPE (1));
  sum = tpo_reduce (graph, tpo_store_rows (graph, state, row, start), 0, TPO_REDUCE_SUM);
  tpo_graph_output (graph, sum);
  compile (graph);
  for (gint32 i = 0; i < 6; i++) { /* rows past the end are dropped */
    const float values[] = { i, 1, -i, 0.5f };

    for (guint c = 0; c < 4 && i < 4; c++)
      expected[c] += values[c];
    write_values (graph, row, values, sizeof (values));
    write_values (graph, start, &i, sizeof (i));
    run (graph);
    assert_values (graph, sum, expected, 4);
  }
  tpo_graph_free (g_steal_pointer (&graph));
  tpo_tensor_unref (g_steal_pointer (&state));
  close_device (g_steal_pointer (&device));
}

static void
test_cancel (gconstpointer data)
{
  g_autoptr (TpoDevice) device = open_device (data);
  g_autoptr (TpoGraph) graph = tpo_graph_new (device, "cancelled");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TpoTensor *x = tpo_graph_input (graph, "x", TPO_F32, TPO_SHAPE (8));

  tpo_graph_output (graph, tpo_unary (graph, x, TPO_UNARY_NEG));
  compile (graph);
  g_cancellable_cancel (cancellable);
  g_assert_false (tpo_graph_run (graph, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  run (graph); /* still usable */
  tpo_graph_free (g_steal_pointer (&graph));
  close_device (g_steal_pointer (&device));
}

static void
count_progress (double done, const char *step, gpointer user_data)
{
  guint *calls = user_data;

  g_assert_cmpfloat (done, >, 0);
  g_assert_cmpfloat (done, <=, 1);
  (*calls)++;
}

static void
test_warm_up (gconstpointer data)
{
  g_autoptr (TpoDevice) device = open_device (data);
  g_autoptr (TpoGraph) graph = tpo_graph_new (device, "warm");
  g_autoptr (GError) error = NULL;
  guint calls = 0;
  TpoTensor *x = tpo_graph_input (graph, "x", TPO_F32, TPO_SHAPE (8));

  x = tpo_unary (graph, x, TPO_UNARY_NEG);
  x = tpo_unary (graph, x, TPO_UNARY_NEG);
  tpo_graph_output (graph, tpo_unary (graph, x, TPO_UNARY_EXP));
  compile (graph);
  g_assert_true (tpo_graph_warm_up (graph, count_progress, &calls, NULL, &error));
  g_assert_cmpuint (calls, ==, 2); /* one a kind of node */
  g_assert_true (tpo_graph_warm_up (graph, count_progress, &calls, NULL, &error));
  g_assert_cmpuint (calls, ==, 2);
  tpo_graph_free (g_steal_pointer (&graph));
  close_device (g_steal_pointer (&device));
}

/* Memory is given back, and too much of it is an error. */
static void
test_memory (gconstpointer data)
{
  g_autoptr (TpoDevice) device = open_device (data);
  g_autoptr (GError) error = NULL;
  guint64 before, during, after;

  tpo_device_memory_used (device, &before, NULL);
  {
    g_autoptr (TpoTensor) large =
        tpo_tensor_new (device, "large", TPO_F32, TPO_SHAPE (48, 1 << 20), &error);

    g_assert_no_error (error);
    g_assert_nonnull (large);
    tpo_device_memory_used (device, &during, NULL);
    g_assert_cmpuint (during, >=, before + (192u << 20));
  }
  tpo_device_memory_used (device, &after, NULL);
  g_assert_cmpuint (after, ==, before);
  g_assert_null (
      tpo_tensor_new (device, "huge", TPO_F32, TPO_SHAPE (1 << 20, 1 << 20), &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_NO_MEMORY);
  g_assert_nonnull (strstr (error->message, "huge"));
  g_clear_error (&error);
  g_assert_null (
      tpo_tensor_new (device, "bad", TPO_F32, TPO_SHAPE (G_MAXINT64, G_MAXINT64), &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_null (tpo_tensor_new (device, "bad", TPO_Q8_0, TPO_SHAPE (2, 33), &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_SHAPE);
  close_device (g_steal_pointer (&device));
}

static void
test_selector (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) infos = tpo_device_list (&error);
  TpoDeviceOptions options = { .selector = "no such device" };
  const TpoDeviceInfo *first;
  g_autoptr (TpoDevice) device = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (infos->len, >, 0);
  g_assert_null (tpo_device_open (&options, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_NO_DEVICE);
  g_clear_error (&error);
  options.selector = "4000000000";
  g_assert_null (tpo_device_open (&options, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_NO_DEVICE);
  g_clear_error (&error);
  first = infos->pdata[0];
  options.selector = tpo_device_kind_name (first->kind);
  device = tpo_device_open (&options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tpo_device_get_info (device)->kind, ==, first->kind);
}

/* The pipeline cache is a file that may be missing, or hold anything. */
static void
test_cache_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("tpo-cache-XXXXXX", &error);
  g_autofree char *path = NULL;
  const Setup setup = { "cached", { .cache_dir = folder, .validate = TRUE } };

  g_assert_no_error (error);
  for (int round = 0; round < 3; round++) {
    g_autoptr (TpoDevice) device = open_device (&setup);
    g_autoptr (TpoGraph) graph = tpo_graph_new (device, "cached");
    TpoTensor *x = tpo_graph_input (graph, "x", TPO_F32, TPO_SHAPE (8));
    GDir *dir;

    tpo_graph_output (graph, tpo_unary (graph, x, TPO_UNARY_NEG));
    compile (graph);
    run (graph);
    tpo_graph_free (g_steal_pointer (&graph));
    close_device (g_steal_pointer (&device));
    dir = g_dir_open (folder, 0, &error);
    g_assert_no_error (error);
    g_free (path);
    path = g_build_filename (folder, g_dir_read_name (dir), NULL);
    g_assert_null (g_dir_read_name (dir)); /* one file, no leftovers */
    g_dir_close (dir);
    if (round == 0)
      g_assert_true (g_file_set_contents (path, "no cache at all, but longer than a header is",
                                          -1, &error));
  }
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* What is written in blocks is read back, though it lies otherwise on the device. */
static void
test_blocks (gconstpointer data)
{
  const TpoType block_types[] = { TPO_Q8_0, TPO_Q4_0, TPO_Q4_K, TPO_Q6_K, TPO_Q5_K, TPO_Q4_1 };
  g_autoptr (TpoDevice) device = open_device (data);

  for (guint i = 0; i < G_N_ELEMENTS (block_types); i++) {
    const TpoShape shape = TPO_SHAPE (3, 512);
    const gsize size = (gsize) tpo_shape_size (&shape, block_types[i]);
    g_autofree guint8 *bytes = g_malloc (size);
    g_autofree guint8 *back = g_malloc0 (size);
    g_autoptr (GError) error = NULL;
    g_autoptr (TpoTensor) tensor =
        tpo_tensor_new (device, "blocks", block_types[i], shape, &error);

    g_assert_no_error (error);
    for (gsize k = 0; k < size; k++)
      bytes[k] = (guint8) g_test_rand_int_range (0, 256);
    g_assert_true (tpo_tensor_write (tensor, bytes, size, &error));
    g_assert_true (tpo_tensor_read (tensor, back, size, &error));
    g_assert_cmpmem (back, size, bytes, size);
  }
  close_device (g_steal_pointer (&device));
}

static void
add (const char *name, GTestDataFunc func)
{
  for (guint i = 0; i < G_N_ELEMENTS (setups); i++) {
    g_autofree char *path = g_strdup_printf ("/graph/%s/%s", name, setups[i].name);

    g_test_add_data_func (path, &setups[i], func);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("replay", test_replay);
  add ("first-error", test_first_error);
  add ("stale-handle", test_stale_handle);
  add ("state", test_state);
  add ("cancel", test_cancel);
  add ("warm-up", test_warm_up);
  add ("memory", test_memory);
  add ("blocks", test_blocks);
  g_test_add_func ("/graph/selector", test_selector);
  g_test_add_func ("/graph/cache-file", test_cache_file);
  return g_test_run ();
}
