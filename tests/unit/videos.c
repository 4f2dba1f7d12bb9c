/* The list of a project's videos: it follows the project, is searched and sorted, and takes files
 * and folders. */

#include <glib/gstdio.h>

#include "../store/fixture.h"
#include "video-clips.h"
#include "videos/tpo-video-edits.h"
#include "videos/tpo-video-import.h"
#include "videos/tpo-video-query.h"

typedef struct {
  Fixture project;
  TpoDocument *document;
  TpoVideoList *list;
} Videos;

static void
set_up (Videos *self, gconstpointer data)
{
  g_autoptr (TpoEngine) engine = tpo_engine_new (NULL, NULL);

  fixture_set_up (&self->project, NULL);
  self->document = tpo_document_new (g_steal_pointer (&self->project.store), engine);
}

static void
tear_down (Videos *self, gconstpointer data)
{
  g_clear_object (&self->list);
  while (g_main_context_iteration (NULL, FALSE))
    ; /* threads hand over what they have */
  g_clear_object (&self->document);
  self->project.store = tpo_store_open (self->project.path, TPO_STORE_DEFAULT, NULL);
  fixture_tear_down (&self->project, NULL);
}

static TpoStore *
store_of (Videos *self)
{
  return tpo_document_get_store (self->document);
}

static void
wait_for (gboolean *flag)
{
  while (!*flag)
    g_main_context_iteration (NULL, TRUE);
  *flag = FALSE;
}

static void
on_signal (gboolean *flag)
{
  *flag = TRUE;
}

/* Reads the project and waits until that is done. */
static void
wait_loaded (Videos *self)
{
  gboolean is_loaded = FALSE;
  gulong id =
      g_signal_connect_swapped (self->list, "loaded", G_CALLBACK (on_signal), &is_loaded);

  wait_for (&is_loaded);
  g_signal_handler_disconnect (self->list, id);
}

static void
list_project (Videos *self)
{
  self->list = tpo_video_list_new (self->document);
  wait_loaded (self);
}

static char *
names_of (gpointer model)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (TpoVideoItem) item = g_list_model_get_item (model, i);

    g_string_append_printf (names, "%s%s", i > 0 ? " " : "", tpo_video_item_get_name (item));
  }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static void
assert_names (gpointer model, const char *expected)
{
  g_autofree char *names = names_of (model);

  g_assert_cmpstr (names, ==, expected);
}

static gint64
add_span (Videos *self, gint64 video_id, TpoAnnotationStatus status)
{
  TpoAnnotationRecord record = { .video_id = video_id,
                                 .kind = TPO_ANNOTATION_SPAN,
                                 .status = status,
                                 .provenance = TPO_PROVENANCE_HUMAN,
                                 .start_us = 100000,
                                 .end_us = 200000 };
  g_autoptr (GError) error = NULL;
  gint64 id = tpo_store_add_annotation (store_of (self), &record, NULL, NULL, &error);

  g_assert_no_error (error);
  return id;
}

/* ---- list ---------------------------------------------------------------------------------------- */

static void
on_updated (TpoVideoList *list, TpoVideoItem *item, gpointer user_data)
{
  g_ptr_array_add (user_data, item);
}

static void
test_follows (Videos *self, gconstpointer data)
{
  g_autoptr (GPtrArray) updated = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  gint64 ids[3];

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_autofree char *name = g_strdup_printf ("%u.mp4", i);

    ids[i] = sample_video (store_of (self), name);
  }
  list_project (self);
  assert_names (self->list, "0.mp4 1.mp4 2.mp4");
  g_assert_cmpuint (tpo_video_list_count (self->list, TPO_VIDEO_UNLABELLED), ==, 3);

  /* That their files are not there is known by now. */
  while (!tpo_video_item_is_missing (tpo_video_list_find (self->list, ids[2])))
    g_main_context_iteration (NULL, TRUE);

  /* Only the video whose label it is says something new. */
  g_signal_connect (self->list, "updated", G_CALLBACK (on_updated), updated);
  add_span (self, ids[1], TPO_STATUS_MANUAL);
  wait_loaded (self);
  g_assert_cmpuint (updated->len, ==, 1);
  g_assert_true (updated->pdata[0] == tpo_video_list_find (self->list, ids[1]));
  g_signal_handlers_disconnect_by_data (self->list, updated);
  g_assert_cmpuint (tpo_video_list_count (self->list, TPO_VIDEO_IN_WORK), ==, 1);

  g_assert_true (tpo_store_remove_video (store_of (self), ids[0], NULL, &error));
  wait_loaded (self);
  assert_names (self->list, "1.mp4 2.mp4");
  g_assert_true (tpo_store_undo (store_of (self), &error));
  wait_loaded (self);
  assert_names (self->list, "0.mp4 1.mp4 2.mp4");
  g_assert_no_error (error);
}

static void
test_missing (Videos *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->project.folder, "there.mp4", NULL);
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  g_autoptr (GError) error = NULL;
  gint64 id = sample_video (store_of (self), "gone.mp4");
  gint64 other_id = sample_video (store_of (self), "there.mp4");
  TpoVideoItem *item;

  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  g_assert_true (tpo_store_set_video_uri (store_of (self), other_id, uri, NULL, &error));
  list_project (self);
  item = tpo_video_list_find (self->list, id);
  while (!tpo_video_item_is_missing (item))
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (tpo_video_item_is_missing (tpo_video_list_find (self->list, other_id)));
  g_assert_true (tpo_video_list_find_uri (self->list, uri) ==
                 tpo_video_list_find (self->list, other_id));
}

/* ---- query --------------------------------------------------------------------------------------- */

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, guint *seen)
{
  seen[0] = position;
  seen[1] = removed;
  seen[2] = added;
}

static void
test_query (Videos *self, gconstpointer data)
{
  g_autoptr (TpoVideoQuery) query = NULL;
  const char *const names[] = { "Cat 10.mp4", "cat 9.mp4", "dog.mp4" };
  gint64 ids[G_N_ELEMENTS (names)];
  guint seen[3], position;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    ids[i] = sample_video (store_of (self), names[i]);
  add_span (self, ids[2], TPO_STATUS_MANUAL);
  add_span (self, ids[2], TPO_STATUS_MANUAL);
  add_span (self, ids[1], TPO_STATUS_MANUAL);
  g_assert_true (tpo_store_set_reviewed (store_of (self), ids[1], TRUE, NULL, &error));
  list_project (self);
  query = tpo_video_query_new (self->list);
  assert_names (query, "Cat 10.mp4 cat 9.mp4 dog.mp4");

  tpo_video_query_set_sort (query, TPO_VIDEO_SORT_LABELS);
  assert_names (query, "dog.mp4 cat 9.mp4 Cat 10.mp4");
  tpo_video_query_set_sort (query, TPO_VIDEO_SORT_STATUS);
  assert_names (query, "Cat 10.mp4 dog.mp4 cat 9.mp4");
  tpo_video_query_set_sort (query, TPO_VIDEO_SORT_OPENED);
  assert_names (query, "dog.mp4 cat 9.mp4 Cat 10.mp4");
  tpo_video_query_set_sort (query, TPO_VIDEO_SORT_ADDED);

  g_signal_connect (query, "items-changed", G_CALLBACK (on_items_changed), seen);
  tpo_video_query_set_text (query, "CAT mp4");
  assert_names (query, "Cat 10.mp4 cat 9.mp4");
  g_assert_cmpuint (seen[0], ==, 2);
  g_assert_cmpuint (seen[1], ==, 1);
  g_assert_cmpuint (seen[2], ==, 0);
  tpo_video_query_set_show (query, TPO_VIDEO_SHOW_REVIEWED);
  assert_names (query, "cat 9.mp4");
  g_assert_true (tpo_video_query_find (query, ids[1], &position));
  g_assert_cmpuint (position, ==, 0);
  g_assert_false (tpo_video_query_find (query, ids[0], &position));
  tpo_video_query_set_text (query, "nothing");
  assert_names (query, "");
  tpo_video_query_set_text (query, NULL);
  tpo_video_query_set_show (query, TPO_VIDEO_SHOW_ALL);
  assert_names (query, "Cat 10.mp4 cat 9.mp4 dog.mp4");

  /* What a label does to the order shows by itself. */
  tpo_video_query_set_sort (query, TPO_VIDEO_SORT_LABELS);
  for (guint i = 0; i < 3; i++)
    add_span (self, ids[0], TPO_STATUS_MANUAL);
  wait_loaded (self);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  assert_names (query, "Cat 10.mp4 dog.mp4 cat 9.mp4");
}

static void
test_names_in_order (Videos *self, gconstpointer data)
{
  g_autoptr (TpoVideoQuery) query = NULL;

  sample_video (store_of (self), "clip 10.mp4");
  sample_video (store_of (self), "clip 9.mp4");
  list_project (self);
  query = tpo_video_query_new (self->list);
  tpo_video_query_set_sort (query, TPO_VIDEO_SORT_NAME);
  assert_names (query, "clip 9.mp4 clip 10.mp4");
}

/* ---- edits --------------------------------------------------------------------------------------- */

static void
on_edited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tpo_video_edit_finish (TPO_DOCUMENT (source), result, &error));
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static void
test_edits (Videos *self, gconstpointer data)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) error = NULL;
  gboolean is_done = FALSE;

  for (guint i = 0; i < 3; i++) {
    g_autofree char *name = g_strdup_printf ("%u.mp4", i);
    gint64 id = sample_video (store_of (self), name);

    g_array_append_val (ids, id);
  }
  list_project (self);
  tpo_video_edit_async (self->document, TPO_VIDEO_EDIT_REVIEWED, ids, on_edited, &is_done);
  wait_for (&is_done);
  wait_loaded (self);
  g_assert_cmpuint (tpo_video_list_count (self->list, TPO_VIDEO_REVIEWED), ==, 3);
  g_assert_true (tpo_store_undo (store_of (self), &error));
  wait_loaded (self);
  g_assert_cmpuint (tpo_video_list_count (self->list, TPO_VIDEO_REVIEWED), ==, 0);
}

/* ---- import -------------------------------------------------------------------------------------- */

static char *
path_in (Videos *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->project.folder, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0777), ==, 0);
  return g_steal_pointer (&path);
}

static void
put_file (Videos *self, const char *name, const char *source)
{
  g_autofree char *path = path_in (self, name);
  g_autofree char *bytes = NULL;
  gsize size = 0;

  if (source != NULL)
    g_assert_true (g_file_get_contents (source, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (path, source != NULL ? bytes : "no video",
                                      source != NULL ? (gssize) size : -1, NULL));
}

static void
import (TpoVideoImport *import, Videos *self, const char *name)
{
  g_autofree char *path = path_in (self, name);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean is_finished = FALSE;
  gulong id =
      g_signal_connect_swapped (import, "finished", G_CALLBACK (on_signal), &is_finished);

  g_ptr_array_add (files, g_file_new_for_path (path));
  tpo_video_import_add (import, files);
  wait_for (&is_finished);
  g_signal_handler_disconnect (import, id);
}

static void
test_import (Videos *self, gconstpointer data)
{
  g_autofree char *one = tpo_test_clip ("one.mp4", TPO_TEST_SOURCE ("0.5"));
  g_autofree char *two = tpo_test_clip ("two.mkv", TPO_TEST_SOURCE ("0.7"));
  g_autofree char *picture =
      tpo_test_clip ("picture.png", TPO_TEST_SOURCE ("0.5") "-frames:v 1");
  g_autoptr (TpoVideoImport) job = tpo_video_import_new (self->document);
  const TpoVideoImportResult *result = tpo_video_import_get_result (job);
  g_autofree char *text = NULL;
  g_autofree char *undo = NULL;
  g_autoptr (GError) error = NULL;

  put_file (self, "videos/a/one.mp4", one);
  put_file (self, "videos/a/b/two.mkv", two);
  put_file (self, "videos/a/copy of one.mp4", one);
  put_file (self, "videos/bad.mp4", NULL);
  put_file (self, "videos/notes.txt", NULL);
  put_file (self, "videos/.hidden/one.mp4", one);
  put_file (self, "videos/picture.png", picture);
  list_project (self);
  import (job, self, "videos");
  g_assert_cmpuint (result->n_found, ==, 5);
  g_assert_cmpuint (result->n_done, ==, 5);
  g_assert_cmpuint (result->n_added, ==, 3);
  g_assert_cmpuint (result->n_known, ==, 1);
  g_assert_cmpuint (result->failed->len, ==, 1);
  g_assert_cmpstr (result->failed->pdata[0], ==, "bad.mp4");
  text = tpo_video_import_dup_text (job);
  g_assert_nonnull (strstr (text, "3 videos were added."));
  g_assert_nonnull (strstr (text, "“bad.mp4”"));
  wait_loaded (self);
  assert_names (self->list, "two.mkv copy of one.mp4 picture.png");

  /* Nobody opened them, each has a picture, and one step takes them all back. */
  for (guint i = 0; i < 3; i++) {
    g_autoptr (TpoVideoItem) item = g_list_model_get_item (G_LIST_MODEL (self->list), i);
    g_autoptr (GBytes) thumbnail =
        tpo_store_get_thumbnail (store_of (self), tpo_video_item_get_id (item), &error);
    const guint8 *bytes = g_bytes_get_data (thumbnail, NULL);

    g_assert_cmpint (tpo_video_item_get_summary (item)->video.opened_us, ==, 0);
    g_assert_cmphex (bytes[0], ==, 0xff); /* as JPEG files begin */
    g_assert_cmphex (bytes[1], ==, 0xd8);
  }
  g_object_get (self->document, "undo-name", &undo, NULL);
  g_assert_cmpstr (undo, ==, "Add Videos");
  g_assert_true (tpo_store_undo (store_of (self), &error));
  wait_loaded (self);
  assert_names (self->list, "");
  g_assert_true (tpo_store_redo (store_of (self), &error));
  wait_loaded (self);

  /* Once more: all are known. */
  import (job, self, "videos");
  g_assert_cmpuint (result->n_added, ==, 0);
  g_assert_cmpuint (result->n_known, ==, 4);
}

/* A file that was moved is found by what is in it, and keeps its labels. */
static void
test_import_moved (Videos *self, gconstpointer data)
{
  g_autofree char *clip = tpo_test_clip ("moved.mp4", TPO_TEST_SOURCE ("0.4"));
  g_autofree char *before = path_in (self, "old/clip.mp4");
  g_autoptr (TpoVideoImport) job = tpo_video_import_new (self->document);
  g_autoptr (TpoVideoItem) item = NULL;

  list_project (self);
  put_file (self, "old/clip.mp4", clip);
  import (job, self, "old");
  g_assert_cmpint (g_remove (before), ==, 0);
  put_file (self, "new/clip.mp4", clip);
  import (job, self, "new");
  g_assert_cmpuint (tpo_video_import_get_result (job)->n_added, ==, 0);
  wait_loaded (self);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->list)), ==, 1);
  item = g_list_model_get_item (G_LIST_MODEL (self->list), 0);
  g_assert_true (
      g_str_has_suffix (tpo_video_item_get_summary (item)->video.uri, "/new/clip.mp4"));
}

static void
test_import_cancelled (Videos *self, gconstpointer data)
{
  g_autofree char *clip = tpo_test_clip ("many.mp4", TPO_TEST_SOURCE ("0.4"));
  g_autofree char *folder = path_in (self, "many/x");
  g_autoptr (TpoVideoImport) job = tpo_video_import_new (self->document);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean is_finished = FALSE;

  put_file (self, "many/0.mp4", clip);
  g_ptr_array_add (files, g_file_new_for_path (folder));
  g_signal_connect_swapped (job, "finished", G_CALLBACK (on_signal), &is_finished);
  tpo_video_import_add (job, files);
  g_assert_true (tpo_video_import_is_running (job));
  tpo_video_import_cancel (job);
  wait_for (&is_finished);
  g_assert_false (tpo_video_import_is_running (job));
  g_assert_cmpuint (tpo_video_import_get_result (job)->n_added, ==, 0);
  g_assert_null (tpo_video_import_get_result (job)->problem);
}

#define ADD(path, func) g_test_add (path, Videos, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  ADD ("/videos/follows", test_follows);
  ADD ("/videos/missing", test_missing);
  ADD ("/videos/query", test_query);
  ADD ("/videos/names-in-order", test_names_in_order);
  ADD ("/videos/edits", test_edits);
  ADD ("/videos/import", test_import);
  ADD ("/videos/import-moved", test_import_moved);
  ADD ("/videos/import-cancelled", test_import_cancelled);
  result = g_test_run ();
  tpo_test_remove_clips ();
  return result;
}
