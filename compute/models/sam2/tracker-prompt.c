#include <string.h>

#include "models/sam2/tracker-private.h"

static const float PRESENT_SCORE = 10.0f; /* of a mask that was given */

static void
clicks_free (gpointer data)
{
  TpoSam2Clicks *self = data;

  g_array_unref (self->points);
  g_array_unref (self->labels);
  g_free (self);
}

GHashTable *
tpo_sam2_clicks_new (void)
{
  return g_hash_table_new_full (NULL, NULL, NULL, clicks_free);
}

/* The clicks of @frame with those of @prompt added, or replaced by them. */
static const TpoSam2Clicks *
keep_clicks (TpoSam2Object *object, guint frame, const TpoSam2Prompt *prompt, gboolean append)
{
  TpoSam2Clicks *clicks = g_hash_table_lookup (object->clicks, GUINT_TO_POINTER (frame));

  if (clicks == NULL || !append) {
    clicks = g_new0 (TpoSam2Clicks, 1);
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
earlier_logits (const TpoSam2Object *object, guint frame)
{
  int slot = tpo_sam2_bank_find (object->bank, frame, TRUE);

  return slot >= 0 ? slot : tpo_sam2_bank_find (object->bank, frame, FALSE);
}

/* A frame that conditions others goes on doing so when it is prompted again. */
static int
take_prompted_slot (TpoSam2Object *object, guint frame, gboolean conditions, GError **error)
{
  int settled = tpo_sam2_bank_find (object->bank, frame, FALSE);
  int pending = tpo_sam2_bank_find (object->bank, frame, TRUE);
  int slot;

  conditions = conditions || (settled >= 0 && object->bank->slots[settled].is_conditioning) ||
               (pending >= 0 && object->bank->slots[pending].is_conditioning);
  slot = tpo_sam2_step_take (object, frame, TRUE, error);
  if (slot >= 0) {
    object->bank->slots[slot].is_prompted = TRUE;
    object->bank->slots[slot].is_conditioning = conditions;
  }
  return slot;
}

/* Mask of a prompt as the graphs take it. Returns: whether any pixel is set */
static gboolean
write_mask (TpoSam2Tracker *self, TpoSam2DecodeGraph *graph, const guint8 *mask,
            gboolean *has_pixels, GError **error)
{
  gsize size = (gsize) self->video.mask_rows * self->video.mask_cols;
  g_autofree guint8 *binary = g_malloc (size);

  *has_pixels = FALSE;
  for (gsize i = 0; i < size; i++) {
    binary[i] = mask[i] != 0;
    *has_pixels |= binary[i];
  }
  return tpo_graph_write (graph->graph, graph->mask, binary, size, error);
}

static gboolean
write_prompt (TpoSam2Tracker *self, TpoSam2DecodeGraph *graph, const TpoSam2Prompt *prompt,
              const TpoSam2Clicks *clicks, int logits_slot, GError **error)
{
  TpoGraph *g = graph->graph;
  gboolean has_pixels;

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
  if (graph->mask != NULL && !write_mask (self, graph, prompt->mask, &has_pixels, error))
    return FALSE;
  return tpo_sam2_step_write_int (g, graph->logits_slot, logits_slot, error);
}

/* Clicks, box or embedding, with the mask found before or given as a dense prompt. */
static gboolean
prompt_points (TpoSam2Tracker *self, TpoSam2Object *object, guint frame,
               const TpoSam2Prompt *prompt, gboolean append, int *slot,
               GCancellable *cancellable, GError **error)
{
  gpointer backward = NULL;
  gboolean was_tracked =
      g_hash_table_lookup_extended (object->tracked, GUINT_TO_POINTER (frame), NULL, &backward);
  const TpoSam2Clicks *clicks = keep_clicks (object, frame, prompt, append);
  guint n_points = prompt->embedding != NULL ? 2 : clicks->labels->len;
  int earlier = earlier_logits (object, frame);
  TpoSam2Recall recall = { 0 };
  TpoSam2DecodeKey key = { 0 };
  TpoSam2DecodeGraph *graph;
  TpoSam2Decoded decoded;

  if (was_tracked)
    tpo_sam2_bank_recall (object->bank, tpo_sam2_get_config (self->model), frame,
                          self->video.n_frames, GPOINTER_TO_INT (backward), &recall);
  key.n_points = prompt->embedding != NULL ? 0 : n_points;
  key.has_embedding = prompt->embedding != NULL;
  key.has_mask = prompt->mask != NULL;
  key.mask_rows = key.has_mask ? self->video.mask_rows : 0;
  key.mask_cols = key.has_mask ? self->video.mask_cols : 0;
  key.has_logits = earlier >= 0 && !key.has_mask;
  key.n_spatial = recall.room_spatial;
  key.n_pointers = recall.n_spatial > 0 ? recall.room_pointers : 0;
  graph = tpo_sam2_step_decoder (self, object, &key, error);
  if (graph == NULL || !write_prompt (self, graph, prompt, clicks, earlier, error) ||
      !tpo_sam2_step_decode (self, graph, frame, &recall, n_points <= 1, &decoded, cancellable,
                             error))
    return FALSE;

  if (prompt->is_still)
    decoded.choice.is_present = TRUE;
  *slot = take_prompted_slot (object, frame, !was_tracked || prompt->conditions, error);
  if (*slot < 0)
    return FALSE;
  tpo_sam2_step_keep (&object->bank->slots[*slot], &decoded);
  return tpo_sam2_step_settle (self, object, TPO_SAM2_SETTLE_PROMPTED, &decoded.choice, *slot,
                               cancellable, error);
}

/* A mask alone is the result itself; the decoder only makes its pointer. */
static gboolean
prompt_mask (TpoSam2Tracker *self, TpoSam2Object *object, guint frame,
             const TpoSam2Prompt *prompt, int *slot, GCancellable *cancellable, GError **error)
{
  gboolean was_tracked = g_hash_table_contains (object->tracked, GUINT_TO_POINTER (frame));
  TpoSam2DecodeKey key = { .has_mask = TRUE,
                           .mask_rows = self->video.mask_rows,
                           .mask_cols = self->video.mask_cols };
  TpoSam2DecodeGraph *graph = tpo_sam2_step_decoder (self, object, &key, error);
  gboolean has_pixels;
  TpoSam2Decoded decoded;

  *slot = graph != NULL
              ? take_prompted_slot (object, frame, !was_tracked || prompt->conditions, error)
              : -1;
  if (*slot < 0 || !write_mask (self, graph, prompt->mask, &has_pixels, error) ||
      !tpo_sam2_step_write_int (graph->graph, graph->mask_slot, *slot, error) ||
      !tpo_sam2_step_decode (self, graph, frame, NULL, FALSE, &decoded, cancellable, error))
    return FALSE;
  decoded.choice.is_present = decoded.choice.is_present && has_pixels;
  object->bank->slots[*slot].score = has_pixels ? PRESENT_SCORE : -PRESENT_SCORE;
  object->bank->slots[*slot].iou = 1.0f;
  g_hash_table_remove (object->clicks, GUINT_TO_POINTER (frame));
  return tpo_sam2_step_settle (self, object, TPO_SAM2_SETTLE_GIVEN, &decoded.choice, *slot,
                               cancellable, error);
}

/* Makes sure that @object can take another prompt. The reference lets prompts wait for propagation
 * however many they are; here they wait as long as there is room. */
static gboolean
make_ready (TpoSam2Tracker *self, TpoSam2Object *object, GCancellable *cancellable,
            GError **error)
{
  guint n_pending = 0;

  if (object->bank == NULL)
    object->bank = tpo_sam2_bank_new (self->device, self->model, error);
  if (object->bank == NULL)
    return FALSE;
  for (int i = 0; i < TPO_SAM2_BANK_SLOTS; i++)
    n_pending += object->bank->slots[i].is_pending != FALSE;
  return n_pending < TPO_SAM2_BANK_PROMPTED ||
         tpo_sam2_step_settle_pending (self, object, cancellable, error);
}

gboolean
tpo_sam2_tracker_prompt (TpoSam2Tracker *self, guint object, guint frame,
                         const TpoSam2Prompt *prompt, gboolean append, TpoSam2Result *result,
                         GCancellable *cancellable, GError **error)
{
  gboolean has_points = prompt->n_points > 0 || prompt->embedding != NULL;
  TpoSam2Object *target;
  int slot = -1;

  g_return_val_if_fail (object < self->n_objects, FALSE);
  g_return_val_if_fail (frame < self->video.n_frames, FALSE);

  target = g_ptr_array_index (self->objects, object);
  if (!make_ready (self, target, cancellable, error))
    return FALSE;
  if (prompt->mask != NULL && !has_points
          ? !prompt_mask (self, target, frame, prompt, &slot, cancellable, error)
          : !prompt_points (self, target, frame, prompt, append, &slot, cancellable, error))
    return FALSE;
  return tpo_sam2_step_show (self, object, slot, result, cancellable, error);
}

void
tpo_sam2_tracker_clear_frame (TpoSam2Tracker *self, guint object, guint frame)
{
  TpoSam2Object *target;
  int pending, settled;

  g_return_if_fail (object < self->n_objects);

  target = g_ptr_array_index (self->objects, object);
  if (target->bank == NULL)
    return;
  pending = tpo_sam2_bank_find (target->bank, frame, TRUE);
  settled = tpo_sam2_bank_find (target->bank, frame, FALSE);
  if (pending >= 0)
    target->bank->slots[pending] = (TpoSam2Slot){ 0 };
  if (settled >= 0)
    target->bank->slots[settled].is_prompted = target->bank->slots[settled].is_conditioning =
        FALSE;
  g_hash_table_remove (target->clicks, GUINT_TO_POINTER (frame));
  g_hash_table_remove (target->tracked, GUINT_TO_POINTER (frame));
}
