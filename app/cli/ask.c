#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <tpo/session.h>

#include "cli/cli.h"
#include "cli/commands.h"

typedef struct {
  char *model, *device, *box;
  double at; /* seconds, below 0: not given */
  int max_tokens, max_frames, seed;
  double temperature, top_p, repetition_penalty;
  gboolean as_json, is_quiet;
} Options;

/* What a question brings, printed as it comes or kept for one JSON object. */
typedef struct {
  const Options *options;
  const TpoVideo *video;
  GString *answer;
  JsonBuilder *json; /* NULL unless JSON is wanted; all but masks is collected here */
  TpoTask task;
  guint n_masks;
  gint64 start_us, first_text_us;
} Output;

static double
seconds (gint64 time_us)
{
  return (double) time_us / G_USEC_PER_SEC;
}

static void
print_spans (Output *output, const TpoEvent *event)
{
  if (output->json == NULL) {
    for (guint i = 0; i < event->n_spans; i++)
      printf ("%sspan %.2f – %.2f s  score %.3f\n", i == 0 ? "\n" : "",
              seconds (event->spans[i].start_us), seconds (event->spans[i].end_us),
              event->spans[i].score);
    return;
  }
  json_builder_set_member_name (output->json, "spans");
  json_builder_begin_array (output->json);
  for (guint i = 0; i < event->n_spans; i++) {
    json_builder_begin_object (output->json);
    tpo_cli_json_double (output->json, "start", seconds (event->spans[i].start_us));
    tpo_cli_json_double (output->json, "end", seconds (event->spans[i].end_us));
    tpo_cli_json_double (output->json, "score", event->spans[i].score);
    json_builder_end_object (output->json);
  }
  json_builder_end_array (output->json);
  json_builder_set_member_name (output->json, "saliency");
  json_builder_begin_array (output->json);
  for (guint i = 0; i < event->n_saliency; i++)
    json_builder_add_double_value (output->json, event->saliency[i]);
  json_builder_end_array (output->json);
}

/* In pixels of the displayed picture. */
static void
print_box (Output *output, const TpoEvent *event)
{
  const TpoVideoInfo *info = tpo_video_get_info (output->video);
  double time =
      seconds (tpo_video_index_get_time_us (tpo_video_get_index (output->video), event->frame));
  const double corners[4] = { event->box.x0 * info->display_width,
                              event->box.y0 * info->display_height,
                              event->box.x1 * info->display_width,
                              event->box.y1 * info->display_height };
  static const char *const names[4] = { "x0", "y0", "x1", "y1" };

  if (output->json == NULL) {
    printf ("\nbox %.1f %.1f %.1f %.1f  on frame %u (%.2f s)\n", corners[0], corners[1],
            corners[2], corners[3], event->frame, time);
    return;
  }
  json_builder_set_member_name (output->json, "box");
  json_builder_begin_object (output->json);
  for (guint i = 0; i < 4; i++)
    tpo_cli_json_double (output->json, names[i], corners[i]);
  tpo_cli_json_int (output->json, "frame", event->frame);
  tpo_cli_json_double (output->json, "time", time);
  json_builder_end_object (output->json);
}

/* There may be a hundred thousand: each is written as it comes, at the front of the JSON object. */
static void
print_json_mask (Output *output, const TpoEvent *event, const char *counts)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (json);
  tpo_cli_json_int (json, "frame", event->frame);
  tpo_cli_json_double (json, "score", event->score);
  json_builder_set_member_name (json, "segmentation");
  json_builder_begin_object (json);
  json_builder_set_member_name (json, "size");
  json_builder_begin_array (json);
  json_builder_add_int_value (json, event->mask->height);
  json_builder_add_int_value (json, event->mask->width);
  json_builder_end_array (json);
  tpo_cli_json_string (json, "counts", counts);
  json_builder_end_object (json);
  json_builder_end_object (json);
  root = json_builder_get_root (json);
  text = json_to_string (root, FALSE);
  printf ("%s    %s", output->n_masks == 0 ? "{\n  \"masks\" : [\n" : ",\n", text);
}

static void
print_mask (Output *output, const TpoEvent *event)
{
  g_autofree char *counts = tpo_rle_to_string (event->mask);

  if (output->json != NULL)
    print_json_mask (output, event, counts);
  else
    printf ("%smask frame %u  score %.3f  size %u %u  counts %s\n",
            output->n_masks == 0 ? "\n" : "", event->frame, event->score, event->mask->height,
            event->mask->width, counts);
  output->n_masks++;
}

static void
print_text (Output *output, const char *text)
{
  if (output->answer->len == 0)
    output->first_text_us = g_get_monotonic_time ();
  g_string_append (output->answer, text);
  if (output->json == NULL) {
    fputs (text, stdout);
    fflush (stdout);
  }
}

static void
on_event (const TpoEvent *event, gpointer user_data)
{
  Output *output = user_data;

  switch (event->kind) {
  case TPO_EVENT_STEP:
    if (!output->options->is_quiet)
      fprintf (stderr, "\r\033[K%s… %.0f %%", event->step, 100.0 * event->done);
    return;
  case TPO_EVENT_TEXT:
    if (!output->options->is_quiet && output->answer->len == 0)
      fputs ("\r\033[K", stderr);
    print_text (output, event->text);
    return;
  case TPO_EVENT_TASK:
    output->task = event->task;
    return;
  case TPO_EVENT_SPANS:
    if (!output->options->is_quiet)
      fputs ("\r\033[K", stderr);
    print_spans (output, event);
    return;
  case TPO_EVENT_BOX:
    if (!output->options->is_quiet)
      fputs ("\r\033[K", stderr);
    print_box (output, event);
    return;
  case TPO_EVENT_MASK:
    print_mask (output, event);
    return;
  case TPO_EVENT_KIND_COUNT:
    return;
  }
}

/* "x0,y0,x1,y1" in pixels of the displayed picture. */
static gboolean
parse_box (const char *text, const TpoVideoInfo *info, TpoBox *box, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", 5);
  double values[4];

  for (guint i = 0; i < 4; i++) {
    char *end = NULL;

    values[i] = parts[i] != NULL ? g_ascii_strtod (parts[i], &end) : 0.0;
    if (end == NULL || end == parts[i] || *end != '\0' || !isfinite (values[i])) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                   "“%s” is no box; give four pixel coordinates, x0,y0,x1,y1", text);
      return FALSE;
    }
  }
  *box = (TpoBox){ (float) (values[0] / info->display_width),
                   (float) (values[1] / info->display_height),
                   (float) (values[2] / info->display_width),
                   (float) (values[3] / info->display_height) };
  return TRUE;
}

static gboolean
ask (const Options *options, const char *location, const char *question, Output *output,
     GError **error)
{
  g_autofree char *path = tpo_cli_model_path (options->model, error);
  g_autoptr (TpoVideo) video = NULL;
  g_autoptr (TpoDevice) device = NULL;
  g_autoptr (TpoModel) model = NULL;
  g_autoptr (TpoSession) session = NULL;
  TpoAsk params = {
    .question = question,
    .max_tokens = (guint) MAX (0, options->max_tokens),
    .max_mask_frames = (guint) MAX (0, options->max_frames),
    .temperature = (float) options->temperature,
    .top_p = (float) options->top_p,
    .repetition_penalty = (float) options->repetition_penalty,
    .seed = (guint64) options->seed,
    .frame = -1,
  };
  TpoBox box;

  if (path == NULL)
    return FALSE;
  video = tpo_video_open (location, NULL, NULL, error);
  if (video == NULL)
    return FALSE;
  if (tpo_video_get_notice (video) != NULL)
    fprintf (stderr, "%s: %s\n", g_get_prgname (), tpo_video_get_notice (video));
  if (options->box != NULL) {
    if (!parse_box (options->box, tpo_video_get_info (video), &box, error))
      return FALSE;
    params.box = &box;
  }
  if (options->at >= 0.0)
    params.frame = tpo_video_index_find_frame (tpo_video_get_index (video),
                                               (gint64) (options->at * G_USEC_PER_SEC));
  device = tpo_cli_open_device (options->device, error);
  model = device != NULL ? tpo_model_open (device, path, NULL, NULL, NULL, error) : NULL;
  if (model == NULL)
    return FALSE;
  session = tpo_session_new (model, video);
  output->video = video;
  output->start_us = g_get_monotonic_time ();
  if (!tpo_session_ask (session, &params, on_event, output, NULL, error))
    return FALSE;
  if (output->json != NULL)
    tpo_cli_json_string (output->json, "model", tpo_model_get_info (model)->name);
  return TRUE;
}

/* The object that the masks have begun goes on with the members of this one. */
static void
print_json (Output *output)
{
  g_autoptr (JsonNode) root = json_builder_get_root (output->json);
  g_autofree char *text = json_to_string (root, TRUE);

  if (output->n_masks > 0)
    printf ("\n  ],%s\n", text + strlen ("{"));
  else
    printf ("%s\n", text);
}

static void
finish (Output *output)
{
  double total = seconds (g_get_monotonic_time () - output->start_us);

  if (!output->options->is_quiet)
    fputs ("\r\033[K", stderr);
  if (output->json == NULL) {
    if (output->task == TPO_TASK_NONE)
      putchar ('\n');
    return;
  }
  tpo_cli_json_string (output->json, "answer", output->answer->str);
  tpo_cli_json_string (output->json, "task", tpo_task_name (output->task));
  tpo_cli_json_double (output->json, "seconds", total);
  if (output->first_text_us > 0)
    tpo_cli_json_double (output->json, "seconds_to_first_text",
                         seconds (output->first_text_us - output->start_us));
  json_builder_end_object (output->json);
  print_json (output);
}

int
tpo_cli_ask (int argc, char **argv)
{
  Options options = { .at = -1.0 };
  const GOptionEntry entries[] = {
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &options.model,
      "GGUF model (default: the bundled one)", "FILE" },
    { "device", 'd', 0, G_OPTION_ARG_STRING, &options.device,
      "Vulkan device: number, kind or part of the name", "DEVICE" },
    { "at", 0, 0, G_OPTION_ARG_DOUBLE, &options.at,
      "Ask where something is in the picture at this time", "SECONDS" },
    { "box", 0, 0, G_OPTION_ARG_STRING, &options.box,
      "Box in pixels that stands for <track_box> in the question", "X0,Y0,X1,Y1" },
    { "max-tokens", 0, 0, G_OPTION_ARG_INT, &options.max_tokens,
      "Longest answer (default: 200)", "N" },
    { "max-frames", 0, 0, G_OPTION_ARG_INT, &options.max_frames,
      "Follow an object for at most N frames (default: all)", "N" },
    { "temperature", 0, 0, G_OPTION_ARG_DOUBLE, &options.temperature,
      "0: always the likeliest word", "T" },
    { "top-p", 0, 0, G_OPTION_ARG_DOUBLE, &options.top_p, "Draw from the likeliest words only",
      "P" },
    { "repetition-penalty", 0, 0, G_OPTION_ARG_DOUBLE, &options.repetition_penalty,
      "Above 1: repeat less", "R" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &options.seed, "Of the random numbers", "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, "Print one JSON object", NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &options.is_quiet, "No progress", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) answer = g_string_new (NULL);
  g_autoptr (JsonBuilder) json = NULL;
  Output output = { .options = &options, .answer = answer };

  if (!tpo_cli_parse (
          &argc, &argv, entries, "VIDEO QUESTION",
          "Asks a model about a video. The answer streams to standard output; moments "
          "come in seconds, boxes in pixels, masks as COCO run lengths.",
          2, 2))
    return 2;
  options.is_quiet |= options.as_json || g_log_writer_supports_color (2) == FALSE;
  if (options.as_json) {
    json = output.json = json_builder_new ();
    json_builder_begin_object (json);
  }
  if (!ask (&options, argv[1], argv[2], &output, &error))
    return tpo_cli_fail (error);
  finish (&output);
  return 0;
}
