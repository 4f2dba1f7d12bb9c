#pragma once

#include "io/prompt.h"
#include "models/cgdetr/cgdetr.h"
#include "models/connector/connector.h"
#include "models/heads/heads.h"
#include "models/mistral/llm.h"
#include "models/parity/runner.h"
#include "models/sam2/sam2.h"
#include "models/vit/vit.h"

/*
 * The whole model on stored frames and prompts: a folder in published layout with the expected
 * results beside the shards. Here the networks meet as in an answer, but for what an answer decides
 * by its task tokens.
 */

/**
 * TpoChain: the networks of the folder, and the vectors that its video and picture became.
 */
typedef struct {
  TpoParityRun *run;
  TpoWeights *weights; /* of the folder */
  TpoTokenizer *tokenizer;
  TpoVit *vit;
  TpoConnector *connector;
  TpoHeads *heads;
  TpoMistral *mistral;
  TpoLlm *llm;
  TpoCgdetr *cgdetr;
  TpoSam2 *sam2;
  guint picture_frame; /* of the stored frames, the one that picture prompts show */
  float *video;        /* [n_video, C] */
  float *picture;      /* [n_picture, C] */
  guint n_video, n_picture;
  const char *system; /* what "chatml" prompts begin with */
} TpoChain;

/**
 * tpo_chain_check_heads:
 * @index: of the prompt
 * @hidden: [3, C]: states of the box, temporal and track tokens after the prompt
 *
 * Boxes, spans and masks, "out.pINDEX.{box,time,track}.*".
 */
gboolean tpo_chain_check_heads (TpoChain *self, guint index, const float *hidden,
                                GError **error);
