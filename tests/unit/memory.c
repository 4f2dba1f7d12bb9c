/* Limits of devices: operands larger than one binding, memory that runs out and is given back, and the
 * paths of cards whose memory the host does not see. */

#include <math.h>
#include <string.h>

#include "base/half.h"
#include "nn/graph-internal.h"
#include "nn/ops.h"

enum {
  MIB = 1 << 20
};

typedef struct {
  const char *name;
  TpoDeviceOptions options;
} Setup;

static const Setup setups[] = {
  { "direct", { .validate = TRUE } },
  { "card", { .validate = TRUE, .force_staging = TRUE, .force_storage_reads = TRUE } },
};

static TpoDevice *
open_device (const Setup *setup, gsize max_binding, guint64 max_memory)
{
  TpoDeviceOptions options = setup->options;
  g_autoptr (GError) error = NULL;
  TpoDevice *device;

  options.max_binding = max_binding;
  options.max_memory = max_memory;
  device = tpo_device_open (&options, &error);
  g_assert_no_error (error);
  return device;
}

static void
close_device (TpoDevice *device)
{
  g_assert_cmpuint (tpo_device_n_validation_errors (device), ==, 0);
  tpo_device_unref (device);
}

/* ---- slices ------------------------------------------------------------------------------- */

enum {
  N = 700, /* rows of x, and of the weight */
  K = 256
};

/* Numbers between -½ and ½ that no two rows share. */
static float *
values (guint n, guint step)
{
  float *v = g_new (float, n);

  for (guint i = 0; i < n; i++)
    v[i] = (float) ((i * step) % 997) / 997 - 0.5f;
  return v;
}

/* Blocks get any numbers, and small scales. */
static TpoTensor *
matrix (TpoGraph *graph, TpoType type, gint64 rows, gint64 cols, const float *v)
{
  const gint64 count = rows * cols, size = tpo_shape_size (&TPO_SHAPE (rows, cols), type);
  const guint16 scale = tpo_half_from_float (1.0f / 128);
  const guint scale_at = type == TPO_Q6_K ? 208 : 0;
  g_autofree guint8 *bytes = NULL;

  if (type == TPO_F32)
    return tpo_graph_constant (graph, "matrix", type, TPO_SHAPE (rows, cols), v);
  bytes = g_malloc ((gsize) size);
  if (type == TPO_F16)
    for (gint64 i = 0; i < count; i++)
      ((guint16 *) (gpointer) bytes)[i] = tpo_half_from_float (v[i]);
  else
    for (gint64 i = 0; i < size; i++)
      bytes[i] = (guint8) (gint8) lrintf (v[i % count] * 128);
  for (gint64 i = scale_at; type != TPO_F16 && i < size; i += tpo_type_block_size (type)) {
    memcpy (bytes + i, &scale, 2);
    if (type == TPO_Q4_K || type == TPO_Q5_K || type == TPO_Q4_1)
      memcpy (bytes + i + 2, &scale, 2);
  }
  return tpo_graph_constant (graph, "matrix", type, TPO_SHAPE (rows, cols), bytes);
}

static float *
run_and_read (TpoGraph *graph, TpoTensor *y)
{
  gsize size = (gsize) tpo_tensor_count (y) * sizeof (float);
  float *v = g_malloc (size);
  g_autoptr (GError) error = NULL;

  tpo_graph_output (graph, y);
  tpo_graph_compile (graph, &error);
  g_assert_no_error (error);
  tpo_graph_run (graph, NULL, &error);
  g_assert_no_error (error);
  tpo_graph_read (graph, y, v, size, &error);
  g_assert_no_error (error);
  return v;
}

/* A layer with everything that has rows: bias, adapter, residual. @n_nodes: (out) */
static float *
run_linear (TpoDevice *device, TpoType type, gint64 m, guint *n_nodes)
{
  g_autofree float *x = values (N * K, 37), *w = values (N * K, 53), *b = values (N, 11);
  g_autofree float *low = values (N * 32, 71), *residual = values (N * N, 13);
  g_autoptr (TpoGraph) graph = tpo_graph_new (device, "linear");
  TpoLinear linear = {
    .w = matrix (graph, type, N, K, w),
    .b = matrix (graph, TPO_F32, 1, N, b),
    .lora_a = matrix (graph, TPO_F32, 32, K, low),
    .lora_b = matrix (graph, TPO_F16, N, 32, low),
    .lora_scale = 2,
  };
  TpoTensor *y = tpo_linear (graph, matrix (graph, TPO_F32, m, K, x), &linear, TPO_ACT_RELU,
                             matrix (graph, TPO_F32, m, N, residual));
  float *v = run_and_read (graph, y);

  *n_nodes = tpo_graph_n_nodes (graph);
  return v;
}

static float *
run_get_rows (TpoDevice *device, TpoType type)
{
  const gint32 ids[] = { 0, 1, 255, 256, 257, 511, 512, 698, 699, 700, -1, 300 };
  g_autofree float *w = values (N * K, 53);
  g_autoptr (TpoGraph) graph = tpo_graph_new (device, "rows");
  TpoTensor *at =
      tpo_graph_constant (graph, "ids", TPO_I32, TPO_SHAPE (G_N_ELEMENTS (ids)), ids);

  return run_and_read (graph, tpo_get_rows (graph, matrix (graph, type, N, K, w), at));
}

static void
assert_same (const float *a, const float *b, guint n)
{
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (a[i], b[i], 1e-6);
}

/* Operands of several bindings give what one binding gives: weights by rows, activations by rows. */
static void
test_slices (gconstpointer data)
{
  const TpoType types[] = { TPO_F32,  TPO_F16,  TPO_Q8_0, TPO_Q4_0,
                            TPO_Q4_K, TPO_Q6_K, TPO_Q5_K, TPO_Q4_1 };
  const gint64 rows[] = { 3, 1, N };
  g_autoptr (TpoDevice) whole = open_device (data, 0, 0);
  g_autoptr (TpoDevice) sliced = open_device (data, 32 << 10, 0);

  for (guint t = 0; t < G_N_ELEMENTS (types); t++) {
    g_autofree float *a = run_get_rows (whole, types[t]);
    g_autofree float *b = run_get_rows (sliced, types[t]);

    assert_same (a, b, 12 * K);
    /* Types of few bits differ in how their weights are bound only. */
    for (guint i = 0; i < (t < 3 ? G_N_ELEMENTS (rows) : 1); i++) {
      guint n_whole, n_sliced;
      g_autofree float *p = run_linear (whole, types[t], rows[i], &n_whole);
      g_autofree float *q = run_linear (sliced, types[t], rows[i], &n_sliced);

      assert_same (p, q, (guint) rows[i] * N);
      g_assert_cmpuint (n_sliced, >, n_whole);
    }
  }
  close_device (g_steal_pointer (&whole));
  close_device (g_steal_pointer (&sliced));
}

/* What cannot be sliced is refused with its name, before anything runs. */
static void
test_too_large (gconstpointer data)
{
  g_autoptr (TpoDevice) device = open_device (data, 32 << 10, 0);
  g_autoptr (TpoGraph) graph = tpo_graph_new (device, "large");
  g_autoptr (GError) error = NULL;
  TpoTensor *x = tpo_graph_input (graph, "x", TPO_F32, TPO_SHAPE (256, 64));

  tpo_graph_output (graph, tpo_unary (graph, x, TPO_UNARY_NEG));
  g_assert_false (tpo_graph_compile (graph, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "unary"));
  tpo_graph_free (g_steal_pointer (&graph));
  close_device (g_steal_pointer (&device));
}

/* ---- memory that runs out -------------------------------------------------------------------- */

/* Tensors that someone can do without. */
typedef struct {
  TpoTensor *spare[3];
  guint n_calls;
} Hoard;

static gboolean
give_one (gpointer user_data)
{
  Hoard *hoard = user_data;

  hoard->n_calls++;
  for (guint i = 0; i < G_N_ELEMENTS (hoard->spare); i++) {
    if (hoard->spare[i] == NULL)
      continue;
    g_clear_pointer (&hoard->spare[i], tpo_tensor_unref);
    return TRUE;
  }
  return FALSE;
}

static TpoTensor *
new_tensor (TpoDevice *device, gint64 n_mib, GError **error)
{
  return tpo_tensor_new (device, "piece", TPO_U8, TPO_SHAPE (n_mib, MIB), error);
}

static void
test_reclaim (gconstpointer data)
{
  g_autoptr (TpoDevice) device = open_device (data, 0, 200u * MIB);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoTensor) small = NULL, large = NULL;
  Hoard hoard = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (hoard.spare); i++)
    hoard.spare[i] = new_tensor (device, 40, &error);
  g_assert_no_error (error);
  tpo_device_add_reclaimer (device, give_one, &hoard);

  /* There is room: nobody is asked. */
  small = new_tensor (device, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (hoard.n_calls, ==, 0);

  /* As many give way as are needed. */
  large = new_tensor (device, 90, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (hoard.n_calls, ==, 2);
  g_assert_nonnull (hoard.spare[2]);
  g_assert_cmpuint (tpo_device_memory_left (device), <, 40u * MIB);

  /* All of it is too little: everybody was asked, and the device is as good as before. */
  g_assert_null (new_tensor (device, 300, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_NO_MEMORY);
  g_assert_null (hoard.spare[2]);
  g_clear_error (&error);
  g_clear_pointer (&large, tpo_tensor_unref);
  tpo_device_remove_reclaimer (device, give_one, &hoard);
  large = new_tensor (device, 90, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (hoard.n_calls, ==, 5);

  g_clear_pointer (&small, tpo_tensor_unref);
  g_clear_pointer (&large, tpo_tensor_unref);
  close_device (g_steal_pointer (&device));
}

/* A graph that does not fit is an error like any other. */
static void
test_graph_without_room (gconstpointer data)
{
  g_autoptr (TpoDevice) device = open_device (data, 0, 100u * MIB);
  g_autoptr (TpoGraph) graph = tpo_graph_new (device, "wide");
  g_autoptr (GError) error = NULL;
  guint64 before, after;
  TpoTensor *x = tpo_graph_input (graph, "x", TPO_F32, TPO_SHAPE (4 * MIB));

  tpo_device_memory_used (device, &before, NULL);
  for (guint i = 0; i < 8; i++)
    tpo_graph_output (graph, tpo_affine (graph, x, 1, (float) i, -INFINITY, INFINITY));
  g_assert_false (tpo_graph_compile (graph, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_NO_MEMORY);
  g_assert_nonnull (strstr (error->message, "wide"));
  tpo_graph_free (g_steal_pointer (&graph));
  tpo_device_memory_used (device, &after, NULL);
  g_assert_cmpuint (after, ==, before);
  close_device (g_steal_pointer (&device));
}

static void
add (const char *name, GTestDataFunc func)
{
  for (guint i = 0; i < G_N_ELEMENTS (setups); i++) {
    g_autofree char *path = g_strdup_printf ("/memory/%s/%s", name, setups[i].name);

    g_test_add_data_func (path, &setups[i], func);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("slices", test_slices);
  add ("too-large", test_too_large);
  add ("reclaim", test_reclaim);
  add ("graph-without-room", test_graph_without_room);
  return g_test_run ();
}
