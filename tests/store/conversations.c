/* Branches of a conversation: nothing that was said is lost, one path is shown. */

#include <tpo/error.h>

#include "fixture.h"

static gint64
say (Fixture *self, gint64 conversation_id, TpoMessageRole role, const char *text)
{
  g_autoptr (GError) error = NULL;
  gint64 id = tpo_store_append_message (self->store, conversation_id, role, text,
                                        TPO_MESSAGE_COMPLETE, NULL, &error);

  g_assert_no_error (error);
  return id;
}

/* What is shown, as "question (1/2) answer (1/1) …". */
static void
assert_shown (Fixture *self, gint64 conversation_id, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages =
      tpo_store_list_messages (self->store, conversation_id, &error);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < messages->len; i++) {
    const TpoMessageRecord *message = messages->pdata[i];

    g_string_append_printf (text, "%s%s (%u/%u)", i > 0 ? " " : "", message->text,
                            message->branch + 1, message->n_branches);
  }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_branches (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 video_id = sample_video (self->store, "clip7.mp4");
  gint64 id = tpo_store_add_conversation (self->store, video_id, NULL, NULL, &error);
  gint64 first = say (self, id, TPO_MESSAGE_USER, "when"), answer, edited;

  answer = say (self, id, TPO_MESSAGE_ASSISTANT, "now");
  say (self, id, TPO_MESSAGE_USER, "where");
  assert_shown (self, id, "when (1/1) now (1/1) where (1/1)");

  /* Another answer to the same question. */
  g_assert_true (tpo_store_set_leaf (self->store, id, first, NULL, &error));
  say (self, id, TPO_MESSAGE_ASSISTANT, "later");
  assert_shown (self, id, "when (1/1) later (2/2)");
  g_assert_true (tpo_store_show_branch (self->store, answer, 0, NULL, &error));
  assert_shown (self, id, "when (1/1) now (1/2) where (1/1)");

  /* The question itself, edited. */
  g_assert_true (tpo_store_set_leaf (self->store, id, 0, NULL, &error));
  edited = say (self, id, TPO_MESSAGE_USER, "who");
  assert_shown (self, id, "who (2/2)");
  fixture_reopen (self);
  g_assert_true (tpo_store_show_branch (self->store, edited, -1, NULL, &error));
  g_assert_no_error (error);
  assert_shown (self, id, "when (1/2) later (2/2)"); /* the newest end */

  g_assert_false (tpo_store_show_branch (self->store, edited, 1, NULL, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
}

/* Taking a message back takes its branch back. */
static void
test_undo (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 video_id = sample_video (self->store, "clip7.mp4");
  gint64 id = tpo_store_add_conversation (self->store, video_id, NULL, NULL, &error);
  gint64 question = say (self, id, TPO_MESSAGE_USER, "when");

  say (self, id, TPO_MESSAGE_ASSISTANT, "now");
  g_assert_true (
      tpo_store_begin_group (self->store, &(TpoEdit){ .name = "Regenerate" }, &error));
  g_assert_true (tpo_store_set_leaf (self->store, id, question, NULL, &error));
  say (self, id, TPO_MESSAGE_ASSISTANT, "later");
  g_assert_true (tpo_store_end_group (self->store, &error));
  assert_shown (self, id, "when (1/1) later (2/2)");
  g_assert_true (tpo_store_undo (self->store, &error));
  assert_shown (self, id, "when (1/1) now (1/1)");
  g_assert_true (tpo_store_redo (self->store, &error));
  assert_shown (self, id, "when (1/1) later (2/2)");
}

/* A message taken out of the middle leaves the rest. */
static void
test_removed (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 video_id = sample_video (self->store, "clip7.mp4");
  gint64 id = tpo_store_add_conversation (self->store, video_id, NULL, NULL, &error);
  gint64 answer;

  say (self, id, TPO_MESSAGE_USER, "when");
  answer = say (self, id, TPO_MESSAGE_ASSISTANT, "now");
  say (self, id, TPO_MESSAGE_USER, "where");
  g_assert_true (tpo_store_remove_message (self->store, answer, NULL, &error));
  assert_shown (self, id, "when (1/1) where (1/1)");
}

/* A conversation without a title goes by its first question. */
static void
test_titles (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 video_id = sample_video (self->store, "clip7.mp4");
  gint64 id = tpo_store_add_conversation (self->store, video_id, NULL, NULL, &error);
  g_autoptr (TpoConversationRecord) empty =
      tpo_store_get_conversation (self->store, id, &error);
  g_autoptr (TpoConversationRecord) asked = NULL;
  g_autoptr (TpoConversationRecord) named = NULL;

  g_assert_null (empty->title);
  g_assert_null (empty->question);
  say (self, id, TPO_MESSAGE_USER, "when");
  say (self, id, TPO_MESSAGE_USER, "where");
  asked = tpo_store_get_conversation (self->store, id, &error);
  g_assert_cmpstr (asked->question, ==, "when");
  g_assert_true (tpo_store_rename_conversation (self->store, id, "cars", NULL, &error));
  named = tpo_store_get_conversation (self->store, id, &error);
  g_assert_cmpstr (named->title, ==, "cars");
  g_assert_true (tpo_store_remove_conversation (self->store, id, NULL, &error));
  g_assert_null (tpo_store_get_conversation (self->store, id, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
}

static void
assert_found (Fixture *self, const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = tpo_store_search_messages (self->store, text, 3, &error);
  g_autoptr (GString) found = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < hits->len; i++) {
    const TpoMessageHit *hit = hits->pdata[i];
    g_autofree char *name = g_path_get_basename (hit->video_uri);

    g_string_append_printf (found, "%s%s: %s", i > 0 ? ", " : "", name, hit->text);
  }
  g_assert_cmpstr (found->str, ==, expected);
}

static void
test_search (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 first_video = sample_video (self->store, "a.mp4");
  gint64 first = tpo_store_add_conversation (self->store, first_video, NULL, NULL, &error);
  gint64 second_video = sample_video (self->store, "b.mp4");
  gint64 second = tpo_store_add_conversation (self->store, second_video, NULL, NULL, &error);

  say (self, first, TPO_MESSAGE_USER, "Wann fährt das ÄLTERE Auto?");
  say (self, first, TPO_MESSAGE_ASSISTANT, "100 % sure: at once");
  say (self, second, TPO_MESSAGE_USER, "an älterer Hund_");
  assert_found (self, "äLTER", "b.mp4: an älterer Hund_, a.mp4: Wann fährt das ÄLTERE Auto?");
  /* No letter is special. */
  assert_found (self, "%", "a.mp4: 100 % sure: at once");
  assert_found (self, "_", "b.mp4: an älterer Hund_");
  assert_found (self, "'", "");
  g_assert_true (tpo_store_remove_conversation (self->store, second, NULL, &error));
  assert_found (self, "älter", "a.mp4: Wann fährt das ÄLTERE Auto?");
  for (guint i = 0; i < 5; i++)
    say (self, first, TPO_MESSAGE_USER, "more");
  assert_found (self, "more", "a.mp4: more, a.mp4: more, a.mp4: more");
}

/* What an answer's predictions were made into, also where it was deleted. */
static void
test_claims (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 video_id = sample_video (self->store, "clip7.mp4"), answer_id = 0, span_id;
  g_autoptr (GArray) claims = NULL;
  g_autoptr (GPtrArray) withdrawn = NULL;
  g_autoptr (TpoAnnotationRecord) back = NULL;
  gint64 prediction_id;

  sample_answer (self->store, video_id, "when", &answer_id);
  prediction_id = sample_span (self->store, video_id, answer_id);
  span_id = tpo_store_annotate_prediction (self->store, prediction_id, 0, NULL, &error);
  claims = tpo_store_list_claims (self->store, 1, 0, &error);
  g_assert_cmpuint (claims->len, ==, 1);
  g_assert_cmpint (g_array_index (claims, TpoClaim, 0).message_id, ==, answer_id);
  g_assert_cmpint (g_array_index (claims, TpoClaim, 0).prediction_id, ==, prediction_id);
  g_assert_cmpint (g_array_index (claims, TpoClaim, 0).text_offset, ==, 3);
  g_clear_pointer (&claims, g_array_unref);
  claims = tpo_store_list_claims (self->store, 1, answer_id, &error);
  g_assert_cmpuint (claims->len, ==, 0);

  g_assert_true (tpo_store_set_span (self->store, span_id, 40000, 80000, NULL, &error));
  g_assert_true (tpo_store_delete_annotation (self->store, span_id, NULL, &error));
  withdrawn = tpo_store_list_withdrawn (self->store, video_id, prediction_id, &error);
  g_assert_cmpuint (withdrawn->len, ==, 1);
  g_assert_true (tpo_store_bring_back_annotation (self->store, span_id, NULL, &error));
  back = tpo_store_get_annotation (self->store, span_id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (back->start_us, ==, 40000);
  g_clear_pointer (&withdrawn, g_ptr_array_unref);
  withdrawn = tpo_store_list_withdrawn (self->store, video_id, 0, &error);
  g_assert_cmpuint (withdrawn->len, ==, 0);
}

/* Answers that were cut off by the end of the program end; the others are as they were. */
static void
test_end_streams (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 video_id = sample_video (self->store, "clip7.mp4");
  gint64 id = tpo_store_add_conversation (self->store, video_id, NULL, NULL, &error);
  g_autoptr (GPtrArray) messages = NULL;

  say (self, id, TPO_MESSAGE_USER, "when");
  tpo_store_append_message (self->store, id, TPO_MESSAGE_ASSISTANT, "at ",
                            TPO_MESSAGE_STREAMING, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (tpo_store_end_streams (self->store, &error));
  messages = tpo_store_list_messages (self->store, id, &error);
  g_assert_cmpint (((TpoMessageRecord *) messages->pdata[0])->state, ==, TPO_MESSAGE_COMPLETE);
  g_assert_cmpint (((TpoMessageRecord *) messages->pdata[1])->state, ==, TPO_MESSAGE_STOPPED);
}

static void
on_changed (TpoStore *store, const TpoStoreChange *change, gpointer same_id)
{
  if (change->has_conversations)
    *(gint64 *) same_id = change->same_message_id;
}

/* Only what a change leaves in doubt has to be read again. */
static void
test_same_messages (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 video_id = sample_video (self->store, "clip7.mp4"), same_id = -1;
  gint64 id = tpo_store_add_conversation (self->store, video_id, NULL, NULL, &error);
  gint64 question, answer, other;
  g_autoptr (GPtrArray) later = NULL;

  tpo_store_set_changed_func (self->store, on_changed, &same_id);
  question = say (self, id, TPO_MESSAGE_USER, "when");
  g_assert_cmpint (same_id, ==, 0);
  answer = say (self, id, TPO_MESSAGE_ASSISTANT, "now");
  g_assert_cmpint (same_id, ==, question);
  say (self, id, TPO_MESSAGE_USER, "where");
  g_assert_cmpint (same_id, ==, answer);
  g_assert_true (tpo_store_rate_message (self->store, answer, 1, NULL, &error));
  g_assert_cmpint (same_id, ==, question);
  g_assert_true (tpo_store_rename_conversation (self->store, id, "time", NULL, &error));
  g_assert_cmpint (same_id, ==, 0);

  later = tpo_store_list_later_messages (self->store, id, answer, &error);
  g_assert_cmpuint (later->len, ==, 1);
  g_assert_cmpint (((TpoMessageRecord *) later->pdata[0])->parent_id, ==, answer);

  /* Another answer takes the place of the first, and of what followed that. */
  g_assert_true (tpo_store_set_leaf (self->store, id, question, NULL, &error));
  g_assert_cmpint (same_id, ==, 0);
  other = say (self, id, TPO_MESSAGE_ASSISTANT, "later");
  g_assert_cmpint (same_id, ==, question);
  g_clear_pointer (&later, g_ptr_array_unref);
  later = tpo_store_list_later_messages (self->store, id, question, &error);
  g_assert_cmpuint (later->len, ==, 1);
  g_assert_cmpint (((TpoMessageRecord *) later->pdata[0])->id, ==, other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/conversations/branches", test_branches);
  FIXTURE_ADD ("/conversations/undo", test_undo);
  FIXTURE_ADD ("/conversations/removed", test_removed);
  FIXTURE_ADD ("/conversations/titles", test_titles);
  FIXTURE_ADD ("/conversations/search", test_search);
  FIXTURE_ADD ("/conversations/claims", test_claims);
  FIXTURE_ADD ("/conversations/end-streams", test_end_streams);
  FIXTURE_ADD ("/conversations/same-messages", test_same_messages);
  return g_test_run ();
}
