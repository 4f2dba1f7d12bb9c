#include "config.h"

#include <stdio.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "nn/op-bench.h"

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
    printf ("%s    %s", printer->n > 0 ? ",\n" : "", text);
  else
    printf ("%s\n", text);
  printer->n++;
  fflush (stdout);
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
    printf ("%s, %s; the last column counts in times of the calibration kernel\n", info->name,
            info->driver);
}

int
tpo_cli_bench (int argc, char **argv)
{
  gboolean as_json = FALSE, as_tsv = FALSE;
  g_autofree char *selector = NULL, *op = NULL;
  const GOptionEntry entries[] = {
    { "device", 0, 0, G_OPTION_ARG_STRING, &selector, "Device index, name or kind", "NAME" },
    { "op", 0, 0, G_OPTION_ARG_STRING, &op, "Only cases whose name contains this", "NAME" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print JSON", NULL },
    { "tsv", 0, 0, G_OPTION_ARG_NONE, &as_tsv, "Print tab-separated values", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoDevice) device = NULL;
  Printer printer = { 0 };
  gboolean ok;

  if (!tpo_cli_parse (&argc, &argv, entries, "",
                      "Times the operators at sizes that models use, on one device.", 0, 0))
    return 2;
  device = tpo_cli_open_device (selector, &error);
  if (device == NULL)
    return tpo_cli_fail (error);
  printer.format = as_json ? TPO_FIGURE_JSON : as_tsv ? TPO_FIGURE_TSV : TPO_FIGURE_TEXT;
  print_head (tpo_device_get_info (device), printer.format);
  ok = tpo_op_bench (device, op, NULL, print_figure, &printer, &error);
  if (as_json)
    printf ("\n  ]\n}\n");
  if (!ok)
    return tpo_cli_fail (error);
  if (printer.n > 0)
    return 0;
  fprintf (stderr, "tpo bench: no case is called %s.\n", op);
  return 1;
}
