#pragma once

#include <adwaita.h>

#include "library/tpo-library.h"

G_BEGIN_DECLS

#define TPO_TYPE_MODELS_PAGE (tpo_models_page_get_type ())
G_DECLARE_FINAL_TYPE (TpoModelsPage, tpo_models_page, TPO, MODELS_PAGE, AdwPreferencesPage)

/**
 * tpo_models_page_new: the models on this computer, which one answers, and the download and import of others
 * @settings: of tpo_settings_new()
 */
GtkWidget *tpo_models_page_new (TpoLibrary *library, GSettings *settings);

G_END_DECLS
