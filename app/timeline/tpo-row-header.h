#pragma once

#include <gtk/gtk.h>

#include "timeline/timeline-parts.h"

G_BEGIN_DECLS

#define TPO_TYPE_ROW_HEADER (tpo_row_header_get_type ())
G_DECLARE_FINAL_TYPE (TpoRowHeader, tpo_row_header, TPO, ROW_HEADER, GtkWidget)

/**
 * TpoRowHeader: colour, name and number of a row's labels, and buttons that lock, hide and fold
 *   them; Enter or a click selects them all
 */
GtkWidget *tpo_row_header_new (TpoTimelineParts *parts);

/** tpo_row_header_update: shows @row, which must live as long as it is shown; @row: (nullable) */
void tpo_row_header_update (TpoRowHeader *self, const TpoRow *row);

G_END_DECLS
