#pragma once

#include "formats/import-private.h"

/* Zip and tar, by libarchive; nothing is ever unpacked into the file system. */

G_BEGIN_DECLS

/** TpoArchiveFunc: a regular member; false with an error ends the reading */
typedef gboolean (*TpoArchiveFunc) (const char *name, GBytes *content, gpointer data,
                                    GError **error);

/**
 * tpo_archive_read:
 * @suffix: of the members wanted
 * @func: called for each of them, in the archive's order
 *
 * Members with a path that leads out, and what unpacks to more than a member may have, are refused.
 */
gboolean tpo_archive_read (TpoImport *self, GFile *file, const char *suffix,
                           TpoArchiveFunc func, gpointer data, GError **error);

/** tpo_archive_extract: the content of the member @name. Returns: (transfer full): or %NULL with an error */
GBytes *tpo_archive_extract (TpoImport *self, GFile *file, const char *name, GError **error);

G_END_DECLS
