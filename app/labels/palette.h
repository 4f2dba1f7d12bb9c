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

G_END_DECLS
