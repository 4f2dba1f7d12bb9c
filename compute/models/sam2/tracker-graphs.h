#pragma once

#include "models/sam2/bank.h"
#include "models/sam2/tracker.h"

/**
 * Recorded graphs of the tracker. Each reads and writes persistent tensors, so that a frame is a few short submissions
 * and only numbers that decide something come back to the host.
 */

/**
 * TpoSam2Scratch: what passes from graph to graph.
 */
typedef struct {
  TpoSam2Features features; /* of the current frame */
  TpoTensor *masks;         /* [4, 4G·4G] */
  TpoTensor *tokens;        /* [4, C] */
} TpoSam2Scratch;

gboolean tpo_sam2_scratch_init (TpoSam2Scratch *self, TpoDevice *device, const TpoSam2 *model,
                                GError **error);
void tpo_sam2_scratch_clear (TpoSam2Scratch *self);

/** frame → features */
typedef struct {
  TpoGraph *graph;
  TpoTensor *frame; /* [1, rows, cols, 3] U8 or F32 */
} TpoSam2EncodeGraph;

gboolean tpo_sam2_encode_graph (TpoSam2EncodeGraph *self, TpoDevice *device,
                                const TpoSam2 *model, const TpoSam2Scratch *scratch,
                                const TpoSam2Video *video, GError **error);

/**
 * TpoSam2DecodeKey: what shapes a decoding graph.
 */
typedef struct {
  guint n_points;         /* 0: no clicks */
  gboolean has_embedding; /* in place of clicks */
  gboolean has_logits;    /* earlier logits as dense prompt */
  gboolean has_mask; /* a given mask, @mask_rows × @mask_cols; decoded on the bare features */
  guint mask_rows, mask_cols;
  guint n_spatial, n_pointers; /* 0, 0: no memory */
} TpoSam2DecodeKey;

/** prompts and memories → masks and what is said of them */
typedef struct {
  TpoSam2DecodeKey key;
  TpoGraph *graph;
  TpoTensor *points, *labels, *embedding;          /* inputs, NULL where the key has none */
  TpoTensor *logits_slot, *mask, *mask_slot;       /* */
  TpoTensor *spatial, *time, *pointers, *distance; /* */
  TpoTensor *ious, *score, *stability;             /* outputs, as in TpoSam2Masks */
} TpoSam2DecodeGraph;

TpoSam2DecodeGraph *tpo_sam2_decode_graph_new (TpoDevice *device, const TpoSam2 *model,
                                               const TpoSam2Scratch *scratch,
                                               const TpoSam2Bank *bank,
                                               const TpoSam2DecodeKey *key, GError **error);
void tpo_sam2_decode_graph_free (TpoSam2DecodeGraph *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoSam2DecodeGraph, tpo_sam2_decode_graph_free)

typedef enum {
  TPO_SAM2_SETTLE_TRACKED,  /* chosen mask → logits, pointer and memory */
  TPO_SAM2_SETTLE_PROMPTED, /* chosen mask → logits and pointer */
  TPO_SAM2_SETTLE_GIVEN,    /* pointer only */
  TPO_SAM2_SETTLE_MEMORY,   /* stored logits → memory, binarised */
  TPO_SAM2_SETTLE_COUNT
} TpoSam2SettleKind;

/** chosen mask → slot of the bank */
typedef struct {
  TpoGraph *graph;
  TpoTensor *mask_row, *token_row; /* [1] I32 */
  TpoTensor *gate;                 /* [1] F32 */
  TpoTensor *slot, *memory_row;    /* [1] I32: slot, and its first row of the memories */
} TpoSam2SettleGraph;

gboolean tpo_sam2_settle_graph (TpoSam2SettleGraph *self, TpoDevice *device,
                                const TpoSam2 *model, const TpoSam2Scratch *scratch,
                                const TpoSam2Bank *bank, TpoSam2SettleKind kind,
                                GError **error);

/** stored logits → mask at the size wanted */
typedef struct {
  TpoGraph *graph;
  TpoTensor *slot; /* [1] I32 */
  TpoTensor *mask; /* [mask_rows, mask_cols] U8 */
} TpoSam2ShowGraph;

gboolean tpo_sam2_show_graph (TpoSam2ShowGraph *self, TpoDevice *device,
                              const TpoSam2Bank *bank, const TpoSam2Video *video,
                              GError **error);
