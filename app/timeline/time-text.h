#pragma once

#include <glib.h>

/**
 * tpo_time_parse:
 * @text: "12.48", "1:02.5" or "1:02:03.004", with blanks around it
 * @time_us: (out)
 *
 * Returns: whether it is a time
 */
gboolean tpo_time_parse (const char *text, gint64 *time_us);
