#include <string.h>

#include "models/sam2/tracker-private.h"

static void
object_free (TpoSam2Object *self)
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
  self->objects = g_ptr_array_new_with_free_func ((GDestroyNotify) object_free);
  self->mask = g_malloc ((gsize) video->mask_rows * video->mask_cols);
  self->frames = tpo_sam2_frame_cache_new (device, model, video, error);
  if (self->frames == NULL || !tpo_sam2_scratch_init (&self->scratch, device, model, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
tpo_sam2_tracker_free (TpoSam2Tracker *self)
{
  g_clear_pointer (&self->objects, g_ptr_array_unref);
  g_clear_pointer (&self->frames, tpo_sam2_frame_cache_free);
  tpo_sam2_scratch_clear (&self->scratch);
  g_clear_pointer (&self->device, tpo_device_unref);
  g_free (self->mask);
  g_free (self);
}

static TpoSam2Object *
object_new (void)
{
  TpoSam2Object *object = g_new0 (TpoSam2Object, 1);

  object->decoders =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_sam2_decode_graph_free);
  object->clicks = tpo_sam2_clicks_new ();
  object->tracked = g_hash_table_new (NULL, NULL);
  return object;
}

guint
tpo_sam2_tracker_add_object (TpoSam2Tracker *self)
{
  if (self->n_objects == self->objects->len)
    g_ptr_array_add (self->objects, object_new ());
  return self->n_objects++;
}

void
tpo_sam2_tracker_clear_object (TpoSam2Tracker *self, guint object)
{
  TpoSam2Object *target;

  g_return_if_fail (object < self->n_objects);

  target = g_ptr_array_index (self->objects, object);
  g_hash_table_remove_all (target->clicks);
  g_hash_table_remove_all (target->tracked);
  if (target->bank != NULL)
    memset (target->bank->slots, 0, sizeof target->bank->slots);
}

void
tpo_sam2_tracker_reset (TpoSam2Tracker *self)
{
  for (guint i = 0; i < self->n_objects; i++)
    tpo_sam2_tracker_clear_object (self, i);
  self->n_objects = 0;
}

/* ---- propagation ------------------------------------------------------------------------ */

/* Gives pending outputs their memory, and sees to it that there is something to go by. */
static gboolean
prepare (TpoSam2Tracker *self, TpoSam2Object *object, GCancellable *cancellable, GError **error)
{
  gboolean has_conditioning = FALSE;

  if (object->bank != NULL && !tpo_sam2_step_settle_pending (self, object, cancellable, error))
    return FALSE;
  for (int i = 0; object->bank != NULL && i < TPO_SAM2_BANK_SLOTS; i++)
    has_conditioning |= object->bank->slots[i].is_conditioning;
  if (!has_conditioning)
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                 "an object needs a box, a click or a mask before it can be followed");
  return has_conditioning;
}

/* One object on one frame. @slot: (out): where the result is. */
static gboolean
track (TpoSam2Tracker *self, TpoSam2Object *object, guint frame, gboolean backward, int *slot,
       GCancellable *cancellable, GError **error)
{
  TpoSam2Recall recall;
  TpoSam2DecodeKey key = { 0 };
  TpoSam2DecodeGraph *graph;
  TpoSam2Decoded decoded;

  *slot = tpo_sam2_bank_find (object->bank, frame, FALSE);
  g_hash_table_insert (object->tracked, GUINT_TO_POINTER (frame), GINT_TO_POINTER (backward));
  if (*slot >= 0 && object->bank->slots[*slot].is_prompted)
    return TRUE;

  tpo_sam2_bank_recall (object->bank, tpo_sam2_get_config (self->model), frame,
                        self->video.n_frames, backward, &recall);
  key.n_spatial = recall.room_spatial;
  key.n_pointers = recall.room_pointers;
  graph = tpo_sam2_step_decoder (self, object, &key, error);
  if (graph == NULL ||
      !tpo_sam2_step_decode (self, graph, frame, &recall, TRUE, &decoded, cancellable, error))
    return FALSE;
  *slot = tpo_sam2_step_take (object, frame, FALSE, error);
  if (*slot < 0)
    return FALSE;
  tpo_sam2_step_keep (&object->bank->slots[*slot], &decoded);
  return tpo_sam2_step_settle (self, object, TPO_SAM2_SETTLE_TRACKED, &decoded.choice, *slot,
                               cancellable, error);
}

gboolean
tpo_sam2_tracker_propagate (TpoSam2Tracker *self, const TpoSam2Stretch *stretch,
                            TpoSam2ResultFunc on_result, gpointer user_data,
                            GCancellable *cancellable, GError **error)
{
  guint first = stretch->first, last = stretch->last;
  gboolean backward = last < first;
  guint n = (backward ? first - last : last - first) + 1;

  g_return_val_if_fail (first < self->video.n_frames && last < self->video.n_frames, FALSE);

  for (guint i = 0; i < stretch->n_objects; i++) {
    g_return_val_if_fail (stretch->objects[i] < self->n_objects, FALSE);
    if (!prepare (self, g_ptr_array_index (self->objects, stretch->objects[i]), cancellable,
                  error))
      return FALSE;
  }
  for (guint i = 0; i < n; i++) {
    guint frame = backward ? first - i : first + i;

    for (guint k = 0; k < stretch->n_objects; k++) {
      guint object = stretch->objects[k];
      TpoSam2Result result;
      int slot;

      if (!track (self, g_ptr_array_index (self->objects, object), frame, backward, &slot,
                  cancellable, error) ||
          !tpo_sam2_step_show (self, object, slot, &result, cancellable, error))
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
  int slot = -1;

  g_return_val_if_fail (object < self->n_objects, FALSE);

  bank = ((TpoSam2Object *) g_ptr_array_index (self->objects, object))->bank;
  if (bank != NULL)
    slot = tpo_sam2_bank_find (bank, frame, TRUE);
  if (slot < 0 && bank != NULL)
    slot = tpo_sam2_bank_find (bank, frame, FALSE);
  if (slot < 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID, "nothing is kept of frame %u", frame);
    return FALSE;
  }
  return read_rows (bank->logits, slot, 1, stored->logits, error) &&
         read_rows (bank->pointer, slot, 1, stored->pointer, error) &&
         read_rows (bank->memory, slot * cells, cells, stored->memory, error);
}
