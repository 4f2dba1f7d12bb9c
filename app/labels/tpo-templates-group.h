#pragma once

#include <adwaita.h>

#include "document/tpo-document.h"

G_BEGIN_DECLS

#define TPO_TYPE_TEMPLATES_GROUP (tpo_templates_group_get_type ())
G_DECLARE_FINAL_TYPE (TpoTemplatesGroup, tpo_templates_group, TPO, TEMPLATES_GROUP,
                      AdwPreferencesGroup)

/** tpo_templates_group_set_document: @document: whose labels templates add to, and are made from */
void tpo_templates_group_set_document (TpoTemplatesGroup *self, TpoDocument *document);

G_END_DECLS
