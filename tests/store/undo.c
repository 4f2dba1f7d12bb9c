/* Undo and redo of everything, one step a gesture, also after a restart. */

#include "fixture.h"

typedef struct {
  gint64 video_id, label_id, attribute_id, conversation_id, message_id, span_id, box_id;
  gint64 question_id;
} Ids;

/* One gesture of every kind, in an order that each one finds what it needs. */
static gboolean
do_add_label (TpoStore *store, Ids *ids, GError **error)
{
  ids->label_id = tpo_store_add_label (store, "cup", "#3584e4", "1", NULL, error);
  return ids->label_id != 0;
}

static gboolean
do_converse (TpoStore *store, Ids *ids, GError **error)
{
  ids->conversation_id = tpo_store_add_conversation (store, ids->video_id, "Cups", NULL, error);
  return ids->conversation_id != 0;
}

static gboolean
do_ask (TpoStore *store, Ids *ids, GError **error)
{
  ids->message_id = tpo_store_append_message (store, ids->conversation_id, TPO_MESSAGE_USER,
                                              "When?", TPO_MESSAGE_COMPLETE, NULL, error);
  return ids->message_id != 0;
}

static gboolean
do_annotate_span (TpoStore *store, Ids *ids, GError **error)
{
  gint64 prediction_id = sample_span (store, ids->video_id, ids->message_id);

  ids->span_id =
      tpo_store_annotate_prediction (store, prediction_id, ids->label_id, NULL, error);
  return ids->span_id != 0;
}

static gboolean
do_annotate_box (TpoStore *store, Ids *ids, GError **error)
{
  gint64 prediction_id = sample_box_track (store, ids->video_id, ids->message_id);

  ids->box_id = tpo_store_annotate_prediction (store, prediction_id, 0, NULL, error);
  return ids->box_id != 0;
}

static gboolean
do_move_edge (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_set_span (store, ids->span_id, 80000, 800000, NULL, error);
}

static gboolean
do_move_span (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_set_span (store, ids->span_id, 40000, 760000, NULL, error);
}

static gboolean
do_move_box (TpoStore *store, Ids *ids, GError **error)
{
  g_autoptr (TpoKeyframeRecord) keyframe = keyframe_new (400000, 0.5f, 0.5f, 0.75f, 0.75f);

  return tpo_store_set_keyframe (store, ids->box_id, keyframe, 440000, NULL, error);
}

static gboolean
do_mark_absent (TpoStore *store, Ids *ids, GError **error)
{
  TpoKeyframeRecord keyframe = { .time_us = 900000, .is_absent = TRUE };

  return tpo_store_set_keyframe (store, ids->box_id, &keyframe, 1000000, NULL, error);
}

static gboolean
do_remove_keyframe (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_remove_keyframe (store, ids->box_id, 400000, NULL, error);
}

static gboolean
do_relabel (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_set_annotation_label (store, ids->box_id, ids->label_id, NULL, error);
}

static gboolean
do_caption (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_set_annotation_text (store, ids->span_id, "the cup goes up", NULL, error);
}

static gboolean
do_accept (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_set_status (store, ids->span_id, TPO_STATUS_ACCEPTED, NULL, error);
}

static gboolean
do_discard (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_set_status (store, ids->box_id, TPO_STATUS_DISCARDED, NULL, error);
}

static gboolean
do_edit_label (TpoStore *store, Ids *ids, GError **error)
{
  TpoLabelRecord label = { .id = ids->label_id,
                           .name = (char *) "mug",
                           .color = (char *) "#000000" };

  return tpo_store_update_label (store, &label, NULL, error);
}

static gboolean
do_delete (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_delete_annotation (store, ids->box_id, NULL, error);
}

static gboolean
do_delete_label (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_remove_label (store, ids->label_id, NULL, error);
}

static gboolean
do_rename (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_rename_conversation (store, ids->conversation_id, "Mugs", NULL, error);
}

static gboolean
do_delete_message (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_remove_message (store, ids->message_id, NULL, error);
}

static gboolean
do_delete_conversation (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_remove_conversation (store, ids->conversation_id, NULL, error);
}

static gboolean
do_locate (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_set_video_uri (store, ids->video_id, "file:///moved.mp4", NULL, error);
}

static gboolean
do_remove_video (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_remove_video (store, ids->video_id, NULL, error);
}

static gboolean
do_add_attribute (TpoStore *store, Ids *ids, GError **error)
{
  const char *choices[] = { "full", "empty", NULL };
  TpoAttributeRecord attribute = { .label_id = ids->label_id,
                                   .name = (char *) "content",
                                   .type = TPO_ATTRIBUTE_CHOICE,
                                   .choices = (char **) choices };

  ids->attribute_id = tpo_store_add_attribute (store, &attribute, NULL, error);
  return ids->attribute_id != 0;
}

static gboolean
do_edit_attribute (TpoStore *store, Ids *ids, GError **error)
{
  const char *choices[] = { "full", "half", NULL };
  TpoAttributeRecord attribute = { .id = ids->attribute_id,
                                   .label_id = ids->label_id,
                                   .name = (char *) "filling",
                                   .type = TPO_ATTRIBUTE_CHOICE,
                                   .choices = (char **) choices };

  return tpo_store_update_attribute (store, &attribute, NULL, error);
}

static gboolean
do_set_attribute (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_set_attribute (store, ids->span_id, ids->attribute_id, "full", NULL, error);
}

static gboolean
do_delete_attribute (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_remove_attribute (store, ids->attribute_id, NULL, error);
}

static gboolean
do_draw_curve (TpoStore *store, Ids *ids, GError **error)
{
  const float curve[] = { 0.5f, 0.25f, 1.0f, 0.0f };

  return tpo_store_set_saliency (store, ids->span_id, curve, G_N_ELEMENTS (curve), NULL, error);
}

static gboolean
do_restore (TpoStore *store, Ids *ids, GError **error)
{
  g_autoptr (GPtrArray) revisions = tpo_store_list_revisions (store, ids->span_id, error);
  const TpoAnnotationRecord *first = revisions != NULL ? revisions->pdata[0] : NULL;

  return first != NULL && tpo_store_restore_revision (store, first->revision_id, NULL, error);
}

static gboolean
do_rate (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_rate_message (store, ids->message_id, -1, NULL, error);
}

static gboolean
do_branch (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_set_leaf (store, ids->conversation_id, 0, NULL, error);
}

static gboolean
do_show_branch (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_show_branch (store, ids->message_id, 0, NULL, error);
}

static gboolean
do_save_question (TpoStore *store, Ids *ids, GError **error)
{
  ids->question_id = tpo_store_add_question (store, "When?", NULL, error);
  return ids->question_id != 0;
}

static gboolean
do_edit_question (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_set_question_text (store, ids->question_id, "Where?", NULL, error);
}

static gboolean
do_delete_question (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_remove_question (store, ids->question_id, NULL, error);
}

static gboolean
do_review (TpoStore *store, Ids *ids, GError **error)
{
  return tpo_store_set_reviewed (store, ids->video_id, TRUE, NULL, error);
}

static const struct {
  const char *name; /* of the undo step */
  gboolean (*run) (TpoStore *store, Ids *ids, GError **error);
} gestures[] = {
  { "Add Label", do_add_label },
  { "Start Conversation", do_converse },
  { "Ask Question", do_ask },
  { "Add Span", do_annotate_span },
  { "Add Box", do_annotate_box },
  { "Move Span Edge", do_move_edge },
  { "Move Span", do_move_span },
  { "Move Box", do_move_box },
  { "Mark Absent", do_mark_absent },
  { "Remove Keyframe", do_remove_keyframe },
  { "Change Label", do_relabel },
  { "Edit Caption", do_caption },
  { "Accept", do_accept },
  { "Discard", do_discard },
  { "Add Attribute", do_add_attribute },
  { "Change Attribute", do_set_attribute },
  { "Edit Attribute", do_edit_attribute },
  { "Delete Attribute", do_delete_attribute },
  { "Edit Highlight Curve", do_draw_curve },
  { "Restore", do_restore },
  { "Edit Label", do_edit_label },
  { "Delete", do_delete },
  { "Delete Label", do_delete_label },
  { "Rename Conversation", do_rename },
  { "Rate Answer", do_rate },
  { "Change Branch", do_branch },
  { "Change Branch", do_show_branch },
  { "Save Question", do_save_question },
  { "Edit Question", do_edit_question },
  { "Delete Question", do_delete_question },
  { "Delete Message", do_delete_message },
  { "Delete Conversation", do_delete_conversation },
  { "Mark as Reviewed", do_review },
  { "Locate Video", do_locate },
  { "Remove Video", do_remove_video },
};

#define N_GESTURES G_N_ELEMENTS (gestures)

static void
assert_dump (Fixture *self, gint64 video_id, const char *expected)
{
  g_autofree char *dump = dump_visible (self->store, video_id);

  g_assert_cmpstr (dump, ==, expected);
}

static void
test_everything (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char *dumps[N_GESTURES + 1];
  Ids ids = { .video_id = sample_video (self->store, "clip7.mp4") };

  dumps[0] = dump_visible (self->store, ids.video_id);
  for (guint i = 0; i < N_GESTURES; i++) {
    g_autofree char *name = NULL;

    g_assert_true (gestures[i].run (self->store, &ids, &error));
    g_assert_no_error (error);
    name = tpo_store_dup_undo_name (self->store);
    g_assert_cmpstr (name, ==, gestures[i].name);
    dumps[i + 1] = dump_visible (self->store, ids.video_id);
    g_assert_cmpstr (dumps[i + 1], !=, dumps[i]);
  }
  /* All the way back and forth again, with a restart before every step. */
  for (guint i = N_GESTURES; i > 0; i--) {
    g_autofree char *name = NULL;

    fixture_reopen (self);
    name = tpo_store_dup_undo_name (self->store);
    g_assert_cmpstr (name, ==, gestures[i - 1].name);
    g_assert_true (tpo_store_undo (self->store, &error));
    assert_dump (self, ids.video_id, dumps[i - 1]);
  }
  g_assert_null (tpo_store_dup_undo_name (self->store));
  g_assert_true (tpo_store_undo (self->store, &error)); /* nothing left: nothing happens */
  for (guint i = 0; i < N_GESTURES; i++) {
    g_autofree char *name = NULL;

    fixture_reopen (self);
    name = tpo_store_dup_redo_name (self->store);
    g_assert_cmpstr (name, ==, gestures[i].name);
    g_assert_true (tpo_store_redo (self->store, &error));
    assert_dump (self, ids.video_id, dumps[i + 1]);
  }
  g_assert_null (tpo_store_dup_redo_name (self->store));
  for (guint i = 0; i <= N_GESTURES; i++)
    g_free (dumps[i]);
}

/* A walk of edits, undos and redos against a list of states kept beside it. */
static void
test_random (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func (g_free);
  Ids ids = { .video_id = sample_video (self->store, "clip7.mp4") };
  guint now = 0;

  do_annotate_span (self->store, &ids, &error);
  do_annotate_box (self->store, &ids, &error);
  g_ptr_array_add (states, dump_visible (self->store, ids.video_id));
  for (guint round = 0; round < 200; round++) {
    switch (g_test_rand_int_range (0, 8)) {
    case 0:
    case 1:
      if (now == 0)
        break;
      g_assert_true (tpo_store_undo (self->store, &error));
      now--;
      break;
    case 2:
      g_assert_true (tpo_store_redo (self->store, &error));
      now = MIN (now + 1, states->len - 1);
      break;
    case 3:
      fixture_reopen (self);
      break;
    case 4: {
      float x = (float) g_test_rand_double_range (0.0, 0.5);
      g_autoptr (TpoKeyframeRecord) keyframe =
          keyframe_new (g_test_rand_int_range (0, 10) * 40000, x, x, x + 0.25f, x + 0.25f);

      g_assert_true (
          tpo_store_set_keyframe (self->store, ids.box_id, keyframe, 440000, NULL, &error));
      g_ptr_array_set_size (states, (int) ++now);
      g_ptr_array_add (states, dump_visible (self->store, ids.video_id));
      break;
    }
    default: {
      gint64 start_us = g_test_rand_int_range (0, 500000);

      g_assert_true (tpo_store_set_span (self->store, ids.span_id, start_us, start_us + 100000,
                                         NULL, &error));
      g_ptr_array_set_size (states, (int) ++now);
      g_ptr_array_add (states, dump_visible (self->store, ids.video_id));
    }
    }
    assert_dump (self, ids.video_id, states->pdata[now]);
  }
}

static void
test_new_step_ends_redo (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Ids ids = { .video_id = sample_video (self->store, "clip7.mp4") };
  g_autofree char *name = NULL;

  do_annotate_span (self->store, &ids, &error);
  do_move_edge (self->store, &ids, &error);
  g_assert_true (tpo_store_undo (self->store, &error));
  name = tpo_store_dup_redo_name (self->store);
  g_assert_cmpstr (name, ==, "Move Span Edge");
  do_move_span (self->store, &ids, &error);
  g_assert_null (tpo_store_dup_redo_name (self->store));
  g_assert_cmpint (query_number (self->path, "SELECT count(*) FROM revision"), ==, 3);
}

static void
test_group (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Ids ids = { .video_id = sample_video (self->store, "clip7.mp4") };
  g_autofree char *before = NULL;
  g_autofree char *name = NULL;

  do_annotate_span (self->store, &ids, &error);
  do_annotate_box (self->store, &ids, &error);
  before = dump_visible (self->store, ids.video_id);

  g_assert_true (
      tpo_store_begin_group (self->store, &(TpoEdit){ .name = "Accept All" }, &error));
  do_accept (self->store, &ids, &error);
  /* What fails inside leaves the rest alone, and the group's step too. */
  g_assert_false (tpo_store_set_span (self->store, 4711, 0, 1, NULL, NULL));
  g_assert_true (
      tpo_store_set_status (self->store, ids.box_id, TPO_STATUS_ACCEPTED, NULL, &error));
  g_assert_true (tpo_store_end_group (self->store, &error));
  name = tpo_store_dup_undo_name (self->store);
  g_assert_cmpstr (name, ==, "Accept All");
  g_assert_true (tpo_store_undo (self->store, &error));
  assert_dump (self, ids.video_id, before);

  g_assert_true (tpo_store_begin_group (self->store, NULL, &error));
  do_accept (self->store, &ids, &error);
  tpo_store_cancel_group (self->store);
  assert_dump (self, ids.video_id, before);

  /* As a crash in the middle does. */
  g_assert_true (tpo_store_begin_group (self->store, NULL, &error));
  do_accept (self->store, &ids, &error);
  fixture_reopen (self);
  assert_dump (self, ids.video_id, before);
}

/* Ten nudges of a key held down are one step. */
static void
test_amend (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Ids ids = { .video_id = sample_video (self->store, "clip7.mp4") };
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gint64 step;

  do_annotate_span (self->store, &ids, &error);
  before = dump_visible (self->store, ids.video_id);
  do_move_edge (self->store, &ids, &error);
  step = tpo_store_get_last_step (self->store);
  for (gint64 i = 0; i < 10; i++)
    g_assert_true (tpo_store_set_span (self->store, ids.span_id, 80000 - i * 1000, 800000,
                                       &(TpoEdit){ .amend_step = step }, &error));
  g_assert_cmpint (tpo_store_get_last_step (self->store), ==, step);
  after = dump_visible (self->store, ids.video_id);
  g_assert_true (tpo_store_undo (self->store, &error));
  assert_dump (self, ids.video_id, before);
  g_assert_true (tpo_store_redo (self->store, &error));
  assert_dump (self, ids.video_id, after);

  /* A step that is undone is not joined. */
  g_assert_true (tpo_store_undo (self->store, &error));
  g_assert_true (tpo_store_set_span (self->store, ids.span_id, 1, 2,
                                     &(TpoEdit){ .amend_step = step }, &error));
  g_assert_cmpint (tpo_store_get_last_step (self->store), >, step);
}

typedef struct {
  guint n_calls;
  GArray *ids;
  gboolean has_labels, has_conversations, has_videos;
} Heard;

static void
on_changed (TpoStore *store, const TpoStoreChange *change, gpointer data)
{
  Heard *heard = data;

  heard->n_calls++;
  g_array_set_size (heard->ids, 0);
  g_array_append_vals (heard->ids, change->annotation_ids, change->n_annotation_ids);
  heard->has_labels = change->has_labels;
  heard->has_conversations = change->has_conversations;
  heard->has_videos = change->has_videos;
}

static void
test_notification (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Ids ids = { .video_id = sample_video (self->store, "clip7.mp4") };
  Heard heard = { .ids = g_array_new (FALSE, FALSE, sizeof (gint64)) };

  tpo_store_set_changed_func (self->store, on_changed, &heard);
  do_add_label (self->store, &ids, &error);
  g_assert_true (heard.n_calls == 1 && heard.has_labels && !heard.has_conversations);
  do_converse (self->store, &ids, &error);
  g_assert_true (heard.n_calls == 2 && heard.has_conversations && !heard.has_labels);
  do_annotate_span (self->store, &ids, &error);
  g_assert_cmpuint (heard.n_calls, ==, 3);
  g_assert_cmpuint (heard.ids->len, ==, 1);
  g_assert_cmpint (g_array_index (heard.ids, gint64, 0), ==, ids.span_id);
  g_assert_false (tpo_store_set_span (self->store, ids.span_id, 1, 0, NULL, NULL));
  g_assert_cmpuint (heard.n_calls, ==, 3);

  g_assert_true (tpo_store_begin_group (self->store, NULL, &error));
  do_annotate_box (self->store, &ids, &error);
  do_move_edge (self->store, &ids, &error);
  do_move_span (self->store, &ids, &error);
  g_assert_cmpuint (heard.n_calls, ==, 3);
  g_assert_true (tpo_store_end_group (self->store, &error));
  g_assert_cmpuint (heard.n_calls, ==, 4);
  g_assert_cmpuint (heard.ids->len, ==, 2);
  g_assert_true (tpo_store_undo (self->store, &error));
  g_assert_cmpuint (heard.n_calls, ==, 5);
  g_assert_cmpuint (heard.ids->len, ==, 2);
  do_locate (self->store, &ids, &error);
  g_assert_true (heard.n_calls == 6 && heard.has_videos);
  g_array_unref (heard.ids);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/undo/everything", test_everything);
  FIXTURE_ADD ("/undo/random", test_random);
  FIXTURE_ADD ("/undo/new-step-ends-redo", test_new_step_ends_redo);
  FIXTURE_ADD ("/undo/group", test_group);
  FIXTURE_ADD ("/undo/amend", test_amend);
  FIXTURE_ADD ("/undo/notification", test_notification);
  return g_test_run ();
}
