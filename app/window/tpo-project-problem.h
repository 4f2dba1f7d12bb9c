#pragma once

#include <adwaita.h>

#include "store/tpo-store.h"

G_BEGIN_DECLS

#define TPO_TYPE_PROJECT_PROBLEM (tpo_project_problem_get_type ())
G_DECLARE_FINAL_TYPE (TpoProjectProblem, tpo_project_problem, TPO, PROJECT_PROBLEM, AdwWindow)

/**
 * TpoProjectProblem:
 *
 * What to do where a project is not there or cannot be opened: find it, read it only, make a new
 * one. Nothing is made or changed before the user says so.
 *
 * Signals: "chosen" (string path, uint of TpoStoreFlags): where to work; the window stays until
 * that has worked.
 */

/**
 * tpo_project_problem_new:
 * @error: (nullable): why it cannot be opened; %NULL: there is no such file
 */
GtkWidget *tpo_project_problem_new (const char *path, const GError *error);

/** tpo_is_project: whether @file is one by its name */
gboolean tpo_is_project (GFile *file);

/** tpo_project_filters: projects, or all files. Returns: (transfer full): list of GtkFileFilter */
GListModel *tpo_project_filters (void);

G_END_DECLS
