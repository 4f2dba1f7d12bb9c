#include "models/videochat/model.h"

#include <glib/gi18n.h>

#include "io/model-summary.h"

/* Prefix of all settings; keys are listed in io/model-config.h. */
#define SETTING(name) TPO_ARCHITECTURE "." name

static const guint MAX_ANSWER = 200;

static const char *const task_tokens[TPO_TASK_COUNT] = {
  [TPO_TASK_REGION] = "<box_begin>",
  [TPO_TASK_TEMPORAL] = "<time_begin>",
  [TPO_TASK_MASK] = "<track_begin>",
};

/* How questions become prompts. */
static gboolean
read_prompts (TpoModel *self, GError **error)
{
  TpoReader reader = tpo_reader (tpo_weights_get_metadata (self->weights), SETTING ("prompt."));
  const char *template = tpo_reader_string_or (&reader, "template", NULL);
  const char *bos_mode = tpo_reader_string_or (&reader, "bos_mode", NULL);

  if (g_strcmp0 (template, "chatml") == 0)
    self->template = TPO_TEMPLATE_CHATML;
  else if (template != NULL)
    tpo_reader_fail (&reader, "template", "names no form of prompts that is known");
  self->system = g_strdup (tpo_reader_string_or (&reader, "system", NULL));
  self->info.is_multi_turn = tpo_reader_bool_or (&reader, "multi_turn", TRUE);
  self->max_ids = tpo_reader_uint_or (&reader, "max_ids", 16, 1 << 20, 1024);
  self->bos_mode = TPO_BOS_PER_PART;
  if (g_strcmp0 (bos_mode, "first_only") == 0)
    self->bos_mode = TPO_BOS_FIRST_ONLY;
  else if (g_strcmp0 (bos_mode, "none") == 0)
    self->bos_mode = TPO_BOS_NONE;
  return tpo_reader_finish (&reader, error);
}

static gboolean
read_info (TpoModel *self, const char *path, GError **error)
{
  const TpoMetadata *metadata = tpo_weights_get_metadata (self->weights);
  const char *architecture = tpo_metadata_find_string (metadata, "general.architecture");
  const char *name = tpo_metadata_find_string (metadata, "general.name");
  guint heads;

  if (g_strcmp0 (architecture, TPO_ARCHITECTURE) != 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
                 _ ("%s: the architecture is “%s”; chats about videos need a “%s” model"), path,
                 architecture != NULL ? architecture : _ ("not given"), TPO_ARCHITECTURE);
    return FALSE;
  }
  self->info.name = g_strdup (name != NULL ? name : "VideoChat-TPO");
  self->info.version = g_strdup (tpo_metadata_find_string (metadata, "general.version"));
  self->info.hash = tpo_model_hash (path, &self->info.file_size, error);
  if (self->info.hash == NULL)
    return FALSE;
  for (guint i = 0; i < tpo_weights_get_n (self->weights); i++)
    self->info.n_parameters +=
        (guint64) tpo_shape_count (&tpo_weights_get (self->weights, i)->shape);
  heads = tpo_model_heads (self->weights);
  self->info.has_region = (heads & TPO_MODEL_HEAD_REGION) != 0;
  self->info.has_temporal = (heads & TPO_MODEL_HEAD_TEMPORAL) != 0;
  self->info.has_mask = (heads & TPO_MODEL_HEAD_MASK) != 0;
  return read_prompts (self, error);
}

static TpoLoader *
new_loader (TpoModel *self, TpoProgressFunc progress, gpointer user_data,
            GCancellable *cancellable)
{
  TpoLoaderOptions options = {
    .storage = TPO_STORAGE_AS_FILED,
    .progress = progress,
    .user_data = user_data,
    .cancellable = cancellable,
  };

  return tpo_loader_new (self->device, self->weights, &options);
}

static gboolean
load_vision (TpoModel *self, TpoLoader *loader, GError **error)
{
  const TpoMetadata *metadata = tpo_weights_get_metadata (self->weights);
  TpoReader reader = tpo_reader (metadata, SETTING ("vision."));
  TpoVitConfig vit;

  self->n_frames = tpo_reader_uint_or (&reader, "num_frames", 1, 4096, 16);
  if (!tpo_reader_finish (&reader, error) ||
      !tpo_vit_config_read (&vit, metadata, SETTING ("vision."), error))
    return FALSE;
  self->vit = tpo_vit_load (loader, &vit, error);
  if (self->vit == NULL)
    return FALSE;
  self->connector = tpo_connector_load (loader, SETTING (""), error);
  return self->connector != NULL;
}

/* Rows of a prompt come from three places; settings that disagree must not pass. */
static gboolean
check_widths (const TpoModel *self, const TpoMistralConfig *config, GError **error)
{
  guint visual = tpo_connector_get_width (self->connector), heads = self->heads->width;

  if (visual == config->hidden_size && (heads == 0 || heads == config->hidden_size))
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
               _ ("the language model is %u wide, but the connector's rows %u and the heads' "
                  "tokens %u"),
               config->hidden_size, visual, heads);
  return FALSE;
}

/* Task tokens stand in prompts by their own embedding; <track_box> by a box encoder's row. */
static gboolean
load_llm (TpoModel *self, TpoLoader *loader, GError **error)
{
  TpoTokenEmbedding tokens[4];
  TpoLlmOptions options = { .tokens = tokens };
  TpoMistralConfig config;
  const struct {
    const char *text;
    const float *embedding;
  } replaced[] = {
    { "<boxes>", self->heads->box_token },
    { "<temp>", self->heads->temporal_token },
    { "<tracking>", self->heads->track_token },
    { "<track_box>", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (replaced); i++) {
    gint id = tpo_tokenizer_find (self->tokenizer, replaced[i].text);

    if (id >= 0 && (replaced[i].embedding != NULL || i == 3))
      tokens[options.n_tokens++] = (TpoTokenEmbedding){ id, replaced[i].embedding };
  }
  options.capacity = self->max_ids + MAX_ANSWER + 16;
  if (!tpo_mistral_config_read (&config, tpo_weights_get_metadata (self->weights),
                                SETTING ("llm."), error) ||
      !check_widths (self, &config, error))
    return FALSE;
  self->mistral =
      tpo_mistral_load (loader, &config, TPO_MISTRAL_DECODER, TPO_MISTRAL_HEAD, error);
  if (self->mistral == NULL)
    return FALSE;
  if (config.vocab_size < tpo_tokenizer_get_n (self->tokenizer)) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 _ ("the tokenizer has %u tokens, but the embedding table only %u rows"),
                 tpo_tokenizer_get_n (self->tokenizer), config.vocab_size);
    return FALSE;
  }
  options.cache_type = tpo_mistral_cache_type (self->mistral);
  self->llm = tpo_llm_new (self->device, self->mistral, &options, error);
  return self->llm != NULL;
}

static void
find_tasks (TpoModel *self)
{
  const gboolean present[TPO_TASK_COUNT] = {
    [TPO_TASK_REGION] = self->info.has_region,
    [TPO_TASK_TEMPORAL] = self->info.has_temporal && self->heads->temporal_token != NULL,
    [TPO_TASK_MASK] = self->info.has_mask && self->heads->track_embed[0].w != NULL &&
                      self->heads->track_token != NULL,
  };

  self->track_box_id = tpo_tokenizer_find (self->tokenizer, "<track_box>");
  for (guint i = 0; i < TPO_TASK_COUNT; i++)
    self->task_ids[i] = present[i] ? tpo_tokenizer_find (self->tokenizer, task_tokens[i]) : -1;
}

static gboolean
load_chat (TpoModel *self, TpoLoader *loader, GError **error)
{
  if (!load_vision (self, loader, error))
    return FALSE;
  self->heads = tpo_heads_load (loader, error);
  if (self->heads == NULL || !load_llm (self, loader, error))
    return FALSE;
  find_tasks (self);
  return tpo_llm_warm_up (self->llm, error);
}

TpoModel *
tpo_model_open (TpoDevice *device, const char *path, TpoProgressFunc progress,
                gpointer user_data, GCancellable *cancellable, GError **error)
{
  g_autoptr (TpoModel) self = g_new0 (TpoModel, 1);
  g_autoptr (TpoLoader) loader = NULL;

  g_return_val_if_fail (device != NULL && path != NULL, NULL);

  self->device = tpo_device_ref (device);
  self->sessions = g_ptr_array_new ();
  tpo_device_add_reclaimer (device, tpo_model_reclaim, self);
  self->weights = tpo_weights_open (path, error);
  if (self->weights == NULL || !read_info (self, path, error))
    return NULL;
  self->tokenizer =
      tpo_tokenizer_from_metadata (tpo_weights_get_metadata (self->weights), error);
  if (self->tokenizer == NULL)
    return NULL;
  loader = new_loader (self, progress, user_data, cancellable);
  if (load_chat (self, loader, error))
    return g_steal_pointer (&self);
  tpo_model_explain (self, error);
  return NULL;
}

const TpoModelInfo *
tpo_model_get_info (TpoModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->info;
}

static gboolean
require_temporal (const TpoModel *self, GError **error)
{
  if (!self->info.has_temporal)
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
                         _ ("the model file holds no temporal head"));
  return self->info.has_temporal;
}

static gboolean
require_mask (const TpoModel *self, GError **error)
{
  if (!self->info.has_mask)
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
                         _ ("the model file holds no mask head"));
  return self->info.has_mask;
}

/* Queries are cut by a vocabulary of their own where the file has one. */
static gboolean
load_clip_tokenizer (TpoModel *self, GError **error)
{
  const TpoMetadata *metadata = tpo_weights_get_metadata (self->weights);
  guint n_words = tpo_mistral_get_config (self->clip_text)->vocab_size;

  g_clear_pointer (&self->clip_tokenizer, tpo_tokenizer_unref);
  if (tpo_metadata_find (metadata, TPO_CLIP_TOKENIZER_KEY) != NULL)
    self->clip_tokenizer = tpo_tokenizer_from_value (metadata, TPO_CLIP_TOKENIZER_KEY, error);
  else
    self->clip_tokenizer = tpo_tokenizer_ref (self->tokenizer);
  if (self->clip_tokenizer == NULL || tpo_tokenizer_get_n (self->clip_tokenizer) <= n_words)
    return self->clip_tokenizer != NULL;
  g_set_error (
      error, TPO_ERROR, TPO_ERROR_FORMAT,
      _ ("the vocabulary of queries has %u tokens, but the query encoder only %u rows"),
      tpo_tokenizer_get_n (self->clip_tokenizer), n_words);
  return FALSE;
}

gboolean
tpo_model_load_clip_vision (TpoModel *self, GCancellable *cancellable, GError **error)
{
  const TpoMetadata *metadata = tpo_weights_get_metadata (self->weights);
  TpoReader reader = tpo_reader (metadata, SETTING ("clip.vision."));
  g_autoptr (TpoLoader) loader = NULL;
  TpoClipVisionConfig config;

  if (!require_temporal (self, error))
    return FALSE;
  self->clip_rate = tpo_reader_real_or (&reader, "frames_per_second", 8.0);
  if (!(self->clip_rate > 0.0))
    tpo_reader_fail (&reader, "frames_per_second", "must be positive");
  if (!tpo_reader_finish (&reader, error) ||
      !tpo_clip_vision_config_read (metadata, SETTING ("clip.vision."), &config, error))
    return FALSE;
  loader = new_loader (self, NULL, NULL, cancellable);
  self->clip_vision = tpo_clip_vision_load (loader, &config, error);
  return self->clip_vision != NULL;
}

gboolean
tpo_model_load_clip_text (TpoModel *self, GCancellable *cancellable, GError **error)
{
  TpoReader reader =
      tpo_reader (tpo_weights_get_metadata (self->weights), SETTING ("clip.text."));
  g_autoptr (TpoLoader) loader = NULL;

  if (!require_temporal (self, error))
    return FALSE;
  g_free (self->query_prefix);
  self->query_prefix = g_strdup (tpo_reader_string_or (&reader, "query_prefix", "summarize:"));
  if (!tpo_reader_finish (&reader, error))
    return FALSE;
  loader = new_loader (self, NULL, NULL, cancellable);
  self->clip_text = tpo_clip_text_load (loader, SETTING ("clip.text."), error);
  if (self->clip_text != NULL && !load_clip_tokenizer (self, error))
    g_clear_pointer (&self->clip_text, tpo_mistral_unref);
  return self->clip_text != NULL;
}

gboolean
tpo_model_load_temporal (TpoModel *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (TpoLoader) loader = NULL;
  TpoCgdetrConfig config;

  if (!require_temporal (self, error) ||
      !tpo_cgdetr_config_read (tpo_weights_get_metadata (self->weights), SETTING ("cg."),
                               &config, error))
    return FALSE;
  loader = new_loader (self, NULL, NULL, cancellable);
  self->cgdetr = tpo_cgdetr_load (loader, &config, error);
  return self->cgdetr != NULL;
}

gboolean
tpo_model_load_mask (TpoModel *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (TpoLoader) loader = NULL;
  TpoSam2Config config;

  if (!require_mask (self, error) ||
      !tpo_sam2_config_read (tpo_weights_get_metadata (self->weights), SETTING ("sam."),
                             &config, error))
    return FALSE;
  loader = new_loader (self, NULL, NULL, cancellable);
  self->sam2 = tpo_sam2_load (loader, &config, error);
  return self->sam2 != NULL;
}

void
tpo_model_free (TpoModel *self)
{
  if (self->device != NULL)
    tpo_device_remove_reclaimer (self->device, tpo_model_reclaim, self);
  g_clear_pointer (&self->sessions, g_ptr_array_unref);
  g_clear_pointer (&self->sam2, tpo_sam2_free);
  g_clear_pointer (&self->cgdetr, tpo_cgdetr_free);
  g_clear_pointer (&self->clip_text, tpo_mistral_unref);
  g_clear_pointer (&self->clip_vision, tpo_clip_vision_free);
  g_clear_pointer (&self->llm, tpo_llm_free);
  g_clear_pointer (&self->mistral, tpo_mistral_unref);
  g_clear_pointer (&self->heads, tpo_heads_free);
  g_clear_pointer (&self->connector, tpo_connector_free);
  g_clear_pointer (&self->vit, tpo_vit_free);
  g_clear_pointer (&self->tokenizer, tpo_tokenizer_unref);
  g_clear_pointer (&self->weights, tpo_weights_unref);
  g_clear_pointer (&self->device, tpo_device_unref);
  g_clear_pointer (&self->clip_tokenizer, tpo_tokenizer_unref);
  g_free (self->query_prefix);
  g_free (self->system);
  g_free (self->info.name);
  g_free (self->info.version);
  g_free (self->info.hash);
  g_free (self);
}
