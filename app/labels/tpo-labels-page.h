#pragma once

#include <adwaita.h>

#include "document/tpo-document.h"

G_BEGIN_DECLS

#define TPO_TYPE_LABELS_PAGE (tpo_labels_page_get_type ())
G_DECLARE_FINAL_TYPE (TpoLabelsPage, tpo_labels_page, TPO, LABELS_PAGE, AdwPreferencesPage)

/** tpo_labels_page_new: the project's label schema, to be edited: names, colours, number keys, attributes */
GtkWidget *tpo_labels_page_new (TpoDocument *document);

G_END_DECLS
