#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include <glib.h>

#include "cli/commands.h"

typedef struct {
  const char *name;
  int (*run) (int argc, char **argv);
  const char *summary;
} Command;

static const Command commands[] = {
  { "ask", tpo_cli_ask, "Ask a question about a video" },
  { "bench", tpo_cli_bench, "Time the operators and the model on a device" },
  { "compare", tpo_cli_compare, "Measure how far the labels of two projects agree" },
  { "convert", tpo_cli_convert, "Make a GGUF model from a published folder" },
  { "devices", tpo_cli_devices, "List the Vulkan devices" },
  { "download", tpo_cli_download, "Fetch a model from the web" },
  { "eval", tpo_cli_eval, "Measure the answers on a labelled set" },
  { "export", tpo_cli_export, "Write a project's labels in an exchange format" },
  { "formats", tpo_cli_formats, "List the exchange formats" },
  { "generate", tpo_cli_generate, "Continue a text with a language model" },
  { "import", tpo_cli_import, "Add the labels of a data set to a project" },
  { "inspect", tpo_cli_inspect, "Describe a model file" },
  { "parity", tpo_cli_parity, "Compare the networks with reference tensors" },
};

static void
print_usage (FILE *stream)
{
  fprintf (stream, "Usage: tpo COMMAND [OPTION…]\n\nCommands:\n");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (stream, "  %-9s %s\n", commands[i].name, commands[i].summary);
  fprintf (stream, "\n“tpo COMMAND --help” explains a command.\n");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");

  if (argc >= 2 && strcmp (argv[1], "--version") == 0) {
    printf ("tpo %s\n", TPO_VERSION);
    return 0;
  }
  if (argc >= 2 && (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "help") == 0)) {
    print_usage (stdout);
    return 0;
  }
  for (gsize i = 0; argc >= 2 && i < G_N_ELEMENTS (commands); i++) {
    if (strcmp (argv[1], commands[i].name) == 0) {
      g_autofree char *program = g_strdup_printf ("tpo %s", commands[i].name);

      g_set_prgname (program);
      return commands[i].run (argc - 1, argv + 1);
    }
  }
  if (argc >= 2)
    fprintf (stderr, "tpo: there is no command “%s”\n\n", argv[1]);
  print_usage (stderr);
  return 2;
}
