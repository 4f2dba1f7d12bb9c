#include "config.h"

#include <math.h>
#include <string.h>

#include "kernel-test.h"

/*
 * The reference follows the definition of the published operators: the scale, and with antialias places
 * too, are rounded to f32, as they are there; everything else is in double.
 */

static double
cubic (double t, double a)
{
  t = fabs (t);
  if (t < 1)
    return ((a + 2) * t - (a + 3)) * t * t + 1;
  if (t < 2)
    return ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
  return 0;
}

static double
kernel (TpoResizeFilter filter, double t)
{
  return filter == TPO_RESIZE_BICUBIC ? cubic (t, -0.5) : MAX (1 - fabs (t), 0);
}

/* Value at output @i of a line of @n_in numbers, @step apart. */
static double
sample_line (const double *line, gint64 step, int n_in, int n_out, int i,
             const TpoResize *params)
{
  const float scale = (float) n_in / (float) n_out;
  double sum = 0, total = 0;

  if (params->filter == TPO_RESIZE_NEAREST) {
    int at = (int) floor ((2.0 * i + 1) * n_in / (2.0 * n_out));

    return line[MIN (at, n_in - 1) * step];
  }
  if (params->antialias) {
    const float wide = MAX (scale, 1), centre = scale * ((float) i + 0.5f);
    const float support = (params->filter == TPO_RESIZE_BICUBIC ? 2 : 1) * wide;
    int begin = MAX ((int) (centre - support + 0.5f), 0);
    int end = MIN ((int) (centre + support + 0.5f), n_in);

    for (int j = begin; j < end; j++) {
      double w = kernel (params->filter, (j - (double) centre + 0.5) / (double) wide);

      sum += w * line[j * step];
      total += w;
    }
    return sum / total;
  } else {
    const double centre = (double) scale * (i + 0.5) - 0.5;
    const int whole = (int) floor (centre);
    const double t = centre - whole;

    for (int j = -1; j <= 2; j++) {
      double w = params->filter == TPO_RESIZE_BICUBIC ? cubic (j - t, -0.75)
                                                      : MAX (1 - fabs (j - t), 0);

      sum += w * line[CLAMP (whole + j, 0, n_in - 1) * step];
    }
    return sum;
  }
}

static double *
resize (const HostTensor *x, int out_rows, int out_cols, const TpoResize *params)
{
  const gint64 frames = x->shape.dim[0], channels = x->shape.dim[3];
  const int rows = (int) x->shape.dim[1], cols = (int) x->shape.dim[2];
  g_autofree double *wide = g_new (double, frames *rows *out_cols *channels);
  double *y = g_new (double, frames *out_rows *out_cols *channels);

  for (gint64 line = 0; line < frames * rows; line++)
    for (int i = 0; i < out_cols; i++)
      for (gint64 c = 0; c < channels; c++)
        wide[(line * out_cols + i) * channels + c] = sample_line (
            x->v + line * cols * channels + c, channels, cols, out_cols, i, params);
  for (gint64 t = 0; t < frames; t++)
    for (int i = 0; i < out_rows; i++)
      for (gint64 k = 0; k < out_cols * channels; k++) {
        double v = sample_line (wide + t * rows * out_cols * channels + k, out_cols * channels,
                                rows, out_rows, i, params);

        y[(t * out_rows + i) * out_cols * channels + k] =
            params->round_u8 ? nearbyint (CLAMP (v, 0, 255)) : v;
      }
  return y;
}

/* Rounded results may differ by one where the exact value lies within f32's error of a half. */
static void
check_rounded (Case *c, TpoTensor *y, const double *want, const double *exact)
{
  g_autofree double *got = case_read (c, y);
  gint64 n = tpo_tensor_count (y);

  if (got == NULL)
    return;
  for (gint64 i = 0; i < n; i++) {
    double to_half = fabs (exact[i] - floor (exact[i]) - 0.5);

    if (got[i] != want[i] && (to_half > 1e-4 || fabs (got[i] - want[i]) > 1)) {
      case_fail (c, "element %d is %g, not %g (%.6f before rounding)", (int) i, got[i], want[i],
                 exact[i]);
      return;
    }
  }
}

static void
check_resize (Kernels *self, TpoType type, TpoShape shape, int rows, int cols, TpoResize params)
{
  g_autofree char *name = tpo_shape_to_string (&shape);
  g_autoptr (Case) c =
      case_new (self, "resize %s %s to %d × %d, filter %d%s%s", tpo_type_name (type), name,
                rows, cols, (int) params.filter, params.antialias ? ", antialias" : "",
                params.round_u8 ? ", rounded" : "");
  g_autoptr (HostTensor) x = host_random (self, type, shape, FILL_NORMAL);
  g_autofree double *want = resize (x, rows, cols, &params);
  TpoTensor *y = tpo_resize (c->graph, case_input (c, x), (guint) rows, (guint) cols, &params);
  TpoResize exact = params;

  if (params.round_u8) {
    g_autofree double *unrounded = NULL;

    exact.round_u8 = FALSE;
    unrounded = resize (x, rows, cols, &exact);
    check_rounded (c, y, want, unrounded);
    return;
  }
  /* Weights and two sums in f32, of numbers up to 255 or some 4. */
  case_check (c, y, want, (Tolerance){ type == TPO_U8 ? 2e-4 : 4e-6, 1e-6 });
}

static void
test_resize (Kernels *self)
{
  static const TpoType types[] = { TPO_U8, TPO_F32, TPO_F16 };
  static const struct {
    TpoShape shape;
    int rows, cols;
  } cases[] = {
    { { 4, { 1, 1, 1, 1 } }, 1, 1 },     { { 4, { 1, 1, 1, 3 } }, 5, 3 },
    { { 4, { 2, 7, 5, 3 } }, 14, 10 },   { { 4, { 1, 37, 53, 3 } }, 11, 7 },
    { { 4, { 1, 16, 16, 8 } }, 32, 32 }, { { 4, { 3, 3, 131, 3 } }, 5, 9 },
    { { 4, { 1, 9, 200, 4 } }, 16, 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint t = 0; t < G_N_ELEMENTS (types); t++)
      for (TpoResizeFilter filter = 0; filter < TPO_RESIZE_FILTER_COUNT; filter++)
        for (guint antialias = 0; antialias < 2; antialias++)
          check_resize (self, types[t], cases[i].shape, cases[i].rows, cases[i].cols,
                        (TpoResize){ filter, (gboolean) antialias, t == 0 && i % 2 == 1 });
}

/* The numbers that the specification gives. */
static void
test_resize_known (Kernels *self)
{
  static const double plain[] = { 59, 158, 16, 166, 49, 115, 32, 123, 218 };
  static const double antialiased[] = { 73, 161, 90, 169, 104, 103, 106, 111, 187 };
  double values[64];

  for (int i = 0; i < 64; i++)
    values[i] = 37 * i % 256;
  for (guint antialias = 0; antialias < 2; antialias++) {
    const TpoResize params = { TPO_RESIZE_BICUBIC, (gboolean) antialias, TRUE };
    g_autoptr (HostTensor) x = host_new (TPO_U8, TPO_SHAPE (1, 8, 8, 1), values);
    g_autoptr (Case) c = case_new (self, "resize of the specification");

    case_check (c, tpo_resize (c->graph, case_input (c, x), 3, 3, &params),
                antialias ? antialiased : plain, (Tolerance){ 0, 0 });
  }
}

const KernelTest tests_resize[] = {
  { "resize", { "resize", "resize_rgb" }, test_resize },
  { "resize-known", { "resize" }, test_resize_known },
  { NULL },
};
