#pragma once

#include <glib.h>

/**
 * tpo_file_read: whole content of a small file, at most @max_size bytes
 *
 * Returns: (transfer full) (nullable): %NULL with TPO_ERROR_IO if it cannot be read,
 *   TPO_ERROR_FORMAT if it is larger
 */
GBytes *tpo_file_read (const char *path, gsize max_size, GError **error);

/**
 * tpo_file_map: read-only mapping of a file of any size
 *
 * The file must not shrink while the mapping lives; replacing it by rename is safe.
 *
 * Returns: (transfer full) (nullable): %NULL with TPO_ERROR_IO
 */
GBytes *tpo_file_map (const char *path, GError **error);
