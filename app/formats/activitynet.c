#include "formats/export-private.h"

/*
 * ActivityNet Captions: one object, "v_NAME" → duration, timestamps and sentences, the latter
 * two side by side. Seconds are exact; spans may overlap.
 */

static gboolean
write_video (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  TpoJsonWriter *json = &self->json;
  g_autoptr (GPtrArray) queries = tpo_export_group_queries (self, annotations);
  g_autofree char *key = g_strconcat ("v_", names->stem, NULL);

  if (queries->len == 0)
    return TRUE;
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
  return TRUE;
}

static gboolean
write_activitynet (TpoExport *self, GError **error)
{
  tpo_json_begin_object (&self->json, NULL);
  if (!tpo_export_each_video (self, write_video, NULL, error))
    return FALSE;
  tpo_json_end_object (&self->json);
  tpo_json_end_line (&self->json);
  return TRUE;
}

const TpoFormat tpo_format_activitynet = {
  .id = "activitynet",
  .title = "ActivityNet Captions",
  .extension = ".json",
  .group = TPO_FORMAT_MOMENTS,
  .holds = TPO_HOLDS_SPANS | TPO_HOLDS_TEXTS,
  .knows = "spans",
  .write = write_activitynet,
};
