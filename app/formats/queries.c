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

gboolean
tpo_export_get_prediction (TpoExport *self, const TpoExportQuery *query,
                           TpoPredictionRecord **prediction, GError **error)
{
  g_clear_pointer (prediction, tpo_prediction_record_free);
  for (guint i = 0; i < query->spans->len; i++) {
    const TpoAnnotationRecord *span = query->spans->pdata[i];

    if (span->prediction_id == 0)
      continue;
    g_clear_pointer (prediction, tpo_prediction_record_free);
    *prediction = tpo_store_get_outline (self->store, span->prediction_id, error);
    if (*prediction == NULL)
      return FALSE;
    if ((*prediction)->n_saliency > 0)
      break;
  }
  return TRUE;
}
