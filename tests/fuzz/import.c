#include "fuzz.h"

#include <glib/gstdio.h>

#include "formats/tpo-import.h"
#include "store/tpo-store-videos.h"

/*
 * Any file that an import may be given. The first line names the format, or a folder's format with the
 * path of the file in it, "davis Annotations/480p/clip7/00000.png"; the rest is the file. A file at
 * the top of such a folder has "folder" behind it. A small project
 * with one video takes what comes out.
 */

static void
make_project (const char *path)
{
  gint64 times_us[50];
  TpoVideoRecord video = { .uri = (char *) "file:///videos/clip7.mp4",
                           .content_hash = (char *) "sha256:0",
                           .width = 64,
                           .height = 36,
                           .duration_us = 1000000,
                           .n_frames = 50,
                           .frame_times_us = times_us };
  g_autoptr (TpoStore) store = tpo_store_open (path, TPO_STORE_DEFAULT, NULL);

  for (guint i = 0; i < 50; i++)
    times_us[i] = i * 20000;
  g_assert (store != NULL && tpo_store_add_video (store, &video, NULL) != 0);
}

/* A copy of a project that is made once: its tables take longer than most imports. */
static TpoStore *
open_project (const char *folder)
{
  static char *content;
  static gsize size;
  g_autofree char *path = g_build_filename (folder, "project.tpo", NULL);
  TpoStore *store;

  if (content == NULL) {
    g_autofree char *model = g_build_filename (folder, "model.tpo", NULL);

    make_project (model);
    g_assert (g_file_get_contents (model, &content, &size, NULL));
  }
  g_assert (g_file_set_contents_full (path, content, (gssize) size, G_FILE_SET_CONTENTS_NONE,
                                      0600, NULL));
  store = tpo_store_open (path, TPO_STORE_DEFAULT, NULL);
  g_assert (store != NULL);
  return store;
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  for (const char *name; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR))
      remove_folder (child);
    else
      g_unlink (child);
  }
  g_rmdir (path);
}

static void
run_import (const char *folder, const TpoFormat *format, const char *name)
{
  g_autofree char *path = g_build_filename (folder, "data", name, NULL);
  g_autoptr (GFile) source = g_file_new_for_path (path);
  g_autoptr (TpoStore) store = open_project (folder);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoImport) import = NULL;

  tpo_import_detect (source, NULL, NULL); /* whatever it says */
  import = tpo_import_read (store, format, source, NULL, NULL, &error);
  g_assert ((import == NULL) == (error != NULL));
  if (import == NULL)
    return;
  /* What was taken can be saved. */
  tpo_import_commit (import, store, NULL, &error);
  g_assert_no_error (error);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *end = memchr (data, '\n', MIN (size, 200));
  g_autofree char *line =
      end != NULL ? g_strndup ((const char *) data, (gsize) (end - (const char *) data)) : NULL;
  g_auto (GStrv) words = line != NULL ? g_strsplit (line, " ", 3) : NULL;
  const TpoFormat *format =
      words != NULL && words[0] != NULL ? tpo_format_find (words[0]) : NULL;
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  g_autofree char *parent = NULL;
  gboolean is_folder;

  if (format == NULL || format->read == NULL || words[1] == NULL ||
      strstr (words[1], "..") != NULL || words[1][0] == '\0')
    return 0;
  folder = g_dir_make_tmp ("tpo-fuzz-XXXXXX", NULL);
  path = g_build_filename (folder, "data", words[1], NULL);
  parent = g_path_get_dirname (path);
  is_folder = strchr (words[1], '/') != NULL || words[2] != NULL;
  if (g_mkdir_with_parents (parent, 0700) == 0 &&
      g_file_set_contents (path, end + 1,
                           (gssize) (size - (gsize) (end + 1 - (const char *) data)), NULL))
    run_import (folder, format, is_folder ? "" : words[1]);
  remove_folder (folder);
  return 0;
}
