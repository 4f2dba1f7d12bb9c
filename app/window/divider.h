#pragma once

#include <gtk/gtk.h>

/**
 * tpo_divider_keep_end: the end child keeps its size when the window changes its own
 * @paned: vertical, whose start child takes what room there is; its end child is a GtkOverlay, which
 *   gets a handle for the keyboard over its edge
 * @name: of the end child's height, for people who hear it
 * @extra_px: what the end child has above its least height, to begin with; more in a large window
 * @least_start_px: where it begins so only if the start child has that much beside it
 * @settings: is kept as long as @paned
 * @key: an integer: what a user gave the end child above its least height, negative until then
 *
 * A window that has been small once leaves the end child with its least height; here it gets back
 * what it had, or what a user gave it, in this window or the last one.
 */
void tpo_divider_keep_end (GtkPaned *paned, const char *name, int extra_px, int least_start_px,
                           GSettings *settings, const char *key);
