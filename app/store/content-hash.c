#include "store/tpo-store-videos.h"

#define BLOCK_SIZE (G_GINT64_CONSTANT (1) << 20)
#define N_BLOCKS 64
#define WHOLE_SIZE (N_BLOCKS * BLOCK_SIZE)

static gboolean
hash_block (GChecksum *sum, GInputStream *stream, guint8 *block, GCancellable *cancellable,
            GError **error)
{
  gsize n_read = 0;

  if (!g_input_stream_read_all (stream, block, BLOCK_SIZE, &n_read, cancellable, error))
    return FALSE;
  g_checksum_update (sum, block, (gssize) n_read);
  return TRUE;
}

char *
tpo_content_hash (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *block = g_malloc (BLOCK_SIZE);
  gboolean is_whole;
  goffset size;

  if (stream == NULL ||
      (info = g_file_input_stream_query_info (stream, G_FILE_ATTRIBUTE_STANDARD_SIZE,
                                              cancellable, error)) == NULL)
    return NULL;
  size = g_file_info_get_size (info);
  is_whole = size <= WHOLE_SIZE;
  if (!is_whole) {
    guint64 little_endian = GUINT64_TO_LE ((guint64) size);

    g_checksum_update (sum, (const guchar *) &little_endian, sizeof little_endian);
  }
  for (goffset i = 0; is_whole ? i * BLOCK_SIZE < size : i < N_BLOCKS; i++) {
    /* The last sample ends with the file, where formats keep their index. */
    goffset start = is_whole ? i * BLOCK_SIZE : (size - BLOCK_SIZE) / (N_BLOCKS - 1) * i;

    if (!is_whole && i == N_BLOCKS - 1)
      start = size - BLOCK_SIZE;
    if (!is_whole &&
        !g_seekable_seek (G_SEEKABLE (stream), start, G_SEEK_SET, cancellable, error))
      return NULL;
    if (!hash_block (sum, G_INPUT_STREAM (stream), block, cancellable, error))
      return NULL;
  }
  return g_strconcat (is_whole ? "sha256:" : "sampled-sha256:", g_checksum_get_string (sum),
                      NULL);
}
