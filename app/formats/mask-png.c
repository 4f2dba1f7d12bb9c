#include "formats/mask-png.h"

#include <string.h>

#include <png.h>
#include <tpo/error.h>

#include "formats/segmentation.h"

/* libpng jumps on errors; what must survive a jump lives in here. */
typedef struct {
  const guint8 *bytes; /* to read */
  gsize size, at;
  GByteArray *written;
  char problem[160];
} Stream;

static void
on_error (png_structp png, png_const_charp text)
{
  Stream *stream = png_get_error_ptr (png);

  g_strlcpy (stream->problem, text, sizeof stream->problem);
  png_longjmp (png, 1);
}

static void
on_warning (png_structp png, png_const_charp text)
{
  /* What can be read is read. */
}

static void
read_bytes (png_structp png, png_bytep bytes, size_t size)
{
  Stream *stream = png_get_io_ptr (png);

  if (size > stream->size - stream->at)
    png_error (png, "the file ends too early");
  memcpy (bytes, stream->bytes + stream->at, size);
  stream->at += size;
}

static void
write_bytes (png_structp png, png_bytep bytes, size_t size)
{
  Stream *stream = png_get_io_ptr (png);

  g_byte_array_append (stream->written, bytes, (guint) size);
}

static void
flush_bytes (png_structp png)
{
}

/* Bits 0, 1, 2 of the index become bit 7 of red, green, blue; bits 3, 4, 5 bit 6; 6, 7 bit 5. */
void
tpo_voc_color (guint index, guint8 color[3])
{
  memset (color, 0, 3);
  for (guint bit = 7; bit >= 5; bit--, index >>= 3)
    for (guint c = 0; c < 3; c++)
      color[c] |= (guint8) (((index >> c) & 1) << bit);
}

static void
encode (png_structp png, png_infop info, const guint8 *indices, guint width, guint height)
{
  png_color palette[256];

  for (guint i = 0; i < 256; i++) {
    guint8 color[3];

    tpo_voc_color (i, color);
    palette[i] = (png_color){ color[0], color[1], color[2] };
  }
  png_set_IHDR (png, info, width, height, 8, PNG_COLOR_TYPE_PALETTE, PNG_INTERLACE_NONE,
                PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_PLTE (png, info, palette, 256);
  png_write_info (png, info);
  for (guint y = 0; y < height; y++)
    png_write_row (png, indices + (gsize) y * width);
  png_write_end (png, info);
}

GBytes *
tpo_mask_png_encode (const guint8 *indices, guint width, guint height)
{
  Stream stream = { .written = g_byte_array_new () };
  png_structp png =
      png_create_write_struct (PNG_LIBPNG_VER_STRING, &stream, on_error, on_warning);
  png_infop info = png_create_info_struct (png);

  png_set_write_fn (png, &stream, write_bytes, flush_bytes);
  /* Nothing that is written here can fail: sizes are those of a mask. */
  if (setjmp (png_jmpbuf (png)) == 0)
    encode (png, info, indices, width, height);
  else
    g_warning ("%s", stream.problem);
  png_destroy_write_struct (&png, &info);
  return g_byte_array_free_to_bytes (stream.written);
}

/* Fails unless the picture is of indices or greys, one byte each. */
static void
check_kind (png_structp png, png_infop info)
{
  guint color = png_get_color_type (png, info);

  if ((color != PNG_COLOR_TYPE_PALETTE && color != PNG_COLOR_TYPE_GRAY) ||
      png_get_bit_depth (png, info) > 8)
    png_error (png, "the picture is not of 8-bit indices or greys");
  if (!tpo_check_picture (png_get_image_width (png, info), png_get_image_height (png, info)))
    png_error (png, "the picture is too large for a mask");
  if (png_get_bit_depth (png, info) < 8)
    png_set_packing (png); /* one index a byte, unchanged */
}

static void
decode (png_structp png, png_infop info, guint8 *pixels, guint height, gsize stride)
{
  guint n_passes = (guint) png_set_interlace_handling (png);

  png_read_update_info (png, info);
  if (png_get_rowbytes (png, info) != stride)
    png_error (png, "the picture's rows have an unexpected size");
  for (guint pass = 0; pass < n_passes; pass++)
    for (guint y = 0; y < height; y++)
      png_read_row (png, pixels + (gsize) y * stride, NULL);
}

guint8 *
tpo_mask_png_decode (GBytes *bytes, const char *name, guint *width, guint *height,
                     GError **error)
{
  Stream stream = { .bytes = g_bytes_get_data (bytes, NULL), .size = g_bytes_get_size (bytes) };
  png_structp png =
      png_create_read_struct (PNG_LIBPNG_VER_STRING, &stream, on_error, on_warning);
  png_infop info = png_create_info_struct (png);
  guint8 *volatile pixels = NULL;

  png_set_read_fn (png, &stream, read_bytes);
  if (setjmp (png_jmpbuf (png)) == 0) {
    png_read_info (png, info);
    check_kind (png, info);
    *width = png_get_image_width (png, info);
    *height = png_get_image_height (png, info);
    pixels = g_malloc0 ((gsize) *width * *height);
    decode (png, info, pixels, *height, *width);
  } else {
    g_clear_pointer (&pixels, g_free);
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "“%s”: %s", name, stream.problem);
  }
  png_destroy_read_struct (&png, &info, NULL);
  return pixels;
}
