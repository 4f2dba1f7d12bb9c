#include "fuzz.h"

#include <glib.h>

/*
 * Stands in for the fuzzer's driver in ordinary builds: runs the target on every file of the
 * folders given, so that what fuzzing once found stays found.
 */

static void
replay (gconstpointer data)
{
  const char *path = data;
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &content, &size, &error));
  g_assert_no_error (error);
  g_assert_cmpint (LLVMFuzzerTestOneInput ((const uint8_t *) content, size), ==, 0);
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  g_test_init (&argc, &argv, NULL);
  for (int i = 1; i < argc; i++) {
    g_autoptr (GDir) folder = g_dir_open (argv[i], 0, NULL);
    const char *name;

    g_assert_nonnull (folder);
    while ((name = g_dir_read_name (folder)) != NULL) {
      char *path = g_build_filename (argv[i], name, NULL);
      g_autofree char *test = g_strconcat ("/replay/", name, NULL);

      g_ptr_array_add (paths, path);
      g_test_add_data_func (test, path, replay);
    }
  }
  g_assert_cmpuint (paths->len, >, 0);
  return g_test_run ();
}
