#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TPO_TYPE_TITLE (tpo_title_get_type ())

/**
 * TpoTitle:
 *
 * The title of the window it is in, for the middle of its header bar; on further lines where it is
 * longer than the bar, as it is in large text. The bar's own title is cut off. Between buttons that
 * leave no room for a word it is not shown, rather than make the window wider than a narrow screen.
 */
G_DECLARE_FINAL_TYPE (TpoTitle, tpo_title, TPO, TITLE, GtkWidget)

G_END_DECLS
