/* The labels of the open video: they are loaded in a thread, stay in the order of making, and each is found again. */

#include "../store/fixture.h"
#include "document/tpo-document-private.h"
#include "video-clips.h"

enum {
  N_LABELS = 300,
};

static TpoDocument *
document_new (const char *project)
{
  g_autoptr (TpoEngine) engine = tpo_engine_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  TpoStore *store = tpo_store_open (project, TPO_STORE_DEFAULT, &error);

  g_assert_no_error (error);
  return tpo_document_new (store, engine);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tpo_document_open_finish (TPO_DOCUMENT (source), result, &error));
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static void
open_clip (TpoDocument *document, const char *path)
{
  gboolean is_open = FALSE;

  tpo_document_open_async (document, path, NULL, NULL, NULL, on_opened, &is_open);
  while (!is_open)
    g_main_context_iteration (NULL, TRUE);
}

/* All are there, by id, and found by it. */
static void
check_order (TpoDocument *document, guint n_expected)
{
  GListModel *model = tpo_document_get_annotations (document);
  gint64 last_id = 0;

  g_assert_cmpuint (g_list_model_get_n_items (model), ==, n_expected);
  for (guint i = 0; i < n_expected; i++) {
    g_autoptr (TpoAnnotation) annotation = g_list_model_get_item (model, i);
    gint64 id = tpo_annotation_get_id (annotation);

    g_assert_cmpint (id, >, last_id);
    g_assert_true (tpo_document_find (document, id) == annotation);
    last_id = id;
  }
  g_assert_null (tpo_document_find (document, last_id + 1));
}

static void
test_order (Fixture *self, gconstpointer data)
{
  g_autofree char *clip = tpo_test_clip ("labels.mp4", TPO_TEST_SOURCE ("1"));
  g_autoptr (TpoDocument) document = document_new (self->path);
  g_autoptr (TpoDocument) other = document_new (self->path);
  const TpoBox box = { 0.1f, 0.1f, 0.5f, 0.5f };
  g_autoptr (TpoAnnotation) middle = NULL;
  TpoAnnotation *track;
  gint64 middle_id;

  open_clip (document, clip);
  check_order (document, 0);
  for (guint i = 0; i < N_LABELS; i++)
    g_assert_nonnull (tpo_document_add_span (document, i, 1000 + i));
  track = tpo_document_add_box (document, 0, &box);
  g_assert_nonnull (track);
  check_order (document, N_LABELS + 1);

  middle = g_list_model_get_item (tpo_document_get_annotations (document), N_LABELS / 2);
  middle_id = tpo_annotation_get_id (middle);
  g_assert_true (tpo_document_delete (document, middle));
  check_order (document, N_LABELS);
  g_assert_null (tpo_document_find (document, middle_id));
  g_assert_true (tpo_document_undo (document));
  check_order (document, N_LABELS + 1);
  g_assert_nonnull (tpo_document_find (document, middle_id));

  /* Another window loads the same, with the boxes of tracks. */
  open_clip (other, clip);
  check_order (other, N_LABELS + 1);
  track = tpo_document_find (other, tpo_annotation_get_id (track));
  g_assert_cmpuint (tpo_annotation_get_keyframes (track)->len, ==, 1);
}

/* A track in the making has no id; it stays behind all others, and they are found all the same. */
static void
test_growing (Fixture *self, gconstpointer data)
{
  g_autofree char *clip = tpo_test_clip ("growing.mp4", TPO_TEST_SOURCE ("1"));
  g_autoptr (TpoDocument) document = document_new (self->path);
  g_autoptr (TpoAnnotation) growing =
      tpo_annotation_new (g_new0 (TpoAnnotationRecord, 1), NULL);
  g_autoptr (TpoAnnotation) last = NULL;

  open_clip (document, clip);
  for (guint i = 0; i < 3; i++) {
    TpoAnnotation *span = tpo_document_add_span (document, i, 1000);

    g_assert_true (tpo_document_find (document, tpo_annotation_get_id (span)) == span);
    if (i == 0)
      g_list_store_append (document->annotations, growing);
  }
  last = g_list_model_get_item (tpo_document_get_annotations (document), 3);
  g_assert_true (last == growing);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/document-annotations/order", test_order);
  FIXTURE_ADD ("/document-annotations/growing", test_growing);
  result = g_test_run ();
  tpo_test_remove_clips ();
  return result;
}
