#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <tpo/convert.h>

#include "cli/cli.h"
#include "cli/commands.h"

typedef struct {
  const char *source; /* (nullable) */
  const char *output;
  TpoConvertOptions options;
  TpoConvertReport report;
} Conversion;

static void
show_progress (double done, const char *step, gpointer user_data)
{
  fprintf (stderr, "\r%3.0f %%  %-24s", done * 100, step != NULL ? step : "");
}

static gboolean
convert (gpointer data, GCancellable *cancellable, GError **error)
{
  Conversion *self = data;

  self->options.cancellable = cancellable;
  return tpo_convert (self->source, self->output, &self->options, &self->report, error);
}

static void
print_report (const TpoConvertReport *report, const char *output, gboolean is_verbose)
{
  g_autofree char *size = g_format_size_full (report->size, G_FORMAT_SIZE_IEC_UNITS);

  printf ("%s: %u tensors, %" G_GUINT64_FORMAT " parameters, %s\n", output, report->n_written,
          report->n_elements, size);
  if (report->replaced_part)
    printf ("an unfinished file of an earlier run, which was interrupted, was replaced\n");
  if (report->n_merged > 0)
    printf ("%u adapter matrices merged\n", report->n_merged);
  if (report->text_adapter_share > 0)
    printf ("the query encoder's adapters change their matrices by %.2f %%\n",
            report->text_adapter_share * 100);
  if (report->unused->len > 0)
    printf ("%u tensors left out%s\n", report->unused->len,
            is_verbose ? ":" : ", which --verbose lists");
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

static const char summary[] =
    "Converts a model folder in Hugging Face layout, or a GGUF file of this program, to a\n"
    "GGUF file.\n\n"
    "The published files of VideoChat-TPO lack the encoders that questions about moments\n"
    "need. They are taken from the files of their authors:\n"
    "  tpo convert VideoChat-TPO model.gguf --type q4_0 \\\n"
    "    --clip InternVideo2-stage2_1b-224p-f4.pt --clip 1B_clip.pth \\\n"
    "    --text internvl_c_13b_224px.pth --text-tokenizer chinese_alpaca_lora_7b/tokenizer.model\n"
    "\n"
    "Another mask head, of SAM 2 or 2.1 in any size, or one alone:\n"
    "  tpo convert tpo-nano.gguf model.gguf --sam sam2.1_hiera_tiny.pt\n"
    "  tpo convert sam.gguf --sam sam2.1_hiera_tiny.pt\n"
    "\n"
    "Types: f16 2 bytes a number; q8_0 8.5 bits; q4_0 4.5 bits in the layers of the language\n"
    "models and 8.5 elsewhere; f32 4 bytes. Vectors, embeddings and heads stay f16 or f32.\n"
    "Nothing in a file is run: a pickle that asks for more than tensors is refused.";

int
tpo_cli_convert (int argc, char **argv)
{
  Conversion self = { 0 };
  TpoConvertOptions *options = &self.options;
  g_autofree char *type = NULL, *text = NULL, *tokenizer = NULL, *mask = NULL;
  g_auto (GStrv) clip = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_verbose = FALSE, ok;
  const GOptionEntry entries[] = {
    { "type", 0, 0, G_OPTION_ARG_STRING, &type,
      "Store matrices as f16 (default), q8_0, q4_0 or f32", "TYPE" },
    { "clip", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &clip,
      "Take the encoder of moments from FILE; of several, later ones override", "FILE" },
    { "text", 0, 0, G_OPTION_ARG_FILENAME, &text,
      "Take the encoder of queries about moments from FILE, or the one in a folder", "FILE" },
    { "text-tokenizer", 0, 0, G_OPTION_ARG_FILENAME, &tokenizer,
      "Its tokenizer.model, if not beside it", "FILE" },
    { "no-text-lora", 0, 0, G_OPTION_ARG_NONE, &options->skip_text_adapters,
      "Leave the LoRA adapters of the query encoder out", NULL },
    { "sam", 0, 0, G_OPTION_ARG_FILENAME, &mask, "Take the mask head from FILE", "FILE" },
    { "keep-lora", 0, 0, G_OPTION_ARG_NONE, &options->keep_adapters,
      "Keep the LoRA adapters apart instead of merging them", NULL },
    { "keep-unused", 0, 0, G_OPTION_ARG_NONE, &options->keep_unused,
      "Also write tensors that nothing reads", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &is_verbose, "List what is left out", NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!tpo_cli_parse (&argc, &argv, entries, "[FOLDER] OUTPUT.gguf", summary, 1, 2))
    return 2;
  if (type != NULL && !parse_storage (type, &options->storage))
    return 2;
  if (argc == 2 && (mask == NULL || clip != NULL || text != NULL)) {
    fprintf (stderr, "%s: only --sam makes a file without a folder\n", g_get_prgname ());
    return 2;
  }
  options->clip_paths = (const char *const *) clip;
  options->text_path = text;
  options->text_tokenizer_path = tokenizer;
  options->mask_path = mask;
  if (isatty (STDERR_FILENO))
    options->progress = show_progress;
  self.source = argc == 3 ? argv[1] : NULL;
  self.output = argv[argc - 1];
  ok = tpo_cli_work (convert, &self, &error);
  if (options->progress != NULL)
    fprintf (stderr, "\r%32s\r", "");
  if (ok)
    print_report (&self.report, self.output, is_verbose);
  tpo_convert_report_clear (&self.report);
  if (ok)
    return 0;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    fprintf (stderr,
             "%s: stopped; %s is as it was before, and the unfinished part is removed\n",
             g_get_prgname (), self.output);
  else
    tpo_cli_fail (error);
  return 1;
}
