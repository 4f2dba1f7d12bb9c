#include "io/video-picture.h"

#include <glib/gi18n.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <string.h>

/* Rows and buffers are aligned for the vector code of the converter, which may also write this
 * much past the last pixel of a row. */
#define ALIGNMENT 64

/* Buffers kept for the next pictures; a player's queue holds about as many. */
#define MAX_SPARE 4

/* Shared by the maker and the pictures it made, whichever lives longer. */
typedef struct {
  gatomicrefcount ref_count;
  GMutex mutex;
  gsize size; /* bytes of each spare buffer */
  gpointer spare[MAX_SPARE];
  guint n_spare;
} Pool;

typedef struct {
  Pool *pool;
  gpointer bytes;
  gsize size;
} Loan;

struct _TpoPictureMaker {
  TpoPixelFormat format;
  TpoOrientation orientation;
  struct SwsContext *sws;
  Pool *pool;
};

static void
pool_unref (Pool *pool)
{
  if (!g_atomic_ref_count_dec (&pool->ref_count))
    return;
  for (guint i = 0; i < pool->n_spare; i++)
    av_free (pool->spare[i]);
  g_mutex_clear (&pool->mutex);
  g_free (pool);
}

static gpointer
pool_take (Pool *pool, gsize size)
{
  gpointer bytes = NULL;

  g_mutex_lock (&pool->mutex);
  if (pool->size != size) {
    while (pool->n_spare > 0)
      av_free (pool->spare[--pool->n_spare]);
    pool->size = size;
  }
  if (pool->n_spare > 0)
    bytes = pool->spare[--pool->n_spare];
  g_mutex_unlock (&pool->mutex);
  return bytes != NULL ? bytes : av_malloc (size);
}

static void
pool_give (Pool *pool, gpointer bytes, gsize size)
{
  g_mutex_lock (&pool->mutex);
  if (pool->size == size && pool->n_spare < MAX_SPARE)
    pool->spare[pool->n_spare++] = g_steal_pointer (&bytes);
  g_mutex_unlock (&pool->mutex);
  av_free (bytes);
}

static void
end_loan (gpointer data)
{
  Loan *loan = data;

  pool_give (loan->pool, loan->bytes, loan->size);
  pool_unref (loan->pool);
  g_free (loan);
}

static GBytes *
make_bytes (Pool *pool, gpointer bytes, gsize size)
{
  Loan *loan = g_new (Loan, 1);

  *loan = (Loan){ pool, bytes, size };
  g_atomic_ref_count_inc (&pool->ref_count);
  return g_bytes_new_with_free_func (bytes, size, end_loan, loan);
}

typedef struct {
  TpoPicture picture;
  gatomicrefcount ref_count;
} CountedPicture;

TpoPicture *
tpo_picture_ref (TpoPicture *self)
{
  g_atomic_ref_count_inc (&((CountedPicture *) self)->ref_count);
  return self;
}

void
tpo_picture_unref (TpoPicture *self)
{
  if (!g_atomic_ref_count_dec (&((CountedPicture *) self)->ref_count))
    return;
  g_bytes_unref (self->bytes);
  g_free (self);
}

TpoPictureMaker *
tpo_picture_maker_new (TpoPixelFormat format, TpoOrientation orientation)
{
  TpoPictureMaker *self = g_new0 (TpoPictureMaker, 1);

  self->format = format;
  self->orientation = orientation;
  self->pool = g_new0 (Pool, 1);
  g_atomic_ref_count_init (&self->pool->ref_count);
  g_mutex_init (&self->pool->mutex);
  return self;
}

void
tpo_picture_maker_free (TpoPictureMaker *self)
{
  sws_freeContext (self->sws);
  pool_unref (self->pool);
  g_free (self);
}

static guint
bytes_per_pixel (TpoPixelFormat format)
{
  return format == TPO_PIXEL_RGB24 ? 3 : 4;
}

static gsize
row_stride (TpoPixelFormat format, guint width)
{
  return ((gsize) width * bytes_per_pixel (format) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* The "0" forms drop the alpha of the source instead of carrying it along. */
static enum AVPixelFormat
target_format (TpoPixelFormat format)
{
  if (format == TPO_PIXEL_RGB24)
    return AV_PIX_FMT_RGB24;
  return format == TPO_PIXEL_RGBA ? AV_PIX_FMT_RGB0 : AV_PIX_FMT_BGR0;
}

/* The old full-range formats are the plain ones with a flag; the converter warns about them. */
static enum AVPixelFormat
plain_format (int format, gboolean *is_full_range)
{
  switch (format) {
  case AV_PIX_FMT_YUVJ420P:
    *is_full_range = TRUE;
    return AV_PIX_FMT_YUV420P;
  case AV_PIX_FMT_YUVJ422P:
    *is_full_range = TRUE;
    return AV_PIX_FMT_YUV422P;
  case AV_PIX_FMT_YUVJ444P:
    *is_full_range = TRUE;
    return AV_PIX_FMT_YUV444P;
  case AV_PIX_FMT_YUVJ440P:
    *is_full_range = TRUE;
    return AV_PIX_FMT_YUV440P;
  case AV_PIX_FMT_YUVJ411P:
    *is_full_range = TRUE;
    return AV_PIX_FMT_YUV411P;
  default:
    return format;
  }
}

/* Matrix of the file, or by size as everybody does where the file is silent: BT.601 for standard
 * definition, BT.709 above. */
static const int *
colour_matrix (const AVFrame *frame)
{
  switch ((int) frame->colorspace) {
  case AVCOL_SPC_BT709:
    return sws_getCoefficients (SWS_CS_ITU709);
  case AVCOL_SPC_FCC:
    return sws_getCoefficients (SWS_CS_FCC);
  case AVCOL_SPC_BT470BG:
  case AVCOL_SPC_SMPTE170M:
    return sws_getCoefficients (SWS_CS_ITU601);
  case AVCOL_SPC_SMPTE240M:
    return sws_getCoefficients (SWS_CS_SMPTE240M);
  case AVCOL_SPC_BT2020_NCL:
  case AVCOL_SPC_BT2020_CL:
    return sws_getCoefficients (SWS_CS_BT2020);
  default:
    return sws_getCoefficients (frame->height > 576 || frame->width > 1024 ? SWS_CS_ITU709
                                                                           : SWS_CS_ITU601);
  }
}

static gboolean
prepare_converter (TpoPictureMaker *self, const AVFrame *frame, int width, int height,
                   GError **error)
{
  gboolean is_full_range = frame->color_range == AVCOL_RANGE_JPEG;
  enum AVPixelFormat source = plain_format (frame->format, &is_full_range);
  gboolean is_scaled = width != frame->width || height != frame->height;
  int flags = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT;
  int *old_matrix, *old_table, old_source_range, old_range, brightness, contrast, saturation;

  if (self->format == TPO_PIXEL_BGRA)
    flags = is_scaled ? SWS_BILINEAR : SWS_POINT;
  self->sws =
      sws_getCachedContext (self->sws, frame->width, frame->height, source, width, height,
                            target_format (self->format), flags, NULL, NULL, NULL);
  if (self->sws == NULL) {
    const char *name = av_get_pix_fmt_name (frame->format);

    g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
                 _ ("Pictures of %d × %d pixels in the format %s cannot be converted"),
                 frame->width, frame->height, name != NULL ? name : "unknown");
    return FALSE;
  }
  /* Fails for sources without a colour matrix, which then need none. */
  if (sws_getColorspaceDetails (self->sws, &old_matrix, &old_source_range, &old_table,
                                &old_range, &brightness, &contrast, &saturation) >= 0)
    sws_setColorspaceDetails (self->sws, colour_matrix (frame), is_full_range, old_table, 1,
                              brightness, contrast, saturation);
  return TRUE;
}

static void
rotate_rows (TpoPictureMaker *self, const guint8 *source, gsize source_stride, guint8 *target,
             gsize stride, guint width, guint height)
{
  const TpoOrientation how = self->orientation;
  guint size = bytes_per_pixel (self->format);

  /* Tiles keep both sides of a transposition in the cache. */
  for (guint tile_y = 0; tile_y < height; tile_y += 32)
    for (guint tile_x = 0; tile_x < width; tile_x += 32)
      for (guint y = tile_y; y < MIN (tile_y + 32, height); y++)
        for (guint x = tile_x; x < MIN (tile_x + 32, width); x++) {
          guint u = how.flip_x ? width - 1 - x : x, v = how.flip_y ? height - 1 - y : y;
          gsize from = how.transpose ? u * source_stride + (gsize) v * size
                                     : v * source_stride + (gsize) u * size;

          memcpy (target + y * stride + (gsize) x * size, source + from, size);
        }
}

/* Sources with alpha leave theirs in the fourth byte on some of the converter's paths. */
static void
make_opaque (guint8 *bytes, gsize stride, guint width, guint height)
{
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      bytes[y * stride + 4 * (gsize) x + 3] = 255;
}

static gboolean
has_alpha (const AVFrame *frame)
{
  const AVPixFmtDescriptor *format = av_pix_fmt_desc_get (frame->format);

  return format == NULL || (format->flags & (AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_PAL)) ||
         (format->flags & AV_PIX_FMT_FLAG_RGB);
}

static void
convert (TpoPictureMaker *self, const AVFrame *frame, guint8 *target, gsize stride, guint width,
         guint height)
{
  guint8 *planes[4] = { target };
  int strides[4] = { (int) stride };

  sws_scale (self->sws, (const guint8 *const *) frame->data, frame->linesize, 0, frame->height,
             planes, strides);
  if (self->format != TPO_PIXEL_RGB24 && has_alpha (frame))
    make_opaque (target, stride, width, height);
}

TpoPicture *
tpo_picture_maker_make (TpoPictureMaker *self, const AVFrame *frame, guint width, guint height,
                        GError **error)
{
  const TpoOrientation how = self->orientation;
  gboolean is_turned = how.transpose || how.flip_x || how.flip_y;
  guint stored_width = how.transpose ? height : width;
  guint stored_height = how.transpose ? width : height;
  gsize stride = row_stride (self->format, width), size = stride * height + ALIGNMENT;
  gsize stored_stride = row_stride (self->format, stored_width);
  gsize stored_size = stored_stride * stored_height + ALIGNMENT;
  guint8 *bytes, *stored = NULL;
  CountedPicture *counted;

  if (!prepare_converter (self, frame, (int) stored_width, (int) stored_height, error))
    return NULL;
  bytes = pool_take (self->pool, size);
  if (is_turned)
    stored = av_malloc (stored_size);
  if (bytes == NULL || (is_turned && stored == NULL)) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_NO_MEMORY,
                 _ ("Not enough memory for a picture of %u × %u pixels"), width, height);
    av_free (bytes);
    av_free (stored);
    return NULL;
  }
  if (is_turned) {
    convert (self, frame, stored, stored_stride, stored_width, stored_height);
    rotate_rows (self, stored, stored_stride, bytes, stride, width, height);
    av_free (stored);
  } else {
    convert (self, frame, bytes, stride, width, height);
  }

  counted = g_new0 (CountedPicture, 1);
  g_atomic_ref_count_init (&counted->ref_count);
  counted->picture = (TpoPicture){
    .width = width,
    .height = height,
    .stride = stride,
    .format = self->format,
    .is_damaged = frame->decode_error_flags != 0 || (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0,
    .bytes = make_bytes (self->pool, bytes, size),
  };
  return &counted->picture;
}
