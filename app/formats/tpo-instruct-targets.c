#include "formats/tpo-instruct.h"

/* What samples and predictions tell alike: times, curves, boxes and masks. */

void
tpo_instruct_write_window (TpoJsonWriter *json, gint64 start_us, gint64 end_us)
{
  tpo_json_begin_array (json, NULL);
  tpo_json_seconds (json, NULL, start_us);
  tpo_json_seconds (json, NULL, end_us);
  tpo_json_end_array (json);
}

void
tpo_instruct_write_scores (TpoJsonWriter *json, const char *name, const float *scores,
                           guint n_scores)
{
  tpo_json_begin_array (json, name);
  for (guint i = 0; i < n_scores; i++)
    tpo_json_number (json, NULL, (double) scores[i], 6);
  tpo_json_end_array (json);
}

void
tpo_instruct_write_curve (TpoJsonWriter *json, const TpoPredictionRecord *prediction)
{
  if (prediction == NULL || prediction->n_saliency == 0)
    return;
  tpo_json_begin_object (json, "saliency");
  tpo_json_seconds (json, "clip_len", prediction->saliency_step_us);
  tpo_json_int (json, "first_clip",
                prediction->saliency_start_us / prediction->saliency_step_us);
  tpo_instruct_write_scores (json, "scores", prediction->saliency, prediction->n_saliency);
  tpo_json_end_object (json);
}

void
tpo_instruct_write_xyxy (TpoJsonWriter *json, const char *name, const TpoBox *box)
{
  tpo_json_begin_array (json, name);
  tpo_json_number (json, NULL, (double) box->x0, 6);
  tpo_json_number (json, NULL, (double) box->y0, 6);
  tpo_json_number (json, NULL, (double) box->x1, 6);
  tpo_json_number (json, NULL, (double) box->y1, 6);
  tpo_json_end_array (json);
}

static gint64
frame_of (const TpoInstructWriter *self, const TpoKeyframeRecord *keyframe)
{
  return tpo_frame_at (self->video->frame_times_us, self->video->n_frames, keyframe->time_us);
}

static void
write_frames (const TpoInstructWriter *self, GPtrArray *keyframes)
{
  tpo_json_begin_array (&self->export->json, "frames");
  for (guint i = 0; i < keyframes->len; i++)
    tpo_json_int (&self->export->json, NULL, frame_of (self, keyframes->pdata[i]));
  tpo_json_end_array (&self->export->json);
}

/* Keyframes as parallel arrays: their frames, and their boxes or masks. */
void
tpo_instruct_write_track (const TpoInstructWriter *self, GPtrArray *keyframes)
{
  TpoJsonWriter *json = &self->export->json;

  tpo_json_begin_object (json, "track");
  write_frames (self, keyframes);
  tpo_json_begin_array (json, "xyxy");
  for (guint i = 0; i < keyframes->len; i++) {
    const TpoKeyframeRecord *keyframe = keyframes->pdata[i];

    if (keyframe->has_box)
      tpo_instruct_write_xyxy (json, NULL, &keyframe->box);
    else
      tpo_json_null (json, NULL);
  }
  tpo_json_end_array (json);
  tpo_json_begin_array (json, "provenance");
  for (guint i = 0; i < keyframes->len; i++) {
    const TpoKeyframeRecord *keyframe = keyframes->pdata[i];

    tpo_json_string (json, NULL, tpo_provenance_name (keyframe->provenance));
  }
  tpo_json_end_array (json);
  tpo_json_end_object (json);
}

void
tpo_instruct_write_masks (const TpoInstructWriter *self, GPtrArray *keyframes)
{
  TpoJsonWriter *json = &self->export->json;
  const TpoVideoRecord *video = self->video;

  tpo_json_begin_object (json, "mask");
  write_frames (self, keyframes);
  tpo_json_begin_array (json, "size");
  tpo_json_int (json, NULL, video->height);
  tpo_json_int (json, NULL, video->width);
  tpo_json_end_array (json);
  tpo_json_begin_array (json, "rle");
  for (guint i = 0; i < keyframes->len; i++)
    tpo_export_write_mask (self->export, json, video, keyframes->pdata[i]);
  tpo_json_end_array (json);
  tpo_json_end_object (json);
}
