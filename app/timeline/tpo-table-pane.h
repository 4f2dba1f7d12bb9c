#pragma once

#include <gtk/gtk.h>

#include "document/tpo-document.h"

G_BEGIN_DECLS

#define TPO_TYPE_TABLE_PANE (tpo_table_pane_get_type ())
G_DECLARE_FINAL_TYPE (TpoTablePane, tpo_table_pane, TPO, TABLE_PANE, GtkWidget)

/**
 * TpoTablePane:
 *
 * The titles of the table of labels, and its rows below them, which get their cells a few at a time
 * when they come into sight. What the rows show is its user's to set.
 */
GtkWidget *tpo_table_pane_new (TpoDocument *document);

/** tpo_table_pane_get_view: the rows, which show a model of TpoAnnotation. Returns: (transfer none) */
GtkListView *tpo_table_pane_get_view (TpoTablePane *self);

/** tpo_table_pane_get_sorter: as the titles are clicked. Returns: (transfer none) */
GtkSorter *tpo_table_pane_get_sorter (TpoTablePane *self);

/** tpo_table_pane_update: @annotation has changed */
void tpo_table_pane_update (TpoTablePane *self, TpoAnnotation *annotation);

/**
 * tpo_table_pane_find_cell: the first one of @annotation's row, as the row is wider than the table.
 * Returns: (transfer none) (nullable): none where the row is out of sight
 */
GtkWidget *tpo_table_pane_find_cell (TpoTablePane *self, TpoAnnotation *annotation);

G_END_DECLS
