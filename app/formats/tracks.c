#include <glib/gi18n.h>

#include "formats/export-private.h"

TpoRle *
tpo_mask_scale (TpoRle *mask, guint width, guint height)
{
  g_autofree guint8 *from = NULL;
  g_autofree guint8 *to = NULL;

  if (mask->width == width && mask->height == height)
    return tpo_rle_ref (mask);
  from = g_malloc ((gsize) mask->width * mask->height);
  to = g_malloc ((gsize) width * height);
  tpo_rle_decode (mask, from, mask->width, 1);
  for (guint y = 0; y < height; y++) {
    const guint8 *row = from + (guint64) y * mask->height / height * mask->width;

    for (guint x = 0; x < width; x++)
      to[(gsize) y * width + x] = row[(guint64) x * mask->width / width];
  }
  return tpo_rle_encode (to, width, height, width);
}

TpoRle *
tpo_export_read_mask (TpoExport *self, const TpoVideoRecord *video,
                      const TpoKeyframeRecord *keyframe, gboolean *is_scaled)
{
  g_autoptr (TpoRle) mask = NULL;

  *is_scaled = FALSE;
  if (self->problem != NULL)
    return NULL;
  mask = tpo_store_get_mask (self->store, keyframe, &self->problem);
  if (mask == NULL)
    return NULL;
  *is_scaled = mask->width != video->width || mask->height != video->height;
  return tpo_mask_scale (mask, video->width, video->height);
}

TpoRle *
tpo_export_take_mask (TpoExport *self, const TpoVideoRecord *video,
                      const TpoKeyframeRecord *keyframe)
{
  gboolean is_scaled;
  TpoRle *mask = tpo_export_read_mask (self, video, keyframe, &is_scaled);

  if (is_scaled)
    tpo_loss_report_add (self->report, N_ ("masks"), 1, TPO_LOSS_MASKS_SCALED);
  return mask;
}

void
tpo_export_write_mask (TpoExport *self, TpoJsonWriter *json, const TpoVideoRecord *video,
                       const TpoKeyframeRecord *keyframe)
{
  g_autoptr (TpoRle) mask = tpo_export_take_mask (self, video, keyframe);
  g_autofree char *text = mask != NULL ? tpo_rle_to_string (mask) : NULL;

  tpo_json_string (json, NULL, text);
}

static gboolean
is_within (const TpoAnnotationRecord *track, gint64 time_us)
{
  return time_us >= track->start_us && time_us < track->end_us;
}

static void
walk_keyframes (TpoExport *self, const TpoVideoRecord *video, const TpoAnnotationRecord *track,
                GPtrArray *keyframes, TpoTrackFrameFunc func, gpointer data)
{
  for (guint i = 0; i < keyframes->len; i++) {
    const TpoKeyframeRecord *keyframe = keyframes->pdata[i];
    g_autoptr (TpoRle) mask = NULL;
    TpoTrackFrame frame = { .time_us = keyframe->time_us, .box = keyframe->box };

    if (!keyframe->has_box || !is_within (track, keyframe->time_us))
      continue;
    if (track->kind == TPO_ANNOTATION_MASK_TRACK) {
      mask = tpo_export_read_mask (self, video, keyframe, &frame.is_scaled);
      frame.area = mask != NULL ? tpo_rle_area (mask) : 0;
      if (frame.area == 0) /* or so small that nothing is left at the video's size */
        continue;
    }
    frame.mask = mask;
    frame.keyframe = keyframe;
    frame.frame = tpo_frame_at (video->frame_times_us, video->n_frames, keyframe->time_us);
    func (&frame, data);
  }
}

static void
walk_frames (const TpoVideoRecord *video, const TpoAnnotationRecord *track,
             GPtrArray *keyframes, TpoTrackFrameFunc func, gpointer data)
{
  gint64 first = tpo_frame_at (video->frame_times_us, video->n_frames, track->start_us);

  for (gint64 i = first; i < video->n_frames && video->frame_times_us[i] < track->end_us; i++) {
    TpoTrackFrame frame = { .frame = i, .time_us = video->frame_times_us[i] };

    if (tpo_track_box_at (track, keyframes, frame.time_us, &frame.box))
      func (&frame, data);
  }
}

void
tpo_export_walk_track (TpoExport *self, const TpoVideoRecord *video,
                       const TpoAnnotationRecord *track, GPtrArray *keyframes,
                       TpoTrackFrameFunc func, gpointer data)
{
  if (video->n_frames == 0) /* never indexed, so that it has no frames to name */
    return;
  if (track->kind == TPO_ANNOTATION_MASK_TRACK || self->options.keyframes_only)
    walk_keyframes (self, video, track, keyframes, func, data);
  else
    walk_frames (video, track, keyframes, func, data);
}

gboolean
tpo_is_track (const TpoAnnotationRecord *annotation)
{
  return annotation->kind != TPO_ANNOTATION_SPAN;
}

gboolean
tpo_export_has_kind (GPtrArray *annotations, TpoAnnotationKind kind)
{
  for (guint i = 0; i < annotations->len; i++)
    if (((TpoAnnotationRecord *) annotations->pdata[i])->kind == kind)
      return TRUE;
  return FALSE;
}

static void
frame_clear (gpointer data)
{
  TpoTrackFrame *frame = data;

  if (frame->keyframe != NULL)
    tpo_keyframe_record_free ((TpoKeyframeRecord *) frame->keyframe);
}

static void
append_frame (const TpoTrackFrame *frame, gpointer data)
{
  GArray *frames = data;
  TpoTrackFrame kept = *frame;

  if (frames->len > 0 &&
      g_array_index (frames, TpoTrackFrame, frames->len - 1).frame == frame->frame)
    return;
  kept.mask = NULL;
  if (frame->keyframe != NULL)
    kept.keyframe = tpo_keyframe_record_copy (frame->keyframe);
  g_array_append_val (frames, kept);
}

GArray *
tpo_export_collect_track (TpoExport *self, const TpoVideoRecord *video,
                          const TpoAnnotationRecord *track, GError **error)
{
  TpoHolds kind = track->kind == TPO_ANNOTATION_BOX_TRACK ? TPO_HOLDS_BOXES : TPO_HOLDS_MASKS;
  g_autoptr (GPtrArray) keyframes = NULL;
  GArray *frames;

  if ((self->format->holds & kind) != 0) {
    keyframes = tpo_store_list_light_keyframes (self->store, track->revision_id, G_MININT64,
                                                G_MAXINT64, error);
    if (keyframes == NULL)
      return NULL;
  }
  frames = g_array_new (FALSE, FALSE, sizeof (TpoTrackFrame));
  g_array_set_clear_func (frames, frame_clear);
  if (keyframes != NULL)
    tpo_export_walk_track (self, video, track, keyframes, append_frame, frames);
  return frames;
}

TpoRle *
tpo_export_frame_mask (TpoExport *self, const TpoVideoRecord *video, const TpoTrackFrame *frame)
{
  gboolean is_scaled; /* was counted */

  return frame->keyframe != NULL && tpo_keyframe_has_mask (frame->keyframe)
             ? tpo_export_read_mask (self, video, frame->keyframe, &is_scaled)
             : NULL;
}

void
tpo_export_count_frames (TpoExport *self, const TpoAnnotationRecord *track,
                         const GArray *frames)
{
  gint64 n_scaled = 0;

  for (guint i = 0; i < frames->len; i++)
    n_scaled += g_array_index (frames, TpoTrackFrame, i).is_scaled;
  tpo_loss_report_add (self->report, N_ ("masks"), n_scaled, TPO_LOSS_MASKS_SCALED);
  if (track->kind == TPO_ANNOTATION_BOX_TRACK && frames->len > 0)
    tpo_loss_report_add (self->report, N_ ("box tracks"), 1, TPO_LOSS_KEYFRAMES);
}
