#include "models/sam2/tracker.h"

#include <string.h>

#include "models/sam2/tracker-graphs.h"

static const float PRESENT_SCORE = 10.0f; /* of a mask that was given */

/* Clicks of one frame. */
typedef struct {
  GArray *points; /* float pairs */
  GArray *labels; /* gint32 */
} Clicks;

typedef struct {
  TpoSam2Bank *bank;
  GHashTable *clicks;  /* frame → Clicks */
  GHashTable *tracked; /* frame → whether backwards */
  GPtrArray *decoders; /* TpoSam2DecodeGraph, made as they are needed */
  TpoSam2SettleGraph settle[TPO_SAM2_SETTLE_COUNT];
  TpoSam2ShowGraph show;
} Object;

struct _TpoSam2Tracker {
  TpoDevice *device;
  const TpoSam2 *model;
  TpoSam2Video video;
  TpoSam2Scratch scratch;
  TpoSam2EncodeGraph encoder;
  gint64 frame;       /* whose features are in the scratch; -1: none */
  GPtrArray *objects; /* Object; those past n_objects are kept for their graphs */
  guint n_objects;
  guint8 *mask; /* [mask_rows, mask_cols] */
};

static void
clicks_free (Clicks *self)
{
  g_array_unref (self->points);
  g_array_unref (self->labels);
  g_free (self);
}

static void
object_free (Object *self)
{
  for (guint i = 0; i < TPO_SAM2_SETTLE_COUNT; i++)
    g_clear_pointer (&self->settle[i].graph, tpo_graph_free);
  g_clear_pointer (&self->show.graph, tpo_graph_free);
  g_clear_pointer (&self->decoders, g_ptr_array_unref);
  g_clear_pointer (&self->clicks, g_hash_table_unref);
  g_clear_pointer (&self->tracked, g_hash_table_unref);
  g_clear_pointer (&self->bank, tpo_sam2_bank_free);
  g_free (self);
}

TpoSam2Tracker *
tpo_sam2_tracker_new (TpoDevice *device, const TpoSam2 *model, const TpoSam2Video *video,
                      GError **error)
{
  g_autoptr (TpoSam2Tracker) self = g_new0 (TpoSam2Tracker, 1);

  self->device = tpo_device_ref (device);
  self->model = model;
  self->video = *video;
  self->frame = -1;
  self->objects = g_ptr_array_new_with_free_func ((GDestroyNotify) object_free);
  self->mask = g_malloc ((gsize) video->mask_rows * video->mask_cols);
  if (!tpo_sam2_scratch_init (&self->scratch, device, model, error) ||
      !tpo_sam2_encode_graph (&self->encoder, device, model, &self->scratch, video, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
tpo_sam2_tracker_free (TpoSam2Tracker *self)
{
  g_clear_pointer (&self->objects, g_ptr_array_unref);
  g_clear_pointer (&self->encoder.graph, tpo_graph_free);
  tpo_sam2_scratch_clear (&self->scratch);
  g_clear_pointer (&self->device, tpo_device_unref);
  g_free (self->mask);
  g_free (self);
}

static Object *
object_new (TpoSam2Tracker *self, GError **error)
{
  Object *object = g_new0 (Object, 1);

  object->decoders =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_sam2_decode_graph_free);
  object->clicks = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) clicks_free);
  object->tracked = g_hash_table_new (NULL, NULL);
  object->bank = tpo_sam2_bank_new (self->device, self->model, error);
  if (object->bank == NULL)
    g_clear_pointer (&object, object_free);
  return object;
}

guint
tpo_sam2_tracker_add_object (TpoSam2Tracker *self, GError **error)
{
  if (self->n_objects == self->objects->len) {
    Object *object = object_new (self, error);

    if (object == NULL)
      return G_MAXUINT;
    g_ptr_array_add (self->objects, object);
  }
  return self->n_objects++;
}

void
tpo_sam2_tracker_reset (TpoSam2Tracker *self)
{
  for (guint i = 0; i < self->n_objects; i++) {
    Object *object = g_ptr_array_index (self->objects, i);

    g_hash_table_remove_all (object->clicks);
    g_hash_table_remove_all (object->tracked);
    memset (object->bank->slots, 0, sizeof object->bank->slots);
  }
  self->n_objects = 0;
}

/* ---- steps of a frame --------------------------------------------------------------------- */

static gboolean
write_int (TpoGraph *graph, TpoTensor *input, gint32 value, GError **error)
{
  return input == NULL || tpo_graph_write (graph, input, &value, sizeof value, error);
}

/* Makes @frame's features current. */
static gboolean
show_frame (TpoSam2Tracker *self, guint frame, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) pixels = NULL;

  if (self->frame == frame)
    return TRUE;
  pixels = self->video.load (frame, self->video.user_data, cancellable, error);
  if (pixels == NULL)
    return FALSE;
  self->frame = -1;
  if (!tpo_graph_write (self->encoder.graph, self->encoder.frame,
                        g_bytes_get_data (pixels, NULL), g_bytes_get_size (pixels), error) ||
      !tpo_graph_run (self->encoder.graph, cancellable, error))
    return FALSE;
  self->frame = frame;
  return TRUE;
}

static TpoSam2DecodeGraph *
find_decoder (TpoSam2Tracker *self, Object *object, const TpoSam2DecodeKey *key, GError **error)
{
  TpoSam2DecodeGraph *graph;

  for (guint i = 0; i < object->decoders->len; i++) {
    graph = g_ptr_array_index (object->decoders, i);
    if (memcmp (&graph->key, key, sizeof *key) == 0)
      return graph;
  }
  graph = tpo_sam2_decode_graph_new (self->device, self->model, &self->scratch, object->bank,
                                     key, error);
  if (graph != NULL)
    g_ptr_array_add (object->decoders, graph);
  return graph;
}

static gboolean
write_recall (TpoSam2DecodeGraph *graph, const TpoSam2Recall *recall, GError **error)
{
  gsize n = recall->n_spatial * sizeof (gint32), p = recall->n_pointers * sizeof (gint32);

  if (n == 0)
    return TRUE;
  return tpo_graph_write (graph->graph, graph->spatial, recall->spatial, n, error) &&
         tpo_graph_write (graph->graph, graph->time, recall->time, n, error) &&
         (p == 0 ||
          (tpo_graph_write (graph->graph, graph->pointers, recall->pointers, p, error) &&
           tpo_graph_write (graph->graph, graph->distance, recall->distance, p, error)));
}

/* What a decoder says in numbers, and which mask counts by them. */
typedef struct {
  float ious[TPO_SAM2_MASKS], score;
  TpoSam2Choice choice;
} Decoded;

/* Runs a decoder whose prompts are written. */
static gboolean
decode (TpoSam2Tracker *self, TpoSam2DecodeGraph *graph, gboolean multimask, Decoded *decoded,
        GCancellable *cancellable, GError **error)
{
  TpoGraph *g = graph->graph;
  float stability[2];

  if (!tpo_graph_run (g, cancellable, error) ||
      !tpo_graph_read (g, graph->ious, decoded->ious, sizeof decoded->ious, error) ||
      !tpo_graph_read (g, graph->score, &decoded->score, sizeof decoded->score, error) ||
      !tpo_graph_read (g, graph->stability, stability, sizeof stability, error))
    return FALSE;
  decoded->choice = tpo_sam2_choose (tpo_sam2_get_config (self->model), decoded->ious,
                                     decoded->score, stability, multimask);
  return TRUE;
}

/* Puts the chosen mask, or what else @kind says, into a slot. */
static gboolean
settle (TpoSam2Tracker *self, Object *object, TpoSam2SettleKind kind,
        const TpoSam2Choice *choice, int slot, GCancellable *cancellable, GError **error)
{
  TpoSam2SettleGraph *s = &object->settle[kind];
  gint32 n_cells = (gint32) (tpo_sam2_grid (self->model) * tpo_sam2_grid (self->model));
  float gate = choice->is_present ? 1.0f : 0.0f;

  if (s->graph == NULL && !tpo_sam2_settle_graph (s, self->device, self->model, &self->scratch,
                                                  object->bank, kind, error)) {
    g_clear_pointer (&s->graph, tpo_graph_free);
    return FALSE;
  }
  return tpo_graph_write (s->graph, s->gate, &gate, sizeof gate, error) &&
         write_int (s->graph, s->mask_row, (gint32) choice->mask, error) &&
         write_int (s->graph, s->token_row, (gint32) choice->token, error) &&
         write_int (s->graph, s->slot, slot, error) &&
         write_int (s->graph, s->memory_row, slot * n_cells, error) &&
         tpo_graph_run (s->graph, cancellable, error);
}

/* Reads a slot's mask at the size wanted. */
static gboolean
show_slot (TpoSam2Tracker *self, guint index, int slot, TpoSam2Result *result,
           GCancellable *cancellable, GError **error)
{
  Object *object = g_ptr_array_index (self->objects, index);
  gsize size = (gsize) self->video.mask_rows * self->video.mask_cols;
  const TpoSam2Slot *kept;

  if (object->show.graph == NULL &&
      !tpo_sam2_show_graph (&object->show, self->device, object->bank, &self->video, error)) {
    g_clear_pointer (&object->show.graph, tpo_graph_free);
    return FALSE;
  }
  if (!write_int (object->show.graph, object->show.slot, slot, error) ||
      !tpo_graph_run (object->show.graph, cancellable, error) ||
      !tpo_graph_read (object->show.graph, object->show.mask, self->mask, size, error))
    return FALSE;
  kept = &object->bank->slots[slot];
  *result = (TpoSam2Result){
    .object = index,
    .frame = kept->frame,
    .mask = self->mask,
    .iou = kept->iou,
    .score = kept->score,
    .ious = kept->ious,
    .is_prompted = kept->is_prompted,
  };
  return TRUE;
}

static int
take_slot (Object *object, guint frame, gboolean is_pending, GError **error)
{
  int slot = tpo_sam2_bank_take (object->bank, frame, is_pending);

  if (slot < 0)
    g_set_error (error, TPO_ERROR, TPO_ERROR_NO_MEMORY,
                 "an object can have prompts on %d frames at most", TPO_SAM2_BANK_SLOTS);
  return slot;
}

/* A frame that conditions others goes on doing so when it is prompted again. */
static int
take_prompted_slot (Object *object, guint frame, gboolean conditions, GError **error)
{
  int settled = tpo_sam2_bank_find (object->bank, frame, FALSE);
  int pending = tpo_sam2_bank_find (object->bank, frame, TRUE);
  int slot;

  conditions = conditions || (settled >= 0 && object->bank->slots[settled].is_conditioning) ||
               (pending >= 0 && object->bank->slots[pending].is_conditioning);
  slot = take_slot (object, frame, TRUE, error);
  if (slot >= 0) {
    object->bank->slots[slot].is_prompted = TRUE;
    object->bank->slots[slot].is_conditioning = conditions;
  }
  return slot;
}

static void
keep_numbers (TpoSam2Slot *slot, const Decoded *decoded)
{
  slot->score = decoded->score;
  slot->iou = decoded->choice.iou;
  memcpy (slot->ious, decoded->ious, sizeof slot->ious);
}

/* ---- prompts ---------------------------------------------------------------------------- */

/* The clicks of @frame with those of @prompt added, or replaced by them. */
static const Clicks *
keep_clicks (Object *object, guint frame, const TpoSam2Prompt *prompt, gboolean append)
{
  Clicks *clicks = g_hash_table_lookup (object->clicks, GUINT_TO_POINTER (frame));

  if (clicks == NULL || !append) {
    clicks = g_new0 (Clicks, 1);
    clicks->points = g_array_new (FALSE, FALSE, 2 * sizeof (float));
    clicks->labels = g_array_new (FALSE, FALSE, sizeof (gint32));
    g_hash_table_insert (object->clicks, GUINT_TO_POINTER (frame), clicks);
  }
  if (prompt->n_points > 0) {
    g_array_append_vals (clicks->points, prompt->points, prompt->n_points);
    g_array_append_vals (clicks->labels, prompt->labels, prompt->n_points);
  }
  return clicks;
}

/* Latest logits of a frame: pending first, then settled. -1: none. */
static int
earlier_logits (const Object *object, guint frame)
{
  int slot = tpo_sam2_bank_find (object->bank, frame, TRUE);

  return slot >= 0 ? slot : tpo_sam2_bank_find (object->bank, frame, FALSE);
}

static gboolean
write_prompt (TpoSam2Tracker *self, TpoSam2DecodeGraph *graph, const TpoSam2Prompt *prompt,
              const Clicks *clicks, int logits_slot, GError **error)
{
  TpoGraph *g = graph->graph;

  if (graph->embedding != NULL) {
    gsize size = 3 * sizeof (float) * tpo_sam2_get_config (self->model)->d_model;

    if (!tpo_graph_write (g, graph->embedding, prompt->embedding, size, error))
      return FALSE;
  }
  if (graph->points != NULL &&
      (!tpo_graph_write (g, graph->points, clicks->points->data,
                         2 * sizeof (float) * clicks->points->len, error) ||
       !tpo_graph_write (g, graph->labels, clicks->labels->data,
                         sizeof (gint32) * clicks->labels->len, error)))
    return FALSE;
  return write_int (g, graph->logits_slot, logits_slot, error);
}

/* Clicks, box or embedding. */
static gboolean
prompt_points (TpoSam2Tracker *self, Object *object, guint frame, const TpoSam2Prompt *prompt,
               gboolean append, int *slot, GCancellable *cancellable, GError **error)
{
  gpointer backward = NULL;
  gboolean was_tracked =
      g_hash_table_lookup_extended (object->tracked, GUINT_TO_POINTER (frame), NULL, &backward);
  const Clicks *clicks = keep_clicks (object, frame, prompt, append);
  guint n_points = prompt->embedding != NULL ? 2 : clicks->labels->len;
  int earlier = earlier_logits (object, frame);
  TpoSam2Recall recall = { 0 };
  TpoSam2DecodeKey key = { 0 };
  TpoSam2DecodeGraph *graph;
  Decoded decoded;

  if (was_tracked)
    tpo_sam2_bank_recall (object->bank, tpo_sam2_get_config (self->model), frame,
                          self->video.n_frames, GPOINTER_TO_INT (backward), &recall);
  key.n_points = prompt->embedding != NULL ? 0 : n_points;
  key.has_embedding = prompt->embedding != NULL;
  key.has_logits = earlier >= 0;
  key.n_spatial = recall.n_spatial;
  key.n_pointers = recall.n_pointers;
  graph = find_decoder (self, object, &key, error);
  if (graph == NULL || !write_prompt (self, graph, prompt, clicks, earlier, error) ||
      !write_recall (graph, &recall, error) ||
      !decode (self, graph, n_points <= 1, &decoded, cancellable, error))
    return FALSE;

  if (prompt->is_still)
    decoded.choice.is_present = TRUE;
  *slot = take_prompted_slot (object, frame, !was_tracked || prompt->conditions, error);
  if (*slot < 0)
    return FALSE;
  keep_numbers (&object->bank->slots[*slot], &decoded);
  return settle (self, object, TPO_SAM2_SETTLE_PROMPTED, &decoded.choice, *slot, cancellable,
                 error);
}

/* A mask is the result itself; the decoder only makes its pointer. */
static gboolean
prompt_mask (TpoSam2Tracker *self, Object *object, guint frame, const TpoSam2Prompt *prompt,
             int *slot, GCancellable *cancellable, GError **error)
{
  gsize size = (gsize) self->video.mask_rows * self->video.mask_cols;
  gboolean was_tracked = g_hash_table_contains (object->tracked, GUINT_TO_POINTER (frame));
  gboolean has_pixels = FALSE;
  g_autofree guint8 *binary = g_malloc (size);
  TpoSam2DecodeKey key = { 0 };
  TpoSam2DecodeGraph *graph;
  Decoded decoded;

  for (gsize i = 0; i < size; i++) {
    binary[i] = prompt->mask[i] != 0;
    has_pixels |= binary[i];
  }
  key.has_mask = TRUE;
  key.mask_rows = self->video.mask_rows;
  key.mask_cols = self->video.mask_cols;
  graph = find_decoder (self, object, &key, error);
  *slot = graph != NULL
              ? take_prompted_slot (object, frame, !was_tracked || prompt->conditions, error)
              : -1;
  if (*slot < 0 || !tpo_graph_write (graph->graph, graph->mask, binary, size, error) ||
      !write_int (graph->graph, graph->mask_slot, *slot, error) ||
      !decode (self, graph, FALSE, &decoded, cancellable, error))
    return FALSE;
  decoded.choice.is_present = decoded.choice.is_present && has_pixels;
  object->bank->slots[*slot].score = has_pixels ? PRESENT_SCORE : -PRESENT_SCORE;
  object->bank->slots[*slot].iou = 1.0f;
  g_hash_table_remove (object->clicks, GUINT_TO_POINTER (frame));
  return settle (self, object, TPO_SAM2_SETTLE_GIVEN, &decoded.choice, *slot, cancellable,
                 error);
}

gboolean
tpo_sam2_tracker_prompt (TpoSam2Tracker *self, guint object, guint frame,
                         const TpoSam2Prompt *prompt, gboolean append, TpoSam2Result *result,
                         GCancellable *cancellable, GError **error)
{
  Object *target;
  int slot = -1;

  g_return_val_if_fail (object < self->n_objects, FALSE);
  g_return_val_if_fail (frame < self->video.n_frames, FALSE);

  target = g_ptr_array_index (self->objects, object);
  if (!show_frame (self, frame, cancellable, error))
    return FALSE;
  if (prompt->mask != NULL
          ? !prompt_mask (self, target, frame, prompt, &slot, cancellable, error)
          : !prompt_points (self, target, frame, prompt, append, &slot, cancellable, error))
    return FALSE;
  return show_slot (self, object, slot, result, cancellable, error);
}

/* ---- propagation ------------------------------------------------------------------------ */

/* Gives pending outputs their memory, after which they count. */
static gboolean
settle_pending (TpoSam2Tracker *self, Object *object, GCancellable *cancellable, GError **error)
{
  gboolean has_conditioning = FALSE;

  for (int i = 0; i < TPO_SAM2_BANK_SLOTS; i++) {
    TpoSam2Slot *slot = &object->bank->slots[i];
    TpoSam2Choice choice = { .is_present = slot->score > 0.0f };

    if (slot->is_used && slot->is_pending) {
      if (!show_frame (self, slot->frame, cancellable, error) ||
          !settle (self, object, TPO_SAM2_SETTLE_MEMORY, &choice, i, cancellable, error))
        return FALSE;
      tpo_sam2_bank_settle (object->bank, i);
    }
    has_conditioning |= slot->is_used && slot->is_conditioning;
  }
  if (!has_conditioning)
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                 "an object needs a box, a click or a mask before it can be followed");
  return has_conditioning;
}

/* One object on one frame. @slot: (out): where the result is. */
static gboolean
track (TpoSam2Tracker *self, Object *object, guint frame, gboolean backward, int *slot,
       GCancellable *cancellable, GError **error)
{
  TpoSam2Recall recall;
  TpoSam2DecodeKey key = { 0 };
  TpoSam2DecodeGraph *graph;
  Decoded decoded;

  *slot = tpo_sam2_bank_find (object->bank, frame, FALSE);
  g_hash_table_insert (object->tracked, GUINT_TO_POINTER (frame), GINT_TO_POINTER (backward));
  if (*slot >= 0 && object->bank->slots[*slot].is_prompted)
    return TRUE;

  tpo_sam2_bank_recall (object->bank, tpo_sam2_get_config (self->model), frame,
                        self->video.n_frames, backward, &recall);
  key.n_spatial = recall.n_spatial;
  key.n_pointers = recall.n_pointers;
  graph = find_decoder (self, object, &key, error);
  if (graph == NULL || !show_frame (self, frame, cancellable, error) ||
      !write_recall (graph, &recall, error) ||
      !decode (self, graph, TRUE, &decoded, cancellable, error))
    return FALSE;
  *slot = take_slot (object, frame, FALSE, error);
  if (*slot < 0)
    return FALSE;
  keep_numbers (&object->bank->slots[*slot], &decoded);
  return settle (self, object, TPO_SAM2_SETTLE_TRACKED, &decoded.choice, *slot, cancellable,
                 error);
}

gboolean
tpo_sam2_tracker_propagate (TpoSam2Tracker *self, guint first, guint last,
                            TpoSam2ResultFunc on_result, gpointer user_data,
                            GCancellable *cancellable, GError **error)
{
  gboolean backward = last < first;
  guint n = (backward ? first - last : last - first) + 1;

  g_return_val_if_fail (first < self->video.n_frames && last < self->video.n_frames, FALSE);

  for (guint i = 0; i < self->n_objects; i++) {
    if (!settle_pending (self, g_ptr_array_index (self->objects, i), cancellable, error))
      return FALSE;
  }
  for (guint i = 0; i < n; i++) {
    guint frame = backward ? first - i : first + i;

    for (guint k = 0; k < self->n_objects; k++) {
      TpoSam2Result result;
      int slot;

      if (!track (self, g_ptr_array_index (self->objects, k), frame, backward, &slot,
                  cancellable, error) ||
          !show_slot (self, k, slot, &result, cancellable, error))
        return FALSE;
      if (!on_result (&result, user_data))
        return TRUE;
    }
  }
  return TRUE;
}

/* ---- inspection --------------------------------------------------------------------------- */

/* Row @row of a persistent [n, width] tensor. */
static gboolean
read_rows (TpoTensor *tensor, gint64 row, gint64 n_rows, float *values, GError **error)
{
  gsize n = (gsize) tpo_shape_count (tpo_tensor_get_shape (tensor));
  gsize width = (gsize) tpo_tensor_dim (tensor, -1);
  g_autofree float *all = NULL;

  if (values == NULL)
    return TRUE;
  all = g_new (float, n);
  if (!tpo_tensor_read (tensor, all, n * sizeof (float), error))
    return FALSE;
  memcpy (values, all + (gsize) row * width, (gsize) n_rows * width * sizeof (float));
  return TRUE;
}

gboolean
tpo_sam2_tracker_read (TpoSam2Tracker *self, guint object, guint frame,
                       const TpoSam2Stored *stored, GError **error)
{
  gint64 cells = (gint64) tpo_sam2_grid (self->model) * tpo_sam2_grid (self->model);
  const TpoSam2Bank *bank;
  int slot;

  g_return_val_if_fail (object < self->n_objects, FALSE);

  bank = ((Object *) g_ptr_array_index (self->objects, object))->bank;
  slot = tpo_sam2_bank_find (bank, frame, TRUE);
  if (slot < 0)
    slot = tpo_sam2_bank_find (bank, frame, FALSE);
  if (slot < 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID, "nothing is kept of frame %u", frame);
    return FALSE;
  }
  return read_rows (bank->logits, slot, 1, stored->logits, error) &&
         read_rows (bank->pointer, slot, 1, stored->pointer, error) &&
         read_rows (bank->memory, slot * cells, cells, stored->memory, error);
}
