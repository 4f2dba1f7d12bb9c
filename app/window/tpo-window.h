#pragma once

#include <adwaita.h>

#include "document/tpo-document.h"
#include "window/tpo-application.h"

G_BEGIN_DECLS

#define TPO_TYPE_WINDOW (tpo_window_get_type ())
G_DECLARE_FINAL_TYPE (TpoWindow, tpo_window, TPO, WINDOW, AdwApplicationWindow)

/** tpo_window_new: @store is taken over, @engine and @settings are shared */
TpoWindow *tpo_window_new (TpoApplication *application, TpoStore *store, TpoEngine *engine,
                           GSettings *settings);

/** tpo_window_open: indexes and shows a video; says in a toast why it cannot */
void tpo_window_open (TpoWindow *self, GFile *file);

/**
 * tpo_window_open_last: the video of last time; if it has gone, asks where it is. Returns: whether
 * there is one
 */
gboolean tpo_window_open_last (TpoWindow *self);

/** tpo_window_get_store: of its project. Returns: (transfer none) */
TpoStore *tpo_window_get_store (TpoWindow *self);

/** tpo_window_open_first: the video of last time, or the bundled clip at the first start */
void tpo_window_open_first (TpoWindow *self);

/** tpo_window_toast: @text is no markup. @with_undo: offers to take the last step back */
void tpo_window_toast (TpoWindow *self, const char *text, gboolean with_undo);

/** tpo_window_toast_button: @label: (nullable): of a button, with a mnemonic, that does @action */
void tpo_window_toast_button (TpoWindow *self, const char *text, const char *label,
                              const char *action);

/** tpo_window_show_problem: a state that lasts, above the content */
void tpo_window_show_problem (TpoWindow *self, const char *text);

G_END_DECLS
