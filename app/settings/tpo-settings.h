#pragma once

#include <gio/gio.h>

/**
 * tpo_settings_new:
 *
 * The user's preferences; the schema says what there is. It is looked for among the installed ones
 * and then where the program was built, so that a build can be tried in place.
 *
 * Returns: (transfer full) (nullable): %NULL where it is in neither: the program is not completely installed
 */
GSettings *tpo_settings_new (void);

/**
 * tpo_settings_remember: sets an action's state to what @key says, and @key to every later state
 *
 * Windows do not follow each other: the last choice is what the next window begins with. @settings
 * is kept as long as
 * @actions.
 */
void tpo_settings_remember (GSettings *settings, const char *key, GActionGroup *actions,
                            const char *name);
