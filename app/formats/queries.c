#include "formats/export-private.h"
#include "store/tpo-store-predictions.h"

static void
query_free (gpointer data)
{
  TpoExportQuery *query = data;

  g_ptr_array_unref (query->spans);
  g_free (query);
}

const char *
tpo_export_text_of (TpoExport *self, const TpoAnnotationRecord *span)
{
  const char *label = tpo_export_label_name (self, span->label_id);

  if (span->text != NULL && span->text[0] != '\0')
    return span->text;
  return label != NULL ? label : "";
}

GPtrArray *
tpo_export_group_queries (TpoExport *self, GPtrArray *annotations)
{
  GPtrArray *queries = g_ptr_array_new_with_free_func (query_free);
  g_autoptr (GHashTable) by_text = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < annotations->len; i++) {
    TpoAnnotationRecord *span = annotations->pdata[i];
    const char *text = tpo_export_text_of (self, span);
    TpoExportQuery *query;

    if (span->kind != TPO_ANNOTATION_SPAN)
      continue;
    query = g_hash_table_lookup (by_text, text);
    if (query == NULL) {
      query = g_new0 (TpoExportQuery, 1);
      query->text = text;
      query->spans = g_ptr_array_new ();
      g_hash_table_insert (by_text, (gpointer) text, query);
      g_ptr_array_add (queries, query);
    }
    g_ptr_array_add (query->spans, span);
  }
  return queries;
}

/* The curve as a person redrew it, in the place of the one that was predicted. */
static void
take_redrawn (TpoPredictionRecord *prediction, const TpoAnnotationRecord *span)
{
  g_free (prediction->saliency);
  prediction->saliency = g_memdup2 (span->saliency, span->n_saliency * sizeof (float));
}

gboolean
tpo_export_get_prediction (TpoExport *self, const TpoExportQuery *query,
                           TpoPredictionRecord **prediction, GError **error)
{
  gboolean has_curve = FALSE;

  g_clear_pointer (prediction, tpo_prediction_record_free);
  for (guint i = 0; i < query->spans->len; i++) {
    const TpoAnnotationRecord *span = query->spans->pdata[i];
    g_autoptr (TpoPredictionRecord) found = NULL;

    if (span->prediction_id == 0 || (has_curve && span->n_saliency == 0))
      continue;
    found = tpo_store_get_outline (self->store, span->prediction_id, error);
    if (found == NULL)
      return FALSE;
    if (*prediction != NULL && found->n_saliency == 0)
      continue;
    has_curve = found->n_saliency > 0;
    g_clear_pointer (prediction, tpo_prediction_record_free);
    *prediction = g_steal_pointer (&found);
    if (has_curve && span->n_saliency == (*prediction)->n_saliency) {
      take_redrawn (*prediction, span);
      break;
    }
  }
  return TRUE;
}
