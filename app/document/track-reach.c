#include "document/track-reach.h"

static TpoTimes
frames_around (const TpoVideoIndex *index, guint frame, guint amount)
{
  guint last = tpo_video_index_get_info (index)->n_frames - 1;
  guint first = frame - MIN (frame, amount),
        end = amount < last - frame ? frame + amount : last;

  return (TpoTimes){ tpo_video_index_get_time_us (index, first),
                     tpo_video_index_get_time_us (index, end) +
                         tpo_video_index_get_frame_duration_us (index, end) };
}

TpoTimes
tpo_reach_times (const TpoReach *self, const TpoVideoIndex *index, guint frame,
                 const TpoTimes *loop)
{
  const TpoTimes everywhere = { 0, G_MAXINT64 };
  gint64 time_us, amount_us;

  g_return_val_if_fail (self != NULL && index != NULL, everywhere);

  time_us = tpo_video_index_get_time_us (index, frame);
  amount_us = (gint64) self->amount * G_USEC_PER_SEC;
  switch (self->kind) {
  case TPO_REACH_LOOP:
    return loop != NULL && time_us >= loop->start_us && time_us < loop->end_us ? *loop
                                                                               : everywhere;
  case TPO_REACH_FRAMES:
    return frames_around (index, frame, self->amount);
  case TPO_REACH_SECONDS:
    return (TpoTimes){ MAX (0, time_us - amount_us), time_us + amount_us + 1 };
  case TPO_REACH_CORRECTION:
  case TPO_REACH_END:
    break;
  }
  return everywhere;
}
