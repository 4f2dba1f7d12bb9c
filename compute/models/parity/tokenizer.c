#include "io/tokenizer.h"

#include <string.h>

#include "io/json.h"
#include "io/prompt.h"
#include "models/parity/runner.h"

enum {
  MAX_FIXTURE_SIZE = 256 << 20,
  N_VISUAL = 96 /* placeholders of a visual block in the stored prompts */
};

/* Entries of one kind: how many there were and how many came out different. */
typedef struct {
  const char *name;
  gint64 n, n_different, first;
} Tally;

static void
count (Tally *tally, gboolean same)
{
  if (!same && tally->n_different++ == 0)
    tally->first = tally->n;
  tally->n++;
}

static void
report (TpoParityRun *run, const Tally *tally)
{
  TpoParityItem *item =
      tpo_parity_add (run, tally->name, NULL, tally->n, (double) tally->n_different, 0);

  if (tally->n_different > 0)
    item->worst_at = tally->first;
}

static gboolean
fail (TpoParityRun *run, GError **error, const char *what)
{
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: %s is missing or malformed", run->path,
               what);
  return FALSE;
}

static GArray *
read_ids (const TpoJsonNode *node)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint32));

  for (const TpoJsonNode *child = node != NULL ? node->child : NULL; child != NULL;
       child = child->next) {
    gint32 id = (gint32) child->integer;

    g_array_append_val (ids, id);
  }
  return ids;
}

static gboolean
same_ids (const TpoJsonNode *expected, const gint32 *ids, gsize n)
{
  g_autoptr (GArray) wanted = read_ids (expected);

  return wanted->len == n && (n == 0 || memcmp (wanted->data, ids, n * sizeof *ids) == 0);
}

static gboolean
same_bytes (const TpoTokenizer *tokenizer, GArray *ids, TpoTokenizerFlags flags,
            const void *bytes, gsize size)
{
  g_autoptr (GBytes) expected = g_bytes_new (bytes, size);
  g_autoptr (GBytes) decoded =
      tpo_tokenizer_decode (tokenizer, (const gint32 *) ids->data, ids->len, flags);

  return g_bytes_equal (decoded, expected);
}

/* Texts may hold zero characters, so they are handed on with their length. */
static const TpoJsonNode *
text_of (const TpoJsonNode *object, const char *key)
{
  const TpoJsonNode *node = tpo_json_member (object, key);

  return node != NULL && node->type == TPO_JSON_STRING ? node : NULL;
}

static const char *
string_of (const TpoJsonNode *object, const char *key)
{
  const TpoJsonNode *node = text_of (object, key);

  return node != NULL && tpo_json_is_text (node) ? node->string : NULL;
}

static gboolean
check_encode (TpoParityRun *run, const TpoTokenizer *tokenizer, const TpoJsonNode *list,
              GError **error)
{
  Tally encoded = { .name = "encode" }, decoded = { .name = "decode of encoded texts" };

  for (const TpoJsonNode *entry = list->child; entry != NULL; entry = entry->next) {
    const TpoJsonNode *text = text_of (entry, "text"), *plain = text_of (entry, "decoded");
    const TpoJsonNode *skipped = text_of (entry, "decoded_skip_special");
    g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));

    if (text == NULL || plain == NULL)
      return fail (run, error, "\"text\" or \"decoded\" of an entry of \"encode\"");
    tpo_tokenizer_encode (tokenizer, text->string, text->length, TPO_TOKENIZER_PARSE_ADDED,
                          ids);
    count (&encoded, same_ids (tpo_json_member (entry, "ids"), (gint32 *) ids->data, ids->len));
    if (skipped == NULL)
      skipped = plain;
    count (&decoded, same_bytes (tokenizer, ids, 0, plain->string, plain->length) &&
                         same_bytes (tokenizer, ids, TPO_TOKENIZER_SKIP_SPECIAL,
                                     skipped->string, skipped->length));
  }
  report (run, &encoded);
  report (run, &decoded);
  return TRUE;
}

/* "c3a9" to its bytes. */
static GByteArray *
from_hex (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  for (; g_ascii_isxdigit (hex[0]) && g_ascii_isxdigit (hex[1]); hex += 2) {
    guint8 byte = (guint8) (g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));

    g_byte_array_append (bytes, &byte, 1);
  }
  return bytes;
}

static gboolean
check_decode (TpoParityRun *run, const TpoTokenizer *tokenizer, const TpoJsonNode *list,
              GError **error)
{
  Tally tally = { .name = "decode" };

  for (const TpoJsonNode *entry = list->child; entry != NULL; entry = entry->next) {
    const char *plain = string_of (entry, "bytes_hex");
    const char *skipped = string_of (entry, "bytes_hex_skip_special");
    g_autoptr (GArray) ids = read_ids (tpo_json_member (entry, "ids"));
    g_autoptr (GByteArray) all = NULL;
    g_autoptr (GByteArray) rest = NULL;

    if (plain == NULL || skipped == NULL)
      return fail (run, error, "\"bytes_hex\" of an entry of \"decode\"");
    all = from_hex (plain);
    rest = from_hex (skipped);
    count (&tally,
           same_bytes (tokenizer, ids, 0, all->data, all->len) &&
               same_bytes (tokenizer, ids, TPO_TOKENIZER_SKIP_SPECIAL, rest->data, rest->len));
  }
  report (run, &tally);
  return TRUE;
}

/* ---- prompts --------------------------------------------------------------------------------- */

static gboolean
read_turns (const TpoJsonNode *history, GArray *turns)
{
  for (const TpoJsonNode *pair = history != NULL ? history->child : NULL; pair != NULL;
       pair = pair->next) {
    const TpoJsonNode *question = pair->child;
    const TpoJsonNode *answer = question != NULL ? question->next : NULL;
    TpoTurn turn;

    if (answer == NULL || question->type != TPO_JSON_STRING || answer->type != TPO_JSON_STRING)
      return FALSE;
    turn = (TpoTurn){ .question = question->string, .answer = answer->string };
    g_array_append_val (turns, turn);
  }
  return TRUE;
}

static gboolean
same_mask (const TpoJsonNode *runs, const TpoPrompt *prompt)
{
  guint at = 0;

  for (const TpoJsonNode *pair = runs != NULL ? runs->child : NULL; pair != NULL;
       pair = pair->next) {
    const TpoJsonNode *value = pair->child;
    gint64 n = value != NULL && value->next != NULL ? value->next->integer : 0;

    for (; n > 0; n--, at++) {
      if (at >= prompt->n || (prompt->is_visual[at] != 0) != (value->integer != 0))
        return FALSE;
    }
  }
  return at == prompt->n;
}

static gboolean
check_prompt (TpoParityRun *run, const TpoTokenizer *tokenizer, const TpoJsonNode *entry,
              Tally *tally, GError **error)
{
  static const char *const modes[] = { [TPO_BOS_PER_PART] = "per_part",
                                       [TPO_BOS_FIRST_ONLY] = "first_only",
                                       [TPO_BOS_NONE] = "none" };
  const TpoJsonNode *args = tpo_json_member (entry, "args");
  const char *function = string_of (entry, "function"), *mode = string_of (entry, "bos_mode");
  const char *media = string_of (args, "media");
  g_autoptr (GArray) turns = g_array_new (FALSE, FALSE, sizeof (TpoTurn));
  g_autoptr (TpoPrompt) prompt = NULL;
  TpoQuestion question = { .n_visual = N_VISUAL,
                           .is_image = g_strcmp0 (media, "image") == 0,
                           .message = string_of (args, "msg"),
                           .instruction = string_of (args, "instruction") };

  if (args == NULL || function == NULL || mode == NULL ||
      !read_turns (tpo_json_member (args, "history"), turns))
    return fail (run, error, "an entry of \"prompts\"");
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    if (g_str_equal (mode, modes[i]))
      question.bos_mode = i;
  }
  if (g_str_equal (function, "chatml")) {
    question.template = TPO_TEMPLATE_CHATML;
    question.system = "You are a helpful assistant.";
    question.text = string_of (args, "text");
    question.turns = (const TpoTurn *) turns->data;
    question.n_turns = turns->len;
    prompt = question.text != NULL ? tpo_prompt_new (tokenizer, &question) : NULL;
  } else if (g_str_equal (function, "process_qa")) {
    question.text = string_of (args, "text");
    question.max_ids = 1024;
    prompt = question.text != NULL ? tpo_prompt_new_chat (tokenizer, &question) : NULL;
  } else {
    question.text = string_of (args, "prompt");
    question.turns = (const TpoTurn *) turns->data;
    question.n_turns = turns->len;
    question.has_answer_start = string_of (args, "answer_prompt") != NULL;
    prompt = question.text != NULL ? tpo_prompt_new_answer (tokenizer, &question) : NULL;
  }
  if (prompt == NULL)
    return fail (run, error, "the question of an entry of \"prompts\"");
  count (tally, same_ids (tpo_json_member (entry, "ids"), prompt->ids, prompt->n) &&
                    same_mask (tpo_json_member (entry, "visual_mask_runs"), prompt));
  return TRUE;
}

static gboolean
check_prompts (TpoParityRun *run, const TpoTokenizer *tokenizer, const TpoJsonNode *list,
               GError **error)
{
  Tally tally = { .name = "prompts" };

  for (const TpoJsonNode *entry = list->child; entry != NULL; entry = entry->next) {
    if (!check_prompt (run, tokenizer, entry, &tally, error))
      return FALSE;
  }
  report (run, &tally);
  return TRUE;
}

gboolean
tpo_parity_tokenizer (TpoParityRun *run, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (run->path);
  g_autoptr (TpoJson) json = tpo_json_load (run->path, MAX_FIXTURE_SIZE, error);
  g_autoptr (TpoTokenizer) tokenizer = NULL;
  const TpoJsonNode *root, *encode, *prompts, *decode;

  if (json == NULL)
    return FALSE;
  root = tpo_json_root (json);
  encode = tpo_json_member (root, "encode");
  prompts = tpo_json_member (root, "prompts");
  decode = tpo_json_member (root, "decode");
  if (encode == NULL || prompts == NULL || decode == NULL)
    return fail (run, error, "\"encode\", \"prompts\" or \"decode\"");
  tokenizer = tpo_tokenizer_load (folder, error);
  return tokenizer != NULL && check_encode (run, tokenizer, encode, error) &&
         check_decode (run, tokenizer, decode, error) &&
         check_prompts (run, tokenizer, prompts, error);
}
