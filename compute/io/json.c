#include "io/json.h"

#include <errno.h>
#include <string.h>

#include <tpo/error.h>

#include "io/file.h"

enum {
  MAX_DEPTH = 64,
  MAX_NODES = 4 << 20,
  NODES_PER_BLOCK = 512
};

struct _TpoJson {
  GPtrArray *node_blocks;
  GStringChunk *strings;
  guint n_nodes;
  TpoJsonNode *root;
};

typedef struct {
  TpoJson *json;
  const char *what;
  const char *text;
  gsize size;
  gsize at;
  GString *scratch;
} Parser;

static TpoJsonNode *parse_value (Parser *self, guint depth, GError **error);

static gpointer
fail (Parser *self, const char *reason, GError **error)
{
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
               "%s: %s at byte %" G_GSIZE_FORMAT " of the JSON text", self->what, reason,
               self->at);
  return NULL;
}

static TpoJsonNode *
new_node (Parser *self, TpoJsonType type, GError **error)
{
  TpoJson *json = self->json;
  TpoJsonNode *block;
  TpoJsonNode *node;

  if (json->n_nodes == MAX_NODES)
    return fail (self, "too many values", error);
  if (json->n_nodes % NODES_PER_BLOCK == 0)
    g_ptr_array_add (json->node_blocks, g_new0 (TpoJsonNode, NODES_PER_BLOCK));
  block = g_ptr_array_index (json->node_blocks, json->n_nodes / NODES_PER_BLOCK);
  node = &block[json->n_nodes++ % NODES_PER_BLOCK];
  node->type = type;
  node->offset = self->at;
  return node;
}

static void
skip_space (Parser *self)
{
  while (self->at < self->size && strchr (" \t\r\n", self->text[self->at]) != NULL &&
         self->text[self->at] != '\0')
    self->at++;
}

static gboolean
take (Parser *self, char c)
{
  if (self->at >= self->size || self->text[self->at] != c)
    return FALSE;
  self->at++;
  return TRUE;
}

static gboolean
parse_hex4 (Parser *self, guint *value)
{
  *value = 0;
  if (self->size - self->at < 4)
    return FALSE;
  for (int i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value (self->text[self->at + i]);

    if (digit < 0)
      return FALSE;
    *value = *value << 4 | (guint) digit;
  }
  self->at += 4;
  return TRUE;
}

/* The part of an escape after "\u", with the second half of a surrogate pair where there is one. */
static gboolean
parse_unicode_escape (Parser *self)
{
  guint high, low;

  if (!parse_hex4 (self, &high) || (high >= 0xdc00 && high < 0xe000))
    return FALSE;
  if (high >= 0xd800 && high < 0xdc00) {
    if (!take (self, '\\') || !take (self, 'u') || !parse_hex4 (self, &low) || low < 0xdc00 ||
        low >= 0xe000)
      return FALSE;
    high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
  }
  if (high == 0)
    g_string_append_c (self->scratch, '\0');
  else
    g_string_append_unichar (self->scratch, high);
  return TRUE;
}

static gboolean
parse_escape (Parser *self)
{
  static const char names[] = "\"\\/bfnrt";
  static const char values[] = "\"\\/\b\f\n\r\t";
  const char *found;

  if (self->at >= self->size)
    return FALSE;
  if (take (self, 'u'))
    return parse_unicode_escape (self);
  found = memchr (names, self->text[self->at], sizeof names - 1);
  if (found == NULL)
    return FALSE;
  g_string_append_c (self->scratch, values[found - names]);
  self->at++;
  return TRUE;
}

static const char *
parse_string (Parser *self, gsize *length, GError **error)
{
  if (!take (self, '"'))
    return fail (self, "a string is expected", error);
  g_string_truncate (self->scratch, 0);
  for (;;) {
    gsize start = self->at;

    while (self->at < self->size && self->text[self->at] != '"' &&
           self->text[self->at] != '\\' && (guchar) self->text[self->at] >= 0x20)
      self->at++;
    g_string_append_len (self->scratch, self->text + start, (gssize) (self->at - start));
    if (take (self, '"'))
      break;
    if (self->at >= self->size)
      return fail (self, "unfinished string", error);
    if (!take (self, '\\'))
      return fail (self, "control character in a string", error);
    if (!parse_escape (self))
      return fail (self, "bad escape in a string", error);
  }
  *length = self->scratch->len;
  return g_string_chunk_insert_len (self->json->strings, self->scratch->str,
                                    (gssize) self->scratch->len);
}

static gsize
count_digits (Parser *self)
{
  gsize start = self->at;

  while (self->at < self->size && g_ascii_isdigit (self->text[self->at]))
    self->at++;
  return self->at - start;
}

static TpoJsonNode *
parse_number (Parser *self, GError **error)
{
  gsize start = self->at, n_digits;
  gboolean is_integer = TRUE;
  TpoJsonNode *node = new_node (self, TPO_JSON_NUMBER, error);

  if (node == NULL)
    return NULL;
  take (self, '-');
  if (self->at < self->size && self->text[self->at] == '0')
    n_digits = (gsize) take (self, '0');
  else
    n_digits = count_digits (self);
  if (n_digits == 0)
    return fail (self, "a value is expected", error);
  if (take (self, '.')) {
    is_integer = FALSE;
    if (count_digits (self) == 0)
      return fail (self, "a digit is expected", error);
  }
  if (take (self, 'e') || take (self, 'E')) {
    is_integer = FALSE;
    if (!take (self, '-'))
      take (self, '+');
    if (count_digits (self) == 0)
      return fail (self, "a digit is expected", error);
  }
  g_string_truncate (self->scratch, 0);
  g_string_append_len (self->scratch, self->text + start, (gssize) (self->at - start));
  node->number = g_ascii_strtod (self->scratch->str, NULL);
  if (is_integer) {
    errno = 0;
    node->integer = g_ascii_strtoll (self->scratch->str, NULL, 10);
    node->is_integer = errno == 0;
  }
  return node;
}

/* The members of an object or the elements of an array, after the opening bracket. */
static TpoJsonNode *
parse_children (Parser *self, TpoJsonNode *parent, char closing, guint depth, GError **error)
{
  const TpoJsonNode **link = &parent->child;

  if (depth == MAX_DEPTH)
    return fail (self, "too deep nesting", error);
  skip_space (self);
  if (take (self, closing))
    return parent;
  for (;;) {
    const char *key = NULL;
    TpoJsonNode *child;

    skip_space (self);
    if (parent->type == TPO_JSON_OBJECT) {
      gsize length;

      key = parse_string (self, &length, error);
      if (key == NULL)
        return NULL;
      if (strlen (key) != length)
        return fail (self, "zero character in a name", error);
      skip_space (self);
      if (!take (self, ':'))
        return fail (self, "\":\" is expected", error);
    }
    child = parse_value (self, depth + 1, error);
    if (child == NULL)
      return NULL;
    child->key = key;
    *link = child;
    link = &child->next;
    parent->n_children++;
    skip_space (self);
    if (take (self, closing))
      return parent;
    if (!take (self, ','))
      return fail (self, "\",\" or a closing bracket is expected", error);
  }
}

static TpoJsonNode *
parse_word (Parser *self, const char *word, TpoJsonType type, gboolean value, GError **error)
{
  gsize length = strlen (word);
  TpoJsonNode *node;

  if (self->size - self->at < length || memcmp (self->text + self->at, word, length) != 0)
    return fail (self, "a value is expected", error);
  node = new_node (self, type, error);
  if (node == NULL)
    return NULL;
  node->boolean = value;
  self->at += length;
  return node;
}

static TpoJsonNode *
parse_value (Parser *self, guint depth, GError **error)
{
  TpoJsonNode *node;

  skip_space (self);
  if (self->at >= self->size)
    return fail (self, "unexpected end", error);
  switch (self->text[self->at]) {
  case '{':
  case '[':
    node =
        new_node (self, self->text[self->at] == '{' ? TPO_JSON_OBJECT : TPO_JSON_ARRAY, error);
    if (node == NULL)
      return NULL;
    self->at++;
    return parse_children (self, node, node->type == TPO_JSON_OBJECT ? '}' : ']', depth, error);
  case '"':
    node = new_node (self, TPO_JSON_STRING, error);
    if (node == NULL)
      return NULL;
    node->string = parse_string (self, &node->length, error);
    return node->string != NULL ? node : NULL;
  case 't':
    return parse_word (self, "true", TPO_JSON_BOOL, TRUE, error);
  case 'f':
    return parse_word (self, "false", TPO_JSON_BOOL, FALSE, error);
  case 'n':
    return parse_word (self, "null", TPO_JSON_NULL, FALSE, error);
  default:
    return parse_number (self, error);
  }
}

TpoJson *
tpo_json_parse (const char *text, gsize size, const char *what, GError **error)
{
  g_autoptr (TpoJson) self = g_new0 (TpoJson, 1);
  g_autoptr (GString) scratch = g_string_new (NULL);
  Parser parser = {
    .json = self, .what = what, .text = text, .size = size, .scratch = scratch
  };
  const char *end;

  self->node_blocks = g_ptr_array_new_with_free_func (g_free);
  self->strings = g_string_chunk_new (4096);
  if (!g_utf8_validate_len (text, size, &end)) {
    parser.at = (gsize) (end - text);
    return fail (&parser, "invalid UTF-8 or a zero byte", error);
  }
  self->root = parse_value (&parser, 0, error);
  if (self->root == NULL)
    return NULL;
  skip_space (&parser);
  if (parser.at != size)
    return fail (&parser, "something follows the value", error);
  return g_steal_pointer (&self);
}

TpoJson *
tpo_json_load (const char *path, gsize max_size, GError **error)
{
  g_autoptr (GBytes) bytes = tpo_file_read (path, max_size, error);
  gsize size;
  const char *text;

  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &size);
  return tpo_json_parse (text != NULL ? text : "", size, path, error);
}

gboolean
tpo_json_is_text (const TpoJsonNode *node)
{
  return node->type == TPO_JSON_STRING && strlen (node->string) == node->length;
}

const TpoJsonNode *
tpo_json_root (const TpoJson *self)
{
  return self->root;
}

const TpoJsonNode *
tpo_json_member (const TpoJsonNode *object, const char *key)
{
  if (object == NULL || object->type != TPO_JSON_OBJECT)
    return NULL;
  for (const TpoJsonNode *node = object->child; node != NULL; node = node->next) {
    if (strcmp (node->key, key) == 0)
      return node;
  }
  return NULL;
}

void
tpo_json_free (TpoJson *self)
{
  g_clear_pointer (&self->node_blocks, g_ptr_array_unref);
  g_clear_pointer (&self->strings, g_string_chunk_free);
  g_free (self);
}
