/* Annotations, their revisions and keyframes. */

#include <math.h>

#include <tpo/error.h>

#include "fixture.h"

static TpoAnnotationRecord *
get (Fixture *self, gint64 id)
{
  g_autoptr (GError) error = NULL;
  TpoAnnotationRecord *annotation = tpo_store_get_annotation (self->store, id, &error);

  g_assert_no_error (error);
  return annotation;
}

static GPtrArray *
get_keyframes (Fixture *self, gint64 id)
{
  g_autoptr (TpoAnnotationRecord) annotation = get (self, id);
  g_autoptr (GError) error = NULL;
  GPtrArray *keyframes = tpo_store_list_keyframes (self->store, annotation->revision_id,
                                                   G_MININT64, G_MAXINT64, &error);

  g_assert_no_error (error);
  return keyframes;
}

static void
test_span (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoAnnotationRecord) first = NULL;
  g_autoptr (TpoAnnotationRecord) moved = NULL;
  g_autoptr (GPtrArray) revisions = NULL;
  const TpoAnnotationRecord *revision;
  gint64 video_id = sample_video (self->store, "clip7.mp4"), label_id, id;
  gint64 prediction_id = sample_span (self->store, video_id, 0);

  label_id = tpo_store_add_label (self->store, "cup", "#3584e4", "1", NULL, &error);
  id = tpo_store_annotate_prediction (self->store, prediction_id, label_id, NULL, &error);
  g_assert_no_error (error);
  first = get (self, id);
  g_assert_cmpint (first->kind, ==, TPO_ANNOTATION_SPAN);
  g_assert_cmpint (first->status, ==, TPO_STATUS_PREDICTED);
  g_assert_cmpint (first->prediction_id, ==, prediction_id);
  g_assert_cmpint (first->start_us, ==, 120000);
  g_assert_cmpint (first->end_us, ==, 800000);
  g_assert_cmpint (first->label_id, ==, label_id);
  g_assert_cmpstr (first->text, ==, "When is the cup lifted?");

  g_assert_true (tpo_store_set_status (self->store, id, TPO_STATUS_ACCEPTED, NULL, &error));
  g_assert_true (tpo_store_set_span (self->store, id, 80000, 800000,
                                     &(TpoEdit){ .seconds_spent = 2.5 }, &error));
  g_assert_true (tpo_store_set_annotation_text (self->store, id, "cup up", NULL, &error));
  fixture_reopen (self);
  moved = get (self, id);
  g_assert_cmpint (moved->status, ==, TPO_STATUS_CORRECTED);
  g_assert_cmpint (moved->provenance, ==, TPO_PROVENANCE_MODEL_CORRECTED);
  g_assert_cmpint (moved->start_us, ==, 80000);
  g_assert_cmpstr (moved->text, ==, "cup up");

  revisions = tpo_store_list_revisions (self->store, id, &error);
  g_assert_cmpuint (revisions->len, ==, 4);
  revision = revisions->pdata[0];
  g_assert_cmpint (revision->start_us, ==, 120000);
  g_assert_cmpint (revision->provenance, ==, TPO_PROVENANCE_MODEL);
  revision = revisions->pdata[2];
  g_assert_cmpint (revision->start_us, ==, 80000);
  g_assert_cmpfloat (revision->seconds_spent, ==, 2.5);
  g_assert_cmpstr (revision->author, ==, "ann");

  g_assert_true (tpo_store_delete_annotation (self->store, id, NULL, &error));
  g_assert_null (tpo_store_get_annotation (self->store, id, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
}

static void
assert_box (const TpoAnnotationRecord *track, GPtrArray *keyframes, gint64 time_us, float x0)
{
  TpoBox box;

  if (isnan (x0)) {
    g_assert_false (tpo_track_box_at (track, keyframes, time_us, &box));
    return;
  }
  g_assert_true (tpo_track_box_at (track, keyframes, time_us, &box));
  g_assert_cmpfloat_with_epsilon (box.x0, x0, 1e-6);
}

static void
test_box_track (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoAnnotationRecord) track = NULL;
  g_autoptr (GPtrArray) keyframes = NULL;
  g_autoptr (TpoKeyframeRecord) middle = keyframe_new (400000, 0.5f, 0.25f, 0.75f, 0.5f);
  TpoKeyframeRecord absent = { .time_us = 900000, .is_absent = TRUE };
  gint64 video_id = sample_video (self->store, "clip7.mp4");
  gint64 id = tpo_store_annotate_prediction (
      self->store, sample_box_track (self->store, video_id, 0), 0, NULL, &error);

  /* 0.125 at 0 and 0.5 at 0.8 s: linear between, held after. */
  g_assert_no_error (error);
  track = get (self, id);
  keyframes = get_keyframes (self, id);
  assert_box (track, keyframes, -1, NAN);
  assert_box (track, keyframes, 0, 0.125f);
  assert_box (track, keyframes, 400000, 0.3125f);
  assert_box (track, keyframes, 800000, 0.5f);
  assert_box (track, keyframes, 1099999, 0.5f);
  assert_box (track, keyframes, 1100000, NAN);

  middle->provenance = TPO_PROVENANCE_HUMAN;
  g_assert_true (tpo_store_set_keyframe (self->store, id, middle, 440000, NULL, &error));
  g_assert_true (tpo_store_set_keyframe (self->store, id, &absent, 1000000, NULL, &error));
  g_clear_pointer (&track, tpo_annotation_record_free);
  g_clear_pointer (&keyframes, g_ptr_array_unref);
  fixture_reopen (self);
  track = get (self, id);
  keyframes = get_keyframes (self, id);
  g_assert_cmpint (track->status, ==, TPO_STATUS_CORRECTED);
  g_assert_cmpuint (keyframes->len, ==, 4);
  assert_box (track, keyframes, 200000, 0.3125f);
  assert_box (track, keyframes, 600000, 0.5f);
  assert_box (track, keyframes, 899999, 0.5f);
  assert_box (track, keyframes, 900000, NAN);

  g_assert_true (tpo_store_remove_keyframe (self->store, id, 400000, NULL, &error));
  g_assert_false (tpo_store_remove_keyframe (self->store, id, 400000, NULL, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
  g_clear_pointer (&keyframes, g_ptr_array_unref);
  keyframes = get_keyframes (self, id);
  g_assert_cmpuint (keyframes->len, ==, 3);
  assert_box (track, keyframes, 400000, 0.3125f);
}

/* A keyframe outside the track stretches it. */
static void
test_stretch (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) keyframes = g_ptr_array_new ();
  g_autoptr (TpoKeyframeRecord) first = keyframe_new (400000, 0.1f, 0.1f, 0.2f, 0.2f);
  g_autoptr (TpoKeyframeRecord) early = keyframe_new (80000, 0.1f, 0.1f, 0.2f, 0.2f);
  g_autoptr (TpoKeyframeRecord) late = keyframe_new (1000000, -0.001f, 0.1f, 0.2f, 1.2f);
  g_autoptr (TpoAnnotationRecord) track = NULL;
  TpoAnnotationRecord annotation = { .kind = TPO_ANNOTATION_BOX_TRACK,
                                     .status = TPO_STATUS_MANUAL,
                                     .start_us = 400000,
                                     .end_us = 440000 };
  gint64 id;

  annotation.video_id = sample_video (self->store, "clip7.mp4");
  g_ptr_array_add (keyframes, first);
  id = tpo_store_add_annotation (self->store, &annotation, keyframes, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (tpo_store_set_keyframe (self->store, id, early, 120000, NULL, &error));
  g_assert_true (tpo_store_set_keyframe (self->store, id, late, 1100000, NULL, &error));
  track = get (self, id);
  g_assert_cmpint (track->status, ==, TPO_STATUS_MANUAL);
  g_assert_cmpint (track->start_us, ==, 80000);
  g_assert_cmpint (track->end_us, ==, 1100000);
}

static void
test_mask_track (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) keyframes = NULL;
  g_autoptr (GPtrArray) part = NULL;
  g_autoptr (TpoAnnotationRecord) track = NULL;
  g_autoptr (TpoRle) full = tpo_rle_from_string ("0d0", 5, 4, NULL);
  g_autoptr (TpoRle) empty = tpo_rle_from_string ("d0", 5, 4, NULL);
  TpoKeyframeRecord painted = { .time_us = 40000, .mask = full };
  TpoKeyframeRecord erased = { .time_us = 80000, .mask = empty };
  gint64 video_id = sample_video (self->store, "clip7.mp4");
  gint64 id = tpo_store_annotate_prediction (
      self->store, sample_mask_track (self->store, video_id, 0), 0, NULL, &error);
  const TpoKeyframeRecord *keyframe;

  g_assert_true (tpo_store_set_keyframe (self->store, id, &painted, 80000, NULL, &error));
  g_assert_true (tpo_store_set_keyframe (self->store, id, &erased, 120000, NULL, &error));
  g_assert_no_error (error);
  keyframes = get_keyframes (self, id);
  g_assert_cmpuint (keyframes->len, ==, 4);
  keyframe = keyframes->pdata[1];
  g_assert_cmpuint (tpo_rle_area (keyframe->mask), ==, 20);
  g_assert_cmpfloat (keyframe->box.x1, ==, 1.0f);
  g_assert_cmpint (keyframe->provenance, ==, TPO_PROVENANCE_HUMAN);
  keyframe = keyframes->pdata[2];
  g_assert_true (keyframe->is_absent);
  g_assert_null (keyframe->mask);

  track = get (self, id);
  part = tpo_store_list_keyframes (self->store, track->revision_id, 40000, 120000, &error);
  g_assert_cmpuint (part->len, ==, 2);
}

static char *
mask_text (TpoStore *store, const TpoKeyframeRecord *keyframe)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoRle) mask = tpo_store_get_mask (store, keyframe, &error);

  g_assert_no_error (error);
  return mask != NULL ? tpo_rle_to_string (mask) : g_strdup ("none");
}

/* Without masks all is as with them, and each mask can be had. */
static void
assert_light (Fixture *self, gint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) full = get_keyframes (self, id);
  g_autoptr (TpoAnnotationRecord) track = get (self, id);
  g_autoptr (GPtrArray) light = tpo_store_list_light_keyframes (self->store, track->revision_id,
                                                                G_MININT64, G_MAXINT64, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (light->len, ==, full->len);
  for (guint i = 0; i < full->len; i++) {
    const TpoKeyframeRecord *a = full->pdata[i], *b = light->pdata[i];
    g_autofree char *expected = mask_text (self->store, a);
    g_autofree char *found = mask_text (self->store, b);

    g_assert_null (b->mask);
    g_assert_cmpint (tpo_keyframe_has_mask (a), ==, tpo_keyframe_has_mask (b));
    g_assert_cmpstr (found, ==, expected);
    g_assert_cmpint (a->time_us, ==, b->time_us);
    g_assert_cmpint (a->is_absent, ==, b->is_absent);
    g_assert_cmpint (a->provenance, ==, b->provenance);
    g_assert_cmpint (a->revision_id, ==, b->revision_id);
    g_assert_cmpmem (&a->box, sizeof a->box, &b->box, sizeof b->box);
    g_assert_cmpfloat (a->score, ==, b->score);
  }
}

/* What is read without its mask is stored with it: on another frame, in another track, and once
 * more from there. */
static void
test_light (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoRle) full = tpo_rle_from_string ("0d0", 5, 4, NULL);
  g_autoptr (TpoRle) empty = tpo_rle_from_string ("d0", 5, 4, NULL);
  TpoKeyframeRecord painted = { .time_us = 40000, .mask = full };
  TpoKeyframeRecord erased = { .time_us = 80000, .mask = empty };
  gint64 video_id = sample_video (self->store, "clip7.mp4"), other;
  gint64 id = tpo_store_annotate_prediction (
      self->store, sample_mask_track (self->store, video_id, 0), 0, NULL, &error);
  g_autoptr (TpoAnnotationRecord) track = NULL;
  g_autoptr (GPtrArray) light = NULL;
  g_autoptr (GPtrArray) copied = NULL;
  g_autofree char *found = NULL;
  TpoKeyframeRecord *keyframe;

  g_assert_true (tpo_store_set_keyframe (self->store, id, &painted, 80000, NULL, &error));
  g_assert_true (tpo_store_set_keyframe (self->store, id, &erased, 120000, NULL, &error));
  assert_light (self, id);
  track = get (self, id);
  light = tpo_store_list_light_keyframes (self->store, track->revision_id, 40000, 40001, NULL);
  g_assert_cmpuint (light->len, ==, 1);
  keyframe = light->pdata[0];
  keyframe->time_us = 400000;
  other = tpo_store_add_annotation (self->store, track, light, NULL, &error);
  g_assert_no_error (error);
  assert_light (self, other);

  g_clear_pointer (&track, tpo_annotation_record_free);
  track = get (self, other);
  copied =
      tpo_store_list_light_keyframes (self->store, track->revision_id, 0, G_MAXINT64, NULL);
  keyframe = copied->pdata[0];
  keyframe->time_us = 440000;
  g_assert_true (tpo_store_set_keyframes (self->store, id, copied, 440000, NULL, &error));
  g_assert_no_error (error);
  assert_light (self, id);
  g_clear_pointer (&track, tpo_annotation_record_free);
  track = get (self, id);
  g_clear_pointer (&light, g_ptr_array_unref);
  light =
      tpo_store_list_light_keyframes (self->store, track->revision_id, 440000, 440001, NULL);
  found = mask_text (self->store, light->pdata[0]);
  g_assert_cmpstr (found, ==, "0d0");
}

/* A mask that is nowhere is no absence: nothing is stored without it. */
static void
test_light_lost (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 video_id = sample_video (self->store, "clip7.mp4");
  gint64 id = tpo_store_annotate_prediction (
      self->store, sample_mask_track (self->store, video_id, 0), 0, NULL, &error);
  TpoKeyframeRecord lost = { .time_us = 40000,
                             .has_box = TRUE,
                             .is_light = TRUE,
                             .box = { 0.1f, 0.1f, 0.2f, 0.2f },
                             .revision_id = 99,
                             .mask_time_us = 40000 };
  g_autofree char *before = dump_visible (self->store, video_id);
  g_autofree char *after = NULL;

  g_assert_false (tpo_store_set_keyframe (self->store, id, &lost, 80000, NULL, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_FORMAT);
  after = dump_visible (self->store, video_id);
  g_assert_cmpstr (before, ==, after);
}

/* How much there is to read decides who reads it. */
static void
test_long (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) keyframes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  TpoAnnotationRecord track = { .video_id = sample_video (self->store, "clip7.mp4"),
                                .kind = TPO_ANNOTATION_BOX_TRACK,
                                .status = TPO_STATUS_MANUAL,
                                .end_us = 1000000 };
  g_autoptr (TpoAnnotationRecord) before = NULL;
  g_autoptr (TpoAnnotationRecord) after = NULL;
  gint64 id;

  for (guint i = 0; i < 999; i++)
    g_ptr_array_add (keyframes, keyframe_new (i, 0.1f, 0.1f, 0.2f, 0.2f));
  id = tpo_store_add_annotation (self->store, &track, keyframes, NULL, NULL);
  before = get (self, id);
  g_assert_false (tpo_store_has_long_track (self->store, before->revision_id));
  ((TpoKeyframeRecord *) keyframes->pdata[0])->time_us = 1000;
  g_ptr_array_set_size (keyframes, 1);
  g_assert_true (tpo_store_set_keyframes (self->store, id, keyframes, 1001, NULL, NULL));
  after = get (self, id);
  g_assert_true (tpo_store_has_long_track (self->store, after->revision_id));
}

/* A hundred strokes on a long track store a hundred masks, not a hundred tracks. */
static void
test_growth (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoRle) mask = sample_mask ();
  TpoKeyframeRecord painted = { .mask = mask };
  gint64 video_id = sample_video (self->store, "clip7.mp4");
  gint64 id = tpo_store_annotate_prediction (
      self->store, sample_mask_track (self->store, video_id, 0), 0, NULL, &error);
  TpoStoreCounts counts;

  for (guint i = 0; i < 100; i++) {
    painted.time_us = i % 4 * 40000;
    g_assert_true (tpo_store_set_keyframe (self->store, id, &painted, 160000, NULL, &error));
  }
  g_assert_true (tpo_store_count (self->store, NULL, &counts, &error));
  g_assert_cmpint (counts.n_masks, ==, 104);
  g_assert_cmpint (counts.n_corrections, ==, 100);
  g_assert_cmpint (counts.n_annotations[TPO_ANNOTATION_MASK_TRACK][TPO_STATUS_CORRECTED], ==,
                   1);
}

/* Every refusal leaves the project as it was. */
static void
test_nonsense (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoKeyframeRecord) flat = keyframe_new (0, 0.5f, 0.1f, 0.5f, 0.2f);
  g_autoptr (TpoKeyframeRecord) nan_box = keyframe_new (0, NAN, 0.1f, 0.5f, 0.2f);
  g_autoptr (TpoKeyframeRecord) outside = keyframe_new (0, 1.5f, 0.1f, 1.7f, 0.2f);
  const TpoKeyframeRecord *bad[] = { flat, nan_box, outside };
  TpoAnnotationRecord annotation = { .kind = TPO_ANNOTATION_SPAN, .start_us = 0, .end_us = 1 };
  gint64 video_id = sample_video (self->store, "clip7.mp4");
  gint64 span_id = tpo_store_annotate_prediction (
      self->store, sample_span (self->store, video_id, 0), 0, NULL, &error);
  gint64 box_id = tpo_store_annotate_prediction (
      self->store, sample_box_track (self->store, video_id, 0), 0, NULL, &error);
  g_autofree char *before = dump_visible (self->store, video_id);
  g_autofree char *undo_name = tpo_store_dup_undo_name (self->store);
  g_autofree char *after = NULL;
  g_autofree char *undo_name_after = NULL;

#define ASSERT_REFUSED(call)                              \
  G_STMT_START                                            \
  {                                                       \
    g_assert_false (call);                                \
    g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID); \
    g_clear_error (&error);                               \
  }                                                       \
  G_STMT_END

  ASSERT_REFUSED (tpo_store_set_span (self->store, span_id, 5, 5, NULL, &error));
  ASSERT_REFUSED (tpo_store_set_span (self->store, 4711, 5, 6, NULL, &error));
  ASSERT_REFUSED (tpo_store_set_annotation_label (self->store, span_id, 4711, NULL, &error));
  ASSERT_REFUSED (tpo_store_set_keyframe (self->store, span_id, flat, 40000, NULL, &error));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    ASSERT_REFUSED (tpo_store_set_keyframe (self->store, box_id, bad[i], 40000, NULL, &error));
  ASSERT_REFUSED (tpo_store_annotate_prediction (self->store, 4711, 0, NULL, &error));
  annotation.video_id = 4711;
  ASSERT_REFUSED (tpo_store_add_annotation (self->store, &annotation, NULL, NULL, &error));
  annotation.video_id = video_id;
  annotation.kind = TPO_ANNOTATION_BOX_TRACK;
  ASSERT_REFUSED (tpo_store_add_annotation (self->store, &annotation, NULL, NULL, &error));
  ASSERT_REFUSED (tpo_store_append_message (self->store, 4711, TPO_MESSAGE_USER, "x",
                                            TPO_MESSAGE_COMPLETE, NULL, &error));

  after = dump_visible (self->store, video_id);
  g_assert_cmpstr (after, ==, before);
  undo_name_after = tpo_store_dup_undo_name (self->store);
  g_assert_cmpstr (undo_name_after, ==, undo_name);
}

/* A correction hides what the model said of the frame, which can still be asked for; an absence
 * takes away what the model said of the frames behind it, up to where a person says more. */
static void
test_correction (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) first = g_ptr_array_new_with_free_func (
                            (GDestroyNotify) tpo_keyframe_record_free),
                        left = NULL;
  g_autoptr (TpoKeyframeRecord) mine = keyframe_new (120000, 0.5f, 0.5f, 0.75f, 0.75f);
  g_autoptr (TpoKeyframeRecord) replaced = NULL;
  g_autoptr (TpoKeyframeRecord) none = NULL;
  TpoKeyframeRecord absence = { .time_us = 40000, .is_absent = TRUE, .score = -1 };
  TpoAnnotationRecord annotation = { .video_id = sample_video (self->store, "clip7.mp4"),
                                     .kind = TPO_ANNOTATION_BOX_TRACK,
                                     .status = TPO_STATUS_MANUAL,
                                     .end_us = 200000 };
  gint64 id;

  for (guint i = 0; i < 5; i++)
    g_ptr_array_add (first, keyframe_new (i * 40000, 0.1f, 0.1f, 0.2f, 0.2f));
  mine->provenance = TPO_PROVENANCE_MODEL_CORRECTED;
  id = tpo_store_add_annotation (self->store, &annotation, first, NULL, &error);
  g_assert_true (tpo_store_set_keyframe (self->store, id, mine, 160000, NULL, &error));
  g_assert_no_error (error);
  {
    g_autoptr (TpoAnnotationRecord) now = get (self, id);

    replaced = tpo_store_get_replaced_keyframe (self->store, now->revision_id, 120000, &error);
    none = tpo_store_get_replaced_keyframe (self->store, now->revision_id, 123456, &error);
    g_assert_no_error (error);
  }
  g_assert_nonnull (replaced);
  g_assert_cmpfloat (replaced->box.x0, ==, 0.1f);
  g_assert_cmpint (replaced->provenance, ==, TPO_PROVENANCE_MODEL);
  g_assert_null (none);

  g_assert_true (tpo_store_set_absent (self->store, id, &absence, 120000, 80000, NULL, &error));
  g_assert_no_error (error);
  left = get_keyframes (self, id);
  g_assert_cmpuint (left->len, ==, 4);
  for (guint i = 0; i < left->len; i++) {
    static const gint64 times_us[] = { 0, 40000, 120000, 160000 };
    const TpoKeyframeRecord *keyframe = left->pdata[i];

    g_assert_cmpint (keyframe->time_us, ==, times_us[i]);
    g_assert_cmpint (keyframe->is_absent, ==, i == 1);
    g_assert_cmpint (keyframe->revision_id, >, 0);
  }
  /* One step. */
  g_assert_true (tpo_store_undo (self->store, &error));
  g_clear_pointer (&left, g_ptr_array_unref);
  left = get_keyframes (self, id);
  g_assert_cmpuint (left->len, ==, 5);
}

/* The sign for a box that came with a question is no part of what an annotation is called. */
static void
test_asked_with_box (Fixture *self, gconstpointer data)
{
  static const struct {
    const char *prompt, *text;
  } cases[] = {
    { "Track the object in the video using a box with initial coordinates <track_box>.",
      "Track the object in the video." },
    { "Track the red cup <track_box>.", "Track the red cup." },
    { "<track_box>", "" },
    { "Where is it?", "Where is it?" },
  };
  gint64 video_id = sample_video (self->store, "clip7.mp4");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TpoPredictionRecord) sample =
        tpo_store_get_prediction (self->store, sample_span (self->store, video_id, 0), &error);
    g_autoptr (TpoAnnotationRecord) annotation = NULL;
    gint64 id;

    g_free (sample->prompt);
    sample->prompt = g_strdup (cases[i].prompt);
    id = tpo_store_add_prediction (self->store, sample, &error);
    g_assert_no_error (error);
    annotation = get (self, tpo_store_annotate_prediction (self->store, id, 0, NULL, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (annotation->text, ==, cases[i].text);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/annotations/span", test_span);
  FIXTURE_ADD ("/annotations/box-track", test_box_track);
  FIXTURE_ADD ("/annotations/stretch", test_stretch);
  FIXTURE_ADD ("/annotations/mask-track", test_mask_track);
  FIXTURE_ADD ("/annotations/light", test_light);
  FIXTURE_ADD ("/annotations/light-lost", test_light_lost);
  FIXTURE_ADD ("/annotations/long", test_long);
  FIXTURE_ADD ("/annotations/growth", test_growth);
  FIXTURE_ADD ("/annotations/correction", test_correction);
  FIXTURE_ADD ("/annotations/nonsense", test_nonsense);
  FIXTURE_ADD ("/annotations/asked-with-box", test_asked_with_box);
  return g_test_run ();
}
