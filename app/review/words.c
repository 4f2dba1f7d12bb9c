#include "config.h"

#include "review/words.h"

#include <glib/gi18n.h>

static const glong SHORT_LETTERS = 500;

char *
tpo_words_time (gint64 time_us, gboolean with_ms)
{
  gint64 time_s = time_us / G_USEC_PER_SEC;
  g_autofree char *ms = with_ms
                            ? g_strdup_printf (".%03d", (int) (time_us % G_USEC_PER_SEC / 1000))
                            : g_strdup ("");

  return time_s >= 3600
             ? g_strdup_printf ("%d:%02d:%02d%s", (int) (time_s / 3600),
                                (int) (time_s / 60 % 60), (int) (time_s % 60), ms)
             : g_strdup_printf ("%d:%02d%s", (int) (time_s / 60), (int) (time_s % 60), ms);
}

const char *
tpo_words_provenance (TpoProvenance provenance)
{
  static const char *const words[TPO_PROVENANCE_COUNT] = {
    [TPO_PROVENANCE_HUMAN] = N_ ("by hand"),
    [TPO_PROVENANCE_MODEL] = N_ ("by the model"),
    [TPO_PROVENANCE_MODEL_CORRECTED] = N_ ("by the model, corrected"),
    [TPO_PROVENANCE_INTERPOLATED] = N_ ("interpolated"),
    [TPO_PROVENANCE_IMPORTED] = N_ ("imported"),
  };

  return _ (words[provenance]);
}

char *
tpo_words_short (const char *text)
{
  const char *end = text;

  for (glong i = 0; i < SHORT_LETTERS && *end != '\0'; i++)
    end = g_utf8_next_char (end);
  return *end == '\0' ? g_strdup (text) : g_strdup_printf ("%.*s…", (int) (end - text), text);
}
