#include "io/frame-select.h"

#include <math.h>

void
tpo_frame_select_middle (guint n_frames, guint n, guint *frames)
{
  guint m = MIN (n, n_frames);

  g_return_if_fail (n_frames > 0 && n > 0);
  for (guint i = 0; i < m; i++) {
    guint64 low = (guint64) i * n_frames / m, high = (guint64) (i + 1) * n_frames / m;

    frames[i] = (guint) ((low + high - 1) / 2);
  }
  for (guint i = m; i < n; i++)
    frames[i] = frames[m - 1];
}

GArray *
tpo_frame_select_rate (guint n_frames, double fps, double rate)
{
  GArray *frames = g_array_new (FALSE, FALSE, sizeof (guint));
  double delta = 1 / rate, start = delta / 2, stop = n_frames / fps + delta / 2;
  double count = ceil ((stop - start) / delta), left_over;

  g_return_val_if_fail (n_frames > 0 && fps > 0 && rate > 0, frames);
  /* The expression of the step is numpy's, bit for bit. */
  for (double k = 0; k < count; k++) {
    double frame = rint ((start + k * ((start + delta) - start)) * fps);
    guint number = (guint) frame;

    if (frame >= n_frames)
      break;
    g_array_append_val (frames, number);
  }
  left_over = floor (fmod (frames->len, rate));
  if (left_over < frames->len) {
    g_array_set_size (frames, frames->len - (guint) left_over);
    return frames;
  }
  while (frames->len < MAX ((guint) rate, 1)) {
    guint last =
        frames->len > 0 ? g_array_index (frames, guint, frames->len - 1) : n_frames - 1;

    g_array_append_val (frames, last);
  }
  return frames;
}
