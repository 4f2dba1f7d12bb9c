#include "config.h"

#include <math.h>

#include "kernel-test.h"

static void
check_reduce (Kernels *self, TpoType type, TpoShape shape, int dim, TpoReduce op, Fill fill)
{
  g_autofree char *name = tpo_shape_to_string (&shape);
  g_autoptr (Case) c = case_new (self, "reduce %d %s %s over %d, %s", (int) op,
                                 tpo_type_name (type), name, dim, fill_name (fill));
  g_autoptr (HostTensor) x = host_random (self, type, shape, fill);
  gint64 n = shape.dim[dim], inner = 1, outer;
  g_autofree double *want = NULL;
  double size = 0;

  for (guint k = (guint) dim + 1; k < shape.n; k++)
    inner *= shape.dim[k];
  outer = x->n / n / inner;
  want = g_new (double, outer *inner);
  for (gint64 i = 0; i < outer * inner; i++) {
    const double *column = x->v + i / inner * n * inner + i % inner;

    want[i] = op == TPO_REDUCE_MAX ? -INFINITY : 0;
    for (gint64 k = 0; k < n; k++)
      want[i] =
          op == TPO_REDUCE_MAX ? MAX (want[i], column[k * inner]) : want[i] + column[k * inner];
    if (op == TPO_REDUCE_MEAN)
      want[i] /= (double) n;
  }
  for (gint64 i = 0; i < x->n; i++)
    size += fabs (x->v[i]) / (double) x->n;
  /* Sums in f32 of numbers of this size; a maximum is exact. */
  case_check (c, tpo_reduce (c->graph, case_input (c, x), dim, op), want,
              op == TPO_REDUCE_MAX
                  ? (Tolerance){ 0, 0 }
                  : (Tolerance){ 3e-7 * size * (op == TPO_REDUCE_SUM ? (double) n : 1), 1e-6 });
}

static void
test_reduce (Kernels *self)
{
  static const struct {
    TpoShape shape;
    int dim;
  } cases[] = {
    { { 1, { 1 } }, 0 },          { { 1, { 1000 } }, 0 },       { { 2, { 37, 515 } }, 1 },
    { { 2, { 515, 37 } }, 0 },    { { 2, { 2, 4096 } }, 1 },    { { 2, { 4096, 64 } }, 0 },
    { { 3, { 5, 130, 12 } }, 1 }, { { 4, { 3, 7, 5, 9 } }, 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint t = 0; t < 2; t++)
      for (TpoReduce op = 0; op < TPO_REDUCE_COUNT; op++)
        check_reduce (self, float_types[t], cases[i].shape, cases[i].dim, op,
                      i == 3   ? FILL_HUGE
                      : i == 4 ? FILL_EQUAL
                               : FILL_NORMAL);
}

static void
check_argmax (Kernels *self, HostTensor *x, const char *what)
{
  gint64 cols = x->shape.dim[1], rows = x->shape.dim[0];
  g_autoptr (Case) c = case_new (self, "argmax %s [%d, %d] %s", tpo_type_name (x->type),
                                 (int) rows, (int) cols, what);
  g_autofree double *want = g_new0 (double, rows);

  for (gint64 r = 0; r < rows; r++) {
    double top = -INFINITY;
    gboolean found = FALSE;

    for (gint64 k = 0; k < cols; k++)
      if (x->v[r * cols + k] > top || (!found && x->v[r * cols + k] == top)) {
        top = x->v[r * cols + k];
        want[r] = (double) k;
        found = TRUE;
      }
  }
  case_check (c, tpo_argmax (c->graph, case_input (c, x)), want, (Tolerance){ 0, 0 });
}

static void
test_argmax (Kernels *self)
{
  static const gint64 shapes[][2] = {
    { 1, 1 }, { 3, 63 }, { 5, 129 }, { 2, 32005 }, { 300, 10 }
  };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    for (guint t = 0; t < 2; t++)
      for (Fill fill = 0; fill < FILL_COUNT; fill++) {
        g_autoptr (HostTensor) x =
            host_random (self, float_types[t], TPO_SHAPE (shapes[i][0], shapes[i][1]), fill);
        g_autoptr (HostTensor) odd = NULL;

        check_argmax (self, x, fill_name (fill));
        if (fill != FILL_NORMAL)
          continue;
        /* NaNs never win; a row of nothing else, or of -inf, gives 0; ties give the lowest. */
        for (gint64 k = 0; k < x->n; k++)
          if (k < shapes[i][1])
            x->v[k] = i % 2 == 0 ? NAN : -INFINITY;
          else
            x->v[k] = k % 5 == 0 ? NAN : round (x->v[k]);
        odd = host_new (float_types[t], x->shape, x->v);
        check_argmax (self, odd, "with NaNs and ties");
      }
}

const KernelTest tests_reduce[] = {
  { "reduce", { "reduce_rows", "reduce_cols" }, test_reduce },
  { "argmax", { "argmax" }, test_argmax },
  { NULL },
};
