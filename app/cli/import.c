#include "config.h"

#include <stdio.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "formats/tpo-import.h"
#include "media/sequence-finder.h"

typedef struct {
  char *project, *format, *videos;
  double frame_rate;
  gboolean as_json, is_trial, is_zero_based;
} Arguments;

static void
print_json (const TpoFormat *format, const TpoImport *import)
{
  const TpoImportSummary *summary = tpo_import_get_summary (import);
  const TpoContents *contents = &summary->contents;
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  tpo_cli_json_string (json, "format", format->id);
  tpo_cli_json_int (json, "videos", contents->n_videos);
  tpo_cli_json_int (json, "new_videos", summary->n_new_videos);
  tpo_cli_json_int (json, "spans", contents->n_spans);
  tpo_cli_json_int (json, "box_tracks", contents->n_box_tracks);
  tpo_cli_json_int (json, "mask_tracks", contents->n_mask_tracks);
  tpo_cli_json_int (json, "keyframes", summary->n_keyframes);
  tpo_cli_json_int (json, "messages", contents->n_messages);
  tpo_cli_json_losses (json, tpo_import_get_report (import));
  json_builder_end_object (json);
  tpo_cli_print_json (json);
}

static void
print_report (const Arguments *arguments, const TpoFormat *format, const TpoImport *import)
{
  const TpoImportSummary *summary = tpo_import_get_summary (import);
  const TpoContents *contents = &summary->contents;
  g_autofree char *losses = NULL;

  if (arguments->as_json) {
    print_json (format, import);
    return;
  }
  losses = tpo_loss_report_to_text (tpo_import_get_report (import));
  printf (
      "%s: %u spans, %u box tracks, %u mask tracks, %u messages; %u videos, %u of them new\n",
      format->title, contents->n_spans, contents->n_box_tracks, contents->n_mask_tracks,
      contents->n_messages, contents->n_videos, summary->n_new_videos);
  fprintf (stderr, "%s", losses);
}

static void
print_pictures (const TpoSequenceFinder *finder)
{
  if (finder == NULL)
    return;
  if (finder->unmade != NULL)
    fprintf (
        stderr,
        "tpo import: “%s” is a folder of numbered pictures; --frame-rate makes a video of it\n",
        finder->unmade);
  if (finder->problem != NULL)
    fprintf (stderr, "tpo import: no video was made of %s\n", finder->problem);
}

static int
run (const Arguments *arguments, const char *path)
{
  g_autoptr (GFile) source = g_file_new_for_commandline_arg (path);
  g_autoptr (GFile) videos =
      arguments->videos != NULL ? g_file_new_for_commandline_arg (arguments->videos) : NULL;
  g_autoptr (TpoSequenceFinder) finder =
      videos != NULL
          ? tpo_sequence_finder_new (videos, arguments->frame_rate, arguments->is_trial)
          : NULL;
  TpoImportOptions options = { .videos = videos,
                               .find = finder != NULL ? tpo_sequence_finder_find : NULL,
                               .find_data = finder,
                               .zero_based = arguments->is_zero_based };
  gboolean is_auto = g_strcmp0 (arguments->format, "auto") == 0 || arguments->format == NULL;
  const TpoFormat *format = is_auto ? NULL : tpo_format_find (arguments->format);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoStore) store = NULL;
  g_autoptr (TpoImport) import = NULL;

  if (!is_auto && (format == NULL || format->read == NULL)) {
    fprintf (stderr, "tpo import: no format “%s” can be imported; see “tpo formats”\n",
             arguments->format);
    return 2;
  }
  if (is_auto && (format = tpo_import_detect (source, NULL, &error)) == NULL)
    return tpo_cli_fail (error);
  store = tpo_store_open (arguments->project, TPO_STORE_DEFAULT, &error);
  import =
      store != NULL ? tpo_import_read (store, format, source, &options, NULL, &error) : NULL;
  print_pictures (finder);
  if (import == NULL ||
      (!arguments->is_trial && !tpo_import_commit (import, store, NULL, &error)))
    return tpo_cli_fail (error);
  print_report (arguments, format, import);
  return 0;
}

int
tpo_cli_import (int argc, char **argv)
{
  Arguments arguments = { 0 };
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &arguments.project, "Project to add to",
      "FILE" },
    { "format", 'f', 0, G_OPTION_ARG_STRING, &arguments.format,
      "As “tpo formats” lists them; auto, the default, looks at the file", "FORMAT" },
    { "videos", 'v', 0, G_OPTION_ARG_FILENAME, &arguments.videos,
      "Where videos are that the project does not have yet", "FOLDER" },
    { "frame-rate", 'r', 0, G_OPTION_ARG_DOUBLE, &arguments.frame_rate,
      "Make videos of folders of numbered pictures that labels are for, with N frames a second "
      "where they do not say how many; they lie beside the folders",
      "N" },
    { "zero-based", 0, 0, G_OPTION_ARG_NONE, &arguments.is_zero_based,
      "Pixels count from 0, not from 1 (motchallenge)", NULL },
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &arguments.is_trial,
      "Only say what would come and what would be lost", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &arguments.as_json, "Report as JSON", NULL },
    { NULL },
  };
  int status = 2;

  if (!tpo_cli_parse (&argc, &argv, entries, "FILE",
                      "Adds the labels of a data set to a project, as one step that can be "
                      "undone, and says what could not be taken.",
                      1, 1)) {
    /* It has said why. */
  } else if (arguments.project == NULL) {
    fprintf (stderr, "tpo import: --project is needed\n");
  } else if (!(arguments.frame_rate >= 0 && arguments.frame_rate <= 1000)) {
    fprintf (stderr, "tpo import: --frame-rate is from 0 to 1000\n");
  } else if (arguments.frame_rate > 0 && arguments.videos == NULL) {
    fprintf (stderr, "tpo import: --frame-rate needs --videos, where the pictures are\n");
  } else {
    status = run (&arguments, argv[1]);
  }
  g_free (arguments.project);
  g_free (arguments.format);
  g_free (arguments.videos);
  return status;
}
