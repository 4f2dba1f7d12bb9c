#pragma once

#include <gtk/gtk.h>

#include "document/tpo-document.h"

G_BEGIN_DECLS

/**
 * tpo_label_colors_follow: the colours of the labels of @document, and those of what has no label, are
 * known to @display before any of them is shown, as long as there is a document
 */
void tpo_label_colors_follow (TpoDocument *document, GdkDisplay *display);

G_END_DECLS
