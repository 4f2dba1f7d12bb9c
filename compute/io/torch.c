#include "io/torch.h"

#include <string.h>

#include <tpo/error.h>

#include "io/pickle.h"
#include "io/zip.h"

enum {
  MAX_PICKLE_SIZE = 64 << 20,
  MAX_NESTING = 4, /* dictionaries around the tensors */
};

static const struct {
  const char *name;
  TpoType type;
} storages[] = {
  { "Float", TPO_F32 },  { "Half", TPO_F16 }, { "BFloat16", TPO_BF16 },
  { "Double", TPO_F64 }, { "Long", TPO_I64 }, { "Int", TPO_I32 },
  { "Char", TPO_I8 },    { "Byte", TPO_U8 },  { "Bool", TPO_BOOL },
};

typedef struct {
  TpoWeights *weights;
  const char *path;
  const TpoZip *zip;
  char *root;        /* folder within the archive, with its slash */
  gsize copy_budget; /* bytes that may still be put in order */
} File;

/* A tensor's place in its storage. */
typedef struct {
  const guint8 *bytes;
  gint64 n; /* elements of the storage */
  gint64 offset;
  gint64 strides[TPO_MAX_DIMS];
} Layout;

static gboolean
fail (const File *self, const char *name, const char *reason, GError **error)
{
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: tensor %s: %s", self->path, name,
               reason);
  return FALSE;
}

static TpoType
type_of (const TpoPickleValue *storage)
{
  guint i = 0;

  while (strcmp (storages[i].name, storage->storage.type) != 0) /* the pickle knows no others */
    i++;
  return storages[i].type;
}

static gint64
int_at (const TpoPickleValue *tuple, guint i)
{
  return ((const TpoPickleValue *) g_ptr_array_index (tuple->items, i))->integer;
}

static gboolean
find_storage (const File *self, const char *name, const TpoPickleValue *storage, Layout *layout,
              GError **error)
{
  g_autofree char *member = g_strconcat (self->root, "data/", storage->storage.key, NULL);
  g_autofree char *reason = NULL;
  TpoShape shape = TPO_SHAPE (storage->storage.n);
  gint64 expected = tpo_shape_size (&shape, type_of (storage));
  gsize size;

  layout->n = storage->storage.n;
  if (!tpo_zip_find (self->zip, member, &layout->bytes, &size))
    reason = g_strdup_printf ("the archive has no member %s", member);
  else if (expected < 0 || (guint64) expected != size)
    reason = g_strdup_printf (
        "%s has %" G_GSIZE_FORMAT " bytes, not %" G_GINT64_FORMAT " elements of type %s",
        member, size, storage->storage.n, tpo_type_name (type_of (storage)));
  return reason == NULL || fail (self, name, reason, error);
}

/* Whether the elements lie one after the other in row-major order; strides of sizes below 2 say
 * nothing. */
static gboolean
is_packed (const TpoShape *shape, const Layout *layout)
{
  gint64 step = 1;

  for (guint i = shape->n; i-- > 0;) {
    if (shape->dim[i] > 1 && layout->strides[i] != step)
      return FALSE;
    step *= shape->dim[i];
  }
  return TRUE;
}

/* Whether every element lies in the storage. */
static gboolean
lies_within (const TpoShape *shape, const Layout *layout)
{
  gint64 last = layout->offset;

  if (layout->offset < 0 || layout->offset > layout->n)
    return FALSE;
  if (tpo_shape_count (shape) == 0)
    return TRUE;
  for (guint i = 0; i < shape->n; i++) {
    gint64 reach;

    if (layout->strides[i] < 0 ||
        __builtin_mul_overflow (shape->dim[i] - 1, layout->strides[i], &reach) ||
        __builtin_add_overflow (last, reach, &last))
      return FALSE;
  }
  return last < layout->n;
}

/* The elements in row-major order, copied one by one. */
static guint8 *
gather (const TpoWeight *weight, const Layout *layout)
{
  gsize element = tpo_type_block_size (weight->type);
  guint8 *packed = g_malloc (weight->size);
  gint64 index[TPO_MAX_DIMS] = { 0 }, at = layout->offset;

  for (guint8 *to = packed; to < packed + weight->size; to += element) {
    memcpy (to, layout->bytes + (gsize) at * element, element);
    for (guint i = weight->shape.n; i-- > 0;) {
      at += layout->strides[i];
      if (++index[i] < weight->shape.dim[i])
        break;
      at -= index[i] * layout->strides[i];
      index[i] = 0;
    }
  }
  return packed;
}

static gboolean
put_in_order (File *self, TpoWeight *weight, const Layout *layout, GError **error)
{
  g_autoptr (GBytes) packed = NULL;

  if (weight->size > self->copy_budget)
    return fail (self, weight->name, "it repeats elements of its storage too often", error);
  self->copy_budget -= weight->size;
  packed = g_bytes_new_take (gather (weight, layout), weight->size);
  weight->bytes = g_bytes_get_data (packed, NULL);
  tpo_weights_hold (self->weights, packed);
  return TRUE;
}

static gboolean
add_tensor (File *self, const char *name, const TpoPickleValue *value, GError **error)
{
  const TpoPickleValue *sizes = value->tensor.sizes, *strides = value->tensor.strides;
  TpoWeight weight = { .name = name, .type = type_of (value->tensor.storage) };
  Layout layout = { .offset = value->tensor.offset };
  gint64 size;

  if (sizes->items->len > TPO_MAX_DIMS)
    return fail (self, name, "the shape has too many dimensions", error);
  weight.shape.n = sizes->items->len;
  for (guint i = 0; i < weight.shape.n; i++) {
    weight.shape.dim[i] = int_at (sizes, i);
    layout.strides[i] = int_at (strides, i);
  }
  size = tpo_shape_size (&weight.shape, weight.type);
  if (size < 0)
    return fail (self, name, "a size of its shape is negative or too large", error);
  weight.size = (gsize) size;
  if (!find_storage (self, name, value->tensor.storage, &layout, error))
    return FALSE;
  if (!lies_within (&weight.shape, &layout))
    return fail (self, name, "its offset or strides point out of its storage", error);
  weight.bytes = layout.bytes + (gsize) layout.offset * tpo_type_block_size (weight.type);
  if (weight.size > 0 && !is_packed (&weight.shape, &layout) &&
      !put_in_order (self, &weight, &layout, error))
    return FALSE;
  return tpo_weights_add (self->weights, &weight, error);
}

/* The dictionary that holds the tensors; NULL if @value is none. */
static const TpoPickleValue *
unwrap (const TpoPickleValue *value)
{
  static const char *const wrappers[] = { "model", "module", "state_dict" };

  for (guint depth = 0; depth < MAX_NESTING; depth++) {
    const TpoPickleValue *inner = NULL;

    for (guint i = 0; i < G_N_ELEMENTS (wrappers) && inner == NULL; i++)
      inner = tpo_pickle_member (value, wrappers[i]);
    if (inner == NULL || inner->kind != TPO_PICKLE_DICT)
      break;
    value = inner;
  }
  return value->kind == TPO_PICKLE_DICT ? value : NULL;
}

static gboolean
add_tensors (File *self, const TpoPickleValue *root, GError **error)
{
  const TpoPickleValue *dict = unwrap (root);

  if (dict == NULL) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s holds no dictionary of tensors",
                 self->path);
    return FALSE;
  }
  for (guint i = 0; i + 1 < dict->items->len; i += 2) {
    const TpoPickleValue *key = g_ptr_array_index (dict->items, i);
    const TpoPickleValue *value = g_ptr_array_index (dict->items, i + 1);

    if (key->kind == TPO_PICKLE_TEXT && value->kind == TPO_PICKLE_TENSOR &&
        !add_tensor (self, key->text, value, error))
      return FALSE;
  }
  return TRUE;
}

/* "archive/" of "archive/data.pkl"; NULL if no folder has one. */
static char *
find_root (const TpoZip *zip)
{
  static const char pickle[] = "/data.pkl";

  for (guint i = 0; i < tpo_zip_get_n (zip); i++) {
    const char *name = tpo_zip_get_name (zip, i);

    if (g_str_has_suffix (name, pickle) &&
        strchr (name, '/') == name + strlen (name) - strlen (pickle))
      return g_strndup (name, strlen (name) - strlen (pickle) + 1);
  }
  return NULL;
}

static gboolean
check_byte_order (const File *self, GError **error)
{
  g_autofree char *member = g_strconcat (self->root, "byteorder", NULL);
  const guint8 *bytes;
  gsize size;

  if (!tpo_zip_find (self->zip, member, &bytes, &size) ||
      (size >= 6 && memcmp (bytes, "little", 6) == 0))
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
               "%s was written on a machine of the other byte order", self->path);
  return FALSE;
}

gboolean
tpo_torch_read (TpoWeights *weights, GBytes *bytes, const char *path, GError **error)
{
  g_autoptr (TpoZip) zip = tpo_zip_open (bytes, path, error);
  g_autofree char *root = zip != NULL ? find_root (zip) : NULL;
  g_autofree char *member = g_strconcat (root != NULL ? root : "", "data.pkl", NULL);
  g_autofree char *what = g_strdup_printf ("%s: %s", path, member);
  g_autoptr (TpoPickle) pickle = NULL;
  File self = { weights, path, zip, root, g_bytes_get_size (bytes) };
  const guint8 *text;
  gsize size;

  if (zip == NULL)
    return FALSE;
  if (root == NULL || !tpo_zip_find (zip, member, &text, &size)) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 "%s is a zip archive, but not one of PyTorch: no folder has a data.pkl", path);
    return FALSE;
  }
  if (size > MAX_PICKLE_SIZE) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
                 "%s has %" G_GSIZE_FORMAT " bytes, more than any list of tensors needs", what,
                 size);
    return FALSE;
  }
  if (!check_byte_order (&self, error))
    return FALSE;
  pickle = tpo_pickle_parse (text, size, what, error);
  tpo_weights_hold (weights, bytes);
  return pickle != NULL && add_tensors (&self, tpo_pickle_root (pickle), error);
}
