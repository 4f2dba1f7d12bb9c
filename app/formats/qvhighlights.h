#pragma once

#include "formats/tpo-formats.h"

G_BEGIN_DECLS

#define TPO_QVHIGHLIGHTS_CLIP_US (2 * G_USEC_PER_SEC)

/* 24 days: a damaged duration must not fill memory */
#define TPO_QVHIGHLIGHTS_MAX_CLIPS (G_GINT64_CONSTANT (1) << 20)

/* The model's name of a curve that is people's ratings, 0 … 4. */
#define TPO_QVHIGHLIGHTS_RATERS "QVHighlights ratings"

/**
 * tpo_qvhighlights_clip: whether @vid is called as the data set's clips are, ID_START_END
 * @n: (out): bytes of the ID
 * @start_s: (out): where in the whole video the clip begins
 */
gboolean tpo_qvhighlights_clip (const char *vid, gsize *n, double *start_s);

gboolean tpo_qvhighlights_read (TpoImport *self, GError **error);

G_END_DECLS
