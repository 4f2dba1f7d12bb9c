#pragma once

#include <gtk/gtk.h>

/** tpo_help_show: what can be done in the program and how, in a window of its own; @parent: of the program */
void tpo_help_show (GtkWindow *parent);
