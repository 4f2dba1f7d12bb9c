#include "config.h"

#include "files/shown-name.h"

char *
tpo_shown_name (GFile *file)
{
  g_autofree char *base = g_file_get_basename (file);

  if (base == NULL || g_str_equal (base, G_DIR_SEPARATOR_S))
    return g_file_get_parse_name (file);
  return g_filename_display_name (base);
}
