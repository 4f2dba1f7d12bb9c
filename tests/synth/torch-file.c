#include "torch-file.h"

#include <string.h>

static void
put (GByteArray *bytes, const char *text)
{
  g_byte_array_append (bytes, (const guint8 *) text, (guint) strlen (text));
}

/* @number in @size bytes, little-endian */
static void
put_number (GByteArray *bytes, guint64 number, guint size)
{
  number = GUINT64_TO_LE (number);
  g_byte_array_append (bytes, (const guint8 *) &number, size);
}

static void
pickle_text (GByteArray *bytes, const char *text)
{
  put (bytes, "X");
  put_number (bytes, strlen (text), 4);
  put (bytes, text);
}

static void
pickle_long (GByteArray *bytes, gint64 number)
{
  put (bytes, "\x8a\x08");
  put_number (bytes, (guint64) number, 8);
}

void
pickle_begin (PickleBuilder *self, const char *wrapper)
{
  self->bytes = g_byte_array_new ();
  put (self->bytes, "\x80\x02");
  if (wrapper != NULL) {
    put (self->bytes, "}");
    pickle_text (self->bytes, wrapper);
  }
  put (self->bytes, "ccollections\nOrderedDict\n)R(");
  self->is_wrapped = wrapper != NULL;
}

static const char *
storage_name (TpoType type)
{
  switch ((guint) type) {
  case TPO_F16:
    return "ctorch\nHalfStorage\n";
  case TPO_BF16:
    return "ctorch\nBFloat16Storage\n";
  case TPO_I64:
    return "ctorch\nLongStorage\n";
  default:
    return "ctorch\nFloatStorage\n";
  }
}

void
pickle_tensor (PickleBuilder *self, const char *name, TpoType type, const TpoShape *shape)
{
  g_autofree char *key = g_strdup_printf ("%u", self->n_tensors++);
  gint64 strides[TPO_MAX_DIMS], step = 1;

  for (guint i = shape->n; i-- > 0;) {
    strides[i] = step;
    step *= shape->dim[i];
  }
  pickle_text (self->bytes, name);
  put (self->bytes, "ctorch._utils\n_rebuild_tensor_v2\n((");
  pickle_text (self->bytes, "storage");
  put (self->bytes, storage_name (type));
  pickle_text (self->bytes, key);
  pickle_text (self->bytes, "cpu");
  pickle_long (self->bytes, step);
  put (self->bytes, "tQ");
  pickle_long (self->bytes, 0);
  put (self->bytes, "(");
  for (guint i = 0; i < shape->n; i++)
    pickle_long (self->bytes, shape->dim[i]);
  put (self->bytes, "t(");
  for (guint i = 0; i < shape->n; i++)
    pickle_long (self->bytes, strides[i]);
  put (self->bytes, "t\x89"
                    "ccollections\nOrderedDict\n)RtR");
}

GByteArray *
pickle_end (PickleBuilder *self)
{
  put (self->bytes, self->is_wrapped ? "us." : "u.");
  return g_steal_pointer (&self->bytes);
}

enum {
  LOCAL_HEADER = 0x04034b50,
  ENTRY = 0x02014b50,
  END64 = 0x06064b50,
  LOCATOR64 = 0x07064b50,
  END = 0x06054b50,
  EXTRA64 = 1,
  VERSION64 = 45, /* of the format, for 64-bit records */
};

static void
flush (ZipWriter *self, GByteArray *bytes)
{
  fwrite (bytes->data, 1, bytes->len, self->file);
}

/* What a 32-bit field holds of a number that may stand in a 64-bit one. */
static guint64
narrow (const ZipWriter *self, guint64 number)
{
  return self->is_large || number >= G_MAXUINT32 ? G_MAXUINT32 : number;
}

void
zip_start (ZipWriter *self, const char *name, guint64 size)
{
  g_autoptr (GByteArray) header = g_byte_array_new ();
  g_autoptr (GByteArray) extra = g_byte_array_new ();
  guint64 at = (guint64) ftello (self->file);
  const guint64 numbers[] = { size, size, at };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    if (narrow (self, numbers[i]) == G_MAXUINT32)
      put_number (extra, numbers[i], 8);
  }
  put_number (header, LOCAL_HEADER, 4);
  put_number (header, VERSION64, 2);
  put_number (header, 0, 8); /* flags, stored, time, date */
  put_number (header, 0, 4); /* checksum */
  put_number (header, narrow (self, size), 4);
  put_number (header, narrow (self, size), 4);
  put_number (header, strlen (name), 2);
  put_number (header, 0, 2);
  put (header, name);
  flush (self, header);
  if (self->directory == NULL)
    self->directory = g_byte_array_new ();
  put_number (self->directory, ENTRY, 4);
  put_number (self->directory, VERSION64 << 16 | VERSION64, 4);
  put_number (self->directory, 0, 8);
  put_number (self->directory, 0, 4);
  put_number (self->directory, narrow (self, size), 4);
  put_number (self->directory, narrow (self, size), 4);
  put_number (self->directory, strlen (name), 2);
  put_number (self->directory, extra->len > 0 ? extra->len + 4 : 0, 2);
  put_number (self->directory, 0, 8); /* comment, disk, attributes */
  put_number (self->directory, 0, 2);
  put_number (self->directory, narrow (self, at), 4);
  put (self->directory, name);
  if (extra->len > 0) {
    put_number (self->directory, EXTRA64, 2);
    put_number (self->directory, extra->len, 2);
    g_byte_array_append (self->directory, extra->data, extra->len);
  }
  self->n_members++;
}

void
zip_end (ZipWriter *self)
{
  guint64 at = (guint64) ftello (self->file), size = self->directory->len;
  gboolean is_large = narrow (self, at) == G_MAXUINT32;

  if (is_large) {
    put_number (self->directory, END64, 4);
    put_number (self->directory, 44, 8); /* bytes that follow */
    put_number (self->directory, VERSION64 << 16 | VERSION64, 4);
    put_number (self->directory, 0, 8); /* disks */
    put_number (self->directory, self->n_members, 8);
    put_number (self->directory, self->n_members, 8);
    put_number (self->directory, size, 8);
    put_number (self->directory, at, 8);
    put_number (self->directory, LOCATOR64, 4);
    put_number (self->directory, 0, 4);
    put_number (self->directory, at + size, 8);
    put_number (self->directory, 1, 4);
  }
  put_number (self->directory, END, 4);
  put_number (self->directory, 0, 4);
  put_number (self->directory, is_large ? G_MAXUINT16 : self->n_members, 2);
  put_number (self->directory, is_large ? G_MAXUINT16 : self->n_members, 2);
  put_number (self->directory, narrow (self, size), 4);
  put_number (self->directory, narrow (self, at), 4);
  put_number (self->directory, 0, 2);
  flush (self, self->directory);
  g_clear_pointer (&self->directory, g_byte_array_unref);
}
