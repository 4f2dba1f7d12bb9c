/* The history of a label in words, and what of it is still in force. */

#include "review/history.h"
#include "../store/fixture.h"

static GPtrArray *
list (Fixture *self, gint64 annotation_id)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *steps = tpo_history_list (self->store, annotation_id, &error);

  g_assert_no_error (error);
  return steps;
}

static void
assert_step (GPtrArray *steps, guint position, const char *what, gboolean is_current,
             gboolean is_undone)
{
  const TpoHistoryStep *step;

  g_assert_cmpuint (position, <, steps->len);
  step = g_ptr_array_index (steps, position);
  g_assert_cmpstr (step->what, ==, what);
  g_assert_cmpint (step->is_current, ==, is_current);
  g_assert_cmpint (step->is_undone, ==, is_undone);
  g_assert_cmpstr (step->record->author, ==, "ann");
}

static void
test_span (Fixture *self, gconstpointer data)
{
  gint64 video_id = sample_video (self->store, "a.mp4"), label_id, first_id;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) steps = NULL;
  g_autoptr (GPtrArray) restored = NULL;
  g_autoptr (TpoAnnotationRecord) now = NULL;
  gint64 id = tpo_store_annotate_prediction (
      self->store, sample_span (self->store, video_id, 0), 0, NULL, &error);

  label_id = tpo_store_add_label (self->store, "cup", "#3584e4", NULL, NULL, &error);
  g_assert_true (tpo_store_set_status (self->store, id, TPO_STATUS_ACCEPTED, NULL, &error));
  g_assert_true (tpo_store_undo (self->store, &error));
  g_assert_true (tpo_store_set_annotation_label (self->store, id, label_id, NULL, &error));
  g_assert_true (tpo_store_set_span (self->store, id, 80000, 800000, NULL, &error));
  steps = list (self, id);
  g_assert_cmpuint (steps->len, ==, 4);
  assert_step (steps, 0, "Corrected, 0:00.120 – 0:00.800 → 0:00.080 – 0:00.800", TRUE, FALSE);
  assert_step (steps, 1, "Label: cup", FALSE, FALSE);
  assert_step (steps, 2, "Accepted", FALSE, TRUE);
  assert_step (steps, 3, "Found by the model: 0:00.120 – 0:00.800", FALSE, FALSE);

  /* Back to what the model said: what came between is no longer in force. */
  first_id = ((TpoHistoryStep *) g_ptr_array_index (steps, 3))->record->revision_id;
  g_assert_true (tpo_store_restore_revision (self->store, first_id, NULL, &error));
  restored = list (self, id);
  assert_step (restored, 0, "Restored", TRUE, FALSE);
  assert_step (restored, 1, "Corrected, 0:00.120 – 0:00.800 → 0:00.080 – 0:00.800", FALSE,
               TRUE);
  now = tpo_store_get_annotation (self->store, id, &error);
  g_assert_cmpint (now->start_us, ==, 120000);
  g_assert_cmpint (now->status, ==, TPO_STATUS_PREDICTED);
  g_assert_no_error (error);
}

/* A pasted text as a name would keep a row busy for as long as it takes to lay it out. */
static void
test_long_name (Fixture *self, gconstpointer data)
{
  gint64 video_id = sample_video (self->store, "a.mp4");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) steps = NULL;
  g_autofree char *letters = g_strnfill (100000, 'e');
  g_autofree char *text = g_strconcat ("\303\251", letters, NULL);
  g_autofree char *shown = g_strdup_printf ("Name: \303\251%.499s…", letters);
  gint64 id = tpo_store_annotate_prediction (
      self->store, sample_span (self->store, video_id, 0), 0, NULL, &error);

  g_assert_true (tpo_store_set_annotation_text (self->store, id, text, NULL, &error));
  steps = list (self, id);
  g_assert_nonnull (strstr (((TpoHistoryStep *) g_ptr_array_index (steps, 0))->what, shown));
}

static void
test_track (Fixture *self, gconstpointer data)
{
  gint64 video_id = sample_video (self->store, "a.mp4");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) steps = NULL;
  gint64 id = tpo_store_annotate_prediction (
      self->store, sample_box_track (self->store, video_id, 0), 0, NULL, &error);
  g_autoptr (TpoKeyframeRecord) keyframe = keyframe_new (400000, 0.1f, 0.1f, 0.2f, 0.2f);

  keyframe->provenance = TPO_PROVENANCE_HUMAN;
  g_assert_true (tpo_store_set_keyframe (self->store, id, keyframe, 440000, NULL, &error));
  g_assert_true (tpo_store_remove_keyframe (self->store, id, 800000, NULL, &error));
  g_assert_true (tpo_store_delete_annotation (self->store, id, NULL, &error));
  g_assert_no_error (error);
  steps = list (self, id);
  assert_step (steps, 0, "Deleted", FALSE, TRUE);
  assert_step (steps, 1, "Keyframe at 0:00.800 removed", FALSE, TRUE);
  assert_step (steps, 2, "Corrected, Keyframe at 0:00.400", FALSE, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/history/span", test_span);
  FIXTURE_ADD ("/history/track", test_track);
  FIXTURE_ADD ("/history/long-name", test_long_name);
  return g_test_run ();
}
