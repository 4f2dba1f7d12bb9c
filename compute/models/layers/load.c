#include "models/layers/loader-private.h"

#include <string.h>

/* Elements [start, start + count) of a stored tensor become a device tensor. */
static TpoTensor *
load_part (TpoLoader *self, const TpoWeight *weight, TpoType type, gint64 start, TpoShape shape)
{
  gint64 count = tpo_shape_count (&shape);
  gsize file_size =
      (gsize) (count / tpo_type_block (weight->type)) * tpo_type_block_size (weight->type);
  const guint8 *bytes = weight->bytes + (gsize) (start / tpo_type_block (weight->type)) *
                                            tpo_type_block_size (weight->type);
  TpoTensor *tensor =
      type == weight->type
          ? tpo_loader_store (self, weight->name, type, shape, bytes)
          : tpo_loader_convert (self, weight->name, weight->type, bytes, type, shape);

  tpo_loader_advance (self, weight, file_size);
  return tensor;
}

TpoTensor *
tpo_load_matrix_rows (TpoLoader *self, const char *name, gint64 rows, gint64 cols, gint64 start,
                      gint64 n_rows)
{
  const TpoWeight *weight = tpo_loader_find (self, name, &TPO_SHAPE (rows, cols), TRUE);

  if (weight == NULL)
    return NULL;
  g_assert (start >= 0 && n_rows >= 0 && start + n_rows <= rows);
  /* Blocks never straddle rows of a matrix, but they may once its other dimensions are flattened. */
  if (cols % tpo_type_block (weight->type) != 0) {
    tpo_loader_fail (self, TPO_ERROR_FORMAT,
                     "tensor %s has rows of %" G_GINT64_FORMAT
                     " elements, no whole number of %s blocks",
                     weight->name, cols, tpo_type_name (weight->type));
    return NULL;
  }
  return load_part (self, weight, tpo_loader_matrix_type (self, weight->type, cols),
                    start * cols, TPO_SHAPE (n_rows, cols));
}

TpoTensor *
tpo_load_matrix (TpoLoader *self, const char *name, gint64 rows, gint64 cols)
{
  return tpo_load_matrix_rows (self, name, rows, cols, 0, rows);
}

TpoTensor *
tpo_load_array (TpoLoader *self, const char *name, TpoShape shape)
{
  const TpoWeight *weight = tpo_loader_find (self, name, &shape, FALSE);

  return weight != NULL ? load_part (self, weight, TPO_F32, 0, shape) : NULL;
}

TpoTensor *
tpo_load_vector (TpoLoader *self, const char *name, gint64 count)
{
  return tpo_load_array (self, name, TPO_SHAPE (count));
}

TpoTensor *
tpo_load_vector_part (TpoLoader *self, const char *name, gint64 count, gint64 start, gint64 n)
{
  const TpoWeight *weight = tpo_loader_find (self, name, &TPO_SHAPE (count), FALSE);

  if (weight == NULL)
    return NULL;
  g_assert (start >= 0 && n >= 0 && start + n <= count);
  if (tpo_type_block (weight->type) != 1) {
    tpo_loader_fail (self, TPO_ERROR_FORMAT, "vector %s is stored as %s", weight->name,
                     tpo_type_name (weight->type));
    return NULL;
  }
  return load_part (self, weight, TPO_F32, start, TPO_SHAPE (n));
}

float *
tpo_load_floats (TpoLoader *self, const char *name, gint64 count)
{
  const TpoWeight *weight = tpo_loader_find (self, name, &TPO_SHAPE (count), FALSE);
  float *values;

  if (weight == NULL)
    return NULL;
  values = tpo_loader_decode (self, weight, 0, count);
  tpo_loader_advance (self, weight, weight->size);
  return values;
}

void
tpo_load_norm (TpoLoader *self, const char *name, gint64 width, TpoNorm *norm)
{
  g_autofree char *w = g_strconcat (name, ".weight", NULL);
  g_autofree char *b = g_strconcat (name, ".bias", NULL);

  norm->w = tpo_load_vector (self, w, width);
  norm->b = tpo_loader_has (self, b) ? tpo_load_vector (self, b, width) : NULL;
}

void
tpo_load_linear_rows (TpoLoader *self, const char *weight, const char *bias, gint64 n_out,
                      gint64 n_in, gint64 start, gint64 n, TpoLinear *linear)
{
  *linear = (TpoLinear){
    .w = tpo_load_matrix_rows (self, weight, n_out, n_in, start, n),
    .b = bias != NULL ? tpo_load_vector_part (self, bias, n_out, start, n) : NULL,
  };
}

/* Reads a kernel and moves the input channels last: stored[o][i][k] → loaded[o][k][i], with the
 * first two swapped before for a transposed convolution. */
static void
load_kernel (TpoLoader *self, const char *name, gint64 n_out, gint64 n_in, gint64 kernel,
             gboolean is_transposed, TpoLoadFlags flags, TpoConv *conv)
{
  g_autofree char *w = g_strconcat (name, ".weight", NULL);
  g_autofree char *b = g_strconcat (name, ".bias", NULL);
  TpoShape stored = is_transposed ? TPO_SHAPE (n_in, n_out, kernel, kernel)
                                  : TPO_SHAPE (n_out, n_in, kernel, kernel);
  gint64 area = kernel * kernel;
  const TpoWeight *weight = tpo_loader_find (self, w, &stored, FALSE);
  g_autofree float *values = NULL;
  g_autofree float *moved = NULL;

  *conv = (TpoConv){ 0 };
  if (weight == NULL)
    return;
  values = tpo_loader_decode (self, weight, 0, n_out * n_in * area);
  if (values == NULL)
    return;
  moved = g_new (float, (gsize) (n_out * n_in * area));
  for (gint64 o = 0; o < n_out; o++) {
    for (gint64 i = 0; i < n_in; i++) {
      const float *from = values + (is_transposed ? i * n_out + o : o * n_in + i) * area;

      for (gint64 k = 0; k < area; k++)
        moved[(o * area + k) * n_in + i] = from[k];
    }
  }
  conv->w = tpo_loader_store_floats (
      self, weight->name,
      self->options.storage == TPO_STORAGE_F32 ||
              (self->options.storage == TPO_STORAGE_AS_FILED && weight->type == TPO_F32)
          ? TPO_F32
          : TPO_F16,
      TPO_SHAPE (n_out, kernel, kernel, n_in), moved);
  tpo_loader_advance (self, weight, weight->size);
  if (flags & TPO_LOAD_BIAS)
    conv->b = tpo_load_vector (self, b, n_out);
}

void
tpo_load_conv (TpoLoader *self, const char *name, gint64 n_out, gint64 n_in, gint64 kernel,
               TpoLoadFlags flags, TpoConv *conv)
{
  load_kernel (self, name, n_out, n_in, kernel, FALSE, flags, conv);
}

void
tpo_load_conv_transpose (TpoLoader *self, const char *name, gint64 n_out, gint64 n_in,
                         gint64 kernel, TpoLoadFlags flags, TpoConv *conv)
{
  load_kernel (self, name, n_out, n_in, kernel, TRUE, flags, conv);
}
