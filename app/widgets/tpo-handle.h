#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TPO_TYPE_HANDLE (tpo_handle_get_type ())
G_DECLARE_FINAL_TYPE (TpoHandle, tpo_handle, TPO, HANDLE, GtkWidget)

#define TPO_HANDLE_PX 6 /* thick */

/**
 * TpoHandle:
 *
 * The border of a part of a window, by which the part is made larger or smaller: dragged, with the
 * arrow keys, Page Up and Down, Home and End once Tab has brought the keyboard here, or by its
 * value as a screen reader sets it. Whoever lays the part out puts the handle over its edge and
 * keeps the size; the handle has what it was told last. Shows itself while it has the keyboard.
 *
 * Emits "moved" (int: the size in pixels, within the limits) with each step, and "settled" once a
 * step is not followed by others: at the end of a drag, and after each key.
 */

/**
 * tpo_handle_new:
 * @orientation: %GTK_ORIENTATION_HORIZONTAL: of a width, so that it goes left and right
 * @name: what is made larger, for people who hear it: "Width of the Conversation"
 * @is_before: whether the handle lies at the start of its part, left of it or above it
 */
GtkWidget *tpo_handle_new (GtkOrientation orientation, const char *name, gboolean is_before);

/** tpo_handle_update: @size: what the part has now, in pixels; @least and @most: its limits */
void tpo_handle_update (TpoHandle *self, int least, int size, int most);

G_END_DECLS
