#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TPO_TYPE_AUTHOR_PAGE (tpo_author_page_get_type ())
G_DECLARE_FINAL_TYPE (TpoAuthorPage, tpo_author_page, TPO, AUTHOR_PAGE, AdwPreferencesPage)

/**
 * tpo_author_page_new: who corrects
 * @settings: of tpo_settings_new()
 */
GtkWidget *tpo_author_page_new (GSettings *settings);

G_END_DECLS
