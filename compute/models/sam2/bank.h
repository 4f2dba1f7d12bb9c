#pragma once

#include "models/sam2/sam2.h"

enum {
  TPO_SAM2_BANK_SLOTS = 64,
  TPO_SAM2_BANK_PROMPTED = 32 /* of them for frames with prompts at most */
};

/**
 * TpoSam2Slot: one frame of one object as it is kept.
 */
typedef struct {
  gboolean is_used;
  guint frame;
  gboolean is_conditioning;
  gboolean is_prompted; /* never made anew by propagation */
  gboolean is_pending;  /* prompted, its memory is not made yet */
  float score, iou;     /* object score, a logit; predicted IoU of the mask that was chosen */
  float ious[TPO_SAM2_MASKS]; /* of all that the decoder gave; 0 where a mask was given */
} TpoSam2Slot;

/**
 * TpoSam2Bank:
 *
 * The kept frames of one object: a fixed number of slots in device memory and the list of what is
 * in them. A frame has at most one pending and one settled slot. When all are taken, the ordinary
 * frame farthest from any conditioning frame and from the frame at work makes room; when prompted
 * frames fill their share, the one of them that is farthest from the frame at work does.
 */
typedef struct {
  TpoTensor *memory;  /* [slots · G·G, M] */
  TpoTensor *pointer; /* [slots, C] */
  TpoTensor *logits;  /* [slots, 4G·4G] */
  TpoSam2Slot slots[TPO_SAM2_BANK_SLOTS];
} TpoSam2Bank;

TpoSam2Bank *tpo_sam2_bank_new (TpoDevice *device, const TpoSam2 *model, GError **error);
void tpo_sam2_bank_free (TpoSam2Bank *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoSam2Bank, tpo_sam2_bank_free)

/** tpo_sam2_bank_find: Returns: slot of @frame, -1 if it is not kept */
int tpo_sam2_bank_find (const TpoSam2Bank *self, guint frame, gboolean is_pending);

/**
 * tpo_sam2_bank_take: a slot for @frame, the one it has, or a free one, or one made free; -1 if all
 * are pending
 */
int tpo_sam2_bank_take (TpoSam2Bank *self, guint frame, gboolean is_pending);

/** tpo_sam2_bank_settle: a pending slot takes the place of the settled one of its frame */
void tpo_sam2_bank_settle (TpoSam2Bank *self, int slot);

enum {
  TPO_SAM2_MAX_SPATIAL = TPO_SAM2_BANK_SLOTS + 4,
  TPO_SAM2_MAX_POINTERS = TPO_SAM2_BANK_SLOTS + 16
};

/**
 * TpoSam2Recall: which kept frames a frame is conditioned on, in the reference's order.
 *
 * So that few sizes of graphs are needed, the lists are longer than what counts: the rest repeats
 * the first entry, and its bias hides it from the attention.
 */
typedef struct {
  guint n_spatial, n_pointers;               /* that count */
  guint room_spatial, room_pointers;         /* that the lists hold */
  gint32 spatial[TPO_SAM2_MAX_SPATIAL];      /* slots */
  gint32 time[TPO_SAM2_MAX_SPATIAL];         /* temporal codes */
  float spatial_bias[TPO_SAM2_MAX_SPATIAL];  /* 0, or -inf for what does not count */
  gint32 pointers[TPO_SAM2_MAX_POINTERS];    /* slots */
  float distance[TPO_SAM2_MAX_POINTERS];     /* over the largest */
  float pointer_bias[TPO_SAM2_MAX_POINTERS]; /* */
} TpoSam2Recall;

/**
 * tpo_sam2_bank_recall: SAM2Base._prepare_memory_conditioned_features
 * @backward: tracking goes towards earlier frames
 */
void tpo_sam2_bank_recall (const TpoSam2Bank *self, const TpoSam2Config *config, guint frame,
                           guint n_frames, gboolean backward, TpoSam2Recall *recall);
