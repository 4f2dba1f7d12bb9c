#include <stdio.h>
#include <string.h>

#include "io/file.h"
#include "io/tokenizer.h"
#include "io/weights.h"

/*
 * Compares the tokenizer with published vocabularies, which are too large to keep here. A vocabulary
 * NAME, a GGUF file or a folder in Hugging Face layout, has NAME.inp beside it, texts with SEPARATOR
 * between them, and NAME.out, the ids of each on a line, as the repository of llama.cpp has them in
 * models/.
 */

#define SEPARATOR "\n__ggml_vocab_test__\n"

enum {
  MAX_TEXT_SIZE = 1 << 20,
  MAX_SHOWN = 3, /* differences of a vocabulary that are printed */
};

typedef struct {
  const char *path;
  TpoTokenizer *tokenizer;
  guint n_texts, n_wrong;
} Check;

static char *
read_beside (const char *path, const char *extension, GError **error)
{
  g_autofree char *beside = g_strconcat (path, extension, NULL);
  g_autoptr (GBytes) content = tpo_file_read (beside, MAX_TEXT_SIZE, error);

  return content != NULL
             ? g_strndup (g_bytes_get_data (content, NULL), g_bytes_get_size (content))
             : NULL;
}

static char *
ids_to_string (const GArray *ids)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (text, "%s%d", i > 0 ? " " : "", g_array_index (ids, gint32, i));
  return g_string_free (text, FALSE);
}

static void
check_text (Check *self, const char *text, const char *expected)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autofree char *computed = NULL;

  tpo_tokenizer_encode (self->tokenizer, text, strlen (text), TPO_TOKENIZER_PARSE_USER_DEFINED,
                        ids);
  computed = ids_to_string (ids);
  self->n_texts++;
  if (strcmp (computed, expected) == 0)
    return;
  if (self->n_wrong++ < MAX_SHOWN)
    printf ("  \"%s\"\n    computed %s\n    expected %s\n", text, computed, expected);
}

static gboolean
check_texts (Check *self, GError **error)
{
  g_autofree char *input = read_beside (self->path, ".inp", error);
  g_autofree char *output = input != NULL ? read_beside (self->path, ".out", error) : NULL;
  g_auto (GStrv) texts = NULL;
  g_auto (GStrv) lines = NULL;

  if (output == NULL)
    return FALSE;
  texts = g_strsplit (input, SEPARATOR, -1);
  lines = g_strsplit (output, "\n", -1);
  for (guint i = 0; texts[i] != NULL && lines[i] != NULL; i++)
    check_text (self, texts[i], g_strstrip (lines[i]));
  return TRUE;
}

static TpoTokenizer *
load (const char *path, GError **error)
{
  g_autoptr (TpoWeights) file = NULL;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return tpo_tokenizer_load (path, error);
  file = tpo_weights_open (path, error);
  return file != NULL ? tpo_tokenizer_from_metadata (tpo_weights_get_metadata (file), error)
                      : NULL;
}

/* Returns: whether the vocabulary could be read and all ids are as expected */
static gboolean
check_vocabulary (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoTokenizer) tokenizer = load (path, &error);
  Check check = { .path = path, .tokenizer = tokenizer };

  if (tokenizer == NULL || !check_texts (&check, &error)) {
    printf ("%s: %s\n", path, error->message);
    return FALSE;
  }
  printf ("%s: %u of %u texts as expected\n", path, check.n_texts - check.n_wrong,
          check.n_texts);
  return check.n_wrong == 0;
}

int
main (int argc, char **argv)
{
  gboolean ok = argc > 1;

  if (argc < 2)
    fputs ("usage: vocabularies FILE.gguf|FOLDER…\n", stderr);
  for (int i = 1; i < argc; i++)
    ok = check_vocabulary (argv[i]) && ok;
  return ok ? 0 : 1;
}
