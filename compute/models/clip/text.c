#include "models/clip/text.h"

static const char DECODER[] = "text_encoder.transformer.";

TpoMistral *
tpo_clip_text_load (TpoLoader *loader, const char *settings, GError **error)
{
  TpoMistralConfig config;

  if (!tpo_mistral_config_read (
          &config, tpo_weights_get_metadata (tpo_loader_get_weights (loader)), settings, error))
    return NULL;
  return tpo_mistral_load (loader, &config, DECODER, NULL, error);
}
