#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TPO_TYPE_TEMPLATES (tpo_templates_get_type ())
G_DECLARE_FINAL_TYPE (TpoTemplates, tpo_templates, TPO, TEMPLATES, GtkPopover)

/**
 * tpo_templates_new: questions with a part to fill in, built in and the user's own
 * @field: the one that is chosen goes there, with that part selected; what is typed there can
 *   become a template
 * @settings: keeps the user's own; shared
 */
GtkWidget *tpo_templates_new (GtkEditable *field, GSettings *settings);

G_END_DECLS
