#pragma once

#include "formats/export-private.h"
#include "formats/import-private.h"

/*
 * What LaSOT and GOT-10k share: a folder for each object, in it "groundtruth.txt" with a line
 * "x,y,w,h" for each frame of the video, and marks of the frames where it is not seen. The folder's
 * name is none of a video: the description beside says which one it is of.
 */

G_BEGIN_DECLS

/** tpo_export_write_lines: a line a frame; @n_decimals of the numbers; all zero where it is absent */
gboolean tpo_export_write_lines (TpoExport *self, const TpoVideoRecord *video, GArray *frames,
                                 const char *folder, guint n_decimals, GError **error);

/**
 * tpo_export_write_marks: a file with a number for each frame
 * @separator: between them, "," or "\n"
 * @when_here, @when_absent: the numbers
 */
gboolean tpo_export_write_marks (TpoExport *self, const TpoVideoRecord *video, GArray *frames,
                                 const char *path, const char *separator, int when_here,
                                 int when_absent, GError **error);

/**
 * tpo_import_read_lines:
 * @folder: of the object; its name names the video, by the description or itself
 * @marks: (nullable): files with marks that are not 0 where the object is absent; ends with %NULL
 * @track: (out) (nullable): %NULL when the video is not there
 */
gboolean tpo_import_read_lines (TpoImport *self, GFile *folder, const char *const *marks,
                                TpoImportItem **track, GError **error);

G_END_DECLS
