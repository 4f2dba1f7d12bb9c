#pragma once

#include <tpo/rle.h>

G_BEGIN_DECLS

/**
 * tpo_mask_outlines:
 * @rings: (out) (transfer full) (element-type GArray): a ring for each piece that hangs together by pixel
 *   sides, as gint x, y, x, y, … on the pixels' corners, clockwise, not closed
 *
 * The exact outlines of a mask: filling them gives the same pixels.
 *
 * Returns: false when the mask has a hole, which rings that are united cannot express
 */
gboolean tpo_mask_outlines (const TpoRle *mask, GPtrArray **rings);

/**
 * tpo_mask_from_rings:
 * @rings: (element-type GArray): each of double x, y, x, y, … in pixels, on continuous coordinates
 * @width, @height: must be fit for a mask
 *
 * The pixels whose centres are inside of a ring, by the even-odd rule; rings are united.
 *
 * Returns: (transfer full)
 */
TpoRle *tpo_mask_from_rings (GPtrArray *rings, guint width, guint height);

G_END_DECLS
