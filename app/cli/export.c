#include "config.h"

#include <stdio.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "formats/tpo-export.h"

typedef struct {
  char *project, *format, *output;
  gboolean as_json;
  TpoExportOptions options;
} Arguments;

static void
print_formats (FILE *stream)
{
  guint n_formats;
  const TpoFormat *const *formats = tpo_formats (&n_formats);

  for (guint i = 0; i < n_formats; i++)
    if (formats[i]->write != NULL)
      fprintf (stream, "  %-14s %s\n", formats[i]->id, formats[i]->title);
}

static void
print_report (const Arguments *arguments, const TpoLossReport *report)
{
  g_autofree char *losses = tpo_loss_report_to_text (report);
  g_autoptr (JsonBuilder) json = NULL;

  if (!arguments->as_json) {
    printf ("%s\n", arguments->output);
    fprintf (stderr, "%s", losses);
    return;
  }
  json = json_builder_new ();
  json_builder_begin_object (json);
  tpo_cli_json_string (json, "format", arguments->format);
  tpo_cli_json_string (json, "output", arguments->output);
  tpo_cli_json_losses (json, report);
  json_builder_end_object (json);
  tpo_cli_print_json (json);
}

static int
run (const Arguments *arguments, const TpoFormat *format)
{
  g_autoptr (GFile) target = g_file_new_for_commandline_arg (arguments->output);
  g_autoptr (TpoLossReport) report = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoStore) store = tpo_store_open (arguments->project, TPO_STORE_READ_ONLY, &error);

  if (store == NULL ||
      !tpo_export (store, format, target, &arguments->options, &report, NULL, &error))
    return tpo_cli_fail (error);
  print_report (arguments, report);
  return 0;
}

int
tpo_cli_export (int argc, char **argv)
{
  Arguments arguments = { 0 };
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &arguments.project, "Project to read", "FILE" },
    { "format", 'f', 0, G_OPTION_ARG_STRING, &arguments.format, "As “tpo formats” lists them",
      "FORMAT" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &arguments.output, "File or folder to write",
      "FILE" },
    { "reviewed-videos", 0, 0, G_OPTION_ARG_NONE, &arguments.options.videos.is_reviewed,
      "Only videos that are marked as reviewed", NULL },
    { "reviewed-only", 0, 0, G_OPTION_ARG_NONE, &arguments.options.reviewed_only,
      "Leave out what nobody accepted, corrected or made", NULL },
    { "with-discarded", 0, 0, G_OPTION_ARG_NONE, &arguments.options.with_discarded,
      "Also what was found wrong, marked so (tpo-instruct)", NULL },
    { "polygons", 0, 0, G_OPTION_ARG_NONE, &arguments.options.polygons,
      "Outlines instead of run lengths where a mask has no holes (coco)", NULL },
    { "keyframes-only", 0, 0, G_OPTION_ARG_NONE, &arguments.options.keyframes_only,
      "No boxes interpolated between keyframes (coco)", NULL },
    { "zero-based", 0, 0, G_OPTION_ARG_NONE, &arguments.options.zero_based,
      "Count pixels from 0, not from 1 (motchallenge)", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &arguments.as_json, "Report as JSON", NULL },
    { NULL },
  };
  const TpoFormat *format;
  int status = 2;

  if (!tpo_cli_parse (&argc, &argv, entries, "",
                      "Writes a project's labels in an exchange format, and beside it what the "
                      "format could not take.",
                      0, 0)) {
    /* It has said why. */
  } else if (arguments.project == NULL || arguments.format == NULL ||
             arguments.output == NULL) {
    fprintf (stderr, "tpo export: --project, --format and --output are needed\n");
  } else if ((format = tpo_format_find (arguments.format)) == NULL || format->write == NULL) {
    fprintf (stderr, "tpo export: there is no format “%s”; there are\n", arguments.format);
    print_formats (stderr);
  } else {
    status = run (&arguments, format);
  }
  g_free (arguments.project);
  g_free (arguments.format);
  g_free (arguments.output);
  return status;
}
