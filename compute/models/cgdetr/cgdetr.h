#pragma once

#include "models/layers/loader.h"
#include "models/layers/taps.h"

/**
 * CG-DETR as VideoChat-TPO uses it: moment retrieval and highlight detection from one feature row a
 * second of video and one a word of the query. Moon et al., "Correlation-Guided Query-Dependency
 * Calibration" (2023); inference path only. Letters here: L clips, W words, C hidden width, Q span
 * queries.
 */

/**
 * TpoCgdetrConfig: sizes, from the settings under "cg_opt." or the prefix given.
 */
typedef struct {
  guint hidden, n_heads, feed_forward;
  guint video_width, text_width; /* of a feature row; video includes the two time columns */
  guint n_dummies, n_prompts, n_queries;
  guint n_t2v, n_encoder, n_decoder, n_dummy; /* layers */
} TpoCgdetrConfig;

/** tpo_cgdetr_config_read: @prefix: of the settings, "hparams." or such */
gboolean tpo_cgdetr_config_read (const TpoMetadata *metadata, const char *prefix,
                                 TpoCgdetrConfig *config, GError **error);

typedef struct _TpoCgdetr TpoCgdetr;

/** tpo_cgdetr_load: tensors "cg_model.*". Returns: (transfer full) */
TpoCgdetr *tpo_cgdetr_load (TpoLoader *loader, const TpoCgdetrConfig *config, GError **error);
void tpo_cgdetr_free (TpoCgdetr *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoCgdetr, tpo_cgdetr_free)

const TpoCgdetrConfig *tpo_cgdetr_get_config (const TpoCgdetr *self);

/**
 * TpoCgdetrInput: rows past the valid ones are padding, which only batched references need.
 */
typedef struct {
  TpoTensor *video;  /* [L, video_width] F32 */
  TpoTensor *text;   /* [W, text_width] F32 */
  TpoTensor *prompt; /* [1, text_width] F32: the language model's hidden state, one more word */
  guint n_clips;     /* valid rows of video; 0: all */
  guint n_words;     /* valid rows of text; 0: all */
} TpoCgdetrInput;

typedef struct {
  TpoTensor *logits;   /* [Q, 2]: class 0 is "moment" */
  TpoTensor *spans;    /* [Q, 2]: centre and width, as fractions of the video */
  TpoTensor *saliency; /* [L, 1]: raw scores */
} TpoCgdetrOutput;

/**
 * tpo_cgdetr_forward:
 * @taps: (nullable): "vid_proj", "txt_proj", "pos_vid", "dummies", "t2v", "attn",
 *   "encoder_with_global_first", "decoder_hs.N", "decoder_refs.N", "t2v_values",
 *   "auxN.pred_logits", "auxN.pred_spans"
 */
void tpo_cgdetr_forward (const TpoCgdetr *self, TpoGraph *g, const TpoCgdetrInput *input,
                         TpoTaps *taps, TpoCgdetrOutput *output);

/**
 * TpoCgdetrWindow: a decoded span, in seconds.
 */
typedef struct {
  double start, end;
  double score; /* probability of class 0 */
} TpoCgdetrWindow;

/**
 * tpo_cgdetr_decode:
 * @logits: [n, 2], @spans: [n, 2], as tpo_cgdetr_forward() gives them
 * @duration: of the video, seconds
 * @windows: (out caller-allocates): [n], by falling score, clamped to the video
 *
 * app.py `temporal_head`, before its rounding to whole seconds.
 */
void tpo_cgdetr_decode (const float *logits, const float *spans, guint n, double duration,
                        TpoCgdetrWindow *windows);
