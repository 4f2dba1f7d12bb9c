#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** tpo_words_time: "0:04", "1:02:03"; @with_ms: "0:04.120". Returns: (transfer full) */
char *tpo_words_time (gint64 time_us, gboolean with_ms);

G_END_DECLS
