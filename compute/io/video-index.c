#include "io/video-index.h"

#include <libavutil/mathematics.h>

TpoVideoIndex *
tpo_video_index_new (void)
{
  TpoVideoIndex *self = g_new0 (TpoVideoIndex, 1);

  g_atomic_ref_count_init (&self->ref_count);
  return self;
}

TpoVideoIndex *
tpo_video_index_ref (TpoVideoIndex *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tpo_video_index_unref (TpoVideoIndex *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->pts);
  g_free (self->keys);
  g_free (self);
}

const TpoVideoInfo *
tpo_video_index_get_info (const TpoVideoIndex *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return &self->info;
}

gint64
tpo_video_index_ticks_to_us (const TpoVideoIndex *self, gint64 ticks)
{
  const AVRational time_base = { self->time_base_num, self->time_base_den };

  return av_rescale_q_rnd (ticks, time_base, (AVRational){ 1, G_USEC_PER_SEC },
                           AV_ROUND_NEAR_INF);
}

gint64
tpo_video_index_get_time_us (const TpoVideoIndex *self, guint frame)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (frame < self->info.n_frames, 0);
  return tpo_video_index_ticks_to_us (self, self->pts[frame] - self->pts[0]);
}

gint64
tpo_video_index_get_frame_duration_us (const TpoVideoIndex *self, guint frame)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (frame < self->info.n_frames, 0);
  if (frame + 1 == self->info.n_frames)
    return self->last_duration_us;
  return tpo_video_index_get_time_us (self, frame + 1) -
         tpo_video_index_get_time_us (self, frame);
}

guint
tpo_video_index_find_frame (const TpoVideoIndex *self, gint64 time_us)
{
  guint low = 0, high;

  g_return_val_if_fail (self != NULL, 0);
  /* Invariant: the frame is in [low, high). */
  high = self->info.n_frames;
  while (high - low > 1) {
    guint middle = low + (high - low) / 2;

    if (tpo_video_index_get_time_us (self, middle) <= time_us)
      low = middle;
    else
      high = middle;
  }
  return low;
}

gint64
tpo_video_index_find_pts (const TpoVideoIndex *self, gint64 pts)
{
  guint low = 0, high = self->info.n_frames;

  while (high - low > 1) {
    guint middle = low + (high - low) / 2;

    if (self->pts[middle] <= pts)
      low = middle;
    else
      high = middle;
  }
  return self->pts[low] == pts ? (gint64) low : -1;
}

int
tpo_video_index_find_key_entry (const TpoVideoIndex *self, guint frame)
{
  guint low = 0, high = self->n_keys;

  if (self->n_keys == 0 || self->keys[0].pts > self->pts[frame])
    return -1;
  while (high - low > 1) {
    guint middle = low + (high - low) / 2;

    if (self->keys[middle].pts <= self->pts[frame])
      low = middle;
    else
      high = middle;
  }
  return (int) low;
}

guint
tpo_video_index_find_key (const TpoVideoIndex *self, guint frame)
{
  int key;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (frame < self->info.n_frames, 0);
  key = tpo_video_index_find_key_entry (self, frame);
  return key >= 0 ? self->keys[key].frame : 0;
}

gboolean
tpo_video_index_is_key (const TpoVideoIndex *self, guint frame)
{
  int key;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (frame < self->info.n_frames, FALSE);
  key = tpo_video_index_find_key_entry (self, frame);
  return key >= 0 && self->keys[key].pts == self->pts[frame];
}
