#include "models/sam2/bank.h"

TpoSam2Bank *
tpo_sam2_bank_new (TpoDevice *device, const TpoSam2 *model, GError **error)
{
  const TpoSam2Config *config = tpo_sam2_get_config (model);
  gint64 cells = (gint64) tpo_sam2_grid (model) * tpo_sam2_grid (model);
  g_autoptr (TpoSam2Bank) self = g_new0 (TpoSam2Bank, 1);

  self->memory =
      tpo_tensor_new (device, "frame memories", TPO_F32,
                      TPO_SHAPE (TPO_SAM2_BANK_SLOTS * cells, config->d_memory), error);
  if (self->memory == NULL)
    return NULL;
  self->pointer = tpo_tensor_new (device, "object pointers", TPO_F32,
                                  TPO_SHAPE (TPO_SAM2_BANK_SLOTS, config->d_model), error);
  if (self->pointer == NULL)
    return NULL;
  self->logits = tpo_tensor_new (device, "mask logits", TPO_F32,
                                 TPO_SHAPE (TPO_SAM2_BANK_SLOTS, 16 * cells), error);
  return self->logits != NULL ? g_steal_pointer (&self) : NULL;
}

void
tpo_sam2_bank_free (TpoSam2Bank *self)
{
  g_clear_pointer (&self->memory, tpo_tensor_unref);
  g_clear_pointer (&self->pointer, tpo_tensor_unref);
  g_clear_pointer (&self->logits, tpo_tensor_unref);
  g_free (self);
}

int
tpo_sam2_bank_find (const TpoSam2Bank *self, guint frame, gboolean is_pending)
{
  for (int i = 0; i < TPO_SAM2_BANK_SLOTS; i++) {
    const TpoSam2Slot *slot = &self->slots[i];

    if (slot->is_used && slot->frame == frame && slot->is_pending == is_pending)
      return i;
  }
  return -1;
}

static guint
distance (guint a, guint b)
{
  return a > b ? a - b : b - a;
}

/* How far a kept frame is from everything that could still read it. */
static guint
remoteness (const TpoSam2Bank *self, guint frame, guint current)
{
  guint nearest = distance (frame, current);

  for (int i = 0; i < TPO_SAM2_BANK_SLOTS; i++) {
    const TpoSam2Slot *slot = &self->slots[i];

    if (slot->is_used && slot->is_conditioning)
      nearest = MIN (nearest, distance (frame, slot->frame));
  }
  return nearest;
}

int
tpo_sam2_bank_take (TpoSam2Bank *self, guint frame, gboolean is_pending)
{
  int slot = tpo_sam2_bank_find (self, frame, is_pending);
  guint farthest = 0;

  for (int i = 0; i < TPO_SAM2_BANK_SLOTS && slot < 0; i++) {
    if (!self->slots[i].is_used)
      slot = i;
  }
  if (slot < 0) {
    for (int i = 0; i < TPO_SAM2_BANK_SLOTS; i++) {
      const TpoSam2Slot *kept = &self->slots[i];
      guint far = remoteness (self, kept->frame, frame);

      if (!kept->is_prompted && (slot < 0 || far > farthest)) {
        slot = i;
        farthest = far;
      }
    }
  }
  if (slot >= 0)
    self->slots[slot] =
        (TpoSam2Slot){ .is_used = TRUE, .frame = frame, .is_pending = is_pending };
  return slot;
}

void
tpo_sam2_bank_settle (TpoSam2Bank *self, int slot)
{
  int settled = tpo_sam2_bank_find (self, self->slots[slot].frame, FALSE);

  if (settled >= 0)
    self->slots[settled].is_used = FALSE;
  self->slots[slot].is_pending = FALSE;
}

static void
add_spatial (TpoSam2Recall *recall, int slot, guint time)
{
  if (recall->n_spatial == TPO_SAM2_MAX_SPATIAL)
    return;
  recall->spatial[recall->n_spatial] = slot;
  recall->time[recall->n_spatial] = (gint32) time;
  recall->n_spatial++;
}

static void
add_pointer (TpoSam2Recall *recall, int slot, double far)
{
  if (recall->n_pointers == TPO_SAM2_MAX_POINTERS)
    return;
  recall->pointers[recall->n_pointers] = slot;
  recall->distance[recall->n_pointers] = (float) far;
  recall->n_pointers++;
}

/* Slot of the ordinary frame @steps before @frame in the direction of tracking, or -1. */
static int
find_ordinary (const TpoSam2Bank *self, guint frame, guint steps, guint n_frames,
               gboolean backward)
{
  gint64 other = backward ? (gint64) frame + steps : (gint64) frame - steps;
  int slot;

  if (other < 0 || other >= n_frames)
    return -1;
  slot = tpo_sam2_bank_find (self, (guint) other, FALSE);
  return slot >= 0 && !self->slots[slot].is_conditioning ? slot : -1;
}

void
tpo_sam2_bank_recall (const TpoSam2Bank *self, const TpoSam2Config *config, guint frame,
                      guint n_frames, gboolean backward, TpoSam2Recall *recall)
{
  guint reach = MIN (n_frames, config->n_pointers);
  double largest = MAX (1, (int) reach - 1);

  recall->n_spatial = recall->n_pointers = 0;
  /* Spatial memories: every conditioning frame, then the latest ordinary ones, oldest first. */
  for (int i = 0; i < TPO_SAM2_BANK_SLOTS; i++) {
    const TpoSam2Slot *slot = &self->slots[i];
    gboolean is_past = backward ? slot->frame >= frame : slot->frame <= frame;

    if (!slot->is_used || !slot->is_conditioning || slot->is_pending)
      continue;
    add_spatial (recall, i, config->n_memories - 1);
    if (is_past)
      add_pointer (recall, i, distance (frame, slot->frame) / largest);
  }
  for (guint steps = config->n_memories - 1; steps > 0; steps--) {
    int slot = find_ordinary (self, frame, steps, n_frames, backward);

    if (slot >= 0)
      add_spatial (recall, slot, steps - 1);
  }
  /* Pointers: of conditioning frames not ahead (above), then of the latest ordinary ones. */
  for (guint steps = 1; steps < reach; steps++) {
    int slot = find_ordinary (self, frame, steps, n_frames, backward);

    if (slot >= 0)
      add_pointer (recall, slot, steps / largest);
  }
}
