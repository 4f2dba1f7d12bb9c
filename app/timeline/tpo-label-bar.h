#pragma once

#include <adwaita.h>

#include "document/tpo-document.h"
#include "timeline/label-table.h"

G_BEGIN_DECLS

#define TPO_TYPE_LABEL_BAR (tpo_label_bar_get_type ())
G_DECLARE_FINAL_TYPE (TpoLabelBar, tpo_label_bar, TPO, LABEL_BAR, AdwBin)

/**
 * TpoLabelBar:
 *
 * The bar above the table of labels: which of them are wanted, and how many these are. In a narrow
 * window it is scrolled by the keyboard or the wheel, not cut off.
 *
 * Signal "changed": others are wanted.
 */
GtkWidget *tpo_label_bar_new (TpoDocument *document);

/** tpo_label_bar_get_filter: Returns: (transfer none): valid until "changed" */
const TpoLabelFilter *tpo_label_bar_get_filter (TpoLabelBar *self);

/** tpo_label_bar_is_filtering: Returns: whether less than all labels are wanted */
gboolean tpo_label_bar_is_filtering (TpoLabelBar *self);

/** tpo_label_bar_refresh: once labels have changed, or another video is open */
void tpo_label_bar_refresh (TpoLabelBar *self);

/** tpo_label_bar_set_count: how many labels the table has */
void tpo_label_bar_set_count (TpoLabelBar *self, guint n);

/** tpo_label_bar_add_start: puts @widget, which is taken over, at its start */
void tpo_label_bar_add_start (TpoLabelBar *self, GtkWidget *widget);

G_END_DECLS
