#pragma once

#include <gtk/gtk.h>

#include "timeline/label-table.h"

G_BEGIN_DECLS

#define TPO_TYPE_TABLE_ROW (tpo_table_row_get_type ())
G_DECLARE_FINAL_TYPE (TpoTableRow, tpo_table_row, TPO, TABLE_ROW, GtkWidget)

/** What all rows of a table share; it must outlive them */
typedef struct {
  TpoDocument *document;
  GListModel *columns; /* GtkColumnViewColumn with fixed widths, see tpo_table_set_column() */
  GtkWidget *header;   /* as wide as the rows, with what the columns leave over */
  int text_px;         /* height of a line */
} TpoTableRowParts;

/** tpo_table_set_column: @title: of the header; whose texts stand below it */
void tpo_table_set_column (GtkColumnViewColumn *title, TpoColumn column);
TpoColumn tpo_table_column_of (GtkColumnViewColumn *title);

/**
 * TpoTableRow:
 *
 * A label in the table. A list view makes some two hundred rows, a dozen of which are in sight: a
 * row draws its texts itself, and gets a cell for each, to be edited and for screen readers, when
 * it comes into sight.
 */
GtkWidget *tpo_table_row_new (const TpoTableRowParts *parts);

/** tpo_table_row_set_annotation: another one takes the cells away */
void tpo_table_row_set_annotation (TpoTableRow *self, TpoAnnotation *annotation);

/** tpo_table_row_get_annotation: Returns: (transfer none) (nullable) */
TpoAnnotation *tpo_table_row_get_annotation (TpoTableRow *self);

/** tpo_table_row_get_cell: Returns: (transfer none) (nullable): none before it was filled */
GtkWidget *tpo_table_row_get_cell (TpoTableRow *self, TpoColumn column);

/** tpo_table_row_update: its annotation has changed */
void tpo_table_row_update (TpoTableRow *self);

/** tpo_table_row_fill: makes the cells. Returns: whether there were none, though there is an annotation */
gboolean tpo_table_row_fill (TpoTableRow *self);

G_END_DECLS
