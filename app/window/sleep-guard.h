#pragma once

#include <gtk/gtk.h>

#include "engine/tpo-engine.h"

G_BEGIN_DECLS

/**
 * TpoSleepGuard:
 *
 * Keeps the computer from falling asleep by itself while the engine works: questions to many videos and
 * long tracks run without anybody touching the keyboard. Where the desktop knows no such wish, nothing
 * happens.
 */
typedef struct _TpoSleepGuard TpoSleepGuard;

/**
 * tpo_sleep_guard_new:
 * @application: must have started, and not yet shut down when the guard is freed
 *
 * Returns: (transfer full)
 */
TpoSleepGuard *tpo_sleep_guard_new (GtkApplication *application, TpoEngine *engine);
void tpo_sleep_guard_free (TpoSleepGuard *self);

G_END_DECLS
