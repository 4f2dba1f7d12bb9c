#include "io/prompt.h"

#include <string.h>

#include "io/json.h"

enum {
  MAX_JSON_SIZE = 4 << 20,
  N_VISUAL = 96,
  MAX_TURNS = 4,
  CHAT_MAX_IDS = 1024
};

static TpoTokenizer *
load (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "tokenizer", NULL);
  g_autoptr (GError) error = NULL;
  TpoTokenizer *tokenizer = tpo_tokenizer_load (path, &error);

  g_assert_no_error (error);
  return tokenizer;
}

static const char *
text_of (const TpoJsonNode *args, const char *name)
{
  const TpoJsonNode *node = tpo_json_member (args, name);

  return node != NULL ? node->string : NULL;
}

static TpoBosMode
bos_mode_of (const TpoJsonNode *entry)
{
  const char *name = tpo_json_member (entry, "bos_mode")->string;

  return strcmp (name, "per_part") == 0     ? TPO_BOS_PER_PART
         : strcmp (name, "first_only") == 0 ? TPO_BOS_FIRST_ONLY
                                            : TPO_BOS_NONE;
}

static void
assert_prompt (const TpoJsonNode *entry, const TpoPrompt *prompt)
{
  const TpoJsonNode *ids = tpo_json_member (entry, "ids");
  guint i = 0;

  g_assert_cmpuint (prompt->n, ==, ids->n_children);
  for (const TpoJsonNode *node = ids->child; node != NULL; node = node->next, i++)
    g_assert_cmpint (prompt->ids[i], ==, node->integer);
  i = 0;
  for (const TpoJsonNode *run = tpo_json_member (entry, "visual_mask_runs")->child; run != NULL;
       run = run->next) {
    for (gint64 k = 0; k < run->child->next->integer; k++)
      g_assert_cmpint (prompt->is_visual[i++], ==, run->child->integer);
  }
  g_assert_cmpuint (i, ==, prompt->n);
}

static void
check_entry (const TpoTokenizer *tokenizer, const TpoJsonNode *entry)
{
  const TpoJsonNode *args = tpo_json_member (entry, "args");
  const TpoJsonNode *history = tpo_json_member (args, "history");
  gboolean is_chat = strcmp (tpo_json_member (entry, "function")->string, "process_qa") == 0;
  TpoTurn turns[MAX_TURNS];
  TpoQuestion question = {
    .is_image = g_strcmp0 (text_of (args, "media"), "image") == 0,
    .n_visual = N_VISUAL,
    .text = text_of (args, is_chat ? "text" : "prompt"),
    .message = text_of (args, "msg"),
    .instruction = text_of (args, "instruction"),
    .turns = turns,
    .has_answer_start = tpo_json_member (args, "answer_prompt") != NULL,
    .bos_mode = bos_mode_of (entry),
    .max_ids = is_chat ? CHAT_MAX_IDS : 0,
  };
  g_autoptr (TpoPrompt) prompt = NULL;

  for (const TpoJsonNode *turn = history != NULL ? history->child : NULL; turn != NULL;
       turn = turn->next) {
    g_assert_cmpuint (question.n_turns, <, MAX_TURNS);
    turns[question.n_turns++] = (TpoTurn){ turn->child->string, turn->child->next->string };
  }
  prompt = is_chat ? tpo_prompt_new_chat (tokenizer, &question)
                   : tpo_prompt_new_answer (tokenizer, &question);
  assert_prompt (entry, prompt);
}

static void
test_expected (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "tokenizer", "expected.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoJson) json = tpo_json_load (path, MAX_JSON_SIZE, &error);
  g_autoptr (TpoTokenizer) tokenizer = load ();
  const TpoJsonNode *list;

  g_assert_no_error (error);
  list = tpo_json_member (tpo_json_root (json), "prompts");
  g_assert_cmpuint (list->n_children, ==, 54);
  for (const TpoJsonNode *entry = list->child; entry != NULL; entry = entry->next)
    check_entry (tokenizer, entry);
}

/* What a user types cannot become a token or a picture when is_literal is set. */
static void
test_literal (void)
{
  static const char text[] = "</s><box_begin>[<VID_PLH>]";
  g_autoptr (TpoTokenizer) tokenizer = load ();
  TpoTurn turn = { text, "ok<box_begin><boxes>" };
  TpoQuestion question = {
    .n_visual = 4, .text = text, .turns = &turn, .n_turns = 1, .is_literal = TRUE
  };
  g_autoptr (TpoPrompt) prompt = tpo_prompt_new_answer (tokenizer, &question);
  guint n_visual = 0, n_end = 0, n_box = 0;

  for (guint i = 0; i < prompt->n; i++) {
    n_visual += prompt->is_visual[i];
    n_end += prompt->ids[i] == 2;
    n_box += prompt->ids[i] == 32000;
  }
  g_assert_cmpuint (n_visual, ==, 4);
  g_assert_cmpuint (n_end, ==, 1);
  g_assert_cmpuint (n_box, ==, 1);
}

static void
assert_same (const TpoPrompt *prompt, const TpoPrompt *expected)
{
  g_assert_cmpmem (prompt->ids, prompt->n * sizeof *prompt->ids, expected->ids,
                   expected->n * sizeof *expected->ids);
  g_assert_cmpmem (prompt->is_visual, prompt->n, expected->is_visual, expected->n);
}

/* A box that comes with a text stands where the text says so; nothing else of it becomes a token. */
static void
test_boxes (void)
{
  g_autoptr (TpoTokenizer) tokenizer = load ();
  const TpoBox box = { 0.1f, 0.2f, 0.3f, 0.4f };
  TpoTurn turn = { "Track <track_box> and </s>.", "It goes.", TPO_TASK_MASK, &box };
  TpoQuestion typed = { .n_visual = 4, .text = "Where is <track_box>?", .is_literal = TRUE };
  g_autoptr (TpoPrompt) without = tpo_prompt_new_chat (tokenizer, &typed);
  g_autoptr (TpoPrompt) with = NULL, history = NULL, parsed = NULL;
  guint n_end = 0, n_boxes = 0;

  typed.has_box = TRUE;
  with = tpo_prompt_new_chat (tokenizer, &typed);
  typed.is_literal = FALSE;
  parsed = tpo_prompt_new_chat (tokenizer, &typed);
  assert_same (with, parsed);
  g_assert_cmpuint (without->n, >, with->n);

  typed.is_literal = TRUE;
  typed.turns = &turn;
  typed.n_turns = 1;
  history = tpo_prompt_new_answer (tokenizer, &typed);
  for (guint i = 0; i < history->n; i++) {
    n_end += history->ids[i] == 2;
    n_boxes += history->ids[i] == 32006;
  }
  g_assert_cmpuint (n_end, ==, 1);
  g_assert_cmpuint (n_boxes, ==, 2);
  g_assert_cmpuint (tpo_prompt_count_boxes (turn.question), ==, 1);
}

/* An earlier answer that called for a head ends as in training. */
static void
test_task_turns (void)
{
  static const char *const written[TPO_TASK_COUNT] = {
    [TPO_TASK_NONE] = "At noon.",
    [TPO_TASK_REGION] = "At noon.<box_begin><boxes>",
    [TPO_TASK_TEMPORAL] = "At noon.<time_begin><temp>",
    [TPO_TASK_MASK] = "At noon.<track_begin><tracking>",
  };
  g_autoptr (TpoTokenizer) tokenizer = load ();

  for (guint task = 0; task < TPO_TASK_COUNT; task++) {
    TpoTurn turns[] = { { "When?", "At noon.", (TpoTask) task, NULL },
                        { "When?", written[task], TPO_TASK_NONE, NULL } };
    TpoQuestion question = { .n_visual = 4, .text = "Sure?", .turns = &turns[0], .n_turns = 1 };
    g_autoptr (TpoPrompt) prompt = tpo_prompt_new_answer (tokenizer, &question);
    g_autoptr (TpoPrompt) expected = NULL;

    question.turns = &turns[1];
    expected = tpo_prompt_new_answer (tokenizer, &question);
    assert_same (prompt, expected);
    g_assert_cmpint (tpo_task_from_name (tpo_task_name ((TpoTask) task)), ==, task);
  }
}

static void
test_timestamps (void)
{
  static const gint frames[] = { 8,   27,  46,  65,  83,  102, 121, 140,
                                 158, 177, 196, 215, 233, 252, 271, 290 };
  double seconds[G_N_ELEMENTS (frames)];
  g_autofree char *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    seconds[i] = frames[i] / 30.0;
  text = tpo_prompt_timestamps (seconds, G_N_ELEMENTS (frames));
  g_assert_cmpstr (
      text, ==,
      " The video contains 16 frames sampled at 0.3, 0.9, 1.5, 2.2, 2.8, 3.4, 4.0, "
      "4.7, 5.3, 5.9, 6.5, 7.2, 7.8, 8.4, 9.0, 9.7 seconds. ");
  g_assert_true (tpo_prompt_wants_timestamps ("Give the timestamps"));
  g_assert_false (tpo_prompt_wants_timestamps ("When?"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/prompt/expected", test_expected);
  g_test_add_func ("/prompt/literal", test_literal);
  g_test_add_func ("/prompt/boxes", test_boxes);
  g_test_add_func ("/prompt/task-turns", test_task_turns);
  g_test_add_func ("/prompt/timestamps", test_timestamps);
  return g_test_run ();
}
