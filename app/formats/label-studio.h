#pragma once

#include "formats/tpo-formats.h"

G_BEGIN_DECLS

gboolean tpo_label_studio_read (TpoImport *self, GError **error);

/** TPO_LABEL_STUDIO_ATTRIBUTE: begins the "from_name" of regions that hold an object's attributes */
#define TPO_LABEL_STUDIO_ATTRIBUTE "attribute-"

G_END_DECLS
