#pragma once

#include "engine/tpo-engine.h"

/** tpo_follow_copy: Returns: (transfer full): with all that it points to */
TpoFollow *tpo_follow_copy (const TpoFollow *follow);
void tpo_follow_free (TpoFollow *self);

/**
 * tpo_follow_run: does what tpo_engine_follow_async() is asked for, on the thread of @session
 *
 * Objects of @session with the numbers that @self uses are forgotten before and after.
 */
gboolean tpo_follow_run (const TpoFollow *self, TpoSession *session, TpoEventFunc on_event,
                         gpointer user_data, GCancellable *cancellable, GError **error);
