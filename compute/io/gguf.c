#include "io/gguf.h"

#include <tpo/error.h>

#include "io/cursor.h"

enum {
  MAX_ALIGNMENT = 1 << 16,
  MAX_TENSORS = 1 << 20,
  STRING_COST = 32, /* memory of a string beyond its bytes */
};

/* Memory that the metadata of any sensible model stays under; a hostile file is stopped there. */
#define METADATA_BUDGET ((guint64) 256 << 20)

/* Smallest possible records, to bound counts before anything is allocated. */
enum {
  MIN_VALUE_SIZE = 8 + 4 + 1,
  MIN_TENSOR_SIZE = 8 + 4 + 4 + 8
};

static const struct {
  guint32 number;
  TpoType type;
} types[] = {
  { 0, TPO_F32 },     { 1, TPO_F16 },   { 30, TPO_BF16 }, { 28, TPO_F64 },  { 8, TPO_Q8_0 },
  { 2, TPO_Q4_0 },    { 12, TPO_Q4_K }, { 14, TPO_Q6_K }, { 13, TPO_Q5_K }, { 3, TPO_Q4_1 },
  { 6, TPO_Q5_0 },    { 7, TPO_Q5_1 },  { 11, TPO_Q3_K }, { 10, TPO_Q2_K }, { 20, TPO_IQ4_NL },
  { 23, TPO_IQ4_XS }, { 24, TPO_I8 },   { 26, TPO_I32 },  { 27, TPO_I64 },
};

static const guint value_sizes[TPO_VALUE_COUNT] = {
  [TPO_VALUE_U8] = 1,  [TPO_VALUE_I8] = 1,  [TPO_VALUE_U16] = 2, [TPO_VALUE_I16] = 2,
  [TPO_VALUE_U32] = 4, [TPO_VALUE_I32] = 4, [TPO_VALUE_F32] = 4, [TPO_VALUE_BOOL] = 1,
  [TPO_VALUE_U64] = 8, [TPO_VALUE_I64] = 8, [TPO_VALUE_F64] = 8,
};

typedef struct {
  TpoWeights *weights;
  const char *path;
  TpoCursor cursor;
  guint64 alignment;
  guint64 used; /* bytes of memory taken by metadata */
} File;

typedef struct {
  guint64 begin, end;
} Span;

gint
tpo_gguf_type (TpoType type)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    if (types[i].type == type)
      return (gint) types[i].number;
  }
  return -1;
}

static gboolean
fail (const File *self, const char *field, const char *reason, GError **error)
{
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: %s: %s at byte %" G_GSIZE_FORMAT,
               self->path, field, reason, self->cursor.at);
  return FALSE;
}

static gboolean
unsupported (const File *self, const char *field, const char *what, guint64 number,
             GError **error)
{
  g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
               "%s: %s: %s %" G_GUINT64_FORMAT
               " is not supported, before byte %" G_GSIZE_FORMAT,
               self->path, field, what, number, self->cursor.at);
  return FALSE;
}

static gboolean
spend (File *self, const char *field, guint64 size, GError **error)
{
  if (size <= METADATA_BUDGET - self->used) {
    self->used += size;
    return TRUE;
  }
  g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
               "%s: %s: the metadata need more than 256 MiB, before byte %" G_GSIZE_FORMAT,
               self->path, field, self->cursor.at);
  return FALSE;
}

/* A string as GGUF has it: length, bytes. NULL on error. */
static char *
read_string (File *self, const char *field, GError **error)
{
  guint64 length;
  const guint8 *bytes;

  if (!tpo_cursor_u64 (&self->cursor, &length) ||
      !tpo_cursor_take (&self->cursor, length, &bytes)) {
    fail (self, field, "a text is cut off", error);
    return NULL;
  }
  if (!spend (self, field, length + STRING_COST, error))
    return NULL;
  if (!g_utf8_validate_len ((const char *) bytes, (gsize) length, NULL)) {
    fail (self, field, "a text is not UTF-8, before the text's end", error);
    return NULL;
  }
  return g_strndup ((const char *) bytes, (gsize) length);
}

static gint64
sign_extend (guint64 bits, guint size)
{
  guint shift = 64 - 8 * size;

  return (gint64) (bits << shift) >> shift;
}

/* Element i from bytes that are known to be there. */
static void
decode_element (TpoValue *value, gsize i, const guint8 *bytes)
{
  guint size = value_sizes[value->type];
  guint64 bits = 0;

  for (guint k = 0; k < size; k++)
    bits |= (guint64) bytes[k] << 8 * k;
  if (value->type == TPO_VALUE_F32) {
    guint32 word = (guint32) bits;
    float real;

    memcpy (&real, &word, sizeof real);
    value->reals[i] = real;
  } else if (value->type == TPO_VALUE_F64) {
    memcpy (&value->reals[i], &bits, sizeof bits);
  } else if (value->type == TPO_VALUE_I8 || value->type == TPO_VALUE_I16 ||
             value->type == TPO_VALUE_I32) {
    value->ints[i] = sign_extend (bits, size);
  } else {
    value->ints[i] = (gint64) bits;
  }
}

static TpoValue *
read_elements (File *self, const char *key, guint32 type, gboolean is_array, guint64 n,
               GError **error)
{
  g_autoptr (TpoValue) value = NULL;
  guint64 least = type == TPO_VALUE_STRING ? 8 : type < TPO_VALUE_COUNT ? value_sizes[type] : 0;
  const guint8 *bytes;

  if (type >= TPO_VALUE_COUNT || type == TPO_VALUE_ARRAY) {
    unsupported (self, key, "value type", type, error);
    return NULL;
  }
  if (n > tpo_cursor_left (&self->cursor) / least) {
    fail (self, key, "the value is cut off", error);
    return NULL;
  }
  if (!spend (self, key, n * sizeof (gint64), error))
    return NULL;
  value = tpo_value_new (type, is_array, (gsize) n);
  if (type == TPO_VALUE_STRING) {
    for (gsize i = 0; i < n; i++) {
      value->strings[i] = read_string (self, key, error);
      if (value->strings[i] == NULL)
        return NULL;
    }
    return g_steal_pointer (&value);
  }
  bytes = self->cursor.data + self->cursor.at;
  self->cursor.at += n * least;
  for (gsize i = 0; i < n; i++)
    decode_element (value, i, bytes + i * least);
  return g_steal_pointer (&value);
}

static gboolean
read_value (File *self, GError **error)
{
  g_autofree char *key = read_string (self, "metadata key", error);
  TpoMetadata *metadata = tpo_weights_edit_metadata (self->weights);
  guint32 type;
  guint64 n = 1;
  gboolean is_array;
  TpoValue *value;

  if (key == NULL)
    return FALSE;
  if (tpo_metadata_find (metadata, key) != NULL)
    return fail (self, key, "the key occurs twice, the second time", error);
  if (!tpo_cursor_u32 (&self->cursor, &type))
    return fail (self, key, "the value type is cut off", error);
  is_array = type == TPO_VALUE_ARRAY;
  if (is_array &&
      (!tpo_cursor_u32 (&self->cursor, &type) || !tpo_cursor_u64 (&self->cursor, &n)))
    return fail (self, key, "the array is cut off", error);
  value = read_elements (self, key, type, is_array, n, error);
  if (value == NULL)
    return FALSE;
  tpo_metadata_set (metadata, key, value);
  return TRUE;
}

/* The tensor record; weight->name is allocated and weight->bytes is not set yet. */
static gboolean
read_tensor (File *self, TpoWeight *weight, char **name, guint64 *offset, GError **error)
{
  guint32 n_dims, number;
  guint64 dim;
  gint64 size;
  guint i = 0;

  *name = read_string (self, "tensor name", error);
  if (*name == NULL)
    return FALSE;
  if (!tpo_cursor_u32 (&self->cursor, &n_dims))
    return fail (self, *name, "the tensor record is cut off", error);
  if (n_dims > TPO_MAX_DIMS)
    return unsupported (self, *name, "a number of dimensions of", n_dims, error);
  weight->shape.n = n_dims;
  for (guint k = 0; k < n_dims; k++) {
    if (!tpo_cursor_u64 (&self->cursor, &dim))
      return fail (self, *name, "the tensor record is cut off", error);
    if (dim > G_MAXINT64)
      return fail (self, *name, "a size of the tensor is out of range before", error);
    weight->shape.dim[n_dims - 1 - k] = (gint64) dim;
  }
  if (!tpo_cursor_u32 (&self->cursor, &number) || !tpo_cursor_u64 (&self->cursor, offset))
    return fail (self, *name, "the tensor record is cut off", error);
  while (i < G_N_ELEMENTS (types) && types[i].number != number)
    i++;
  if (i == G_N_ELEMENTS (types))
    return unsupported (self, *name, "tensor type", number, error);
  weight->type = types[i].type;
  size = tpo_shape_size (&weight->shape, weight->type);
  if (size < 0)
    return fail (self, *name, "the tensor's sizes overflow or are no whole blocks before",
                 error);
  if (*offset % self->alignment != 0)
    return fail (self, *name, "the tensor's offset is not aligned before", error);
  weight->name = *name;
  weight->size = (gsize) size;
  return TRUE;
}

static int
compare_spans (gconstpointer a, gconstpointer b)
{
  const Span *x = a, *y = b;

  return x->begin < y->begin ? -1 : x->begin > y->begin;
}

static gboolean
read_tensors (File *self, guint64 n, GError **error)
{
  g_autoptr (GArray) weights = g_array_new (FALSE, TRUE, sizeof (TpoWeight));
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (Span));
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  guint64 data_at;

  for (guint64 i = 0; i < n; i++) {
    TpoWeight weight = { 0 };
    char *name = NULL;
    guint64 offset = 0;
    gboolean ok = read_tensor (self, &weight, &name, &offset, error);
    Span span = { offset, 0 };

    g_ptr_array_add (names, name);
    if (!ok)
      return FALSE;
    g_array_append_val (weights, weight);
    g_array_append_val (spans, span);
  }
  data_at = (self->cursor.at + self->alignment - 1) / self->alignment * self->alignment;
  for (guint i = 0; i < weights->len; i++) {
    TpoWeight *weight = &g_array_index (weights, TpoWeight, i);
    Span *span = &g_array_index (spans, Span, i);
    guint64 data_size = data_at <= self->cursor.size ? self->cursor.size - data_at : 0;

    if (span->begin > data_size || weight->size > data_size - span->begin)
      return fail (self, weight->name, "the file is cut off before the tensor's data, table",
                   error);
    span->end = span->begin + weight->size;
    weight->bytes = self->cursor.data + MIN (data_at, self->cursor.size) + span->begin;
    if (!tpo_weights_add (self->weights, weight, error))
      return FALSE;
  }
  g_array_sort (spans, compare_spans);
  for (guint i = 1; i < spans->len; i++) {
    if (g_array_index (spans, Span, i).begin < g_array_index (spans, Span, i - 1).end)
      return fail (self, "tensor data", "two tensors overlap, table", error);
  }
  return TRUE;
}

static gboolean
read_alignment (File *self, GError **error)
{
  TpoReader reader = tpo_reader (tpo_weights_get_metadata (self->weights), "");
  guint alignment =
      tpo_reader_uint_or (&reader, "general.alignment", 8, MAX_ALIGNMENT, TPO_GGUF_ALIGNMENT);

  if (!tpo_reader_finish (&reader, error))
    return FALSE;
  if (alignment % 8 != 0)
    return fail (self, "general.alignment", "no multiple of 8, header", error);
  self->alignment = alignment;
  return TRUE;
}

gboolean
tpo_gguf_read (TpoWeights *weights, GBytes *bytes, const char *path, GError **error)
{
  gsize size;
  const guint8 *start = g_bytes_get_data (bytes, &size);
  File self = { .weights = weights, .path = path, .cursor = { start, size, 0 } };
  const guint8 *magic;
  guint32 version;
  guint64 n_tensors, n_values;

  if (!tpo_cursor_take (&self.cursor, 4, &magic) || memcmp (magic, "GGUF", 4) != 0)
    return fail (&self, "magic", "this is no GGUF file", error);
  if (!tpo_cursor_u32 (&self.cursor, &version))
    return fail (&self, "version", "the file is cut off", error);
  if (version != 2 && version != 3)
    return unsupported (&self, "version", "GGUF version", version, error);
  if (!tpo_cursor_u64 (&self.cursor, &n_tensors) || !tpo_cursor_u64 (&self.cursor, &n_values))
    return fail (&self, "counts", "the file is cut off", error);
  if (n_values > tpo_cursor_left (&self.cursor) / MIN_VALUE_SIZE)
    return fail (&self, "metadata count", "more than the file can hold", error);
  if (n_tensors > MIN (tpo_cursor_left (&self.cursor) / MIN_TENSOR_SIZE, MAX_TENSORS))
    return fail (&self, "tensor count", "more than the file can hold", error);
  tpo_weights_hold (weights, bytes);
  for (guint64 i = 0; i < n_values; i++) {
    if (!read_value (&self, error))
      return FALSE;
  }
  return read_alignment (&self, error) && read_tensors (&self, n_tensors, error);
}
