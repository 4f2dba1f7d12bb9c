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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/conversations/branches", test_branches);
  FIXTURE_ADD ("/conversations/undo", test_undo);
  FIXTURE_ADD ("/conversations/removed", test_removed);
  return g_test_run ();
}
