#pragma once

#include <glib.h>

/**
 * tpo_settings_to_words: what a prediction was made with, for people
 * @json: as tpo_answer_settings_to_json() and tpo_track_settings() write it, or another version
 *   of the program did
 *
 * Returns: (transfer full): a line for each setting that has a name here; empty where @json is no
 *   object
 */
char *tpo_settings_to_words (const char *json);
