#pragma once

#include <gtk/gtk.h>

/**
 * One table of shortcuts: it registers accelerators, feeds the single keys of the workspace and fills the list of
 * shortcuts, so none of them can go stale.
 */

/** tpo_shortcuts_register: those with Ctrl or a function key, for the whole program */
void tpo_shortcuts_register (GtkApplication *application);

/**
 * tpo_shortcuts_new_controller: single keys, which must not be taken while somebody types; for the widget that holds
 *   picture and timeline
 */
GtkEventController *tpo_shortcuts_new_controller (void);

/** tpo_shortcuts_show: the list of all of them */
void tpo_shortcuts_show (GtkWindow *parent);
