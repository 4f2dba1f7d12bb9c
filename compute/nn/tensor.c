#include "config.h"

#include <string.h>

#include "nn/packing.h"
#include "nn/tensor-private.h"

/* Bytes that one step of a repacking write or read holds on the host. */
#define SLICE_SIZE ((gsize) 4 << 20)

static gboolean
is_device_type (TpoType type)
{
  return type == TPO_F32 || type == TPO_F16 || type == TPO_U8 || type == TPO_I32 ||
         tpo_packing (type) != NULL;
}

static TpoTensor *
tensor_new (TpoDevice *device, const char *name, TpoType type, TpoShape shape,
            gboolean is_input, GError **error)
{
  g_autofree char *sizes = tpo_shape_to_string (&shape);
  gint64 size = is_device_type (type) ? tpo_packed_size (type, &shape) : -1;
  TpoVkBuffer *buffer;
  TpoTensor *self;

  if (size < 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_SHAPE, "no tensor of type %s and sizes %s (%s)",
                 tpo_type_name (type), sizes, name != NULL ? name : "unnamed");
    return NULL;
  }
  buffer = is_input ? tpo_vk_buffer_new_input (device, (gsize) size, error)
                    : tpo_vk_buffer_new (device, (gsize) size, error);
  if (buffer == NULL) {
    g_prefix_error (error, "%s %s: ", name != NULL ? name : "a tensor", sizes);
    return NULL;
  }
  self = g_new0 (TpoTensor, 1);
  self->ref_count = 1;
  self->name = g_strdup (name);
  self->type = type;
  self->shape = shape;
  self->size = (gsize) size;
  self->device = tpo_device_ref (device);
  self->root = self;
  self->buffer = buffer;
  return self;
}

TpoTensor *
tpo_tensor_new (TpoDevice *device, const char *name, TpoType type, TpoShape shape,
                GError **error)
{
  return tensor_new (device, name, type, shape, FALSE, error);
}

TpoTensor *
tpo_tensor_new_input (TpoDevice *device, const char *name, TpoType type, TpoShape shape,
                      GError **error)
{
  return tensor_new (device, name, type, shape, TRUE, error);
}

TpoTensor *
tpo_tensor_new_view (TpoGraph *graph, TpoTensor *x, TpoType type, const TpoShape *shape,
                     gsize offset)
{
  TpoTensor *self = g_new0 (TpoTensor, 1);

  self->name = g_strdup (x->name);
  self->type = type;
  self->shape = *shape;
  self->size = (gsize) tpo_packed_size (type, shape);
  self->device = x->device;
  self->graph = graph;
  self->root = x->root;
  self->offset = x->offset + offset;
  self->generation = x->generation;
  return self;
}

TpoTensor *
tpo_tensor_new_result (TpoGraph *graph, TpoDevice *device, TpoType type, const TpoShape *shape)
{
  gint64 size = tpo_packed_size (type, shape);
  TpoTensor *self;

  if (size < 0)
    return NULL;
  self = g_new0 (TpoTensor, 1);
  self->type = type;
  self->shape = *shape;
  self->size = (gsize) size;
  self->device = device;
  self->graph = graph;
  self->root = self;
  return self;
}

void
tpo_tensor_free_handle (TpoTensor *self)
{
  g_free (self->name);
  g_free (self);
}

TpoTensor *
tpo_tensor_ref (TpoTensor *self)
{
  g_return_val_if_fail (self->graph == NULL, self);
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
tpo_tensor_unref (TpoTensor *self)
{
  TpoDevice *device;

  if (self == NULL)
    return;
  g_return_if_fail (self->graph == NULL);
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  device = self->device;
  tpo_vk_buffer_free (self->buffer);
  tpo_tensor_free_handle (self);
  tpo_device_unref (device);
}

gsize
tpo_tensor_max_size (TpoDevice *device)
{
  return tpo_vk_limits (device)->max_storage_range;
}

const char *
tpo_tensor_get_name (const TpoTensor *self)
{
  return self->name;
}

TpoType
tpo_tensor_get_type (const TpoTensor *self)
{
  return self->type;
}

const TpoShape *
tpo_tensor_get_shape (const TpoTensor *self)
{
  return &self->shape;
}

gint64
tpo_tensor_dim (const TpoTensor *self, int index)
{
  int i = index < 0 ? (int) self->shape.n + index : index;

  /* Missing dimensions count as 1, so that shapes can be computed on after an error. */
  return i >= 0 && i < (int) self->shape.n ? self->shape.dim[i] : 1;
}

gint64
tpo_tensor_count (const TpoTensor *self)
{
  return tpo_shape_count (&self->shape);
}

gint64
tpo_tensor_rows (const TpoTensor *self)
{
  gint64 rows = 1;

  for (guint i = 0; i + 1 < self->shape.n; i++)
    rows *= self->shape.dim[i];
  return rows;
}

gint64
tpo_rows_per_binding (const TpoTensor *matrix, gsize max)
{
  gint64 n = tpo_tensor_dim (matrix, 0), step = 4, rows;
  gsize cols = (gsize) tpo_tensor_dim (matrix, 1);
  gsize row_size = tpo_words_size (matrix->type, cols);
  gsize scales_size = tpo_scales_size (matrix->type, cols);

  rows = (gint64) (MIN (max, G_MAXINT64) / MAX (row_size, 1));
  if (rows >= n)
    return n;
  while ((gsize) step * row_size % 256 != 0 || (gsize) step * scales_size % 256 != 0)
    step *= 2;
  return rows / step * step;
}

/* ---- copying ------------------------------------------------------------------------------ */

static gboolean
has_bytes (const TpoTensor *self, GError **error)
{
  if (self->root->buffer != NULL)
    return TRUE;
  g_set_error_literal (error, TPO_ERROR, TPO_ERROR_INVALID,
                       "a tensor of a graph has bytes only after the graph is compiled");
  return FALSE;
}

static gboolean
check_copy (TpoTensor *self, gsize size, GError **error)
{
  gint64 expected = tpo_shape_size (&self->shape, self->type);

  if (!has_bytes (self, error))
    return FALSE;
  if ((gint64) size != expected) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_SHAPE,
                 "%s has %" G_GINT64_FORMAT " bytes, not %" G_GSIZE_FORMAT,
                 self->name != NULL ? self->name : "a tensor", expected, size);
    return FALSE;
  }
  return TRUE;
}

/* Copies @n_blocks of the file's layout from or to @blocks and the device's two parts. */
static void
repack (TpoType type, guint8 *blocks, guint8 *words, guint8 *scales, gsize n_blocks,
        gboolean to_device)
{
  const TpoPacking *packing = tpo_packing (type);

  for (gsize i = 0; i < n_blocks; i++) {
    guint8 *block = blocks + i * tpo_type_block_size (type);

    if (to_device)
      packing->pack (block, words, scales);
    else
      packing->unpack (block, words, scales);
    words += packing->words_size;
    scales += packing->scales_size;
  }
}

/* @n_blocks from block @first on. */
static gboolean
copy_blocks (TpoTensor *self, gsize first, gsize n_blocks, guint8 *data, gboolean to_device,
             GError **error)
{
  const TpoPacking *packing = tpo_packing (self->type);
  const gsize block_size = tpo_type_block_size (self->type);
  const gsize per_slice = SLICE_SIZE / block_size / 128 * 128;
  gsize words_at = self->root->start + first * packing->words_size;
  gsize scales_at = self->root->start + tpo_scales_offset (self->type, &self->shape) +
                    first * packing->scales_size;
  g_autofree guint8 *words = g_malloc (MIN (n_blocks, per_slice) * packing->words_size + 1);
  g_autofree guint8 *scales = g_malloc (MIN (n_blocks, per_slice) * packing->scales_size + 1);
  TpoVkBuffer *buffer = self->root->buffer;

  for (gsize i = 0; i < n_blocks; i += per_slice) {
    gsize n = MIN (n_blocks - i, per_slice);
    gsize words_size = n * packing->words_size, scales_size = n * packing->scales_size;
    gboolean ok;

    if (to_device) {
      repack (self->type, data + i * block_size, words, scales, n, TRUE);
      ok = tpo_vk_buffer_write (buffer, words_at, words, words_size, error) &&
           tpo_vk_buffer_write (buffer, scales_at, scales, scales_size, error);
    } else {
      ok = tpo_vk_buffer_read (buffer, words_at, words, words_size, error) &&
           tpo_vk_buffer_read (buffer, scales_at, scales, scales_size, error);
      repack (self->type, data + i * block_size, words, scales, n, FALSE);
    }
    if (!ok)
      return FALSE;
    words_at += words_size;
    scales_at += scales_size;
  }
  return TRUE;
}

gboolean
tpo_tensor_write (TpoTensor *self, const void *data, gsize size, GError **error)
{
  if (!check_copy (self, size, error))
    return FALSE;
  return tpo_tensor_write_part (self, 0, data, tpo_tensor_count (self), error);
}

gboolean
tpo_tensor_write_part (TpoTensor *self, gint64 start, const void *data, gint64 n_elements,
                       GError **error)
{
  gsize block = tpo_type_block (self->type), size = tpo_type_block_size (self->type);
  gsize first = (gsize) start / block, n = (gsize) n_elements / block;

  g_return_val_if_fail (start >= 0 && n_elements >= 0 &&
                            n_elements <= tpo_tensor_count (self) - start &&
                            (gsize) start % block == 0 && (gsize) n_elements % block == 0,
                        FALSE);
  if (!has_bytes (self, error))
    return FALSE;
  if (tpo_packing (self->type) != NULL) /* the data is only read from in this direction */
    return copy_blocks (self, first, n, (guint8 *) data, TRUE, error);
  return tpo_vk_buffer_write (self->root->buffer,
                              self->root->start + self->offset + first * size, data, n * size,
                              error);
}

gboolean
tpo_tensor_read (TpoTensor *self, void *data, gsize size, GError **error)
{
  if (!check_copy (self, size, error))
    return FALSE;
  if (tpo_packing (self->type) != NULL)
    return copy_blocks (self, 0, (gsize) tpo_tensor_count (self) / tpo_type_block (self->type),
                        data, FALSE, error);
  return tpo_vk_buffer_read (self->root->buffer, self->root->start + self->offset, data, size,
                             error);
}

gboolean
tpo_tensor_clear (TpoTensor *self, GError **error)
{
  g_return_val_if_fail (self->root->buffer != NULL, FALSE);
  return tpo_vk_buffer_clear (self->root->buffer, self->root->start + self->offset, self->size,
                              error);
}
