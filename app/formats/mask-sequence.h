#pragma once

#include "formats/export-private.h"
#include "formats/import-private.h"

/* Folders of indexed pictures, one a frame, as DAVIS has them: "00012.png", index N the object N. */

G_BEGIN_DECLS

/**
 * tpo_export_mask_tracks: of @annotations, by first appearance, at most as many as indices allow.
 * (transfer container)
 */
GPtrArray *tpo_export_mask_tracks (TpoExport *self, GPtrArray *annotations);

/**
 * tpo_export_write_indexed:
 * @tracks: (element-type TpoAnnotationRecord): object 1, 2, …
 * @folder: in the export's folder
 *
 * Writes a picture for each frame from the first that has a mask to the last. Where masks overlap the
 * later object is on top, which is counted.
 */
gboolean tpo_export_write_indexed (TpoExport *self, const TpoVideoRecord *video,
                                   GPtrArray *tracks, const char *folder, GError **error);

/** tpo_import_read_indexed: the masks of @folder, object N being the track of key "N" */
gboolean tpo_import_read_indexed (TpoImport *self, TpoImportVideo *video, GFile *folder,
                                  GError **error);

G_END_DECLS
