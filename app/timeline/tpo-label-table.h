#pragma once

#include <gtk/gtk.h>

#include "document/tpo-document.h"
#include "player/tpo-player.h"

G_BEGIN_DECLS

#define TPO_TYPE_LABEL_TABLE (tpo_label_table_get_type ())
G_DECLARE_FINAL_TYPE (TpoLabelTable, tpo_label_table, TPO, LABEL_TABLE, GtkWidget)

/**
 * TpoLabelTable:
 *
 * The labels of the open video as a table that sorts by any column, searches and filters. What is
 * selected here is selected everywhere, and the other way about; label, text and times are edited
 * in their cells. A row that is activated is shown in the player.
 */
GtkWidget *tpo_label_table_new (TpoDocument *document, TpoPlayer *player);

/**
 * tpo_label_table_find_place: of the selected label's row, or of the bar where that is out of
 * sight. @place: (out): in coordinates of @in
 */
void tpo_label_table_find_place (TpoLabelTable *self, GtkWidget *in, GdkRectangle *place);

/** tpo_label_table_add_start: puts @widget, which is taken over, at the start of the bar above the table */
void tpo_label_table_add_start (TpoLabelTable *self, GtkWidget *widget);

G_END_DECLS
