#pragma once

#include <tpo/rle.h>

G_BEGIN_DECLS

/*
 * Masks as bytes: painting into them, looking a pixel up, and turning them into colours. No widgets here.
 */

/**
 * TpoMask:
 *
 * A mask being painted: 0 or 1 for each pixel, row-major.
 */
typedef struct {
  guint width, height; /* pixels, at least 1 */
  guint8 *bytes;       /* [height, width] */
} TpoMask;

/**
 * tpo_mask_new:
 * @rle: (nullable): what it starts with; %NULL: empty. Another size is scaled to the nearest pixel
 */
TpoMask *tpo_mask_new (guint width, guint height, const TpoRle *rle);

/**
 * tpo_mask_new_small:
 * @reduction: how many pixels of @rle, across and down, become one; at least 1
 *
 * A pixel is set where any of those that became it is, so that thin parts stay in sight. Quicker
 * than the whole mask.
 */
TpoMask *tpo_mask_new_small (const TpoRle *rle, guint reduction);
void tpo_mask_free (TpoMask *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoMask, tpo_mask_free)

/**
 * tpo_mask_stroke:
 * @x0: start of a straight stroke in pixels, (0, 0) being the top left corner of the first pixel
 * @diameter: of the round brush, in pixels
 * @value: 1 paints, 0 erases
 *
 * Sets all pixels whose centre the brush covers, and always the pixel under its own centre. It may
 * reach outside.
 */
void tpo_mask_stroke (TpoMask *self, double x0, double y0, double x1, double y1,
                      double diameter, guint8 value);

/** tpo_mask_to_rle: Returns: (transfer full) */
TpoRle *tpo_mask_to_rle (const TpoMask *self);

/** tpo_mask_bounds: @x … @height: (out): of the set pixels. Returns: whether any is set */
gboolean tpo_mask_bounds (const TpoMask *self, guint *x, guint *y, guint *width, guint *height);

/** tpo_rle_has: whether the pixel under a normalised point is set; false outside. It decodes nothing */
gboolean tpo_rle_has (const TpoRle *rle, double x, double y);

/** TpoMaskInk: how a mask is shown */
typedef struct {
  guint8 red, green, blue;
  guint8 alpha; /* of the inside; the outline is opaque */
  guint
      outline; /* width in pixels of the mask, at least 1; as wide a dark line lies within it */
  gboolean is_dashed; /* the outline has gaps: as the model said */
} TpoMaskInk;

/**
 * tpo_mask_paint:
 * @x … @height: the part to paint, inside the mask
 *
 * Returns: (transfer full): [@height, @width, 4] bytes: blue, green, red, alpha, premultiplied
 */
GBytes *tpo_mask_paint (const TpoMask *self, guint x, guint y, guint width, guint height,
                        const TpoMaskInk *ink);

G_END_DECLS
