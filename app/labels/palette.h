#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** tpo_palette_rgba: @rgb: 0xRRGGBB, as tpo_annotation_get_color() gives it */
void tpo_palette_rgba (guint32 rgb, GdkRGBA *color);

/** tpo_palette_ink: black or white, whichever reads better on @color */
void tpo_palette_ink (const GdkRGBA *color, GdkRGBA *ink);

/**
 * tpo_palette_apply: gives @widget's text, symbols and what its style draws with currentColor the
 * colour @rgb
 */
void tpo_palette_apply (GtkWidget *widget, guint32 rgb);

/**
 * tpo_palette_prepare: tells GTK of colours before they are used
 * @rgbs: [@n]
 *
 * A colour that is new works out the style of all that is shown anew; many together do so once.
 */
void tpo_palette_prepare (GdkDisplay *display, const guint32 *rgbs, guint n);

G_END_DECLS
