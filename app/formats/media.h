#pragma once

#include "formats/export-private.h"

/* The videos themselves, for packages that carry them. */

G_BEGIN_DECLS

/** tpo_media_extension: ".mp4" of the file's name. Returns: (transfer none): ".mp4" when it has none */
const char *tpo_media_extension (const TpoExportVideo *names);

/**
 * tpo_media_open:
 * @size: (out): bytes
 *
 * Returns: (transfer full) (nullable): %NULL when the file is not there, which is counted
 */
GInputStream *tpo_media_open (TpoExport *self, const TpoExportVideo *names, goffset *size);

/** tpo_media_copy: copies the file to @path of the export; one that is not there is no error */
gboolean tpo_media_copy (TpoExport *self, const TpoExportVideo *names, const char *path,
                         GError **error);

/** TpoMediaFunc: takes a part of the file. Returns: false with an error to stop */
typedef gboolean (*TpoMediaFunc) (gconstpointer bytes, gsize size, gpointer data,
                                  GError **error);

/** tpo_media_each_part: the whole stream, a part at a time */
gboolean tpo_media_each_part (TpoExport *self, GInputStream *stream, TpoMediaFunc func,
                              gpointer data, GError **error);

G_END_DECLS
