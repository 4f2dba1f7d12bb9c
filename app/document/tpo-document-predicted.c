#include "config.h"

#include <glib/gi18n.h>

#include "document/tpo-document-private.h"

/* What was predicted, beside what annotations are now. Predictions never change, so that they are
 * read once. */

static void
add_best_span (GHashTable *spans, TpoBestSpan *best)
{
  if (best != NULL)
    g_hash_table_replace (spans, &best->prediction_id, best);
}

GHashTable *
tpo_document_load_best_spans (TpoStore *store, gint64 video_id)
{
  g_autoptr (GPtrArray) spans =
      tpo_store_list_best_spans (store, video_id, NULL); /* unreadable: as if none */
  GHashTable *by_prediction = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);

  while (spans != NULL && spans->len > 0)
    add_best_span (by_prediction, g_ptr_array_steal_index_fast (spans, spans->len - 1));
  return by_prediction;
}

GPtrArray *
tpo_document_load_track_makers (TpoStore *store, gint64 video_id)
{
  GPtrArray *makers =
      tpo_store_list_track_makers (store, video_id, NULL); /* unreadable: as if none */

  return makers != NULL ? makers : g_ptr_array_new_with_free_func (g_free);
}

const TpoBestSpan *
tpo_document_find_best_span (TpoDocument *self, TpoAnnotation *annotation)
{
  gint64 id = tpo_annotation_get_record (annotation)->prediction_id;

  if (id == 0)
    return NULL;
  /* One that was made since. */
  if (!g_hash_table_contains (self->best_spans, &id))
    add_best_span (self->best_spans, tpo_store_get_best_span (self->store, id, NULL));
  return g_hash_table_lookup (self->best_spans, &id);
}

const TpoSpan *
tpo_document_get_predicted_span (TpoDocument *self, TpoAnnotation *annotation)
{
  const TpoBestSpan *best;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), NULL);

  best = tpo_document_find_best_span (self, annotation);
  return best != NULL ? &best->span : NULL;
}

double
tpo_document_get_score (TpoDocument *self, TpoAnnotation *annotation)
{
  GPtrArray *keyframes;
  const TpoSpan *span;
  double lowest = -1.0;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), -1.0);

  if (tpo_annotation_get_record (annotation)->kind == TPO_ANNOTATION_SPAN) {
    span = tpo_document_get_predicted_span (self, annotation);
    return span != NULL ? (double) span->score : -1.0;
  }
  keyframes = tpo_annotation_get_keyframes (annotation);
  for (guint i = 0; i < keyframes->len; i++) {
    double score = ((const TpoKeyframeRecord *) g_ptr_array_index (keyframes, i))->score;

    if (score >= 0.0 && (lowest < 0.0 || score < lowest))
      lowest = score;
  }
  return lowest;
}

gboolean
tpo_document_set_curve (TpoDocument *self, TpoAnnotation *annotation, const float *values,
                        guint n_values)
{
  TpoEdit step = { .name = n_values > 0 ? N_ ("Edit Highlight Curve")
                                        : N_ ("Reset Highlight Curve") };
  GError *error = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), FALSE);

  if (!tpo_document_is_open (self, annotation))
    return FALSE;
  return tpo_document_saved (self,
                             tpo_store_set_saliency (self->store,
                                                     tpo_annotation_get_id (annotation), values,
                                                     n_values, &step, &error),
                             &error);
}
