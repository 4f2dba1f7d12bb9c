#include <glib/gi18n.h>
#include <string.h>

#include "formats/import-private.h"
#include "formats/segmentation.h"
#include "formats/tpo-instruct.h"

/* tpo-instruct/1, a line a sample; what it is depends on members that come in any order. */

/* Parallel arrays of a track: its frames with boxes or masks. */
typedef struct {
  GArray *frames;   /* of gint64 */
  GArray *boxes;    /* of double, four a frame; the first is -1 for null */
  GPtrArray *masks; /* of char *: run lengths, or NULL */
  double size[2];   /* height, width of the masks */
} Track;

/* What the sample, or a prediction in it, says about one object or query. */
typedef struct {
  GArray *windows; /* of double, three a window: start, end, score */
  GArray *scores;  /* of double: the curve */
  GArray *redrawn; /* of double: the same, as a person redrew it; empty where nobody did */
  double clip_s;
  gint64 first_clip;
  Track track;
  char *model, *version, *hash, *prompt, *annotator;
} Target;

typedef struct {
  char *task, *video, *question, *answer, *status, *label;
  Target target;
  GPtrArray *predictions; /* of Target */
  GPtrArray *values;      /* a list of values of attributes for each span, or the track */
  guint n_revisions;
  double ends[2]; /* of the current revision; equal when unknown */
} Sample;

static Target *
target_init (Target *self)
{
  self->windows = g_array_new (FALSE, FALSE, sizeof (double));
  self->scores = g_array_new (FALSE, FALSE, sizeof (double));
  self->redrawn = g_array_new (FALSE, FALSE, sizeof (double));
  self->track.frames = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->track.boxes = g_array_new (FALSE, FALSE, sizeof (double));
  self->track.masks = g_ptr_array_new_with_free_func (g_free);
  return self;
}

static void
target_clear (Target *self)
{
  g_array_unref (self->windows);
  g_array_unref (self->scores);
  g_array_unref (self->redrawn);
  g_array_unref (self->track.frames);
  g_array_unref (self->track.boxes);
  g_ptr_array_unref (self->track.masks);
  g_free (self->model);
  g_free (self->version);
  g_free (self->hash);
  g_free (self->prompt);
  g_free (self->annotator);
}

static void
target_free (gpointer data)
{
  target_clear (data);
  g_free (data);
}

static void
take_text (TpoJsonReader *json, char **text)
{
  g_free (*text);
  *text = tpo_json_take_null (json) ? NULL : tpo_json_read_text (json);
}

/* [start, end], of a prediction with its score. */
static void
read_windows (TpoJsonReader *json, GArray *windows)
{
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    double window[3] = { 0, 0, -1 };
    guint n = 0;

    tpo_json_read_array (json);
    while (tpo_json_next_element (json)) {
      double number = tpo_json_read_number (json);

      if (n < 3)
        window[n] = number;
      n++;
    }
    if (n < 2 || n > 3)
      tpo_json_fail (json, "[start, end] is expected");
    g_array_append_vals (windows, window, 3);
  }
}

static void
read_scores (TpoJsonReader *json, GArray *scores)
{
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    double score = tpo_json_read_number (json);

    g_array_append_val (scores, score);
  }
}

static void
read_curve (TpoJsonReader *json, Target *target)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "clip_len")) {
      target->clip_s = tpo_json_read_number (json);
    } else if (g_str_equal (name, "first_clip")) {
      target->first_clip = tpo_json_read_int (json);
    } else if (g_str_equal (name, "scores")) {
      read_scores (json, target->scores);
    } else {
      tpo_json_skip (json);
    }
  }
  if (target->clip_s <= 0 || target->clip_s > 3600 || ABS (target->first_clip) > 1 << 24)
    tpo_json_fail (json, "“clip_len” is a length of seconds, “first_clip” a number of clips");
}

static void
read_frames (TpoJsonReader *json, GArray *frames)
{
  g_array_set_size (frames, 0);
  if (tpo_json_peek (json) != '[') {
    gint64 frame = tpo_json_read_int (json);

    g_array_append_val (frames, frame);
    return;
  }
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    gint64 frame = tpo_json_read_int (json);

    g_array_append_val (frames, frame);
  }
}

static void
read_box (TpoJsonReader *json, GArray *boxes)
{
  double box[4] = { -1, 0, 0, 0 };

  if (!tpo_json_take_null (json)) {
    tpo_json_read_numbers (json, box, 4);
    if (box[0] < 0 || tpo_box_problem (box[2] - box[0], box[3] - box[1]) != NULL)
      tpo_json_fail (json, "corners of the picture, from 0 to 1, are expected");
  }
  g_array_append_vals (boxes, box, 4);
}

/* "box", "track" and "mask": a mask's track tells its absences too. */
static void
read_track (TpoJsonReader *json, Track *track, gboolean is_box)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "frames") || g_str_equal (name, "frame")) {
      read_frames (json, track->frames);
    } else if (g_str_equal (name, "xyxy") && is_box) {
      read_box (json, track->boxes);
    } else if (g_str_equal (name, "xyxy")) {
      tpo_json_read_array (json);
      while (tpo_json_next_element (json))
        read_box (json, track->boxes);
    } else if (g_str_equal (name, "size")) {
      tpo_json_read_numbers (json, track->size, 2);
    } else if (g_str_equal (name, "rle")) {
      tpo_json_read_array (json);
      while (tpo_json_next_element (json))
        g_ptr_array_add (track->masks,
                         tpo_json_take_null (json) ? NULL : tpo_json_read_text (json));
    } else {
      tpo_json_skip (json);
    }
  }
}

static gboolean
read_target_member (TpoJsonReader *json, Target *target, const char *name)
{
  if (g_str_equal (name, "windows"))
    read_windows (json, target->windows);
  else if (g_str_equal (name, "saliency"))
    read_curve (json, target);
  else if (g_str_equal (name, "redrawn"))
    read_scores (json, target->redrawn);
  else if (g_str_equal (name, "box"))
    read_track (json, &target->track, TRUE);
  else if (g_str_equal (name, "track") || g_str_equal (name, "mask"))
    read_track (json, &target->track, FALSE);
  else
    return FALSE;
  return TRUE;
}

static void
read_targets (TpoJsonReader *json, Target *target)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL)
    if (!read_target_member (json, target, name))
      tpo_json_skip (json);
}

static void
read_prediction (TpoJsonReader *json, Target *target)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    char **text = g_str_equal (name, "model")           ? &target->model
                  : g_str_equal (name, "model_version") ? &target->version
                  : g_str_equal (name, "model_hash")    ? &target->hash
                  : g_str_equal (name, "prompt")        ? &target->prompt
                  : g_str_equal (name, "annotator")     ? &target->annotator
                                                        : NULL;

    if (text != NULL)
      take_text (json, text);
    else if (!read_target_member (json, target, name))
      tpo_json_skip (json);
  }
}

static void
read_turns (TpoJsonReader *json, Sample *sample)
{
  const char *name;

  tpo_json_read_array (json);
  for (guint i = 0; tpo_json_next_element (json); i++) {
    tpo_json_read_object (json);
    while ((name = tpo_json_next_name (json)) != NULL) {
      if (g_str_equal (name, "value") && i < 2)
        take_text (json, i == 0 ? &sample->question : &sample->answer);
      else
        tpo_json_skip (json);
    }
  }
}

static void
read_revision (TpoJsonReader *json, Sample *sample)
{
  double window[2] = { 0, 0 };
  gboolean is_current = FALSE;
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "window"))
      tpo_json_read_numbers (json, window, 2);
    else if (g_str_equal (name, "is_current"))
      is_current = tpo_json_read_bool (json);
    else
      tpo_json_skip (json);
  }
  if (is_current)
    memcpy (sample->ends, window, sizeof window);
}

static void
read_sample (TpoJsonReader *json, Sample *sample)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    char **text = g_str_equal (name, "task")         ? &sample->task
                  : g_str_equal (name, "video")      ? &sample->video
                  : g_str_equal (name, "tpo_status") ? &sample->status
                  : g_str_equal (name, "tpo_label")  ? &sample->label
                                                     : NULL;

    if (text != NULL) {
      take_text (json, text);
    } else if (g_str_equal (name, "conversations")) {
      read_turns (json, sample);
    } else if (g_str_equal (name, "targets")) {
      read_targets (json, &sample->target);
    } else if (g_str_equal (name, "provenance")) {
      read_prediction (json, &sample->target);
    } else if (g_str_equal (name, "tpo_predictions")) {
      tpo_json_read_array (json);
      while (tpo_json_next_element (json)) {
        g_ptr_array_add (sample->predictions, target_init (g_new0 (Target, 1)));
        read_prediction (json, sample->predictions->pdata[sample->predictions->len - 1]);
      }
    } else if (g_str_equal (name, "tpo_attributes")) {
      tpo_json_read_array (json);
      while (tpo_json_next_element (json)) {
        g_ptr_array_add (sample->values, tpo_import_values_new ());
        tpo_json_read_values (json, sample->values->pdata[sample->values->len - 1]);
      }
    } else if (g_str_equal (name, "tpo_revisions")) {
      tpo_json_read_array (json);
      for (; tpo_json_next_element (json); sample->n_revisions++)
        read_revision (json, sample);
    } else {
      tpo_json_skip_field (json, name, "schema", "id", "sha256", "width", "height", "n_frames",
                           "duration", "clip", NULL);
    }
  }
  if (sample->task == NULL || sample->video == NULL)
    tpo_json_fail (json, "“task” and “video” are needed");
}

/* The question without the picture's place; NULL when it only repeats the label. */
static const char *
text_of (const Sample *sample)
{
  const char *text = sample->question;

  if (text != NULL && g_str_has_prefix (text, "<image>\n"))
    text += strlen ("<image>\n");
  return g_strcmp0 (text, sample->label) == 0 ? NULL : text;
}

/* ---- into the import ------------------------------------------------------------------------------ */

/* Frames with boxes or masks; masks lie side by side with boxes, which only tell absences then. */
static void
take_track (TpoImport *self, TpoJsonReader *json, const Track *from, TpoImportItem *to)
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
add_prediction (TpoImport *self, const Target *from, const char *prompt)
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
take_values (TpoImport *self, const Sample *sample, guint i, TpoImportItem *item)
{
  if (i < sample->values->len)
    tpo_import_set_values (self, item, sample->values->pdata[i]);
}

/* The prediction that one of several spans derives from, with the curve as it was redrawn. */
static void
take_own_prediction (TpoImport *self, TpoImportItem *span, const Target *from,
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
take_moment (TpoImport *self, TpoImportVideo *video, const Sample *sample)
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
take_object (TpoImport *self, TpoJsonReader *json, TpoImportVideo *video, const Sample *sample,
             guint number)
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

static void
take_sample (TpoImport *self, TpoJsonReader *json, TpoImportVideo *video, const Sample *sample,
             guint number)
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

static gboolean
read_line (TpoImport *self, TpoJsonReader *json, guint number, GError **error)
{
  g_autoptr (GPtrArray) predictions = g_ptr_array_new_with_free_func (target_free);
  g_autoptr (GPtrArray) values =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  Sample sample = { .predictions = predictions, .values = values };
  TpoImportVideo *video = NULL;
  gboolean is_found;

  target_init (&sample.target);
  read_sample (json, &sample);
  is_found =
      tpo_json_has_failed (json) || tpo_import_get_video (self, sample.video, &video, error);
  if (video != NULL)
    take_sample (self, json, video, &sample, number);
  target_clear (&sample.target);
  g_free (sample.task);
  g_free (sample.video);
  g_free (sample.question);
  g_free (sample.answer);
  g_free (sample.status);
  g_free (sample.label);
  return is_found && tpo_import_may_go_on (self, 0, error);
}

gboolean
tpo_instruct_read (TpoImport *self, GError **error)
{
  g_autoptr (TpoJsonReader) json = tpo_import_open_json (self, self->source, error);

  if (json == NULL)
    return FALSE;
  for (guint i = 0; tpo_json_peek (json) != '\0'; i++)
    if (!read_line (self, json, i, error))
      return FALSE;
  return tpo_json_finish (json, error);
}
