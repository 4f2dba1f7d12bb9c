#include "formats/export-private.h"

/*
 * ActivityNet Captions: one object, "v_NAME" → duration, timestamps and sentences, the latter
 * two side by side. Seconds are exact; spans may overlap.
 */

static void
write_video (TpoExport *self, const TpoExportVideo *export_video, const TpoVideoRecord *video,
             GPtrArray *annotations)
{
  TpoJsonWriter *json = &self->json;
  g_autoptr (GPtrArray) queries = tpo_export_group_queries (self, annotations);
  g_autofree char *key = g_strconcat ("v_", export_video->stem, NULL);

  if (queries->len == 0)
    return;
  tpo_json_begin_object (json, key);
  tpo_json_seconds (json, "duration", video->duration_us);
  tpo_json_begin_array (json, "timestamps");
  for (guint q = 0; q < queries->len; q++) {
    const TpoExportQuery *query = queries->pdata[q];

    for (guint i = 0; i < query->spans->len; i++) {
      const TpoAnnotationRecord *span = query->spans->pdata[i];

      tpo_json_begin_array (json, NULL);
      tpo_json_seconds (json, NULL, span->start_us);
      tpo_json_seconds (json, NULL, span->end_us);
      tpo_json_end_array (json);
    }
  }
  tpo_json_end_array (json);
  tpo_json_begin_array (json, "sentences");
  for (guint q = 0; q < queries->len; q++) {
    const TpoExportQuery *query = queries->pdata[q];

    for (guint i = 0; i < query->spans->len; i++)
      tpo_json_string (json, NULL, query->text);
    if (query->text[0] == '\0')
      tpo_loss_report_add (self->report, "spans", query->spans->len,
                           "have neither text nor label and get an empty sentence");
  }
  tpo_json_end_array (json);
  tpo_json_end_object (json);
  tpo_json_end_line (json);
}

gboolean
tpo_export_write_activitynet (TpoExport *self, GError **error)
{
  tpo_json_begin_object (&self->json, NULL);
  for (guint i = 0; i < self->videos->len; i++) {
    const TpoExportVideo *export_video = self->videos->pdata[i];
    g_autoptr (TpoVideoRecord) video =
        tpo_store_get_video (self->store, export_video->id, error);
    g_autoptr (GPtrArray) annotations = NULL;

    if (video == NULL ||
        (annotations = tpo_export_list_annotations (self, video->id, error)) == NULL)
      return FALSE;
    write_video (self, export_video, video, annotations);
    tpo_export_progress (self, i + 1, self->videos->len);
    if (!tpo_export_may_go_on (self, error))
      return FALSE;
  }
  tpo_json_end_object (&self->json);
  tpo_json_end_line (&self->json);
  return TRUE;
}
