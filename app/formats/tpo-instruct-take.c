#include <glib/gi18n.h>
#include <string.h>

#include "formats/segmentation.h"
#include "formats/tpo-instruct.h"

/* Of samples that are read: labels, predictions and conversations. */

/* The question without the picture's place; NULL when it only repeats the label. */
static const char *
text_of (const TpoInstructSample *sample)
{
  const char *text = sample->question;

  if (text != NULL && g_str_has_prefix (text, "<image>\n"))
    text += strlen ("<image>\n");
  return g_strcmp0 (text, sample->label) == 0 ? NULL : text;
}

/* Frames with boxes or masks; masks lie side by side with boxes, which only tell absences then. */
static void
take_track (TpoImport *self, TpoJsonReader *json, const TpoInstructTrack *from,
            TpoImportItem *to)
{
  for (guint i = 0; i < from->frames->len; i++) {
    gint64 frame = g_array_index (from->frames, gint64, i);
    const double *box =
        4 * i + 3 < from->boxes->len ? &g_array_index (from->boxes, double, 4 * i) : NULL;
    const char *text = i < from->masks->len ? from->masks->pdata[i] : NULL;
    g_autoptr (TpoRle) mask = NULL;
    GError *problem = NULL;

    if (text != NULL) {
      if (!tpo_check_picture ((gint64) CLAMP (from->size[1], 0, 1e6),
                              (gint64) CLAMP (from->size[0], 0, 1e6))) {
        tpo_json_fail (json, "a mask of that size is not possible");
        return;
      }
      mask = tpo_rle_from_string (text, (guint) from->size[1], (guint) from->size[0], &problem);
      tpo_json_take_error (json, problem);
      if (mask != NULL)
        tpo_import_add_mask (self, to, frame, mask, -1);
    } else if (box != NULL && box[0] >= 0) {
      tpo_import_add_box (self, to, frame, box[0], box[1], box[2], box[3], -1);
    } else {
      tpo_import_add_absent (self, to, frame);
    }
  }
}

static gint64
to_us (double seconds)
{
  return (gint64) (CLAMP (seconds, -TPO_MAX_SECONDS, TPO_MAX_SECONDS) * G_USEC_PER_SEC + 0.5);
}

/* Returns: (transfer full) */
static float *
to_floats (const GArray *numbers)
{
  float *floats = g_new0 (float, numbers->len + 1);

  for (guint i = 0; i < numbers->len; i++)
    floats[i] = (float) g_array_index (numbers, double, i);
  return floats;
}

/* A prediction of spans; those of tracks would need frames that the video may not have. */
static guint
add_prediction (TpoImport *self, const TpoInstructTarget *from, const char *prompt)
{
  TpoPredictionRecord *to;

  if (from->model == NULL || (from->windows->len == 0 && from->scores->len == 0))
    return 0;
  to = g_new0 (TpoPredictionRecord, 1);
  to->kind = TPO_ANNOTATION_SPAN;
  to->text_offset = -1;
  to->model = g_strdup (from->model);
  to->model_version = g_strdup (from->version);
  to->model_hash = g_strdup (from->hash);
  to->prompt = g_strdup (from->prompt != NULL ? from->prompt : prompt != NULL ? prompt : "");
  to->spans = g_new0 (TpoSpan, from->windows->len / 3 + 1);
  for (guint i = 0; i + 2 < from->windows->len; i += 3) {
    TpoSpan span = { to_us (g_array_index (from->windows, double, i)),
                     to_us (g_array_index (from->windows, double, i + 1)),
                     (float) MAX (g_array_index (from->windows, double, i + 2), 0) };

    if (span.start_us < span.end_us)
      to->spans[to->n_spans++] = span;
  }
  to->n_saliency = from->scores->len;
  to->saliency = to_floats (from->scores);
  to->saliency_step_us = from->scores->len > 0 ? MAX (to_us (from->clip_s), 1) : 0;
  to->saliency_start_us = from->first_clip * to->saliency_step_us;
  return tpo_import_add_prediction (self, to);
}

static void
take_values (TpoImport *self, const TpoInstructSample *sample, guint i, TpoImportItem *item)
{
  if (i < sample->values->len)
    tpo_import_set_values (self, item, sample->values->pdata[i]);
}

/* The prediction that one of several spans derives from, with the curve as it was redrawn. */
static void
take_own_prediction (TpoImport *self, TpoImportItem *span, const TpoInstructTarget *from,
                     const char *prompt)
{
  span->prediction = add_prediction (self, from, prompt);
  if (span->prediction == 0 || from->redrawn->len == 0)
    return;
  if (from->redrawn->len != from->scores->len) {
    tpo_import_lose (self, N_ ("saliency curves"), 1,
                     N_ ("that were redrawn with another length than predicted, left out"));
    return;
  }
  span->saliency = to_floats (from->redrawn);
  span->n_saliency = from->redrawn->len;
}

static void
take_moment (TpoImport *self, TpoImportVideo *video, const TpoInstructSample *sample)
{
  const GArray *windows = sample->target.windows;
  gboolean has_each = 3 * sample->predictions->len == windows->len;
  guint prediction = 0;

  for (guint i = 0; 3 * i + 2 < windows->len; i++) {
    TpoImportItem *span = tpo_import_add_span (self, video, sample->label, text_of (sample),
                                               g_array_index (windows, double, 3 * i),
                                               g_array_index (windows, double, 3 * i + 1));

    if (span == NULL)
      continue;
    tpo_import_set_status (span, sample->status);
    tpo_import_set_author (span, sample->target.annotator);
    take_values (self, sample, i, span);
    if (has_each) {
      take_own_prediction (self, span, sample->predictions->pdata[i], text_of (sample));
      continue;
    }
    if (prediction == 0)
      prediction = add_prediction (
          self, sample->predictions->len > 0 ? sample->predictions->pdata[0] : &sample->target,
          text_of (sample));
    span->prediction = prediction;
  }
}

static void
take_object (TpoImport *self, TpoJsonReader *json, TpoImportVideo *video,
             const TpoInstructSample *sample, guint number)
{
  g_autofree char *key = g_strdup_printf ("%u", number);
  TpoImportItem *track = tpo_import_get_track (self, video, key);

  tpo_import_set_label (self, track, sample->label);
  tpo_import_set_text (self, track, text_of (sample));
  tpo_import_set_status (track, sample->status);
  tpo_import_set_author (track, sample->target.annotator);
  take_values (self, sample, 0, track);
  if (sample->ends[0] < sample->ends[1])
    tpo_import_set_ends (track, sample->ends[0], sample->ends[1]);
  take_track (self, json, &sample->target.track, track);
  tpo_import_lose (self, N_ ("predictions"), sample->predictions->len,
                   N_ ("of tracks, from which labels were corrected, not kept"));
}

void
tpo_instruct_take (TpoImport *self, TpoJsonReader *json, TpoImportVideo *video,
                   const TpoInstructSample *sample, guint number)
{
  if (g_str_equal (sample->task, "moment") || g_str_equal (sample->task, "highlight")) {
    take_moment (self, video, sample);
  } else if (g_str_equal (sample->task, "qa")) {
    TpoImportTalk *talk = tpo_import_add_talk (self, video, text_of (sample));

    g_ptr_array_add (talk->texts, g_strdup (text_of (sample) != NULL ? text_of (sample) : ""));
    g_ptr_array_add (talk->texts, g_strdup (sample->answer != NULL ? sample->answer : ""));
  } else {
    take_object (self, json, video, sample, number);
  }
  /* A moment of several spans has at least one of each. */
  if (sample->n_revisions > MAX (sample->target.windows->len / 3, 1))
    tpo_import_lose (self, N_ ("revisions"),
                     sample->n_revisions - MAX (sample->target.windows->len / 3, 1),
                     N_ ("before the last one, not kept"));
}
