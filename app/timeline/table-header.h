#pragma once

#include "timeline/tpo-table-row.h"

/*
 * The titles above the rows of the table of labels, which sort them: a column view without rows, and thus without its
 * list.
 */

/**
 * tpo_table_header_new: gives @parts its header and columns
 * @parts: outlives the header; its document is asked for when rows are compared
 *
 * Returns: (transfer floating)
 */
GtkWidget *tpo_table_header_new (TpoTableRowParts *parts);

/**
 * tpo_table_header_set_widths: of @parts' columns and the height of its rows, by what may stand in them in the text of
 * now; cells ask for no width, and a user may set another one afterwards
 */
void tpo_table_header_set_widths (TpoTableRowParts *parts);
