#include "store/tpo-store-private.h"

/* Highlight curves as blobs: floats, little endian. */

GByteArray *
tpo_curve_pack (const float *values, guint n)
{
  GByteArray *bytes = g_byte_array_sized_new (n * (guint) sizeof (float));

  for (guint i = 0; i < n; i++) {
    guint32 word;

    memcpy (&word, &values[i], sizeof word);
    word = GUINT32_TO_LE (word);
    g_byte_array_append (bytes, (const guint8 *) &word, sizeof word);
  }
  return bytes;
}

float *
tpo_column_curve (sqlite3_stmt *row, int column, guint *n)
{
  const guint8 *bytes = sqlite3_column_blob (row, column);
  float *values;

  *n = (guint) sqlite3_column_bytes (row, column) / (guint) sizeof (float);
  if (*n == 0)
    return NULL;
  values = g_new (float, *n);
  for (guint i = 0; i < *n; i++) {
    guint32 word;

    memcpy (&word, bytes + i * sizeof word, sizeof word);
    word = GUINT32_FROM_LE (word);
    memcpy (&values[i], &word, sizeof word);
  }
  return values;
}
