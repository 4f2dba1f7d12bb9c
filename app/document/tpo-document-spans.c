#include "config.h"

#include <glib/gi18n.h>

#include "document/tpo-document-private.h"

/* Corrections that take more than one change of the store, in one step. */

/* What @annotations cover together. Returns: (nullable): the earliest; %NULL where they cannot be merged */
static const TpoAnnotationRecord *
cover (TpoDocument *self, GPtrArray *annotations, gint64 *end_us)
{
  const TpoAnnotationRecord *first = NULL;

  *end_us = 0;
  for (guint i = 0; i < annotations->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (annotations, i);
    const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);

    if (record->kind != TPO_ANNOTATION_SPAN || !tpo_document_is_open (self, annotation))
      return NULL;
    if (first == NULL || record->start_us < first->start_us)
      first = record;
    *end_us = MAX (*end_us, record->end_us);
  }
  return annotations->len > 1 ? first : NULL;
}

gboolean
tpo_document_merge_spans (TpoDocument *self, GPtrArray *annotations)
{
  TpoEdit step = { .name = N_ ("Merge Spans") };
  const TpoAnnotationRecord *first;
  GError *error = NULL;
  gint64 id, end_us;
  gboolean ok;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && annotations != NULL, FALSE);

  first = cover (self, annotations, &end_us);
  if (first == NULL)
    return FALSE;
  if (!tpo_store_begin_group (self->store, &step, &error))
    return tpo_document_saved (self, FALSE, &error);
  id = first->id;
  ok = end_us == first->end_us ||
       tpo_store_set_span (self->store, id, first->start_us, end_us, NULL, &error);
  for (guint i = 0; ok && i < annotations->len; i++) {
    gint64 other = tpo_annotation_get_id (g_ptr_array_index (annotations, i));

    ok = other == id || tpo_store_delete_annotation (self->store, other, NULL, &error);
  }
  ok = tpo_store_finish_group (self->store, ok, &error);
  if (ok)
    tpo_document_select (self, tpo_document_find (self, id));
  return tpo_document_saved (self, ok, &error);
}

gboolean
tpo_document_set_spans (TpoDocument *self, GPtrArray *annotations, const TpoTimes *times)
{
  TpoEdit step = { .name = N_ ("Move Spans") };
  GError *error = NULL;
  gboolean ok = TRUE;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && annotations != NULL, FALSE);
  g_return_val_if_fail (annotations->len > 0 && times != NULL, FALSE);

  if (annotations->len == 1)
    return tpo_document_set_span (self, annotations->pdata[0], times->start_us, times->end_us);
  for (guint i = 0; i < annotations->len; i++)
    if (!tpo_document_is_open (self, g_ptr_array_index (annotations, i)))
      return FALSE;
  if (!tpo_store_begin_group (self->store, &step, &error))
    return tpo_document_saved (self, FALSE, &error);
  for (guint i = 0; ok && i < annotations->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (annotations, i);
    const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);

    if (record->start_us != times[i].start_us || record->end_us != times[i].end_us)
      ok = tpo_store_set_span (self->store, record->id, times[i].start_us, times[i].end_us,
                               NULL, &error);
  }
  return tpo_document_saved (self, tpo_store_finish_group (self->store, ok, &error), &error);
}

gboolean
tpo_document_set_shared_edge (TpoDocument *self, TpoAnnotation *left, TpoAnnotation *right,
                              gint64 time_us)
{
  TpoEdit step = { .name = N_ ("Move Shared Edge") };
  const TpoAnnotationRecord *before, *after;
  GError *error = NULL;
  gboolean ok;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (left), FALSE);
  g_return_val_if_fail (TPO_IS_ANNOTATION (right), FALSE);

  if (!tpo_document_is_open (self, left) || !tpo_document_is_open (self, right))
    return FALSE;
  if (!tpo_store_begin_group (self->store, &step, &error))
    return tpo_document_saved (self, FALSE, &error);
  before = tpo_annotation_get_record (left);
  after = tpo_annotation_get_record (right);
  ok = tpo_store_set_span (self->store, before->id, before->start_us, time_us, NULL, &error) &&
       tpo_store_set_span (self->store, after->id, time_us, after->end_us, NULL, &error);
  return tpo_document_saved (self, tpo_store_finish_group (self->store, ok, &error), &error);
}
