#include "models/sam2/bank.h"

#include <math.h>

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

/* The slot that is needed least while @frame is at work. Prompted frames go last, but not all slots
 * are theirs. */
static int
find_dispensable (const TpoSam2Bank *self, guint frame)
{
  guint n_prompted = 0, farthest = 0;
  gboolean of_prompted;
  int found = -1;

  for (int i = 0; i < TPO_SAM2_BANK_SLOTS; i++)
    n_prompted += self->slots[i].is_prompted != FALSE;
  of_prompted = n_prompted > TPO_SAM2_BANK_PROMPTED;
  for (int i = 0; i < TPO_SAM2_BANK_SLOTS; i++) {
    const TpoSam2Slot *kept = &self->slots[i];
    guint far =
        of_prompted ? distance (kept->frame, frame) : remoteness (self, kept->frame, frame);

    if (!kept->is_pending && (kept->is_prompted != FALSE) == of_prompted &&
        (found < 0 || far > farthest)) {
      found = i;
      farthest = far;
    }
  }
  return found;
}

int
tpo_sam2_bank_take (TpoSam2Bank *self, guint frame, gboolean is_pending)
{
  int slot = tpo_sam2_bank_find (self, frame, is_pending);

  for (int i = 0; i < TPO_SAM2_BANK_SLOTS && slot < 0; i++) {
    if (!self->slots[i].is_used)
      slot = i;
  }
  if (slot < 0)
    slot = find_dispensable (self, frame);
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
    self->slots[settled] = (TpoSam2Slot){ 0 };
  self->slots[slot].is_pending = FALSE;
}

/* ---- recall ---------------------------------------------------------------------------------- */

/* The conditioning frame nearest to @frame among those not selected yet. @side: 1: at or after it,
 * -1: before, 0: any */
static int
nearest_conditioning (const TpoSam2Bank *self, guint frame, int side, const gboolean *selected)
{
  int found = -1;

  for (int i = 0; i < TPO_SAM2_BANK_SLOTS; i++) {
    const TpoSam2Slot *slot = &self->slots[i];

    if (!slot->is_used || !slot->is_conditioning || slot->is_pending || selected[i] ||
        (side > 0 && slot->frame < frame) || (side < 0 && slot->frame >= frame))
      continue;
    if (found < 0 || distance (slot->frame, frame) < distance (self->slots[found].frame, frame))
      found = i;
  }
  return found;
}

/* sam2_utils.py `select_closest_cond_frames`: the nearest on either side, then the nearest others. */
static void
select_conditioning (const TpoSam2Bank *self, const TpoSam2Config *config, guint frame,
                     gboolean *selected)
{
  guint n = config->n_conditioning != 0 ? config->n_conditioning : TPO_SAM2_BANK_SLOTS;
  const int sides[] = { -1, 1 };

  for (guint i = 0; i < n; i++) {
    int slot =
        i < G_N_ELEMENTS (sides) ? nearest_conditioning (self, frame, sides[i], selected) : -1;

    if (slot < 0)
      slot = nearest_conditioning (self, frame, 0, selected);
    if (slot < 0)
      return;
    selected[slot] = TRUE;
  }
}

static void
add_spatial (TpoSam2Recall *recall, int slot, guint time)
{
  recall->spatial[recall->n_spatial] = slot;
  recall->time[recall->n_spatial] = (gint32) time;
  recall->n_spatial++;
}

static void
add_pointer (TpoSam2Recall *recall, int slot, double far)
{
  recall->pointers[recall->n_pointers] = slot;
  recall->distance[recall->n_pointers] = (float) far;
  recall->n_pointers++;
}

/* Slot of @frame unless it is one of those @selected. */
static int
find_unselected (const TpoSam2Bank *self, gint64 frame, guint n_frames,
                 const gboolean *selected)
{
  int slot =
      frame >= 0 && frame < n_frames ? tpo_sam2_bank_find (self, (guint) frame, FALSE) : -1;

  return slot >= 0 && !selected[slot] ? slot : -1;
}

/* The frame that takes place @place among those before @frame: its neighbour, then every @stride-th. */
static gint64
memory_frame (guint frame, guint place, guint stride, gboolean backward)
{
  gint64 t = frame, back = ((gint64) place - 2) * stride;

  if (place == 1)
    return backward ? t + 1 : t - 1;
  if (backward)
    return (t + 2 + stride - 1) / stride * stride + back;
  return t >= 2 ? (t - 2) / stride * stride - back : -1;
}

/* Few sizes: doubling up to the usual number of memories, then steps of four. */
static guint
room_for (guint n, guint usual)
{
  guint room = 1;

  if (n > usual)
    return usual + (n - usual + 3) / 4 * 4;
  while (room < n)
    room = MIN (2 * room, usual);
  return room;
}

static void
fill_room (TpoSam2Recall *recall, guint usual)
{
  recall->room_spatial = recall->n_spatial > 0
                             ? MIN (room_for (recall->n_spatial, usual), TPO_SAM2_MAX_SPATIAL)
                             : 0;
  recall->room_pointers = MIN ((recall->n_pointers + 15) / 16 * 16, TPO_SAM2_MAX_POINTERS);
  for (guint i = 0; i < recall->room_spatial; i++) {
    gboolean counts = i < recall->n_spatial;

    recall->spatial_bias[i] = counts ? 0 : -INFINITY;
    recall->spatial[i] = recall->spatial[counts ? i : 0];
    recall->time[i] = recall->time[counts ? i : 0];
  }
  for (guint i = 0; i < recall->room_pointers; i++) {
    gboolean counts = i < recall->n_pointers;

    recall->pointer_bias[i] = counts ? 0 : -INFINITY;
    recall->pointers[i] = recall->pointers[counts ? i : 0];
    recall->distance[i] = recall->distance[counts ? i : 0];
  }
}

void
tpo_sam2_bank_recall (const TpoSam2Bank *self, const TpoSam2Config *config, guint frame,
                      guint n_frames, gboolean backward, TpoSam2Recall *recall)
{
  guint reach = MIN (n_frames, config->n_pointers);
  double largest = MAX (1, (int) reach - 1);
  gboolean selected[TPO_SAM2_BANK_SLOTS] = { FALSE };

  recall->n_spatial = recall->n_pointers = 0;
  select_conditioning (self, config, frame, selected);
  /* Spatial memories: conditioning frames, then the latest others, oldest first. */
  for (int i = 0; i < TPO_SAM2_BANK_SLOTS; i++) {
    guint other = self->slots[i].frame;

    if (!selected[i])
      continue;
    add_spatial (recall, i, config->n_memories - 1);
    if (backward ? other >= frame : other <= frame)
      add_pointer (recall, i, distance (frame, other) / largest);
  }
  for (guint place = config->n_memories - 1; place > 0; place--) {
    gint64 other = memory_frame (frame, place, config->memory_stride, backward);
    int slot = find_unselected (self, other, n_frames, selected);

    if (slot >= 0)
      add_spatial (recall, slot, place - 1);
  }
  /* Pointers: of conditioning frames not ahead (above), then of the latest others. */
  for (guint steps = 1; steps < reach; steps++) {
    gint64 other = backward ? (gint64) frame + steps : (gint64) frame - steps;
    int slot = find_unselected (self, other, n_frames, selected);

    if (slot >= 0)
      add_pointer (recall, slot, steps / largest);
  }
  fill_room (recall, config->n_memories);
}
