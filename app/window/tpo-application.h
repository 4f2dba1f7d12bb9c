#pragma once

#include <adwaita.h>

#include "store/tpo-store.h"
#include "tasks/tpo-question-runner.h"

G_BEGIN_DECLS

#define TPO_TYPE_APPLICATION (tpo_application_get_type ())
G_DECLARE_FINAL_TYPE (TpoApplication, tpo_application, TPO, APPLICATION, AdwApplication)

TpoApplication *tpo_application_new (void);

/**
 * tpo_application_get_runner: of the project that @store is open on, shared by all windows.
 * Returns: (transfer full)
 */
TpoQuestionRunner *tpo_application_get_runner (TpoApplication *self, TpoStore *store);

/**
 * tpo_application_get_project_name: for people. Returns: (transfer full) (nullable): %NULL for the
 * usual project, which needs none
 */
char *tpo_application_get_project_name (TpoApplication *self, TpoStore *store);

G_END_DECLS
