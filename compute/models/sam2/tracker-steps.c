#include <string.h>

#include "models/sam2/tracker-private.h"

enum {
  MAX_DECODERS = 8 /* recorded for an object at a time; each has memory of its own */
};

gboolean
tpo_sam2_step_write_int (TpoGraph *graph, TpoTensor *input, gint32 value, GError **error)
{
  return input == NULL || tpo_graph_write (graph, input, &value, sizeof value, error);
}

static TpoSam2Stores
stores_of (const TpoSam2Tracker *self, const TpoSam2Object *object)
{
  return (TpoSam2Stores){ self->frames, &self->scratch, object->bank };
}

TpoSam2DecodeGraph *
tpo_sam2_step_decoder (TpoSam2Tracker *self, TpoSam2Object *object, const TpoSam2DecodeKey *key,
                       GError **error)
{
  const TpoSam2Stores stores = stores_of (self, object);
  TpoSam2DecodeGraph *graph = NULL;

  for (guint i = 0; i < object->decoders->len && graph == NULL; i++) {
    graph = g_ptr_array_index (object->decoders, i);
    if (memcmp (&graph->key, key, sizeof *key) == 0)
      g_ptr_array_steal_index (object->decoders, i);
    else
      graph = NULL;
  }
  if (graph == NULL) {
    if (object->decoders->len == MAX_DECODERS)
      g_ptr_array_remove_index (object->decoders, 0);
    graph = tpo_sam2_decode_graph_new (self->device, self->model, &stores, key, error);
  }
  if (graph != NULL)
    g_ptr_array_add (object->decoders, graph);
  return graph;
}

static gboolean
write_recall (TpoSam2DecodeGraph *graph, const TpoSam2Recall *recall, GError **error)
{
  gsize n = recall->room_spatial * sizeof (gint32), p = recall->room_pointers * sizeof (gint32);
  const struct {
    TpoTensor *input;
    const void *values;
    gsize size;
  } lists[] = {
    { graph->spatial, recall->spatial, n },
    { graph->time, recall->time, n },
    { graph->spatial_bias, recall->spatial_bias, n },
    { graph->pointers, recall->pointers, p },
    { graph->distance, recall->distance, p },
    { graph->pointer_bias, recall->pointer_bias, p },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    if (lists[i].size > 0 &&
        !tpo_graph_write (graph->graph, lists[i].input, lists[i].values, lists[i].size, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
tpo_sam2_step_decode (TpoSam2Tracker *self, TpoSam2DecodeGraph *graph, guint frame,
                      const TpoSam2Recall *recall, gboolean multimask, TpoSam2Decoded *decoded,
                      GCancellable *cancellable, GError **error)
{
  TpoGraph *g = graph->graph;
  float stability[2];
  gint32 row = tpo_sam2_frame_cache_need (self->frames, frame, cancellable, error);

  if (row < 0 || !tpo_sam2_step_write_int (g, graph->row, row, error) ||
      (recall != NULL && !write_recall (graph, recall, error)) ||
      !tpo_graph_run (g, cancellable, error) ||
      !tpo_graph_read (g, graph->ious, decoded->ious, sizeof decoded->ious, error) ||
      !tpo_graph_read (g, graph->score, &decoded->score, sizeof decoded->score, error) ||
      !tpo_graph_read (g, graph->stability, stability, sizeof stability, error))
    return FALSE;
  decoded->choice = tpo_sam2_choose (tpo_sam2_get_config (self->model), decoded->ious,
                                     decoded->score, stability, multimask);
  return TRUE;
}

gboolean
tpo_sam2_step_settle (TpoSam2Tracker *self, TpoSam2Object *object, TpoSam2SettleKind kind,
                      const TpoSam2Choice *choice, int slot, GCancellable *cancellable,
                      GError **error)
{
  const TpoSam2Stores stores = stores_of (self, object);
  TpoSam2SettleGraph *s = &object->settle[kind];
  gint32 n_cells = (gint32) (tpo_sam2_grid (self->model) * tpo_sam2_grid (self->model));
  float gate = choice->is_present ? 1.0f : 0.0f;
  gint32 row = 0;

  if (s->graph == NULL &&
      !tpo_sam2_settle_graph (s, self->device, self->model, &stores, kind, error)) {
    g_clear_pointer (&s->graph, tpo_graph_free);
    return FALSE;
  }
  if (s->row != NULL)
    row = tpo_sam2_frame_cache_need (self->frames, object->bank->slots[slot].frame, cancellable,
                                     error);
  return row >= 0 && tpo_graph_write (s->graph, s->gate, &gate, sizeof gate, error) &&
         tpo_sam2_step_write_int (s->graph, s->row, row, error) &&
         tpo_sam2_step_write_int (s->graph, s->mask_row, (gint32) choice->mask, error) &&
         tpo_sam2_step_write_int (s->graph, s->token_row, (gint32) choice->token, error) &&
         tpo_sam2_step_write_int (s->graph, s->slot, slot, error) &&
         tpo_sam2_step_write_int (s->graph, s->memory_row, slot * n_cells, error) &&
         tpo_graph_run (s->graph, cancellable, error);
}

gboolean
tpo_sam2_step_settle_pending (TpoSam2Tracker *self, TpoSam2Object *object,
                              GCancellable *cancellable, GError **error)
{
  for (int i = 0; i < TPO_SAM2_BANK_SLOTS; i++) {
    TpoSam2Slot *slot = &object->bank->slots[i];
    TpoSam2Choice choice = { .is_present = slot->score > 0.0f };

    if (!slot->is_pending)
      continue;
    if (!tpo_sam2_step_settle (self, object, TPO_SAM2_SETTLE_MEMORY, &choice, i, cancellable,
                               error))
      return FALSE;
    tpo_sam2_bank_settle (object->bank, i);
  }
  return TRUE;
}

gboolean
tpo_sam2_step_show (TpoSam2Tracker *self, guint index, int slot, TpoSam2Result *result,
                    GCancellable *cancellable, GError **error)
{
  TpoSam2Object *object = g_ptr_array_index (self->objects, index);
  gsize size = (gsize) self->video.mask_rows * self->video.mask_cols;
  const TpoSam2Slot *kept = &object->bank->slots[slot];
  TpoSam2ShowGraph *show = &object->show;

  if (show->graph == NULL &&
      !tpo_sam2_show_graph (show, self->device, object->bank, &self->video, error)) {
    g_clear_pointer (&show->graph, tpo_graph_free);
    return FALSE;
  }
  if (!tpo_sam2_step_write_int (show->graph, show->slot, slot, error) ||
      !tpo_graph_run (show->graph, cancellable, error) ||
      !tpo_graph_read (show->graph, show->mask, self->mask, size, error))
    return FALSE;
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

int
tpo_sam2_step_take (TpoSam2Object *object, guint frame, gboolean is_pending, GError **error)
{
  int slot = tpo_sam2_bank_take (object->bank, frame, is_pending);

  if (slot < 0)
    g_set_error (error, TPO_ERROR, TPO_ERROR_NO_MEMORY,
                 "an object cannot be prompted on %d frames at once", TPO_SAM2_BANK_SLOTS);
  return slot;
}

void
tpo_sam2_step_keep (TpoSam2Slot *slot, const TpoSam2Decoded *decoded)
{
  slot->score = decoded->score;
  slot->iou = decoded->choice.iou;
  memcpy (slot->ious, decoded->ious, sizeof slot->ious);
}
