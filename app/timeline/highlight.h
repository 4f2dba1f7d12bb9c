#pragma once

#include "document/tpo-document.h"

/**
 * TpoHighlight: how much each clip of the video belongs to what was asked, as the model said or a
 * person redrew it
 */
typedef struct {
  float *values; /* [n], 0 … 1: the range of what was predicted */
  guint n;
  gint64 start_us, step_us;
  float low, high; /* of the head's own range */
} TpoHighlight;

/**
 * tpo_highlight_new: Returns: (transfer full) (nullable): %NULL where no curve was predicted for
 * @annotation
 */
TpoHighlight *tpo_highlight_new (TpoDocument *document, TpoAnnotation *annotation);
void tpo_highlight_free (TpoHighlight *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoHighlight, tpo_highlight_free)
