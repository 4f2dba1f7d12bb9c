/* The labels of the open video: they are loaded in a thread, stay in the order of making, and each
 * is found again. */

#include "document-fixture.h"
#include "formats/video-record.h"

enum {
  N_LABELS = 300,
  N_MANY = 1500,
};

/* All are there, by id, and found by it. */
static void
check_order (TpoDocument *document, guint n_expected)
{
  TpoAnnotationList *model = tpo_document_get_annotations (document);
  gint64 last_id = 0;

  g_assert_cmpuint (tpo_annotation_list_get_n (model), ==, n_expected);
  for (guint i = 0; i < n_expected; i++) {
    TpoAnnotation *annotation = tpo_annotation_list_get (model, i);
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
  g_autoptr (TpoDocument) document = test_document_new (self->path);
  g_autoptr (TpoDocument) other = test_document_new (self->path);
  const TpoBox box = { 0.1f, 0.1f, 0.5f, 0.5f };
  g_autoptr (TpoAnnotation) middle = NULL;
  TpoAnnotation *track;
  gint64 middle_id;

  test_document_open (document, clip);
  check_order (document, 0);
  for (guint i = 0; i < N_LABELS; i++)
    g_assert_nonnull (tpo_document_add_span (document, i, 1000 + i, NULL));
  track = tpo_document_add_box (document, 0, &box);
  g_assert_nonnull (track);
  check_order (document, N_LABELS + 1);

  middle = g_object_ref (
      tpo_annotation_list_get (tpo_document_get_annotations (document), N_LABELS / 2));
  middle_id = tpo_annotation_get_id (middle);
  g_assert_true (tpo_document_delete (document, middle));
  check_order (document, N_LABELS);
  g_assert_null (tpo_document_find (document, middle_id));
  g_assert_true (tpo_document_undo (document));
  check_order (document, N_LABELS + 1);
  g_assert_nonnull (tpo_document_find (document, middle_id));

  /* Another window loads the same, with the boxes of tracks. */
  test_document_open (other, clip);
  check_order (other, N_LABELS + 1);
  track = tpo_document_find (other, tpo_annotation_get_id (track));
  g_assert_cmpuint (tpo_annotation_get_keyframes (track)->len, ==, 1);
}

static void
on_opened_again (GObject *source, GAsyncResult *result, gpointer is_open)
{
  g_assert_true (tpo_document_open_finish (TPO_DOCUMENT (source), result, NULL));
  *(gboolean *) is_open = TRUE;
}

static void
say (TpoStore *store, gint64 conversation_id, TpoMessageRole role)
{
  g_autoptr (GError) error = NULL;

  tpo_store_append_message (store, conversation_id, role, "Now", TPO_MESSAGE_COMPLETE, NULL,
                            &error);
  g_assert_no_error (error);
}

/* A conversation goes on here, and in another program, and gives way to the latest where it is
 * deleted, while its video is being opened: what is shown is what there is, whether the thread had
 * read it by then or not. */
static void
test_conversation (Fixture *self, gconstpointer data)
{
  g_autofree char *clip = tpo_test_clip ("talk.mp4", TPO_TEST_SOURCE ("1"));
  g_autoptr (TpoDocument) document = test_document_new (self->path);
  TpoStore *store = tpo_document_get_store (document);
  GListModel *messages = tpo_document_get_messages (document);
  gint64 video_id, id, latest_id;

  test_document_open (document, clip);
  video_id = tpo_document_get_video_id (document);
  id = tpo_store_add_conversation (store, video_id, "Mine", NULL, NULL);
  latest_id = tpo_store_add_conversation (store, video_id, "Asked of many", NULL, NULL);
  say (store, id, TPO_MESSAGE_USER);
  tpo_document_show_conversation (document, id);
  for (guint i = 0; i < 4; i++) {
    gboolean is_open = FALSE, is_last = i == 3;
    guint n = g_list_model_get_n_items (messages);

    tpo_document_open_async (document, clip, NULL, NULL, NULL, on_opened_again, &is_open);
    g_usleep (i % 2 * 100000);
    if (is_last)
      g_assert_true (tpo_store_remove_conversation (store, id, NULL, NULL));
    else
      say (i < 2 ? store : self->store, id, TPO_MESSAGE_ASSISTANT);
    while (!is_open)
      g_main_context_iteration (NULL, TRUE);
    tpo_document_poll (document);
    g_assert_cmpint (tpo_document_get_conversation (document), ==, is_last ? latest_id : id);
    g_assert_cmpuint (g_list_model_get_n_items (messages), ==, is_last ? 0 : n + 1);
  }
}

/* Where somebody was in a video, and in which conversation, also after another video and a restart. */
static void
test_place (Fixture *self, gconstpointer data)
{
  g_autofree char *clip = tpo_test_clip ("place.mp4", TPO_TEST_SOURCE ("1"));
  g_autofree char *other = tpo_test_clip ("other.mp4", TPO_TEST_SOURCE ("2"));
  TpoDocument *document = test_document_new (self->path);
  gint64 video_id, first_id, second_id;

  test_document_open (document, clip);
  video_id = tpo_document_get_video_id (document);
  first_id = tpo_store_add_conversation (self->store, video_id, "Mine", NULL, NULL);
  second_id = tpo_store_add_conversation (self->store, video_id, "Asked of many", NULL, NULL);
  tpo_document_show_conversation (document, first_id);
  tpo_document_set_position (document, 40000);
  test_document_open (document, other);
  g_assert_cmpint (tpo_document_get_conversation (document), ==, 0);
  test_document_open (document, clip);
  g_assert_cmpint (tpo_document_get_conversation (document), ==, first_id);
  g_assert_cmpint (tpo_document_get_position (document), ==, 40000);
  g_object_unref (document);

  document = test_document_new (self->path);
  test_document_open (document, clip);
  g_assert_cmpint (tpo_document_get_conversation (document), ==, first_id);
  g_object_unref (document);

  /* One that was deleted since gives way to the latest. */
  g_assert_true (tpo_store_remove_conversation (self->store, first_id, NULL, NULL));
  document = test_document_new (self->path);
  test_document_open (document, clip);
  g_assert_cmpint (tpo_document_get_conversation (document), ==, second_id);
  g_object_unref (document);
}

/* ---- thousands ------------------------------------------------------------------------------------------- */

static void
make_labels (const char *project, const char *clip, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoStore) store = tpo_store_open (project, TPO_STORE_DEFAULT, &error);
  g_autoptr (TpoVideoRecord) video = tpo_video_record_from_file (clip, NULL, &error);
  TpoAnnotationRecord span = { .status = TPO_STATUS_MANUAL, .end_us = 1000 };

  g_assert_no_error (error);
  span.video_id = tpo_store_add_video (store, video, &error);
  g_assert_true (tpo_store_begin_group (store, NULL, &error));
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (tpo_store_add_annotation (store, &span, NULL, NULL, &error), >, 0);
  g_assert_true (tpo_store_end_group (store, &error));
  g_assert_no_error (error);
}

/* What is deleted before its turn comes does not come, what is asked for comes at once, and no one
 * comes twice. */
static void
test_arriving (Fixture *self, gconstpointer data)
{
  g_autofree char *clip = tpo_test_clip ("many.mp4", TPO_TEST_SOURCE ("1"));
  g_autoptr (TpoDocument) document = NULL;
  TpoAnnotation *late;
  gint64 first_id;

  make_labels (self->path, clip, N_MANY);
  document = test_document_new (self->path);
  test_document_open (document, clip);
  g_assert_true (tpo_document_is_following (document));
  first_id = tpo_annotation_get_id (tpo_annotation_list_get (document->annotations, 0));
  late = tpo_document_require (document, first_id + N_MANY - 10);
  g_assert_nonnull (late);
  g_assert_true (tpo_document_delete (document, late));
  late = tpo_document_require (document, first_id + N_MANY - 20);
  g_assert_true (tpo_document_set_span (document, late, 0, 500));
  test_document_wait (document);
  check_order (document, N_MANY - 1);
  g_assert_true (tpo_document_find (document, first_id + N_MANY - 20) == late);
  g_assert_cmpint (tpo_annotation_get_record (late)->end_us, ==, 500);
}

static GPtrArray *
list_all (TpoDocument *document)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < tpo_annotation_list_get_n (document->annotations); i++)
    g_ptr_array_add (all, g_object_ref (tpo_annotation_list_get (document->annotations, i)));
  return all;
}

static guint
count_label (TpoDocument *document, gint64 label_id)
{
  guint n = 0;

  for (guint i = 0; i < tpo_annotation_list_get_n (document->annotations); i++)
    n += tpo_annotation_get_record (tpo_annotation_list_get (document->annotations, i))
             ->label_id == label_id;
  return n;
}

/* Changes of many are made in a thread, one after the other; each is one step. */
static void
test_many (Fixture *self, gconstpointer data)
{
  g_autofree char *clip = tpo_test_clip ("many.mp4", TPO_TEST_SOURCE ("1"));
  g_autoptr (TpoDocument) document = NULL;
  g_autoptr (GPtrArray) all = NULL;
  gint64 label_id;

  make_labels (self->path, clip, N_MANY);
  document = test_document_new (self->path);
  test_document_open (document, clip);
  test_document_wait (document);
  label_id = tpo_document_add_label (document, "walk");
  all = list_all (document);
  g_assert_true (tpo_document_set_label_of (document, all, label_id));
  g_assert_true (tpo_document_delete_all (document, all));
  test_document_wait (document);
  check_order (document, 0);
  g_assert_true (tpo_document_undo (document));
  test_document_wait (document);
  check_order (document, N_MANY);
  g_assert_cmpuint (count_label (document, label_id), ==, N_MANY);
  g_assert_true (tpo_document_undo (document));
  g_assert_true (tpo_document_redo (document));
  g_assert_true (tpo_document_undo (document));
  test_document_wait (document);
  g_assert_cmpuint (count_label (document, label_id), ==, 0);

  /* What is not open any more does not come back. */
  g_assert_true (tpo_document_set_label_of (document, all, label_id));
  test_document_open (document, clip);
  test_document_wait (document);
  g_assert_cmpuint (count_label (document, label_id), ==, N_MANY);
}

/* Hidden and locked ones are no step, and stay so however many they are. */
static void
test_many_locked (Fixture *self, gconstpointer data)
{
  g_autofree char *clip = tpo_test_clip ("many.mp4", TPO_TEST_SOURCE ("1"));
  g_autoptr (TpoDocument) document = NULL;
  g_autoptr (GPtrArray) all = NULL;

  make_labels (self->path, clip, N_MANY);
  document = test_document_new (self->path);
  test_document_open (document, clip);
  test_document_wait (document);
  all = list_all (document);
  g_assert_true (tpo_document_set_locked (document, all, TRUE));
  test_document_wait (document);
  for (guint i = 0; i < all->len; i++)
    g_assert_true (tpo_annotation_get_record (g_ptr_array_index (all, i))->is_locked);
  g_assert_false (tpo_document_delete_all (document, all));
  g_assert_true (tpo_document_set_locked (document, all, FALSE));
  test_document_wait (document);
  g_assert_false (tpo_annotation_get_record (g_ptr_array_index (all, N_MANY / 2))->is_locked);
}

/* ---- tracks ------------------------------------------------------------------------------------------------ */

/* What is kept up with each change is what somebody else reads now. */
static void
check_track (Fixture *self, const char *clip, TpoAnnotation *track)
{
  g_autoptr (TpoDocument) other = test_document_new (self->path);
  GPtrArray *keyframes = tpo_annotation_get_keyframes (track), *read;

  test_document_open (other, clip);
  read =
      tpo_annotation_get_keyframes (tpo_document_find (other, tpo_annotation_get_id (track)));
  g_assert_cmpuint (keyframes->len, ==, read->len);
  for (guint i = 0; i < read->len; i++) {
    const TpoKeyframeRecord *a = g_ptr_array_index (keyframes, i);
    const TpoKeyframeRecord *b = g_ptr_array_index (read, i);

    g_assert_cmpint (a->time_us, ==, b->time_us);
    g_assert_cmpint (a->revision_id, ==, b->revision_id);
    g_assert_cmpint (a->is_absent, ==, b->is_absent);
    g_assert_cmpfloat (a->box.x0, ==, b->box.x0);
    g_assert_cmpint (a->provenance, ==, b->provenance);
  }
}

/* Of a change of a track only what has changed is read. */
static void
test_track (Fixture *self, gconstpointer data)
{
  g_autofree char *clip = tpo_test_clip ("track.mp4", TPO_TEST_SOURCE ("1"));
  g_autoptr (TpoDocument) document = test_document_new (self->path);
  TpoBox box = { 0.1f, 0.1f, 0.5f, 0.5f };
  TpoAnnotation *track;
  TpoVideoIndex *index;

  test_document_open (document, clip);
  index = tpo_document_get_index (document);
  track = tpo_document_add_box (document, tpo_video_index_get_time_us (index, 10), &box);
  for (guint frame = 20; frame > 2; frame -= 3) {
    box.x0 = (float) frame / 100.0f;
    g_assert_true (tpo_document_set_box (document, track,
                                         tpo_video_index_get_time_us (index, frame), &box));
  }
  check_track (self, clip, track);
  g_assert_true (
      tpo_document_set_box (document, track, tpo_video_index_get_time_us (index, 10), &box));
  g_assert_true (
      tpo_document_toggle_keyframe (document, track, tpo_video_index_get_time_us (index, 14)));
  g_assert_true (
      tpo_document_set_absent (document, track, tpo_video_index_get_time_us (index, 18)));
  check_track (self, clip, track);
  for (guint i = 0; i < 5; i++)
    g_assert_true (tpo_document_undo (document));
  check_track (self, clip, track);
  g_assert_true (tpo_document_redo (document));
  check_track (self, clip, track);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/document-annotations/order", test_order);
  FIXTURE_ADD ("/document-annotations/conversation", test_conversation);
  FIXTURE_ADD ("/document-annotations/place", test_place);
  FIXTURE_ADD ("/document-annotations/arriving", test_arriving);
  FIXTURE_ADD ("/document-annotations/many", test_many);
  FIXTURE_ADD ("/document-annotations/many-locked", test_many_locked);
  FIXTURE_ADD ("/document-annotations/track", test_track);
  result = g_test_run ();
  tpo_test_remove_clips ();
  return result;
}
