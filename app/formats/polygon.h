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

G_END_DECLS
