#include "config.h"

#include <math.h>

#include "kernel-test.h"

/* y[m, n] += factor · x · wᵀ */
static void
add_product (double *y, const double *x, const double *w, gint64 m, gint64 n, gint64 k,
             double factor)
{
  for (gint64 i = 0; i < m; i++)
    for (gint64 j = 0; j < n; j++) {
      double sum = 0;

      for (gint64 l = 0; l < k; l++)
        sum += x[i * k + l] * w[j * k + l];
      y[i * n + j] += factor * sum;
    }
}

enum {
  BIAS = 1,
  RESIDUAL = 2,
  LORA = 4
};

enum {
  RANK = 4
};

typedef struct {
  gint64 m, k, n;
  guint extras;
  TpoAct act;
} Linear;

static void
check_linear (Kernels *self, TpoType x_type, TpoType w_type, Linear p, Fill fill)
{
  g_autoptr (Case) c = case_new (self, "linear %s by %s, %d × %d × %d, extras %u, act %d, %s",
                                 tpo_type_name (x_type), tpo_type_name (w_type), (int) p.m,
                                 (int) p.k, (int) p.n, p.extras, (int) p.act, fill_name (fill));
  g_autoptr (HostTensor) x = host_random (self, x_type, TPO_SHAPE (p.m, p.k), fill);
  g_autoptr (HostTensor) w = host_random (self, w_type, TPO_SHAPE (p.n, p.k), FILL_NORMAL);
  g_autoptr (HostTensor) b = host_random (self, TPO_F32, TPO_SHAPE (p.n), FILL_NORMAL);
  g_autoptr (HostTensor) residual =
      host_random (self, x_type, TPO_SHAPE (p.m, p.n), FILL_NORMAL);
  g_autoptr (HostTensor) lora_a =
      host_random (self, TPO_F32, TPO_SHAPE (RANK, p.k), FILL_NORMAL);
  g_autoptr (HostTensor) lora_b =
      host_random (self, TPO_F32, TPO_SHAPE (p.n, RANK), FILL_NORMAL);
  g_autofree double *want = g_new0 (double, p.m *p.n);
  TpoLinear linear = { .w = case_input (c, w), .lora_scale = 0.25f };
  double size = 0, slack;

  add_product (want, x->v, w->v, p.m, p.n, p.k, 1);
  if (p.extras & LORA) {
    g_autofree double *low = g_new0 (double, p.m *RANK);

    add_product (low, x->v, lora_a->v, p.m, RANK, p.k, 1);
    add_product (want, low, lora_b->v, p.m, p.n, RANK, 0.25);
    linear.lora_a = case_input (c, lora_a);
    linear.lora_b = case_input (c, lora_b);
  }
  if (p.extras & BIAS)
    linear.b = case_input (c, b);
  for (gint64 i = 0; i < p.m * p.n; i++) {
    want[i] = kernel_activate (p.act, want[i] + (p.extras & BIAS ? b->v[i % p.n] : 0));
    want[i] += p.extras & RESIDUAL ? residual->v[i] : 0;
  }
  for (gint64 i = 0; i < x->n; i++)
    size += fabs (x->v[i]) / (double) x->n;
  slack = size * sum_error (p.k) + 1e-6;
  if (p.extras & LORA)
    slack *= 2;
  /* x·Aᵀ is stored in x's type. */
  if (p.extras & LORA && x_type == TPO_F16)
    slack += size * sqrt ((double) p.k) * 0x1p-11 * 4;
  case_check (c,
              tpo_linear (c->graph, case_input (c, x), &linear, p.act,
                          p.extras & RESIDUAL ? case_input (c, residual) : NULL),
              want, (Tolerance){ slack, 2e-6 });
}

static void
test_linear (Kernels *self)
{
  static const Linear cases[] = {
    { 1, 32, 1, 0, TPO_ACT_NONE },
    { 1, 256, 130, BIAS, TPO_ACT_NONE },
    { 1, 1024, 33, BIAS | RESIDUAL, TPO_ACT_GELU },
    { 1, 96, 64, LORA, TPO_ACT_NONE },
    { 3, 64, 5, BIAS, TPO_ACT_RELU },
    { 17, 96, 33, BIAS | RESIDUAL, TPO_ACT_SILU },
    { 64, 64, 64, 0, TPO_ACT_NONE },
    { 70, 160, 131, BIAS | RESIDUAL | LORA, TPO_ACT_GELU_TANH },
    { 33, 416, 70, RESIDUAL, TPO_ACT_SIGMOID },
    { 5, 32, 300, BIAS | LORA, TPO_ACT_TANH },
    { 150, 512, 300, BIAS | RESIDUAL,
      TPO_ACT_NONE },                       /* the largest tiles of software devices */
    { 1450, 64, 1500, BIAS, TPO_ACT_NONE }, /* … of GPUs */
  };
  static const TpoType w_types[] = { TPO_F32, TPO_F16, TPO_Q8_0 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint t = 0; t < 2; t++)
      for (guint w = 0; w < G_N_ELEMENTS (w_types); w++)
        if (kernels_is_due (self, i, t * 3 + w, 6))
          check_linear (self, float_types[t], w_types[w], cases[i], FILL_NORMAL);
}

/* Weights of 4 to 6 bits. */
static void
test_linear_blocks (Kernels *self)
{
  static const Linear cases[] = {
    { 1, 256, 5, BIAS, TPO_ACT_NONE },       { 3, 768, 34, BIAS | RESIDUAL, TPO_ACT_NONE },
    { 33, 512, 70, RESIDUAL, TPO_ACT_NONE }, { 2, 256, 131, 0, TPO_ACT_GELU },
    { 150, 512, 300, BIAS, TPO_ACT_SILU },   { 20, 256, 16300, 0, TPO_ACT_NONE },
  };
  static const Linear narrow[] = { { 1, 32, 1, 0, TPO_ACT_NONE },
                                   { 1, 1120, 33, BIAS, TPO_ACT_NONE },
                                   { 17, 96, 66, RESIDUAL, TPO_ACT_NONE } };
  static const TpoType types[] = { TPO_Q4_0, TPO_Q4_K, TPO_Q6_K, TPO_Q5_K, TPO_Q4_1 };
  const guint n_types = G_N_ELEMENTS (types);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint t = 0; t < 2; t++)
      for (guint w = 0; w < n_types; w++)
        if (kernels_is_due (self, i, t * n_types + w, 2 * n_types))
          check_linear (self, float_types[t], types[w], cases[i], FILL_NORMAL);
  for (guint i = 0; i < G_N_ELEMENTS (narrow); i++) {
    check_linear (self, float_types[i % 2], TPO_Q4_0, narrow[i], FILL_NORMAL);
    check_linear (self, float_types[(i + 1) % 2], TPO_Q4_1, narrow[i], FILL_NORMAL);
  }
}

/* Rows that are no whole number of words, and contents at the ends of the range. */
static void
test_linear_odd (Kernels *self)
{
  static const Linear cases[] = {
    { 1, 1, 1, BIAS, TPO_ACT_NONE },
    { 1, 7, 5, 0, TPO_ACT_NONE },
    { 2, 33, 9, BIAS | LORA, TPO_ACT_RELU },
    { 19, 63, 17, BIAS | RESIDUAL, TPO_ACT_GELU },
    { 40, 66, 65, LORA | BIAS, TPO_ACT_NONE },
    { 1, 515, 258, RESIDUAL, TPO_ACT_NONE },
    { 9, 4, 8, BIAS, TPO_ACT_NONE },
    { 3, 2, 3, 0, TPO_ACT_NONE },
    /* products that earn whole words */
    { 30, 588, 70, BIAS | LORA, TPO_ACT_NONE },
    { 70, 131, 150, RESIDUAL, TPO_ACT_RELU },
    { 2, 1023, 600, BIAS, TPO_ACT_NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint t = 0; t < 4; t++)
      if (kernels_is_due (self, i, t, 4))
        check_linear (self, float_types[t / 2], float_types[t % 2], cases[i], FILL_NORMAL);
  for (Fill fill = FILL_EQUAL; fill < FILL_COUNT; fill++)
    for (guint t = 0; t < 2; t++) {
      check_linear (self, float_types[t], TPO_F32, (Linear){ 5, 64, 33, 0, TPO_ACT_NONE },
                    fill);
      check_linear (self, float_types[t], TPO_Q8_0, (Linear){ 1, 64, 33, 0, TPO_ACT_NONE },
                    fill);
    }
}

static void
test_linear_refused (Kernels *self)
{
  g_autoptr (Case) c = case_new (self, "linear of sizes that do not fit");
  g_autoptr (HostTensor) x = host_random (self, TPO_F32, TPO_SHAPE (4, 6), FILL_NORMAL);
  g_autoptr (HostTensor) w = host_random (self, TPO_F32, TPO_SHAPE (4, 7), FILL_NORMAL);
  TpoLinear linear = { .w = case_input (c, w) };

  tpo_linear (c->graph, case_input (c, x), &linear, TPO_ACT_NONE, NULL);
  case_check_refused (c, "linear");
}

static void
check_matmul (Kernels *self, TpoType x_type, TpoType w_type, gint64 batch, gint64 m, gint64 k,
              gint64 n, gboolean is_shared)
{
  g_autoptr (Case) c = case_new (self, "matmul %s by %s, %d of %d × %d × %d%s",
                                 tpo_type_name (x_type), tpo_type_name (w_type), (int) batch,
                                 (int) m, (int) k, (int) n, is_shared ? ", shared" : "");
  g_autoptr (HostTensor) x = host_random (self, x_type, TPO_SHAPE (batch, m, k), FILL_NORMAL);
  g_autoptr (HostTensor) w = host_random (
      self, w_type, is_shared ? TPO_SHAPE (n, k) : TPO_SHAPE (batch, n, k), FILL_NORMAL);
  g_autofree double *want = g_new0 (double, batch *m *n);

  for (gint64 b = 0; b < batch; b++)
    add_product (want + b * m * n, x->v + b * m * k, w->v + (is_shared ? 0 : b * n * k), m, n,
                 k, 1);
  case_check (c, tpo_matmul (c->graph, case_input (c, x), case_input (c, w)), want,
              (Tolerance){ sum_error (k) + 1e-6, 2e-6 });
}

static void
test_matmul (Kernels *self)
{
  for (guint t = 0; t < 4; t++) {
    const TpoType x = float_types[t / 2], w = float_types[t % 2];

    check_matmul (self, x, w, 1, 1, 1, 1, FALSE);
    check_matmul (self, x, w, 3, 5, 8, 7, FALSE);
    check_matmul (self, x, w, 2, 33, 63, 17, FALSE);
    check_matmul (self, x, w, 5, 20, 64, 40, TRUE);
    check_matmul (self, x, w, 4, 1, 96, 70, FALSE);
    check_matmul (self, x, w, 2, 70, 128, 66, FALSE);
    check_matmul (self, x, w, 2, 70, 131, 66, FALSE);
  }
}

static void
check_get_rows (Kernels *self, TpoType type, gint64 vocabulary, gint64 cols, gint64 n)
{
  g_autoptr (Case) c = case_new (self, "get_rows %s [%d, %d], %d", tpo_type_name (type),
                                 (int) vocabulary, (int) cols, (int) n);
  g_autoptr (HostTensor) table =
      host_random (self, type, TPO_SHAPE (vocabulary, cols), FILL_NORMAL);
  g_autofree double *places = g_new (double, n), *want = g_new0 (double, n *cols);
  g_autoptr (HostTensor) ids = NULL;

  for (gint64 i = 0; i < n; i++)
    places[i] = i == 1   ? -1
                : i == 2 ? (double) vocabulary
                         : g_rand_int_range (self->rand, 0, (gint32) vocabulary);
  for (gint64 i = 0; i < n; i++)
    for (gint64 k = 0; k < cols && places[i] >= 0 && places[i] < (double) vocabulary; k++)
      want[i * cols + k] = table->v[(gint64) places[i] * cols + k];
  ids = host_new (TPO_I32, TPO_SHAPE (n), places);
  /* Q8_0, Q4_0 and Q6_K values are at most two products of exact numbers; those of Q4_K, Q5_K and
   * Q4_1 are a sum of such, of size 4. */
  case_check (
      c, tpo_get_rows (c->graph, case_input (c, table), case_input (c, ids)), want,
      (Tolerance){ type == TPO_Q4_K || type == TPO_Q5_K || type == TPO_Q4_1 ? 1e-6 : 0, 2e-7 });
}

static void
test_get_rows (Kernels *self)
{
  for (guint t = 0; t < 2; t++) {
    check_get_rows (self, float_types[t], 1, 1, 1);
    check_get_rows (self, float_types[t], 100, 63, 7);
    check_get_rows (self, float_types[t], 1000, 256, 70);
  }
  check_get_rows (self, TPO_Q8_0, 3, 32, 1);
  check_get_rows (self, TPO_Q8_0, 100, 96, 9);
  check_get_rows (self, TPO_Q8_0, 500, 256, 70);
  check_get_rows (self, TPO_Q4_0, 100, 96, 9);
  check_get_rows (self, TPO_Q4_K, 60, 512, 9);
  check_get_rows (self, TPO_Q6_K, 60, 512, 9);
  check_get_rows (self, TPO_Q5_K, 60, 512, 9);
  check_get_rows (self, TPO_Q4_1, 100, 96, 9);
}

static void
test_mlp (Kernels *self)
{
  g_autoptr (Case) c = case_new (self, "mlp of three layers");
  g_autoptr (HostTensor) x = host_random (self, TPO_F32, TPO_SHAPE (3, 8), FILL_NORMAL);
  g_autoptr (HostTensor) w0 = host_random (self, TPO_F32, TPO_SHAPE (16, 8), FILL_NORMAL);
  g_autoptr (HostTensor) w1 = host_random (self, TPO_F32, TPO_SHAPE (12, 16), FILL_NORMAL);
  g_autoptr (HostTensor) w2 = host_random (self, TPO_F32, TPO_SHAPE (5, 12), FILL_NORMAL);
  const TpoLinear layers[] = {
    { .w = case_input (c, w0) },
    { .w = case_input (c, w1) },
    { .w = case_input (c, w2) },
  };
  g_autofree double *a = g_new0 (double, 3 * 16), *b = g_new0 (double, 3 * 12);
  g_autofree double *want = g_new0 (double, 3 * 5);

  add_product (a, x->v, w0->v, 3, 16, 8, 1);
  for (guint i = 0; i < 3 * 16; i++)
    a[i] = MAX (a[i], 0);
  add_product (b, a, w1->v, 3, 12, 16, 1);
  for (guint i = 0; i < 3 * 12; i++)
    b[i] = MAX (b[i], 0);
  add_product (want, b, w2->v, 3, 5, 12, 1);
  case_check (c, tpo_mlp (c->graph, case_input (c, x), layers, 3), want,
              (Tolerance){ 5e-5, 1e-6 });
}

const KernelTest tests_linear[] = {
  { "linear", { "linear", "linear_shared", "linear_vec", "linear_any" }, test_linear },
  { "linear-blocks", { "linear", "linear_shared", "linear_vec" }, test_linear_blocks },
  { "linear-odd", { "linear_any" }, test_linear_odd },
  { "linear-refused", { "linear" }, test_linear_refused },
  { "matmul", { "linear", "linear_any" }, test_matmul },
  { "get_rows", { "get_rows" }, test_get_rows },
  { "mlp", { "linear_any" }, test_mlp },
  { NULL },
};
