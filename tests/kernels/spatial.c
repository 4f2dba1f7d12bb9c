#include "config.h"

#include <math.h>

#include "kernel-test.h"

static void
check_max_pool (Kernels *self, TpoType type, gint64 frames, gint64 rows, gint64 cols,
                gint64 channels)
{
  g_autoptr (Case) c = case_new (self, "max_pool2d %s [%d, %d, %d, %d]", tpo_type_name (type),
                                 (int) frames, (int) rows, (int) cols, (int) channels);
  g_autoptr (HostTensor) x =
      host_random (self, type, TPO_SHAPE (frames, rows, cols, channels), FILL_NORMAL);
  gint64 out_rows = rows / 2, out_cols = cols / 2, n = 0;
  g_autofree double *want = g_new (double, frames *out_rows *out_cols *channels);

  for (gint64 t = 0; t < frames; t++)
    for (gint64 r = 0; r < out_rows; r++)
      for (gint64 k = 0; k < out_cols; k++)
        for (gint64 ch = 0; ch < channels; ch++, n++) {
          const double *at = x->v + ((t * rows + 2 * r) * cols + 2 * k) * channels + ch;
          const double *below = at + cols * channels;

          want[n] = fmax (fmax (at[0], at[channels]), fmax (below[0], below[channels]));
        }
  case_check (c, tpo_max_pool2d (c->graph, case_input (c, x)), want, (Tolerance){ 0, 0 });
}

static void
test_max_pool (Kernels *self)
{
  for (guint t = 0; t < 2; t++) {
    check_max_pool (self, float_types[t], 1, 2, 2, 1);
    check_max_pool (self, float_types[t], 3, 5, 9, 7);
    check_max_pool (self, float_types[t], 2, 14, 12, 64);
  }
}

typedef struct {
  gint64 frames, rows, cols, n_in, n_out;
  guint kernel, stride, pad, groups;
  gboolean has_bias;
  TpoAct act;
} Conv;

static double *
conv2d (const Conv *p, const HostTensor *x, const HostTensor *w, const HostTensor *b)
{
  const gint64 out_rows = (p->rows + 2 * p->pad - p->kernel) / p->stride + 1;
  const gint64 out_cols = (p->cols + 2 * p->pad - p->kernel) / p->stride + 1;
  const gint64 per_group = p->n_in / p->groups, size = p->kernel;
  double *y = g_new (double, p->frames *out_rows *out_cols * p->n_out);
  gint64 n = 0;

  for (gint64 t = 0; t < p->frames; t++)
    for (gint64 r = 0; r < out_rows; r++)
      for (gint64 c = 0; c < out_cols; c++)
        for (gint64 o = 0; o < p->n_out; o++, n++) {
          const gint64 first = o / (p->n_out / p->groups) * per_group;
          double sum = p->has_bias ? b->v[o] : 0;

          for (gint64 k = 0; k < size * size; k++) {
            gint64 y_in = r * p->stride + k / size - p->pad,
                   x_in = c * p->stride + k % size - p->pad;

            if (y_in < 0 || y_in >= p->rows || x_in < 0 || x_in >= p->cols)
              continue;
            for (gint64 i = 0; i < per_group; i++)
              sum += x->v[((t * p->rows + y_in) * p->cols + x_in) * p->n_in + first + i] *
                     w->v[(o * size * size + k) * per_group + i];
          }
          y[n] = kernel_activate (p->act, sum);
        }
  return y;
}

static void
check_conv (Kernels *self, TpoType type, TpoType w_type, Conv p)
{
  g_autoptr (Case) c = case_new (
      self,
      "conv2d %s by %s [%d, %d, %d, %d] to %d, kernel %u, stride %u, pad %u, %u groups, act %d",
      tpo_type_name (type), tpo_type_name (w_type), (int) p.frames, (int) p.rows, (int) p.cols,
      (int) p.n_in, (int) p.n_out, p.kernel, p.stride, p.pad, p.groups, (int) p.act);
  g_autoptr (HostTensor) x =
      host_random (self, type, TPO_SHAPE (p.frames, p.rows, p.cols, p.n_in), FILL_NORMAL);
  g_autoptr (HostTensor) w = host_random (
      self, w_type, TPO_SHAPE (p.n_out, p.kernel, p.kernel, p.n_in / p.groups), FILL_NORMAL);
  g_autoptr (HostTensor) b = host_random (self, TPO_F32, TPO_SHAPE (p.n_out), FILL_NORMAL);
  g_autofree double *want = conv2d (&p, x, w, b);

  case_check (
      c,
      tpo_conv2d (c->graph, case_input (c, x), case_input (c, w),
                  p.has_bias ? case_input (c, b) : NULL, p.stride, p.pad, p.groups, p.act),
      want, (Tolerance){ sum_error (p.kernel * p.kernel * p.n_in / p.groups) + 1e-6, 1e-6 });
}

static void
test_conv2d (Kernels *self)
{
  static const Conv cases[] = {
    { 1, 1, 1, 1, 1, 1, 1, 0, 1, FALSE, TPO_ACT_NONE },
    { 2, 7, 9, 3, 5, 3, 1, 1, 1, TRUE, TPO_ACT_NONE },
    { 1, 16, 12, 8, 16, 3, 2, 1, 1, TRUE, TPO_ACT_GELU },
    { 1, 30, 31, 3, 24, 7, 4, 3, 1, TRUE, TPO_ACT_NONE },
    { 2, 9, 9, 64, 32, 1, 1, 0, 1, TRUE, TPO_ACT_RELU },
    { 1, 10, 11, 64, 64, 3, 1, 1, 1, FALSE, TPO_ACT_SILU },
    { 1, 12, 13, 16, 16, 7, 1, 3, 16, TRUE, TPO_ACT_NONE },
    { 2, 6, 5, 7, 7, 3, 1, 1, 7, TRUE, TPO_ACT_TANH },
    { 1, 8, 8, 4, 4, 3, 2, 1, 4, FALSE, TPO_ACT_SIGMOID },
    { 1, 3, 2, 5, 3, 2, 2, 1, 1, TRUE, TPO_ACT_GELU_TANH },
    { 1, 130, 131, 4, 20, 3, 1, 1, 1, TRUE, TPO_ACT_NONE }, /* the largest tiles of GPUs */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint t = 0; t < 4; t++)
      if (kernels_is_due (self, i, t, 4))
        check_conv (self, float_types[t / 2], float_types[t % 2], cases[i]);
}

static void
check_transpose (Kernels *self, TpoType type, TpoType w_type, gint64 frames, gint64 rows,
                 gint64 cols, gint64 n_in, gint64 n_out, gboolean has_bias)
{
  g_autoptr (Case) c = case_new (self, "conv_transpose2d %s by %s [%d, %d, %d, %d] to %d",
                                 tpo_type_name (type), tpo_type_name (w_type), (int) frames,
                                 (int) rows, (int) cols, (int) n_in, (int) n_out);
  g_autoptr (HostTensor) x =
      host_random (self, type, TPO_SHAPE (frames, rows, cols, n_in), FILL_NORMAL);
  g_autoptr (HostTensor) w =
      host_random (self, w_type, TPO_SHAPE (n_out, 2, 2, n_in), FILL_NORMAL);
  g_autoptr (HostTensor) b = host_random (self, TPO_F32, TPO_SHAPE (n_out), FILL_NORMAL);
  g_autofree double *want = g_new (double, frames *rows *cols * 4 * n_out);
  gint64 n = 0;

  for (gint64 line = 0; line < frames * rows * 2; line++)
    for (gint64 k = 0; k < cols * 2; k++)
      for (gint64 o = 0; o < n_out; o++, n++) {
        want[n] = has_bias ? b->v[o] : 0;
        for (gint64 i = 0; i < n_in; i++)
          want[n] += x->v[(line / 2 * cols + k / 2) * n_in + i] *
                     w->v[((o * 2 + line % 2) * 2 + k % 2) * n_in + i];
      }
  /* Sums in f32; with F16 the sum is rounded before the bias is added, and again after it. */
  case_check (
      c,
      tpo_conv_transpose2d (c->graph, case_input (c, x), case_input (c, w),
                            has_bias ? case_input (c, b) : NULL),
      want,
      (Tolerance){ 5e-7 * sqrt ((double) n_in) + 1e-6 +
                       (type == TPO_F16 && has_bias ? 0x1p-11 * 4 * sqrt ((double) n_in) : 0),
                   1e-6 });
}

static void
test_transpose (Kernels *self)
{
  for (guint t = 0; t < 4; t++) {
    check_transpose (self, float_types[t / 2], float_types[t % 2], 1, 1, 1, 4, 1, FALSE);
    check_transpose (self, float_types[t / 2], float_types[t % 2], 2, 3, 5, 7, 6, TRUE);
    check_transpose (self, float_types[t / 2], float_types[t % 2], 1, 8, 6, 64, 16, TRUE);
  }
}

/* ---- holes -------------------------------------------------------------------------------- */

static guint
flood (const double *x, gint8 *seen, int rows, int cols, int at, int *stack)
{
  guint n = 0, size = 0;

  stack[n++] = at;
  seen[at] = 1;
  while (n > size) {
    int r = stack[size] / cols, c = stack[size] % cols;

    size++;
    for (int y = MAX (r - 1, 0); y <= MIN (r + 1, rows - 1); y++)
      for (int z = MAX (c - 1, 0); z <= MIN (c + 1, cols - 1); z++)
        if (!seen[y * cols + z] && x[y * cols + z] <= 0) {
          seen[y * cols + z] = 1;
          stack[n++] = y * cols + z;
        }
  }
  return size;
}

static void
check_holes (Kernels *self, const HostTensor *x, guint area, const char *what)
{
  int rows = (int) x->shape.dim[0], cols = (int) x->shape.dim[1];
  g_autoptr (Case) c =
      case_new (self, "fill_holes %d × %d up to %u, %s", rows, cols, area, what);
  g_autofree gint8 *seen = g_new0 (gint8, x->n);
  g_autofree int *stack = g_new (int, x->n);
  g_autofree double *want = g_memdup2 (x->v, (gsize) x->n * sizeof (double));

  for (int i = 0; i < x->n; i++) {
    guint size;

    if (seen[i] || !(x->v[i] <= 0))
      continue;
    size = flood (x->v, seen, rows, cols, i, stack);
    for (guint k = 0; size <= area && k < size; k++)
      want[stack[k]] = (double) 0.1f;
  }
  case_check (c, tpo_fill_holes (c->graph, case_input (c, x), area, 0.1f), want,
              (Tolerance){ 0, 0 });
}

/* Long thin shapes, along which labels travel slowly: a spiral of background. */
static HostTensor *
spiral (int n)
{
  g_autofree double *v = g_new (double, n *n);
  int r = 0, c = -1, dr = 0, dc = 1, turns = 0;

  for (int i = 0; i < n * n; i++)
    v[i] = 1;
  while (turns < 2) {
    int y = r + dr, z = c + dc, y2 = r + 2 * dr, z2 = c + 2 * dc;
    gboolean is_free = y >= 0 && y < n && z >= 0 && z < n && v[y * n + z] > 0 &&
                       (y2 < 0 || y2 >= n || z2 < 0 || z2 >= n || v[y2 * n + z2] > 0);

    if (is_free) {
      r = y;
      c = z;
      v[r * n + c] = -1;
      turns = 0;
    } else {
      int old = dr;

      dr = dc;
      dc = -old;
      turns++;
    }
  }
  return host_new (TPO_F32, TPO_SHAPE (n, n), v);
}

static void
test_holes (Kernels *self)
{
  static const gint64 sizes[][2] = { { 1, 1 }, { 1, 40 }, { 17, 33 }, { 64, 64 } };
  g_autoptr (HostTensor) snail = spiral (19), small = spiral (9);
  g_autoptr (HostTensor) empty = host_uniform (self, TPO_F32, TPO_SHAPE (9, 8), 1, 2);
  g_autoptr (HostTensor) full = host_uniform (self, TPO_F32, TPO_SHAPE (9, 8), -2, -1);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (double share = 0.15; share < 0.5; share += 0.1) {
      g_autoptr (HostTensor) x =
          host_uniform (self, TPO_F32, TPO_SHAPE (sizes[i][0], sizes[i][1]), -share, 1 - share);

      check_holes (self, x, 8, "speckles");
      check_holes (self, x, 1, "speckles");
      check_holes (self, x, 64, "speckles");
    }
  check_holes (self, snail, 64, "spiral");
  check_holes (self, snail, 8, "spiral");
  check_holes (self, small, 64, "small spiral");
  check_holes (self, empty, 8, "no background");
  check_holes (self, full, 64, "all background");
}

const KernelTest tests_spatial[] = {
  { "max_pool2d", { "max_pool2d" }, test_max_pool },
  { "conv2d",
    { "conv2d", "conv2d_shared", "conv2d_depthwise", "conv2d_channels", "pad_channels" },
    test_conv2d },
  { "conv_transpose2d", { "copy" }, test_transpose },
  { "fill_holes", { "holes_label", "holes_count", "holes_fill" }, test_holes },
  { NULL },
};
