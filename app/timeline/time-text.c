#include "config.h"

#include "timeline/time-text.h"

#include <math.h>

/* Hours, minutes and seconds, each of which may be left out from the front. */
gboolean
tpo_time_parse (const char *text, gint64 *time_us)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_auto (GStrv) parts = g_strsplit (stripped, ":", -1);
  guint n = g_strv_length (parts);
  double seconds = 0.0;

  if (n == 0 || n > 3)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    char *end = NULL;
    double value = g_ascii_strtod (parts[i], &end);
    gboolean is_last = i + 1 == n;

    if (!g_ascii_isdigit (parts[i][0]) || *end != '\0' || !isfinite (value) ||
        (!is_last && value != floor (value)) || (i > 0 && value >= 60.0))
      return FALSE;
    seconds = seconds * 60.0 + value;
  }
  if (seconds > 1e9)
    return FALSE;
  *time_us = (gint64) llround (seconds * 1e6);
  return TRUE;
}
