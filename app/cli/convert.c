#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <tpo/convert.h>

#include "cli/cli.h"
#include "cli/commands.h"

static void
show_progress (double done, const char *step, gpointer user_data)
{
  fprintf (stderr, "\r%3.0f %%  %-24s", done * 100, step != NULL ? step : "");
}

static void
print_report (const TpoConvertReport *report, const char *output, gboolean is_verbose)
{
  g_autofree char *size = g_format_size_full (report->size, G_FORMAT_SIZE_IEC_UNITS);

  printf ("%s: %u tensors, %" G_GUINT64_FORMAT " parameters, %s\n", output, report->n_written,
          report->n_elements, size);
  if (report->n_merged > 0)
    printf ("%u adapter matrices merged\n", report->n_merged);
  if (report->unused->len > 0)
    printf ("%u tensors left out, since nothing reads them\n", report->unused->len);
  for (guint i = 0; is_verbose && i < report->unused->len; i++)
    printf ("  %s\n", (const char *) g_ptr_array_index (report->unused, i));
  for (guint i = 0; i < report->widened->len; i++)
    printf ("stored as F32, since its values exceed F16: %s\n",
            (const char *) g_ptr_array_index (report->widened, i));
}

static gboolean
parse_storage (const char *name, TpoStorage *storage)
{
  static const char *const names[] = {
    [TPO_STORAGE_F16] = "f16",
    [TPO_STORAGE_Q8_0] = "q8_0",
    [TPO_STORAGE_F32] = "f32",
    [TPO_STORAGE_Q4_0] = "q4_0",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (strcmp (name, names[i]) == 0) {
      *storage = i;
      return TRUE;
    }
  }
  fprintf (stderr, "%s: --type is f16, q8_0, q4_0 or f32, not %s\n", g_get_prgname (), name);
  return FALSE;
}

int
tpo_cli_convert (int argc, char **argv)
{
  TpoConvertOptions options = { .storage = TPO_STORAGE_F16 };
  TpoConvertReport report = { 0 };
  g_autofree char *type = NULL;
  gboolean is_verbose = FALSE;
  const GOptionEntry entries[] = {
    { "type", 0, 0, G_OPTION_ARG_STRING, &type,
      "Store matrices as f16 (default), q8_0, q4_0 or f32", "TYPE" },
    { "keep-lora", 0, 0, G_OPTION_ARG_NONE, &options.keep_adapters,
      "Keep the LoRA adapters apart instead of merging them", NULL },
    { "keep-unused", 0, 0, G_OPTION_ARG_NONE, &options.keep_unused,
      "Also write tensors that nothing reads", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &is_verbose, "List what is left out", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  gboolean ok;

  if (!tpo_cli_parse (&argc, &argv, entries, "FOLDER OUTPUT.gguf",
                      "Converts a model folder in Hugging Face layout to a GGUF file.", 2, 2))
    return 2;
  if (type != NULL && !parse_storage (type, &options.storage))
    return 2;
  if (isatty (STDERR_FILENO))
    options.progress = show_progress;
  ok = tpo_convert (argv[1], argv[2], &options, &report, &error);
  if (options.progress != NULL)
    fprintf (stderr, "\r%32s\r", "");
  if (ok)
    print_report (&report, argv[2], is_verbose);
  tpo_convert_report_clear (&report);
  return ok ? 0 : tpo_cli_fail (error);
}
