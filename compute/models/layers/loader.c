#include "models/layers/loader.h"

#include <string.h>

#include "io/quantize.h"
#include "io/transcode.h"
#include "models/layers/loader-private.h"

enum {
  CHUNK_ELEMENTS = 1 << 20 /* converted at once: whole blocks of any type */
};

TpoLoader *
tpo_loader_new (TpoDevice *device, TpoWeights *weights, const TpoLoaderOptions *options)
{
  TpoLoader *self = g_new0 (TpoLoader, 1);

  self->device = tpo_device_ref (device);
  self->weights = tpo_weights_ref (weights);
  if (options != NULL)
    self->options = *options;
  self->prefix = g_string_new (NULL);
  self->levels = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->tensors = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_tensor_unref);
  if (self->options.total_size == 0) {
    for (guint i = 0; i < tpo_weights_get_n (weights); i++)
      self->options.total_size += tpo_weights_get (weights, i)->size;
  }
  return self;
}

void
tpo_loader_free (TpoLoader *self)
{
  if (self == NULL)
    return;
  g_clear_error (&self->error);
  g_ptr_array_unref (self->tensors);
  g_array_unref (self->levels);
  g_string_free (self->prefix, TRUE);
  tpo_weights_unref (self->weights);
  tpo_device_unref (self->device);
  g_free (self);
}

TpoDevice *
tpo_loader_get_device (TpoLoader *self)
{
  return self->device;
}

TpoWeights *
tpo_loader_get_weights (TpoLoader *self)
{
  return self->weights;
}

TpoStorage
tpo_loader_get_storage (TpoLoader *self)
{
  return self->options.storage;
}

void
tpo_loader_set_storage (TpoLoader *self, TpoStorage storage)
{
  self->options.storage = storage;
}

void
tpo_loader_set_merge (TpoLoader *self, gboolean merge_lora)
{
  self->options.merge_lora = merge_lora;
}

void
tpo_loader_set_lora_alpha (TpoLoader *self, float alpha)
{
  self->lora_alpha = alpha;
}

void
tpo_loader_enter (TpoLoader *self, const char *format, ...)
{
  va_list args;

  g_array_append_val (self->levels, self->prefix->len);
  va_start (args, format);
  g_string_append_vprintf (self->prefix, format, args);
  va_end (args);
}

void
tpo_loader_leave (TpoLoader *self)
{
  g_assert (self->levels->len > 0);
  g_string_truncate (self->prefix, g_array_index (self->levels, gsize, self->levels->len - 1));
  g_array_set_size (self->levels, self->levels->len - 1);
}

static char *
full_name (TpoLoader *self, const char *name)
{
  return g_strconcat (self->prefix->str, name, NULL);
}

gboolean
tpo_loader_has (TpoLoader *self, const char *name)
{
  g_autofree char *full = full_name (self, name);

  return tpo_weights_find (self->weights, full) != NULL;
}

gboolean
tpo_loader_shape (TpoLoader *self, const char *name, TpoShape *shape)
{
  g_autofree char *full = full_name (self, name);
  const TpoWeight *weight;

  *shape = (TpoShape){ 0 };
  if (self->error != NULL)
    return FALSE;
  weight = tpo_weights_require (self->weights, full, NULL, &self->error);
  if (weight == NULL)
    return FALSE;
  *shape = weight->shape;
  return TRUE;
}

void
tpo_loader_fail (TpoLoader *self, TpoErrorCode code, const char *format, ...)
{
  va_list args;

  if (self->error != NULL)
    return;
  va_start (args, format);
  self->error = g_error_new_valist (TPO_ERROR, (int) code, format, args);
  va_end (args);
}

GPtrArray *
tpo_loader_take (TpoLoader *self, GError **error)
{
  GPtrArray *tensors = self->tensors;

  self->tensors = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_tensor_unref);
  if (self->error == NULL)
    return tensors;
  g_ptr_array_unref (tensors);
  g_propagate_error (error, g_steal_pointer (&self->error));
  return NULL;
}

/* ---- for the files beside this one ----------------------------------------------------------- */

TpoShape
tpo_loader_squeeze (const TpoShape *shape)
{
  TpoShape squeezed = { 0 };

  for (guint i = 0; i < shape->n; i++) {
    if (shape->dim[i] != 1)
      squeezed.dim[squeezed.n++] = shape->dim[i];
  }
  return squeezed;
}

const TpoWeight *
tpo_loader_find (TpoLoader *self, const char *name, const TpoShape *expected,
                 gboolean is_matrix)
{
  g_autofree char *full = full_name (self, name);
  const TpoWeight *weight;
  TpoShape stored, wanted;

  if (self->error != NULL ||
      g_cancellable_set_error_if_cancelled (self->options.cancellable, &self->error))
    return NULL;
  weight = tpo_weights_require (self->weights, full, NULL, &self->error);
  if (weight == NULL)
    return NULL;

  stored = tpo_loader_squeeze (&weight->shape);
  wanted = tpo_loader_squeeze (expected);
  if (tpo_shape_equal (&stored, &wanted) ||
      (is_matrix && weight->shape.n > 2 && weight->shape.dim[0] == expected->dim[0] &&
       tpo_shape_count (&weight->shape) == tpo_shape_count (expected)))
    return weight;

  {
    g_autofree char *has = tpo_shape_to_string (&weight->shape);
    g_autofree char *needs = tpo_shape_to_string (expected);

    tpo_loader_fail (self, TPO_ERROR_SHAPE, "%s: tensor %s has shape %s, not %s",
                     tpo_weights_get_path (self->weights), full, has, needs);
  }
  return NULL;
}

void
tpo_loader_advance (TpoLoader *self, const TpoWeight *weight, gsize size)
{
  self->done_size += size;
  tpo_weights_drop_pages (self->weights, weight);
  if (self->options.progress != NULL && self->options.total_size > 0)
    self->options.progress (MIN ((double) self->done_size / self->options.total_size, 1), NULL,
                            self->options.user_data);
}

TpoTensor *
tpo_loader_store (TpoLoader *self, const char *name, TpoType type, TpoShape shape,
                  const void *bytes)
{
  g_autoptr (TpoTensor) tensor = NULL;

  if (self->error != NULL)
    return NULL;
  tensor = tpo_tensor_new (self->device, name, type, shape, &self->error);
  if (tensor == NULL ||
      !tpo_tensor_write (tensor, bytes, (gsize) tpo_shape_size (&shape, type), &self->error))
    return NULL;
  g_ptr_array_add (self->tensors, tensor);
  return g_steal_pointer (&tensor);
}

TpoTensor *
tpo_loader_store_floats (TpoLoader *self, const char *name, TpoType type, TpoShape shape,
                         const float *values)
{
  gint64 count = tpo_shape_count (&shape);
  g_autofree guint8 *bytes = NULL;

  if (type == TPO_F32)
    return tpo_loader_store (self, name, type, shape, values);
  bytes = g_try_malloc ((gsize) tpo_shape_size (&shape, type));
  if (bytes == NULL) {
    tpo_loader_fail (self, TPO_ERROR_NO_MEMORY, "no memory to convert tensor %s", name);
    return NULL;
  }
  tpo_numbers_write (type, values, (gsize) count, bytes);
  return tpo_loader_store (self, name, type, shape, bytes);
}

static gboolean
write_converted (TpoTensor *tensor, TpoType filed, const guint8 *bytes, GError **error)
{
  const TpoType type = tpo_tensor_get_type (tensor);
  const gint64 count = tpo_shape_count (tpo_tensor_get_shape (tensor));
  const gsize room = (gsize) MIN (count, CHUNK_ELEMENTS);
  g_autofree float *values = g_new (float, room);
  g_autofree guint8 *converted = g_malloc (room * sizeof (float));

  for (gint64 start = 0; start < count; start += CHUNK_ELEMENTS) {
    gint64 n = MIN (CHUNK_ELEMENTS, count - start);

    tpo_numbers_convert (filed, bytes, (gsize) n, type, values, converted);
    if (!tpo_tensor_write_part (tensor, start, converted, n, error))
      return FALSE;
    bytes += (gsize) n / tpo_type_block (filed) * tpo_type_block_size (filed);
  }
  return TRUE;
}

TpoTensor *
tpo_loader_convert (TpoLoader *self, const char *name, TpoType filed, const guint8 *bytes,
                    TpoType type, TpoShape shape)
{
  g_autoptr (TpoTensor) tensor = NULL;

  if (self->error != NULL)
    return NULL;
  tensor = tpo_tensor_new (self->device, name, type, shape, &self->error);
  if (tensor == NULL || !write_converted (tensor, filed, bytes, &self->error))
    return NULL;
  g_ptr_array_add (self->tensors, tensor);
  return g_steal_pointer (&tensor);
}

float *
tpo_loader_decode (TpoLoader *self, const TpoWeight *weight, gint64 start, gint64 count)
{
  gsize block = tpo_type_block (weight->type);
  float *values = g_try_new (float, (gsize) MAX (count, 1));

  if (values == NULL) {
    tpo_loader_fail (self, TPO_ERROR_NO_MEMORY, "no memory to read tensor %s", weight->name);
    return NULL;
  }
  g_assert (start % block == 0 && count % block == 0);
  tpo_numbers_read (weight->type,
                    weight->bytes + (gsize) start / block * tpo_type_block_size (weight->type),
                    (gsize) count, values);
  return values;
}

TpoType
tpo_loader_matrix_type (TpoLoader *self, TpoType filed, gint64 n_cols)
{
  switch (self->options.storage) {
  case TPO_STORAGE_F32:
    return TPO_F32;
  case TPO_STORAGE_Q8_0:
    return n_cols % tpo_type_block (TPO_Q8_0) == 0 ? TPO_Q8_0 : TPO_F16;
  case TPO_STORAGE_AS_FILED:
    return tpo_type_held (filed);
  case TPO_STORAGE_F16:
  case TPO_STORAGE_COUNT:
  default:
    return TPO_F16;
  }
}
