#pragma once

#include <glib.h>

#include <tpo/types.h>

G_BEGIN_DECLS

/**
 * TpoRle:
 *
 * A binary mask as COCO run lengths: pixels in column-major order (down each column, then the
 * next column), runs alternating between 0 and 1, starting with the run of zeros, which may be
 * empty. The sum of @counts is @width · @height. Immutable and reference-counted; thread-safe.
 */
typedef struct {
  guint width, height; /* pixels */
  guint n_counts;
  guint32 *counts; /* [n_counts] */
} TpoRle;

/**
 * tpo_rle_encode:
 * @mask: [height, width] bytes, row-major; non-zero is set
 * @stride: bytes from one row to the next
 *
 * Returns: (transfer full)
 */
TpoRle *tpo_rle_encode (const guint8 *mask, guint width, guint height, gsize stride);

/**
 * tpo_rle_decode:
 * @mask: (out caller-allocates): [height, width] bytes, written as 0 or @value
 */
void tpo_rle_decode (const TpoRle *self, guint8 *mask, gsize stride, guint8 value);

/**
 * tpo_rle_from_string:
 * @text: COCO's compressed counts: LEB128-like, 6 bits in each printable character from 48 on,
 *   from the third count on as the difference to the count two before
 *
 * Returns: (transfer full) (nullable): %NULL with TPO_ERROR_FORMAT when @text is malformed or its
 *   runs do not add up to the picture
 */
TpoRle *tpo_rle_from_string (const char *text, guint width, guint height, GError **error);

/**
 * tpo_rle_from_counts:
 * @counts: [n_counts], copied
 *
 * Returns: (transfer full) (nullable): %NULL with TPO_ERROR_FORMAT as above
 */
TpoRle *tpo_rle_from_counts (const guint32 *counts, guint n_counts, guint width, guint height,
                             GError **error);

/** tpo_rle_to_string: COCO's compressed counts. Returns: (transfer full) */
char *tpo_rle_to_string (const TpoRle *self);

/** tpo_rle_area: number of set pixels */
guint64 tpo_rle_area (const TpoRle *self);

/**
 * tpo_rle_bounds:
 * @box: (out): tight box around the set pixels, normalised
 *
 * Returns: false when no pixel is set
 */
gboolean tpo_rle_bounds (const TpoRle *self, TpoBox *box);

/** tpo_rle_iou: |A ∩ B| / |A ∪ B| of two masks of one size; 0 when both are empty */
double tpo_rle_iou (const TpoRle *a, const TpoRle *b);

TpoRle *tpo_rle_ref (TpoRle *self);
void tpo_rle_unref (TpoRle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoRle, tpo_rle_unref)

G_END_DECLS
