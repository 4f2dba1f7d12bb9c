#pragma once

#include "models/sam2/bank.h"
#include "models/sam2/features.h"

/**
 * Recorded graphs of the tracker. Each reads and writes persistent tensors, so that a frame is a
 * few short submissions and only numbers that decide something come back to the host.
 */

/**
 * TpoSam2Scratch: what passes from graph to graph.
 */
typedef struct {
  TpoTensor *masks;  /* [4, 4G·4G] */
  TpoTensor *tokens; /* [4, C] */
} TpoSam2Scratch;

gboolean tpo_sam2_scratch_init (TpoSam2Scratch *self, TpoDevice *device, const TpoSam2 *model,
                                GError **error);
void tpo_sam2_scratch_clear (TpoSam2Scratch *self);

/**
 * TpoSam2Stores: the persistent tensors that an object's graphs read and write.
 */
typedef struct {
  const TpoSam2FrameCache *frames;
  const TpoSam2Scratch *scratch;
  const TpoSam2Bank *bank;
} TpoSam2Stores;

/**
 * TpoSam2DecodeKey: what shapes a decoding graph.
 */
typedef struct {
  guint n_points;         /* 0: no clicks */
  gboolean has_embedding; /* in place of clicks */
  gboolean has_logits;    /* earlier logits as dense prompt */
  gboolean
      has_mask; /* a given mask, @mask_rows × @mask_cols; with clicks the dense prompt, else the result */
  guint mask_rows, mask_cols;
  guint n_spatial, n_pointers; /* rooms of the recall; 0, 0: no memory */
} TpoSam2DecodeKey;

/** prompts and memories → masks and what is said of them */
typedef struct {
  TpoSam2DecodeKey key;
  TpoGraph *graph;
  TpoTensor *row;                            /* input: of the frame's features */
  TpoTensor *points, *labels, *embedding;    /* inputs, NULL where the key has none */
  TpoTensor *logits_slot, *mask, *mask_slot; /* */
  TpoTensor *spatial, *time, *spatial_bias;  /* inputs, as in TpoSam2Recall */
  TpoTensor *pointers, *distance, *pointer_bias;
  TpoTensor *ious, *score, *stability; /* outputs, as in TpoSam2Masks */
} TpoSam2DecodeGraph;

TpoSam2DecodeGraph *tpo_sam2_decode_graph_new (TpoDevice *device, const TpoSam2 *model,
                                               const TpoSam2Stores *stores,
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
  TpoTensor *row; /* [1] I32: of the frame's features; NULL where no memory is made */
  TpoTensor *mask_row, *token_row; /* [1] I32 */
  TpoTensor *gate;                 /* [1] F32 */
  TpoTensor *slot, *memory_row;    /* [1] I32: slot, and its first row of the memories */
} TpoSam2SettleGraph;

gboolean tpo_sam2_settle_graph (TpoSam2SettleGraph *self, TpoDevice *device,
                                const TpoSam2 *model, const TpoSam2Stores *stores,
                                TpoSam2SettleKind kind, GError **error);

/** stored logits → mask at the size wanted */
typedef struct {
  TpoGraph *graph;
  TpoTensor *slot; /* [1] I32 */
  TpoTensor *mask; /* [mask_rows, mask_cols] U8 */
} TpoSam2ShowGraph;

gboolean tpo_sam2_show_graph (TpoSam2ShowGraph *self, TpoDevice *device,
                              const TpoSam2Bank *bank, const TpoSam2Video *video,
                              GError **error);
