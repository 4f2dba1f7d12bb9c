#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TPO_TYPE_SHORTCUTS_PAGE (tpo_shortcuts_page_get_type ())
G_DECLARE_FINAL_TYPE (TpoShortcutsPage, tpo_shortcuts_page, TPO, SHORTCUTS_PAGE,
                      AdwPreferencesPage)

/** tpo_shortcuts_page_new: all actions of the table of shortcuts, with their keys to be changed */
GtkWidget *tpo_shortcuts_page_new (GSettings *settings);

G_END_DECLS
