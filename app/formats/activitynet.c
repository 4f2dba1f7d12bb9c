#include <glib/gi18n.h>

#include "formats/export-private.h"
#include "formats/import-private.h"

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
      tpo_loss_report_add (self->report, N_ ("spans"), query->spans->len,
                           N_ ("without text and label, given an empty sentence"));
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

/* ---- import ------------------------------------------------------------------------------------- */

/* What one video has; sentences may come before the times. */
typedef struct {
  GArray *times; /* of double, two a span */
  GPtrArray *sentences;
} Captions;

static void
read_times (TpoJsonReader *json, GArray *times)
{
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    double window[2];

    tpo_json_read_numbers (json, window, 2);
    g_array_append_vals (times, window, 2);
  }
}

static void
read_captions (TpoJsonReader *json, Captions *captions)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "timestamps")) {
      read_times (json, captions->times);
    } else if (g_str_equal (name, "sentences")) {
      tpo_json_read_array (json);
      while (tpo_json_next_element (json))
        g_ptr_array_add (captions->sentences, g_strstrip (tpo_json_read_text (json)));
    } else {
      tpo_json_skip_field (json, name, "duration", NULL);
    }
  }
  if (captions->times->len != 2 * captions->sentences->len)
    tpo_json_fail (json, "there are %u timestamps and %u sentences", captions->times->len / 2,
                   captions->sentences->len);
}

static gboolean
read_video (TpoImport *self, TpoJsonReader *json, const char *key, GError **error)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GPtrArray) sentences = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *name = g_strdup (g_str_has_prefix (key, "v_") ? key + 2 : key);
  Captions captions = { times, sentences };
  TpoImportVideo *video = NULL;

  read_captions (json, &captions);
  if (tpo_json_has_failed (json))
    return TRUE; /* told when finished */
  if (!tpo_import_get_video (self, name, &video, error))
    return FALSE;
  for (guint i = 0; video != NULL && i < sentences->len; i++)
    tpo_import_add_span (self, video, NULL, sentences->pdata[i],
                         g_array_index (times, double, 2 * i),
                         g_array_index (times, double, 2 * i + 1));
  return tpo_import_may_go_on (self, 0, error);
}

static gboolean
read_activitynet (TpoImport *self, GError **error)
{
  g_autoptr (TpoJsonReader) json = tpo_import_open_json (self, self->source, error);
  const char *key;

  if (json == NULL)
    return FALSE;
  tpo_json_read_object (json);
  while ((key = tpo_json_next_name (json)) != NULL)
    if (!read_video (self, json, key, error))
      return FALSE;
  return tpo_json_finish (json, error);
}

static gboolean
detect_activitynet (const TpoProbe *probe)
{
  return tpo_probe_has (probe, "timestamps", "sentences", NULL);
}

const TpoFormat tpo_format_activitynet = {
  .id = "activitynet",
  .title = "ActivityNet Captions",
  .extension = ".json",
  .group = TPO_FORMAT_MOMENTS,
  .holds = TPO_HOLDS_SPANS | TPO_HOLDS_TEXTS,
  .knows = N_ ("spans"),
  .write = write_activitynet,
  .read = read_activitynet,
  .detect = detect_activitynet,
};
