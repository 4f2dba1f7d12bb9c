#include "io/pickle.h"

#include <string.h>

#include <tpo/error.h>

#include "io/pickle-machine.h"

enum {
  MAX_VALUES = 1 << 20,
  MAX_PROTOCOL = 5,
};

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

/* ---- opcodes: each takes self->operand as the table below says ----------------------------------- */

static gboolean
check_protocol (TpoPickle *self, GError **error)
{
  return self->operand <= MAX_PROTOCOL ||
         tpo_pickle_fail (self, "its protocol is not known", error);
}

/* What it announces comes anyway. */
static gboolean
begin_frame (TpoPickle *self, GError **error)
{
  return TRUE;
}

static gboolean
mark (TpoPickle *self, GError **error)
{
  g_array_append_val (self->marks, self->stack->len);
  return TRUE;
}

static gboolean
drop (TpoPickle *self, GError **error)
{
  return tpo_pickle_require (self, 1, error) && tpo_pickle_pop (self) != NULL;
}

/* Operand: a TpoPickleKind without a content, or with an empty one. */
static gboolean
push_empty (TpoPickle *self, GError **error)
{
  tpo_pickle_push (self, (TpoPickleKind) self->operand);
  return TRUE;
}

static gboolean
push_bool (TpoPickle *self, GError **error)
{
  tpo_pickle_push (self, TPO_PICKLE_BOOL)->integer = (gint64) self->operand;
  return TRUE;
}

static gboolean
push_unsigned (TpoPickle *self, GError **error)
{
  tpo_pickle_push (self, TPO_PICKLE_INT)->integer = (gint64) self->operand;
  return TRUE;
}

static gboolean
push_signed (TpoPickle *self, GError **error)
{
  tpo_pickle_push (self, TPO_PICKLE_INT)->integer = (gint32) (guint32) self->operand;
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
  tpo_pickle_push (self, TPO_PICKLE_INT)->integer = (gint64) bits;
  return TRUE;
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

/* Operand: its length. */
static gboolean
push_text (TpoPickle *self, GError **error)
{
  guint64 length = self->operand;
  const guint8 *bytes;

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
push_items (TpoPickle *self, guint n, GError **error)
{
  TpoPickleValue *tuple;

  if (!tpo_pickle_require (self, n, error))
    return FALSE;
  tuple = tpo_pickle_new (self, TPO_PICKLE_TUPLE);
  move_items (self, tuple, n);
  g_ptr_array_add (self->stack, tuple);
  return TRUE;
}

/* Operand: of how many values. */
static gboolean
push_tuple (TpoPickle *self, GError **error)
{
  return push_items (self, (guint) self->operand, error);
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

static gboolean
push_marked_tuple (TpoPickle *self, GError **error)
{
  guint n = 0;

  return take_mark (self, &n, error) && push_items (self, n, error);
}

/* Adds the topmost @n values to the list or dictionary below them. */
static gboolean
extend (TpoPickle *self, guint n, GError **error)
{
  TpoPickleKind kind = (TpoPickleKind) self->operand;
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

/* Operand: to what. */
static gboolean
extend_by_one (TpoPickle *self, GError **error)
{
  return extend (self, self->operand == TPO_PICKLE_DICT ? 2 : 1, error);
}

/* Operand: to what. */
static gboolean
extend_marked (TpoPickle *self, GError **error)
{
  guint n = 0;

  return take_mark (self, &n, error) && extend (self, n, error);
}

/* Operand: under which number. */
static gboolean
remember (TpoPickle *self, GError **error)
{
  if (!tpo_pickle_require (self, 1, error))
    return FALSE;
  g_hash_table_insert (self->memo, GUINT_TO_POINTER ((guint) self->operand),
                       tpo_pickle_peek (self, 0));
  return TRUE;
}

static gboolean
remember_next (TpoPickle *self, GError **error)
{
  self->operand = g_hash_table_size (self->memo);
  return remember (self, error);
}

/* Operand: its number. */
static gboolean
recall (TpoPickle *self, GError **error)
{
  TpoPickleValue *value =
      g_hash_table_lookup (self->memo, GUINT_TO_POINTER ((guint) self->operand));

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

/* ---- the machine --------------------------------------------------------------------------------- */

typedef struct {
  gboolean (*run) (TpoPickle *self, GError **error); /* nullable: not known */
  guint operand_size; /* bytes of the operand that follows; 0: none does */
  guint64 operand;    /* instead */
} Opcode;

/* By the byte that stands for it, with the name that Python's pickletools has for it. */
static const Opcode opcodes[256] = {
  ['('] = { mark },                              /* MARK */
  ['.'] = { stop },                              /* STOP */
  ['0'] = { drop },                              /* POP */
  ['N'] = { push_empty, 0, TPO_PICKLE_NONE },    /* NONE */
  [0x88] = { push_bool, 0, TRUE },               /* NEWTRUE */
  [0x89] = { push_bool, 0, FALSE },              /* NEWFALSE */
  ['J'] = { push_signed, 4 },                    /* BININT */
  ['K'] = { push_unsigned, 1 },                  /* BININT1 */
  ['M'] = { push_unsigned, 2 },                  /* BININT2 */
  [0x8a] = { push_long },                        /* LONG1 */
  ['G'] = { push_real },                         /* BINFLOAT */
  [0x8c] = { push_text, 1 },                     /* SHORT_BINUNICODE */
  ['X'] = { push_text, 4 },                      /* BINUNICODE */
  [0x8d] = { push_text, 8 },                     /* BINUNICODE8 */
  [')'] = { push_tuple, 0, 0 },                  /* EMPTY_TUPLE */
  [0x85] = { push_tuple, 0, 1 },                 /* TUPLE1 */
  [0x86] = { push_tuple, 0, 2 },                 /* TUPLE2 */
  [0x87] = { push_tuple, 0, 3 },                 /* TUPLE3 */
  ['t'] = { push_marked_tuple },                 /* TUPLE */
  [']'] = { push_empty, 0, TPO_PICKLE_LIST },    /* EMPTY_LIST */
  ['a'] = { extend_by_one, 0, TPO_PICKLE_LIST }, /* APPEND */
  ['e'] = { extend_marked, 0, TPO_PICKLE_LIST }, /* APPENDS */
  ['}'] = { push_empty, 0, TPO_PICKLE_DICT },    /* EMPTY_DICT */
  ['s'] = { extend_by_one, 0, TPO_PICKLE_DICT }, /* SETITEM */
  ['u'] = { extend_marked, 0, TPO_PICKLE_DICT }, /* SETITEMS */
  ['h'] = { recall, 1 },                         /* BINGET */
  ['j'] = { recall, 4 },                         /* LONG_BINGET */
  ['q'] = { remember, 1 },                       /* BINPUT */
  ['r'] = { remember, 4 },                       /* LONG_BINPUT */
  [0x94] = { remember_next },                    /* MEMOIZE */
  ['c'] = { read_global },                       /* GLOBAL */
  [0x93] = { pop_global },                       /* STACK_GLOBAL */
  ['Q'] = { tpo_pickle_load_storage },           /* BINPERSID */
  ['R'] = { tpo_pickle_reduce },                 /* REDUCE */
  ['b'] = { tpo_pickle_build },                  /* BUILD */
  [0x80] = { check_protocol, 1 },                /* PROTO */
  [0x95] = { begin_frame, 8 },                   /* FRAME */
};

static gboolean
run_opcode (TpoPickle *self, guint8 byte, GError **error)
{
  const Opcode *opcode = &opcodes[byte];
  const guint8 *bytes;

  if (opcode->run == NULL)
    return unknown (self, byte, error);
  self->operand = opcode->operand;
  if (!tpo_cursor_take (&self->cursor, opcode->operand_size, &bytes))
    return cut_off (self, error);
  for (guint i = 0; i < opcode->operand_size; i++)
    self->operand |= (guint64) bytes[i] << 8 * i;
  return opcode->run (self, error);
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
