#include <string.h>

#include <tpo/error.h>

#include "io/tokenizer-added.h"
#include "io/words.h"

/*
 * Reader of byte-level vocabularies as Hugging Face folders have them: all in tokenizer.json, or in
 * parts as vocab.json, merges.txt and added_tokens.json; tokenizer_config.json names the end of an
 * answer.
 */

/* The files while they are read; texts of @added belong to the parsed ones. */
typedef struct {
  const TpoByteVocabulary *files;
  TpoTokenizer *tokenizer;
  TpoJson *whole, *vocabulary, *added, *settings; /* NULL where there is no such file */
  GArray *tokens;                                 /* of TpoAddedToken */
} Reader;

static void
reader_clear (Reader *self)
{
  g_clear_pointer (&self->tokenizer, tpo_tokenizer_unref);
  g_clear_pointer (&self->whole, tpo_json_free);
  g_clear_pointer (&self->vocabulary, tpo_json_free);
  g_clear_pointer (&self->added, tpo_json_free);
  g_clear_pointer (&self->settings, tpo_json_free);
  g_clear_pointer (&self->tokens, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

static char *
path_of (const Reader *self, const char *name)
{
  return g_build_filename (self->files->folder, name, NULL);
}

static gboolean fail (const Reader *self, const char *name, TpoErrorCode code, GError **error,
                      const char *format, ...) G_GNUC_PRINTF (5, 6);

static gboolean
fail (const Reader *self, const char *name, TpoErrorCode code, GError **error,
      const char *format, ...)
{
  g_autofree char *path = path_of (self, name);
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, TPO_ERROR, (int) code, "%s: %s", path, message);
  return FALSE;
}

static gboolean
parse (const Reader *self, GBytes *file, const char *name, TpoJson **json, GError **error)
{
  g_autofree char *path = path_of (self, name);
  gsize size;
  const char *text;

  if (file == NULL)
    return TRUE;
  text = g_bytes_get_data (file, &size);
  *json = tpo_json_parse (text != NULL ? text : "", size, path, error);
  return *json != NULL;
}

/* ---- pieces ------------------------------------------------------------------------------- */

/* {"PIECE": ID, …}, the ids 0 to n - 1 in any order */
static gboolean
read_pieces (Reader *self, const TpoJsonNode *object, const char *name, const char *field,
             GError **error)
{
  g_autofree char *path = path_of (self, name);
  g_autofree const TpoJsonNode **by_id = NULL;
  guint n = object != NULL ? object->n_children : 0;

  if (object == NULL || object->type != TPO_JSON_OBJECT || n == 0)
    return fail (self, name, TPO_ERROR_FORMAT, error, "%s is no object of pieces and ids",
                 field);
  by_id = g_new0 (const TpoJsonNode *, n);
  for (const TpoJsonNode *node = object->child; node != NULL; node = node->next) {
    if (!node->is_integer || node->integer < 0 || node->integer >= (gint64) n)
      return fail (self, name, TPO_ERROR_FORMAT, error,
                   "%s: the id of \"%s\" is no number from 0 to %u", field, node->key, n - 1);
    if (by_id[node->integer] != NULL)
      return fail (self, name, TPO_ERROR_FORMAT, error,
                   "%s: \"%s\" and \"%s\" have the same id", field, by_id[node->integer]->key,
                   node->key);
    by_id[node->integer] = node;
  }
  for (guint id = 0; id < n; id++) {
    if (!tpo_tokenizer_append (self->tokenizer, by_id[id]->key, strlen (by_id[id]->key), 0,
                               TPO_PIECE_NORMAL, path, error))
      return FALSE;
  }
  return TRUE;
}

/* ---- merges ------------------------------------------------------------------------------- */

/* "LEFT RIGHT" a line; the first line may be a remark "#version: 0.2". */
static gboolean
read_merge_lines (Reader *self, GError **error)
{
  g_autofree char *path = path_of (self, "merges.txt");
  gsize size;
  const char *text = g_bytes_get_data (self->files->merges, &size);
  const char *end = text + size;

  for (guint number = 1; text < end; number++) {
    const char *line_end = memchr (text, '\n', (gsize) (end - text));
    gsize length = (gsize) ((line_end != NULL ? line_end : end) - text);

    if (length > 0 && text[length - 1] == '\r')
      length--;
    if (length > 0 && !(number == 1 && g_str_has_prefix (text, "#version")) &&
        !tpo_tokenizer_add_merge (self->tokenizer, text, length, path, number, error))
      return FALSE;
    text = line_end != NULL ? line_end + 1 : end;
  }
  return TRUE;
}

/* ["LEFT RIGHT", …] or [["LEFT", "RIGHT"], …] */
static gboolean
read_merge_list (Reader *self, const TpoJsonNode *list, GError **error)
{
  g_autofree char *file = path_of (self, "tokenizer.json");
  g_autofree char *name = g_strconcat (file, ": model.merges", NULL);
  guint number = 1;

  if (list == NULL || list->type != TPO_JSON_ARRAY)
    return fail (self, "tokenizer.json", TPO_ERROR_FORMAT, error, "model.merges is no list");
  for (const TpoJsonNode *node = list->child; node != NULL; node = node->next, number++) {
    const TpoJsonNode *left = node->child;
    g_autofree char *joined = NULL;

    if (node->type == TPO_JSON_ARRAY && node->n_children == 2 && tpo_json_is_text (left) &&
        tpo_json_is_text (left->next))
      joined = g_strjoin (" ", left->string, left->next->string, NULL);
    else if (tpo_json_is_text (node))
      joined = g_strdup (node->string);
    if (!tpo_tokenizer_add_merge (self->tokenizer, joined != NULL ? joined : "",
                                  joined != NULL ? strlen (joined) : 0, name, number, error))
      return FALSE;
  }
  return TRUE;
}

/* ---- added tokens -------------------------------------------------------------------------- */

static gboolean
is_true (const TpoJsonNode *node)
{
  return node != NULL && node->type == TPO_JSON_BOOL && node->boolean;
}

static gboolean
add_token (Reader *self, const TpoJsonNode *node, gint64 id, const char *name,
           const char *field, GError **error)
{
  const TpoJsonNode *text = tpo_json_member (node, "content");
  TpoAddedToken token = { .id = id, .is_special = is_true (tpo_json_member (node, "special")) };

  if (text == NULL || !tpo_json_is_text (text) || id < 0 || id > G_MAXINT32 ||
      self->tokens->len == G_MAXUINT16)
    return fail (self, name, TPO_ERROR_FORMAT, error,
                 "%s: token %u has no \"content\" or no id, or there are too many", field,
                 self->tokens->len);
  token.text = text->string;
  g_array_append_val (self->tokens, token);
  return TRUE;
}

/* [{"id": ID, "content": TEXT, "special": BOOL}, …] */
static gboolean
read_token_list (Reader *self, const TpoJsonNode *list, GError **error)
{
  for (const TpoJsonNode *node = list != NULL ? list->child : NULL; node != NULL;
       node = node->next) {
    const TpoJsonNode *id = tpo_json_member (node, "id");

    if (!add_token (self, node, id != NULL && id->is_integer ? id->integer : -1,
                    "tokenizer.json", "added_tokens", error))
      return FALSE;
  }
  return TRUE;
}

/* {"ID": {"content": TEXT, "special": BOOL}, …} */
static gboolean
read_token_table (Reader *self, const TpoJsonNode *table, GError **error)
{
  for (const TpoJsonNode *node = table->child; node != NULL; node = node->next) {
    gint64 id = -1;

    if (node->key == NULL ||
        !g_ascii_string_to_signed (node->key, 10, 0, G_MAXINT32, &id, NULL))
      id = -1;
    if (!add_token (self, node, id, "tokenizer_config.json", "added_tokens_decoder", error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_tokens (Reader *self, GError **error)
{
  const TpoJsonNode *table =
      self->settings != NULL
          ? tpo_json_member (tpo_json_root (self->settings), "added_tokens_decoder")
          : NULL;
  const char *name = self->whole != NULL ? "tokenizer.json"
                     : table != NULL     ? "tokenizer_config.json"
                                         : "added_tokens.json";
  g_autofree char *path = path_of (self, name);
  gboolean ok = TRUE;

  if (self->whole != NULL)
    ok = read_token_list (self, tpo_json_member (tpo_json_root (self->whole), "added_tokens"),
                          error);
  else if (table != NULL)
    ok = read_token_table (self, table, error);
  else if (self->added != NULL)
    ok = tpo_added_tokens_read (tpo_json_root (self->added), path, self->tokens, error);
  return ok && tpo_tokenizer_append_added (self->tokenizer, self->tokens, path, error);
}

/* "TEXT" or {"content": TEXT}. Returns: (nullable) */
static const char *
special_text (const Reader *self, const char *key)
{
  const TpoJsonNode *node =
      self->settings != NULL ? tpo_json_member (tpo_json_root (self->settings), key) : NULL;
  const TpoJsonNode *content = tpo_json_member (node, "content");

  node = content != NULL ? content : node;
  return node != NULL && tpo_json_is_text (node) ? node->string : NULL;
}

static gint
find_token (const Reader *self, const char *text)
{
  for (guint i = 0; text != NULL && i < self->tokens->len; i++) {
    const TpoAddedToken *token = &g_array_index (self->tokens, TpoAddedToken, i);

    if (strcmp (token->text, text) == 0)
      return (gint) token->id;
  }
  return -1;
}

/* Where no settings say so, an answer ends with its turn, or with the text. */
static gboolean
find_ends (Reader *self, GError **error)
{
  const char *end = special_text (self, "eos_token");
  TpoTokenizer *tokenizer = self->tokenizer;

  tokenizer->bos = find_token (self, special_text (self, "bos_token"));
  tokenizer->eos = find_token (self, end != NULL ? end : "<|im_end|>");
  if (tokenizer->eos < 0 && end == NULL)
    tokenizer->eos = find_token (self, "<|endoftext|>");
  if (tokenizer->eos >= 0) {
    g_array_index (tokenizer->pieces, TpoPiece, (guint) tokenizer->eos).type =
        TPO_PIECE_CONTROL;
    return TRUE;
  }
  return fail (self, "tokenizer_config.json", TPO_ERROR_FORMAT, error,
               "eos_token %s is none of the added tokens",
               end != NULL ? end : "is missing and");
}

/* ---- tokenizer.json -------------------------------------------------------------------------- */

static gboolean
is_named (const TpoJsonNode *object, const char *key, const char *value)
{
  const TpoJsonNode *node = tpo_json_member (object, key);

  return node != NULL && node->type == TPO_JSON_STRING && strcmp (node->string, value) == 0;
}

/* What must be as in the vocabularies of Qwen2, since only that is built in. */
static gboolean
check_steps (const Reader *self, const TpoJsonNode *root, GError **error)
{
  const TpoJsonNode *splitter = tpo_json_member (root, "pre_tokenizer");
  const TpoJsonNode *list = tpo_json_member (splitter, "pretokenizers");
  const TpoJsonNode *split = list != NULL ? list->child : NULL;
  const TpoJsonNode *bytes = split != NULL ? split->next : NULL;
  const char *field = NULL;

  if (!is_named (tpo_json_member (root, "model"), "type", "BPE") ||
      is_true (tpo_json_member (tpo_json_member (root, "model"), "byte_fallback")))
    field = "model.type";
  else if (!is_named (tpo_json_member (root, "normalizer"), "type", "NFC"))
    field = "normalizer.type";
  else if (!is_named (splitter, "type", "Sequence") || bytes == NULL || bytes->next != NULL ||
           !is_named (split, "type", "Split") || !is_named (split, "behavior", "Isolated") ||
           is_true (tpo_json_member (split, "invert")) ||
           !is_named (tpo_json_member (split, "pattern"), "Regex", TPO_WORDS_QWEN2_PATTERN) ||
           !is_named (bytes, "type", "ByteLevel") ||
           is_true (tpo_json_member (bytes, "add_prefix_space")) ||
           is_true (tpo_json_member (bytes, "use_regex")))
    field = "pre_tokenizer";
  if (field == NULL)
    return TRUE;
  return fail (self, "tokenizer.json", TPO_ERROR_UNSUPPORTED, error,
               "%s is not that of Qwen2; other byte-level tokenizers are not supported", field);
}

static gboolean
read_whole (Reader *self, GError **error)
{
  g_autofree char *path = path_of (self, "tokenizer.json");
  const TpoJsonNode *root = tpo_json_root (self->whole);
  const TpoJsonNode *model = tpo_json_member (root, "model");

  return check_steps (self, root, error) &&
         read_pieces (self, tpo_json_member (model, "vocab"), "tokenizer.json", "model.vocab",
                      error) &&
         read_tokens (self, error) && find_ends (self, error) &&
         tpo_tokenizer_seal (self->tokenizer, path, error) &&
         read_merge_list (self, tpo_json_member (model, "merges"), error);
}

static gboolean
read_parts (Reader *self, GError **error)
{
  g_autofree char *path = path_of (self, "vocab.json");

  if (self->vocabulary == NULL || self->files->merges == NULL)
    return fail (self, self->vocabulary == NULL ? "vocab.json" : "merges.txt", TPO_ERROR_FORMAT,
                 error, "the file is missing");
  return read_pieces (self, tpo_json_root (self->vocabulary), "vocab.json", "the vocabulary",
                      error) &&
         read_tokens (self, error) && find_ends (self, error) &&
         tpo_tokenizer_seal (self->tokenizer, path, error) && read_merge_lines (self, error);
}

TpoTokenizer *
tpo_tokenizer_parse_bytes (const TpoByteVocabulary *files, GError **error)
{
  g_auto (Reader) reader = { .files = files };

  g_return_val_if_fail (files != NULL && files->folder != NULL, NULL);

  reader.tokenizer = tpo_tokenizer_new (TPO_TOKENIZER_BYTES);
  reader.tokens = g_array_new (FALSE, FALSE, sizeof (TpoAddedToken));
  if (!parse (&reader, files->settings, "tokenizer_config.json", &reader.settings, error) ||
      !parse (&reader, files->whole, "tokenizer.json", &reader.whole, error) ||
      !parse (&reader, files->vocabulary, "vocab.json", &reader.vocabulary, error) ||
      !parse (&reader, files->added, "added_tokens.json", &reader.added, error))
    return NULL;
  if (reader.whole != NULL ? !read_whole (&reader, error) : !read_parts (&reader, error))
    return NULL;
  return g_steal_pointer (&reader.tokenizer);
}
