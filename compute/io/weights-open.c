#include <string.h>

#include "io/file.h"
#include "io/folder.h"
#include "io/gguf.h"
#include "io/safetensors.h"
#include "io/weights.h"

TpoWeights *
tpo_weights_open (const char *path, GError **error)
{
  g_autoptr (TpoWeights) self = tpo_weights_new (path);
  g_autoptr (GBytes) file = NULL;
  gconstpointer data;
  gsize size;

  g_return_val_if_fail (path != NULL, NULL);
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return tpo_folder_read (self, path, error) ? g_steal_pointer (&self) : NULL;
  file = tpo_file_map (path, error);
  if (file == NULL)
    return NULL;
  data = g_bytes_get_data (file, &size);
  if (size >= 4 && memcmp (data, "GGUF", 4) == 0
          ? tpo_gguf_read (self, file, path, error)
          : tpo_safetensors_read (self, file, path, error))
    return g_steal_pointer (&self);
  return NULL;
}
