#include "io/safetensors.h"

#include <string.h>

#include <tpo/error.h>

#include "io/cursor.h"
#include "io/json.h"

/* The limit of the format's own library. */
#define MAX_HEADER_SIZE 100000000

static const struct {
  const char *name;
  TpoType type;
} dtypes[] = {
  { "F32", TPO_F32 }, { "F16", TPO_F16 }, { "BF16", TPO_BF16 },
  { "F64", TPO_F64 }, { "I64", TPO_I64 }, { "I32", TPO_I32 },
  { "U8", TPO_U8 },   { "I8", TPO_I8 },   { "BOOL", TPO_BOOL },
};

typedef struct {
  TpoWeights *weights;
  const char *path;
  const guint8 *data;
  gsize data_size;
  GArray *spans; /* of Span */
} File;

typedef struct {
  gsize begin, end;
  const char *name;
} Span;

static gboolean
fail (const File *self, const char *name, const TpoJsonNode *node, TpoErrorCode code,
      const char *reason, GError **error)
{
  g_set_error (error, TPO_ERROR, code, "%s: tensor %s: %s (byte %" G_GSIZE_FORMAT ")",
               self->path, name, reason, node->offset + 8);
  return FALSE;
}

static gboolean
read_dtype (const File *self, const char *name, const TpoJsonNode *entry, TpoType *type,
            GError **error)
{
  const TpoJsonNode *node = tpo_json_member (entry, "dtype");
  g_autofree char *reason = NULL;

  if (node == NULL || !tpo_json_is_text (node))
    return fail (self, name, entry, TPO_ERROR_FORMAT, "no dtype", error);
  for (guint i = 0; i < G_N_ELEMENTS (dtypes); i++) {
    if (strcmp (dtypes[i].name, node->string) == 0) {
      *type = dtypes[i].type;
      return TRUE;
    }
  }
  reason = g_strdup_printf ("the dtype %s is not supported", node->string);
  return fail (self, name, node, TPO_ERROR_UNSUPPORTED, reason, error);
}

static gboolean
read_shape (const File *self, const char *name, const TpoJsonNode *entry, TpoShape *shape,
            GError **error)
{
  const TpoJsonNode *node = tpo_json_member (entry, "shape");

  if (node == NULL || node->type != TPO_JSON_ARRAY)
    return fail (self, name, entry, TPO_ERROR_FORMAT, "no shape", error);
  if (node->n_children > TPO_MAX_DIMS)
    return fail (self, name, node, TPO_ERROR_UNSUPPORTED, "the shape has too many dimensions",
                 error);
  shape->n = 0;
  for (const TpoJsonNode *size = node->child; size != NULL; size = size->next) {
    if (!size->is_integer || size->integer < 0)
      return fail (self, name, size, TPO_ERROR_FORMAT, "a size in the shape is no count",
                   error);
    shape->dim[shape->n++] = size->integer;
  }
  return TRUE;
}

static gboolean
read_offsets (const File *self, const char *name, const TpoJsonNode *entry, Span *span,
              GError **error)
{
  const TpoJsonNode *node = tpo_json_member (entry, "data_offsets");
  const TpoJsonNode *begin, *end;

  if (node == NULL || node->type != TPO_JSON_ARRAY || node->n_children != 2)
    return fail (self, name, entry, TPO_ERROR_FORMAT, "no pair of data_offsets", error);
  begin = node->child;
  end = begin->next;
  if (!begin->is_integer || !end->is_integer || begin->integer < 0 ||
      end->integer < begin->integer)
    return fail (self, name, node, TPO_ERROR_FORMAT, "the data_offsets are no ascending pair",
                 error);
  if ((guint64) end->integer > self->data_size) {
    g_autofree char *reason = g_strdup_printf ("its data end at byte %" G_GINT64_FORMAT
                                               " of %" G_GSIZE_FORMAT ", the file is cut off",
                                               end->integer, self->data_size);

    return fail (self, name, node, TPO_ERROR_FORMAT, reason, error);
  }
  *span = (Span){ (gsize) begin->integer, (gsize) end->integer, name };
  return TRUE;
}

static gboolean
read_tensor (File *self, const TpoJsonNode *entry, GError **error)
{
  const char *name = entry->key;
  TpoWeight weight = { .name = name };
  Span span;
  gint64 size;

  if (entry->type != TPO_JSON_OBJECT)
    return fail (self, name, entry, TPO_ERROR_FORMAT, "its description is no object", error);
  if (!read_dtype (self, name, entry, &weight.type, error) ||
      !read_shape (self, name, entry, &weight.shape, error) ||
      !read_offsets (self, name, entry, &span, error))
    return FALSE;
  size = tpo_shape_size (&weight.shape, weight.type);
  if (size < 0 || (guint64) size != span.end - span.begin) {
    g_autofree char *shape = tpo_shape_to_string (&weight.shape);
    g_autofree char *reason =
        g_strdup_printf ("%" G_GSIZE_FORMAT " bytes of data do not fit the shape %s of type %s",
                         span.end - span.begin, shape, tpo_type_name (weight.type));

    return fail (self, name, entry, TPO_ERROR_FORMAT, reason, error);
  }
  weight.bytes = self->data + span.begin;
  weight.size = span.end - span.begin;
  g_array_append_val (self->spans, span);
  return tpo_weights_add (self->weights, &weight, error);
}

static int
compare_spans (gconstpointer a, gconstpointer b)
{
  const Span *x = a, *y = b;

  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  return x->end < y->end ? -1 : x->end > y->end;
}

static gboolean
check_cover (const File *self, GError **error)
{
  gsize at = 0;

  g_array_sort (self->spans, compare_spans);
  for (guint i = 0; i < self->spans->len; i++) {
    const Span *span = &g_array_index (self->spans, Span, i);

    if (span->begin != at) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                   "%s: the data of tensor %s begin at %" G_GSIZE_FORMAT
                   ", %s the one before, which ends at %" G_GSIZE_FORMAT,
                   self->path, span->name, span->begin,
                   span->begin < at ? "inside" : "with a gap after", at);
      return FALSE;
    }
    at = span->end;
  }
  if (at != self->data_size) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 "%s: the tensors take %" G_GSIZE_FORMAT " bytes, the file has %" G_GSIZE_FORMAT
                 " bytes of data",
                 self->path, at, self->data_size);
    return FALSE;
  }
  return TRUE;
}

static gboolean
read_metadata (const File *self, const TpoJsonNode *node, GError **error)
{
  TpoMetadata *metadata = tpo_weights_edit_metadata (self->weights);

  if (node->type != TPO_JSON_OBJECT) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: __metadata__ is no object",
                 self->path);
    return FALSE;
  }
  for (const TpoJsonNode *member = node->child; member != NULL; member = member->next) {
    g_autoptr (TpoJson) inner = NULL;

    if (!tpo_json_is_text (member)) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                   "%s: %s in __metadata__ is no text (byte %" G_GSIZE_FORMAT ")", self->path,
                   member->key, member->offset + 8);
      return FALSE;
    }
    tpo_metadata_set_json (metadata, member->key, member);
    if (member->string[0] != '{')
      continue;
    /* A text that merely looks like JSON stays a text, so the error is of no interest. */
    inner = tpo_json_parse (member->string, strlen (member->string), member->key, NULL);
    if (inner != NULL)
      tpo_metadata_set_json (metadata, member->key, tpo_json_root (inner));
  }
  return TRUE;
}

gboolean
tpo_safetensors_read (TpoWeights *weights, GBytes *bytes, const char *path, GError **error)
{
  gsize size;
  const guint8 *start = g_bytes_get_data (bytes, &size);
  TpoCursor cursor = { start, size, 0 };
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (Span));
  g_autoptr (TpoJson) header = NULL;
  File self = { .weights = weights, .path = path, .spans = spans };
  guint64 header_size;
  const guint8 *text;

  if (!tpo_cursor_u64 (&cursor, &header_size) || header_size > MAX_HEADER_SIZE ||
      !tpo_cursor_take (&cursor, header_size, &text)) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 "%s is no safetensors file, or cut off: the header length at byte 0 does not "
                 "fit the %" G_GSIZE_FORMAT " bytes of the file",
                 path, size);
    return FALSE;
  }
  header = tpo_json_parse ((const char *) text, (gsize) header_size, path, error);
  if (header == NULL)
    return FALSE;
  if (tpo_json_root (header)->type != TPO_JSON_OBJECT) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: the header at byte 8 is no object",
                 path);
    return FALSE;
  }
  self.data = start + cursor.at;
  self.data_size = tpo_cursor_left (&cursor);
  tpo_weights_hold (weights, bytes);
  for (const TpoJsonNode *entry = tpo_json_root (header)->child; entry != NULL;
       entry = entry->next) {
    gboolean ok = strcmp (entry->key, "__metadata__") == 0 ? read_metadata (&self, entry, error)
                                                           : read_tensor (&self, entry, error);

    if (!ok)
      return FALSE;
  }
  return check_cover (&self, error);
}
