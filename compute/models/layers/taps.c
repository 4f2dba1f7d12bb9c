#include "models/layers/taps.h"

struct _TpoTaps {
  GHashTable *tensors; /* name → TpoTensor, owned by the graph */
};

TpoTaps *
tpo_taps_new (void)
{
  TpoTaps *self = g_new0 (TpoTaps, 1);

  self->tensors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
tpo_taps_free (TpoTaps *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->tensors);
  g_free (self);
}

void
tpo_tap (TpoTaps *self, TpoGraph *graph, TpoTensor *tensor, const char *format, ...)
{
  va_list args;

  if (self == NULL || tensor == NULL)
    return;
  va_start (args, format);
  g_hash_table_replace (self->tensors, g_strdup_vprintf (format, args), tensor);
  va_end (args);
  tpo_graph_output (graph, tensor);
}

TpoTensor *
tpo_taps_find (TpoTaps *self, const char *name)
{
  return g_hash_table_lookup (self->tensors, name);
}
