/* Tracks of a project cut in two, made one and changed in time: each is one step of undo, and what
 * belongs to them goes along. */

#include "document-fixture.h"
#include "document/message-details.h"
#include "document/tpo-document-review.h"
#include "document/tpo-document-sources.h"
#include "document/tpo-document-tracks.h"

static const TpoBox LEFT = { 0.1f, 0.1f, 0.3f, 0.5f }, RIGHT = { 0.5f, 0.1f, 0.7f, 0.5f };

/* A clip of thirty frames, open. */
static TpoDocument *
open_clip (Fixture *self)
{
  g_autofree char *clip = tpo_test_clip ("tracks.mp4", TPO_TEST_SOURCE ("1"));
  TpoDocument *document = test_document_new (self->path);

  test_document_open (document, clip);
  return document;
}

static gint64
time_of (TpoDocument *document, guint frame)
{
  return tpo_video_index_get_time_us (tpo_document_get_index (document), frame);
}

static TpoAnnotation *
add_track (TpoDocument *document, guint first, guint last)
{
  TpoAnnotation *track = tpo_document_add_box (document, time_of (document, first), &LEFT);

  g_assert_nonnull (track);
  g_assert_true (tpo_document_set_box (document, track, time_of (document, last), &RIGHT));
  return track;
}

static guint
count (TpoDocument *document)
{
  return tpo_annotation_list_get_n (tpo_document_get_annotations (document));
}

static const TpoAnnotationRecord *
record_of (TpoAnnotation *annotation)
{
  return tpo_annotation_get_record (annotation);
}

static guint
n_keyframes (TpoAnnotation *annotation)
{
  return tpo_annotation_get_keyframes (annotation)->len;
}

static void
on_toast (TpoDocument *document, const char *text, guint *n)
{
  (*n)++;
}

/* ---- in two ----------------------------------------------------------------------------------- */

static void
test_split (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoDocument) document = open_clip (self);
  TpoAnnotation *track = add_track (document, 0, 20), *second;
  gint64 cut_us = time_of (document, 10), end_us = record_of (track)->end_us;
  gint64 label_id = tpo_document_add_label (document, "car");
  TpoAttributeRecord attribute = { .label_id = label_id,
                                   .name = (char *) "colour",
                                   .type = TPO_ATTRIBUTE_TEXT };
  g_autoptr (GPtrArray) values = NULL;
  TpoBox box, before;

  g_assert_true (tpo_document_save_attribute (document, &attribute));
  g_assert_true (tpo_document_set_label (document, track, label_id));
  g_assert_true (tpo_document_set_attribute (document, track, 1, "red"));
  g_assert_true (tpo_annotation_get_box (track, cut_us, &before));

  /* The position may be anywhere in the frame. */
  g_assert_true (tpo_document_split_track (document, track, cut_us + 5000));
  g_assert_cmpuint (count (document), ==, 2);
  second = tpo_document_get_selected (document);
  g_assert_true (second != track);
  g_assert_cmpint (record_of (track)->end_us, ==, cut_us);
  g_assert_cmpint (record_of (second)->start_us, ==, cut_us);
  g_assert_cmpint (record_of (second)->end_us, ==, end_us);
  g_assert_cmpuint (n_keyframes (track), ==, 2);
  g_assert_cmpuint (n_keyframes (second), ==, 2);
  g_assert_true (tpo_annotation_get_box (second, cut_us, &box));
  g_assert_cmpfloat_with_epsilon (box.x0, before.x0, 1e-5f);
  g_assert_cmpint (record_of (second)->label_id, ==, label_id);
  values = tpo_document_list_values (document, second);
  g_assert_cmpuint (values->len, ==, 1);
  g_assert_cmpstr (((TpoAttributeValue *) values->pdata[0])->value, ==, "red");

  /* One step, there and back. */
  g_assert_true (tpo_document_undo (document));
  g_assert_cmpuint (count (document), ==, 1);
  g_assert_cmpint (record_of (track)->end_us, ==, end_us);
  g_assert_cmpuint (n_keyframes (track), ==, 2);
  g_assert_true (tpo_document_redo (document));
  g_assert_cmpuint (count (document), ==, 2);
}

/* What came from a prediction does so in both parts, and what the model said of a corrected frame
 * is still known. */
static void
test_split_prediction (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoDocument) document = open_clip (self);
  TpoStore *store = tpo_document_get_store (document);
  gint64 times[] = { time_of (document, 0), time_of (document, 10), time_of (document, 20) };
  TpoSpan span = { 0, time_of (document, 21), 0.9f };
  g_autoptr (GPtrArray) keyframes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  TpoPredictionRecord prediction = {
    .video_id = tpo_document_get_video_id (document),
    .text_offset = -1,
    .kind = TPO_ANNOTATION_BOX_TRACK,
    .model = (char *) "nano",
    .prompt = (char *) "the car",
    .spans = &span,
    .n_spans = 1,
    .keyframes = keyframes,
  };
  g_autoptr (TpoKeyframeRecord) replaced = NULL;
  g_autoptr (GError) error = NULL;
  TpoAnnotation *track, *second;
  gint64 prediction_id, id;

  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    TpoKeyframeRecord *keyframe = keyframe_new (times[i], 0.1f, 0.1f, 0.3f, 0.5f);

    keyframe->provenance = TPO_PROVENANCE_MODEL;
    g_ptr_array_add (keyframes, keyframe);
  }
  prediction_id = tpo_store_add_prediction (store, &prediction, &error);
  g_assert_no_error (error);
  id = tpo_store_annotate_prediction (store, prediction_id, 0, NULL, &error);
  g_assert_no_error (error);
  track = tpo_document_find (document, id);
  g_assert_true (tpo_document_set_box (document, track, times[2], &RIGHT));
  g_assert_true (tpo_document_split_track (document, track, times[1]));
  second = tpo_document_get_selected (document);
  g_assert_cmpint (record_of (track)->prediction_id, ==, prediction_id);
  g_assert_cmpint (record_of (second)->prediction_id, ==, prediction_id);
  g_assert_cmpint (record_of (second)->status, ==, TPO_STATUS_CORRECTED);
  replaced = tpo_document_find_replaced (document, second, times[2]);
  g_assert_nonnull (replaced);
  g_assert_cmpfloat_with_epsilon (replaced->box.x0, LEFT.x0, 1e-5f);
}

static void
test_split_refused (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoDocument) document = open_clip (self);
  TpoAnnotation *track = add_track (document, 5, 20);
  g_autoptr (GPtrArray) tracks = tpo_document_list_selected (document);
  guint n_toasts = 0;

  g_signal_connect (document, "toast", G_CALLBACK (on_toast), &n_toasts);
  g_assert_false (tpo_document_split_track (document, track, time_of (document, 0)));
  g_assert_false (tpo_document_split_track (document, track, time_of (document, 5)));
  g_assert_false (tpo_document_split_track (document, track, time_of (document, 25)));
  g_assert_true (tpo_document_set_locked (document, tracks, TRUE));
  g_assert_false (tpo_document_split_track (document, track, time_of (document, 10)));
  g_assert_cmpuint (n_toasts, ==, 4);
  g_assert_cmpuint (count (document), ==, 1);
}

/* ---- in one ------------------------------------------------------------------------------------ */

static GPtrArray *
list (TpoAnnotation *first, TpoAnnotation *second)
{
  GPtrArray *annotations = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (annotations, g_object_ref (first));
  g_ptr_array_add (annotations, g_object_ref (second));
  return annotations;
}

static void
test_merge (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoDocument) document = open_clip (self);
  TpoAnnotation *later = add_track (document, 15, 25), *earlier = add_track (document, 2, 8);
  g_autoptr (GPtrArray) both = list (later, earlier);
  gint64 earlier_id = tpo_annotation_get_id (earlier), end_us = record_of (later)->end_us;
  gint64 label_id = tpo_document_add_label (document, "car");
  TpoAttributeRecord attribute = { .label_id = label_id,
                                   .name = (char *) "colour",
                                   .type = TPO_ATTRIBUTE_TEXT };
  g_autoptr (GPtrArray) values = NULL;
  TpoBox box;

  g_assert_true (tpo_document_save_attribute (document, &attribute));
  g_assert_true (tpo_document_set_label (document, later, label_id));
  g_assert_true (tpo_document_set_attribute (document, later, 1, "red"));
  g_assert_true (tpo_document_set_text (document, later, "the red car"));

  g_assert_true (tpo_document_merge_tracks (document, both));
  g_assert_cmpuint (count (document), ==, 1);
  g_assert_cmpint (tpo_annotation_get_id (tpo_document_get_selected (document)), ==,
                   earlier_id);
  g_assert_cmpint (record_of (earlier)->start_us, ==, time_of (document, 2));
  g_assert_cmpint (record_of (earlier)->end_us, ==, end_us);
  g_assert_true (tpo_annotation_get_box (earlier, time_of (document, 8), &box));
  g_assert_false (tpo_annotation_get_box (earlier, time_of (document, 9), &box));
  g_assert_false (tpo_annotation_get_box (earlier, time_of (document, 14), &box));
  g_assert_true (tpo_annotation_get_box (earlier, time_of (document, 15), &box));
  /* What it lacks it has from the other. */
  g_assert_cmpint (record_of (earlier)->label_id, ==, label_id);
  g_assert_cmpstr (record_of (earlier)->text, ==, "the red car");
  values = tpo_document_list_values (document, earlier);
  g_assert_cmpuint (values->len, ==, 1);

  g_assert_true (tpo_document_undo (document));
  g_assert_cmpuint (count (document), ==, 2);
  g_assert_cmpuint (n_keyframes (tpo_document_find (document, earlier_id)), ==, 2);
  g_assert_null (record_of (tpo_document_find (document, earlier_id))->text);
}

/* What was cut is what it was when it is put together again. */
static void
test_split_and_merge (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoDocument) document = open_clip (self);
  TpoAnnotation *track = add_track (document, 0, 20);
  g_autoptr (GPtrArray) both = NULL;
  gint64 end_us = record_of (track)->end_us;
  TpoBox before[21], after;

  for (guint i = 0; i < G_N_ELEMENTS (before); i++)
    g_assert_true (tpo_annotation_get_box (track, time_of (document, i), &before[i]));
  g_assert_true (tpo_document_split_track (document, track, time_of (document, 7)));
  both = list (track, tpo_document_get_selected (document));
  g_assert_true (tpo_document_merge_tracks (document, both));
  g_assert_cmpuint (count (document), ==, 1);
  g_assert_cmpint (record_of (track)->end_us, ==, end_us);
  for (guint i = 0; i < G_N_ELEMENTS (before); i++) {
    g_assert_true (tpo_annotation_get_box (track, time_of (document, i), &after));
    g_assert_cmpfloat_with_epsilon (after.x0, before[i].x0, 1e-4f);
  }
}

static void
test_merge_refused (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoDocument) document = open_clip (self);
  g_autoptr (TpoRle) mask = sample_mask ();
  TpoAnnotation *box = add_track (document, 0, 5);
  TpoAnnotation *object = tpo_document_set_mask (document, NULL, 0, mask);
  g_autoptr (GPtrArray) both = list (box, object);
  guint n_toasts = 0;

  g_signal_connect (document, "toast", G_CALLBACK (on_toast), &n_toasts);
  g_assert_false (tpo_document_merge_tracks (document, both));
  g_assert_cmpuint (n_toasts, ==, 1);
  g_assert_cmpuint (count (document), ==, 2);
}

/* ---- long ones ----------------------------------------------------------------------------------- */

static const guint N_MANY = 200;

/* Boxes at N_MANY times of a video of a second. */
static gint64
add_long (TpoStore *store, gint64 video_id, float x0)
{
  g_autoptr (GPtrArray) keyframes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  TpoAnnotationRecord record = {
    .video_id = video_id,
    .kind = TPO_ANNOTATION_BOX_TRACK,
    .status = TPO_STATUS_MANUAL,
    .provenance = TPO_PROVENANCE_HUMAN,
    .end_us = G_USEC_PER_SEC,
  };
  g_autoptr (GError) error = NULL;
  gint64 id;

  for (guint i = 0; i < N_MANY; i++)
    g_ptr_array_add (keyframes,
                     keyframe_new (i * (G_USEC_PER_SEC / N_MANY), x0, 0.1f, x0 + 0.3f, 0.5f));
  id = tpo_store_add_annotation (store, &record, keyframes, NULL, &error);
  g_assert_no_error (error);
  return id;
}

static void
assert_times (TpoDocument *document, guint i, gint64 start_us, gint64 end_us)
{
  const TpoAnnotationRecord *record =
      record_of (tpo_annotation_list_get (tpo_document_get_annotations (document), i));

  g_assert_cmpint (record->start_us, ==, start_us);
  g_assert_cmpint (record->end_us, ==, end_us);
}

/* Cut and joined by a thread; what it finds it cannot do is said once it is known. */
static void
test_long (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoDocument) document = open_clip (self);
  TpoStore *store = tpo_document_get_store (document);
  gint64 id = add_long (store, tpo_document_get_video_id (document), 0.1f);
  gint64 cut_us = time_of (document, 10);
  TpoAnnotation *track = tpo_document_find (document, id);
  g_autoptr (GPtrArray) parts = NULL;
  guint n_toasts = 0;

  g_signal_connect (document, "toast", G_CALLBACK (on_toast), &n_toasts);
  g_assert_true (tpo_document_split_track (document, track, cut_us));
  g_assert_true (tpo_document_is_saving (document));
  g_assert_false (tpo_document_split_track (document, track, cut_us / 2));
  g_assert_cmpuint (n_toasts, ==, 1);
  test_document_wait (document);
  g_assert_cmpuint (count (document), ==, 2);
  assert_times (document, 0, 0, cut_us);
  assert_times (document, 1, cut_us, G_USEC_PER_SEC);

  g_assert_true (tpo_document_split_track (
      document, tpo_annotation_list_get (tpo_document_get_annotations (document), 1), 50000));
  test_document_wait (document);
  g_assert_cmpuint (n_toasts, ==, 2);
  g_assert_cmpuint (count (document), ==, 2);

  parts = list (track, tpo_annotation_list_get (tpo_document_get_annotations (document), 1));
  g_assert_true (tpo_document_merge_tracks (document, parts));
  g_assert_true (tpo_document_is_saving (document));
  test_document_wait (document);
  g_assert_cmpuint (count (document), ==, 1);
  assert_times (document, 0, 0, G_USEC_PER_SEC);
  g_assert_true (tpo_document_undo (document));
  g_assert_true (tpo_document_undo (document));
  test_document_wait (document);
  g_assert_cmpuint (count (document), ==, 1);
  g_assert_cmpuint (n_keyframes (tpo_document_find (document, id)), ==, N_MANY);
}

/* What is chosen about a difference is done by the thread, too. */
static void
test_resolve (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoDocument) document = open_clip (self);
  TpoStore *store = tpo_document_get_store (document);
  g_autofree char *path = g_build_filename (self->folder, "other.tpo", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoStore) theirs = tpo_store_open (path, TPO_STORE_DEFAULT, &error);
  gint64 video_id = tpo_document_get_video_id (document);
  g_autoptr (TpoVideoRecord) video = tpo_store_get_video (store, video_id, &error);
  g_autoptr (TpoComparison) comparison = NULL;
  gint64 id = add_long (store, video_id, 0.1f);
  TpoBox box;

  add_long (theirs, tpo_store_add_video (theirs, video, &error), 0.2f);
  g_assert_no_error (error);
  comparison = tpo_comparison_new (store, theirs, NULL, &error);
  g_assert_cmpuint (comparison->differences->len, ==, 1);
  g_assert_true (
      tpo_document_resolve (document, comparison->differences->pdata[0], TPO_CHOICE_THEIRS));
  g_assert_true (tpo_document_is_saving (document));
  test_document_wait (document);
  g_assert_true (tpo_annotation_get_box (tpo_document_find (document, id), 0, &box));
  g_assert_cmpfloat_with_epsilon (box.x0, 0.2f, 1e-5f);
  g_assert_true (tpo_document_undo (document));
  test_document_wait (document);
  g_assert_true (tpo_annotation_get_box (tpo_document_find (document, id), 0, &box));
  g_assert_cmpfloat_with_epsilon (box.x0, 0.1f, 1e-5f);
}

/* ---- in time ------------------------------------------------------------------------------------- */

static void
test_move (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoDocument) document = open_clip (self);
  TpoAnnotation *track = add_track (document, 5, 20);
  gint64 first_us = time_of (document, 5), last_us = time_of (document, 20);

  g_assert_true (tpo_document_set_box (document, track, time_of (document, 10), &RIGHT));
  /* Not beyond its neighbours. */
  g_assert_cmpint (tpo_document_place_keyframe (document, track, time_of (document, 10),
                                                time_of (document, 28)),
                   ==, time_of (document, 19));
  g_assert_cmpint (tpo_document_place_keyframe (document, track, time_of (document, 10), 0), ==,
                   time_of (document, 6));
  g_assert_true (tpo_document_move_keyframe (document, track, time_of (document, 10),
                                             time_of (document, 14) + 3));
  g_assert_cmpint (
      tpo_track_keyframe_at (tpo_annotation_get_keyframes (track), time_of (document, 15))
          ->time_us,
      ==, time_of (document, 14));
  /* The track goes along with its first and last frame. */
  g_assert_true (tpo_document_move_keyframe (document, track, first_us, 0));
  g_assert_cmpint (record_of (track)->start_us, ==, 0);
  g_assert_true (tpo_document_move_keyframe (document, track, last_us, time_of (document, 18)));
  g_assert_cmpint (record_of (track)->end_us, ==, time_of (document, 19));
  g_assert_true (tpo_document_undo (document));
  g_assert_cmpint (record_of (track)->end_us, ==, time_of (document, 21));
  g_assert_cmpuint (n_keyframes (track), ==, 3);
  g_assert_false (tpo_document_move_keyframe (document, track, 12345, 0));
}

/* ---- how far ------------------------------------------------------------------------------------- */

static void
assert_reach (TpoDocument *document, TpoReachKind kind, guint amount, guint frame,
              const TpoTimes *loop, gint64 start_us, gint64 end_us)
{
  const TpoReach reach = { kind, amount };
  TpoTimes times = tpo_reach_times (&reach, tpo_document_get_index (document), frame, loop);

  g_assert_cmpint (times.start_us, ==, start_us);
  g_assert_cmpint (times.end_us, ==, end_us);
}

static void
test_reach (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoDocument) document = open_clip (self);
  const TpoTimes loop = { time_of (document, 5), time_of (document, 9) };
  gint64 at_us = time_of (document, 7),
         end_us = tpo_video_index_get_info (tpo_document_get_index (document))->duration_us;
  const TpoReach seconds = { TPO_REACH_SECONDS, 2 };

  assert_reach (document, TPO_REACH_LOOP, 0, 7, NULL, 0, G_MAXINT64);
  assert_reach (document, TPO_REACH_LOOP, 0, 7, &loop, loop.start_us, loop.end_us);
  assert_reach (document, TPO_REACH_LOOP, 0, 9, &loop, 0, G_MAXINT64);
  assert_reach (document, TPO_REACH_CORRECTION, 0, 7, &loop, 0, G_MAXINT64);
  assert_reach (document, TPO_REACH_END, 0, 7, &loop, 0, G_MAXINT64);
  assert_reach (document, TPO_REACH_FRAMES, 3, 7, &loop, time_of (document, 4),
                time_of (document, 11));
  assert_reach (document, TPO_REACH_FRAMES, 1000, 7, NULL, 0, end_us);
  assert_reach (document, TPO_REACH_SECONDS, 1, 7, NULL, 0, at_us + G_USEC_PER_SEC + 1);
  tpo_document_set_reach (document, &seconds);
  g_assert_cmpuint (tpo_document_get_reach (document).amount, ==, 2);
}

static void
assert_source (TpoDocument *document, TpoAnnotation *track, guint position,
               const char *expected)
{
  GPtrArray *keyframes = tpo_annotation_get_keyframes (track);
  g_autofree char *source =
      tpo_document_describe_source (document, track, g_ptr_array_index (keyframes, position));

  g_assert_cmpstr (source, ==, expected);
}

/* Of each keyframe is told who said it, also after somebody else went on. */
static void
test_sources (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoDocument) document = open_clip (self);
  TpoStore *store = tpo_document_get_store (document);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = NULL;
  TpoAnnotation *track, *found;
  gint64 id;

  tpo_store_set_author (store, "Ana");
  track = add_track (document, 0, 10);
  tpo_store_set_author (store, "Ben");
  g_assert_true (tpo_document_set_box (document, track, time_of (document, 10), &LEFT));
  assert_source (document, track, 0, "set by Ana");
  assert_source (document, track, 1, "set by Ben");

  id = sample_box_track (store, tpo_document_get_video_id (document), 0);
  id = tpo_store_annotate_prediction (store, id, 0, NULL, &error);
  g_assert_no_error (error);
  found = tpo_document_require (document, id);
  assert_source (document, found, 0, "predicted by tpo-nano");
  g_assert_null (tpo_document_get_model (document, track));
  g_assert_cmpstr (tpo_document_get_model (document, found), ==, "tpo-nano 1");
  models = tpo_document_list_models (document);
  g_assert_cmpuint (models->len, ==, 1);
  g_assert_true (models->pdata[0] == tpo_document_get_model (document, found));
  g_assert_true (tpo_document_set_box (document, found, time_of (document, 0), &LEFT));
  assert_source (document, found, 0, "corrected by Ben");
}

/* What is found by following an object, as the project notes it in the end. */
static void
follow (TpoDocument *document, TpoAnnotation *track, const char *model, gint64 began_us,
        guint frame)
{
  TpoStore *store = tpo_document_get_store (document);
  gint64 id = tpo_annotation_get_id (track);
  TpoSpan span = { time_of (document, frame), time_of (document, frame + 1), 0.5f };
  g_autofree char *settings = tpo_track_settings (NULL, id, 0);
  const TpoPredictionRecord note = { .video_id = tpo_document_get_video_id (document),
                                     .kind = TPO_ANNOTATION_BOX_TRACK,
                                     .text_offset = -1,
                                     .model = (char *) model,
                                     .prompt = (char *) "",
                                     .settings = settings,
                                     .created_us = began_us,
                                     .spans = &span,
                                     .n_spans = 1 };
  TpoKeyframeRecord keyframe = { .time_us = span.start_us,
                                 .has_box = TRUE,
                                 .box = LEFT,
                                 .provenance = TPO_PROVENANCE_MODEL,
                                 .score = 0.5 };
  g_autoptr (GPtrArray) keyframes = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (keyframes, &keyframe);
  g_assert_true (tpo_store_set_keyframes (store, id, keyframes, span.end_us, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (tpo_store_add_prediction (store, &note, &error), !=, 0);
  g_assert_no_error (error);
}

/* A box that a person drew was predicted by nobody; those that were found from it tell by whom. */
static void
test_followed (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoDocument) document = open_clip (self);
  g_autoptr (TpoDocument) again = NULL;
  TpoAnnotation *track;
  gint64 began_us = g_get_real_time (), id;

  tpo_store_set_author (tpo_document_get_store (document), "Ana");
  track = add_track (document, 0, 10);
  id = tpo_annotation_get_id (track);
  follow (document, track, "first", began_us, 2);
  g_usleep (2); /* a later moment */
  follow (document, track, "second", g_get_real_time (), 4);
  again = open_clip (self);
  track = tpo_document_require (again, id);
  assert_source (again, track, 0, "set by Ana");
  assert_source (again, track, 1, "predicted by first");
  assert_source (again, track, 2, "predicted by second");
  g_assert_null (tpo_document_get_model (again, track));
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/document-tracks/split", test_split);
  FIXTURE_ADD ("/document-tracks/split/prediction", test_split_prediction);
  FIXTURE_ADD ("/document-tracks/split/refused", test_split_refused);
  FIXTURE_ADD ("/document-tracks/merge", test_merge);
  FIXTURE_ADD ("/document-tracks/merge/split", test_split_and_merge);
  FIXTURE_ADD ("/document-tracks/merge/refused", test_merge_refused);
  FIXTURE_ADD ("/document-tracks/long", test_long);
  FIXTURE_ADD ("/document-tracks/resolve", test_resolve);
  FIXTURE_ADD ("/document-tracks/move", test_move);
  FIXTURE_ADD ("/document-tracks/reach", test_reach);
  FIXTURE_ADD ("/document-tracks/sources", test_sources);
  FIXTURE_ADD ("/document-tracks/followed", test_followed);
  result = g_test_run ();
  tpo_test_remove_clips ();
  return result;
}
