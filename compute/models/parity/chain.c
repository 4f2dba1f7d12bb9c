#include "models/parity/chain.h"

#include <string.h>

#include "io/model-config.h"
#include "models/preprocess/preprocess.h"

enum {
  N_BEST = 8 /* logits that the fixture stores of each step */
};

#define SETTING(name) TPO_ARCHITECTURE "." name

static void
chain_clear (TpoChain *self)
{
  g_clear_pointer (&self->llm, tpo_llm_free);
  g_clear_pointer (&self->mistral, tpo_mistral_unref);
  g_clear_pointer (&self->vit, tpo_vit_free);
  g_clear_pointer (&self->connector, tpo_connector_free);
  g_clear_pointer (&self->heads, tpo_heads_free);
  g_clear_pointer (&self->cgdetr, tpo_cgdetr_free);
  g_clear_pointer (&self->sam2, tpo_sam2_free);
  g_clear_pointer (&self->tokenizer, tpo_tokenizer_unref);
  g_clear_pointer (&self->weights, tpo_weights_unref);
  g_free (self->video);
  g_free (self->picture);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TpoChain, chain_clear)

/* ---- loading --------------------------------------------------------------------------------- */

static gboolean
load_llm (TpoChain *self, TpoLoader *loader, GError **error)
{
  TpoTokenEmbedding track_box = { .id = tpo_tokenizer_find (self->tokenizer, "<track_box>") };
  TpoLlmOptions options = { .tokens = &track_box, .n_tokens = 1 };
  TpoMistralConfig config;

  if (!tpo_mistral_config_read (&config, tpo_weights_get_metadata (self->weights),
                                SETTING ("llm."), error))
    return FALSE;
  self->mistral =
      tpo_mistral_load (loader, &config, TPO_MISTRAL_DECODER, TPO_MISTRAL_HEAD, error);
  if (self->mistral == NULL)
    return FALSE;
  options.cache_type = tpo_mistral_cache_type (self->mistral);
  self->llm = tpo_llm_new (self->run->device, self->mistral, &options, error);
  return self->llm != NULL;
}

static gboolean
load_heads (TpoChain *self, TpoLoader *loader, GError **error)
{
  const TpoMetadata *metadata = tpo_weights_get_metadata (self->weights);
  TpoCgdetrConfig cgdetr;
  TpoSam2Config sam2;

  if (!tpo_cgdetr_config_read (metadata, SETTING ("cg."), &cgdetr, error) ||
      !tpo_sam2_config_read (metadata, SETTING ("sam."), &sam2, error))
    return FALSE;
  return (self->heads = tpo_heads_load (loader, error)) != NULL &&
         (self->cgdetr = tpo_cgdetr_load (loader, &cgdetr, error)) != NULL &&
         (self->sam2 = tpo_sam2_load (loader, &sam2, error)) != NULL;
}

static gboolean
load (TpoChain *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->run->path);
  TpoReader reader = tpo_parity_hparams (self->run);
  g_autoptr (TpoLoader) loader = NULL;
  TpoVitConfig vit;

  self->picture_frame = tpo_reader_uint_or (&reader, "picture_frame", 0, G_MAXUINT16, 5);
  if (!tpo_reader_finish (&reader, error))
    return FALSE;
  self->weights = tpo_weights_open (folder, error);
  if (self->weights == NULL)
    return FALSE;
  self->tokenizer = tpo_tokenizer_load (folder, error);
  if (self->tokenizer == NULL)
    return FALSE;
  self->system = tpo_metadata_find_string (tpo_weights_get_metadata (self->weights),
                                           SETTING ("prompt.system"));
  loader = tpo_parity_loader_of (self->run, self->weights);
  if (!tpo_vit_config_read (&vit, tpo_weights_get_metadata (self->weights), SETTING ("vision."),
                            error))
    return FALSE;
  return (self->vit = tpo_vit_load (loader, &vit, error)) != NULL &&
         (self->connector = tpo_connector_load (loader, TPO_ARCHITECTURE ".", error)) != NULL &&
         load_heads (self, loader, error) && load_llm (self, loader, error);
}

/* ---- vision ---------------------------------------------------------------------------------- */

/* Frames [T, rows, cols, 3] become rows of a prompt. Checks "out.NAME.*" and "mid.NAME.*".
 * @n_rows: (out). Returns: (transfer full) */
static float *
encode (TpoChain *self, const char *name, const guint8 *frames, TpoShape shape,
        gboolean is_still, guint *n_rows, GError **error)
{
  TpoParityRun *run = self->run;
  g_autofree char *out_prefix = g_strdup_printf ("out.%s.", name);
  g_autofree char *mid_prefix = g_strdup_printf ("mid.%s.", name);
  g_autofree char *embeds_name = g_strconcat (out_prefix, "embeds", NULL);
  g_autoptr (TpoTaps) taps = tpo_taps_new ();
  g_autoptr (TpoGraph) g = tpo_graph_new (run->device, name);
  TpoTensor *input = tpo_graph_input (g, "frames", TPO_U8, shape), *rows, *x;
  const float *last = tpo_connector_get_last (self->connector);
  guint width = tpo_connector_get_width (self->connector), n_frames = (guint) shape.dim[0];
  g_autofree float *values = NULL;
  gsize n;

  *n_rows = tpo_connector_n_rows (self->connector, n_frames,
                                  (guint) tpo_vit_n_tokens (self->vit, 1), is_still);
  n = (gsize) (*n_rows - (last != NULL)) * width;
  values = g_new (float, (gsize) *n_rows *width);
  x = tpo_preprocess_chat (g, input, tpo_vit_get_config (self->vit)->image_size, TRUE,
                           tpo_vit_get_pixels (self->vit));
  x = tpo_vit_forward (g, self->vit, x, taps);
  rows = tpo_connector_forward (g, self->connector, x, n_frames, is_still, taps);
  tpo_graph_output (g, rows);
  if (!tpo_graph_compile (g, error) ||
      !tpo_graph_write (g, input, frames, (gsize) tpo_shape_count (&shape), error) ||
      !tpo_graph_run (g, run->options.cancellable, error) ||
      !tpo_graph_read (g, rows, values, n * sizeof *values, error))
    return NULL;
  if (last != NULL)
    memcpy (values + n, last, width * sizeof *values);
  if (!tpo_parity_check (run, embeds_name, NULL, values, (gint64) *n_rows * width, error) ||
      !tpo_parity_check_taps (run, out_prefix, g, taps, error) ||
      !tpo_parity_check_taps (run, mid_prefix, g, taps, error))
    return NULL;
  return g_steal_pointer (&values);
}

static gboolean
encode_all (TpoChain *self, GError **error)
{
  TpoShape shape, one;
  g_autofree guint8 *frames = tpo_parity_images (self->run, "in.frames", &shape, error);
  gsize frame_size;

  if (frames == NULL)
    return FALSE;
  if (shape.dim[0] <= self->picture_frame) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_SHAPE, "%s: in.frames has too few frames",
                 self->run->path);
    return FALSE;
  }
  one = shape;
  one.dim[0] = 1;
  frame_size = (gsize) tpo_shape_count (&one);
  self->video = encode (self, "visual", frames, shape, FALSE, &self->n_video, error);
  if (self->video == NULL)
    return FALSE;
  self->picture = encode (self, "visual_image", frames + self->picture_frame * frame_size, one,
                          TRUE, &self->n_picture, error);
  return self->picture != NULL;
}

/* ---- prompts --------------------------------------------------------------------------------- */

static const char *
string_of (const TpoJsonNode *object, const char *key)
{
  const TpoJsonNode *node = tpo_json_member (object, key);

  return node != NULL && tpo_json_is_text (node) ? node->string : NULL;
}

static gboolean
is_true (const TpoJsonNode *object, const char *key)
{
  const TpoJsonNode *node = tpo_json_member (object, key);

  return node != NULL && node->type == TPO_JSON_BOOL && node->boolean;
}

static TpoPrompt *
make_prompt (TpoChain *self, const TpoJsonNode *entry, GError **error)
{
  gboolean is_image = is_true (entry, "image");
  TpoQuestion question = { .n_visual = is_image ? self->n_picture : self->n_video,
                           .is_image = is_image,
                           .system = self->system,
                           .text = string_of (entry, "text"),
                           .message = string_of (entry, "msg"),
                           .max_ids = 1024 };
  const char *function = string_of (entry, "fn");

  if (question.text == NULL || function == NULL) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: a prompt in hparams is malformed",
                 self->run->path);
    return NULL;
  }
  if (g_str_equal (function, "process_qa"))
    return tpo_prompt_new_chat (self->tokenizer, &question);
  if (g_str_equal (function, "generate_answer"))
    return tpo_prompt_new_answer (self->tokenizer, &question);
  question.template = TPO_TEMPLATE_CHATML;
  return tpo_prompt_new (self->tokenizer, &question);
}

static gboolean
check_ids (TpoChain *self, guint index, const TpoPrompt *prompt, GError **error)
{
  g_autofree char *ids_name = g_strdup_printf ("out.p%u.ids", index);
  g_autofree char *mask_name = g_strdup_printf ("out.p%u.visual_mask", index);
  const TpoWeight *mask = tpo_parity_stored (self->run, mask_name, error);
  gint64 n_different = 0;

  if (mask == NULL)
    return FALSE;
  for (guint i = 0; i < prompt->n; i++)
    n_different += i >= mask->size || (mask->bytes[i] != 0) != (prompt->is_visual[i] != 0);
  tpo_parity_add (self->run, mask_name, NULL, prompt->n, (double) n_different, 0);
  return tpo_parity_check_ints (self->run, ids_name, NULL, prompt->ids, prompt->n, error);
}

static gboolean
prefill (TpoChain *self, const TpoPrompt *prompt, gboolean is_image, const float *box,
         gint32 *next_id, GError **error)
{
  TpoLlmPrompt question = { .ids = prompt->ids,
                            .n_ids = prompt->n,
                            .visual_mask = prompt->is_visual,
                            .visual = is_image ? self->picture : self->video,
                            .n_visual = is_image ? self->n_picture : self->n_video,
                            .boxes = box,
                            .n_boxes = box != NULL };

  tpo_llm_truncate (self->llm, 0);
  return tpo_llm_prefill (self->llm, &question, next_id, NULL, NULL,
                          self->run->options.cancellable, error);
}

static gboolean
check_last (TpoChain *self, guint index, GError **error)
{
  const TpoMistralConfig *config = tpo_mistral_get_config (self->mistral);
  g_autofree char *hidden_name = g_strdup_printf ("out.p%u.last_hidden", index);
  g_autofree char *logits_name = g_strdup_printf ("out.p%u.last_logits", index);
  g_autofree float *hidden = g_new (float, config->hidden_size);
  g_autofree float *logits = g_new (float, config->vocab_size);

  if (!tpo_llm_read_hidden (self->llm, hidden, error) ||
      !tpo_parity_check (self->run, hidden_name, NULL, hidden, config->hidden_size, error))
    return FALSE;
  return tpo_weights_find (self->run->weights, logits_name) == NULL ||
         (tpo_llm_read_logits (self->llm, logits, error) &&
          tpo_parity_check (self->run, logits_name, NULL, logits, config->vocab_size, error));
}

/* ---- steps ----------------------------------------------------------------------------------- */

/* The N_BEST largest of @logits, largest first. */
static void
find_best (const float *logits, guint n, float *best)
{
  for (guint k = 0; k < N_BEST; k++)
    best[k] = -G_MAXFLOAT;
  for (guint i = 0; i < n; i++) {
    guint k = N_BEST;

    while (k > 0 && logits[i] > best[k - 1])
      k--;
    if (k < N_BEST) {
      memmove (best + k + 1, best + k, (N_BEST - 1 - k) * sizeof *best);
      best[k] = logits[i];
    }
  }
}

/* Greedy steps after the prompt. In half precision the stored ids are fed, and an id may differ
 * where the stored logits are nearer than twice what one may be off. */
static gboolean
check_steps (TpoChain *self, guint index, gint32 next_id, GError **error)
{
  TpoParityRun *run = self->run;
  guint vocab = tpo_mistral_get_config (self->mistral)->vocab_size;
  g_autofree char *ids_name = g_strdup_printf ("out.p%u.greedy_ids", index);
  g_autofree char *best_name = g_strdup_printf ("mid.p%u.greedy_top8_logits", index);
  g_autofree gint32 *stored = tpo_parity_ints (run, ids_name, error);
  g_autofree float *stored_best = NULL, *best = NULL, *logits = g_new (float, vocab);
  g_autofree gint32 *chosen = NULL;
  double tolerance;
  guint n;

  if (stored == NULL || !tpo_parity_tolerance (run, best_name, &tolerance, error))
    return FALSE;
  n = (guint) tpo_shape_count (&tpo_weights_find (run->weights, ids_name)->shape);
  if (!tpo_parity_require_count (run, best_name, (gint64) n * N_BEST, error))
    return FALSE;
  stored_best = tpo_parity_floats (run, best_name, error);
  if (stored_best == NULL)
    return FALSE;
  chosen = g_new (gint32, MAX (n, 1));
  best = g_new (float, (gsize) n *N_BEST);
  for (guint i = 0; i < n; i++) {
    if (!tpo_llm_read_logits (self->llm, logits, error))
      return FALSE;
    find_best (logits, vocab, best + i * N_BEST);
    chosen[i] = next_id;
    if (run->options.storage != TPO_PARITY_F32) {
      if (stored_best[i * N_BEST] - stored_best[i * N_BEST + 1] <= 2 * tolerance)
        chosen[i] = stored[i];
      next_id = stored[i];
    }
    if (i + 1 < n &&
        !tpo_llm_step (self->llm, next_id, &next_id, run->options.cancellable, error))
      return FALSE;
  }
  return tpo_parity_check_ints (run, ids_name, NULL, chosen, n, error) &&
         tpo_parity_check (run, best_name, NULL, best, (gint64) n * N_BEST, error);
}

/* Task tokens right after the prompt, and after their task id as in training. */
static gboolean
check_sides (TpoChain *self, guint index, guint length, float *hidden, GError **error)
{
  const struct {
    const char *name;
    const char *id;
    const float *token;
  } sides[] = {
    { "box", "<box_begin>", self->heads->box_token },
    { "time", "<time_begin>", self->heads->temporal_token },
    { "track", "<track_begin>", self->heads->track_token },
  };
  guint width = self->heads->width;
  g_autofree float *trained = g_new (float, width);

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++) {
    g_autofree char *name = g_strdup_printf ("out.p%u.%s.hidden", index, sides[i].name);
    g_autofree char *trained_name = g_strconcat (name, "_train_order", NULL);
    gint id = tpo_tokenizer_find (self->tokenizer, sides[i].id);
    GCancellable *cancellable = self->run->options.cancellable;

    if (sides[i].token == NULL || id < 0) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: the model has no token for %s",
                   self->run->path, sides[i].id);
      return FALSE;
    }
    tpo_llm_truncate (self->llm, length);
    if (!tpo_llm_side (self->llm, sides[i].token, hidden + i * width, cancellable, error) ||
        !tpo_llm_step (self->llm, id, NULL, cancellable, error) ||
        !tpo_llm_side (self->llm, sides[i].token, trained, cancellable, error) ||
        !tpo_parity_check (self->run, name, NULL, hidden + i * width, width, error) ||
        !tpo_parity_check (self->run, trained_name, NULL, trained, width, error))
      return FALSE;
  }
  return TRUE;
}

/* A prompt with a user's box: the box encoder's vector stands for <track_box>. */
static gboolean
check_user_box (TpoChain *self, guint index, const TpoPrompt *prompt, gboolean is_image,
                GError **error)
{
  guint width = self->heads->width;
  g_autofree char *embed_name = g_strdup_printf ("out.p%u.track_box_embed", index);
  g_autofree char *hidden_name = g_strdup_printf ("out.p%u.with_box.last_hidden", index);
  g_autofree float *box = NULL;
  g_autofree float *embed = g_new (float, width), *hidden = g_new (float, width);
  g_autoptr (TpoGraph) g = tpo_graph_new (self->run->device, "user box");
  TpoTensor *output;

  if (!tpo_parity_require_count (self->run, "in.user_box", 4, error))
    return FALSE;
  box = tpo_parity_floats (self->run, "in.user_box", error);
  if (box == NULL)
    return FALSE;
  output = tpo_heads_embed_box (g, self->heads,
                                tpo_graph_constant (g, "box", TPO_F32, TPO_SHAPE (1, 4), box));
  tpo_graph_output (g, output);
  return tpo_graph_compile (g, error) &&
         tpo_graph_run (g, self->run->options.cancellable, error) &&
         tpo_graph_read (g, output, embed, width * sizeof *embed, error) &&
         tpo_parity_check (self->run, embed_name, NULL, embed, width, error) &&
         prefill (self, prompt, is_image, embed, NULL, error) &&
         tpo_llm_read_hidden (self->llm, hidden, error) &&
         tpo_parity_check (self->run, hidden_name, NULL, hidden, width, error);
}

static gboolean
check_prompt (TpoChain *self, guint index, const TpoJsonNode *entry, GError **error)
{
  g_autoptr (TpoPrompt) prompt = make_prompt (self, entry, error);
  gboolean is_image = is_true (entry, "image");
  g_autofree float *hidden = g_new (float, 3 * (gsize) self->heads->width);
  gint32 next_id;

  return prompt != NULL && check_ids (self, index, prompt, error) &&
         prefill (self, prompt, is_image, NULL, &next_id, error) &&
         check_last (self, index, error) && check_steps (self, index, next_id, error) &&
         check_sides (self, index, prompt->n, hidden, error) &&
         tpo_chain_check_heads (self, index, hidden, error) &&
         (!is_true (entry, "box") || check_user_box (self, index, prompt, is_image, error));
}

gboolean
tpo_parity_chain (TpoParityRun *run, GError **error)
{
  const char *hparams =
      tpo_metadata_find_string (tpo_weights_get_metadata (run->weights), "hparams");
  g_autoptr (TpoJson) json = NULL;
  g_auto (TpoChain) chain = { .run = run };
  const TpoJsonNode *prompts;
  guint index = 0;

  if (hparams == NULL)
    hparams = "";
  json = tpo_json_parse (hparams, strlen (hparams), run->path, error);
  if (json == NULL || !load (&chain, error) || !encode_all (&chain, error))
    return FALSE;
  prompts = tpo_json_member (tpo_json_root (json), "prompts");
  for (const TpoJsonNode *entry = prompts != NULL ? prompts->child : NULL; entry != NULL;
       entry = entry->next) {
    if (!check_prompt (&chain, index++, entry, error))
      return FALSE;
  }
  return TRUE;
}
