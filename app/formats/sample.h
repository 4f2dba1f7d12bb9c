#pragma once

#include "formats/export-private.h"
#include "formats/import-private.h"

/*
 * A video with all its spans and tracks as one JSON object, for packages that trainers load:
 *
 *   {"file_name", "video", "width", "height", "n_frames", "duration",
 *    "spans": [{"start", "end", "label", "text", "status"}],
 *    "tracks": [{"kind", "label", "text", "status", "start", "end", "frames": […],
 *                "xyxy": [[…] or null, …], "rle": ["…" or null, …]}]}
 *
 * Boxes are normalised, masks COCO's run lengths of the video's size; frames are keyframes, at which
 * null means absent from there on.
 */

G_BEGIN_DECLS

/** tpo_sample_write: @file_name: (nullable): of the video within the package */
gboolean tpo_sample_write (TpoExport *self, TpoJsonWriter *json, const char *file_name,
                           const TpoExportVideo *names, const TpoVideoRecord *video,
                           GPtrArray *annotations, GError **error);

/**
 * tpo_sample_read: one object
 *
 * Also takes the plain form {"file_name", "text", "windows": [[start, end], …]}.
 *
 * Returns: false with an error other than @json's
 */
gboolean tpo_sample_read (TpoImport *self, TpoJsonReader *json, GError **error);

G_END_DECLS
