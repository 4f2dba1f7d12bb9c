#include "config.h"

#include <math.h>

#include "kernel-test.h"

static const gint64 row_shapes[][2] = {
  { 1, 1 }, { 3, 63 }, { 37, 515 }, { 2, 4096 }, { 130, 64 }, { 5, 20 },
};

typedef void (*RowFunc) (const double *x, const double *w, const double *b, double *y, gint64 n,
                         double number);

static void
layer_norm (const double *x, const double *w, const double *b, double *y, gint64 n, double eps)
{
  double mean = 0, variance = 0;

  for (gint64 i = 0; i < n; i++)
    mean += x[i] / (double) n;
  for (gint64 i = 0; i < n; i++)
    variance += (x[i] - mean) * (x[i] - mean) / (double) n;
  for (gint64 i = 0; i < n; i++)
    y[i] = (x[i] - mean) / sqrt (variance + eps) * (w ? w[i] : 1) + (b ? b[i] : 0);
}

static void
rms_norm (const double *x, const double *w, const double *b, double *y, gint64 n, double eps)
{
  double squares = 0;

  for (gint64 i = 0; i < n; i++)
    squares += x[i] * x[i] / (double) n;
  for (gint64 i = 0; i < n; i++)
    y[i] = x[i] / sqrt (squares + eps) * (w ? w[i] : 1);
}

static void
l2_norm (const double *x, const double *w, const double *b, double *y, gint64 n, double eps)
{
  double squares = 0;

  for (gint64 i = 0; i < n; i++)
    squares += x[i] * x[i];
  for (gint64 i = 0; i < n; i++)
    y[i] = x[i] / MAX (sqrt (squares), eps);
}

static void
softmax (const double *x, const double *w, const double *b, double *y, gint64 n, double scale)
{
  double top = -INFINITY, sum = 0;

  for (gint64 i = 0; i < n; i++)
    top = MAX (top, scale * x[i]);
  for (gint64 i = 0; i < n; i++)
    sum += isinf (top) ? 0 : exp (scale * x[i] - top);
  for (gint64 i = 0; i < n; i++)
    y[i] = sum > 0 ? exp (scale * x[i] - top) / sum : 0;
}

static TpoTensor *
record (Case *c, RowFunc func, TpoTensor *x, TpoTensor *w, TpoTensor *b, float number)
{
  if (func == layer_norm)
    return tpo_layer_norm (c->graph, x, w, b, number);
  if (func == rms_norm)
    return tpo_rms_norm (c->graph, x, w, number);
  if (func == l2_norm)
    return tpo_l2_norm (c->graph, x, number);
  return tpo_softmax (c->graph, x, number);
}

/* @n_weights: 0 none, 1 w, 2 w and b */
static void
check_rows (Kernels *self, const char *name, RowFunc func, const HostTensor *x, guint n_weights,
            float number, Tolerance tolerance)
{
  gint64 cols = x->shape.dim[1], rows = x->shape.dim[0];
  g_autoptr (Case) c = case_new (self, "%s %s [%d, %d], %u weights", name,
                                 tpo_type_name (x->type), (int) rows, (int) cols, n_weights);
  g_autoptr (HostTensor) w = host_random (self, TPO_F32, TPO_SHAPE (cols), FILL_NORMAL);
  g_autoptr (HostTensor) b = host_random (self, TPO_F32, TPO_SHAPE (cols), FILL_NORMAL);
  g_autofree double *want = g_new (double, x->n);

  for (gint64 r = 0; r < rows; r++)
    func (x->v + r * cols, n_weights > 0 ? w->v : NULL, n_weights > 1 ? b->v : NULL,
          want + r * cols, cols, (double) number);
  case_check (c,
              record (c, func, case_input (c, x), n_weights > 0 ? case_input (c, w) : NULL,
                      n_weights > 1 ? case_input (c, b) : NULL, number),
              want, tolerance);
}

static void
check_all (Kernels *self, const char *name, RowFunc func, guint most_weights, float number,
           Tolerance tolerance)
{
  for (guint i = 0; i < G_N_ELEMENTS (row_shapes); i++)
    for (guint t = 0; t < 2; t++)
      for (Fill fill = 0; fill < (i == 1 || i == 4 ? FILL_COUNT : 1); fill++) {
        g_autoptr (HostTensor) x = host_random (
            self, float_types[t], TPO_SHAPE (row_shapes[i][0], row_shapes[i][1]), fill);

        check_rows (self, name, func, x, i % 2 == 0 ? most_weights : most_weights / 2, number,
                    tolerance);
      }
}

/* Sums of squares in f32, summed in lanes: some ten units in the last place. */
static const Tolerance norm_tolerance = { 2e-6, 2e-6 };

static void
test_layer_norm (Kernels *self)
{
  check_all (self, "layer_norm", layer_norm, 2, 1e-6f, norm_tolerance);
}

/* A mean that is large beside the deviation must not cancel. */
static void
test_layer_norm_offset (Kernels *self)
{
  g_autoptr (HostTensor) x = host_uniform (self, TPO_F32, TPO_SHAPE (5, 256), 1000, 1001);

  /* The mean of numbers near 1000 is known to 6e-5, beside a deviation of 0.3. */
  check_rows (self, "layer_norm with offset", layer_norm, x, 0, 1e-6f, (Tolerance){ 5e-4, 0 });
}

static void
test_rms_norm (Kernels *self)
{
  check_all (self, "rms_norm", rms_norm, 1, 1e-6f, norm_tolerance);
}

static void
test_l2_norm (Kernels *self)
{
  check_all (self, "l2_norm", l2_norm, 0, 1e-12f, norm_tolerance);
}

static void
test_softmax (Kernels *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (row_shapes); i++)
    for (guint t = 0; t < 2; t++) {
      g_autoptr (HostTensor) x =
          host_random (self, float_types[t], TPO_SHAPE (row_shapes[i][0], row_shapes[i][1]),
                       i == 1 ? FILL_EQUAL : FILL_NORMAL);
      g_autoptr (HostTensor) spread = host_uniform (
          self, float_types[t], TPO_SHAPE (row_shapes[i][0], row_shapes[i][1]), -400, 400);

      check_rows (self, "softmax", softmax, x, 0, 0.7f, (Tolerance){ 1e-7, 2e-6 });
      /* The argument of exp is rounded at 400: 3e-5, of which e^x makes a share. */
      check_rows (self, "softmax of large numbers", softmax, spread, 0, 1,
                  (Tolerance){ 1e-7, 6e-5 });
    }
}

static void
test_softmax_masked (Kernels *self)
{
  for (guint cols = 9; cols < 17; cols += 7)
    for (guint t = 0; t < 2; t++) {
      g_autoptr (HostTensor) x =
          host_random (self, float_types[t], TPO_SHAPE (3, cols), FILL_NORMAL);
      g_autoptr (HostTensor) masked = NULL;

      for (gint64 i = 0; i < x->n; i++)
        if (i < cols || i % 3 == 0)
          x->v[i] = -INFINITY;
      masked = host_new (x->type, x->shape, x->v);
      check_rows (self, "softmax, masked", softmax, masked, 0, 0.5f, (Tolerance){ 1e-7, 2e-6 });
    }
}

static void
check_softmax_heads (Kernels *self, TpoType type, gint64 n, gint64 m, guint n_heads,
                     gint64 size, gboolean has_mask)
{
  g_autoptr (Case) c =
      case_new (self, "softmax_heads %s %d × %d, %u of %d%s", tpo_type_name (type), (int) n,
                (int) m, n_heads, (int) size, has_mask ? ", masked" : "");
  g_autoptr (HostTensor) q =
      host_random (self, type, TPO_SHAPE (n, n_heads * size), FILL_NORMAL);
  g_autoptr (HostTensor) k =
      host_random (self, type, TPO_SHAPE (m, n_heads * size), FILL_NORMAL);
  g_autofree double *mask_values = g_new0 (double, m);
  g_autofree double *want = g_new0 (double, n *m), *row = g_new (double, m);
  g_autoptr (HostTensor) mask = NULL;
  const float scale = 0.4f;

  for (gint64 j = 0; j < m; j += 2)
    mask_values[j] = j % 4 == 0 ? -INFINITY : 0.5;
  mask = host_new (TPO_F32, TPO_SHAPE (m), mask_values);
  for (gint64 i = 0; i < n; i++)
    for (guint h = 0; h < n_heads; h++) {
      for (gint64 j = 0; j < m; j++) {
        row[j] = has_mask ? mask_values[j] : 0;
        for (gint64 d = 0; d < size; d++)
          row[j] += (double) scale * q->v[(i * n_heads + h) * size + d] *
                    k->v[(j * n_heads + h) * size + d];
      }
      softmax (row, NULL, NULL, row, m, 1);
      for (gint64 j = 0; j < m; j++)
        want[i * m + j] += row[j] / n_heads;
    }
  /* Scores of some ten are rounded to 1e-6, which e^x passes on as a share. */
  case_check (c,
              tpo_softmax_heads (c->graph, case_input (c, q), case_input (c, k), n_heads, scale,
                                 has_mask ? case_input (c, mask) : NULL),
              want, (Tolerance){ 1e-7, 2e-5 });
}

static void
test_softmax_heads (Kernels *self)
{
  for (guint t = 0; t < 2; t++) {
    check_softmax_heads (self, float_types[t], 1, 1, 1, 1, FALSE);
    check_softmax_heads (self, float_types[t], 7, 33, 4, 8, FALSE);
    check_softmax_heads (self, float_types[t], 7, 33, 4, 8, TRUE);
    check_softmax_heads (self, float_types[t], 3, 70, 5, 7, TRUE);
    check_softmax_heads (self, float_types[t], 2, 5, 64, 4, FALSE);
    /* The one key is masked. */
    check_softmax_heads (self, float_types[t], 2, 1, 2, 4, TRUE);
  }
}

const KernelTest tests_norm[] = {
  { "layer_norm", { "layer_norm" }, test_layer_norm },
  { "layer_norm-offset", { "layer_norm" }, test_layer_norm_offset },
  { "rms_norm", { "rms_norm" }, test_rms_norm },
  { "l2_norm", { "l2_norm" }, test_l2_norm },
  { "softmax", { "softmax" }, test_softmax },
  { "softmax-masked", { "softmax" }, test_softmax_masked },
  { "softmax_heads", { "softmax_heads" }, test_softmax_heads },
  { NULL },
};
