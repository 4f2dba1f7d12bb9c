#include "config.h"

#include "files/tpo-data-files.h"

char *
tpo_data_file (const char *name)
{
  const char *folders[] = { g_getenv ("TPO_DATA_PATH"), TPO_DATA_DIR, TPO_SOURCE_DATA_DIR };

  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *path =
        folders[i] != NULL ? g_build_filename (folders[i], name, NULL) : NULL;

    if (path != NULL && g_file_test (path, G_FILE_TEST_IS_REGULAR))
      return g_steal_pointer (&path);
  }
  return NULL;
}

const char *
tpo_locale_folder (void)
{
  const char *installed = TPO_LOCALE_DIR "/zh_CN/LC_MESSAGES/" GETTEXT_PACKAGE ".mo";

  return g_file_test (installed, G_FILE_TEST_IS_REGULAR) ? TPO_LOCALE_DIR
                                                         : TPO_BUILD_LOCALE_DIR;
}
