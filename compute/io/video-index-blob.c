#include "io/video-index.h"

#include <glib/gi18n.h>
#include <string.h>

#include "io/video-limits.h"

/*
 * The stored form of an index. Integers are written seven bits a byte, low bits first, the top
 * bit set on all but the last; signed ones fold the sign into the lowest bit. Presentation times
 * are written as second differences, which are zero at a constant frame rate.
 *
 *   "TPOI" version flags  properties  [n_frames] times  n_keys  [n_keys] (frame, pts, dts)
 */
#define MAGIC "TPOI"
#define VERSION 1

enum {
  FLAG_AUDIO = 1,
  FLAG_STILL = 2,
  FLAG_TRUNCATED = 4,
  FLAG_COUNTED = 8,
  FLAG_UNTIMED = 16,
};

typedef struct {
  const guint8 *bytes;
  gsize size, position;
  gboolean
      is_bad; /* read beyond the end or met an overlong number; all reads give 0 from then */
} Cursor;

static void
put_unsigned (GByteArray *out, guint64 value)
{
  do {
    guint8 byte = (guint8) ((value & 0x7f) | (value > 0x7f ? 0x80 : 0));

    g_byte_array_append (out, &byte, 1);
    value >>= 7;
  } while (value != 0);
}

static void
put_signed (GByteArray *out, gint64 value)
{
  put_unsigned (out, ((guint64) value << 1) ^ (value < 0 ? G_MAXUINT64 : 0));
}

static guint64
take_unsigned (Cursor *in)
{
  guint64 value = 0;

  for (guint shift = 0; shift < 64 && !in->is_bad; shift += 7) {
    guint8 byte;

    if (in->position >= in->size)
      break;
    byte = in->bytes[in->position++];
    value |= (guint64) (byte & 0x7f) << shift;
    if (!(byte & 0x80))
      return value;
  }
  in->is_bad = TRUE;
  return 0;
}

static gint64
take_signed (Cursor *in)
{
  guint64 value = take_unsigned (in);

  return (gint64) ((value >> 1) ^ (value & 1 ? G_MAXUINT64 : 0));
}

/* A number that must lie in [low, high]. */
static gint64
take_in_range (Cursor *in, gint64 low, gint64 high)
{
  gint64 value = take_signed (in);

  if (value < low || value > high)
    in->is_bad = TRUE;
  return in->is_bad ? 0 : value;
}

/* Sums in unsigned arithmetic: foreign bytes may overflow them, the order check catches it. */
static gint64
add (gint64 a, gint64 b)
{
  return (gint64) ((guint64) a + (guint64) b);
}

static gint64
subtract (gint64 a, gint64 b)
{
  return (gint64) ((guint64) a - (guint64) b);
}

GBytes *
tpo_video_index_serialize (const TpoVideoIndex *self)
{
  GByteArray *out = g_byte_array_new ();
  const TpoVideoInfo *info;
  guint64 fps_bits;
  gint64 last = 0, step = 0, last_pts = 0, last_dts = 0;
  guint last_frame = 0;

  g_return_val_if_fail (self != NULL, NULL);
  info = &self->info;
  g_byte_array_append (out, (const guint8 *) MAGIC, 4);
  put_unsigned (out, VERSION);
  put_unsigned (out, (info->has_audio ? FLAG_AUDIO : 0) | (info->is_still ? FLAG_STILL : 0) |
                         (info->is_truncated ? FLAG_TRUNCATED : 0) |
                         (self->is_counted ? FLAG_COUNTED : 0) |
                         (self->is_untimed ? FLAG_UNTIMED : 0));
  put_signed (out, (gint64) info->file_size);
  put_signed (out, info->width);
  put_signed (out, info->height);
  put_signed (out, info->display_width);
  put_signed (out, info->display_height);
  memcpy (&fps_bits, &info->fps, sizeof fps_bits);
  put_unsigned (out, fps_bits);
  put_signed (out, info->start_offset_us);
  put_signed (out, self->time_base_num);
  put_signed (out, self->time_base_den);
  put_signed (out, self->last_duration_us);
  put_signed (out, info->n_frames);
  for (guint i = 0; i < info->n_frames; i++) {
    gint64 difference = subtract (self->pts[i], last);

    put_signed (out, subtract (difference, step));
    step = difference;
    last = self->pts[i];
  }
  put_signed (out, self->n_keys);
  for (guint i = 0; i < self->n_keys; i++) {
    const TpoVideoKey *key = &self->keys[i];

    put_signed (out, key->frame - last_frame);
    put_signed (out, subtract (key->pts, last_pts));
    put_signed (out, subtract (key->dts, last_dts));
    last_frame = key->frame;
    last_pts = key->pts;
    last_dts = key->dts;
  }
  return g_byte_array_free_to_bytes (out);
}

static void
take_properties (Cursor *in, TpoVideoIndex *self)
{
  TpoVideoInfo *info = &self->info;
  guint64 flags = take_unsigned (in), fps_bits;

  info->has_audio = (flags & FLAG_AUDIO) != 0;
  info->is_still = (flags & FLAG_STILL) != 0;
  info->is_truncated = (flags & FLAG_TRUNCATED) != 0;
  self->is_counted = (flags & FLAG_COUNTED) != 0;
  self->is_untimed = (flags & FLAG_UNTIMED) != 0;
  info->file_size = (guint64) take_in_range (in, 0, G_MAXINT64);
  info->width = (guint) take_in_range (in, 1, TPO_VIDEO_MAX_EDGE);
  info->height = (guint) take_in_range (in, 1, TPO_VIDEO_MAX_EDGE);
  info->display_width = (guint) take_in_range (in, 1, G_MAXINT32);
  info->display_height = (guint) take_in_range (in, 1, G_MAXINT32);
  fps_bits = take_unsigned (in);
  memcpy (&info->fps, &fps_bits, sizeof fps_bits);
  if (!(info->fps > 0 && info->fps < 1e9))
    in->is_bad = TRUE;
  info->start_offset_us = take_signed (in);
  self->time_base_num = (gint32) take_in_range (in, 1, G_MAXINT32);
  self->time_base_den = (gint32) take_in_range (in, 1, G_MAXINT32);
  self->last_duration_us = take_in_range (in, 1, G_MAXINT32 * G_GINT64_CONSTANT (1000));
}

static void
take_times (Cursor *in, TpoVideoIndex *self)
{
  gint64 last = 0, step = 0, last_us = -1;
  /* A frame takes at least one byte, so a lying count cannot make us allocate much. */
  guint n = (guint) take_in_range (in, 1, (gint64) MIN (in->size, TPO_VIDEO_MAX_FRAMES));

  if (in->is_bad)
    return;
  self->info.n_frames = n;
  self->pts = g_new (gint64, n);
  for (guint i = 0; i < n && !in->is_bad; i++) {
    gint64 time_us;

    step = add (step, take_signed (in));
    last = add (last, step);
    self->pts[i] = last;
    time_us = tpo_video_index_ticks_to_us (self, subtract (last, self->pts[0]));
    if (time_us <= last_us || time_us > G_MAXINT64 / 4 || last < self->pts[0])
      in->is_bad = TRUE;
    last_us = time_us;
  }
}

static void
take_keys (Cursor *in, TpoVideoIndex *self)
{
  gint64 last_pts = 0, last_dts = 0;
  guint last_frame = 0;
  guint n = (guint) take_in_range (in, 0, (gint64) in->size);

  if (in->is_bad)
    return;
  self->n_keys = n;
  self->keys = g_new0 (TpoVideoKey, MAX (n, 1));
  for (guint i = 0; i < n && !in->is_bad; i++) {
    TpoVideoKey *key = &self->keys[i];

    key->frame =
        last_frame + (guint) take_in_range (in, 0, self->info.n_frames - 1 - last_frame);
    key->pts = add (last_pts, take_signed (in));
    key->dts = add (last_dts, take_signed (in));
    if (i > 0 && key->pts <= last_pts)
      in->is_bad = TRUE;
    last_frame = key->frame;
    last_pts = key->pts;
    last_dts = key->dts;
  }
}

TpoVideoIndex *
tpo_video_index_deserialize (GBytes *blob, GError **error)
{
  g_autoptr (TpoVideoIndex) self = tpo_video_index_new ();
  Cursor in = { 0 };

  g_return_val_if_fail (blob != NULL, NULL);
  in.bytes = g_bytes_get_data (blob, &in.size);
  if (in.size < 4 || memcmp (in.bytes, MAGIC, 4) != 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, _ ("The stored time index is not one"));
    return NULL;
  }
  in.position = 4;
  if (take_unsigned (&in) != VERSION) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 _ ("The stored time index is of another version"));
    return NULL;
  }
  take_properties (&in, self);
  if (!in.is_bad)
    take_times (&in, self);
  if (!in.is_bad)
    take_keys (&in, self);
  if (in.is_bad || in.position != in.size) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, _ ("The stored time index is damaged"));
    return NULL;
  }
  self->info.duration_us =
      tpo_video_index_get_time_us (self, self->info.n_frames - 1) + self->last_duration_us;
  return g_steal_pointer (&self);
}
