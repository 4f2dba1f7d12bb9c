#pragma once

#include <gtk/gtk.h>

/** tpo_char_width: in pixels, of the text in @widget, as the chars of a GtkLabel's width count */
int tpo_char_width (GtkWidget *widget);
