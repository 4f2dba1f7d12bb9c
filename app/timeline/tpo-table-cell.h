#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TPO_TYPE_TABLE_CELL (tpo_table_cell_get_type ())
G_DECLARE_FINAL_TYPE (TpoTableCell, tpo_table_cell, TPO, TABLE_CELL, GtkWidget)

/**
 * TpoTableCell:
 *
 * A text that becomes an entry while it is edited: by Enter, F2 or a double click; Enter keeps what was typed, Escape
 * does not. The entry exists only then, so that thousands of cells are cheap.
 *
 * Signal: "edited" (string)
 */

/**
 * tpo_table_cell_new:
 * @name: of the column, for screen readers
 * @gives_height: the row is as high as it needs; one cell of each row is enough
 *
 * It asks for no width: the column must have one. What does not fit ends in "…".
 */
GtkWidget *tpo_table_cell_new (const char *name, gboolean is_editable, gboolean gives_height);

void tpo_table_cell_set_text (TpoTableCell *self, const char *text);

G_END_DECLS
