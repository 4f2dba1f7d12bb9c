#pragma once

#include <tpo/session.h>

#include "io/prompt.h"
#include "models/cgdetr/cgdetr.h"
#include "models/clip/text.h"
#include "models/clip/vision.h"
#include "models/connector/connector.h"
#include "models/heads/heads.h"
#include "models/mistral/llm.h"
#include "models/sam2/sam2.h"
#include "models/vit/vit.h"

/**
 * TpoPart: what can be freed when memory runs short, and made again (videochat/parts.c).
 */
typedef enum {
  TPO_PART_PROMPTS, /* recorded graphs of the language model's prompts; they go first and are never held */
  TPO_PART_LOOKING, /* of sessions: frames and graphs that make visual tokens; the tokens stay */
  TPO_PART_MASK,    /* SAM 2, with the trackers of sessions */
  TPO_PART_CLIP_VISION,
  TPO_PART_CLIP_TEXT,
  TPO_PART_TEMPORAL, /* CG-DETR */
  TPO_PART_COUNT
} TpoPart;

typedef struct {
  guint n_users; /* not freed while there are any */
  guint64 last;  /* TpoModel.n_holds of the last use */
} TpoPartUse;

/**
 * What an open model holds. The chat part is loaded at once; the temporal and the mask head when an
 * answer first needs them.
 */
struct _TpoModel {
  TpoDevice *device;
  TpoWeights *weights;
  TpoTokenizer *tokenizer;
  TpoModelInfo info;

  /* Chat. */
  TpoVit *vit;
  TpoConnector *connector;
  TpoMistral *mistral;
  TpoLlm *llm;
  TpoHeads *heads;
  guint n_frames; /* of a video that the vision encoder sees */
  guint max_ids;  /* of a prompt */
  TpoPromptTemplate template;
  char *system; /* what CHATML prompts begin with */
  TpoBosMode bos_mode;
  gint task_ids[TPO_TASK_COUNT]; /* indicator tokens; -1: the model has not that task */
  gint track_box_id;

  /* Heads, NULL until they are needed. */
  TpoClipVision *clip_vision;
  TpoMistral *clip_text;
  TpoTokenizer *clip_tokenizer; /* of queries */
  char *query_prefix;
  double clip_rate; /* frames a second that the clip encoder sees */
  TpoCgdetr *cgdetr;
  TpoSam2 *sam2;
  TpoPartUse parts[TPO_PART_COUNT];
  guint64 n_holds;
  GPtrArray *sessions; /* (not owned) of TpoSession */
};

/**
 * tpo_model_hold: loads @part if it is not there and keeps it until tpo_model_release().
 *
 * Parts that nobody holds are freed when memory runs short, the longest unused first.
 *
 * Returns: false with TPO_ERROR_UNSUPPORTED where the file has it not, or the loader's error; then
 * it is not held
 */
gboolean tpo_model_hold (TpoModel *self, TpoPart part, GCancellable *cancellable,
                         GError **error);
void tpo_model_release (TpoModel *self, TpoPart part);

/** tpo_model_reclaim: TpoReclaimFunc of a model: frees the part that was not used for longest */
gboolean tpo_model_reclaim (gpointer user_data);

/**
 * tpo_model_explain: adds to TPO_ERROR_NO_MEMORY what the model needs and what would fit; leaves
 * others alone
 */
void tpo_model_explain (const TpoModel *self, GError **error);

/* videochat/model.c, for tpo_model_hold(): what is there already is left alone. */
gboolean tpo_model_load_mask (TpoModel *self, GCancellable *cancellable, GError **error);
gboolean tpo_model_load_clip_vision (TpoModel *self, GCancellable *cancellable, GError **error);
gboolean tpo_model_load_clip_text (TpoModel *self, GCancellable *cancellable, GError **error);
gboolean tpo_model_load_temporal (TpoModel *self, GCancellable *cancellable, GError **error);
