#pragma once

#include <tpo/types.h>

#include "models/layers/loader.h"

/**
 * The small heads of VideoChat-TPO on the hidden state of a task token, all in F32: half precision
 * would round a box to several pixels.
 *
 * Reference: inference/modeling_base.py, build_bbox_decoder; inference/modeling_vit.py, MLP.
 */

/**
 * TpoHeads: two-layer perceptrons with ReLU, C the language model's width.
 */
typedef struct {
  TpoLinear loc_decoder[2]; /* C → box: the region head */
  TpoLinear loc_encoder[2]; /* box → C: a user's box inside a prompt */
  TpoLinear track_embed[2]; /* C → 3 · sam_width: the mask head's prompt */
  TpoLinear temporal_proj; /* C → words of the temporal head, where they have another width */
  float *box_token;        /* [C] on the host: inputs of side steps and prompts */
  float *temporal_token;   /* [C] */
  float *track_token;      /* [C] */
  guint width;             /* C */
  guint sam_width;         /* channels of a mask prompt row; 0 without track_embed */
  GPtrArray *tensors;      /* owns the weights */
} TpoHeads;

/**
 * tpo_heads_load:
 *
 * Loads what the file has of "loc_decoder", "loc_encoder", "track_embed", "temporal_proj" and the
 * three tokens; the sizes are those of the tensors. What is absent stays empty (w NULL), and its
 * users must ask for it.
 *
 * Returns: (transfer full): %NULL with the loader's error
 */
TpoHeads *tpo_heads_load (TpoLoader *loader, GError **error);
void tpo_heads_free (TpoHeads *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoHeads, tpo_heads_free)

/**
 * tpo_heads_locate: @hidden: [N, C] final-norm states of box tokens.
 *
 * Returns: [N, 4]: x0, y0, x1, y1, normalised to the picture, neither clamped nor put in order
 */
TpoTensor *tpo_heads_locate (TpoGraph *g, const TpoHeads *self, TpoTensor *hidden);

/** tpo_heads_embed_box: @boxes: [N, 4], normalised. Returns: [N, C], rows of <track_box> tokens */
TpoTensor *tpo_heads_embed_box (TpoGraph *g, const TpoHeads *self, TpoTensor *boxes);

/**
 * tpo_heads_temporal_prompt: @hidden: [N, C] final-norm states of temporal tokens.
 *
 * Returns: [N, width of the temporal head's words]: @hidden itself where the model has no temporal_proj
 */
TpoTensor *tpo_heads_temporal_prompt (TpoGraph *g, const TpoHeads *self, TpoTensor *hidden);

/** tpo_heads_track_prompt: @hidden: [N, C]. Returns: [N, 3 · sam_width]: 3 rows of a mask prompt */
TpoTensor *tpo_heads_track_prompt (TpoGraph *g, const TpoHeads *self, TpoTensor *hidden);

/**
 * tpo_head_load: one perceptron of two layers: "NAME.FIRST" and "NAME.SECOND" with biases, hidden
 *   and output sizes from the tensors; empty where the file has none
 */
void tpo_head_load (TpoLoader *loader, const char *first, const char *second, gint64 n_in,
                    TpoLinear layers[2]);

/**
 * tpo_mask_outer_box:
 * @mask: [height, width] bytes, non-zero is set
 * @box: (out): bounds of the unset pixels that touch a set one by a side, so one pixel outside the mask
 *   where the picture goes on; all -1 when there are none
 *
 * Runs on the host. Reference: find_boundaries_torch of inference/modeling_videochate.py.
 *
 * Returns: false when there are none: the mask is empty or full
 */
gboolean tpo_mask_outer_box (const guint8 *mask, guint width, guint height, TpoBox *box);
