#pragma once

#include "formats/tpo-formats.h"

G_BEGIN_DECLS

/** tpo_cvat_read: a document, a zip with "annotations.xml", or a folder of documents */
gboolean tpo_cvat_read (TpoImport *self, GError **error);

G_END_DECLS
