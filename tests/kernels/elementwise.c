#include "config.h"

#include <math.h>

#include "kernel-test.h"

/* Sizes around the workgroup of 64 invocations with four elements each. */
static const gint64 sizes[] = { 1, 3, 63, 257, 4099, 70001 };

static double
gelu (double v)
{
  return v * 0.5 * erfc (-v / sqrt (2));
}

static double
sigmoid (double v)
{
  return 1 / (1 + exp (-v));
}

static double
unary (TpoUnary op, double v)
{
  double c = CLAMP (v, 0, 1);

  switch (op) {
  case TPO_UNARY_RELU:
    return MAX (v, 0);
  case TPO_UNARY_GELU:
    return gelu (v);
  case TPO_UNARY_GELU_TANH:
    return 0.5 * v * (1 + tanh (sqrt (2 / G_PI) * (v + 0.044715 * v * v * v)));
  case TPO_UNARY_SILU:
    return v * sigmoid (v);
  case TPO_UNARY_SIGMOID:
    return sigmoid (v);
  case TPO_UNARY_TANH:
    return tanh (v);
  case TPO_UNARY_EXP:
    return exp (v);
  case TPO_UNARY_LOG:
    return log (v);
  case TPO_UNARY_SQRT:
    return sqrt (v);
  case TPO_UNARY_SIN:
    return sin (v);
  case TPO_UNARY_COS:
    return cos (v);
  case TPO_UNARY_NEG:
    return -v;
  case TPO_UNARY_RECIPROCAL:
    return 1 / v;
  case TPO_UNARY_ABS:
    return fabs (v);
  case TPO_UNARY_STEP:
    return v > 0;
  case TPO_UNARY_LOGIT_CLAMP:
    return log (MAX (c, 1e-3) / MAX (1 - c, 1e-3));
  case TPO_UNARY_COUNT:
    break;
  }
  g_assert_not_reached ();
}

/* Where each function is asked about. */
static void
unary_range (TpoUnary op, double *low, double *high)
{
  *low = -12;
  *high = 12;
  if (op == TPO_UNARY_LOG || op == TPO_UNARY_SQRT)
    *low = 1e-4;
  if (op == TPO_UNARY_EXP)
    *high = 10;
  if (op == TPO_UNARY_SIN || op == TPO_UNARY_COS) {
    *low = -2000;
    *high = 2000;
  }
  if (op == TPO_UNARY_LOGIT_CLAMP) {
    *low = -0.2;
    *high = 1.2;
  }
}

static void
check_unary (Kernels *self, TpoUnary op, const HostTensor *x, const char *what)
{
  g_autoptr (Case) c = case_new (self, "unary %d of %" G_GINT64_FORMAT " %s, %s", (int) op,
                                 x->n, tpo_type_name (x->type), what);
  g_autofree double *want = g_new (double, x->n);

  for (gint64 i = 0; i < x->n; i++)
    want[i] = unary (op, x->v[i]);
  /* A few units in the last place; sums that cancel are good to a unit of 1. */
  case_check (c, tpo_unary (c->graph, case_input (c, x), op), want, (Tolerance){ 3e-7, 1e-6 });
}

static void
test_unary (Kernels *self)
{
  for (TpoUnary op = 0; op < TPO_UNARY_COUNT; op++)
    for (guint t = 0; t < 2; t++) {
      double low, high;

      unary_range (op, &low, &high);
      for (guint i = 0; i < 4; i += op == 0 ? 1 : 3) {
        g_autoptr (HostTensor) x =
            host_uniform (self, float_types[t], TPO_SHAPE (sizes[i] + 1), low, high);

        check_unary (self, op, x, "spread");
      }
    }
}

/* Arguments at and beyond the ends of what a float holds. */
static void
test_unary_limits (Kernels *self)
{
  static const double ends[] = { 0,    -0.0, 1e-30, -1e-30,   100,
                                 -100, 3e38, -3e38, INFINITY, -INFINITY };
  static const TpoUnary ops[] = {
    TPO_UNARY_RELU, TPO_UNARY_SIGMOID, TPO_UNARY_TANH,
    TPO_UNARY_EXP,  TPO_UNARY_ABS,     TPO_UNARY_STEP,
  };
  static const double positive[] = { 0, 1e-30, 1, 3e38, INFINITY };
  g_autoptr (HostTensor) x = host_new (TPO_F32, TPO_SHAPE (G_N_ELEMENTS (ends)), ends);
  g_autoptr (HostTensor) y = host_new (TPO_F32, TPO_SHAPE (G_N_ELEMENTS (positive)), positive);

  for (guint i = 0; i < G_N_ELEMENTS (ops); i++) {
    g_autoptr (Case) c = case_new (self, "unary %d at the limits", (int) ops[i]);
    g_autofree double *want = g_new (double, x->n);

    for (gint64 k = 0; k < x->n; k++)
      want[k] = (float) unary (ops[i], x->v[k]);
    case_check (c, tpo_unary (c->graph, case_input (c, x), ops[i]), want,
                (Tolerance){ 1e-7, 1e-6 });
  }
  check_unary (self, TPO_UNARY_LOG, y, "at the limits");
  check_unary (self, TPO_UNARY_SQRT, y, "at the limits");
}

static void
test_affine (Kernels *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint t = 0; t < 2; t++)
      for (Fill fill = 0; fill < FILL_COUNT; fill++) {
        g_autoptr (Case) c = case_new (self, "affine %" G_GINT64_FORMAT " %s %s", sizes[i],
                                       tpo_type_name (float_types[t]), fill_name (fill));
        g_autoptr (HostTensor) x =
            host_random (self, float_types[t], TPO_SHAPE (sizes[i]), fill);
        g_autofree double *want = g_new (double, x->n);
        const float scale = -1.75f, shift = 0.3f, low = -1.5f, high = 1e9f;

        for (gint64 k = 0; k < x->n; k++)
          want[k] =
              CLAMP ((double) scale * x->v[k] + (double) shift, (double) low, (double) high);
        /* One product and one sum in f32. */
        case_check (c, tpo_affine (c->graph, case_input (c, x), scale, shift, low, high), want,
                    (Tolerance){ 3e-7, 2e-7 });
        if (i > 2)
          break;
      }
}

static void
test_prelu (Kernels *self)
{
  for (guint i = 0; i < 4; i++)
    for (guint t = 0; t < 2; t++) {
      g_autoptr (Case) c = case_new (self, "prelu %" G_GINT64_FORMAT " %s", sizes[i],
                                     tpo_type_name (float_types[t]));
      g_autoptr (HostTensor) x =
          host_random (self, float_types[t], TPO_SHAPE (sizes[i]), FILL_NORMAL);
      g_autoptr (HostTensor) slope = host_random (self, TPO_F32, TPO_SHAPE (1), FILL_NORMAL);
      g_autofree double *want = g_new (double, x->n);

      for (gint64 k = 0; k < x->n; k++)
        want[k] = x->v[k] > 0 ? x->v[k] : slope->v[0] * x->v[k];
      case_check (c, tpo_prelu (c->graph, case_input (c, x), case_input (c, slope)), want,
                  (Tolerance){ 0, 1e-7 });
    }
}

static void
test_cast (Kernels *self)
{
  static const TpoType from[] = { TPO_F32, TPO_F16, TPO_U8, TPO_I32 };

  for (guint f = 0; f < G_N_ELEMENTS (from); f++)
    for (guint t = 0; t < 2; t++)
      for (guint i = 0; i < 5; i += 2) {
        g_autoptr (Case) c = case_new (self, "cast %" G_GINT64_FORMAT " %s to %s", sizes[i],
                                       tpo_type_name (from[f]), tpo_type_name (float_types[t]));
        g_autoptr (HostTensor) x =
            host_random (self, from[f], TPO_SHAPE (sizes[i]), FILL_NORMAL);

        if (from[f] == float_types[t])
          continue;
        /* Exact but for the one rounding to F16. */
        case_check (c, tpo_cast (c->graph, case_input (c, x), float_types[t]), x->v,
                    (Tolerance){ 0, 0 });
      }
}

static void
test_threshold (Kernels *self)
{
  for (guint i = 0; i < 5; i++)
    for (guint t = 0; t < 2; t++) {
      g_autoptr (Case) c = case_new (self, "threshold %" G_GINT64_FORMAT " %s", sizes[i],
                                     tpo_type_name (float_types[t]));
      g_autoptr (HostTensor) x =
          host_random (self, float_types[t], TPO_SHAPE (sizes[i]), FILL_NORMAL);
      g_autofree double *want = g_new (double, x->n);
      const float level = (float) x->v[0]; /* equality is below */

      for (gint64 k = 0; k < x->n; k++)
        want[k] = x->v[k] > level;
      case_check (c, tpo_threshold (c->graph, case_input (c, x), level), want,
                  (Tolerance){ 0, 0 });
    }
}

static void
test_normalise_rgb (Kernels *self)
{
  static const TpoType types[] = { TPO_U8, TPO_F32, TPO_F16 };
  static const float mean[3] = { 0.485f, 0.456f, 0.406f }, std[3] = { 0.229f, 0.224f, 0.225f };

  for (guint t = 0; t < G_N_ELEMENTS (types); t++)
    for (guint i = 0; i < 5; i++) {
      g_autoptr (Case) c = case_new (self, "normalise_rgb %" G_GINT64_FORMAT " %s", sizes[i],
                                     tpo_type_name (types[t]));
      g_autoptr (HostTensor) x =
          host_random (self, types[t], TPO_SHAPE (sizes[i], 3), FILL_NORMAL);
      g_autofree double *want = g_new (double, x->n);
      const float scale = types[t] == TPO_U8 ? 1.0f / 255 : 1;

      for (gint64 k = 0; k < x->n; k++)
        want[k] = (x->v[k] * (double) scale - (double) mean[k % 3]) / (double) std[k % 3];
      case_check (c, tpo_normalise_rgb (c->graph, case_input (c, x), scale, mean, std), want,
                  (Tolerance){ 1e-6, 5e-7 });
    }
}

static double
binary (TpoBinary op, double a, double b)
{
  switch (op) {
  case TPO_BINARY_ADD:
    return a + b;
  case TPO_BINARY_SUB:
    return a - b;
  case TPO_BINARY_MUL:
    return a * b;
  case TPO_BINARY_DIV:
    return a / b;
  case TPO_BINARY_MAX:
    return MAX (a, b);
  case TPO_BINARY_MIN:
    return MIN (a, b);
  case TPO_BINARY_SWIGLU:
    return a * sigmoid (a) * b;
  case TPO_BINARY_COUNT:
    break;
  }
  g_assert_not_reached ();
}

/* Index in b of element @i of a, by the definition. */
static gint64
broadcast_index (const TpoShape *a, const TpoShape *b, gint64 i)
{
  gint64 index = 0, stride = 1;

  for (guint k = 0; k < a->n; k++) {
    gint64 size = a->dim[a->n - 1 - k], coordinate = i % size;

    i /= size;
    if (k < b->n && b->dim[b->n - 1 - k] != 1)
      index += coordinate * stride;
    if (k < b->n)
      stride *= b->dim[b->n - 1 - k];
  }
  return index;
}

static void
check_binary (Kernels *self, TpoBinary op, TpoShape a_shape, TpoType a_type, TpoShape b_shape,
              TpoType b_type)
{
  g_autofree char *a_name = tpo_shape_to_string (&a_shape);
  g_autofree char *b_name = tpo_shape_to_string (&b_shape);
  g_autoptr (Case) c = case_new (self, "binary %d %s %s, %s %s", (int) op, a_name,
                                 tpo_type_name (a_type), b_name, tpo_type_name (b_type));
  g_autoptr (HostTensor) a = host_random (self, a_type, a_shape, FILL_NORMAL);
  g_autoptr (HostTensor) b = host_random (self, b_type, b_shape, FILL_NORMAL);
  g_autofree double *want = g_new (double, a->n);

  for (gint64 i = 0; i < a->n; i++)
    want[i] = binary (op, a->v[i], b->v[broadcast_index (&a_shape, &b_shape, i)]);
  /* Division and the exponential may be off by 2.5 and 1 units. */
  case_check (c, tpo_binary (c->graph, op, case_input (c, a), case_input (c, b)), want,
              (Tolerance){ 1e-7, 5e-7 });
}

static void
test_binary (Kernels *self)
{
  static const TpoShape shapes[][2] = {
    { { 1, { 1 } }, { 1, { 1 } } },
    { { 2, { 37, 515 } }, { 2, { 37, 515 } } },
    { { 2, { 37, 515 } }, { 1, { 515 } } },
    { { 2, { 37, 64 } }, { 1, { 64 } } },
    { { 2, { 37, 64 } }, { 2, { 37, 1 } } },
    { { 2, { 37, 65 } }, { 2, { 37, 1 } } },
    { { 3, { 5, 7, 8 } }, { 1, { 1 } } },
    { { 4, { 3, 5, 7, 12 } }, { 4, { 3, 1, 7, 12 } } },
    { { 4, { 3, 5, 7, 12 } }, { 4, { 3, 1, 7, 1 } } },
    { { 4, { 3, 5, 7, 9 } }, { 3, { 5, 1, 9 } } },
    { { 5, { 2, 3, 2, 5, 4 } }, { 5, { 2, 1, 2, 1, 4 } } },
    { { 5, { 2, 3, 2, 5, 3 } }, { 5, { 1, 3, 1, 5, 1 } } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    for (guint t = 0; t < 4; t++)
      check_binary (self, t % 2 == 0 ? TPO_BINARY_SUB : TPO_BINARY_MUL, shapes[i][0],
                    float_types[t / 2], shapes[i][1], float_types[t % 2]);
  for (TpoBinary op = 0; op < TPO_BINARY_COUNT; op++)
    check_binary (self, op, TPO_SHAPE (9, 33), TPO_F32, TPO_SHAPE (33), TPO_F32);
}

static void
test_binary_refused (Kernels *self)
{
  g_autoptr (Case) c = case_new (self, "binary of sizes that do not fit");
  g_autoptr (HostTensor) a = host_random (self, TPO_F32, TPO_SHAPE (4, 6), FILL_NORMAL);
  g_autoptr (HostTensor) b = host_random (self, TPO_F32, TPO_SHAPE (4), FILL_NORMAL);

  tpo_add (c->graph, case_input (c, a), case_input (c, b));
  case_check_refused (c, "[4] does not repeat over [4, 6]");
}

const KernelTest tests_elementwise[] = {
  { "unary", { "unary" }, test_unary },
  { "unary-limits", { "unary" }, test_unary_limits },
  { "affine", { "affine" }, test_affine },
  { "prelu", { "prelu" }, test_prelu },
  { "cast", { "cast" }, test_cast },
  { "threshold", { "threshold" }, test_threshold },
  { "normalise_rgb", { "normalise_rgb" }, test_normalise_rgb },
  { "binary", { "binary" }, test_binary },
  { "binary-refused", { "binary" }, test_binary_refused },
  { NULL },
};
