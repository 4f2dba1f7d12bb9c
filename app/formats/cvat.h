#pragma once

#include "formats/tpo-formats.h"
#include "store/tpo-records.h"

G_BEGIN_DECLS

/** tpo_cvat_read: a document, a zip with "annotations.xml", or a folder of documents */
gboolean tpo_cvat_read (TpoImport *self, GError **error);

/** tpo_cvat_input_types: what CVAT calls types of attributes */
extern const char *const tpo_cvat_input_types[TPO_ATTRIBUTE_TYPE_COUNT];

/** tpo_cvat_is_own: whether an attribute of that name is of our making: that of spans, or of texts */
gboolean tpo_cvat_is_own (const char *attribute);

G_END_DECLS
