/* A conversation of many messages follows the project in a thread: what is shown in the end is what
 * there is, whatever happens until the thread is through. */

#include "document-fixture.h"

enum {
  N_TURNS = 100,
  PARTING = 10, /* the turn that has another answer, which goes on by one turn */
};

typedef struct {
  TpoDocument *document;
  GListModel *messages;
  gint64 id; /* of the long conversation */
  gint64 first_answer,
      last; /* of the branch that is shown: its answer at the parting, its end */
  gint64 other_answer, other_id; /* of the other branch; of a conversation of one message */
} Talk;

static void
talk_clear (Talk *self)
{
  g_clear_object (&self->document);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Talk, talk_clear)

static gint64
say (TpoStore *store, gint64 conversation_id, TpoMessageRole role, const char *text)
{
  g_autoptr (GError) error = NULL;
  gint64 id = tpo_store_append_message (store, conversation_id, role, text,
                                        TPO_MESSAGE_COMPLETE, NULL, &error);

  g_assert_no_error (error);
  return id;
}

static void
wait (Talk *self)
{
  while (self->document->rereading != NULL)
    g_main_context_iteration (NULL, TRUE);
}

static gint64
id_at (Talk *self, guint position)
{
  return tpo_message_get_record (tpo_document_message_at (self->document, position))->id;
}

/* What is shown is what the project has. */
static void
check (Talk *self, gint64 conversation_id)
{
  TpoStore *store = tpo_document_get_store (self->document);
  g_autoptr (GPtrArray) stored = tpo_store_list_messages (store, conversation_id, NULL);

  g_assert_cmpint (tpo_document_get_conversation (self->document), ==, conversation_id);
  g_assert_cmpuint (g_list_model_get_n_items (self->messages), ==, stored->len);
  for (guint i = 0; i < stored->len; i++) {
    const TpoMessageRecord *record = g_ptr_array_index (stored, i);
    const TpoMessageRecord *shown =
        tpo_message_get_record (tpo_document_message_at (self->document, i));

    g_assert_cmpint (shown->id, ==, record->id);
    g_assert_cmpint (shown->rating, ==, record->rating);
    g_assert_cmpuint (shown->branch, ==, record->branch);
    g_assert_cmpuint (shown->n_branches, ==, record->n_branches);
  }
}

static void
begin (Talk *self, Fixture *fixture)
{
  g_autofree char *clip = tpo_test_clip ("talk.mp4", TPO_TEST_SOURCE ("1"));
  gint64 video_id, question;

  *self = (Talk){ .document = test_document_new (fixture->path) };
  self->messages = tpo_document_get_messages (self->document);
  test_document_open (self->document, clip);
  video_id = tpo_document_get_video_id (self->document);
  self->other_id = tpo_store_add_conversation (fixture->store, video_id, "Short", NULL, NULL);
  say (fixture->store, self->other_id, TPO_MESSAGE_USER, "Who?");
  self->id = tpo_store_add_conversation (fixture->store, video_id, "Long", NULL, NULL);
  for (guint i = 0; i < N_TURNS; i++) {
    question = say (fixture->store, self->id, TPO_MESSAGE_USER, "When?");
    if (i == PARTING) {
      self->other_answer = say (fixture->store, self->id, TPO_MESSAGE_ASSISTANT, "Never.");
      say (fixture->store, self->id, TPO_MESSAGE_USER, "Why?");
      g_assert_true (tpo_store_set_leaf (fixture->store, self->id, question, NULL, NULL));
    }
    self->last = say (fixture->store, self->id, TPO_MESSAGE_ASSISTANT, "Now.");
    if (i == PARTING)
      self->first_answer = self->last;
  }
  tpo_document_poll (self->document);
  wait (self);
  check (self, self->id);
  g_assert_cmpuint (g_list_model_get_n_items (self->messages), ==, 2 * N_TURNS);
}

static void
assert_title (Talk *self, const char *expected)
{
  g_autofree char *title = NULL;

  g_object_get (self->document, "conversation", &title, NULL);
  g_assert_cmpstr (title, ==, expected);
}

/* The title is there at once, all messages stay the same. */
static void
test_rename (Fixture *fixture, gconstpointer data)
{
  g_auto (Talk) talk = { 0 };
  TpoMessage *message;

  begin (&talk, fixture);
  message = tpo_document_message_at (talk.document, 2 * N_TURNS - 1);
  g_assert_true (tpo_document_rename_conversation (talk.document, talk.id, "Longer"));
  assert_title (&talk, "Longer");
  g_assert_nonnull (talk.document->rereading);
  wait (&talk);
  check (&talk, talk.id);
  g_assert_true (tpo_document_message_at (talk.document, 2 * N_TURNS - 1) == message);
}

/* A short branch comes at once, a long one once it is read; what both have stays. */
static void
test_branch (Fixture *fixture, gconstpointer data)
{
  g_auto (Talk) talk = { 0 };
  const guint position = 2 * PARTING + 1;
  TpoMessage *before;

  begin (&talk, fixture);
  before = tpo_document_message_at (talk.document, position - 1);
  g_assert_true (tpo_document_show_branch (
      talk.document, tpo_document_message_at (talk.document, position), -1));
  check (&talk, talk.id);
  g_assert_cmpint (id_at (&talk, position), ==, talk.other_answer);
  g_assert_true (tpo_document_undo (talk.document));
  g_assert_nonnull (talk.document->rereading);
  wait (&talk);
  check (&talk, talk.id);
  g_assert_cmpint (id_at (&talk, position), ==, talk.first_answer);
  g_assert_true (tpo_document_message_at (talk.document, position - 1) == before);
}

/* What another program says while the thread reads is read, too. */
static void
test_others (Fixture *fixture, gconstpointer data)
{
  g_auto (Talk) talk = { 0 };

  begin (&talk, fixture);
  for (guint i = 0; i < 4; i++) {
    say (fixture->store, talk.id, TPO_MESSAGE_USER, "Where?");
    tpo_document_poll (talk.document);
    g_assert_nonnull (talk.document->rereading);
    if (i == 2)
      wait (&talk);
  }
  g_assert_true (tpo_store_rate_message (fixture->store, id_at (&talk, 1), 1, NULL, NULL));
  tpo_document_poll (talk.document);
  wait (&talk);
  check (&talk, talk.id);
  g_assert_cmpuint (g_list_model_get_n_items (talk.messages), ==, 2 * N_TURNS + 4);

  /* So is another conversation that is chosen meanwhile, and one that takes a removed one's place. */
  say (fixture->store, talk.id, TPO_MESSAGE_USER, "Where?");
  tpo_document_poll (talk.document);
  tpo_document_show_conversation (talk.document, talk.other_id);
  check (&talk, talk.other_id);
  tpo_document_show_conversation (talk.document, talk.id);
  g_assert_nonnull (talk.document->rereading);
  g_assert_true (tpo_document_remove_conversation (talk.document, talk.id));
  wait (&talk);
  check (&talk, talk.other_id);
}

/* A question that does not wait for the thread is asked after all that there is. */
static void
test_ask (Fixture *fixture, gconstpointer data)
{
  g_auto (Talk) talk = { 0 };
  gint64 newest;

  begin (&talk, fixture);
  newest = say (fixture->store, talk.id, TPO_MESSAGE_ASSISTANT, "There.");
  tpo_document_poll (talk.document);
  g_assert_nonnull (talk.document->rereading);
  tpo_document_ask (talk.document, "What?", 0, NULL);
  check (&talk, talk.id);
  g_assert_cmpint (id_at (&talk, 2 * N_TURNS), ==, newest);
  g_assert_cmpuint (g_list_model_get_n_items (talk.messages), ==, 2 * N_TURNS + 3);
  /* The answer is not read anew while it comes. */
  g_assert_true (talk.document->work->answer ==
                 tpo_document_message_at (talk.document, 2 * N_TURNS + 2));
  g_assert_true (tpo_document_rename_conversation (talk.document, talk.id, "Asked"));
  wait (&talk);
  check (&talk, talk.id);
  if (talk.document->work != NULL)
    g_assert_true (talk.document->work->answer ==
                   tpo_document_message_at (talk.document, 2 * N_TURNS + 2));
  tpo_document_abandon_work (talk.document);
}

static void
on_message_shown (TpoDocument *document, guint position, gpointer shown)
{
  *(int *) shown = (int) position;
}

static void
show (Talk *self, gint64 conversation_id, gint64 message_id, int *shown)
{
  *shown = -1;
  tpo_document_show_message (self->document, conversation_id, message_id);
  wait (self);
}

/* One that was found is shown with its conversation and branch, then it is told where; one that is
 * gone is not waited for. */
static void
test_show_message (Fixture *fixture, gconstpointer data)
{
  g_auto (Talk) talk = { 0 };
  int shown;

  begin (&talk, fixture);
  g_signal_connect (talk.document, "message-shown", G_CALLBACK (on_message_shown), &shown);
  show (&talk, talk.id, talk.last, &shown);
  g_assert_cmpint (shown, ==, 2 * N_TURNS - 1);
  tpo_document_show_conversation (talk.document, talk.other_id);
  show (&talk, talk.id, talk.other_answer, &shown);
  g_assert_cmpint (shown, ==, 2 * PARTING + 1);
  check (&talk, talk.id);
  show (&talk, talk.id, talk.last, &shown);
  g_assert_cmpint (shown, ==, 2 * N_TURNS - 1);
  check (&talk, talk.id);
  show (&talk, talk.id, talk.last + 100, &shown);
  g_assert_cmpint (shown, ==, -1);
  show (&talk, talk.id + 100, talk.last, &shown);
  g_assert_cmpint (shown, ==, -1);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/document-conversations/rename", test_rename);
  FIXTURE_ADD ("/document-conversations/branch", test_branch);
  FIXTURE_ADD ("/document-conversations/others", test_others);
  FIXTURE_ADD ("/document-conversations/ask", test_ask);
  FIXTURE_ADD ("/document-conversations/show-message", test_show_message);
  result = g_test_run ();
  tpo_test_remove_clips ();
  return result;
}
