#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <tpo/parity.h>

#include "cli/cli.h"
#include "cli/commands.h"

typedef struct {
  char *selector; /* of the device */
  char *type;     /* storage, by name */
  gboolean is_verbose;
  gboolean as_json;
} Arguments;

static gboolean
parse_storage (const char *name, TpoParityStorage *storage)
{
  for (guint i = 0; i < TPO_PARITY_STORAGE_COUNT; i++) {
    if (name == NULL || g_ascii_strcasecmp (name, tpo_parity_storage_name (i)) == 0) {
      *storage = i;
      return TRUE;
    }
  }
  return FALSE;
}

static void
print_item (const TpoParityItem *item, gboolean is_verbose)
{
  printf ("  %s  %-46s error %-10.3g  allowed %-10.3g", item->passed ? "ok  " : "FAIL",
          item->name, item->error, item->tolerance);
  if (is_verbose || !item->passed) {
    printf ("  %" G_GINT64_FORMAT " values", item->n_values);
    if (item->worst_at >= 0)
      printf (", worst at %" G_GINT64_FORMAT ": %.7g, stored %.7g", item->worst_at,
              item->actual, item->expected);
  }
  printf ("\n");
}

/* Results are always shown, intermediate tensors when they fail or when all is asked for. */
static void
print_report (const TpoParityReport *report, const char *storage, gboolean is_verbose)
{
  printf ("%s: %s, weights in %s\n", report->path, report->module, storage);
  for (guint i = 0; i < report->items->len; i++) {
    const TpoParityItem *item = g_ptr_array_index (report->items, i);

    if (is_verbose || !item->passed || !g_str_has_prefix (item->name, "mid."))
      print_item (item, is_verbose);
  }
  printf ("  %u of %u tensors agree\n", report->items->len - report->n_failed,
          report->items->len);
  if (report->n_skipped > 0)
    printf ("  %u stored results of training are not run\n", report->n_skipped);
}

/* JSON knows no infinity; an error that is not finite is null. */
static void
add_number (JsonBuilder *json, const char *member, double value)
{
  if (isfinite (value)) {
    tpo_cli_json_double (json, member, value);
  } else {
    json_builder_set_member_name (json, member);
    json_builder_add_null_value (json);
  }
}

static void
add_bool (JsonBuilder *json, const char *member, gboolean value)
{
  json_builder_set_member_name (json, member);
  json_builder_add_boolean_value (json, value);
}

static void
add_report (JsonBuilder *json, const TpoParityReport *report, const char *storage)
{
  json_builder_begin_object (json);
  tpo_cli_json_string (json, "path", report->path);
  tpo_cli_json_string (json, "module", report->module);
  tpo_cli_json_string (json, "type", storage);
  add_bool (json, "passed", report->n_failed == 0);
  tpo_cli_json_int (json, "training_results_not_run", report->n_skipped);
  json_builder_set_member_name (json, "tensors");
  json_builder_begin_array (json);
  for (guint i = 0; i < report->items->len; i++) {
    const TpoParityItem *item = g_ptr_array_index (report->items, i);

    json_builder_begin_object (json);
    tpo_cli_json_string (json, "name", item->name);
    tpo_cli_json_int (json, "values", item->n_values);
    add_number (json, "error", item->error);
    add_number (json, "tolerance", item->tolerance);
    tpo_cli_json_int (json, "worst_at", item->worst_at);
    add_number (json, "actual", item->actual);
    add_number (json, "expected", item->expected);
    add_bool (json, "passed", item->passed);
    json_builder_end_object (json);
  }
  json_builder_end_array (json);
  json_builder_end_object (json);
}

/* Runs every fixture, also after one that failed. Returns: whether all passed */
static gboolean
run_all (TpoDevice *device, char **paths, guint n, const TpoParityOptions *options,
         const Arguments *arguments, JsonBuilder *json)
{
  const char *storage = tpo_parity_storage_name (options->storage);
  gboolean all_passed = TRUE;

  for (guint i = 0; i < n; i++) {
    g_autoptr (TpoParityReport) report = NULL;
    g_autoptr (GError) error = NULL;

    if (!tpo_parity_run (device, paths[i], options, &report, &error)) {
      tpo_cli_fail (error);
      all_passed = FALSE;
      continue;
    }
    if (arguments->as_json)
      add_report (json, report, storage);
    else
      print_report (report, storage, arguments->is_verbose);
    if (report->n_failed > 0)
      all_passed = FALSE;
  }
  return all_passed;
}

static int
run (int argc, char **argv, Arguments *arguments)
{
  g_autoptr (TpoDevice) device = NULL;
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autoptr (GError) error = NULL;
  TpoParityOptions options = { 0 };
  gboolean passed;

  if (!parse_storage (arguments->type, &options.storage)) {
    fprintf (stderr, "tpo parity: --type must be f32, f16 or q8_0, not “%s”\n",
             arguments->type);
    return 2;
  }
  device = tpo_cli_open_device (arguments->selector, &error);
  if (device == NULL)
    return tpo_cli_fail (error);

  json_builder_begin_array (json);
  passed = run_all (device, argv + 1, (guint) argc - 1, &options, arguments, json);
  json_builder_end_array (json);
  if (arguments->as_json)
    tpo_cli_print_json (json);
  if (tpo_device_n_validation_errors (device) > 0) {
    fprintf (stderr, "tpo parity: the validation layer reported %u errors\n",
             tpo_device_n_validation_errors (device));
    passed = FALSE;
  }
  return passed ? 0 : 1;
}

int
tpo_cli_parity (int argc, char **argv)
{
  Arguments arguments = { 0 };
  const GOptionEntry entries[] = {
    { "device", 'd', 0, G_OPTION_ARG_STRING, &arguments.selector,
      "Device by number, name or kind (see “tpo devices”)", "DEVICE" },
    { "type", 't', 0, G_OPTION_ARG_STRING, &arguments.type,
      "How weights are held: f32 (default), f16 or q8_0", "TYPE" },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &arguments.is_verbose,
      "Show intermediate tensors and where the worst value lies", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &arguments.as_json, "Print JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  int status = 2;

  if (tpo_cli_parse (&argc, &argv, entries, "FIXTURE…",
                     "Runs networks on stored inputs and compares them with stored results:\n"
                     "a fixture's file, or the folder of a whole model.\n"
                     "The exit status is 0 when every tensor is within its tolerance.",
                     1, G_MAXINT))
    status = run (argc, argv, &arguments);
  g_free (arguments.selector);
  g_free (arguments.type);
  return status;
}
