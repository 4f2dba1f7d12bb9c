#include "config.h"

#include <string.h>

#include "nn/graph-private.h"
#include "nn/op-bench-cases.h"
#include "nn/op-bench.h"

/* A case runs for about this long, but at least, and at most, so many times. */
#define ENOUGH_US 2e5
#define LEAST_RUNS 3
#define MOST_RUNS 64

static int
by_value (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static TpoTensor *
build_calibration (TpoGraph *g, const TpoOpCase *self)
{
  TpoTensor *x = tpo_graph_input (g, "x", TPO_F32, TPO_SHAPE (4 << 20));

  return tpo_affine (g, x, 2, 1, -G_MAXFLOAT, G_MAXFLOAT);
}

/* Device time of the last run, all nodes together. */
static double
run_us (TpoGraph *g)
{
  g_autoptr (GArray) timings = tpo_graph_get_timings (g);
  double us = 0;

  for (guint i = 0; i < timings->len; i++)
    us += g_array_index (timings, TpoOpTiming, i).us;
  return us;
}

/* Operands and results of all nodes, each once. */
static void
count_work (TpoGraph *g, TpoOpFigure *figure)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < g->nodes->len; i++) {
    const TpoNode *node = g->nodes->pdata[i];
    guint n = tpo_op_row (node->desc.op)->n_bindings - 1;

    figure->flops += node->desc.flops;
    for (guint k = 0; k <= n; k++) {
      TpoTensor *tensor = k < n ? node->desc.operands[k] : node->result;

      if (tensor != NULL && g_hash_table_add (seen, tensor->root))
        figure->bytes += (double) tensor->root->size;
    }
  }
}

static gboolean
time_graph (TpoGraph *g, TpoOpFigure *figure, GCancellable *cancellable, GError **error)
{
  double times[MOST_RUNS], total = 0;
  guint n = 0;

  /* The first run compiles and touches memory. */
  if (!tpo_graph_run (g, cancellable, error))
    return FALSE;
  while (n < LEAST_RUNS || (n < MOST_RUNS && total < ENOUGH_US)) {
    if (!tpo_graph_run (g, cancellable, error))
      return FALSE;
    times[n] = run_us (g);
    total += times[n++];
  }
  qsort (times, n, sizeof *times, by_value);
  figure->n_runs = n;
  figure->best_us = times[0];
  figure->median_us = times[n / 2];
  figure->spread_us = (times[n * 3 / 4] - times[n / 4]) / 2;
  return TRUE;
}

static TpoGraph *
prepare (TpoDevice *device, const TpoOpCase *test, GError **error)
{
  g_autoptr (TpoGraph) g = tpo_graph_new (device, test->name);

  tpo_graph_set_timing (g, TRUE);
  tpo_graph_output (g, test->build (g, test));
  if (!tpo_graph_compile (g, error))
    return NULL;
  return g_steal_pointer (&g);
}

static gboolean
bench_case (TpoDevice *device, TpoGraph *calibration, const TpoOpCase *test,
            GCancellable *cancellable, TpoOpFigure *figure, GError **error)
{
  g_autoptr (TpoGraph) g = prepare (device, test, error);
  TpoOpFigure unit = { 0 };

  if (g == NULL || !time_graph (calibration, &unit, cancellable, error))
    return FALSE;
  figure->name = test->name;
  figure->op = test->op;
  count_work (g, figure);
  if (!time_graph (g, figure, cancellable, error))
    return FALSE;
  figure->calibrations = unit.best_us > 0 ? figure->best_us / unit.best_us : 0;
  return TRUE;
}

static gboolean
is_wanted (const TpoOpCase *test, const char *filter)
{
  return filter == NULL || g_str_equal (test->op, filter) ||
         strstr (test->name, filter) != NULL;
}

gboolean
tpo_op_bench (TpoDevice *device, const char *filter, GCancellable *cancellable,
              TpoOpFigureFunc func, gpointer user_data, GError **error)
{
  const TpoOpCase unit = { .name = "calibration", .op = "affine", .build = build_calibration };
  g_autoptr (TpoGraph) calibration = prepare (device, &unit, error);

  if (calibration == NULL)
    return FALSE;
  for (const TpoOpCase *test = tpo_op_cases (); test->name != NULL; test++) {
    g_autoptr (GError) problem = NULL;
    TpoOpFigure figure = { 0 };

    if (!is_wanted (test, filter))
      continue;
    if (bench_case (device, calibration, test, cancellable, &figure, &problem)) {
      func (&figure, user_data);
      continue;
    }
    if (g_error_matches (problem, TPO_ERROR, TPO_ERROR_NO_MEMORY) ||
        g_error_matches (problem, TPO_ERROR, TPO_ERROR_UNSUPPORTED))
      continue;
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  return TRUE;
}

char *
tpo_op_figure_to_string (const TpoOpFigure *self, TpoFigureFormat format)
{
  const double gb_per_s = self->bytes / (self->best_us * 1e3);
  const double gflop_per_s = self->flops / (self->best_us * 1e3);
  char numbers[6][G_ASCII_DTOSTR_BUF_SIZE];

  switch (format) {
  case TPO_FIGURE_TSV:
    return g_strdup_printf (
        "op:%s\tms\t%s", self->name,
        g_ascii_formatd (numbers[0], sizeof numbers[0], "%.4f", self->best_us / 1e3));
  case TPO_FIGURE_JSON:
    return g_strdup_printf (
        "{ \"name\": \"%s\", \"op\": \"%s\", \"n_runs\": %u, \"best_us\": %s, \"median_us\": %s, "
        "\"spread_us\": %s, \"gb_per_s\": %s, \"gflop_per_s\": %s, \"calibrations\": %s }",
        self->name, self->op, self->n_runs,
        g_ascii_formatd (numbers[0], sizeof numbers[0], "%.2f", self->best_us),
        g_ascii_formatd (numbers[1], sizeof numbers[1], "%.2f", self->median_us),
        g_ascii_formatd (numbers[2], sizeof numbers[2], "%.2f", self->spread_us),
        g_ascii_formatd (numbers[3], sizeof numbers[3], "%.4f", gb_per_s),
        g_ascii_formatd (numbers[4], sizeof numbers[4], "%.4f", gflop_per_s),
        g_ascii_formatd (numbers[5], sizeof numbers[5], "%.4f", self->calibrations));
  case TPO_FIGURE_TEXT:
    break;
  }
  if (self->flops > 0)
    return g_strdup_printf ("%-44s %10.1f µs, median %10.1f ± %.1f  %8.2f GFLOP/s  × %.3f",
                            self->name, self->best_us, self->median_us, self->spread_us,
                            gflop_per_s, self->calibrations);
  return g_strdup_printf ("%-44s %10.1f µs, median %10.1f ± %.1f  %8.2f GB/s     × %.3f",
                          self->name, self->best_us, self->median_us, self->spread_us, gb_per_s,
                          self->calibrations);
}
