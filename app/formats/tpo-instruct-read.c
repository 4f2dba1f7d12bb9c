#include "formats/tpo-instruct.h"

/* tpo-instruct/1, a line a sample; what it is depends on members that come in any order. */

static TpoInstructTarget *
target_init (TpoInstructTarget *self)
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
target_clear (TpoInstructTarget *self)
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
read_curve (TpoJsonReader *json, TpoInstructTarget *target)
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
read_track (TpoJsonReader *json, TpoInstructTrack *track, gboolean is_box)
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
read_target_member (TpoJsonReader *json, TpoInstructTarget *target, const char *name)
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
read_targets (TpoJsonReader *json, TpoInstructTarget *target)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL)
    if (!read_target_member (json, target, name))
      tpo_json_skip (json);
}

static void
read_prediction (TpoJsonReader *json, TpoInstructTarget *target)
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
read_turns (TpoJsonReader *json, TpoInstructSample *sample)
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
read_revision (TpoJsonReader *json, TpoInstructSample *sample)
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
read_sample (TpoJsonReader *json, TpoInstructSample *sample)
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
        g_ptr_array_add (sample->predictions, target_init (g_new0 (TpoInstructTarget, 1)));
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

static gboolean
read_line (TpoImport *self, TpoJsonReader *json, guint number, GError **error)
{
  g_autoptr (GPtrArray) predictions = g_ptr_array_new_with_free_func (target_free);
  g_autoptr (GPtrArray) values =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  TpoInstructSample sample = { .predictions = predictions, .values = values };
  TpoImportVideo *video = NULL;
  gboolean is_found;

  target_init (&sample.target);
  read_sample (json, &sample);
  is_found =
      tpo_json_has_failed (json) || tpo_import_get_video (self, sample.video, &video, error);
  if (video != NULL)
    tpo_instruct_take (self, json, video, &sample, number);
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
