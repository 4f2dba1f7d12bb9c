#include "models/bench/made-up.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include <tpo/error.h>

#include "nn/op-bench-cases.h"

static gboolean
write_all (int file, const guint8 *bytes, gsize size)
{
  while (size > 0) {
    gssize n = write (file, bytes, size);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return FALSE;
    bytes += n;
    size -= (gsize) n;
  }
  return TRUE;
}

GBytes *
tpo_made_up_bytes (TpoType type, gsize n, GError **error)
{
  gsize size = n / tpo_type_block (type) * tpo_type_block_size (type);
  g_autofree guint8 *bytes = g_malloc0 (size + 4);
  int file = memfd_create ("weights", MFD_CLOEXEC);
  g_autoptr (GMappedFile) mapping = NULL;

  tpo_op_fill (type, bytes, size);
  if (file >= 0 && write_all (file, bytes, size))
    mapping = g_mapped_file_new_from_fd (file, FALSE, NULL); /* said below */
  if (file >= 0)
    close (file);
  if (mapping == NULL) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_NO_MEMORY,
                 "no memory for %" G_GSIZE_FORMAT " bytes of made-up weights", size);
    return NULL;
  }
  return g_mapped_file_get_bytes (mapping);
}
