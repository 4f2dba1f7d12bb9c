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

/* Where a span goes. */
typedef struct {
  gint64 id;
  TpoTimes times;
} Move;

static gboolean
move_all (TpoStore *store, gpointer data, GError **error)
{
  const GArray *moves = data;
  TpoEdit step = { .name = N_ ("Move Spans") };
  gboolean ok = TRUE;

  if (!tpo_store_begin_group (store, &step, error))
    return FALSE;
  for (guint i = 0; ok && i < moves->len; i++) {
    const Move *move = &g_array_index (moves, Move, i);

    ok = tpo_store_set_span (store, move->id, move->times.start_us, move->times.end_us, NULL,
                             error);
  }
  return tpo_store_finish_group (store, ok, error);
}

gboolean
tpo_document_set_spans (TpoDocument *self, GPtrArray *annotations, const TpoTimes *times)
{
  g_autoptr (GArray) moves = g_array_new (FALSE, FALSE, sizeof (Move));
  guint n_moves;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && annotations != NULL, FALSE);
  g_return_val_if_fail (annotations->len > 0 && times != NULL, FALSE);

  if (annotations->len == 1)
    return tpo_document_set_span (self, annotations->pdata[0], times->start_us, times->end_us);
  /* From where they are before a change that is under way they would go astray. */
  if (tpo_document_is_saving (self))
    return FALSE;
  for (guint i = 0; i < annotations->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (annotations, i);
    const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);
    Move move = { record->id, times[i] };

    if (!tpo_document_is_open (self, annotation))
      return FALSE;
    if (record->start_us != times[i].start_us || record->end_us != times[i].end_us)
      g_array_append_val (moves, move);
  }
  n_moves = moves->len;
  return n_moves == 0 ||
         tpo_document_run_job (self, n_moves, move_all, g_steal_pointer (&moves),
                               (GDestroyNotify) g_array_unref, NULL);
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
