#include "video-clips.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static char *folder = NULL;

static const char *
get_folder (void)
{
  if (folder == NULL)
    folder = g_dir_make_tmp ("tpo-video-XXXXXX", NULL);
  g_assert_nonnull (folder);
  return folder;
}

static char *
run (const char *command)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL, *problem = NULL;
  int status = 0;

  if (!g_spawn_command_line_sync (command, &out, &problem, &status, &error))
    g_error ("%s: %s", command, error->message);
  if (!g_spawn_check_wait_status (status, NULL))
    g_error ("%s\n%s", command, problem);
  return g_steal_pointer (&out);
}

char *
tpo_test_clip (const char *name, const char *arguments)
{
  char *path = g_build_filename (get_folder (), name, NULL);
  g_autoptr (GString) full = g_string_new (arguments);
  g_autofree char *command = NULL, *out = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return path;
  g_string_replace (full, "{}", folder, 0);
  command = g_strdup_printf ("ffmpeg -nostdin -v error -y %s \"%s\"", full->str, path);
  out = run (command);
  return path;
}

char *
tpo_test_file (const char *name, gconstpointer bytes, gsize size)
{
  char *path = g_build_filename (get_folder (), name, NULL);

  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  return path;
}

char *
tpo_test_cut (const char *path, const char *name, gsize size)
{
  g_autofree char *bytes = NULL;
  gsize all = 0;

  g_assert_true (g_file_get_contents (path, &bytes, &all, NULL));
  g_assert_cmpuint (size, <=, all);
  return tpo_test_file (name, bytes, size);
}

guint
tpo_test_read_code (const TpoPicture *picture)
{
  const guint8 *bytes = g_bytes_get_data (picture->bytes, NULL);
  guint size = picture->format == TPO_PIXEL_RGB24 ? 3 : 4, code = 0;

  for (guint i = 0; i < 16; i++) {
    gsize x = (gsize) picture->width * (2 * i + 1) / 32;

    if (bytes[picture->height / 2 * picture->stride + x * size + 1] > 127)
      code |= 1u << i;
  }
  return code;
}

GArray *
tpo_test_probe_times (const char *path)
{
  g_autofree char *command = g_strdup_printf (
      "ffprobe -v error -select_streams v:0 -show_entries frame=best_effort_timestamp_time "
      "-of csv=p=0 '%s'",
      path);
  g_autofree char *out = run (command);
  g_auto (GStrv) lines = g_strsplit (out, "\n", -1);
  GArray *times = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 first = 0;

  for (guint i = 0; lines[i] != NULL; i++) {
    gint64 time;

    if (lines[i][0] == 'N') {
      time = -1;
    } else if (g_ascii_isdigit (lines[i][0])) {
      time = (gint64) llround (g_ascii_strtod (lines[i], NULL) * 1e6);
      if (times->len == 0)
        first = time;
      time -= first;
    } else {
      continue;
    }
    g_array_append_val (times, time);
  }
  return times;
}

void
tpo_test_remove_clips (void)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (folder == NULL)
    return;
  dir = g_dir_open (folder, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_unlink (path);
  }
  g_rmdir (folder);
  g_clear_pointer (&folder, g_free);
}
