#pragma once

#include "models/mistral/mistral.h"

/**
 * Text tower of InternVideo2-CLIP: a Llama decoder whose final hidden states describe the words of
 * a query. internvideo2_clip_text.py. The names are "text_encoder.transformer.*" after the loader's
 * prefix.
 */

/**
 * tpo_clip_text_load:
 * @settings: prefix of the settings in the metadata, "videochat-tpo.clip.text."
 *
 * Returns: (transfer full): run it with tpo_mistral_embed() and tpo_mistral_forward() without a context
 */
TpoMistral *tpo_clip_text_load (TpoLoader *loader, const char *settings, GError **error);
