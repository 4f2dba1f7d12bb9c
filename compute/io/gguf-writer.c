#include "io/gguf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include <tpo/error.h>

typedef struct {
  char *name;
  TpoShape shape;
  TpoType type;
  guint64 offset; /* within the data */
} Tensor;

struct _TpoGgufWriter {
  char *path;
  char *part_path;
  FILE *file; /* locked */
  TpoMetadata *metadata;
  GArray *tensors; /* of Tensor */
  guint n_started;
  guint64 written; /* bytes of data */
  guint64 due;     /* where the current tensor must end */
  guint64 data_at; /* file offset of the data */
  gboolean replaces_part;
};

static gboolean
io_error (TpoGgufWriter *self, const char *what, GError **error)
{
  int reason = errno;

  g_set_error (error, TPO_ERROR, TPO_ERROR_IO, "%s %s: %s", what, self->part_path,
               g_strerror (reason));
  return FALSE;
}

static void
tensor_clear (gpointer data)
{
  g_free (((Tensor *) data)->name);
}

/* Whether the locked @file is what still has the name: its last writer may just have given it the
 * final one. */
static gboolean
is_ours (const TpoGgufWriter *self, int file, struct stat *info)
{
  struct stat named;

  return fstat (file, info) == 0 && stat (self->part_path, &named) == 0 &&
         named.st_dev == info->st_dev && named.st_ino == info->st_ino;
}

/* What an interrupted run has left is begun anew; what another run is writing is left alone. */
static gboolean
open_part (TpoGgufWriter *self, GError **error)
{
  int file = g_open (self->part_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  struct stat info;

  if (file < 0)
    return io_error (self, "cannot create", error);
  if ((flock (file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) ||
      !is_ours (self, file, &info)) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO, "another program is writing %s",
                 self->part_path);
    close (file);
    return FALSE;
  }
  self->replaces_part = S_ISREG (info.st_mode) && info.st_size > 0;
  if (self->replaces_part && ftruncate (file, 0) != 0) {
    io_error (self, "cannot write", error);
    close (file);
    return FALSE;
  }
  self->file = fdopen (file, "wb");
  return TRUE;
}

gboolean
tpo_gguf_writer_replaces_part (const TpoGgufWriter *self)
{
  return self->replaces_part;
}

TpoGgufWriter *
tpo_gguf_writer_new (const char *path, TpoMetadata *metadata, GError **error)
{
  g_autoptr (TpoGgufWriter) self = g_new0 (TpoGgufWriter, 1);

  self->path = g_strdup (path);
  self->part_path = g_strconcat (path, ".part", NULL);
  self->metadata = tpo_metadata_ref (metadata);
  self->tensors = g_array_new (FALSE, TRUE, sizeof (Tensor));
  g_array_set_clear_func (self->tensors, tensor_clear);
  return open_part (self, error) ? g_steal_pointer (&self) : NULL;
}

void
tpo_gguf_writer_free (TpoGgufWriter *self)
{
  if (self->file != NULL) {
    fclose (self->file);
    g_unlink (self->part_path);
  }
  g_array_unref (self->tensors);
  tpo_metadata_unref (self->metadata);
  g_free (self->path);
  g_free (self->part_path);
  g_free (self);
}

void
tpo_gguf_writer_add (TpoGgufWriter *self, const char *name, const TpoShape *shape)
{
  Tensor tensor = { .name = g_strdup (name), .shape = *shape };

  g_return_if_fail (self->data_at == 0 && strlen (name) <= G_MAXUINT16);
  g_array_append_val (self->tensors, tensor);
}

static void
put_u32 (GByteArray *out, guint32 value)
{
  value = GUINT32_TO_LE (value);
  g_byte_array_append (out, (const guint8 *) &value, sizeof value);
}

static void
put_u64 (GByteArray *out, guint64 value)
{
  value = GUINT64_TO_LE (value);
  g_byte_array_append (out, (const guint8 *) &value, sizeof value);
}

static void
put_string (GByteArray *out, const char *text)
{
  gsize length = strlen (text);

  put_u64 (out, length);
  g_byte_array_append (out, (const guint8 *) text, (guint) length);
}

static void
put_element (GByteArray *out, const TpoValue *value, gsize i)
{
  static const guint sizes[TPO_VALUE_COUNT] = {
    [TPO_VALUE_U8] = 1,  [TPO_VALUE_I8] = 1,  [TPO_VALUE_U16] = 2, [TPO_VALUE_I16] = 2,
    [TPO_VALUE_U32] = 4, [TPO_VALUE_I32] = 4, [TPO_VALUE_F32] = 4, [TPO_VALUE_BOOL] = 1,
    [TPO_VALUE_U64] = 8, [TPO_VALUE_I64] = 8, [TPO_VALUE_F64] = 8,
  };
  guint64 bits = 0;

  if (value->type == TPO_VALUE_STRING) {
    put_string (out, value->strings[i]);
    return;
  }
  if (value->type == TPO_VALUE_F32) {
    float real = (float) value->reals[i];
    guint32 word;

    memcpy (&word, &real, sizeof word);
    bits = word;
  } else {
    memcpy (&bits, &value->ints[i], sizeof bits); /* F64 shares the place */
  }
  bits = GUINT64_TO_LE (bits);
  g_byte_array_append (out, (const guint8 *) &bits, sizes[value->type]);
}

static void
put_value (GByteArray *out, const char *key, const TpoValue *value)
{
  put_string (out, key);
  if (value->is_array) {
    put_u32 (out, TPO_VALUE_ARRAY);
    put_u32 (out, value->type);
    put_u64 (out, value->n);
  } else {
    put_u32 (out, value->type);
  }
  for (gsize i = 0; i < value->n; i++)
    put_element (out, value, i);
}

/* Header, metadata and tensor table; its size does not depend on types and offsets. */
static GByteArray *
build_header (const TpoGgufWriter *self)
{
  GByteArray *out = g_byte_array_new ();

  g_byte_array_append (out, (const guint8 *) "GGUF", 4);
  put_u32 (out, 3);
  put_u64 (out, self->tensors->len);
  put_u64 (out, tpo_metadata_get_n (self->metadata));
  for (guint i = 0; i < tpo_metadata_get_n (self->metadata); i++)
    put_value (out, tpo_metadata_get_key (self->metadata, i),
               tpo_metadata_get_value (self->metadata, i));
  for (guint i = 0; i < self->tensors->len; i++) {
    const Tensor *tensor = &g_array_index (self->tensors, Tensor, i);

    put_string (out, tensor->name);
    put_u32 (out, tensor->shape.n);
    for (guint k = tensor->shape.n; k > 0; k--)
      put_u64 (out, (guint64) tensor->shape.dim[k - 1]);
    put_u32 (out, (guint32) tpo_gguf_type (tensor->type));
    put_u64 (out, tensor->offset);
  }
  while (out->len % TPO_GGUF_ALIGNMENT != 0)
    g_byte_array_append (out, (const guint8 *) "", 1);
  return out;
}

static gboolean
put (TpoGgufWriter *self, gconstpointer bytes, gsize size, GError **error)
{
  if (size > 0 && fwrite (bytes, 1, size, self->file) != size)
    return io_error (self, "cannot write", error);
  return TRUE;
}

gboolean
tpo_gguf_writer_begin (TpoGgufWriter *self, GError **error)
{
  g_autoptr (GByteArray) header = build_header (self);

  g_return_val_if_fail (self->data_at == 0, FALSE);
  self->data_at = header->len;
  /* Zeros for now: a file without its magic cannot be mistaken for a finished one. */
  memset (header->data, 0, header->len);
  return put (self, header->data, header->len, error);
}

static gboolean
pad (TpoGgufWriter *self, GError **error)
{
  static const guint8 zeros[TPO_GGUF_ALIGNMENT];
  gsize rest = (gsize) (self->written % TPO_GGUF_ALIGNMENT);

  if (rest == 0)
    return TRUE;
  self->written += TPO_GGUF_ALIGNMENT - rest;
  return put (self, zeros, TPO_GGUF_ALIGNMENT - rest, error);
}

gboolean
tpo_gguf_writer_start (TpoGgufWriter *self, TpoType type, GError **error)
{
  Tensor *tensor;
  gint64 size;

  g_return_val_if_fail (self->data_at > 0 && self->n_started < self->tensors->len, FALSE);
  g_return_val_if_fail (self->written == self->due && tpo_gguf_type (type) >= 0, FALSE);
  if (!pad (self, error))
    return FALSE;
  tensor = &g_array_index (self->tensors, Tensor, self->n_started);
  size = tpo_shape_size (&tensor->shape, type);
  g_return_val_if_fail (size >= 0, FALSE);
  tensor->type = type;
  tensor->offset = self->written;
  self->due = self->written + (guint64) size;
  self->n_started++;
  return TRUE;
}

gboolean
tpo_gguf_writer_write (TpoGgufWriter *self, gconstpointer bytes, gsize size, GError **error)
{
  g_return_val_if_fail (size <= self->due - self->written, FALSE);
  self->written += size;
  return put (self, bytes, size, error);
}

gboolean
tpo_gguf_writer_finish (TpoGgufWriter *self, GError **error)
{
  g_autoptr (GByteArray) header = NULL;

  g_return_val_if_fail (self->n_started == self->tensors->len && self->written == self->due,
                        FALSE);
  if (!pad (self, error))
    return FALSE;
  header = build_header (self);
  g_assert (header->len == self->data_at);
  if (fseeko (self->file, 0, SEEK_SET) != 0)
    return io_error (self, "cannot write", error);
  if (!put (self, header->data, header->len, error))
    return FALSE;
  if (fflush (self->file) != 0 || fsync (fileno (self->file)) != 0)
    return io_error (self, "cannot write", error);
  if (g_rename (self->part_path, self->path) != 0)
    return io_error (self, "cannot give its final name to", error);
  fclose (g_steal_pointer (&self->file));
  return TRUE;
}
