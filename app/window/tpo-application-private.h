#pragma once

#include "library/tpo-library.h"
#include "window/sleep-guard.h"
#include "window/step-probe.h"
#include "window/tpo-window.h"

struct _TpoApplication {
  AdwApplication parent_instance;

  GSettings *settings;
  TpoEngine *engine;
  TpoSleepGuard *guard; /* with @engine */
  TpoLibrary *library;
  GHashTable *runners;   /* path of a project → TpoQuestionRunner */
  TpoModelEntry *wanted; /* nullable: chosen, and remembered once it is in use */
  char *project;         /* nullable: for the next window; %NULL: the usual one */
  char *model, *device;
  TpoStepProbe *probe; /* nullable */

  TpoStoreFlags project_flags;
  gboolean may_create; /* the user wants a new project there */
  gboolean is_chosen;  /* @project, in the program: it is opened at the next start, too */
  GtkWidget *problem;  /* nullable: asks what to do without the project; owned by GTK */
  GPtrArray *waiting;  /* nullable: of GFile, to be opened once there is a project */
};

/**
 * tpo_application_new_window: on @project. Returns: (transfer none) (nullable): %NULL: the user is
 * asked about the project first
 */
TpoWindow *tpo_application_new_window (TpoApplication *self);

/**
 * tpo_application_get_active: the window in use. Returns: (transfer none) (nullable): %NULL also
 * where another kind of window is in front
 */
TpoWindow *tpo_application_get_active (TpoApplication *self);

/** tpo_application_notify: what happened in the background, for who looks at none of the windows */
void tpo_application_notify (TpoApplication *self, const char *id, const char *heading,
                             const char *text);

/* ---- tpo-application-models.c ---- */

/**
 * tpo_application_need_engine: makes the one that serves all windows, since there is one device,
 * and the library of models
 */
void tpo_application_need_engine (TpoApplication *self);

/** tpo_application_use_model: change of an action's state; @value: path of a model of the library */
void tpo_application_use_model (GSimpleAction *action, GVariant *value, gpointer user_data);

/* ---- tpo-application-project.c ---- */

/**
 * tpo_application_open_project: opens @project. Returns: (transfer full) (nullable): %NULL: the
 * user is asked about it first
 */
TpoStore *tpo_application_open_project (TpoApplication *self);

/**
 * tpo_application_get_last_project: Returns: (transfer full) (nullable): path of what was chosen
 * last; %NULL: the usual one
 */
char *tpo_application_get_last_project (TpoApplication *self);

/** tpo_application_keep_project: the next window is for the project of the one in use */
void tpo_application_keep_project (TpoApplication *self);

/**
 * tpo_application_show_project: @file, a project, in the window that has it already, or in one of its own; asks what
 * to do where it is not there
 */
void tpo_application_show_project (TpoApplication *self, GFile *file);

/** tpo_application_create_project: action; asks where, and shows it in a window of its own */
void tpo_application_create_project (GSimpleAction *action, GVariant *parameter,
                                     gpointer user_data);

/** tpo_application_choose_project: action; asks which, and shows it in a window of its own */
void tpo_application_choose_project (GSimpleAction *action, GVariant *parameter,
                                     gpointer user_data);
