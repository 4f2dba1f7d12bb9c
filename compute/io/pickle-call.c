#include "io/pickle-machine.h"

#include <string.h>

#include <tpo/error.h>

enum {
  MAX_DIMS = 64, /* PyTorch's own limit */
};

/* The names that may be called. Storage types come last. */
typedef enum {
  ORDERED_DICT,
  REBUILD_TENSOR,
  REBUILD_PARAMETER,
  SIZE,
  SET,
  SET_BEFORE_PYTHON_3,
  FIRST_STORAGE,
} Global;

static const struct {
  const char *module, *name;
} globals[] = {
  [ORDERED_DICT] = { "collections", "OrderedDict" },
  [REBUILD_TENSOR] = { "torch._utils", "_rebuild_tensor_v2" },
  [REBUILD_PARAMETER] = { "torch._utils", "_rebuild_parameter" },
  [SIZE] = { "torch", "Size" },
  [SET] = { "builtins", "set" },
  [SET_BEFORE_PYTHON_3] = { "__builtin__", "set" }, /* also what protocol 2 calls it */
  [FIRST_STORAGE] = { "torch", "FloatStorage" },
  { "torch", "HalfStorage" },
  { "torch", "BFloat16Storage" },
  { "torch", "DoubleStorage" },
  { "torch", "LongStorage" },
  { "torch", "IntStorage" },
  { "torch", "CharStorage" },
  { "torch", "ByteStorage" },
  { "torch", "BoolStorage" },
};

gboolean
tpo_pickle_push_global (TpoPickle *self, const char *module, const char *name, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (globals); i++) {
    if (strcmp (globals[i].module, module) == 0 && strcmp (globals[i].name, name) == 0) {
      tpo_pickle_push (self, TPO_PICKLE_GLOBAL)->integer = i;
      return TRUE;
    }
  }
  g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
               "%s asks for %s.%s, which is not among the few names that tensors need (byte "
               "%" G_GSIZE_FORMAT "); nothing of it was run",
               self->what, module, name, self->opcode_at);
  return FALSE;
}

/* Item @i of a tuple that must be of @kind; NULL otherwise. */
static const TpoPickleValue *
item (const TpoPickleValue *tuple, guint i, TpoPickleKind kind)
{
  const TpoPickleValue *value;

  if (tuple->kind != TPO_PICKLE_TUPLE || i >= tuple->items->len)
    return NULL;
  value = g_ptr_array_index (tuple->items, i);
  return value->kind == kind ? value : NULL;
}

/* ("storage", torch.FloatStorage, key, "cpu", number of elements) */
gboolean
tpo_pickle_load_storage (TpoPickle *self, GError **error)
{
  const TpoPickleValue *id, *tag, *type, *key, *n;
  const char *name;
  TpoPickleValue *storage;

  if (!tpo_pickle_require (self, 1, error))
    return FALSE;
  id = tpo_pickle_pop (self);
  tag = item (id, 0, TPO_PICKLE_TEXT);
  type = item (id, 1, TPO_PICKLE_GLOBAL);
  key = item (id, 2, TPO_PICKLE_TEXT);
  n = item (id, 4, TPO_PICKLE_INT);
  if (tag == NULL || strcmp (tag->text, "storage") != 0 || type == NULL ||
      type->integer < FIRST_STORAGE || key == NULL || n == NULL || n->integer < 0)
    return tpo_pickle_fail (self, "a persistent id is no storage", error);
  name = globals[type->integer].name;
  storage = tpo_pickle_push (self, TPO_PICKLE_STORAGE);
  storage->storage.type = g_string_chunk_insert_len (
      self->texts, name, (gssize) (strlen (name) - strlen ("Storage")));
  storage->storage.key = key->text;
  storage->storage.n = n->integer;
  return TRUE;
}

static gboolean
is_int_tuple (const TpoPickleValue *tuple)
{
  for (guint i = 0; i < tuple->items->len; i++) {
    if (item (tuple, i, TPO_PICKLE_INT) == NULL)
      return FALSE;
  }
  return TRUE;
}

/* (storage, offset, sizes, strides, requires_grad, hooks, …) */
static gboolean
rebuild_tensor (TpoPickle *self, const TpoPickleValue *arguments, GError **error)
{
  const TpoPickleValue *storage = item (arguments, 0, TPO_PICKLE_STORAGE);
  const TpoPickleValue *offset = item (arguments, 1, TPO_PICKLE_INT);
  const TpoPickleValue *sizes = item (arguments, 2, TPO_PICKLE_TUPLE);
  const TpoPickleValue *strides = item (arguments, 3, TPO_PICKLE_TUPLE);
  TpoPickleValue *tensor;

  if (storage == NULL || offset == NULL || sizes == NULL || strides == NULL ||
      sizes->items->len != strides->items->len || sizes->items->len > MAX_DIMS ||
      !is_int_tuple (sizes) || !is_int_tuple (strides))
    return tpo_pickle_fail (self, "the arguments of _rebuild_tensor_v2 describe no tensor",
                            error);
  tensor = tpo_pickle_push (self, TPO_PICKLE_TENSOR);
  tensor->tensor.storage = storage;
  tensor->tensor.offset = offset->integer;
  tensor->tensor.sizes = sizes;
  tensor->tensor.strides = strides;
  return TRUE;
}

/* A call whose result is, for us, its first argument. */
static gboolean
pass_on (TpoPickle *self, const TpoPickleValue *arguments, TpoPickleKind kind, GError **error)
{
  const TpoPickleValue *value = item (arguments, 0, kind);

  if (value == NULL)
    return tpo_pickle_fail (self, "the arguments of a call are not what they should be", error);
  g_ptr_array_add (self->stack, (gpointer) value);
  return TRUE;
}

gboolean
tpo_pickle_reduce (TpoPickle *self, GError **error)
{
  const TpoPickleValue *callee, *arguments;

  if (!tpo_pickle_require (self, 2, error))
    return FALSE;
  arguments = tpo_pickle_pop (self);
  callee = tpo_pickle_pop (self);
  if (callee->kind != TPO_PICKLE_GLOBAL || arguments->kind != TPO_PICKLE_TUPLE)
    return tpo_pickle_fail (self, "what is called is no name with a tuple of arguments", error);
  switch (callee->integer) {
  case ORDERED_DICT: /* (); its members follow by themselves */
    if (arguments->items->len > 0)
      return tpo_pickle_fail (self, "an OrderedDict is made of something", error);
    tpo_pickle_push (self, TPO_PICKLE_DICT);
    return TRUE;
  case REBUILD_TENSOR:
    return rebuild_tensor (self, arguments, error);
  case REBUILD_PARAMETER: /* (tensor, requires_grad, hooks) */
    return pass_on (self, arguments, TPO_PICKLE_TENSOR, error);
  case SIZE: /* (sizes,) */
    return pass_on (self, arguments, TPO_PICKLE_TUPLE, error);
  case SET: /* ([members],) */
  case SET_BEFORE_PYTHON_3:
    return pass_on (self, arguments, TPO_PICKLE_LIST, error);
  default:
    return tpo_pickle_fail (self, "a type of storage is called", error);
  }
}

/* Attributes of a dictionary, such as the _metadata of a state_dict, are left out. */
gboolean
tpo_pickle_build (TpoPickle *self, GError **error)
{
  if (!tpo_pickle_require (self, 2, error))
    return FALSE;
  tpo_pickle_pop (self);
  return tpo_pickle_peek (self, 0)->kind == TPO_PICKLE_DICT ||
         tpo_pickle_fail (self, "attributes are set on what is no dictionary", error);
}
