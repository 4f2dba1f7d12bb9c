/* Masks of long tracks: they are left in the project, come back when they are asked for, and go
 * with every change. */

#include "document-fixture.h"
#include "document/tpo-document-masks.h"
#include "document/tpo-document-tracks.h"

enum {
  N_FRAMES = 1500,
  STEP_US =
      500, /* many frames in a short clip: the project does not ask whether they are there */
  WIDTH = 64,
  HEIGHT = 48,
};

/* A bar whose place says which frame it is of. */
static TpoRle *
mask_of (guint frame)
{
  guint32 counts[] = { frame, 100, WIDTH * HEIGHT - frame - 100 };
  g_autoptr (GError) error = NULL;
  TpoRle *mask = tpo_rle_from_counts (counts, G_N_ELEMENTS (counts), WIDTH, HEIGHT, &error);

  g_assert_no_error (error);
  return mask;
}

static GPtrArray *
make_keyframes (guint first, guint n)
{
  GPtrArray *keyframes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);

  for (guint i = first; i < first + n; i++) {
    TpoKeyframeRecord *keyframe = g_new0 (TpoKeyframeRecord, 1);

    keyframe->time_us = i * STEP_US;
    keyframe->mask = mask_of (i);
    keyframe->has_box = tpo_rle_bounds (keyframe->mask, &keyframe->box);
    keyframe->provenance = TPO_PROVENANCE_MODEL;
    keyframe->score = 0.9;
    g_ptr_array_add (keyframes, keyframe);
  }
  return keyframes;
}

/* In one step, but in three revisions, as following an object leaves it. */
static gint64
add_track (TpoStore *store, gint64 video_id)
{
  TpoAnnotationRecord track = { .video_id = video_id,
                                .kind = TPO_ANNOTATION_MASK_TRACK,
                                .status = TPO_STATUS_MANUAL,
                                .end_us = N_FRAMES * STEP_US };
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  g_assert_true (tpo_store_begin_group (store, NULL, &error));
  for (guint first = 0; first < N_FRAMES; first += N_FRAMES / 3) {
    g_autoptr (GPtrArray) keyframes = make_keyframes (first, N_FRAMES / 3);

    if (id == 0)
      id = tpo_store_add_annotation (store, &track, keyframes, NULL, &error);
    else
      tpo_store_set_keyframes (store, id, keyframes, N_FRAMES * STEP_US, NULL, &error);
    g_assert_no_error (error);
  }
  g_assert_true (tpo_store_end_group (store, &error));
  return id;
}

static TpoDocument *
open_clip (Fixture *self)
{
  g_autofree char *clip = tpo_test_clip ("masks.mp4", TPO_TEST_SOURCE ("1"));
  TpoDocument *document = test_document_new (self->path);

  test_document_open (document, clip);
  return document;
}

/* A document with a long track, which is selected. */
static TpoDocument *
open_track (Fixture *self, TpoAnnotation **track)
{
  TpoDocument *document = open_clip (self);
  gint64 id =
      add_track (tpo_document_get_store (document), tpo_document_get_video_id (document));

  g_assert_null (tpo_document_find (document, id)); /* a thread reads it */
  test_document_wait (document);
  *track = tpo_document_find (document, id);
  g_assert_nonnull (*track);
  tpo_document_select (document, *track);
  return document;
}

/* @expected: (nullable) */
static void
assert_mask (TpoDocument *document, TpoAnnotation *track, guint frame, const TpoRle *expected)
{
  g_autoptr (TpoRle) found = tpo_document_get_mask (document, track, frame * STEP_US);
  g_autofree char *a = expected != NULL ? tpo_rle_to_string (expected) : NULL;
  g_autofree char *b = found != NULL ? tpo_rle_to_string (found) : NULL;

  g_assert_cmpstr (a, ==, b);
}

static void
assert_masks (TpoDocument *document, TpoAnnotation *track, guint first, guint end)
{
  for (guint i = first; i < end; i++) {
    g_autoptr (TpoRle) expected = mask_of (i);

    assert_mask (document, track, i, expected);
  }
}

static guint
n_keyframes (TpoAnnotation *track)
{
  return tpo_annotation_get_keyframes (track)->len;
}

/* ---- the reader ------------------------------------------------------------------------------------------ */

static void
wait_ahead (TpoMaskReader *reader)
{
  while (tpo_mask_reader_is_reading (reader))
    g_main_context_iteration (NULL, TRUE);
}

/* However many are looked at, some are kept; those that follow are there before they are asked for. */
static void
test_reader (Fixture *self, gconstpointer data)
{
  static const gsize most = 8000;
  gint64 id = add_track (self->store, sample_video (self->store, "clip7.mp4"));
  g_autoptr (TpoAnnotationRecord) track = tpo_store_get_annotation (self->store, id, NULL);
  g_autoptr (GPtrArray) keyframes =
      tpo_store_list_light_keyframes (self->store, track->revision_id, 0, G_MAXINT64, NULL);
  g_autoptr (TpoMaskReader) reader = tpo_mask_reader_new (self->store, most);
  g_autoptr (TpoMaskReader) roomy = tpo_mask_reader_new (self->store, 1 << 20);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoRle) first = NULL;
  g_autoptr (TpoRle) again = NULL;
  gsize one, all;

  for (guint i = 0; i < keyframes->len; i++) {
    g_autoptr (TpoRle) mask = tpo_mask_reader_get (reader, keyframes, i, &error);
    g_autoptr (TpoRle) expected = mask_of (i);

    g_assert_no_error (error);
    g_assert_cmpfloat (tpo_rle_iou (mask, expected), ==, 1.0);
    g_assert_cmpuint (tpo_mask_reader_get_size (reader), <=, most);
  }
  wait_ahead (reader);
  g_assert_cmpuint (tpo_mask_reader_get_size (reader), <=, most);

  first = tpo_mask_reader_get (roomy, keyframes, 100, &error);
  one = tpo_mask_reader_get_size (roomy);
  g_assert_true (tpo_mask_reader_is_reading (roomy));
  wait_ahead (roomy);
  all = tpo_mask_reader_get_size (roomy);
  g_assert_cmpuint (all, >=, 32 * one);
  for (guint i = 100; i <= 116; i++) /* half of them: then the next ones are read */
    tpo_rle_unref (tpo_mask_reader_get (roomy, keyframes, i, &error));
  g_assert_false (tpo_mask_reader_is_reading (roomy));
  again = tpo_mask_reader_get (roomy, keyframes, 100, &error);
  g_assert_true (first == again);
  g_assert_cmpuint (tpo_mask_reader_get_size (roomy), ==, all);
}

/* Who plays a track waits for its first mask only. */
static void
test_reader_plays (Fixture *self, gconstpointer data)
{
  gint64 id = add_track (self->store, sample_video (self->store, "clip7.mp4"));
  g_autoptr (TpoAnnotationRecord) track = tpo_store_get_annotation (self->store, id, NULL);
  g_autoptr (GPtrArray) keyframes =
      tpo_store_list_light_keyframes (self->store, track->revision_id, 0, G_MAXINT64, NULL);
  g_autoptr (TpoMaskReader) reader = tpo_mask_reader_new (self->store, 1 << 20);

  for (guint i = 0; i < keyframes->len; i++) {
    gsize size = tpo_mask_reader_get_size (reader);
    g_autoptr (TpoRle) mask = tpo_mask_reader_get (reader, keyframes, i, NULL);
    g_autoptr (TpoRle) expected = mask_of (i);

    g_assert_cmpfloat (tpo_rle_iou (mask, expected), ==, 1.0);
    if (i > 0) /* it was there */
      g_assert_cmpuint (tpo_mask_reader_get_size (reader), ==, size);
    wait_ahead (reader);
  }
}

/* It may go while a thread still reads for it. */
static void
test_reader_gone (Fixture *self, gconstpointer data)
{
  gint64 id = add_track (self->store, sample_video (self->store, "clip7.mp4"));
  g_autoptr (TpoAnnotationRecord) track = tpo_store_get_annotation (self->store, id, NULL);
  g_autoptr (GPtrArray) keyframes =
      tpo_store_list_light_keyframes (self->store, track->revision_id, 0, G_MAXINT64, NULL);

  for (guint i = 0; i < 20; i++) {
    TpoMaskReader *reader = tpo_mask_reader_new (self->store, 1 << 20);

    tpo_rle_unref (tpo_mask_reader_get (reader, keyframes, i * 50, NULL));
    tpo_mask_reader_free (reader);
    g_main_context_iteration (NULL, i % 2);
  }
}

/* ---- tracks ---------------------------------------------------------------------------------------------- */

/* Nothing of the masks stays in memory but what was looked at. */
static void
test_light (Fixture *self, gconstpointer data)
{
  TpoAnnotation *track;
  g_autoptr (TpoDocument) document = open_track (self, &track);
  g_autoptr (TpoDocument) other = open_clip (self);

  g_assert_cmpuint (n_keyframes (track), ==, N_FRAMES);
  for (guint i = 0; i < N_FRAMES; i++)
    g_assert_null (
        ((TpoKeyframeRecord *) tpo_annotation_get_keyframes (track)->pdata[i])->mask);
  assert_masks (document, track, 0, N_FRAMES);
  assert_mask (document, track, N_FRAMES, NULL);
  track = tpo_document_find (other, tpo_annotation_get_id (track));
  assert_masks (other, track, N_FRAMES / 2, N_FRAMES / 2 + 10);
}

/* Of a long track only the frame that was changed is read again, by a thread; the track stays selected. */
static void
test_undo_stroke (Fixture *self, gconstpointer data)
{
  TpoAnnotation *track;
  g_autoptr (TpoDocument) document = open_track (self, &track);
  g_autoptr (TpoDocument) other = open_clip (self);
  TpoAnnotation *seen = tpo_document_find (other, tpo_annotation_get_id (track));
  TpoVideoIndex *index = tpo_document_get_index (document);
  gint64 time_us = tpo_video_index_get_time_us (index, 3);
  g_autoptr (TpoRle) before = tpo_document_get_mask (document, track, time_us);
  g_autoptr (TpoRle) painted = mask_of (7);
  g_autoptr (TpoRle) shown = NULL;

  /* The frame has a keyframe of its own now, among those around it. */
  g_assert_true (tpo_document_set_mask (document, track, time_us, painted) == track);
  g_assert_false (tpo_document_is_following (document));
  g_assert_cmpuint (n_keyframes (track), ==, N_FRAMES + 1);
  shown = tpo_document_get_mask_on (document, track, time_us);
  g_assert_cmpfloat (tpo_rle_iou (shown, painted), ==, 1.0);
  tpo_document_poll (other);
  test_document_wait (other);
  g_clear_pointer (&shown, tpo_rle_unref);
  shown = tpo_document_get_mask (other, seen, time_us);
  g_assert_cmpfloat (tpo_rle_iou (shown, painted), ==, 1.0);

  g_assert_true (tpo_document_undo (document));
  g_assert_true (tpo_document_is_following (document));
  test_document_wait (document);
  g_assert_true (tpo_document_get_selected (document) == track);
  g_assert_cmpuint (n_keyframes (track), ==, N_FRAMES);
  g_assert_null (tpo_document_get_mask_on (document, track, time_us));
  g_clear_pointer (&shown, tpo_rle_unref);
  shown = tpo_document_get_mask (document, track, time_us);
  g_assert_cmpfloat (tpo_rle_iou (shown, before), ==, 1.0);
  tpo_document_poll (other);
  test_document_wait (other);
  g_assert_cmpuint (n_keyframes (seen), ==, N_FRAMES);

  g_assert_true (tpo_document_redo (document));
  test_document_wait (document);
  g_clear_pointer (&shown, tpo_rle_unref);
  shown = tpo_document_get_mask_on (document, track, time_us);
  g_assert_cmpfloat (tpo_rle_iou (shown, painted), ==, 1.0);
}

/* What a person does while a thread reads is not lost, and what the thread reads is not shown when
 * it is old by then. */
static void
test_change_while_read (Fixture *self, gconstpointer data)
{
  TpoAnnotation *track;
  g_autoptr (TpoDocument) document = open_track (self, &track);
  TpoVideoIndex *index = tpo_document_get_index (document);
  g_autoptr (TpoRle) painted = mask_of (7);

  for (guint i = 0; i < 3; i++)
    g_assert_nonnull (tpo_document_set_mask (
        document, track, tpo_video_index_get_time_us (index, 3 + i), painted));
  g_assert_true (tpo_document_undo (document));
  g_assert_true (tpo_document_undo (document));
  g_assert_true (tpo_document_is_following (document));
  g_assert_nonnull (
      tpo_document_set_mask (document, track, tpo_video_index_get_time_us (index, 9), painted));
  test_document_wait (document);
  g_assert_cmpuint (n_keyframes (track), ==, N_FRAMES + 2);
  for (guint i = 3; i < 10; i++) {
    g_autoptr (TpoRle) mask =
        tpo_document_get_mask_on (document, track, tpo_video_index_get_time_us (index, i));

    g_assert_true ((mask != NULL) == (i == 3 || i == 9));
  }
}

/* The track as a whole, away and back. */
static void
test_undo_track (Fixture *self, gconstpointer data)
{
  TpoAnnotation *track;
  g_autoptr (TpoDocument) document = open_track (self, &track);
  gint64 id = tpo_annotation_get_id (track);

  g_assert_true (tpo_document_delete (document, track));
  g_assert_null (tpo_document_find (document, id));
  for (guint i = 0; i < 2; i++) {
    g_assert_true (tpo_document_undo (document));
    test_document_wait (document);
    track = tpo_document_find (document, id);
    if (i == 0)
      assert_masks (document, track, 1000, 1020);
  }
  g_assert_null (track);
  g_assert_true (tpo_document_redo (document));
  test_document_wait (document);
  track = tpo_document_find (document, id);
  g_assert_cmpuint (n_keyframes (track), ==, N_FRAMES);
  assert_masks (document, track, 1480, N_FRAMES);
}

/* Both parts have the masks of the one, and so has what is made of them again. */
static void
test_split (Fixture *self, gconstpointer data)
{
  TpoAnnotation *track, *second;
  g_autoptr (TpoDocument) document = open_track (self, &track);
  TpoVideoIndex *index = tpo_document_get_index (document);
  gint64 cut_us = tpo_video_index_get_time_us (index, 5);
  guint cut = (guint) (cut_us / STEP_US) + 1; /* the first frame behind it */
  g_autoptr (GPtrArray) both = g_ptr_array_new ();
  g_autoptr (TpoRle) held = mask_of (cut - 1);
  g_autoptr (TpoRle) frozen = NULL;

  g_assert_true (tpo_document_split_track (document, track, cut_us));
  g_assert_true (tpo_document_is_saving (document)); /* which a thread does */
  g_assert_false (tpo_document_split_track (document, track, cut_us));
  test_document_wait (document);
  g_assert_cmpuint (tpo_annotation_list_get_n (tpo_document_get_annotations (document)), ==, 2);
  second = tpo_document_get_selected (document);
  g_assert_nonnull (second);
  g_assert_true (second != track);
  assert_masks (document, track, cut - 20, cut);
  assert_masks (document, second, cut, cut + 20);
  frozen = tpo_document_get_mask_on (document, second, cut_us);
  g_assert_cmpfloat (tpo_rle_iou (frozen, held), ==, 1.0);

  g_ptr_array_add (both, track);
  g_ptr_array_add (both, second);
  g_assert_true (tpo_document_merge_tracks (document, both));
  test_document_wait (document);
  g_assert_cmpuint (tpo_annotation_list_get_n (tpo_document_get_annotations (document)), ==, 1);
  track = tpo_document_get_selected (document);
  assert_masks (document, track, 0, N_FRAMES);

  /* Each is one step. */
  for (guint n = 2; n > 0; n--) {
    g_assert_true (tpo_document_undo (document));
    test_document_wait (document);
    g_assert_cmpuint (tpo_annotation_list_get_n (tpo_document_get_annotations (document)), ==,
                      n);
  }
  track = tpo_annotation_list_get (tpo_document_get_annotations (document), 0);
  assert_masks (document, track, 0, N_FRAMES);
}

/* ---- all is read again ----------------------------------------------------------------------------------- */

static void
reload (TpoDocument *document)
{
  TpoAnnotation *old = tpo_annotation_list_get (tpo_document_get_annotations (document), 0);

  tpo_document_reload (document);
  while (tpo_annotation_list_get (tpo_document_get_annotations (document), 0) == old)
    g_main_context_iteration (NULL, TRUE);
  test_document_wait (document);
}

/* What is selected stays so, unless it is gone. */
static void
test_reload (Fixture *self, gconstpointer data)
{
  TpoAnnotation *track;
  g_autoptr (TpoDocument) document = open_track (self, &track);
  g_autoptr (GPtrArray) selected = g_ptr_array_new ();
  g_autoptr (GPtrArray) after = NULL;
  gint64 ids[3];

  for (guint i = 0; i < 3; i++) {
    TpoAnnotation *span = tpo_document_add_span (document, 0, 1000 + i, NULL);

    ids[i] = tpo_annotation_get_id (span);
    g_ptr_array_add (selected, span);
  }
  g_ptr_array_add (selected, track);
  ids[1] = tpo_annotation_get_id (track);
  tpo_document_select_many (document, selected);
  g_assert_true (tpo_store_delete_annotation (
      self->store, tpo_annotation_get_id (selected->pdata[1]), NULL, NULL));
  reload (document);
  after = tpo_document_list_selected (document);
  g_assert_cmpuint (after->len, ==, 3);
  g_assert_nonnull (tpo_document_find (document, ids[1]));
  g_assert_true (tpo_document_get_selected (document) == tpo_document_find (document, ids[1]));
  for (guint i = 0; i < 3; i++)
    g_assert_true (tpo_document_is_selected (document, tpo_document_find (document, ids[i])));
}

/* Also many, of which some have not come yet. */
static void
test_reload_many (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoDocument) document = open_clip (self);
  TpoStore *store = tpo_document_get_store (document);
  g_autoptr (GPtrArray) selected = g_ptr_array_new ();
  g_autoptr (GPtrArray) after = NULL;
  TpoAnnotationList *list = tpo_document_get_annotations (document);

  g_assert_true (tpo_store_begin_group (store, NULL, NULL));
  for (guint i = 0; i < N_FRAMES; i++) {
    TpoAnnotationRecord span = { .video_id = tpo_document_get_video_id (document),
                                 .status = TPO_STATUS_MANUAL,
                                 .end_us = 1000 };

    g_assert_cmpint (tpo_store_add_annotation (store, &span, NULL, NULL, NULL), >, 0);
  }
  g_assert_true (tpo_store_end_group (store, NULL));
  test_document_wait (document);
  for (guint i = 1; i < N_FRAMES; i += 2)
    g_ptr_array_add (selected, tpo_annotation_list_get (list, i));
  tpo_document_select_many (document, selected);
  reload (document);
  after = tpo_document_list_selected (document);
  g_assert_cmpuint (after->len, ==, N_FRAMES / 2);
  g_assert_true (tpo_document_get_selected (document) ==
                 tpo_annotation_list_get (list, N_FRAMES - 1));
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/document-masks/reader", test_reader);
  FIXTURE_ADD ("/document-masks/reader-plays", test_reader_plays);
  FIXTURE_ADD ("/document-masks/reader-gone", test_reader_gone);
  FIXTURE_ADD ("/document-masks/light", test_light);
  FIXTURE_ADD ("/document-masks/undo-stroke", test_undo_stroke);
  FIXTURE_ADD ("/document-masks/change-while-read", test_change_while_read);
  FIXTURE_ADD ("/document-masks/undo-track", test_undo_track);
  FIXTURE_ADD ("/document-masks/split", test_split);
  FIXTURE_ADD ("/document-masks/reload", test_reload);
  FIXTURE_ADD ("/document-masks/reload-many", test_reload_many);
  result = g_test_run ();
  tpo_test_remove_clips ();
  return result;
}
