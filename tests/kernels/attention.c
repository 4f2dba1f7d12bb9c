#include "config.h"

#include <math.h>

#include "kernel-test.h"

typedef struct {
  gint64 batch, n, m; /* batch 0: two dimensions */
  guint n_heads, n_kv_heads;
  gint64 dk, dv;
  gboolean causal;
  int position; /* -1: none */
  int n_keys;   /* -1: none */
  guint mask;   /* 0 none, 1 some keys are hidden, 2 all are */
  guint skip;
} Attention;

/* Scores of query @i of a head, and the softmax of them; hidden keys get 0. */
static void
weights (const Attention *p, const double *q, const double *k, const double *mask, gint64 i,
         gint64 k_stride, double scale, double *w)
{
  gint64 last = p->causal ? MAX (p->position, 0) + i : p->m - 1;
  gint64 n_keys = p->n_keys >= 0 ? MIN (p->n_keys, p->m) : p->m;
  double top = -INFINITY, sum = 0;

  for (gint64 j = 0; j < p->m; j++) {
    w[j] = j < n_keys && j <= last ? 0 : -INFINITY;
    for (gint64 d = 0; d < p->dk; d++)
      w[j] += scale * q[d] * k[j * k_stride + d];
    w[j] += p->mask > 0 ? mask[j] : 0;
    top = MAX (top, w[j]);
  }
  for (gint64 j = 0; j < p->m; j++) {
    w[j] = isinf (w[j]) ? 0 : exp (w[j] - top);
    sum += w[j];
  }
  for (gint64 j = 0; j < p->m; j++)
    w[j] = sum > 0 ? w[j] / sum : 0;
}

static double *
attend (const Attention *p, const HostTensor *q, const HostTensor *k, const HostTensor *v,
        const double *mask, double scale)
{
  const guint kv_heads = p->n_kv_heads > 0 ? p->n_kv_heads : p->n_heads;
  const gint64 batch = MAX (p->batch, 1);
  double *y = g_new0 (double, batch * p->n * p->n_heads * p->dv);
  g_autofree double *w = g_new (double, p->m);

  for (gint64 b = 0; b < batch; b++)
    for (guint h = 0; h < p->n_heads; h++) {
      const gint64 g = h / (p->n_heads / kv_heads), k_stride = kv_heads * p->dk;
      const double *keys = k->v + b * p->m * k_stride + g * p->dk;

      for (gint64 i = 0; i < p->n; i++) {
        double *out = y + ((b * p->n + i) * p->n_heads + h) * p->dv;

        weights (p, q->v + ((b * p->n + i) * p->n_heads + h) * p->dk, keys, mask, i, k_stride,
                 scale, w);
        for (gint64 j = p->skip; j < p->m; j++)
          for (gint64 d = 0; d < p->dv; d++)
            out[d] += w[j] * v->v[((b * p->m + j) * kv_heads + g) * p->dv + d];
      }
    }
  return y;
}

static TpoShape
shape_of (const Attention *p, gint64 rows, gint64 cols)
{
  return p->batch > 0 ? TPO_SHAPE (p->batch, rows, cols) : TPO_SHAPE (rows, cols);
}

static void
check_attention (Kernels *self, TpoType q_type, TpoType k_type, Attention p)
{
  const guint kv_heads = p.n_kv_heads > 0 ? p.n_kv_heads : p.n_heads;
  g_autoptr (Case) c = case_new (
      self,
      "attention %s, %s, batch %d, %d × %d, %u/%u heads of %d, %d%s, position %d, keys %d, mask %u, skip %u",
      tpo_type_name (q_type), tpo_type_name (k_type), (int) p.batch, (int) p.n, (int) p.m,
      p.n_heads, kv_heads, (int) p.dk, (int) p.dv, p.causal ? ", causal" : "", p.position,
      p.n_keys, p.mask, p.skip);
  g_autoptr (HostTensor) q =
      host_random (self, q_type, shape_of (&p, p.n, p.n_heads * p.dk), FILL_NORMAL);
  g_autoptr (HostTensor) k =
      host_random (self, k_type, shape_of (&p, p.m, kv_heads * p.dk), FILL_NORMAL);
  g_autoptr (HostTensor) v =
      host_random (self, k_type, shape_of (&p, p.m, kv_heads * p.dv), FILL_NORMAL);
  g_autofree double *hidden = g_new0 (double, p.m);
  g_autoptr (HostTensor) mask = NULL, position = host_int (p.position),
                         n_keys = host_int (p.n_keys);
  g_autofree double *want = NULL;
  const float scale = 1 / sqrtf ((float) p.dk);
  TpoAttention params = {
    .n_heads = p.n_heads,
    .n_kv_heads = p.n_kv_heads,
    .scale = scale,
    .causal = p.causal,
    .skip_values = p.skip,
  };

  for (gint64 j = 0; j < p.m; j++)
    hidden[j] = p.mask == 2 || j % 3 == 1 ? -INFINITY : j % 3 == 2 ? -0.75 : 0;
  mask = host_new (TPO_F32, TPO_SHAPE (p.m), hidden);
  want = attend (&p, q, k, v, hidden, (double) scale);
  if (p.position >= 0)
    params.position = case_input (c, position);
  if (p.n_keys >= 0)
    params.n_keys = case_input (c, n_keys);
  if (p.mask > 0)
    params.mask = case_input (c, mask);
  /* Scores of some units are off by 1e-6, which e^x makes a share of the weights; then a sum of M. */
  case_check (c,
              tpo_attention (c->graph, case_input (c, q), case_input (c, k), case_input (c, v),
                             &params),
              want, (Tolerance){ 6e-6, 3e-6 });
}

static void
test_attention (Kernels *self)
{
  static const Attention cases[] = {
    { 0, 1, 1, 1, 0, 4, 4, FALSE, -1, -1, 0, 0 },
    { 0, 7, 33, 2, 0, 16, 16, FALSE, -1, -1, 0, 0 },
    { 3, 5, 20, 4, 0, 8, 12, FALSE, -1, -1, 0, 0 },
    { 2, 37, 65, 3, 0, 64, 64, FALSE, -1, -1, 1, 0 },
    { 0, 130, 130, 2, 0, 32, 32, TRUE, -1, -1, 0, 0 },
    { 0, 9, 64, 4, 2, 16, 16, TRUE, 20, -1, 0, 0 },
    { 0, 1, 100, 8, 2, 16, 16, TRUE, 57, 58, 0, 0 },
    { 0, 1, 300, 4, 1, 128, 128, FALSE, -1, 1, 0, 0 },
    { 0, 3, 70, 2, 0, 20, 36, FALSE, -1, 51, 1, 0 },
    { 0, 12, 55, 8, 0, 32, 32, FALSE, -1, -1, 0, 45 },
    { 0, 4, 9, 1, 0, 256, 64, FALSE, -1, -1, 1, 2 },
    { 0, 16, 40, 1, 0, 64, 256, FALSE, -1, -1, 0, 0 },
    { 4, 49, 49, 2, 0, 16, 16, FALSE, -1, -1, 0, 0 },
    { 0, 11, 21, 2, 0, 6, 6, FALSE, -1, -1, 0, 0 },
    { 0, 96, 900, 2, 0, 64, 64, FALSE, -1, -1, 1, 0 },
    { 0, 1, 2048, 8, 2, 64, 64, TRUE, 1200, 1201, 0, 0 },
    { 2, 40, 700, 2, 1, 20, 12, TRUE, 600, 640, 2, 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint t = 0; t < 4; t++)
      if (kernels_is_due (self, i, t, 4))
        check_attention (self, float_types[t / 2], float_types[t % 2], cases[i]);
}

/* Sizes that earn large tiles: long rows, windows, wide heads, and each of the options on top. */
static void
test_attention_long (Kernels *self)
{
  static const Attention cases[] = {
    { 0, 777, 783, 2, 0, 64, 64, FALSE, -1, -1, 0, 0 },
    { 9, 196, 196, 2, 0, 96, 96, FALSE, -1, -1, 0, 0 },
    { 0, 300, 530, 3, 0, 72, 72, FALSE, -1, -1, 0, 0 },
    { 0, 150, 600, 4, 2, 128, 128, TRUE, 300, 450, 0, 0 },
    { 0, 130, 540, 2, 0, 256, 256, FALSE, -1, -1, 1, 0 },
    { 0, 640, 650, 2, 0, 64, 64, FALSE, -1, 601, 1, 20 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_attention (self, float_types[i % 2], float_types[i / 2 % 2], cases[i]);
}

/* A query that sees nothing gives zeros, not NaN. */
static void
test_attention_masked (Kernels *self)
{
  for (guint t = 0; t < 2; t++) {
    check_attention (self, float_types[t], float_types[t],
                     (Attention){ 0, 5, 20, 2, 0, 16, 16, FALSE, -1, -1, 2, 0 });
    check_attention (self, float_types[t], float_types[t],
                     (Attention){ 0, 5, 20, 2, 0, 16, 16, FALSE, -1, 0, 0, 0 });
    check_attention (self, float_types[t], float_types[t],
                     (Attention){ 0, 1, 1100, 2, 0, 16, 16, FALSE, -1, -1, 2, 0 });
  }
}

static void
test_attention_refused (Kernels *self)
{
  g_autoptr (Case) c = case_new (self, "attention with too few key channels");
  g_autoptr (HostTensor) q = host_random (self, TPO_F32, TPO_SHAPE (4, 16), FILL_NORMAL);
  g_autoptr (HostTensor) k = host_random (self, TPO_F32, TPO_SHAPE (4, 12), FILL_NORMAL);

  tpo_attention (c->graph, case_input (c, q), case_input (c, k), case_input (c, k),
                 &(TpoAttention){ .n_heads = 2, .scale = 1 });
  case_check_refused (c, "attention");
}

const KernelTest tests_attention[] = {
  { "attention", { "attention", "attention_shared", "attention_merge" }, test_attention },
  { "attention-long",
    { "attention", "attention_shared", "attention_merge" },
    test_attention_long },
  { "attention-masked",
    { "attention", "attention_shared", "attention_merge" },
    test_attention_masked },
  { "attention-refused", { "attention" }, test_attention_refused },
  { NULL },
};
