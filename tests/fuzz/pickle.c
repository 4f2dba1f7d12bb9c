#include "fuzz.h"

#include "io/pickle.h"

enum {
  MAX_DEPTH = 8 /* values may contain themselves */
};

/* Reads everything that a value promises to have. */
static guint64
use_value (const TpoPickleValue *value, guint depth)
{
  guint64 sum = value->kind;

  if (value->kind == TPO_PICKLE_TEXT)
    g_assert (g_utf8_validate (value->text, -1, NULL));
  if (value->kind == TPO_PICKLE_STORAGE)
    g_assert (value->storage.type != NULL && value->storage.key != NULL &&
              value->storage.n >= 0);
  if (value->kind == TPO_PICKLE_TENSOR) {
    g_assert (value->tensor.storage->kind == TPO_PICKLE_STORAGE);
    g_assert (value->tensor.sizes->items->len == value->tensor.strides->items->len);
  }
  if (depth > 0 && (value->kind == TPO_PICKLE_LIST || value->kind == TPO_PICKLE_TUPLE ||
                    value->kind == TPO_PICKLE_DICT)) {
    for (guint i = 0; i < MIN (value->items->len, MAX_DEPTH); i++)
      sum += use_value (g_ptr_array_index (value->items, i), depth - 1);
  }
  if (value->kind == TPO_PICKLE_DICT)
    g_assert (value->items->len % 2 == 0);
  return sum;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoPickle) pickle = tpo_pickle_parse (data, size, "fuzz.pkl", &error);

  g_assert ((pickle == NULL) == (error != NULL));
  if (pickle != NULL) {
    g_assert (use_value (tpo_pickle_root (pickle), 4) < G_MAXUINT64);
    tpo_pickle_member (tpo_pickle_root (pickle), "model");
  }
  return 0;
}
