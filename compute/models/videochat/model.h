#pragma once

#include <tpo/session.h>

#include "io/prompt.h"
#include "models/cgdetr/cgdetr.h"
#include "models/clip/text.h"
#include "models/clip/vision.h"
#include "models/heads/heads.h"
#include "models/mistral/llm.h"
#include "models/qformer/qformer.h"
#include "models/sam2/sam2.h"
#include "models/vit/vit.h"

/**
 * What an open model holds. The chat part is loaded at once; the temporal and the mask head when an answer first
 * needs them.
 */
struct _TpoModel {
  TpoDevice *device;
  TpoWeights *weights;
  TpoTokenizer *tokenizer;
  TpoModelInfo info;

  /* Chat. */
  TpoVit *vit;
  TpoQformer *qformer;
  TpoMistral *mistral;
  TpoLlm *llm;
  TpoHeads *heads;
  guint n_frames; /* of a video that the vision encoder sees */
  guint max_ids;  /* of a prompt */
  TpoBosMode bos_mode;
  gint task_ids[TPO_TASK_COUNT]; /* indicator tokens; -1: the model has not that task */
  gint track_box_id;

  /* Heads, NULL until they are needed. */
  TpoClipVision *clip_vision;
  TpoMistral *clip_text;
  char *query_prefix;
  double clip_rate; /* frames a second that the clip encoder sees */
  TpoCgdetr *cgdetr;
  TpoSam2 *sam2;
};

/** tpo_model_need_temporal: loads the temporal head and its encoders. TPO_ERROR_UNSUPPORTED where the file has none */
gboolean tpo_model_need_temporal (TpoModel *self, GCancellable *cancellable, GError **error);

/** tpo_model_need_mask: loads SAM 2 */
gboolean tpo_model_need_mask (TpoModel *self, GCancellable *cancellable, GError **error);
