#pragma once

#include <gtk/gtk.h>

/** tpo_char_width: in pixels, of the text in @widget, as the chars of a GtkLabel's width count */
int tpo_char_width (GtkWidget *widget);

/** tpo_room_chars: how many of them the window of @beside has room for in a line, but for @taken_px */
int tpo_room_chars (GtkWidget *beside, int taken_px);

/**
 * tpo_label_fit: what @label says is on as many lines as it needs to be no wider than the window of
 * @beside, which is realized, with @taken_px around the text
 */
void tpo_label_fit (GtkWidget *label, GtkWidget *beside, int taken_px);
