#include "models/sam2/tracker-graphs.h"

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
  g_clear_pointer (&self->masks, tpo_tensor_unref);
  g_clear_pointer (&self->tokens, tpo_tensor_unref);
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

/* Dense prompt. Logits of a given mask without clicks go to the bank at once, as they are the
 * result. */
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
    square = tpo_sam2_given_mask (model, g, self->mask);
    logits = tpo_reshape (g, tpo_sam2_given_logits (model, g, square), TPO_SHAPE (1, n));
    if (self->key.n_points > 0)
      return tpo_sam2_prompt_mask (model, g, logits);
    self->mask_slot = one_int (g, "mask slot");
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

/* The memories and pointers that the recall names. */
static void
record_recall (TpoSam2DecodeGraph *self, const TpoSam2 *model, const TpoSam2Bank *bank,
               TpoSam2Memories *memories)
{
  TpoGraph *g = self->graph;
  gint64 cells = (gint64) tpo_sam2_grid (model) * tpo_sam2_grid (model);
  gint64 m = tpo_sam2_get_config (model)->d_memory;
  gint64 n = self->key.n_spatial, p = self->key.n_pointers;
  TpoTensor *slots = tpo_reshape (g, bank->memory, TPO_SHAPE (TPO_SAM2_BANK_SLOTS, cells * m));

  self->spatial = tpo_graph_input (g, "memory slots", TPO_I32, TPO_SHAPE (n));
  self->time = tpo_graph_input (g, "memory times", TPO_I32, TPO_SHAPE (n));
  self->spatial_bias = tpo_graph_input (g, "memory bias", TPO_F32, TPO_SHAPE (n));
  memories->spatial =
      tpo_reshape (g, tpo_get_rows (g, slots, self->spatial), TPO_SHAPE (n * cells, m));
  memories->time = self->time;
  memories->spatial_bias = self->spatial_bias;
  if (p == 0)
    return;
  self->pointers = tpo_graph_input (g, "pointer slots", TPO_I32, TPO_SHAPE (p));
  self->distance = tpo_graph_input (g, "pointer distances", TPO_F32, TPO_SHAPE (p, 1));
  self->pointer_bias = tpo_graph_input (g, "pointer bias", TPO_F32, TPO_SHAPE (p));
  memories->pointers = tpo_get_rows (g, bank->pointer, self->pointers);
  memories->distance = self->distance;
  memories->pointer_bias = self->pointer_bias;
}

/* The frame's features as the decoder sees them; a given mask is decoded on the bare ones. */
static TpoTensor *
record_conditioning (TpoSam2DecodeGraph *self, const TpoSam2 *model, const TpoSam2Bank *bank,
                     TpoTensor *f)
{
  TpoSam2Memories memories = { NULL };

  if (self->key.has_mask && self->key.n_points == 0)
    return f;
  if (self->key.n_spatial == 0)
    return tpo_sam2_unconditioned (model, self->graph, f);
  record_recall (self, model, bank, &memories);
  return tpo_sam2_attend (model, self->graph, f, &memories);
}

TpoSam2DecodeGraph *
tpo_sam2_decode_graph_new (TpoDevice *device, const TpoSam2 *model, const TpoSam2Stores *stores,
                           const TpoSam2DecodeKey *key, GError **error)
{
  g_autoptr (TpoSam2DecodeGraph) self = g_new0 (TpoSam2DecodeGraph, 1);
  TpoGraph *g = self->graph = tpo_graph_new (device, "sam2 decode");
  TpoTensor *x, *sparse, *dense;
  TpoSam2Features features;
  TpoSam2Masks masks;

  self->key = *key;
  self->row = one_int (g, "row");
  features.f = tpo_sam2_frame_cache_record (stores->frames, g, TPO_SAM2_FEATURES_F, self->row);
  features.s1 =
      tpo_sam2_frame_cache_record (stores->frames, g, TPO_SAM2_FEATURES_S1, self->row);
  features.s0 =
      tpo_sam2_frame_cache_record (stores->frames, g, TPO_SAM2_FEATURES_S0, self->row);
  x = record_conditioning (self, model, stores->bank, features.f);
  sparse = record_sparse (self, model);
  dense = record_dense (self, model, stores->bank);
  tpo_sam2_decode (model, g, x, &features, sparse, dense, &masks);
  store (g, stores->scratch->masks, masks.logits);
  store (g, stores->scratch->tokens, masks.tokens);
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
                       const TpoSam2Stores *stores, TpoSam2SettleKind kind, GError **error)
{
  const TpoSam2Bank *bank = stores->bank;
  guint s = tpo_sam2_get_config (model)->image_size;
  TpoGraph *g = self->graph = tpo_graph_new (device, "sam2 settle");
  TpoTensor *logits = NULL, *token;

  self->gate = tpo_graph_input (g, "gate", TPO_F32, TPO_SHAPE (1));
  self->slot = one_int (g, "slot");
  if (kind != TPO_SAM2_SETTLE_MEMORY) {
    self->token_row = one_int (g, "token row");
    token = tpo_get_rows (g, stores->scratch->tokens, self->token_row);
    tpo_store_rows (g, bank->pointer, tpo_sam2_pointer (model, g, token, self->gate),
                    self->slot);
  }
  if (kind == TPO_SAM2_SETTLE_TRACKED || kind == TPO_SAM2_SETTLE_PROMPTED) {
    self->mask_row = one_int (g, "mask row");
    logits =
        tpo_sam2_gate (g, tpo_get_rows (g, stores->scratch->masks, self->mask_row), self->gate);
    tpo_store_rows (g, bank->logits, fill_holes (model, g, logits), self->slot);
  }
  if (kind == TPO_SAM2_SETTLE_TRACKED || kind == TPO_SAM2_SETTLE_MEMORY) {
    gboolean is_prompted = kind == TPO_SAM2_SETTLE_MEMORY;
    TpoTensor *f;

    /* A tracked frame's memory is made before holes are filled, a prompted frame's afterwards. */
    self->memory_row = one_int (g, "memory row");
    if (is_prompted)
      logits = tpo_get_rows (g, bank->logits, self->slot);
    self->row = one_int (g, "row");
    f = tpo_sam2_frame_cache_record (stores->frames, g, TPO_SAM2_FEATURES_F, self->row);
    tpo_store_rows (g, bank->memory,
                    tpo_sam2_memorise (model, g, f, tpo_sam2_resize (g, logits, s, s),
                                       is_prompted, self->gate),
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
