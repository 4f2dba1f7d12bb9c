#include "io/llava-names.h"

#include <string.h>

static char *
rename_tensor (const char *name)
{
  static const struct {
    const char *from, *to; /* beginnings of names */
  } rules[] = {
    { "model.embed_tokens.", "lm.base_model.model.model.embed_tokens." },
    { "model.layers.", "lm.base_model.model.model.layers." },
    { "model.norm.", "lm.base_model.model.model.norm." },
    { "lm_head.", "lm.base_model.model.lm_head." },
    { "model.vision_tower.vision_tower.", "vision_tower." },
    { "model.mm_projector.", "mm_projector." },
    { "model.image_newline", "image_newline" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++) {
    if (g_str_has_prefix (name, rules[i].from))
      return g_strconcat (rules[i].to, name + strlen (rules[i].from), NULL);
  }
  return NULL;
}

gboolean
tpo_llava_rename (TpoWeights *weights, GError **error)
{
  return tpo_weights_rename (weights, rename_tensor, error);
}
