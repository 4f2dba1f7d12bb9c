#include "llava-folder.h"

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include <tpo/convert.h>

/* The tiny model's folder, with more at the start of config.json. */
static void
make_folder (const char *source, const char *folder, const char *settings)
{
  g_autoptr (GDir) dir = g_dir_open (source, 0, NULL);

  for (const char *name; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *from = g_build_filename (source, name, NULL);
    g_autofree char *to = g_build_filename (folder, name, NULL);
    g_autofree char *text = NULL, *changed = NULL;

    if (strcmp (name, "config.json") != 0) {
      g_assert_cmpint (symlink (from, to), ==, 0);
      continue;
    }
    g_assert_true (g_file_get_contents (from, &text, NULL, NULL));
    changed = g_strconcat ("{", settings, strchr (text, '{') + 1, NULL);
    g_assert_true (g_file_set_contents (to, changed, -1, NULL));
  }
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  for (const char *name; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_unlink (path);
  }
  g_rmdir (folder);
}

gboolean
llava_convert (const char *source, const char *settings, const char *output, GError **error)
{
  const TpoConvertOptions options = { .storage = TPO_STORAGE_F32 };
  g_autofree char *folder = g_dir_make_tmp ("tpo-tiles-XXXXXX", NULL);
  TpoConvertReport report;
  gboolean ok;

  make_folder (source, folder, settings);
  ok = tpo_convert (folder, output, &options, &report, error);
  tpo_convert_report_clear (&report);
  remove_folder (folder);
  return ok;
}
