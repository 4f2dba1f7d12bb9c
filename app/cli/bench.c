#include "config.h"

#include <stdio.h>

#include "cli/bench-model.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "nn/op-bench.h"

typedef struct {
  TpoFigureFormat format;
  guint n;
} Printer;

static void
print_line (Printer *printer, const char *text)
{
  if (printer->format == TPO_FIGURE_JSON)
    printf ("%s    %s", printer->n > 0 ? ",\n" : "", text);
  else
    printf ("%s\n", text);
  printer->n++;
  fflush (stdout);
}

static void
on_op_figure (const TpoOpFigure *figure, gpointer user_data)
{
  Printer *printer = user_data;
  g_autofree char *text = tpo_op_figure_to_string (figure, printer->format);

  print_line (printer, text);
}

static void
on_model_figure (const char *name, double ms, gpointer user_data)
{
  Printer *printer = user_data;
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *text = NULL;

  g_ascii_formatd (number, sizeof number, "%.1f", ms);
  if (printer->format == TPO_FIGURE_JSON)
    text = g_strdup_printf ("{ \"name\": \"%s\", \"ms\": %s }", name, number);
  else if (printer->format == TPO_FIGURE_TSV)
    text = g_strdup_printf ("model:%s\tms\t%s", name, number);
  else
    text = g_strdup_printf ("%-44s %10s ms", name, number);
  print_line (printer, text);
}

/* Device names come from drivers; what JSON would trip over is left out. */
static char *
json_text (const char *text)
{
  return g_strcanon (
      g_strdup (text),
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,;:()+-_/", ' ');
}

static void
print_head (const TpoDeviceInfo *info, TpoFigureFormat format)
{
  g_autofree char *name = json_text (info->name);
  g_autofree char *driver = json_text (info->driver);

  if (format == TPO_FIGURE_JSON)
    printf ("{\n  \"device\": \"%s\",\n  \"driver\": \"%s\",\n  \"figures\": [\n", name,
            driver);
  else if (format == TPO_FIGURE_TEXT)
    printf ("%s, %s\n", info->name, info->driver);
}

/* @arguments: VIDEO and questions, or nothing: then operators are timed. */
static gboolean
run (TpoDevice *device, const char *op, const char *given_model, char **arguments,
     Printer *printer, GError **error)
{
  static const char *const usual[] = { "What is happening in the video?", NULL };
  g_autofree char *model = NULL;

  if (arguments[0] == NULL) {
    if (printer->format == TPO_FIGURE_TEXT)
      printf ("Best time of each operator, median and spread; × counts in times of the "
              "calibration kernel.\n");
    return tpo_op_bench (device, op, NULL, on_op_figure, printer, error);
  }
  model = tpo_cli_model_path (given_model, error);
  return model != NULL &&
         tpo_bench_model (device, model, arguments[0],
                          arguments[1] != NULL ? (const char *const *) arguments + 1 : usual,
                          on_model_figure, printer, error);
}

int
tpo_cli_bench (int argc, char **argv)
{
  gboolean as_json = FALSE, as_tsv = FALSE;
  g_autofree char *selector = NULL, *op = NULL, *model = NULL;
  const GOptionEntry entries[] = {
    { "device", 'd', 0, G_OPTION_ARG_STRING, &selector,
      "Vulkan device: number, kind or part of the name", "DEVICE" },
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &model, "GGUF model (default: the bundled one)",
      "FILE" },
    { "op", 0, 0, G_OPTION_ARG_STRING, &op, "Only operators and sizes whose name contains this",
      "NAME" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print JSON", NULL },
    { "tsv", 0, 0, G_OPTION_ARG_NONE, &as_tsv, "Print tab-separated values", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoDevice) device = NULL;
  Printer printer = { 0 };
  gboolean ok;

  if (!tpo_cli_parse (
          &argc, &argv, entries, "[VIDEO [QUESTION…]]",
          "Times the operators at sizes that models use; or, with a video, how long a "
          "person waits for a model's answers.",
          0, 64))
    return 2;
  device = tpo_cli_open_device (selector, &error);
  if (device == NULL)
    return tpo_cli_fail (error);
  printer.format = as_json ? TPO_FIGURE_JSON : as_tsv ? TPO_FIGURE_TSV : TPO_FIGURE_TEXT;
  print_head (tpo_device_get_info (device), printer.format);
  ok = run (device, op, model, argv + 1, &printer, &error);
  if (as_json)
    printf ("\n  ]\n}\n");
  if (!ok)
    return tpo_cli_fail (error);
  if (printer.n > 0)
    return 0;
  fprintf (stderr, "tpo bench: no operator or size has %s in its name.\n", op);
  return 1;
}
