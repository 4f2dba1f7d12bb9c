#include "store/time-index.h"

#include "store/tpo-store-videos.h"

/* Sums wrap around in unsigned arithmetic; foreign bytes may ask for it. */

GByteArray *
tpo_time_index_pack (const gint64 *times_us, gint64 n)
{
  GByteArray *bytes = g_byte_array_new ();
  guint64 time = 0, step = 0;

  for (gint64 i = 0; i < n; i++) {
    guint64 next_step = (guint64) times_us[i] - time, change = next_step - step;
    guint64 zigzag = change << 1 ^ (0 - (change >> 63));

    do {
      guint8 byte = (guint8) (zigzag & 127) | (zigzag > 127 ? 128 : 0);

      g_byte_array_append (bytes, &byte, 1);
      zigzag >>= 7;
    } while (zigzag > 0);
    step = next_step;
    time = (guint64) times_us[i];
  }
  return bytes;
}

gint64 *
tpo_time_index_unpack (const guint8 *bytes, gsize size, gint64 n)
{
  g_autofree gint64 *times = NULL;
  guint64 time = 0, step = 0;
  gsize at = 0;

  if (n < 0 || (guint64) n > size) /* a frame takes a byte or more */
    return NULL;
  times = g_new (gint64, (gsize) n + 1); /* never NULL */
  for (gint64 i = 0; i < n; i++) {
    guint64 zigzag = 0;
    guint8 byte = 128;

    for (guint shift = 0; byte & 128; shift += 7) {
      if (at == size || shift > 63)
        return NULL;
      byte = bytes[at++];
      zigzag |= (guint64) (byte & 127) << shift;
    }
    step += zigzag >> 1 ^ (0 - (zigzag & 1));
    time += step;
    times[i] = (gint64) time;
    if (i > 0 && times[i] <= times[i - 1])
      return NULL;
  }
  return at == size ? g_steal_pointer (&times) : NULL;
}

gint64
tpo_frame_at (const gint64 *times_us, gint64 n, gint64 time_us)
{
  gint64 low = 0, high = n;

  /* times_us[low] <= time_us < times_us[high], as far as there are such. */
  while (high - low > 1) {
    gint64 middle = low + (high - low) / 2;

    if (times_us[middle] <= time_us)
      low = middle;
    else
      high = middle;
  }
  return low;
}

gint64
tpo_frame_end (const gint64 *times_us, gint64 n, gint64 duration_us, gint64 index)
{
  g_return_val_if_fail (index >= 0 && index < n, duration_us);

  if (index + 1 < n)
    return times_us[index + 1];
  return MAX (duration_us, times_us[index] + 1);
}
