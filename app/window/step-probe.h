#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * TpoStepProbe:
 *
 * Records how long the main thread is busy at a stretch, for the measurement in tests/app/steps.py.
 * A step is what one turn of the main loop does between waking up and waiting again; nothing on the
 * screen moves meanwhile.
 */
typedef struct _TpoStepProbe TpoStepProbe;

/**
 * tpo_step_probe_new:
 * @path: of a text file with a line for each step: when it began (monotonic clock), how long it
 *   took, how much of that the thread was computing, all in microseconds
 *
 * Returns: (transfer full) (nullable): %NULL with the error of opening the file
 */
TpoStepProbe *tpo_step_probe_new (const char *path, GError **error);
void tpo_step_probe_free (TpoStepProbe *self);

G_END_DECLS
