/* GGUF files of architecture llama against llama.cpp: the ids of prompts, the logits after them and
 * the greedy continuation, one small file of random numbers per element type and vocabulary; and
 * tokens of awkward texts. tests/data/llama/README.md tells how they are made. Then what must be
 * refused. */

#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "io/gguf.h"
#include "io/json.h"
#include "models/text/text.h"

enum {
  MAX_IDS = 128,
  MAX_VOCABULARY = 512
};

typedef struct {
  TpoDevice *device;
  const char *folder;
} Shared;

static Shared shared;

/* A file, and how far logits may be from llama.cpp's. */
typedef struct {
  const char *name;
  double tolerance;
} Subject;

static TpoTextModel *
open_model (const char *path, GError **error)
{
  return tpo_text_model_open (shared.device, path, 0, NULL, NULL, NULL, error);
}

static guint
read_numbers (const TpoJsonNode *object, const char *name, double *values, guint max)
{
  const TpoJsonNode *array = tpo_json_member (object, name);
  guint n = 0;

  g_assert_nonnull (array);
  g_assert_cmpuint (array->n_children, <=, max);
  for (const TpoJsonNode *node = array->child; node != NULL; node = node->next)
    values[n++] = node->number;
  return n;
}

/* Logarithms of probabilities, in which logits are comparable. */
static void
to_log_probabilities (float *logits, guint n)
{
  double sum = 0, top = -G_MAXDOUBLE;

  for (guint i = 0; i < n; i++)
    top = MAX (top, (double) logits[i]);
  for (guint i = 0; i < n; i++)
    sum += exp ((double) logits[i] - top);
  for (guint i = 0; i < n; i++)
    logits[i] = (float) ((double) logits[i] - top - log (sum));
}

static TpoLlm *
new_llm (TpoTextModel *model)
{
  const TpoLlmOptions options = { .capacity = MAX_IDS };
  g_autoptr (GError) error = NULL;
  TpoLlm *llm = tpo_llm_new (shared.device, model->mistral, &options, &error);

  g_assert_no_error (error);
  return llm;
}

static void
check_logits (TpoLlm *llm, const TpoJsonNode *expected, double tolerance)
{
  double wanted[MAX_VOCABULARY], worst = 0;
  float logits[MAX_VOCABULARY];
  guint n = read_numbers (expected, "logprobs", wanted, MAX_VOCABULARY);
  g_autoptr (GError) error = NULL;

  tpo_llm_read_logits (llm, logits, &error);
  g_assert_no_error (error);
  to_log_probabilities (logits, n);
  for (guint i = 0; i < n; i++)
    worst = MAX (worst, fabs ((double) logits[i] - wanted[i]));
  g_test_message ("logits differ by at most %.2e", worst);
  g_assert_cmpfloat (worst, <=, tolerance);
}

/* The same words as long as the best two are further apart than both engines' rounding. */
static void
check_continuation (TpoLlm *llm, const TpoJsonNode *expected, gint32 next, double tolerance)
{
  double wanted[MAX_IDS], margins[MAX_IDS];
  guint n = read_numbers (expected, "greedy", wanted, MAX_IDS);
  g_autoptr (GError) error = NULL;
  guint n_same = 0;

  g_assert_cmpuint (read_numbers (expected, "margins", margins, MAX_IDS), ==, n);
  for (guint i = 0; i < n && margins[i] > 2 * tolerance; i++) {
    g_assert_cmpint (next, ==, (gint32) wanted[i]);
    n_same++;
    tpo_llm_step (llm, next, &next, NULL, &error);
    g_assert_no_error (error);
  }
  g_test_message ("%u of %u ids compared", n_same, n);
}

static void
check_prompt (TpoTextModel *model, const TpoJsonNode *expected, double tolerance)
{
  const TpoJsonNode *text = tpo_json_member (expected, "prompt");
  g_autoptr (GArray) ids = tpo_text_model_tokenize (model, text->string, FALSE);
  g_autoptr (TpoLlm) llm = new_llm (model);
  const TpoLlmPrompt prompt = { .ids = (gint32 *) (gpointer) ids->data, .n_ids = ids->len };
  double wanted[MAX_IDS];
  g_autoptr (GError) error = NULL;
  gint32 next;

  g_assert_cmpuint (read_numbers (expected, "ids", wanted, MAX_IDS), ==, ids->len);
  for (guint i = 0; i < ids->len; i++)
    g_assert_cmpint (g_array_index (ids, gint32, i), ==, (gint32) wanted[i]);
  tpo_llm_prefill (llm, &prompt, &next, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  check_logits (llm, expected, tolerance);
  check_continuation (llm, expected, next, tolerance);
}

static void
like_llama_cpp (gconstpointer data)
{
  const Subject *subject = data;
  g_autofree char *path = g_strdup_printf ("%s/%s.gguf", shared.folder, subject->name);
  g_autofree char *json_path = g_strdup_printf ("%s/expected.json", shared.folder);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoTextModel) model = open_model (path, &error);
  g_autoptr (TpoJson) json = NULL;
  const TpoJsonNode *prompts;

  g_assert_no_error (error);
  json = tpo_json_load (json_path, 1 << 20, &error);
  g_assert_no_error (error);
  prompts = tpo_json_member (tpo_json_root (json), subject->name);
  g_assert_nonnull (prompts);
  for (const TpoJsonNode *node = prompts->child; node != NULL; node = node->next)
    check_prompt (model, node, subject->tolerance);
}

/* One text in a vocabulary that is cut in one way; @ids: null where llama.cpp does otherwise than
 * the tokenizer's makers */
static void
check_ids (const TpoTokenizer *tokenizer, const char *way, const TpoJsonNode *text,
           const TpoJsonNode *ids)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (gint32));
  guint i = 0;

  if (ids->type == TPO_JSON_NULL)
    return;
  tpo_tokenizer_encode (tokenizer, text->string, strlen (text->string),
                        TPO_TOKENIZER_PARSE_USER_DEFINED, found);
  if (found->len != ids->n_children)
    g_test_message ("%s: %s: %u ids instead of %u", way, text->string, found->len,
                    ids->n_children);
  g_assert_cmpuint (found->len, ==, ids->n_children);
  for (const TpoJsonNode *id = ids->child; id != NULL; id = id->next, i++) {
    if (g_array_index (found, gint32, i) != (gint32) id->integer)
      g_test_message ("%s: %s: id %u", way, text->string, i);
    g_assert_cmpint (g_array_index (found, gint32, i), ==, (gint32) id->integer);
  }
}

/* The same vocabulary, in each way of cutting words. */
static void
cuts_words (void)
{
  static const char *const ways[] = { "qwen2", "llama-bpe", "gpt-2", "smollm", "default" };
  g_autofree char *path = g_build_filename (shared.folder, "words.gguf", NULL);
  g_autofree char *json_path = g_build_filename (shared.folder, "words.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoWeights) weights = tpo_weights_open (path, &error);
  g_autoptr (TpoJson) json = tpo_json_load (json_path, 1 << 20, &error);
  const TpoJsonNode *texts;

  g_assert_no_error (error);
  texts = tpo_json_member (tpo_json_root (json), "texts");
  g_assert_cmpuint (texts->n_children, >, 150);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    TpoMetadata *metadata = tpo_weights_edit_metadata (weights);
    const TpoJsonNode *ids = tpo_json_member (tpo_json_root (json), ways[i]);
    g_autoptr (TpoTokenizer) tokenizer = NULL;

    tpo_metadata_set_string (metadata, "tokenizer.ggml.pre", ways[i]);
    tokenizer = tpo_tokenizer_from_metadata (metadata, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (ids->n_children, ==, texts->n_children);
    ids = ids->child;
    for (const TpoJsonNode *text = texts->child; text != NULL;
         text = text->next, ids = ids->next)
      check_ids (tokenizer, ways[i], text, ids);
  }
}

static void
on_text (const char *text, gpointer user_data)
{
  g_string_append (user_data, text);
}

/* The public way gives the same ids, as text. */
static void
generates (void)
{
  const TpoTextRequest request = { .prompt = "the rain in the morning", .max_tokens = 12 };
  const TpoTextRequest empty = { .prompt = "", .max_tokens = 1 };
  g_autofree char *path = g_strdup_printf ("%s/q8_0.gguf", shared.folder);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoTextModel) model = open_model (path, &error);
  g_autoptr (GString) first = g_string_new (NULL), again = g_string_new (NULL);
  gint64 prompt_us = -1, generated_us = -1;

  g_assert_no_error (error);
  g_assert_cmpstr (tpo_text_model_get_name (model), ==, "tiny-q8_0");
  g_assert_true (tpo_text_model_generate (model, &request, on_text, first, NULL, &error));
  g_assert_true (tpo_text_model_generate (model, &request, on_text, again, NULL, &error));
  g_assert_cmpuint (first->len, >, 0);
  g_assert_true (g_utf8_validate (first->str, -1, NULL));
  g_assert_cmpstr (first->str, ==, again->str);
  /* <s> alone is a prompt. */
  g_assert_true (tpo_text_model_generate (model, &empty, on_text, first, NULL, &error));
  g_assert_true (tpo_text_model_time (model, 20, 3, &prompt_us, &generated_us, NULL, &error));
  g_assert_cmpint (prompt_us, >, 0);
  g_assert_cmpint (generated_us, >, 0);
  g_assert_false (
      tpo_text_model_time (model, 1000, 0, &prompt_us, &generated_us, NULL, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
}

/* A copy of @path with a template of conversations. */
static void
write_with_template (const char *path, const char *copy_path, const char *template)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoWeights) weights = tpo_weights_open (path, &error);
  g_autoptr (TpoGgufWriter) writer = NULL;
  TpoMetadata *metadata;

  g_assert_no_error (error);
  metadata = tpo_weights_edit_metadata (weights);
  tpo_metadata_set_string (metadata, "tokenizer.chat_template", template);
  writer = tpo_gguf_writer_new (copy_path, metadata, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < tpo_weights_get_n (weights); i++)
    tpo_gguf_writer_add (writer, tpo_weights_get (weights, i)->name,
                         &tpo_weights_get (weights, i)->shape);
  g_assert_true (tpo_gguf_writer_begin (writer, &error));
  for (guint i = 0; i < tpo_weights_get_n (weights); i++) {
    const TpoWeight *weight = tpo_weights_get (weights, i);

    g_assert_true (tpo_gguf_writer_start (writer, weight->type, &error) &&
                   tpo_gguf_writer_write (writer, weight->bytes, weight->size, &error));
  }
  g_assert_true (tpo_gguf_writer_finish (writer, &error));
}

static void
refuses_message (const char *path)
{
  const TpoTextRequest message = { .prompt = "the rain", .is_chat = TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoTextModel) model = open_model (path, &error);
  g_autoptr (GString) answer = g_string_new (NULL);

  g_assert_no_error (error);
  g_assert_false (tpo_text_model_generate (model, &message, on_text, answer, NULL, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED);
  g_assert_cmpuint (answer->len, ==, 0);
}

/* A message in its template is answered as the text that the template makes of it. */
static void
converses (void)
{
  const TpoTextRequest message = { .prompt = "the rain", .is_chat = TRUE, .max_tokens = 8 };
  const TpoTextRequest text = { .prompt = "[INST] the rain [/INST]", .max_tokens = 8 };
  g_autofree char *path = g_strdup_printf ("%s/q8_0.gguf", shared.folder);
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("tpo-llama-XXXXXX", &error);
  g_autofree char *copy_path = g_build_filename (folder, "chat.gguf", NULL);
  g_autoptr (GString) answer = g_string_new (NULL), continuation = g_string_new (NULL);
  g_autoptr (TpoTextModel) model = NULL;

  write_with_template (path, copy_path, "'[INST] ' + m + ' [/INST]'");
  model = open_model (copy_path, &error);
  g_assert_no_error (error);
  g_assert_true (tpo_text_model_has_chat (model));
  g_assert_true (tpo_text_model_generate (model, &message, on_text, answer, NULL, &error));
  g_assert_true (tpo_text_model_generate (model, &text, on_text, continuation, NULL, &error));
  g_assert_cmpuint (answer->len, >, 0);
  g_assert_cmpstr (answer->str, ==, continuation->str);

  write_with_template (path, copy_path, "{{ m }}");
  refuses_message (copy_path);
  refuses_message (path);
  g_remove (copy_path);
  g_rmdir (folder);
}

/* A header without tensors that claims to be a model of that kind. */
static void
refuse (const char *architecture, const char *key, TpoValue *value, const char *phrase)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("tpo-llama-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "model.gguf", NULL);
  g_autoptr (TpoMetadata) metadata = tpo_metadata_new ();
  g_autoptr (TpoGgufWriter) writer = NULL;
  g_autoptr (TpoTextModel) model = NULL;

  tpo_metadata_set_string (metadata, "general.architecture", architecture);
  tpo_metadata_set_u32 (metadata, "llama.block_count", 1);
  tpo_metadata_set_u32 (metadata, "llama.embedding_length", 64);
  tpo_metadata_set_u32 (metadata, "llama.feed_forward_length", 64);
  tpo_metadata_set_u32 (metadata, "llama.vocab_size", 300);
  tpo_metadata_set_u32 (metadata, "llama.attention.head_count", 4);
  tpo_metadata_set_f32 (metadata, "llama.attention.layer_norm_rms_epsilon", 1e-5);
  if (key != NULL)
    tpo_metadata_set (metadata, key, value);
  writer = tpo_gguf_writer_new (path, metadata, &error);
  g_assert_no_error (error);
  g_assert_true (tpo_gguf_writer_begin (writer, &error) &&
                 tpo_gguf_writer_finish (writer, &error));
  model = open_model (path, &error);
  g_assert_null (model);
  g_assert_true (g_error_matches (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED) ||
                 g_error_matches (error, TPO_ERROR, TPO_ERROR_FORMAT));
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, phrase));
  g_remove (path);
  g_rmdir (folder);
}

static TpoValue *
whole (gint64 number)
{
  TpoValue *value = tpo_value_new (TPO_VALUE_U32, FALSE, 1);

  value->ints[0] = number;
  return value;
}

static TpoValue *
words (const char *text)
{
  TpoValue *value = tpo_value_new (TPO_VALUE_STRING, FALSE, 1);

  value->strings[0] = g_strdup (text);
  return value;
}

static void
refused (void)
{
  refuse ("gemma", NULL, NULL, "gemma");
  refuse ("llama", "llama.expert_count", whole (8), "8 experts");
  refuse ("llama", "llama.rope.dimension_count", whole (8), "only 8 turn");
  refuse ("llama", "llama.attention.value_length", whole (32), "values 32");
  refuse ("llama", "llama.attention.head_count_kv", whole (3), "head_count_kv");
  refuse ("llama", "llama.attention.key_length", whole (7), "key_length");
  refuse ("llama", "tokenizer.ggml.model", words ("bert"), "bert");
  refuse ("llama", NULL, NULL, "tokenizer");
  refuse ("llama", "llama.rope.scaling.type", words ("yarn"), "yarn");
}

int
main (int argc, char **argv)
{
  const TpoDeviceOptions options = { .validate = g_getenv ("TPO_VALIDATE") != NULL };
  /* Element types, and two with byte-level vocabularies. Numbers of Q5_1 are rounded to F16, by up
   * to 2^-11 each. */
  static const Subject subjects[] = {
    { "f32", 5e-5 },    { "f16", 5e-5 },  { "q8_0", 5e-5 },      { "q4_0", 5e-5 },
    { "q4_k", 5e-5 },   { "q4_1", 5e-5 }, { "q5_0", 5e-5 },      { "q5_1", 2e-2 },
    { "iq4_nl", 5e-5 }, { "q3_k", 5e-5 }, { "llama-bpe", 5e-5 }, { "qwen2", 5e-5 },
  };
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  if (argc != 2)
    g_error ("usage: models-llama FOLDER");
  shared.folder = argv[1];
  shared.device = tpo_device_open (&options, &error);
  if (shared.device == NULL)
    g_error ("%s", error->message);
  for (guint i = 0; i < G_N_ELEMENTS (subjects); i++) {
    g_autofree char *path = g_strdup_printf ("/llama/like-llama.cpp/%s", subjects[i].name);

    g_test_add_data_func (path, &subjects[i], like_llama_cpp);
  }
  g_test_add_func ("/llama/words", cuts_words);
  g_test_add_func ("/llama/generates", generates);
  g_test_add_func ("/llama/converses", converses);
  g_test_add_func ("/llama/refused", refused);
  status = g_test_run ();
  tpo_device_unref (shared.device);
  return status;
}
