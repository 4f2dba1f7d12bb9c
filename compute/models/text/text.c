#include "models/text/text.h"

#include <string.h>

#include "io/chat-template.h"
#include "io/model-config.h"

/* Tokens that a sequence holds where neither caller nor file ask for fewer. */
enum {
  DEFAULT_CAPACITY = 2048,
  DEFAULT_MAX_TOKENS = 200
};

static gboolean
read_config (TpoTextModel *self, TpoMistralConfig *config, GError **error)
{
  const TpoMetadata *metadata = tpo_weights_get_metadata (self->weights);
  const char *architecture = tpo_metadata_find_string (metadata, "general.architecture");

  if (g_strcmp0 (architecture, "llama") == 0 || g_strcmp0 (architecture, "qwen2") == 0)
    return tpo_mistral_config_read_gguf (config, metadata, architecture, error);
  if (g_strcmp0 (architecture, TPO_ARCHITECTURE) == 0)
    return tpo_mistral_config_read (config, metadata, TPO_ARCHITECTURE ".llm.", error);
  g_set_error (
      error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
      "%s: the architecture is “%s”; texts are continued by models of “llama”, “qwen2” or “%s”",
      tpo_weights_get_path (self->weights), architecture != NULL ? architecture : "not given",
      TPO_ARCHITECTURE);
  return FALSE;
}

/* What the file says of its prompts and of its longest sequence. */
static gboolean
read_settings (TpoTextModel *self, guint *capacity, GError **error)
{
  const TpoMetadata *metadata = tpo_weights_get_metadata (self->weights);
  const char *name = tpo_metadata_find_string (metadata, "general.name");
  const char *architecture = tpo_metadata_find_string (metadata, "general.architecture");
  g_autofree char *context_key = g_strconcat (architecture, ".context_length", NULL);
  TpoReader reader = tpo_reader (metadata, "");
  guint context;

  self->name = g_strdup (name != NULL ? name : architecture);
  self->tokenizer = tpo_tokenizer_from_metadata (metadata, error);
  if (self->tokenizer == NULL)
    return FALSE;
  self->adds_bos = tpo_reader_bool_or (&reader, "tokenizer.ggml.add_bos_token",
                                       tpo_tokenizer_begins_texts (self->tokenizer));
  self->adds_eos = tpo_reader_bool_or (&reader, "tokenizer.ggml.add_eos_token", FALSE);
  context = tpo_reader_uint_or (&reader, context_key, 1, G_MAXINT32, DEFAULT_CAPACITY);
  if (*capacity == 0)
    *capacity = MIN (context, DEFAULT_CAPACITY);
  return tpo_reader_finish (&reader, error);
}

static gboolean
load (TpoTextModel *self, const TpoLoaderOptions *loader_options, guint capacity,
      GError **error)
{
  TpoLlmOptions options = { .cache_type = TPO_F16 };
  g_autoptr (TpoLoader) loader = tpo_loader_new (self->device, self->weights, loader_options);
  TpoMistralConfig config;

  if (!read_config (self, &config, error) || !read_settings (self, &capacity, error))
    return FALSE;
  options.capacity = capacity;
  self->mistral =
      tpo_mistral_load (loader, &config, config.is_gguf ? "" : TPO_MISTRAL_DECODER,
                        config.is_gguf ? TPO_MISTRAL_GGUF_HEAD : TPO_MISTRAL_HEAD, error);
  if (self->mistral == NULL)
    return FALSE;
  if (config.vocab_size < tpo_tokenizer_get_n (self->tokenizer)) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 "the tokenizer has %u tokens, but the embedding table only %u rows",
                 tpo_tokenizer_get_n (self->tokenizer), config.vocab_size);
    return FALSE;
  }
  self->llm = tpo_llm_new (self->device, self->mistral, &options, error);
  return self->llm != NULL;
}

TpoTextModel *
tpo_text_model_open (TpoDevice *device, const char *path, guint capacity,
                     TpoProgressFunc progress, gpointer user_data, GCancellable *cancellable,
                     GError **error)
{
  const TpoLoaderOptions options = {
    .storage = TPO_STORAGE_AS_FILED,
    .progress = progress,
    .user_data = user_data,
    .cancellable = cancellable,
  };
  g_autoptr (TpoTextModel) self = g_new0 (TpoTextModel, 1);

  g_return_val_if_fail (device != NULL && path != NULL, NULL);

  self->device = tpo_device_ref (device);
  self->weights = tpo_weights_open (path, error);
  if (self->weights == NULL || !load (self, &options, capacity, error))
    return NULL;
  return g_steal_pointer (&self);
}

const char *
tpo_text_model_get_name (const TpoTextModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

void
tpo_text_model_free (TpoTextModel *self)
{
  g_clear_pointer (&self->llm, tpo_llm_free);
  g_clear_pointer (&self->mistral, tpo_mistral_unref);
  g_clear_pointer (&self->tokenizer, tpo_tokenizer_unref);
  g_clear_pointer (&self->weights, tpo_weights_unref);
  g_clear_pointer (&self->device, tpo_device_unref);
  g_free (self->name);
  g_free (self);
}

GArray *
tpo_text_model_tokenize (const TpoTextModel *self, const char *prompt, gboolean parses_special)
{
  const gint32 bos = tpo_tokenizer_get_bos (self->tokenizer);
  const gint32 eos = tpo_tokenizer_get_eos (self->tokenizer);
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint32));

  if (self->adds_bos && bos >= 0)
    g_array_append_val (ids, bos);
  tpo_tokenizer_encode (
      self->tokenizer, prompt, strlen (prompt),
      parses_special ? TPO_TOKENIZER_PARSE_ADDED : TPO_TOKENIZER_PARSE_USER_DEFINED, ids);
  if (self->adds_eos && eos >= 0)
    g_array_append_val (ids, eos);
  return ids;
}

static const char *
chat_source (const TpoTextModel *self)
{
  return tpo_metadata_find_string (tpo_weights_get_metadata (self->weights),
                                   TPO_CHAT_TEMPLATE_KEY);
}

gboolean
tpo_text_model_has_chat (const TpoTextModel *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return chat_source (self) != NULL;
}

/* The ids of a message in its template; @end: (out): the token that ends the answer, or -1 */
static GArray *
tokenize_message (const TpoTextModel *self, const char *message, gint32 *end, GError **error)
{
  g_autoptr (GArray) ids = tpo_text_model_tokenize (self, "", FALSE);
  const char *source = chat_source (self);
  const TpoChatTemplate *chat;

  if (source == NULL) {
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
                         "the model has no template of conversations; it only continues texts");
    return NULL;
  }
  chat = tpo_chat_template_find (source, error);
  if (chat == NULL || !tpo_chat_template_encode (chat, self->tokenizer, message, ids, error))
    return NULL;
  *end = chat->end != NULL ? tpo_tokenizer_find (self->tokenizer, chat->end) : -1;
  return g_steal_pointer (&ids);
}

gboolean
tpo_text_model_generate (TpoTextModel *self, const TpoTextRequest *request, TpoTextFunc on_text,
                         gpointer user_data, GCancellable *cancellable, GError **error)
{
  const TpoSampling sampling = { .temperature = request->temperature,
                                 .top_p = request->top_p,
                                 .repetition_penalty = request->repetition_penalty };
  guint left = request->max_tokens > 0 ? request->max_tokens : DEFAULT_MAX_TOKENS;
  gint32 id, end = -1;
  g_autoptr (GArray) ids =
      request->is_chat
          ? tokenize_message (self, request->prompt, &end, error)
          : tpo_text_model_tokenize (self, request->prompt, request->parses_special);
  TpoLlmPrompt prompt = { 0 };
  g_autoptr (TpoTextStream) stream = tpo_text_stream_new (self->tokenizer);

  if (ids == NULL)
    return FALSE;
  prompt.ids = (gint32 *) (gpointer) ids->data;
  prompt.n_ids = ids->len;
  tpo_llm_set_sampling (self->llm, &sampling, request->seed);
  tpo_llm_truncate (self->llm, 0);
  if (!tpo_llm_prefill (self->llm, &prompt, &id, NULL, NULL, cancellable, error))
    return FALSE;
  while (left-- > 0 && id != tpo_tokenizer_get_eos (self->tokenizer) && id != end) {
    on_text (tpo_text_stream_push (stream, id), user_data);
    if (left == 0 || tpo_llm_get_length (self->llm) == tpo_llm_get_capacity (self->llm))
      break;
    if (!tpo_llm_step (self->llm, id, &id, cancellable, error))
      return FALSE;
  }
  on_text (tpo_text_stream_finish (stream), user_data);
  return TRUE;
}

/* Ids without meaning, from anywhere in the vocabulary. */
static gint32
any_id (const TpoTextModel *self, guint i)
{
  return (gint32) (i * 7919u % tpo_mistral_get_config (self->mistral)->vocab_size);
}

gboolean
tpo_text_model_time (TpoTextModel *self, guint n_prompt, guint n_generated, gint64 *prompt_us,
                     gint64 *generated_us, GCancellable *cancellable, GError **error)
{
  g_autofree gint32 *ids = g_new (gint32, MAX (n_prompt, 1));
  const TpoLlmPrompt prompt = { .ids = ids, .n_ids = n_prompt };
  gint64 start_us = g_get_monotonic_time ();
  gint32 next;

  for (guint i = 0; i < n_prompt; i++)
    ids[i] = any_id (self, i);
  tpo_llm_set_sampling (self->llm, NULL, 0);
  tpo_llm_truncate (self->llm, 0);
  if (n_prompt > 0 &&
      !tpo_llm_prefill (self->llm, &prompt, &next, NULL, NULL, cancellable, error))
    return FALSE;
  *prompt_us = g_get_monotonic_time () - start_us;
  tpo_llm_truncate (self->llm, 0);
  start_us = g_get_monotonic_time ();
  for (guint i = 0; i < n_generated; i++) {
    if (!tpo_llm_step (self->llm, any_id (self, i), &next, cancellable, error))
      return FALSE;
  }
  *generated_us = g_get_monotonic_time () - start_us;
  return TRUE;
}
