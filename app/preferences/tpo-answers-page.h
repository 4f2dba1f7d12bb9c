#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TPO_TYPE_ANSWERS_PAGE (tpo_answers_page_get_type ())
G_DECLARE_FINAL_TYPE (TpoAnswersPage, tpo_answers_page, TPO, ANSWERS_PAGE, AdwPreferencesPage)

/**
 * tpo_answers_page_new: how answers are worded: greedily or drawn, how long
 * @settings: of tpo_settings_new()
 */
GtkWidget *tpo_answers_page_new (GSettings *settings);

G_END_DECLS
