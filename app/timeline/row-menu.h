#pragma once

#include <gtk/gtk.h>

/**
 * tpo_row_menu_new: what can be done to the selected labels, by actions of the timeline. Returns:
 * (transfer floating)
 */
GtkWidget *tpo_row_menu_new (void);
