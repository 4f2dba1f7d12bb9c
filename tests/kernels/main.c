#include "config.h"

#include <stdio.h>

#include "kernel-test.h"
#include "nn/op-bench.h"
#include "nn/op-table.h"

/*
 * Checks and times the operators: every row of the operator table against plain C in double.
 * Without options it is a GLib test program. See --help.
 */

static const KernelTest *const families[] = {
  tests_elementwise, tests_move,   tests_norm,    tests_position, tests_reduce,
  tests_sample,      tests_resize, tests_spatial, tests_linear,   tests_attention,
};

typedef struct {
  char *device;
  char *op;
  gint64 seed;
  gboolean list;
  gboolean bench;
  gboolean as_json;
  gboolean as_tsv;
  gboolean quick;
  gboolean validate;
  gboolean staging;
  gboolean storage_reads;
} Options;

static gboolean
covers (const KernelTest *test, const char *op)
{
  for (guint i = 0; i < G_N_ELEMENTS (test->ops) && test->ops[i] != NULL; i++)
    if (g_str_equal (test->ops[i], op))
      return TRUE;
  return FALSE;
}

static gboolean
is_covered (const char *op)
{
  for (guint f = 0; f < G_N_ELEMENTS (families); f++)
    for (const KernelTest *test = families[f]; test->name != NULL; test++)
      if (covers (test, op))
        return TRUE;
  return FALSE;
}

typedef struct {
  TpoFigureFormat format;
  guint n;
} Printer;

static void
print_figure (const TpoOpFigure *figure, gpointer user_data)
{
  Printer *printer = user_data;
  g_autofree char *text = tpo_op_figure_to_string (figure, printer->format);

  if (printer->format == TPO_FIGURE_JSON)
    printf ("%s%s", printer->n > 0 ? ",\n" : "", text);
  else
    printf ("%s\n", text);
  printer->n++;
  fflush (stdout);
}

static int
bench (TpoDevice *device, const Options *options)
{
  const TpoDeviceInfo *info = tpo_device_get_info (device);
  Printer printer = { .format = options->as_json  ? TPO_FIGURE_JSON
                                : options->as_tsv ? TPO_FIGURE_TSV
                                                  : TPO_FIGURE_TEXT };
  g_autoptr (GError) error = NULL;
  gboolean ok;

  if (options->as_json)
    printf ("[\n");
  else if (!options->as_tsv)
    printf ("%s, %s; × is against the calibration kernel\n", info->name, info->driver);
  ok = tpo_op_bench (device, options->op, NULL, print_figure, &printer, &error);
  if (options->as_json)
    printf ("\n]\n");
  if (!ok)
    fprintf (stderr, "%s\n", error->message);
  return ok && printer.n > 0 ? 0 : 1;
}

/* A row without a test is a failure. */
static void
test_table (void)
{
  for (guint i = 0; i < TPO_OP_COUNT; i++) {
    const char *name = tpo_op_row (i)->name;

    if (name == NULL) {
      g_test_message ("operator %u has no row", i);
      g_test_fail ();
    } else if (!is_covered (name)) {
      g_test_message ("no test names %s", name);
      g_test_fail ();
    }
  }
}

typedef struct {
  Kernels *kernels;
  const KernelTest *test;
  guint32 seed;
} Running;

static void
run_test (gconstpointer data)
{
  const Running *running = data;
  Kernels *kernels = running->kernels;

  /* A test alone gets the inputs that it gets among all. */
  g_rand_set_seed (kernels->rand, running->seed ^ g_str_hash (running->test->name));
  kernels->n_cases = 0;
  kernels->worst = 0;
  g_clear_pointer (&kernels->worst_case, g_free);
  running->test->run (kernels);
  g_test_message ("%u cases, worst error %.2g of the tolerance (%s)", kernels->n_cases,
                  kernels->worst, kernels->worst_case != NULL ? kernels->worst_case : "none");
}

/* @names: operators and tests, with commas between; NULL for all */
static gboolean
is_wanted (const KernelTest *test, const char *const *names)
{
  for (; names != NULL && *names != NULL; names++)
    if (g_str_equal (*names, test->name) || covers (test, *names))
      return TRUE;
  return names == NULL;
}

static void
add_tests (Kernels *kernels, const char *names, guint32 seed)
{
  g_auto (GStrv) wanted = names != NULL ? g_strsplit (names, ",", -1) : NULL;

  g_test_add_func ("/kernels/table", test_table);
  for (guint f = 0; f < G_N_ELEMENTS (families); f++)
    for (const KernelTest *test = families[f]; test->name != NULL; test++) {
      g_autofree char *path = g_strconcat ("/kernels/", test->name, NULL);
      Running *running;

      if (!is_wanted (test, (const char *const *) wanted))
        continue;
      running = g_new (Running, 1);
      running->kernels = kernels;
      running->test = test;
      running->seed = seed;
      g_test_add_data_func_full (path, running, run_test, g_free);
    }
}

static void
list_ops (void)
{
  for (guint i = 0; i < TPO_OP_COUNT; i++)
    printf ("%s\n", tpo_op_row (i)->name);
}

static gboolean
parse (int *argc, char ***argv, Options *options)
{
  const GOptionEntry entries[] = {
    { "device", 0, 0, G_OPTION_ARG_STRING, &options->device, "Device index, name or kind",
      "NAME" },
    { "op", 0, 0, G_OPTION_ARG_STRING, &options->op, "Only these operators or tests",
      "NAME,…" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &options->seed, "Seed of the inputs", "N" },
    { "list", 0, 0, G_OPTION_ARG_NONE, &options->list, "Print the operator table", NULL },
    { "bench", 0, 0, G_OPTION_ARG_NONE, &options->bench, "Time the operators instead", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->as_json, "Figures as JSON", NULL },
    { "tsv", 0, 0, G_OPTION_ARG_NONE, &options->as_tsv, "Figures as tab-separated values",
      NULL },
    { "quick", 0, 0, G_OPTION_ARG_NONE, &options->quick, "Fewer combinations of types", NULL },
    { "validate", 0, 0, G_OPTION_ARG_NONE, &options->validate, "Fail on validation errors",
      NULL },
    { "staging", 0, 0, G_OPTION_ARG_NONE, &options->staging, "Pretend device memory is remote",
      NULL },
    { "storage-reads", 0, 0, G_OPTION_ARG_NONE, &options->storage_reads,
      "Lay work out as for a GPU, without texel buffers", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- check and time operators");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  /* What is left belongs to GLib's test program. */
  g_option_context_set_ignore_unknown_options (context, TRUE);
  if (g_option_context_parse (context, argc, argv, &error))
    return TRUE;
  fprintf (stderr, "%s\n", error->message);
  return FALSE;
}

int
main (int argc, char **argv)
{
  Options options = { .seed = 1 };
  TpoDeviceOptions device_options = { 0 };
  g_autoptr (TpoDevice) device = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) rand = NULL;
  Kernels kernels = { 0 };
  int status;

  if (!parse (&argc, &argv, &options))
    return 2;
  if (options.list) {
    list_ops ();
    return 0;
  }
  device_options.selector = options.device;
  device_options.validate = options.validate;
  device_options.force_staging = options.staging;
  device_options.force_storage_reads = options.storage_reads;
  device = tpo_device_open (&device_options, &error);
  if (device == NULL) {
    fprintf (stderr, "%s\n", error->message);
    return 1;
  }
  if (options.bench)
    return bench (device, &options);
  g_test_init (&argc, &argv, NULL);
  rand = g_rand_new_with_seed ((guint32) options.seed);
  kernels.device = device;
  kernels.rand = rand;
  kernels.is_quick = options.quick;
  g_test_message ("%s, %s, seed %" G_GINT64_FORMAT, tpo_device_get_info (device)->name,
                  tpo_device_get_info (device)->driver, options.seed);
  add_tests (&kernels, options.op, (guint32) options.seed);
  status = g_test_run ();
  g_free (kernels.worst_case);
  g_free (options.device);
  g_free (options.op);
  return status;
}
