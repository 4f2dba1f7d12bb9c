#pragma once

#include <adwaita.h>

#include "document/tpo-document.h"

G_BEGIN_DECLS

#define TPO_TYPE_LABEL_ROW (tpo_label_row_get_type ())
G_DECLARE_FINAL_TYPE (TpoLabelRow, tpo_label_row, TPO, LABEL_ROW, AdwExpanderRow)

/** tpo_label_row_new: one label of the schema: its colour, and unfolded its name, key and attributes */
GtkWidget *tpo_label_row_new (TpoDocument *document, TpoLabel *label);

gint64 tpo_label_row_get_label_id (TpoLabelRow *self);

/** tpo_label_row_set_n_annotations: how many of the project carry the label; not shown until it is set */
void tpo_label_row_set_n_annotations (TpoLabelRow *self, gint64 n_annotations);

G_END_DECLS
