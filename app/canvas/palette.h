#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/** tpo_palette_color: a bright colour that reads on most pictures; the same for an annotation on every day */
void tpo_palette_color (gint64 annotation_id, GdkRGBA *color);

/** tpo_palette_ink: black or white, whichever reads better on @color */
void tpo_palette_ink (const GdkRGBA *color, GdkRGBA *ink);

G_END_DECLS
