#pragma once

#include "models/sam2/tracker-graphs.h"

/**
 * TpoSam2Clicks: what was clicked on one frame, box corners first.
 */
typedef struct {
  GArray *points; /* float pairs */
  GArray *labels; /* gint32 */
} TpoSam2Clicks;

typedef struct {
  TpoSam2Bank *bank;   /* NULL until the first prompt */
  GHashTable *clicks;  /* frame → TpoSam2Clicks */
  GHashTable *tracked; /* frame → whether backwards */
  GPtrArray *decoders; /* TpoSam2DecodeGraph, made as they are needed, the latest used last */
  TpoSam2SettleGraph settle[TPO_SAM2_SETTLE_COUNT];
  TpoSam2ShowGraph show;
} TpoSam2Object;

struct _TpoSam2Tracker {
  TpoDevice *device;
  const TpoSam2 *model;
  TpoSam2Video video;
  TpoSam2Scratch scratch;
  TpoSam2FrameCache *frames;
  GPtrArray *objects; /* TpoSam2Object; those past n_objects are kept for their graphs */
  guint n_objects;
  guint8 *mask; /* [mask_rows, mask_cols] */
};

/**
 * TpoSam2Decoded: what a decoder says in numbers, and which mask counts by them.
 */
typedef struct {
  float ious[TPO_SAM2_MASKS], score;
  TpoSam2Choice choice;
} TpoSam2Decoded;

/** tpo_sam2_clicks_new: Returns: (transfer full): of frames */
GHashTable *tpo_sam2_clicks_new (void);

/* Steps of a frame (tracker-steps.c), for prompts and propagation. */

/**
 * tpo_sam2_step_decoder: the object's graph for @key. Returns: (transfer none) (nullable): valid
 * until the next call
 */
TpoSam2DecodeGraph *tpo_sam2_step_decoder (TpoSam2Tracker *self, TpoSam2Object *object,
                                           const TpoSam2DecodeKey *key, GError **error);

/**
 * tpo_sam2_step_decode: runs @graph, whose prompts are written, on @frame. @recall: (nullable):
 * memories it is conditioned on
 */
gboolean tpo_sam2_step_decode (TpoSam2Tracker *self, TpoSam2DecodeGraph *graph, guint frame,
                               const TpoSam2Recall *recall, gboolean multimask,
                               TpoSam2Decoded *decoded, GCancellable *cancellable,
                               GError **error);

/** tpo_sam2_step_settle: puts the chosen mask, or what else @kind says, into a slot of @frame */
gboolean tpo_sam2_step_settle (TpoSam2Tracker *self, TpoSam2Object *object,
                               TpoSam2SettleKind kind, const TpoSam2Choice *choice, int slot,
                               GCancellable *cancellable, GError **error);

/** tpo_sam2_step_settle_pending: gives prompted frames their memory, after which they count */
gboolean tpo_sam2_step_settle_pending (TpoSam2Tracker *self, TpoSam2Object *object,
                                       GCancellable *cancellable, GError **error);

/** tpo_sam2_step_show: reads a slot's mask at the size wanted */
gboolean tpo_sam2_step_show (TpoSam2Tracker *self, guint object, int slot,
                             TpoSam2Result *result, GCancellable *cancellable, GError **error);

/** tpo_sam2_step_take: a slot for @frame, or -1 with the error */
int tpo_sam2_step_take (TpoSam2Object *object, guint frame, gboolean is_pending,
                        GError **error);

/** tpo_sam2_step_keep: notes in @slot what was decoded */
void tpo_sam2_step_keep (TpoSam2Slot *slot, const TpoSam2Decoded *decoded);

/** tpo_sam2_step_write_int: @input may be NULL, as graphs leave out what they do not need */
gboolean tpo_sam2_step_write_int (TpoGraph *graph, TpoTensor *input, gint32 value,
                                  GError **error);
