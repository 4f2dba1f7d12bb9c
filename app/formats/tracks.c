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

static gboolean
is_within (const TpoAnnotationRecord *track, gint64 time_us)
{
  return time_us >= track->start_us && time_us < track->end_us;
}

static void
walk_keyframes (const TpoVideoRecord *video, const TpoAnnotationRecord *track,
                GPtrArray *keyframes, TpoTrackFrameFunc func, gpointer data)
{
  for (guint i = 0; i < keyframes->len; i++) {
    const TpoKeyframeRecord *keyframe = keyframes->pdata[i];
    g_autoptr (TpoRle) mask = NULL;
    TpoTrackFrame frame = { .time_us = keyframe->time_us, .box = keyframe->box };

    if (!keyframe->has_box || !is_within (track, keyframe->time_us))
      continue;
    if (track->kind == TPO_ANNOTATION_MASK_TRACK) {
      if (keyframe->mask == NULL)
        continue;
      mask = tpo_mask_scale (keyframe->mask, video->width, video->height);
      if (tpo_rle_area (mask) == 0) /* so small that nothing is left at the video's size */
        continue;
    }
    frame.mask = mask;
    frame.is_scaled = mask != NULL && mask != keyframe->mask;
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
    walk_keyframes (video, track, keyframes, func, data);
  else
    walk_frames (video, track, keyframes, func, data);
}
