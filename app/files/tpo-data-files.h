#pragma once

#include <glib.h>

/**
 * tpo_data_file:
 * @name: a file that ships with the program: "tpo-nano.gguf", "clips/park.mp4"
 *
 * Looks in TPO_DATA_PATH of the environment, then in the installed data folder, then in the source
 * tree that the program was built from, so that a build can be tried in place.
 *
 * Returns: (transfer full) (nullable): its path, or %NULL when it is in neither
 */
char *tpo_data_file (const char *name);

/**
 * tpo_locale_folder: where translations are, "zh_CN/LC_MESSAGES/…" below it
 *
 * The installed folder if this program's translations are there, else the folder that it was built in.
 */
const char *tpo_locale_folder (void);
