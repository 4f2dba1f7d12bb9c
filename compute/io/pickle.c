#include "io/pickle.h"

#include <string.h>

#include <tpo/error.h>

#include "io/pickle-machine.h"

enum {
  MAX_VALUES = 1 << 20,
  MAX_PROTOCOL = 5,
};

typedef enum {
  OP_MARK = '(',
  OP_STOP = '.',
  OP_POP = '0',
  OP_NONE = 'N',
  OP_TRUE = 0x88,
  OP_FALSE = 0x89,
  OP_INT4 = 'J',
  OP_UINT1 = 'K',
  OP_UINT2 = 'M',
  OP_LONG1 = 0x8a,
  OP_REAL = 'G',
  OP_TEXT4 = 'X',
  OP_TEXT1 = 0x8c,
  OP_TEXT8 = 0x8d,
  OP_EMPTY_TUPLE = ')',
  OP_TUPLE = 't',
  OP_TUPLE1 = 0x85,
  OP_TUPLE2 = 0x86,
  OP_TUPLE3 = 0x87,
  OP_EMPTY_LIST = ']',
  OP_APPEND = 'a',
  OP_APPENDS = 'e',
  OP_EMPTY_DICT = '}',
  OP_SET = 's',
  OP_SETS = 'u',
  OP_GET1 = 'h',
  OP_GET4 = 'j',
  OP_PUT1 = 'q',
  OP_PUT4 = 'r',
  OP_MEMOIZE = 0x94,
  OP_GLOBAL = 'c',
  OP_STACK_GLOBAL = 0x93,
  OP_PERSISTENT = 'Q',
  OP_REDUCE = 'R',
  OP_BUILD = 'b',
  OP_PROTOCOL = 0x80,
  OP_FRAME = 0x95,
} Opcode;

gboolean
tpo_pickle_fail (const TpoPickle *self, const char *reason, GError **error)
{
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
               "%s is no pickle of tensors: %s (byte %" G_GSIZE_FORMAT ")", self->what, reason,
               self->opcode_at);
  return FALSE;
}

static void
value_free (gpointer data)
{
  TpoPickleValue *value = data;

  if (value->kind == TPO_PICKLE_TUPLE || value->kind == TPO_PICKLE_LIST ||
      value->kind == TPO_PICKLE_DICT)
    g_ptr_array_unref (value->items);
  g_free (value);
}

TpoPickleValue *
tpo_pickle_new (TpoPickle *self, TpoPickleKind kind)
{
  TpoPickleValue *value = g_new0 (TpoPickleValue, 1);

  value->kind = kind;
  if (kind == TPO_PICKLE_TUPLE || kind == TPO_PICKLE_LIST || kind == TPO_PICKLE_DICT)
    value->items = g_ptr_array_new ();
  g_ptr_array_add (self->values, value);
  return value;
}

TpoPickleValue *
tpo_pickle_push (TpoPickle *self, TpoPickleKind kind)
{
  TpoPickleValue *value = tpo_pickle_new (self, kind);

  g_ptr_array_add (self->stack, value);
  return value;
}

/* Values above the last mark. */
static guint
n_free (const TpoPickle *self)
{
  guint floor =
      self->marks->len > 0 ? g_array_index (self->marks, guint, self->marks->len - 1) : 0;

  return self->stack->len - floor;
}

/* The value @below the top; there must be one. */
TpoPickleValue *
tpo_pickle_peek (const TpoPickle *self, guint below)
{
  return g_ptr_array_index (self->stack, self->stack->len - 1 - below);
}

TpoPickleValue *
tpo_pickle_pop (TpoPickle *self)
{
  return g_ptr_array_steal_index (self->stack, self->stack->len - 1);
}

gboolean
tpo_pickle_require (const TpoPickle *self, guint n, GError **error)
{
  return n_free (self) >= n || tpo_pickle_fail (self, "the stack is empty", error);
}

static gboolean
cut_off (const TpoPickle *self, GError **error)
{
  return tpo_pickle_fail (self, "it is cut off", error);
}

static gboolean
push_int (TpoPickle *self, TpoPickleKind kind, gint64 integer)
{
  tpo_pickle_push (self, kind)->integer = integer;
  return TRUE;
}

static gboolean
push_long (TpoPickle *self, GError **error)
{
  const guint8 *bytes;
  guint8 size;
  guint64 bits = 0;

  if (!tpo_cursor_u8 (&self->cursor, &size) || !tpo_cursor_take (&self->cursor, size, &bytes))
    return cut_off (self, error);
  if (size > sizeof bits)
    return tpo_pickle_fail (self, "a number is longer than 64 bits", error);
  for (guint i = 0; i < size; i++)
    bits |= (guint64) bytes[i] << 8 * i;
  if (size > 0 && size < sizeof bits && bytes[size - 1] >= 0x80)
    bits |= G_MAXUINT64 << 8 * size;
  return push_int (self, TPO_PICKLE_INT, (gint64) bits);
}

static gboolean
push_real (TpoPickle *self, GError **error)
{
  const guint8 *bytes;
  guint64 bits;
  double real;

  if (!tpo_cursor_take (&self->cursor, sizeof bits, &bytes))
    return cut_off (self, error);
  memcpy (&bits, bytes, sizeof bits);
  bits = GUINT64_FROM_BE (bits);
  memcpy (&real, &bits, sizeof real);
  tpo_pickle_push (self, TPO_PICKLE_REAL)->real = real;
  return TRUE;
}

static gboolean
push_text (TpoPickle *self, guint length_size, GError **error)
{
  const guint8 *bytes;
  guint64 length = 0;

  if (!tpo_cursor_take (&self->cursor, length_size, &bytes))
    return cut_off (self, error);
  for (guint i = 0; i < length_size; i++)
    length |= (guint64) bytes[i] << 8 * i;
  if (!tpo_cursor_take (&self->cursor, length, &bytes))
    return cut_off (self, error);
  if (memchr (bytes, '\0', (gsize) length) != NULL ||
      !g_utf8_validate_len ((const char *) bytes, (gsize) length, NULL))
    return tpo_pickle_fail (self, "a text is not UTF-8", error);
  tpo_pickle_push (self, TPO_PICKLE_TEXT)->text =
      g_string_chunk_insert_len (self->texts, (const char *) bytes, (gssize) length);
  return TRUE;
}

/* Moves the topmost @n values to the end of @target's items. */
static void
move_items (TpoPickle *self, TpoPickleValue *target, guint n)
{
  guint first = self->stack->len - n;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (target->items, g_ptr_array_index (self->stack, first + i));
  g_ptr_array_set_size (self->stack, (gint) first);
}

static gboolean
push_tuple (TpoPickle *self, guint n, GError **error)
{
  TpoPickleValue *tuple;

  if (!tpo_pickle_require (self, n, error))
    return FALSE;
  tuple = tpo_pickle_new (self, TPO_PICKLE_TUPLE);
  move_items (self, tuple, n);
  g_ptr_array_add (self->stack, tuple);
  return TRUE;
}

/* Number of values above the last mark, which is removed. */
static gboolean
take_mark (TpoPickle *self, guint *n, GError **error)
{
  if (self->marks->len == 0)
    return tpo_pickle_fail (self, "there is no mark", error);
  *n = n_free (self);
  g_array_set_size (self->marks, self->marks->len - 1);
  return TRUE;
}

/* Adds the topmost @n values to the list or dictionary below them. */
static gboolean
extend (TpoPickle *self, TpoPickleKind kind, guint n, GError **error)
{
  TpoPickleValue *target;

  if (!tpo_pickle_require (self, n + 1, error))
    return FALSE;
  target = tpo_pickle_peek (self, n);
  if (target->kind != kind)
    return tpo_pickle_fail (self,
                            kind == TPO_PICKLE_LIST ? "what is added to is no list"
                                                    : "what is added to is no dictionary",
                            error);
  if (kind == TPO_PICKLE_DICT && n % 2 != 0)
    return tpo_pickle_fail (self, "a key has no value", error);
  move_items (self, target, n);
  return TRUE;
}

static gboolean
extend_marked (TpoPickle *self, TpoPickleKind kind, GError **error)
{
  guint n = 0;

  return take_mark (self, &n, error) && extend (self, kind, n, error);
}

static gboolean
remember (TpoPickle *self, guint number, GError **error)
{
  if (!tpo_pickle_require (self, 1, error))
    return FALSE;
  g_hash_table_insert (self->memo, GUINT_TO_POINTER (number), tpo_pickle_peek (self, 0));
  return TRUE;
}

static gboolean
recall (TpoPickle *self, guint number, GError **error)
{
  TpoPickleValue *value = g_hash_table_lookup (self->memo, GUINT_TO_POINTER (number));

  if (value == NULL)
    return tpo_pickle_fail (self, "it refers to a value that it has not stored", error);
  g_ptr_array_add (self->stack, value);
  return TRUE;
}

/* A line of text up to its newline; NULL at the end of the file or if it is no text. */
static char *
take_line (TpoPickle *self)
{
  const guint8 *start = self->cursor.data + self->cursor.at;
  const guint8 *end = memchr (start, '\n', tpo_cursor_left (&self->cursor));

  if (end == NULL || memchr (start, '\0', (gsize) (end - start)) != NULL ||
      !g_utf8_validate_len ((const char *) start, (gsize) (end - start), NULL))
    return NULL;
  self->cursor.at += (gsize) (end - start) + 1;
  return g_strndup ((const char *) start, (gsize) (end - start));
}

static gboolean
read_global (TpoPickle *self, GError **error)
{
  g_autofree char *module = take_line (self);
  g_autofree char *name = module != NULL ? take_line (self) : NULL;

  if (name == NULL)
    return tpo_pickle_fail (self, "a name is cut off or not UTF-8", error);
  return tpo_pickle_push_global (self, module, name, error);
}

static gboolean
pop_global (TpoPickle *self, GError **error)
{
  const TpoPickleValue *module, *name;

  if (!tpo_pickle_require (self, 2, error))
    return FALSE;
  name = tpo_pickle_pop (self);
  module = tpo_pickle_pop (self);
  if (name->kind != TPO_PICKLE_TEXT || module->kind != TPO_PICKLE_TEXT)
    return tpo_pickle_fail (self, "a name is no text", error);
  return tpo_pickle_push_global (self, module->text, name->text, error);
}

static gboolean
stop (TpoPickle *self, GError **error)
{
  if (!tpo_pickle_require (self, 1, error))
    return FALSE;
  if (self->stack->len != 1 || self->marks->len != 0)
    return tpo_pickle_fail (self, "it ends with more than one value", error);
  self->root = tpo_pickle_pop (self);
  return TRUE;
}

static gboolean
unknown (const TpoPickle *self, guint8 opcode, GError **error)
{
  g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
               "%s has the opcode 0x%02x at byte %" G_GSIZE_FORMAT
               ", which pickles of tensors do without; nothing of it was run",
               self->what, opcode, self->opcode_at);
  return FALSE;
}

/* The number that follows an opcode, in @size bytes. */
static gboolean
operand (TpoPickle *self, guint size, guint64 *number, GError **error)
{
  const guint8 *bytes;

  *number = 0;
  if (!tpo_cursor_take (&self->cursor, size, &bytes))
    return cut_off (self, error);
  for (guint i = 0; i < size; i++)
    *number |= (guint64) bytes[i] << 8 * i;
  return TRUE;
}

/* Bytes of the number that follows. */
static guint
operand_size (guint8 opcode)
{
  switch (opcode) {
  case OP_PROTOCOL:
  case OP_UINT1:
  case OP_GET1:
  case OP_PUT1:
    return 1;
  case OP_UINT2:
    return 2;
  case OP_INT4:
  case OP_GET4:
  case OP_PUT4:
    return 4;
  case OP_FRAME:
    return 8;
  default:
    return 0;
  }
}

static gboolean
run_opcode (TpoPickle *self, guint8 opcode, GError **error)
{
  guint64 number;
  guint n = 0;

  if (!operand (self, operand_size (opcode), &number, error))
    return FALSE;
  switch (opcode) {
  case OP_PROTOCOL:
    return number <= MAX_PROTOCOL || tpo_pickle_fail (self, "its protocol is not known", error);
  case OP_FRAME:
    return TRUE;
  case OP_MARK:
    g_array_append_val (self->marks, self->stack->len);
    return TRUE;
  case OP_POP:
    return tpo_pickle_require (self, 1, error) && tpo_pickle_pop (self) != NULL;
  case OP_NONE:
    tpo_pickle_push (self, TPO_PICKLE_NONE);
    return TRUE;
  case OP_TRUE:
  case OP_FALSE:
    return push_int (self, TPO_PICKLE_BOOL, opcode == OP_TRUE);
  case OP_INT4:
    return push_int (self, TPO_PICKLE_INT, (gint32) (guint32) number);
  case OP_UINT1:
  case OP_UINT2:
    return push_int (self, TPO_PICKLE_INT, (gint64) number);
  case OP_LONG1:
    return push_long (self, error);
  case OP_REAL:
    return push_real (self, error);
  case OP_TEXT1:
    return push_text (self, 1, error);
  case OP_TEXT4:
    return push_text (self, 4, error);
  case OP_TEXT8:
    return push_text (self, 8, error);
  case OP_EMPTY_TUPLE:
    return push_tuple (self, 0, error);
  case OP_TUPLE1:
  case OP_TUPLE2:
  case OP_TUPLE3:
    return push_tuple (self, opcode - OP_TUPLE1 + 1u, error);
  case OP_TUPLE:
    return take_mark (self, &n, error) && push_tuple (self, n, error);
  case OP_EMPTY_LIST:
    tpo_pickle_push (self, TPO_PICKLE_LIST);
    return TRUE;
  case OP_EMPTY_DICT:
    tpo_pickle_push (self, TPO_PICKLE_DICT);
    return TRUE;
  case OP_APPEND:
    return extend (self, TPO_PICKLE_LIST, 1, error);
  case OP_APPENDS:
    return extend_marked (self, TPO_PICKLE_LIST, error);
  case OP_SET:
    return extend (self, TPO_PICKLE_DICT, 2, error);
  case OP_SETS:
    return extend_marked (self, TPO_PICKLE_DICT, error);
  case OP_GET1:
  case OP_GET4:
    return recall (self, (guint) number, error);
  case OP_PUT1:
  case OP_PUT4:
    return remember (self, (guint) number, error);
  case OP_MEMOIZE:
    return remember (self, g_hash_table_size (self->memo), error);
  case OP_GLOBAL:
    return read_global (self, error);
  case OP_STACK_GLOBAL:
    return pop_global (self, error);
  case OP_PERSISTENT:
    return tpo_pickle_load_storage (self, error);
  case OP_REDUCE:
    return tpo_pickle_reduce (self, error);
  case OP_BUILD:
    return tpo_pickle_build (self, error);
  case OP_STOP:
    return stop (self, error);
  default:
    return unknown (self, opcode, error);
  }
}

TpoPickle *
tpo_pickle_parse (const guint8 *bytes, gsize size, const char *what, GError **error)
{
  g_autoptr (TpoPickle) self = g_new0 (TpoPickle, 1);

  self->what = what;
  self->cursor = (TpoCursor){ bytes, size, 0 };
  self->values = g_ptr_array_new_with_free_func (value_free);
  self->stack = g_ptr_array_new ();
  self->marks = g_array_new (FALSE, FALSE, sizeof (guint));
  self->memo = g_hash_table_new (NULL, NULL);
  self->texts = g_string_chunk_new (65536);
  while (self->root == NULL) {
    guint8 opcode;

    self->opcode_at = self->cursor.at;
    if (self->values->len >= MAX_VALUES) {
      tpo_pickle_fail (self, "it has more than a million values", error);
      return NULL;
    }
    if (!tpo_cursor_u8 (&self->cursor, &opcode)) {
      cut_off (self, error);
      return NULL;
    }
    if (!run_opcode (self, opcode, error))
      return NULL;
  }
  return g_steal_pointer (&self);
}

void
tpo_pickle_free (TpoPickle *self)
{
  g_ptr_array_unref (self->stack);
  g_ptr_array_unref (self->values);
  g_array_unref (self->marks);
  g_hash_table_unref (self->memo);
  g_string_chunk_free (self->texts);
  g_free (self);
}

const TpoPickleValue *
tpo_pickle_root (const TpoPickle *self)
{
  return self->root;
}

const TpoPickleValue *
tpo_pickle_member (const TpoPickleValue *dict, const char *name)
{
  if (dict->kind != TPO_PICKLE_DICT)
    return NULL;
  for (guint i = dict->items->len; i >= 2; i -= 2) {
    const TpoPickleValue *key = g_ptr_array_index (dict->items, i - 2);

    if (key->kind == TPO_PICKLE_TEXT && strcmp (key->text, name) == 0)
      return g_ptr_array_index (dict->items, i - 1);
  }
  return NULL;
}
