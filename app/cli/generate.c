#include "config.h"

#include <stdio.h>

#include <tpo/text.h>

#include "cli/cli.h"
#include "cli/commands.h"

typedef struct {
  char *model, *device;
  int max_tokens, context, seed;
  double temperature, top_p, repetition_penalty;
  gboolean is_raw, parses_special, as_json;
} Options;

typedef struct {
  GString *text;
  gboolean is_printed; /* as it comes */
} Output;

static void
on_text (const char *text, gpointer user_data)
{
  Output *output = user_data;

  g_string_append (output->text, text);
  if (!output->is_printed)
    return;
  fputs (text, stdout);
  fflush (stdout);
}

static gboolean
generate (const Options *options, const char *prompt, Output *output, GError **error)
{
  TpoTextRequest request = {
    .prompt = prompt,
    .parses_special = options->parses_special,
    .max_tokens = (guint) MAX (0, options->max_tokens),
    .temperature = (float) options->temperature,
    .top_p = (float) options->top_p,
    .repetition_penalty = (float) options->repetition_penalty,
    .seed = (guint32) options->seed,
  };
  g_autofree char *path = tpo_cli_model_path (options->model, error);
  g_autoptr (TpoDevice) device =
      path != NULL ? tpo_cli_open_device (options->device, error) : NULL;
  g_autoptr (TpoTextModel) model =
      device != NULL ? tpo_text_model_open (device, path, (guint) MAX (0, options->context),
                                            NULL, NULL, NULL, error)
                     : NULL;

  if (model == NULL)
    return FALSE;
  request.is_chat =
      !options->is_raw && !options->parses_special && tpo_text_model_has_chat (model);
  if (tpo_text_model_generate (model, &request, on_text, output, NULL, error))
    return TRUE;
  if (request.is_chat && g_error_matches (*error, TPO_ERROR, TPO_ERROR_UNSUPPORTED))
    fprintf (stderr, "%s: --raw continues the text as it is.\n", g_get_prgname ());
  return FALSE;
}

static void
print_json (const char *prompt, const char *text)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  tpo_cli_json_string (json, "prompt", prompt);
  tpo_cli_json_string (json, "text", text);
  json_builder_end_object (json);
  tpo_cli_print_json (json);
}

int
tpo_cli_generate (int argc, char **argv)
{
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &options.model,
      "GGUF model of architecture llama, qwen2 or videochat-tpo (default: the bundled one)",
      "FILE" },
    { "device", 'd', 0, G_OPTION_ARG_STRING, &options.device,
      "Vulkan device: number, kind or part of the name", "DEVICE" },
    { "max-tokens", 'n', 0, G_OPTION_ARG_INT, &options.max_tokens,
      "Longest continuation (default: 200)", "N" },
    { "context", 'c', 0, G_OPTION_ARG_INT, &options.context,
      "Tokens of prompt and continuation (default: the model's, at most 2048)", "N" },
    { "raw", 0, 0, G_OPTION_ARG_NONE, &options.is_raw,
      "Continue the prompt as it is, though the model was made to answer messages", NULL },
    { "special", 0, 0, G_OPTION_ARG_NONE, &options.parses_special,
      "Take <s>, [INST] and the like in the prompt as special tokens; implies --raw", NULL },
    { "temperature", 0, 0, G_OPTION_ARG_DOUBLE, &options.temperature,
      "0: always the likeliest word", "T" },
    { "top-p", 0, 0, G_OPTION_ARG_DOUBLE, &options.top_p, "Draw from the likeliest words only",
      "P" },
    { "repetition-penalty", 0, 0, G_OPTION_ARG_DOUBLE, &options.repetition_penalty,
      "Above 1: repeat less", "R" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &options.seed, "Of the random numbers", "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, "Print one JSON object", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  Output output = { .text = text };
  gboolean ok;

  if (!tpo_cli_parse (
          &argc, &argv, entries, "PROMPT",
          "Continues a text with a language model alone, without a video; where the "
          "model was made for conversations, answers a message. What it writes "
          "streams to standard output.",
          1, 1))
    return 2;
  output.is_printed = !options.as_json;
  ok = generate (&options, argv[1], &output, &error);
  if (!options.as_json && text->len > 0)
    putchar ('\n');
  if (!ok)
    return tpo_cli_fail (error);
  if (options.as_json)
    print_json (argv[1], text->str);
  return 0;
}
