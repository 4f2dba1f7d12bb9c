#include "models/sam2/tracker-graphs.h"

#include "models/preprocess/preprocess.h"

static const float HOLE_LOGIT = 0.1f;
static const float MAX_PROMPT_LOGIT = 32.0f;

/* A number that changes from run to run. */
static TpoTensor *
one_int (TpoGraph *g, const char *name)
{
  return tpo_graph_input (g, name, TPO_I32, TPO_SHAPE (1));
}

/* Stores all of @rows at the start of @state. */
static void
store (TpoGraph *g, TpoTensor *state, TpoTensor *rows)
{
  gint32 zero = 0;
  TpoTensor *start = tpo_graph_constant (g, "start", TPO_I32, TPO_SHAPE (1), &zero);

  tpo_store_rows (g, state, rows, start);
}

gboolean
tpo_sam2_scratch_init (TpoSam2Scratch *self, TpoDevice *device, const TpoSam2 *model,
                       GError **error)
{
  gint64 cells = (gint64) tpo_sam2_grid (model) * tpo_sam2_grid (model);
  gint64 c = tpo_sam2_get_config (model)->d_model;
  const struct {
    TpoTensor **tensor;
    const char *name;
    gint64 rows, cols;
  } parts[] = {
    { &self->features.f, "frame features", cells, c },
    { &self->features.s1, "frame features s1", 4 * cells, c / 4 },
    { &self->features.s0, "frame features s0", 16 * cells, c / 8 },
    { &self->masks, "decoded masks", TPO_SAM2_MASKS, 16 * cells },
    { &self->tokens, "mask tokens", TPO_SAM2_MASKS, c },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    *parts[i].tensor = tpo_tensor_new (device, parts[i].name, TPO_F32,
                                       TPO_SHAPE (parts[i].rows, parts[i].cols), error);
    if (*parts[i].tensor == NULL)
      return FALSE;
  }
  return TRUE;
}

void
tpo_sam2_scratch_clear (TpoSam2Scratch *self)
{
  g_clear_pointer (&self->features.f, tpo_tensor_unref);
  g_clear_pointer (&self->features.s1, tpo_tensor_unref);
  g_clear_pointer (&self->features.s0, tpo_tensor_unref);
  g_clear_pointer (&self->masks, tpo_tensor_unref);
  g_clear_pointer (&self->tokens, tpo_tensor_unref);
}

gboolean
tpo_sam2_encode_graph (TpoSam2EncodeGraph *self, TpoDevice *device, const TpoSam2 *model,
                       const TpoSam2Scratch *scratch, const TpoSam2Video *video, GError **error)
{
  TpoGraph *g = self->graph = tpo_graph_new (device, "sam2 encode");
  TpoSam2Features features;
  TpoTensor *frame;

  self->frame = frame = tpo_graph_input (g, "frame", video->is_normalised ? TPO_F32 : TPO_U8,
                                         TPO_SHAPE (1, video->rows, video->cols, 3));
  if (!video->is_normalised)
    frame = tpo_preprocess_mask (g, frame, tpo_sam2_get_config (model)->image_size, TRUE);
  tpo_sam2_encode (model, g, frame, NULL, &features);
  store (g, scratch->features.f, features.f);
  store (g, scratch->features.s1, features.s1);
  store (g, scratch->features.s0, features.s0);
  return tpo_graph_compile (g, error);
}

/* Sparse prompt codes as the key asks for. */
static TpoTensor *
record_sparse (TpoSam2DecodeGraph *self, const TpoSam2 *model)
{
  TpoGraph *g = self->graph;

  if (self->key.has_embedding) {
    self->embedding = tpo_graph_input (g, "prompt embedding", TPO_F32,
                                       TPO_SHAPE (3, tpo_sam2_get_config (model)->d_model));
    return self->embedding;
  }
  if (self->key.n_points > 0) {
    self->points = tpo_graph_input (g, "points", TPO_F32, TPO_SHAPE (self->key.n_points, 2));
    self->labels = tpo_graph_input (g, "labels", TPO_I32, TPO_SHAPE (self->key.n_points));
  }
  return tpo_sam2_prompt_points (model, g, self->points, self->labels);
}

/* Dense prompt; a given mask's logits go to the bank at once, as they are the result. */
static TpoTensor *
record_dense (TpoSam2DecodeGraph *self, const TpoSam2 *model, const TpoSam2Bank *bank)
{
  TpoGraph *g = self->graph;
  TpoTensor *logits = NULL;

  if (self->key.has_mask) {
    gint64 n = tpo_tensor_dim (bank->logits, 1);
    TpoTensor *square;

    self->mask = tpo_graph_input (g, "mask", TPO_U8,
                                  TPO_SHAPE (self->key.mask_rows, self->key.mask_cols));
    self->mask_slot = one_int (g, "mask slot");
    square = tpo_sam2_given_mask (model, g, self->mask);
    logits = tpo_reshape (g, tpo_sam2_given_logits (model, g, square), TPO_SHAPE (1, n));
    tpo_store_rows (g, bank->logits, logits, self->mask_slot);
    return tpo_sam2_prompt_given (model, g, square);
  }
  if (self->key.has_logits) {
    self->logits_slot = one_int (g, "logits slot");
    logits = tpo_get_rows (g, bank->logits, self->logits_slot);
    logits = tpo_affine (g, logits, 1.0f, 0.0f, -MAX_PROMPT_LOGIT, MAX_PROMPT_LOGIT);
  }
  return tpo_sam2_prompt_mask (model, g, logits);
}

/* The frame's features as the decoder sees them. */
static TpoTensor *
record_conditioning (TpoSam2DecodeGraph *self, const TpoSam2 *model,
                     const TpoSam2Scratch *scratch, const TpoSam2Bank *bank)
{
  TpoGraph *g = self->graph;
  gint64 cells = (gint64) tpo_sam2_grid (model) * tpo_sam2_grid (model);
  gint64 m = tpo_sam2_get_config (model)->d_memory, n = self->key.n_spatial;
  TpoSam2Memories memories = { NULL };
  TpoTensor *slots;

  if (self->key.has_mask)
    return scratch->features.f;
  if (n == 0)
    return tpo_sam2_unconditioned (model, g, scratch->features.f);

  self->spatial = tpo_graph_input (g, "memory slots", TPO_I32, TPO_SHAPE (n));
  self->time = tpo_graph_input (g, "memory times", TPO_I32, TPO_SHAPE (n));
  slots = tpo_reshape (g, bank->memory, TPO_SHAPE (TPO_SAM2_BANK_SLOTS, cells * m));
  slots = tpo_get_rows (g, slots, self->spatial);
  memories.spatial = tpo_reshape (g, slots, TPO_SHAPE (n * cells, m));
  memories.time = self->time;
  if (self->key.n_pointers > 0) {
    self->pointers =
        tpo_graph_input (g, "pointer slots", TPO_I32, TPO_SHAPE (self->key.n_pointers));
    self->distance =
        tpo_graph_input (g, "pointer distances", TPO_F32, TPO_SHAPE (self->key.n_pointers, 1));
    memories.pointers = tpo_get_rows (g, bank->pointer, self->pointers);
    memories.distance = self->distance;
  }
  return tpo_sam2_attend (model, g, scratch->features.f, &memories);
}

TpoSam2DecodeGraph *
tpo_sam2_decode_graph_new (TpoDevice *device, const TpoSam2 *model,
                           const TpoSam2Scratch *scratch, const TpoSam2Bank *bank,
                           const TpoSam2DecodeKey *key, GError **error)
{
  g_autoptr (TpoSam2DecodeGraph) self = g_new0 (TpoSam2DecodeGraph, 1);
  TpoGraph *g = self->graph = tpo_graph_new (device, "sam2 decode");
  TpoTensor *x, *sparse, *dense;
  TpoSam2Masks masks;

  self->key = *key;
  x = record_conditioning (self, model, scratch, bank);
  sparse = record_sparse (self, model);
  dense = record_dense (self, model, bank);
  tpo_sam2_decode (model, g, x, &scratch->features, sparse, dense, &masks);
  store (g, scratch->masks, masks.logits);
  store (g, scratch->tokens, masks.tokens);
  self->ious = masks.ious;
  self->score = masks.score;
  self->stability = masks.stability;
  tpo_graph_output (g, self->ious);
  tpo_graph_output (g, self->score);
  tpo_graph_output (g, self->stability);
  return tpo_graph_compile (g, error) ? g_steal_pointer (&self) : NULL;
}

void
tpo_sam2_decode_graph_free (TpoSam2DecodeGraph *self)
{
  g_clear_pointer (&self->graph, tpo_graph_free);
  g_free (self);
}

static TpoTensor *
fill_holes (const TpoSam2 *model, TpoGraph *g, TpoTensor *logits)
{
  gint64 edge = 4 * (gint64) tpo_sam2_grid (model);
  guint area = tpo_sam2_get_config (model)->hole_area;
  TpoTensor *map = tpo_reshape (g, logits, TPO_SHAPE (edge, edge));

  if (area > 0)
    map = tpo_fill_holes (g, map, area, HOLE_LOGIT);
  return tpo_reshape (g, map, TPO_SHAPE (1, edge * edge));
}

gboolean
tpo_sam2_settle_graph (TpoSam2SettleGraph *self, TpoDevice *device, const TpoSam2 *model,
                       const TpoSam2Scratch *scratch, const TpoSam2Bank *bank,
                       TpoSam2SettleKind kind, GError **error)
{
  guint s = tpo_sam2_get_config (model)->image_size;
  TpoGraph *g = self->graph = tpo_graph_new (device, "sam2 settle");
  TpoTensor *logits = NULL, *token;

  self->gate = tpo_graph_input (g, "gate", TPO_F32, TPO_SHAPE (1));
  self->slot = one_int (g, "slot");
  if (kind != TPO_SAM2_SETTLE_MEMORY) {
    self->token_row = one_int (g, "token row");
    token = tpo_get_rows (g, scratch->tokens, self->token_row);
    tpo_store_rows (g, bank->pointer, tpo_sam2_pointer (model, g, token, self->gate),
                    self->slot);
  }
  if (kind == TPO_SAM2_SETTLE_TRACKED || kind == TPO_SAM2_SETTLE_PROMPTED) {
    self->mask_row = one_int (g, "mask row");
    logits = tpo_sam2_gate (g, tpo_get_rows (g, scratch->masks, self->mask_row), self->gate);
    tpo_store_rows (g, bank->logits, fill_holes (model, g, logits), self->slot);
  }
  if (kind == TPO_SAM2_SETTLE_TRACKED || kind == TPO_SAM2_SETTLE_MEMORY) {
    gboolean is_prompted = kind == TPO_SAM2_SETTLE_MEMORY;

    /* A tracked frame's memory is made before holes are filled, a prompted frame's afterwards. */
    self->memory_row = one_int (g, "memory row");
    if (is_prompted)
      logits = tpo_get_rows (g, bank->logits, self->slot);
    tpo_store_rows (g, bank->memory,
                    tpo_sam2_memorise (model, g, scratch->features.f,
                                       tpo_sam2_resize (g, logits, s, s), is_prompted,
                                       self->gate),
                    self->memory_row);
  }
  return tpo_graph_compile (g, error);
}

gboolean
tpo_sam2_show_graph (TpoSam2ShowGraph *self, TpoDevice *device, const TpoSam2Bank *bank,
                     const TpoSam2Video *video, GError **error)
{
  TpoGraph *g = self->graph = tpo_graph_new (device, "sam2 show");
  TpoTensor *logits;

  self->slot = one_int (g, "slot");
  logits = tpo_get_rows (g, bank->logits, self->slot);
  self->mask =
      tpo_threshold (g, tpo_sam2_resize (g, logits, video->mask_rows, video->mask_cols), 0.0f);
  tpo_graph_output (g, self->mask);
  return tpo_graph_compile (g, error);
}
