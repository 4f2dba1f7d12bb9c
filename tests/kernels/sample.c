#include "config.h"

#include <math.h>

#include "kernel-test.h"

/*
 * A draw is right when its uniform number falls into the share that the reference gives to
 * the drawn id. Near the borders of shares either neighbour is right, since sums are in f32.
 */

typedef struct {
  gint64 id;
  double p;
} Candidate;

static int
by_probability (gconstpointer a, gconstpointer b)
{
  const Candidate *x = a, *y = b;

  if (x->p != y->p)
    return x->p < y->p ? 1 : -1;
  return x->id < y->id ? -1 : 1;
}

static double *
probabilities (const HostTensor *logits, const HostTensor *seen, const TpoSampling *params)
{
  double penalty = params->repetition_penalty > 0 ? (double) params->repetition_penalty : 1;
  double *p = g_memdup2 (logits->v, (gsize) logits->n * sizeof (double)), top = -INFINITY,
         sum = 0;

  for (gint64 i = 0; seen != NULL && i < seen->n; i++)
    if (seen->v[i] >= 0 && seen->v[i] < (double) logits->n) {
      gint64 id = (gint64) seen->v[i];

      p[id] = logits->v[id] > 0 ? logits->v[id] / penalty : logits->v[id] * penalty;
    }
  for (gint64 i = 0; i < logits->n; i++)
    top = MAX (top, p[i]);
  for (gint64 i = 0; i < logits->n; i++) {
    p[i] = exp ((p[i] - top) / (double) params->temperature);
    sum += p[i];
  }
  for (gint64 i = 0; i < logits->n; i++)
    p[i] /= sum;
  return p;
}

/* Sets the probabilities outside the smallest set that reaches top_p to zero. */
static void
keep_top (double *p, gint64 n, double top_p)
{
  g_autofree Candidate *sorted = g_new (Candidate, n);
  double sum = 0;

  for (gint64 i = 0; i < n; i++)
    sorted[i] = (Candidate){ i, p[i] };
  qsort (sorted, (gsize) n, sizeof *sorted, by_probability);
  for (gint64 i = 0; i < n; i++) {
    if (sum >= top_p)
      p[sorted[i].id] = 0;
    sum += sorted[i].p;
  }
}

static void
check_draw (Kernels *self, const HostTensor *logits, const HostTensor *seen,
            const TpoSampling *params, double drawn)
{
  g_autoptr (Case) c =
      case_new (self, "sample of %d at %g, top_p %g, penalty %g, drawn %g", (int) logits->n,
                (double) params->temperature, (double) params->top_p,
                (double) params->repetition_penalty, drawn);
  g_autoptr (HostTensor) uniform = host_new (TPO_F32, TPO_SHAPE (1), &drawn);
  g_autofree double *p = probabilities (logits, seen, params), *got = NULL;
  double total = 0, before = 0;
  const double slack = 3e-5;
  gint64 id;

  got = case_read (c, tpo_sample (c->graph, case_input (c, logits),
                                  seen != NULL ? case_input (c, seen) : NULL,
                                  case_input (c, uniform), params));
  if (got == NULL)
    return;
  if (params->top_p > 0 && params->top_p < 1)
    keep_top (p, logits->n, (double) params->top_p);
  id = (gint64) got[0];
  if (id < 0 || id >= logits->n || p[id] == 0) {
    case_fail (c, "drew %d, which is not in the set", (int) id);
    return;
  }
  for (gint64 i = 0; i < logits->n; i++) {
    total += p[i];
    before += i < id ? p[i] : 0;
  }
  if (drawn < before / total - slack || drawn > (before + p[id]) / total + slack)
    case_fail (c, "drew %d, whose share is %g … %g", (int) id, before / total,
               (before + p[id]) / total);
}

static void
test_sample (Kernels *self)
{
  static const gint64 sizes[] = { 1, 5, 127, 1000, 32005 };
  static const TpoSampling settings[] = {
    { 1, 0, 0 }, { 0.7f, 0.9f, 0 }, { 1.3f, 0.5f, 1.2f }, { 0.2f, 1, 1.5f }, { 1, 0.01f, 1 },
  };
  static const double draws[] = { 0, 0.31, 0.5, 0.87, 0.9999999 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (HostTensor) logits =
        host_uniform (self, TPO_F32, TPO_SHAPE (1, sizes[i]), -3, 6);
    g_autoptr (HostTensor) seen = host_random (self, TPO_I32, TPO_SHAPE (20), FILL_NORMAL);

    for (guint s = 0; s < G_N_ELEMENTS (settings); s++)
      for (guint d = 0; d < (sizes[i] > 1000 ? 2 : G_N_ELEMENTS (draws)); d++)
        check_draw (self, logits, seen, &settings[s], draws[d]);
  }
}

/* All equal: the lowest ids make the set, and the share of each is known. */
static void
test_sample_ties (Kernels *self)
{
  const TpoSampling params = { .temperature = 1, .top_p = 0.2445f };
  g_autoptr (HostTensor) logits = host_random (self, TPO_F32, TPO_SHAPE (1, 1000), FILL_EQUAL);

  for (double drawn = 0.001; drawn < 1; drawn += 0.22)
    check_draw (self, logits, NULL, &params, drawn);
}

static void
test_greedy (Kernels *self)
{
  const TpoSampling plain = { 0 }, penalised = { .repetition_penalty = 2 };
  const double values[] = { -1, 3, 2.5, -0.5, 2.5 }, ids[] = { 1, -7, 1, 900 };
  const double first = 1, second = 2, u = 0.5;
  g_autoptr (HostTensor) logits = host_new (TPO_F32, TPO_SHAPE (1, 5), values);
  g_autoptr (HostTensor) seen = host_new (TPO_I32, TPO_SHAPE (4), ids);
  g_autoptr (HostTensor) uniform = host_new (TPO_F32, TPO_SHAPE (1), &u);
  g_autoptr (Case) c = case_new (self, "greedy");
  g_autoptr (Case) p = case_new (self, "greedy with penalty");

  case_check (c,
              tpo_sample (c->graph, case_input (c, logits), case_input (c, seen),
                          case_input (c, uniform), &plain),
              &first, (Tolerance){ 0, 0 });
  /* 3 / 2 is below 2.5, whose lowest id wins. */
  case_check (p,
              tpo_sample (p->graph, case_input (p, logits), case_input (p, seen),
                          case_input (p, uniform), &penalised),
              &second, (Tolerance){ 0, 0 });
}

const KernelTest tests_sample[] = {
  { "sample", { "sample", "sample_weights" }, test_sample },
  { "sample-ties", { "sample", "sample_weights" }, test_sample_ties },
  { "sample-greedy", { "sample_weights", "argmax" }, test_greedy },
  { NULL },
};
