#include "config.h"

#include "timeline/highlight.h"

/* Scores have no fixed range; their shape is what tells. */
static void
find_range (TpoHighlight *self, const TpoPredictionRecord *prediction)
{
  self->low = G_MAXFLOAT;
  self->high = -G_MAXFLOAT;
  for (guint i = 0; i < prediction->n_saliency; i++) {
    self->low = MIN (self->low, prediction->saliency[i]);
    self->high = MAX (self->high, prediction->saliency[i]);
  }
}

TpoHighlight *
tpo_highlight_new (TpoDocument *document, TpoAnnotation *annotation)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);
  g_autoptr (TpoPredictionRecord) prediction = NULL;
  const float *values;
  TpoHighlight *self;

  if (record->kind != TPO_ANNOTATION_SPAN || record->prediction_id == 0)
    return NULL;
  prediction = tpo_document_get_prediction (document, annotation);
  if (prediction == NULL || prediction->n_saliency == 0 || prediction->saliency_step_us <= 0)
    return NULL;
  self = g_new0 (TpoHighlight, 1);
  self->n = prediction->n_saliency;
  self->start_us = prediction->saliency_start_us;
  self->step_us = prediction->saliency_step_us;
  self->values = g_new (float, self->n);
  find_range (self, prediction);
  values = record->n_saliency == self->n ? record->saliency : prediction->saliency;
  for (guint i = 0; i < self->n; i++)
    self->values[i] = self->high > self->low
                          ? CLAMP ((values[i] - self->low) / (self->high - self->low), 0, 1)
                          : 0.5f;
  return self;
}

void
tpo_highlight_free (TpoHighlight *self)
{
  g_free (self->values);
  g_free (self);
}
