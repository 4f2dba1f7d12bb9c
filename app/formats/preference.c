#include <glib/gi18n.h>
#include <math.h>

#include "formats/preference.h"
#include "store/tpo-store-predictions.h"

/*
 * Preference pairs in the form that common trainers take: the question, what the corrected label
 * says ("chosen") and what the model had said ("rejected"). Labels that were accepted unchanged are
 * examples for the training data, not pairs. Answers that people rated are in preference-answers.c.
 */

typedef struct {
  char *chosen, *rejected;
  const char *metric; /* its name */
  double value;       /* of the metric: how alike they are, 0 … 1 */
} Pair;

static double
span_iou (gint64 a0, gint64 a1, gint64 b0, gint64 b1)
{
  gint64 both = MAX (MIN (a1, b1) - MAX (a0, b0), 0);

  return (double) both / (double) MAX (a1 - a0 + b1 - b0 - both, 1);
}

static double
box_iou (const TpoBox *a, const TpoBox *b)
{
  double width = (double) (fminf (a->x1, b->x1) - fmaxf (a->x0, b->x0));
  double height = (double) (fminf (a->y1, b->y1) - fmaxf (a->y0, b->y0));
  double both = fmax (width, 0) * fmax (height, 0);
  double area_a = (double) ((a->x1 - a->x0) * (a->y1 - a->y0));
  double area_b = (double) ((b->x1 - b->x0) * (b->y1 - b->y0));

  return area_a + area_b > both ? both / (area_a + area_b - both) : 1;
}

/* "From 3.2 to 7.9 seconds." */
static char *
span_text (gint64 start_us, gint64 end_us)
{
  TpoNumberText start, end;

  return g_strdup_printf ("From %s to %s seconds.",
                          tpo_number_to_text (&start, (double) start_us / G_USEC_PER_SEC, 1),
                          tpo_number_to_text (&end, (double) end_us / G_USEC_PER_SEC, 1));
}

/* A box on a frame, in pixels, as a question names one. */
static char *
box_text (const TpoVideoRecord *video, gint64 frame, const TpoBox *box)
{
  double width = video->width, height = video->height;

  return g_strdup_printf ("On frame %" G_GINT64_FORMAT " at [%ld, %ld, %ld, %ld].", frame,
                          lround ((double) box->x0 * width), lround ((double) box->y0 * height),
                          lround ((double) box->x1 * width),
                          lround ((double) box->y1 * height));
}

/* The corrected keyframe that is least like what was predicted for its time. */
static void
compare_tracks (const TpoVideoRecord *video, const TpoAnnotationRecord *track,
                GPtrArray *keyframes, const TpoPredictionRecord *prediction, Pair *pair)
{
  const TpoAnnotationRecord predicted = {
    .start_us = prediction->n_spans > 0 ? prediction->spans[0].start_us : 0,
    .end_us = prediction->n_spans > 0 ? prediction->spans[0].end_us : 0,
  };

  pair->metric = "box_iou";
  pair->value = 2;
  for (guint i = 0; prediction->keyframes != NULL && i < keyframes->len; i++) {
    const TpoKeyframeRecord *keyframe = keyframes->pdata[i];
    gint64 frame = tpo_frame_at (video->frame_times_us, video->n_frames, keyframe->time_us);
    TpoBox box;
    double value;

    if (!keyframe->has_box ||
        !tpo_track_box_at (&predicted, prediction->keyframes, keyframe->time_us, &box))
      continue;
    value = box_iou (&keyframe->box, &box);
    if (value >= pair->value)
      continue;
    pair->value = value;
    g_free (pair->chosen);
    g_free (pair->rejected);
    pair->chosen = box_text (video, frame, &keyframe->box);
    pair->rejected = box_text (video, frame, &box);
  }
}

static void
compare_spans (const TpoAnnotationRecord *span, const TpoPredictionRecord *prediction,
               Pair *pair)
{
  const TpoSpan *predicted = &prediction->spans[0];

  if (prediction->n_spans == 0)
    return;
  pair->metric = "tiou";
  pair->value = span_iou (span->start_us, span->end_us, predicted->start_us, predicted->end_us);
  pair->chosen = span_text (span->start_us, span->end_us);
  pair->rejected = span_text (predicted->start_us, predicted->end_us);
}

void
tpo_preference_write_message (TpoJsonWriter *json, const char *name, const char *role,
                              const char *content)
{
  tpo_json_begin_array (json, name);
  tpo_json_begin_object (json, NULL);
  tpo_json_string (json, "role", role);
  tpo_json_string (json, "content", content);
  tpo_json_end_object (json);
  tpo_json_end_array (json);
}

static void
write_pair (TpoExport *self, const TpoExportVideo *names, const TpoAnnotationRecord *record,
            const char *prompt, const Pair *pair, double seconds)
{
  TpoJsonWriter *json = &self->json;
  g_autofree char *sample = g_strdup_printf ("%s-a%" G_GINT64_FORMAT, names->stem, record->id);

  tpo_json_begin_object (json, NULL);
  tpo_preference_write_message (json, "prompt", "user", prompt);
  tpo_preference_write_message (json, "chosen", "assistant", pair->chosen);
  tpo_preference_write_message (json, "rejected", "assistant", pair->rejected);
  tpo_json_begin_array (json, "videos");
  tpo_json_string (json, NULL, names->path);
  tpo_json_end_array (json);
  tpo_json_begin_object (json, "tpo");
  tpo_json_string (json, "sample", sample);
  tpo_json_begin_object (json, "metric");
  tpo_json_number (json, pair->metric, pair->value, 4);
  tpo_json_end_object (json);
  tpo_json_number (json, "seconds_spent", seconds, 3);
  tpo_json_end_object (json);
  tpo_json_end_object (json);
  tpo_json_end_line (json);
}

/* How long people worked on it. */
static gboolean
sum_seconds (TpoExport *self, const TpoAnnotationRecord *record, double *seconds,
             GError **error)
{
  g_autoptr (GPtrArray) revisions = tpo_store_list_revisions (self->store, record->id, error);

  *seconds = 0;
  for (guint i = 0; revisions != NULL && i < revisions->len; i++)
    *seconds += ((TpoAnnotationRecord *) revisions->pdata[i])->seconds_spent;
  return revisions != NULL;
}

static gboolean
write_record (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
              const TpoAnnotationRecord *record, GError **error)
{
  g_autoptr (TpoPredictionRecord) prediction =
      tpo_store_get_outline (self->store, record->prediction_id, error);
  g_autoptr (GPtrArray) keyframes = tpo_store_list_light_keyframes (
      self->store, record->revision_id, G_MININT64, G_MAXINT64, error);
  Pair pair = { 0 };
  double seconds;

  if (prediction == NULL || keyframes == NULL || !sum_seconds (self, record, &seconds, error))
    return FALSE;
  if (record->kind == TPO_ANNOTATION_SPAN)
    compare_spans (record, prediction, &pair);
  else
    compare_tracks (video, record, keyframes, prediction, &pair);
  if (pair.chosen == NULL || g_str_equal (pair.chosen, pair.rejected))
    tpo_loss_report_add (
        self->report, N_ ("corrections"), 1,
        N_ ("that differ from the prediction by less than words or boxes say"));
  else
    write_pair (self, names, record, prediction->prompt, &pair, seconds);
  g_free (pair.chosen);
  g_free (pair.rejected);
  return TRUE;
}

static gboolean
write_video (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  for (guint i = 0; i < annotations->len; i++) {
    const TpoAnnotationRecord *record = annotations->pdata[i];

    if (record->status != TPO_STATUS_CORRECTED || record->prediction_id == 0)
      tpo_loss_report_add (self->report, N_ ("annotations"), 1,
                           N_ ("that correct no prediction, thus make no pairs"));
    else if (!write_record (self, names, video, record, error))
      return FALSE;
  }
  return tpo_preference_write_answers (self, names, data, error);
}

static gboolean
write_preference (TpoExport *self, GError **error)
{
  g_autoptr (TpoOutputFile) ratings = NULL;

  if (!tpo_export_each_video (self, write_video, &ratings, error))
    return FALSE;
  return ratings == NULL || tpo_export_close (self, g_steal_pointer (&ratings), error);
}

const TpoFormat tpo_format_preference = {
  .id = "preference",
  .title = "Preference Pairs",
  .extension = ".jsonl",
  .group = TPO_FORMAT_TRAINING,
  .holds = TPO_HOLDS_SPANS | TPO_HOLDS_BOXES | TPO_HOLDS_MASKS | TPO_HOLDS_TEXTS,
  .knows = N_ ("corrections"),
  .write = write_preference,
};
