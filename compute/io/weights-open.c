#include <string.h>

#include <tpo/error.h>

#include "io/file.h"
#include "io/folder.h"
#include "io/gguf.h"
#include "io/safetensors.h"
#include "io/torch.h"
#include "io/weights.h"

static gboolean
begins_with (GBytes *file, const char *text)
{
  gsize size, length = strlen (text);
  gconstpointer data = g_bytes_get_data (file, &size);

  return size >= length && memcmp (data, text, length) == 0;
}

static gboolean
read_file (TpoWeights *self, GBytes *file, const char *path, GError **error)
{
  if (begins_with (file, "GGUF"))
    return tpo_gguf_read (self, file, path, error);
  if (begins_with (file, "PK\3\4"))
    return tpo_torch_read (self, file, path, error);
  if (begins_with (file, "\x80\x02\x8a\n")) { /* a pickled magic number */
    g_set_error (
        error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
        "%s was written by a PyTorch before 1.6, or in its old format; load it there and "
        "save it again with torch.save()",
        path);
    return FALSE;
  }
  return tpo_safetensors_read (self, file, path, error);
}

TpoWeights *
tpo_weights_open (const char *path, GError **error)
{
  g_autoptr (TpoWeights) self = tpo_weights_new (path);
  g_autoptr (GBytes) file = NULL;

  g_return_val_if_fail (path != NULL, NULL);
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return tpo_folder_read (self, path, error) ? g_steal_pointer (&self) : NULL;
  file = tpo_file_map (path, error);
  return file != NULL && read_file (self, file, path, error) ? g_steal_pointer (&self) : NULL;
}
