#include "config.h"

#include <string.h>

#include "nn/tensor-private.h"

/* Bytes that one step of a repacking write or read holds on the host. */
#define SLICE_SIZE ((gsize) 4 << 20)

enum {
  Q8_BLOCK = 32,
  Q8_BLOCK_SIZE = 34
};

gsize
tpo_q8_scales_offset (const TpoShape *shape)
{
  return ((gsize) tpo_shape_count (shape) + 255) / 256 * 256;
}

/* Bytes on the device; -1 as tpo_shape_size() gives it. */
static gint64
device_size (const TpoShape *shape, TpoType type)
{
  gint64 size = tpo_shape_size (shape, type);

  if (type == TPO_Q8_0 && size >= 0)
    size = (gint64) tpo_q8_scales_offset (shape) + tpo_shape_count (shape) / Q8_BLOCK * 2;
  return size;
}

static gboolean
is_device_type (TpoType type)
{
  return type == TPO_F32 || type == TPO_F16 || type == TPO_Q8_0 || type == TPO_U8 ||
         type == TPO_I32;
}

TpoTensor *
tpo_tensor_new (TpoDevice *device, const char *name, TpoType type, TpoShape shape,
                GError **error)
{
  g_autofree char *sizes = tpo_shape_to_string (&shape);
  gint64 size = is_device_type (type) ? device_size (&shape, type) : -1;
  TpoVkBuffer *buffer;
  TpoTensor *self;

  if (size < 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_SHAPE, "no tensor of type %s and sizes %s (%s)",
                 tpo_type_name (type), sizes, name != NULL ? name : "unnamed");
    return NULL;
  }
  buffer = tpo_vk_buffer_new (device, (gsize) size, error);
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
tpo_tensor_new_view (TpoGraph *graph, TpoTensor *x, TpoType type, const TpoShape *shape,
                     gsize offset)
{
  TpoTensor *self = g_new0 (TpoTensor, 1);

  self->name = g_strdup (x->name);
  self->type = type;
  self->shape = *shape;
  self->size = (gsize) device_size (shape, type);
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
  gint64 size = device_size (shape, type);
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
  gint64 n = tpo_tensor_dim (matrix, 0), cols = tpo_tensor_dim (matrix, 1), step = 4, rows;
  gboolean is_q8 = matrix->type == TPO_Q8_0;
  gint64 row_size = cols * (matrix->type == TPO_F32 ? 4 : matrix->type == TPO_F16 ? 2 : 1);

  rows = (gint64) MIN (max, G_MAXINT64) / MAX (row_size, 1);
  if (rows >= n)
    return n;
  while (step * row_size % 256 != 0 || (is_q8 && step * cols / 16 % 256 != 0))
    step *= 2;
  return rows / step * step;
}

/* ---- copying ------------------------------------------------------------------------------ */

static gboolean
check_copy (TpoTensor *self, gsize size, GError **error)
{
  gint64 expected = tpo_shape_size (&self->shape, self->type);

  if (self->root->buffer == NULL) {
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_INVALID,
                         "a tensor of a graph has bytes only after the graph is compiled");
    return FALSE;
  }
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
repack (guint8 *blocks, guint8 *quants, guint8 *scales, gsize n_blocks, gboolean to_device)
{
  for (gsize i = 0; i < n_blocks; i++) {
    guint8 *block = blocks + i * Q8_BLOCK_SIZE;

    if (to_device) {
      memcpy (scales + 2 * i, block, 2);
      memcpy (quants + Q8_BLOCK * i, block + 2, Q8_BLOCK);
    } else {
      memcpy (block, scales + 2 * i, 2);
      memcpy (block + 2, quants + Q8_BLOCK * i, Q8_BLOCK);
    }
  }
}

static gboolean
copy_q8 (TpoTensor *self, guint8 *data, gsize size, gboolean to_device, GError **error)
{
  const gsize per_slice = SLICE_SIZE / Q8_BLOCK_SIZE / 128 * 128;
  gsize n_blocks = size / Q8_BLOCK_SIZE;
  gsize scales_start = self->root->start + tpo_q8_scales_offset (&self->shape);
  g_autofree guint8 *quants = g_malloc (MIN (n_blocks, per_slice) * Q8_BLOCK + 1);
  g_autofree guint8 *scales = g_malloc (MIN (n_blocks, per_slice) * 2 + 1);
  TpoVkBuffer *buffer = self->root->buffer;

  for (gsize i = 0; i < n_blocks; i += per_slice) {
    gsize n = MIN (n_blocks - i, per_slice);
    gsize quants_start = self->root->start + i * Q8_BLOCK;
    gboolean ok;

    if (to_device) {
      repack (data + i * Q8_BLOCK_SIZE, quants, scales, n, TRUE);
      ok = tpo_vk_buffer_write (buffer, quants_start, quants, n * Q8_BLOCK, error) &&
           tpo_vk_buffer_write (buffer, scales_start + 2 * i, scales, n * 2, error);
    } else {
      ok = tpo_vk_buffer_read (buffer, quants_start, quants, n * Q8_BLOCK, error) &&
           tpo_vk_buffer_read (buffer, scales_start + 2 * i, scales, n * 2, error);
      repack (data + i * Q8_BLOCK_SIZE, quants, scales, n, FALSE);
    }
    if (!ok)
      return FALSE;
  }
  return TRUE;
}

gboolean
tpo_tensor_write (TpoTensor *self, const void *data, gsize size, GError **error)
{
  if (!check_copy (self, size, error))
    return FALSE;
  if (self->type == TPO_Q8_0) /* the data is only read from in this direction */
    return copy_q8 (self, (guint8 *) data, size, TRUE, error);
  return tpo_vk_buffer_write (self->root->buffer, self->root->start + self->offset, data, size,
                              error);
}

gboolean
tpo_tensor_read (TpoTensor *self, void *data, gsize size, GError **error)
{
  if (!check_copy (self, size, error))
    return FALSE;
  if (self->type == TPO_Q8_0)
    return copy_q8 (self, data, size, FALSE, error);
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
