#pragma once

#include "formats/tpo-formats.h"

G_BEGIN_DECLS

gboolean tpo_instruct_read (TpoImport *self, GError **error);

G_END_DECLS
