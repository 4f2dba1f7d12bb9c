#include "config.h"

#include <stdio.h>

#include "cli/bench-model.h"
#include "cli/bench-stages.h"
#include "cli/bench-text.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "models/bench/towers.h"
#include "nn/op-bench.h"

typedef struct {
  char *device, *model, *op, *models, *part;
  int n_prompt, n_generated, n_runs, memory_mb;
  gboolean by_stage, as_json, as_tsv;
} Options;

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

/* @kind: of the case, where figures are for programs */
static void
print_ms (Printer *printer, const char *kind, const char *name, const char *ms)
{
  g_autofree char *text = NULL;

  if (printer->format == TPO_FIGURE_JSON)
    text = g_strdup_printf ("{ \"name\": \"%s\", \"ms\": %s }", name, ms);
  else if (printer->format == TPO_FIGURE_TSV)
    text = g_strdup_printf ("%s%s\tms\t%s", kind, name, ms);
  else
    text = g_strdup_printf ("%-44s %10s ms", name, ms);
  print_line (printer, text);
}

static void
on_model_figure (const char *name, double ms, gpointer user_data)
{
  Printer *printer = user_data;
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, "%.1f", ms);
  print_ms (printer, "model:", name, number);
}

static void
on_tower_figure (const char *name, double ms, gpointer user_data)
{
  Printer *printer = user_data;
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, "%.1f", ms);
  print_ms (printer, "op:", name, number);
}

/* "a-q4_0" and "pp128" are the case llm.a.q4_0.pp128. */
static void
on_text_figure (const TpoTextFigure *figure, gpointer user_data)
{
  Printer *printer = user_data;
  char best[G_ASCII_DTOSTR_BUF_SIZE], mean[G_ASCII_DTOSTR_BUF_SIZE];
  char deviation[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *name = g_strdelimit (g_strdup (figure->model), "-", '.');
  g_autofree char *text = NULL;

  g_ascii_formatd (best, sizeof best, "%.2f", figure->best);
  g_ascii_formatd (mean, sizeof mean, "%.2f", figure->mean);
  g_ascii_formatd (deviation, sizeof deviation, "%.2f", figure->deviation);
  if (printer->format == TPO_FIGURE_JSON)
    text = g_strdup_printf ("{ \"name\": \"llm.%s.%s\", \"tokens_per_s\": %s, "
                            "\"mean\": %s, \"deviation\": %s }",
                            name, figure->test, best, mean, deviation);
  else if (printer->format == TPO_FIGURE_TSV)
    text = g_strdup_printf ("llm.%s.%s\ttok/s\t%s", name, figure->test, best);
  else
    text = g_strdup_printf ("| %-30s | %8s | %10s ± %-7s t/s |  best %s", figure->model,
                            figure->test, mean, deviation, best);
  print_line (printer, text);
}

static void
on_stage_figure (const TpoStageFigure *figure, gpointer user_data)
{
  Printer *printer = user_data;
  g_autofree char *text = tpo_stage_figure_to_string (figure, printer->format);

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

static gboolean
run_operators (TpoDevice *device, const Options *options, Printer *printer, GError **error)
{
  if (printer->format == TPO_FIGURE_TEXT)
    printf ("Best time of each operator, median and spread; × counts in times of the "
            "calibration kernel.\n");
  return tpo_op_bench (device, options->op, NULL, on_op_figure, printer, error) &&
         tpo_tower_bench (device, options->op, on_tower_figure, printer, error) &&
         tpo_bench_made_up_text (device, options->op, on_text_figure, printer, error);
}

/* What a person waits for, or with --stages what each stage costs. */
static gboolean
run_video (TpoDevice *device, const Options *options, const char *model, char **arguments,
           Printer *printer, GError **error)
{
  static const char *const usual[] = { "What is happening in the video?", NULL };
  const char *const *questions =
      arguments[1] != NULL ? (const char *const *) arguments + 1 : usual;
  g_autoptr (TpoVideo) video = NULL;

  if (!options->by_stage)
    return tpo_bench_model (device, model, arguments[0], questions, on_model_figure, printer,
                            error);
  video = tpo_video_open (arguments[0], NULL, NULL, error);
  return video != NULL && tpo_stages_run (device, model, video, questions[0], options->part,
                                          on_stage_figure, printer, error);
}

/* @arguments: VIDEO and questions, or nothing. */
static gboolean
run (TpoDevice *device, const Options *options, char **arguments, Printer *printer,
     GError **error)
{
  const TpoTextBench text = { (guint) MAX (0, options->n_prompt),
                              (guint) MAX (0, options->n_generated),
                              (guint) MAX (0, options->n_runs) };
  g_autofree char *model = NULL;

  if (options->models != NULL)
    return tpo_bench_text_folder (device, options->models, &text, on_text_figure, printer,
                                  error);
  if (arguments[0] == NULL && text.n_prompt == 0 && text.n_generated == 0)
    return run_operators (device, options, printer, error);
  model = tpo_cli_model_path (options->model, error);
  if (model == NULL)
    return FALSE;
  if (arguments[0] == NULL)
    return tpo_bench_text (device, model, &text, on_text_figure, printer, error);
  return run_video (device, options, model, arguments, printer, error);
}

int
tpo_cli_bench (int argc, char **argv)
{
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "device", 'd', 0, G_OPTION_ARG_STRING, &options.device,
      "Vulkan device: number, kind or part of the name", "DEVICE" },
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &options.model,
      "GGUF model (default: the bundled one)", "FILE" },
    { "op", 0, 0, G_OPTION_ARG_STRING, &options.op,
      "Only operators and sizes whose name contains this", "NAME" },
    { "pp", 0, 0, G_OPTION_ARG_INT, &options.n_prompt,
      "Time the language model: N tokens of a prompt, read at once", "N" },
    { "tg", 0, 0, G_OPTION_ARG_INT, &options.n_generated,
      "Time the language model: N tokens, written one by one", "N" },
    { "runs", 'r', 0, G_OPTION_ARG_INT, &options.n_runs,
      "How often a language model is timed (default: 5)", "N" },
    { "models", 0, 0, G_OPTION_ARG_FILENAME, &options.models,
      "Time all language models of a folder", "FOLDER" },
    { "stages", 0, 0, G_OPTION_ARG_NONE, &options.by_stage,
      "With a video: time and device memory of each stage, heads included", NULL },
    { "part", 0, 0, G_OPTION_ARG_STRING, &options.part,
      "With --stages: only words, masks or moments", "PART" },
    { "memory", 0, 0, G_OPTION_ARG_INT, &options.memory_mb,
      "Act as if the device had MB megabytes of memory", "MB" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, "Print JSON", NULL },
    { "tsv", 0, 0, G_OPTION_ARG_NONE, &options.as_tsv, "Print tab-separated values", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoDevice) device = NULL;
  Printer printer = { 0 };
  gboolean ok;

  if (!tpo_cli_parse (
          &argc, &argv, entries, "[VIDEO [QUESTION…]]",
          "Times the operators at sizes that models use, encoders of pictures and a small language "
          "model of made-up weights; or, with --pp and --tg, a language model; or, with a video, "
          "how long a person waits for a model's answers.",
          0, 64))
    return 2;
  device = tpo_cli_open_device_within (options.device,
                                       (guint64) MAX (0, options.memory_mb) * 1000000, &error);
  if (device == NULL)
    return tpo_cli_fail (error);
  printer.format = options.as_json  ? TPO_FIGURE_JSON
                   : options.as_tsv ? TPO_FIGURE_TSV
                                    : TPO_FIGURE_TEXT;
  print_head (tpo_device_get_info (device), printer.format);
  ok = run (device, &options, argv + 1, &printer, &error);
  if (options.as_json)
    printf ("\n  ]\n}\n");
  if (!ok)
    return tpo_cli_fail (error);
  if (printer.n > 0)
    return 0;
  fprintf (stderr, "tpo bench: nothing fits.\n");
  return 1;
}
