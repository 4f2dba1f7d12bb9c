#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TPO_TYPE_FLOW_LABEL (tpo_flow_label_get_type ())
G_DECLARE_FINAL_TYPE (TpoFlowLabel, tpo_flow_label, TPO, FLOW_LABEL, GtkWidget)

/**
 * TpoFlowLabel:
 *
 * A text that can be selected, with widgets that flow in it like words.
 */
GtkWidget *tpo_flow_label_new (void);

/**
 * tpo_flow_label_set_markup:
 * @markup: with TPO_CHIP_PLACE for each of the widgets, in their order
 * @chips: [n_chips] without parents, or in this or another such label
 */
void tpo_flow_label_set_markup (TpoFlowLabel *self, const char *markup, GtkWidget *const *chips,
                                guint n_chips);

/**
 * tpo_flow_label_set_marker: @marker: stands before the first line, such as "•" or "2."; the text
 * keeps clear of it
 */
void tpo_flow_label_set_marker (TpoFlowLabel *self, const char *marker);

/** tpo_flow_label_get_label: to style it, and for its links. Returns: (transfer none) */
GtkLabel *tpo_flow_label_get_label (TpoFlowLabel *self);

G_END_DECLS
