#pragma once

#include <tpo/text.h>

#include "io/tokenizer.h"
#include "models/mistral/llm.h"

/* The inside of a text model, for tests that look at logits. */
struct _TpoTextModel {
  TpoDevice *device;
  TpoWeights *weights;
  TpoTokenizer *tokenizer;
  TpoMistral *mistral;
  TpoLlm *llm;
  char *name;
  gboolean adds_bos, adds_eos; /* to prompts */
};

/**
 * tpo_text_model_tokenize: Returns: (transfer full) (element-type gint32): @prompt with what the
 * file wants added
 */
GArray *tpo_text_model_tokenize (const TpoTextModel *self, const char *prompt,
                                 gboolean parses_special);
