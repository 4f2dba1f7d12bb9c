#pragma once

#include "formats/export-private.h"

G_BEGIN_DECLS

/** TpoCocoInstance: an annotation as it was written */
typedef struct {
  gint64 annotation_id, image_id, category_id;
  gint64 frame; /* of the video */
  const TpoExportVideo *names;
  const TpoAnnotationRecord *track;
} TpoCocoInstance;

typedef void (*TpoCocoInstanceFunc) (const TpoCocoInstance *instance, gpointer data);

/**
 * tpo_coco_write: COCO into export->json, and the list of images into another file
 * @frames_name: as for tpo_export_open()
 * @func: (nullable): called for each annotation
 */
gboolean tpo_coco_write (TpoExport *export, const char *frames_name, TpoCocoInstanceFunc func,
                         gpointer data, GError **error);

/** tpo_coco_read: COCO instances with the additions of CocoVID, TAO and ByteTrack */
gboolean tpo_coco_read (TpoImport *self, GError **error);

/**
 * tpo_coco_read_file:
 * @items: (nullable): gets annotation's id (gint64) → TpoImportItem
 */
gboolean tpo_coco_read_file (TpoImport *self, GFile *file, GHashTable *items, GError **error);

G_END_DECLS
