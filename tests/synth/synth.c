#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include <tpo/error.h>

#include "io/file.h"
#include "io/model-spec.h"
#include "io/quantize.h"
#include "torch-files.h"
#include "values.h"

/*
 * Writes a checkpoint of published size and layout with numbers that mean nothing: for measuring
 * conversion, memory and speed where the published files are not at hand. Without --config the
 * settings, names and shapes are the published ones, 2594 tensors and 16.2 GB.
 */

enum {
  CHUNK = 1 << 20,
  MAX_CONFIG_SIZE = 1 << 20,
  DEFAULT_SHARD_MB = 5000,
  PUBLISHED = (1 << TPO_COMPONENT_CLIP_VISION) - 1, /* all parts but the clip encoders */
};

typedef struct {
  const char *folder;
  TpoModelSpec *spec;
  guint64 shard_size;
  GArray *shards; /* of guint: number of the shard of every tensor */
  guint n_shards;
} Synth;

static TpoType
type_of (const TpoTensorSpec *tensor)
{
  return g_str_has_suffix (tensor->name, "position_ids") ? TPO_I64 : TPO_BF16;
}

static guint64
size_of (const TpoTensorSpec *tensor)
{
  return (guint64) tpo_shape_size (&tensor->shape, type_of (tensor));
}

static guint64
assign_shards (Synth *self)
{
  guint64 used = 0, total = 0;

  self->n_shards = 1;
  for (guint i = 0; i < tpo_model_spec_get_n (self->spec); i++) {
    guint64 size = size_of (tpo_model_spec_get (self->spec, i));

    if (used > 0 && used + size > self->shard_size) {
      self->n_shards++;
      used = 0;
    }
    used += size;
    total += size;
    g_array_append_val (self->shards, self->n_shards);
  }
  return total;
}

static char *
shard_name (const Synth *self, guint shard)
{
  return g_strdup_printf ("model-%05u-of-%05u.safetensors", shard, self->n_shards);
}

static gboolean
write_text (const Synth *self, const char *name, const char *text, gsize size, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);

  return g_file_set_contents (path, text, (gssize) size, error);
}

static gboolean
write_index (const Synth *self, guint64 total, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (
      text, "{\"metadata\": {\"total_size\": %" G_GUINT64_FORMAT "}, \"weight_map\": {", total);
  for (guint i = 0; i < tpo_model_spec_get_n (self->spec); i++) {
    g_autofree char *shard = shard_name (self, g_array_index (self->shards, guint, i));

    g_string_append_printf (text, "%s\n\"%s\": \"%s\"", i > 0 ? "," : "",
                            tpo_model_spec_get (self->spec, i)->name, shard);
  }
  g_string_append (text, "}}\n");
  return write_text (self, "model.safetensors.index.json", text->str, text->len, error);
}

static GString *
shard_header (const Synth *self, guint shard)
{
  GString *header = g_string_new ("{\"__metadata__\":{\"format\":\"pt\"}");
  guint64 at = 0;

  for (guint i = 0; i < self->shards->len; i++) {
    const TpoTensorSpec *tensor = tpo_model_spec_get (self->spec, i);
    g_autofree char *shape = NULL;

    if (g_array_index (self->shards, guint, i) != shard)
      continue;
    shape = tpo_shape_to_string (&tensor->shape);
    g_string_append_printf (
        header,
        ",\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%" G_GUINT64_FORMAT
        ",%" G_GUINT64_FORMAT "]}",
        tensor->name, type_of (tensor) == TPO_I64 ? "I64" : "BF16", shape, at,
        at + size_of (tensor));
    at += size_of (tensor);
  }
  g_string_append_c (header, '}');
  while (header->len % 8 != 0)
    g_string_append_c (header, ' ');
  return header;
}

static void
write_tensor (const TpoTensorSpec *tensor, FILE *file)
{
  g_autofree float *values = g_new (float, CHUNK);
  g_autofree guint8 *bytes = g_malloc (CHUNK * sizeof (gint64));
  gsize total = (gsize) tpo_shape_count (&tensor->shape);

  for (gsize first = 0; first < total; first += CHUNK) {
    gsize n = MIN (CHUNK, total - first);

    synth_values (tensor->name, &tensor->shape, first, n, values);
    if (type_of (tensor) == TPO_I64) {
      for (gsize i = 0; i < n; i++)
        ((gint64 *) (gpointer) bytes)[i] = GINT64_TO_LE ((gint64) values[i]);
    } else {
      tpo_numbers_write (TPO_BF16, values, n, bytes);
    }
    fwrite (bytes, tpo_type_block_size (type_of (tensor)), n, file);
  }
}

static gboolean
write_shard (const Synth *self, guint shard, GError **error)
{
  g_autofree char *name = shard_name (self, shard);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GString) header = shard_header (self, shard);
  guint64 length = GUINT64_TO_LE (header->len);
  FILE *file = g_fopen (path, "wbe");
  gboolean has_failed;

  if (file == NULL) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO, "cannot create %s", path);
    return FALSE;
  }
  fwrite (&length, sizeof length, 1, file);
  fwrite (header->str, 1, header->len, file);
  for (guint i = 0; i < self->shards->len && !ferror (file); i++) {
    if (g_array_index (self->shards, guint, i) == shard)
      write_tensor (tpo_model_spec_get (self->spec, i), file);
  }
  has_failed = ferror (file);
  if (fclose (file) != 0 || has_failed) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO, "cannot write %s", path);
    return FALSE;
  }
  printf ("%s\n", name);
  return TRUE;
}

static gboolean
copy_tokenizer (const Synth *self, const char *from, GError **error)
{
  static const char *const names[] = { "tokenizer.model", "added_tokens.json",
                                       "tokenizer.json",  "tokenizer_config.json",
                                       "vocab.json",      "merges.txt" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (from, names[i], NULL);
    g_autofree char *content = NULL;
    gsize size;

    /* Vocabularies of one kind have the first two, of the other the rest. */
    if (!g_file_test (path, G_FILE_TEST_EXISTS))
      continue;
    if (!g_file_get_contents (path, &content, &size, error) ||
        !write_text (self, names[i], content, size, error))
      return FALSE;
  }
  return TRUE;
}

static TpoModelSpec *
read_config (const Synth *self, const char *path, GError **error)
{
  g_autofree char *text = g_strdup ("{\"model_config\": {\"name\": \"Random numbers\"}}\n");
  g_autoptr (TpoMetadata) metadata = tpo_metadata_new ();
  g_autoptr (TpoJson) json = NULL;
  g_autoptr (GBytes) file = NULL;

  if (path != NULL) {
    file = tpo_file_read (path, MAX_CONFIG_SIZE, error);
    if (file == NULL)
      return NULL;
    g_free (text);
    text = g_strndup (g_bytes_get_data (file, NULL), g_bytes_get_size (file));
  }
  json = tpo_json_parse (text, strlen (text), "config.json", error);
  if (json == NULL ||
      !tpo_model_config_from_json (tpo_json_root (json), "config.json", PUBLISHED, metadata,
                                   error) ||
      !write_text (self, "config.json", text, strlen (text), error))
    return NULL;
  return tpo_model_spec_new (metadata, PUBLISHED, error);
}

static gboolean
synthesise (Synth *self, const char *config, const char *tokenizer, GError **error)
{
  self->spec = read_config (self, config, error);
  if (self->spec == NULL || !copy_tokenizer (self, tokenizer, error) ||
      !write_index (self, assign_shards (self), error))
    return FALSE;
  for (guint shard = 1; shard <= self->n_shards; shard++) {
    if (!write_shard (self, shard, error))
      return FALSE;
  }
  return TRUE;
}

int
main (int argc, char **argv)
{
  Synth self = { .shards = g_array_new (FALSE, FALSE, sizeof (guint)) };
  g_autofree char *config = NULL, *tokenizer = NULL;
  int shard_mb = DEFAULT_SHARD_MB;
  gboolean only_torch = FALSE;
  const GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &config,
      "Sizes other than the published ones, as in a config.json", "FILE" },
    { "tokenizer", 0, 0, G_OPTION_ARG_FILENAME, &tokenizer,
      "Copy the files of a vocabulary from FOLDER", "FOLDER" },
    { "shard-size", 0, 0, G_OPTION_ARG_INT, &shard_mb, "Start a new file after MB megabytes",
      "MB" },
    { "torch", 0, 0, G_OPTION_ARG_NONE, &only_torch,
      "Write the other files instead, as torch.save() does: clip encoders, SAM 2", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context =
      g_option_context_new ("FOLDER - write a checkpoint of random numbers");
  g_autoptr (GError) error = NULL;
  gboolean ok;

  g_option_context_add_main_entries (context, entries, NULL);
  ok = g_option_context_parse (context, &argc, &argv, &error);
  if (ok && (argc != 2 || (tokenizer == NULL && !only_torch))) {
    fputs ("a FOLDER and --tokenizer are needed, see --help\n", stderr);
    return 2;
  }
  self.folder = argv[1];
  self.shard_size = (guint64) MAX (shard_mb, 1) * 1000000;
  g_mkdir_with_parents (self.folder, 0777);
  ok = ok && (only_torch ? torch_files_write (self.folder, &error)
                         : synthesise (&self, config, tokenizer, &error));
  if (!ok)
    fprintf (stderr, "%s\n", error->message);
  g_clear_pointer (&self.spec, tpo_model_spec_free);
  g_array_unref (self.shards);
  return ok ? 0 : 1;
}
