#include "models/vit/vit.h"

#include <math.h>

/* Vaswani et al. (2017), 3.5: channels 2i and 2i + 1 turn with the same wavelength. */
static float *
base_table (guint n_positions, guint width)
{
  float *table = g_new (float, (gsize) n_positions *width);
  g_autofree double *rate = g_new (double, width);

  for (guint c = 0; c < width; c++)
    rate[c] = pow (10000, (double) (c - c % 2) / width);
  for (guint p = 0; p < n_positions; p++) {
    for (guint c = 0; c < width; c++) {
      double angle = p / rate[c];

      table[(gsize) p * width + c] = (float) (c % 2 == 0 ? sin (angle) : cos (angle));
    }
  }
  return table;
}

void
tpo_vit_positions (guint n_frames, guint n_patches, guint width, guint n_table_frames,
                   float *table)
{
  gsize frame_size = (gsize) n_patches * width;
  g_autofree float *base = base_table (n_table_frames * n_patches, width);

  if (n_frames == 1) {
    memcpy (table, base, frame_size * sizeof (float));
    return;
  }
  for (guint t = 0; t < n_frames; t++) {
    double at = MAX ((t + 0.5) * n_table_frames / n_frames - 0.5, 0);
    guint before = MIN ((guint) at, n_table_frames - 1);
    guint after = MIN (before + 1, n_table_frames - 1);
    double share = at - before;

    for (gsize i = 0; i < frame_size; i++)
      *table++ = (float) ((1 - share) * base[before * frame_size + i] +
                          share * base[after * frame_size + i]);
  }
}
