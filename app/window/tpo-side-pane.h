#pragma once

#include <gtk/gtk.h>

/*
 * The conversation, end flap of an AdwFlap, as wide as a user makes it by the handle at its edge;
 * until then a share of the window, where that or the text is large. It never folds the flap
 * earlier than its least width does. What lies beside it must not expand, else that gets all that
 * is left.
 */

G_BEGIN_DECLS

#define TPO_TYPE_SIDE_PANE (tpo_side_pane_get_type ())
G_DECLARE_FINAL_TYPE (TpoSidePane, tpo_side_pane, TPO, SIDE_PANE, GtkWidget)

/**
 * TpoSidePane:chosen-width: in pixels, to be remembered; 0 until the user chooses. What changes
 * while the handle is dragged is told at the end of the drag.
 */

/** tpo_side_pane_set_child: @child: floating; once */
void tpo_side_pane_set_child (TpoSidePane *self, GtkWidget *child);

G_END_DECLS
