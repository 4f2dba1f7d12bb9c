#pragma once

#include <gtk/gtk.h>

#include "document/tpo-document.h"

G_BEGIN_DECLS

#define TPO_TYPE_LABEL_CHOOSER (tpo_label_chooser_get_type ())
G_DECLARE_FINAL_TYPE (TpoLabelChooser, tpo_label_chooser, TPO, LABEL_CHOOSER, GtkPopover)

/**
 * tpo_label_chooser_new:
 *
 * What @annotation is: its label, chosen from the project's or named anew, and the label's attributes.
 */
GtkWidget *tpo_label_chooser_new (TpoDocument *document, TpoAnnotation *annotation);

G_END_DECLS
