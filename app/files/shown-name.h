#pragma once

#include <gio/gio.h>

/**
 * tpo_shown_name: what a message calls @file: its name without the folders, which make a sentence long and say
 * nothing to who has just chosen it; of the root of a disk, its address
 *
 * Returns: (transfer full): UTF-8
 */
char *tpo_shown_name (GFile *file);
