#include "config.h"

#include "media/picture-kind.h"

#include <string.h>

static guint
read_u16 (const guint8 *at)
{
  return ((guint) at[0] << 8) | at[1];
}

static guint
read_u32 (const guint8 *at)
{
  return (read_u16 (at) << 16) | read_u16 (at + 2);
}

/* Its first chunk has the size. */
static TpoPictureKind
read_png (const guint8 *bytes, gsize size)
{
  enum {
    WIDTH = 16,
    HEIGHT = 20,
    END = 24
  };

  if (size < END || memcmp (bytes + 12, "IHDR", 4) != 0)
    return (TpoPictureKind){ TPO_PICTURE_NONE };
  return (TpoPictureKind){ TPO_PICTURE_PNG, read_u32 (bytes + WIDTH),
                           read_u32 (bytes + HEIGHT) };
}

/* Whether a segment of that marker begins a frame: SOF0 to SOF15, but for three others among them. */
static gboolean
begins_frame (guint8 marker)
{
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* Segments, each with its length, up to that of the frame: depth, height, width. */
static TpoPictureKind
read_jpeg (const guint8 *bytes, gsize size)
{
  for (gsize at = 2; size >= 9 && at <= size - 9;) {
    guint8 marker = bytes[at + 1];
    guint length = read_u16 (bytes + at + 2);

    if (bytes[at] != 0xff)
      break;
    if (marker == 0xff) { /* filling */
      at++;
      continue;
    }
    if (begins_frame (marker))
      return (TpoPictureKind){ TPO_PICTURE_JPEG, read_u16 (bytes + at + 7),
                               read_u16 (bytes + at + 5) };
    if (length < 2)
      break;
    at += 2 + length;
  }
  return (TpoPictureKind){ TPO_PICTURE_NONE };
}

TpoPictureKind
tpo_picture_kind_read (GBytes *file)
{
  static const guint8 png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
  gsize size;
  const guint8 *bytes = g_bytes_get_data (file, &size);
  TpoPictureKind kind = { TPO_PICTURE_NONE };

  if (size >= sizeof png && memcmp (bytes, png, sizeof png) == 0)
    kind = read_png (bytes, size);
  else if (size >= 2 && bytes[0] == 0xff && bytes[1] == 0xd8)
    kind = read_jpeg (bytes, size);
  if (kind.width == 0 || kind.height == 0 || kind.width > G_MAXUINT16 ||
      kind.height > G_MAXUINT16)
    kind.format = TPO_PICTURE_NONE;
  return kind;
}
