#pragma once

#include <adwaita.h>

#include "library/tpo-library.h"

G_BEGIN_DECLS

#define TPO_TYPE_MODEL_ROW (tpo_model_row_get_type ())
G_DECLARE_FINAL_TYPE (TpoModelRow, tpo_model_row, TPO, MODEL_ROW, AdwActionRow)

/**
 * tpo_model_row_new: a model with what it can do, what it takes, and a button that removes it;
 * choosing it is the action "app.use-model"
 */
GtkWidget *tpo_model_row_new (TpoLibrary *library, TpoModelEntry *entry);

G_END_DECLS
