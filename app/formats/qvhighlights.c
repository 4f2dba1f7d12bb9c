#include <glib/gi18n.h>
#include <math.h>

#include "formats/export-private.h"
#include "formats/import-private.h"
#include "formats/qvhighlights.h"

/*
 * QVHighlights: a line a query. Windows lie on a grid of two-second clips, so that ours are
 * widened to it; the exact ones follow under names of our own, which readers ignore.
 *
 * Invariants of the published files, kept here: bounds are even and within the duration, the
 * clip ids are those that the windows cover, and saliency has one triple for each of them.
 */

/* One entry a clip of the video. */
typedef struct {
  gint64 n_clips;
  gboolean *is_relevant; /* [n_clips] */
} Grid;

/* To the nearest even second, so that less than a clip is cut off or added at the end. */
static gint64
n_clips_of (const TpoVideoRecord *video)
{
  return CLAMP (
      video->duration_us / TPO_QVHIGHLIGHTS_CLIP_US +
          (video->duration_us % TPO_QVHIGHLIGHTS_CLIP_US >= TPO_QVHIGHLIGHTS_CLIP_US / 2),
      1, TPO_QVHIGHLIGHTS_MAX_CLIPS);
}

static void
mark_span (Grid *grid, const TpoAnnotationRecord *span)
{
  gint64 first = CLAMP (span->start_us / TPO_QVHIGHLIGHTS_CLIP_US, 0, grid->n_clips - 1);
  gint64 end =
      span->end_us / TPO_QVHIGHLIGHTS_CLIP_US + (span->end_us % TPO_QVHIGHLIGHTS_CLIP_US > 0);

  end = CLAMP (end, first + 1, grid->n_clips);
  for (gint64 clip = first; clip < end; clip++)
    grid->is_relevant[clip] = TRUE;
}

static void
write_windows (TpoJsonWriter *json, const Grid *grid)
{
  gint64 end;

  tpo_json_begin_array (json, "relevant_windows");
  for (gint64 clip = 0; clip < grid->n_clips; clip = end) {
    for (end = clip + 1; end < grid->n_clips; end++)
      if (grid->is_relevant[end] != grid->is_relevant[clip])
        break;
    if (!grid->is_relevant[clip])
      continue;
    tpo_json_begin_array (json, NULL);
    tpo_json_int (json, NULL, 2 * clip);
    tpo_json_int (json, NULL, 2 * end);
    tpo_json_end_array (json);
  }
  tpo_json_end_array (json);
}

static void
write_clip_ids (TpoJsonWriter *json, const Grid *grid)
{
  tpo_json_begin_array (json, "relevant_clip_ids");
  for (gint64 clip = 0; clip < grid->n_clips; clip++)
    if (grid->is_relevant[clip])
      tpo_json_int (json, NULL, clip);
  tpo_json_end_array (json);
}

/* Mean of the curve over a clip, weighted by how much of each step lies in it; NAN for no part. */
static double
mean_saliency (const TpoPredictionRecord *curve, gint64 start_us, gint64 end_us)
{
  double sum = 0, weight = 0;

  for (guint i = 0; i < curve->n_saliency; i++) {
    gint64 from = curve->saliency_start_us + (gint64) i * curve->saliency_step_us;
    gint64 overlap = MIN (from + curve->saliency_step_us, end_us) - MAX (from, start_us);

    if (overlap > 0) {
      sum += (double) curve->saliency[i] * (double) overlap;
      weight += (double) overlap;
    }
  }
  return weight > 0 ? sum / weight : (double) NAN;
}

/* The curve's range over the video becomes 0 … 4; one rater stands for the usual three. */
static void
write_saliency (TpoJsonWriter *json, const Grid *grid, const TpoPredictionRecord *curve)
{
  double low = (double) curve->saliency[0], high = low;

  for (guint i = 1; i < curve->n_saliency; i++) {
    low = fmin (low, (double) curve->saliency[i]);
    high = fmax (high, (double) curve->saliency[i]);
  }
  /* People's ratings are on that scale already. */
  if (g_str_equal (curve->model, TPO_QVHIGHLIGHTS_RATERS)) {
    low = 0;
    high = 4;
  }
  tpo_json_begin_array (json, "saliency_scores");
  for (gint64 clip = 0; clip < grid->n_clips; clip++) {
    double mean = mean_saliency (curve, clip * TPO_QVHIGHLIGHTS_CLIP_US,
                                 (clip + 1) * TPO_QVHIGHLIGHTS_CLIP_US);
    double share = high > low ? (mean - low) / (high - low) : 0.5;
    gint64 score = isfinite (share) ? (gint64) floor (4 * share + 0.5) : 0;

    if (!grid->is_relevant[clip])
      continue;
    tpo_json_begin_array (json, NULL);
    for (guint rater = 0; rater < 3; rater++)
      tpo_json_int (json, NULL, score);
    tpo_json_end_array (json);
  }
  tpo_json_end_array (json);
}

static void
write_exact (TpoExport *self, const TpoExportQuery *query, const TpoVideoRecord *video)
{
  TpoJsonWriter *json = &self->json;

  tpo_json_begin_array (json, "tpo_windows_exact");
  for (guint i = 0; i < query->spans->len; i++) {
    const TpoAnnotationRecord *span = query->spans->pdata[i];

    tpo_json_begin_array (json, NULL);
    tpo_json_seconds (json, NULL, span->start_us);
    tpo_json_seconds (json, NULL, span->end_us);
    tpo_json_end_array (json);
    if (span->start_us % TPO_QVHIGHLIGHTS_CLIP_US != 0 ||
        span->end_us % TPO_QVHIGHLIGHTS_CLIP_US != 0)
      tpo_loss_report_add (
          self->report, N_ ("spans"), 1,
          N_ ("widened to the grid of two seconds (exact in tpo_windows_exact)"));
  }
  tpo_json_end_array (json);
  tpo_json_seconds (json, "tpo_duration_exact", video->duration_us);
}

/* A clip of the data set keeps its name. */
static char *
dup_vid (const TpoExportVideo *video, gint64 n_clips)
{
  gsize n;
  double start_s;

  return tpo_qvhighlights_clip (video->stem, &n, &start_s)
             ? g_strdup (video->stem)
             : g_strdup_printf ("%s_0.0_%" G_GINT64_FORMAT ".0", video->stem, 2 * n_clips);
}

static void
write_query (TpoExport *self, const TpoExportVideo *export_video, const TpoVideoRecord *video,
             const TpoExportQuery *query, const TpoPredictionRecord *prediction)
{
  TpoJsonWriter *json = &self->json;
  gint64 n_clips = n_clips_of (video);
  g_autofree gboolean *is_relevant = g_new0 (gboolean, (gsize) n_clips);
  Grid grid = { .n_clips = n_clips, .is_relevant = is_relevant };
  g_autofree char *vid = dup_vid (export_video, n_clips);
  const TpoAnnotationRecord *first = query->spans->pdata[0];

  for (guint i = 0; i < query->spans->len; i++)
    mark_span (&grid, query->spans->pdata[i]);
  tpo_json_begin_object (json, NULL);
  tpo_json_int (json, "qid", first->id);
  tpo_json_string (json, "query", query->text);
  tpo_json_int (json, "duration", 2 * n_clips);
  tpo_json_string (json, "vid", vid);
  write_windows (json, &grid);
  write_clip_ids (json, &grid);
  if (prediction != NULL && prediction->n_saliency > 0)
    write_saliency (json, &grid, prediction);
  else
    tpo_loss_report_add (self->report, N_ ("queries"), 1,
                         N_ ("without a saliency curve, thus without saliency_scores"));
  write_exact (self, query, video);
  tpo_export_write_fields (self, json, first);
  tpo_json_end_object (json);
  tpo_json_end_line (json);
}

static gboolean
write_video (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) queries = tpo_export_group_queries (self, annotations);

  for (guint q = 0; q < queries->len; q++) {
    g_autoptr (TpoPredictionRecord) prediction = NULL;

    if (!tpo_export_get_prediction (self, queries->pdata[q], &prediction, error))
      return FALSE;
    write_query (self, names, video, queries->pdata[q], prediction);
  }
  return TRUE;
}

static gboolean
write_qvhighlights (TpoExport *self, GError **error)
{
  return tpo_export_each_video (self, write_video, NULL, error);
}

static gboolean
detect_qvhighlights (const TpoProbe *probe)
{
  return tpo_probe_has (probe, "query", "vid", "relevant_windows", NULL);
}

const TpoFormat tpo_format_qvhighlights = {
  .id = "qvhighlights",
  .title = "QVHighlights",
  .extension = ".jsonl",
  .group = TPO_FORMAT_MOMENTS,
  .holds = TPO_HOLDS_SPANS | TPO_HOLDS_TEXTS | TPO_HOLDS_CURVES,
  .dialect = "qvhighlights",
  .knows = N_ ("spans"),
  .write = write_qvhighlights,
  .read = tpo_qvhighlights_read,
  .detect = detect_qvhighlights,
};
