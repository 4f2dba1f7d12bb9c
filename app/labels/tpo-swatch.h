#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** tpo_swatch_new: a dot in the colour @rgb, 0xRRGGBB; tpo_palette_apply() changes it */
GtkWidget *tpo_swatch_new (guint32 rgb);

G_END_DECLS
