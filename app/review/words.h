#pragma once

#include "store/tpo-records.h"

G_BEGIN_DECLS

/** tpo_words_time: "0:04", "1:02:03"; @with_ms: "0:04.120". Returns: (transfer full) */
char *tpo_words_time (gint64 time_us, gboolean with_ms);

/** tpo_words_provenance: "by hand", to stand in the middle of a sentence. Returns: translated */
const char *tpo_words_provenance (TpoProvenance provenance);

/** tpo_words_short: as much of @text as a row can show: labels lay out all that they get. Returns: (transfer full) */
char *tpo_words_short (const char *text);

G_END_DECLS
