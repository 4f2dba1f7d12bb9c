#pragma once

#include "formats/tpo-formats.h"

G_BEGIN_DECLS

#define TPO_QVHIGHLIGHTS_CLIP_US (2 * G_USEC_PER_SEC)

/* 24 days: a damaged duration must not fill memory */
#define TPO_QVHIGHLIGHTS_MAX_CLIPS (G_GINT64_CONSTANT (1) << 20)

/* The model's name of a curve that is people's ratings, 0 … 4. */
#define TPO_QVHIGHLIGHTS_RATERS "QVHighlights ratings"

gboolean tpo_qvhighlights_read (TpoImport *self, GError **error);

G_END_DECLS
