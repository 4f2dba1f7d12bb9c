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

/** tpo_export_count_skipped: masks of @frames (element-type TpoTrackFrame) between every @step-th frame */
void tpo_export_count_skipped (TpoExport *self, const GArray *frames, gint64 step);

/**
 * tpo_export_write_object: the masks of @track as object 1, a picture for every @step-th frame of the
 * video, empty where there is no mask; counts those between
 */
gboolean tpo_export_write_object (TpoExport *self, const TpoVideoRecord *video,
                                  TpoAnnotationRecord *track, const char *folder, gint64 step,
                                  GError **error);

/** tpo_import_read_indexed: the masks of @folder, object N being the track of key "N" */
gboolean tpo_import_read_indexed (TpoImport *self, TpoImportVideo *video, GFile *folder,
                                  GError **error);

/**
 * tpo_import_read_objects: a folder in @folder for each object, as SA-V has them: objects may overlap
 *
 * Each picture shows one object, whatever number its pixels have; the track's key is the name of
 * the object's folder.
 */
gboolean tpo_import_read_objects (TpoImport *self, TpoImportVideo *video, GFile *folder,
                                  GError **error);

/** TpoReadSequenceFunc: the masks of one video in its @folder: one of those above */
typedef gboolean (*TpoReadSequenceFunc) (TpoImport *self, TpoImportVideo *video, GFile *folder,
                                         GError **error);

/** tpo_import_read_sequences: a folder in @folder for each video, of its name */
gboolean tpo_import_read_sequences (TpoImport *self, GFile *folder, TpoReadSequenceFunc read,
                                    GError **error);

G_END_DECLS
