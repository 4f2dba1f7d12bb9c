#include <glib/gi18n.h>
#include <string.h>

#include "formats/import-private.h"
#include "formats/qvhighlights.h"

/* One line. */
typedef struct {
  char *query, *vid;
  GArray *windows, *exact; /* of double, two a window */
  GArray *clips;           /* of gint64 */
  GArray *scores;          /* of double, one a clip: the mean of its raters */
  gboolean raters_differ;
  GString *fields; /* that are not known */
} Line;

static void
read_windows (TpoJsonReader *json, GArray *windows)
{
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    double window[2];

    tpo_json_read_numbers (json, window, 2);
    g_array_append_vals (windows, window, 2);
  }
}

static void
read_clips (TpoJsonReader *json, GArray *clips)
{
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    gint64 clip = tpo_json_read_int (json);

    if (clip < 0 || clip >= TPO_QVHIGHLIGHTS_MAX_CLIPS)
      tpo_json_fail (json, "there is no clip %" G_GINT64_FORMAT, clip);
    g_array_append_val (clips, clip);
  }
}

static void
read_scores (TpoJsonReader *json, Line *line)
{
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    double sum = 0, first = 0, mean;
    guint n = 0;

    tpo_json_read_array (json);
    while (tpo_json_next_element (json)) {
      double score = tpo_json_read_number (json);

      first = n == 0 ? score : first;
      line->raters_differ |= score != first;
      sum += score;
      n++;
    }
    mean = n > 0 ? sum / n : 0;
    g_array_append_val (line->scores, mean);
  }
}

static void
read_members (TpoJsonReader *json, Line *line)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "query") && line->query == NULL)
      line->query = g_strstrip (tpo_json_read_text (json));
    else if (g_str_equal (name, "vid") && line->vid == NULL)
      line->vid = tpo_json_read_text (json);
    else if (g_str_equal (name, "relevant_windows"))
      read_windows (json, line->windows);
    else if (g_str_equal (name, "tpo_windows_exact"))
      read_windows (json, line->exact);
    else if (g_str_equal (name, "relevant_clip_ids"))
      read_clips (json, line->clips);
    else if (g_str_equal (name, "saliency_scores"))
      read_scores (json, line);
    else
      tpo_json_keep_field (json, line->fields, name, "qid", "duration", "tpo_duration_exact",
                           NULL);
  }
  if (line->vid == NULL)
    tpo_json_fail (json, "“vid” is missing");
  if (line->scores->len > 0 && line->scores->len != line->clips->len)
    tpo_json_fail (json, "there are %u saliency_scores for %u relevant_clip_ids",
                   line->scores->len, line->clips->len);
}

gboolean
tpo_qvhighlights_clip (const char *vid, gsize *n, double *start_s)
{
  const char *end = strrchr (vid, '_');
  const char *start = end != NULL ? g_strrstr_len (vid, end - vid, "_") : NULL;
  g_autofree char *start_text = NULL;
  double end_s;

  if (start == NULL || start == vid)
    return FALSE;
  start_text = g_strndup (start + 1, (gsize) (end - start - 1));
  *n = (gsize) (start - vid);
  return tpo_parse_number (start_text, start_s) && tpo_parse_number (end + 1, &end_s) &&
         *start_s >= 0 && *start_s < end_s && *start_s < TPO_MAX_SECONDS;
}

/*
 * A project may have a clip of the data set, or the whole video. *offset_s gets where the clip
 * begins in the video found.
 */
static gboolean
find_video (TpoImport *self, const char *vid, TpoImportVideo **video, double *offset_s,
            GError **error)
{
  g_autofree char *whole = NULL;
  gsize n;

  *offset_s = 0;
  if (!tpo_import_try_video (self, vid, video, error))
    return FALSE;
  if (*video != NULL)
    return TRUE;
  if (tpo_qvhighlights_clip (vid, &n, offset_s))
    whole = g_strndup (vid, n);
  else
    *offset_s = 0;
  return tpo_import_get_video (self, whole != NULL ? whole : vid, video, error);
}

/* Ratings become a curve; clips without any are 0. */
static guint
add_curve (TpoImport *self, const Line *line, double offset_s)
{
  TpoPredictionRecord *curve;
  gint64 n_clips = 0;

  for (guint i = 0; i < line->clips->len; i++)
    n_clips = MAX (n_clips, g_array_index (line->clips, gint64, i) + 1);
  if (line->scores->len == 0 || n_clips == 0)
    return 0;
  if (line->raters_differ)
    tpo_import_lose (self, N_ ("queries"), 1,
                     N_ ("with different ratings of three raters, of which the mean is kept"));
  curve = g_new0 (TpoPredictionRecord, 1);
  curve->kind = TPO_ANNOTATION_SPAN;
  curve->text_offset = -1;
  curve->model = g_strdup (TPO_QVHIGHLIGHTS_RATERS);
  curve->prompt = g_strdup (line->query != NULL ? line->query : "");
  curve->n_saliency = (guint) n_clips;
  curve->saliency = g_new0 (float, n_clips);
  curve->saliency_start_us = (gint64) (offset_s * G_USEC_PER_SEC);
  curve->saliency_step_us = TPO_QVHIGHLIGHTS_CLIP_US;
  for (guint i = 0; i < line->clips->len; i++)
    curve->saliency[g_array_index (line->clips, gint64, i)] =
        (float) CLAMP (g_array_index (line->scores, double, i), 0, 4);
  return tpo_import_add_prediction (self, curve);
}

static gboolean
take_line (TpoImport *self, const Line *line, GError **error)
{
  const GArray *windows = line->exact->len > 0 ? line->exact : line->windows;
  TpoImportVideo *video;
  double offset_s;
  guint prediction = 0;

  if (!find_video (self, line->vid, &video, &offset_s, error))
    return FALSE;
  for (guint i = 0; video != NULL && i < windows->len; i += 2) {
    TpoImportItem *span = tpo_import_add_span (
        self, video, NULL, line->query, g_array_index (windows, double, i) + offset_s,
        g_array_index (windows, double, i + 1) + offset_s);

    if (span == NULL)
      continue;
    if (prediction == 0)
      prediction = add_curve (self, line, offset_s);
    span->prediction = prediction;
    tpo_import_set_fields (self, span, line->fields);
  }
  return tpo_import_may_go_on (self, 0, error);
}

gboolean
tpo_qvhighlights_read (TpoImport *self, GError **error)
{
  g_autoptr (TpoJsonReader) json = tpo_import_open_json (self, self->source, error);

  if (json == NULL)
    return FALSE;
  while (tpo_json_peek (json) != '\0') {
    g_autoptr (GArray) windows = g_array_new (FALSE, FALSE, sizeof (double));
    g_autoptr (GArray) exact = g_array_new (FALSE, FALSE, sizeof (double));
    g_autoptr (GArray) clips = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_autoptr (GArray) scores = g_array_new (FALSE, FALSE, sizeof (double));
    g_autoptr (GString) fields = g_string_new (NULL);
    Line line = {
      .windows = windows, .exact = exact, .clips = clips, .scores = scores, .fields = fields
    };
    gboolean is_taken;

    read_members (json, &line);
    is_taken = tpo_json_has_failed (json) || take_line (self, &line, error);
    g_free (line.query);
    g_free (line.vid);
    if (!is_taken)
      return FALSE;
  }
  return tpo_json_finish (json, error);
}
