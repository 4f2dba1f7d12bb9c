#pragma once

#include <gio/gio.h>

/**
 * tpo_settings_new:
 *
 * The user's preferences; the schema says what there is. It is looked for among the installed ones and then where the
 * program was built, so that a build can be tried in place.
 *
 * Returns: (transfer full) (nullable): %NULL where it is in neither: the program is not completely installed
 */
GSettings *tpo_settings_new (void);
