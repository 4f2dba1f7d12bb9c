#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TPO_TYPE_TABLE_CELL (tpo_table_cell_get_type ())
G_DECLARE_FINAL_TYPE (TpoTableCell, tpo_table_cell, TPO, TABLE_CELL, GtkWidget)

/**
 * TpoTableCell:
 *
 * A text for screen readers, which its row draws and which becomes an entry while it is edited: by
 * Enter, F2 or a double click; Enter keeps what was typed, Escape does not.
 *
 * Signal: "edited" (string)
 */

/** tpo_table_cell_new: @name: of the column, for screen readers */
GtkWidget *tpo_table_cell_new (const char *name, gboolean is_editable);

void tpo_table_cell_set_text (TpoTableCell *self, const char *text);

/** tpo_table_cell_is_editing: its entry shows the text */
gboolean tpo_table_cell_is_editing (TpoTableCell *self);

G_END_DECLS
