#pragma once

#include <gtk/gtk.h>

#include "document/tpo-document.h"

/**
 * tpo_reach_popover_new: how far objects are followed; what is chosen holds at once. It is no wider
 * than the window of @beside, which is realized. Returns: (transfer floating)
 */
GtkWidget *tpo_reach_popover_new (TpoDocument *document, GtkWidget *beside);
