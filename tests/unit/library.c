/* Models are imported, refused and removed; no device is opened. */

#include <string.h>

#include <glib/gstdio.h>

#include "library/tpo-library.h"

typedef struct {
  char *folder;  /* with what a user has */
  char *models;  /* the library's */
  char *bundled; /* a model as it ships */
  TpoEngine *engine;
  TpoLibrary *library;
  char *problem; /* what was said last */
  guint n_imported;
} Fixture;

static void
on_problem (Fixture *self, const char *heading, const char *text)
{
  g_test_message ("%s: %s", heading, text);
  g_free (self->problem);
  self->problem = g_strdup (text);
}

static void
on_imported (Fixture *self)
{
  self->n_imported++;
}

static void
wait_until_scanned (Fixture *self, guint n)
{
  while (g_list_model_get_n_items (tpo_library_get_models (self->library)) < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
open_library (Fixture *self)
{
  self->engine = tpo_engine_new (self->bundled, NULL);
  self->library = tpo_library_new (self->engine, self->models, self->bundled);
  g_signal_connect_swapped (self->library, "problem", G_CALLBACK (on_problem), self);
  g_signal_connect_swapped (self->library, "imported", G_CALLBACK (on_imported), self);
}

static void
close_library (Fixture *self)
{
  g_clear_object (&self->library);
  g_clear_object (&self->engine);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("tpo-library-XXXXXX", NULL);
  self->models = g_build_filename (self->folder, "models", NULL);
  self->bundled = g_build_filename (g_getenv ("TPO_DATA_PATH"), "tpo-nano.gguf", NULL);
  open_library (self);
  wait_until_scanned (self, 1);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  close_library (self);
  remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->models);
  g_free (self->bundled);
  g_free (self->problem);
}

static TpoModelEntry *
entry_at (Fixture *self, guint i)
{
  g_autoptr (TpoModelEntry) entry =
      g_list_model_get_item (tpo_library_get_models (self->library), i);

  return entry; /* the list keeps it */
}

static void
import (Fixture *self, const char *path)
{
  gboolean is_importing = TRUE;

  tpo_library_import (self->library, path, TPO_STORAGE_F16);
  while (is_importing) {
    g_main_context_iteration (NULL, TRUE);
    g_object_get (self->library, "is-importing", &is_importing, NULL);
  }
}

/* Another model: the bundled one, stored in another way. */
static char *
make_other (Fixture *self)
{
  char *path = g_build_filename (self->folder, "other.gguf", NULL);
  TpoConvertOptions options = { .storage = TPO_STORAGE_Q8_0 };
  TpoConvertReport report;

  g_assert_true (tpo_convert (self->bundled, path, &options, &report, NULL));
  tpo_convert_report_clear (&report);
  return path;
}

static guint
count_files (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (folder != NULL && g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

static void
test_bundled (Fixture *self, gconstpointer data)
{
  TpoModelEntry *bundled = entry_at (self, 0);
  const TpoModelFile *file = tpo_model_entry_get_file (bundled);

  g_assert_true (tpo_library_get_current (self->library) == bundled);
  g_assert_false (tpo_model_entry_is_removable (bundled));
  g_assert_true (file->has_region && file->has_temporal && file->has_mask);
  g_assert_cmpuint (strlen (file->hash), ==, 12);
  g_assert_cmpuint (file->memory_size, >, file->size);
  g_assert_cmpint (tpo_library_get_fit (self->library, file), ==,
                   TPO_FIT_UNKNOWN); /* no device is open */
}

static void
test_import (Fixture *self, gconstpointer data)
{
  g_autofree char *path = make_other (self);
  g_autofree char *leftover = g_build_filename (self->models, "gone.gguf.part", NULL);
  TpoModelEntry *entry;

  import (self, path);
  g_assert_null (self->problem);
  g_assert_cmpuint (self->n_imported, ==, 1);
  entry = entry_at (self, 1);
  g_assert_true (tpo_model_entry_is_removable (entry));
  g_assert_true (g_str_has_prefix (tpo_model_entry_get_path (entry), self->models));
  g_assert_cmpuint (count_files (self->models), ==, 1);

  /* The same again is no second one. */
  import (self, path);
  g_assert_nonnull (strstr (self->problem, "in the list already"));
  g_assert_cmpuint (count_files (self->models), ==, 1);

  /* It is there after a restart; what an interrupted import left is not. */
  g_assert_true (g_file_set_contents (leftover, "half", -1, NULL));
  close_library (self);
  open_library (self);
  wait_until_scanned (self, 2);
  g_assert_false (g_file_test (leftover, G_FILE_TEST_EXISTS));

  tpo_library_remove (self->library, entry_at (self, 1));
  g_assert_cmpuint (count_files (self->models), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (tpo_library_get_models (self->library)), ==, 1);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS)); /* the user's own file stays */
}

/* A model of another kind, well formed. */
static void
write_llama (const char *path)
{
  static const guint8 bytes[] = "GGUF\3\0\0\0"
                                "\0\0\0\0\0\0\0\0"
                                "\1\0\0\0\0\0\0\0"
                                "\24\0\0\0\0\0\0\0general.architecture"
                                "\10\0\0\0\5\0\0\0\0\0\0\0llama";

  g_assert_true (
      g_file_set_contents (path, (const char *) bytes, (gssize) sizeof bytes - 1, NULL));
}

static void
assert_refused (Fixture *self, const char *path, const char *words)
{
  g_autofree char *name = g_path_get_basename (path);

  g_clear_pointer (&self->problem, g_free);
  import (self, path);
  g_assert_nonnull (self->problem);
  g_assert_nonnull (strstr (self->problem, words));
  g_assert_nonnull (strstr (self->problem, name));
  g_assert_cmpuint (count_files (self->models), ==, 0);
  g_assert_cmpuint (self->n_imported, ==, 0);
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "given.gguf", NULL);
  g_autofree char *whole = NULL;
  gsize size;

  assert_refused (self, path, "No such file");
  g_assert_true (g_file_set_contents (path, "ID3 a song, and not a model", -1, NULL));
  assert_refused (self, path, "not a GGUF model file");
  write_llama (path);
  assert_refused (self, path, "“llama”");
  g_assert_true (g_file_get_contents (self->bundled, &whole, &size, NULL));
  g_assert_true (g_file_set_contents (path, whole, (gssize) (size / 2), NULL));
  assert_refused (self, path, "cut off");
  assert_refused (self, self->folder, "holds no model"); /* a folder without weights */
}

static void
cancel_on_progress (Fixture *self)
{
  tpo_library_cancel_import (self->library);
}

/* Cancelling says nothing and leaves nothing behind. */
static void
test_cancelled (Fixture *self, gconstpointer data)
{
  g_autofree char *path = make_other (self);

  g_signal_connect_swapped (self->library, "notify::import-progress",
                            G_CALLBACK (cancel_on_progress), self);
  import (self, path);
  g_assert_null (self->problem);
  g_assert_cmpuint (self->n_imported, ==, 0);
  g_assert_cmpuint (count_files (self->models), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/library/bundled", Fixture, NULL, set_up, test_bundled, tear_down);
  g_test_add ("/library/import", Fixture, NULL, set_up, test_import, tear_down);
  g_test_add ("/library/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/library/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
  return g_test_run ();
}
