#pragma once

#include "formats/tpo-formats.h"

G_BEGIN_DECLS

/** tpo_coco_read: COCO instances with the additions of CocoVID, TAO and ByteTrack */
gboolean tpo_coco_read (TpoImport *self, GError **error);

G_END_DECLS
