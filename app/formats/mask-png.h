#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Masks as pictures of indices, 0 being the background, with the palette of Pascal VOC. Readers use
 * the indices; the palette is for viewers.
 */

/** tpo_mask_png_encode: @indices: [height, width]. Returns: (transfer full) */
GBytes *tpo_mask_png_encode (const guint8 *indices, guint width, guint height);

/**
 * tpo_mask_png_decode:
 * @name: of the file, for messages
 *
 * Takes 8-bit pictures of indices or greys only; their numbers are not touched.
 *
 * Returns: (transfer full): [*@height, *@width], or %NULL with %TPO_ERROR_FORMAT
 */
guint8 *tpo_mask_png_decode (GBytes *png, const char *name, guint *width, guint *height,
                             GError **error);

/** tpo_voc_color: red, green, blue of an index */
void tpo_voc_color (guint index, guint8 color[3]);

G_END_DECLS
