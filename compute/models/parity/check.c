#include <math.h>
#include <string.h>

#include "io/quantize.h"
#include "models/parity/runner.h"

TpoReader
tpo_parity_hparams (TpoParityRun *run)
{
  return tpo_reader (tpo_weights_get_metadata (run->weights), "hparams.");
}

TpoLoader *
tpo_parity_loader (TpoParityRun *run)
{
  return tpo_parity_loader_of (run, run->weights);
}

TpoLoader *
tpo_parity_loader_of (TpoParityRun *run, TpoWeights *weights)
{
  static const TpoStorage storages[] = { [TPO_PARITY_F32] = TPO_STORAGE_F32,
                                         [TPO_PARITY_F16] = TPO_STORAGE_F16,
                                         [TPO_PARITY_Q8_0] = TPO_STORAGE_Q8_0 };
  const TpoLoaderOptions options = { .storage = storages[run->options.storage],
                                     .cancellable = run->options.cancellable };

  return tpo_loader_new (run->device, weights, &options);
}

/* ---- stored tensors -------------------------------------------------------------------------- */

const TpoWeight *
tpo_parity_stored (TpoParityRun *run, const char *name, GError **error)
{
  return tpo_weights_require (run->weights, name, NULL, error);
}

gboolean
tpo_parity_require_count (TpoParityRun *run, const char *name, gint64 n, GError **error)
{
  const TpoWeight *weight = tpo_parity_stored (run, name, error);

  if (weight == NULL || tpo_shape_count (&weight->shape) == n)
    return weight != NULL;
  g_set_error (error, TPO_ERROR, TPO_ERROR_SHAPE,
               "%s: tensor %s has %" G_GINT64_FORMAT " values, not %" G_GINT64_FORMAT,
               run->path, name, tpo_shape_count (&weight->shape), n);
  return FALSE;
}

static float *
read_floats (const TpoWeight *weight)
{
  gsize n = (gsize) tpo_shape_count (&weight->shape);
  float *values = g_new (float, MAX (n, 1)); /* never NULL, which is an error */

  tpo_numbers_read (weight->type, weight->bytes, n, values);
  return values;
}

float *
tpo_parity_floats (TpoParityRun *run, const char *name, GError **error)
{
  const TpoWeight *weight = tpo_parity_stored (run, name, error);

  return weight != NULL ? read_floats (weight) : NULL;
}

gint32 *
tpo_parity_ints (TpoParityRun *run, const char *name, GError **error)
{
  const TpoWeight *weight = tpo_parity_stored (run, name, error);
  gint32 *values;
  gsize n;

  if (weight == NULL)
    return NULL;
  if (weight->type != TPO_I64 && weight->type != TPO_I32) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: tensor %s is %s, not whole numbers",
                 run->path, name, tpo_type_name (weight->type));
    return NULL;
  }
  n = (gsize) tpo_shape_count (&weight->shape);
  values = g_new (gint32, MAX (n, 1));
  for (gsize i = 0; i < n; i++) {
    if (weight->type == TPO_I32) {
      memcpy (&values[i], weight->bytes + i * sizeof *values, sizeof *values);
    } else {
      gint64 value;

      memcpy (&value, weight->bytes + i * sizeof value, sizeof value);
      values[i] = (gint32) CLAMP (value, G_MININT32, G_MAXINT32);
    }
  }
  return values;
}

guint8 *
tpo_parity_images (TpoParityRun *run, const char *name, TpoShape *shape, GError **error)
{
  const TpoWeight *weight = tpo_parity_stored (run, name, error);
  const gint64 *dim;
  gint64 n_images;
  guint8 *images;
  guint n;

  if (weight == NULL)
    return NULL;
  n = weight->shape.n;
  if (weight->type != TPO_U8 || n < 4 || weight->shape.dim[n - 3] != 3 || weight->size == 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_SHAPE,
                 "%s: tensor %s is no [..., 3, rows, cols] of bytes or is empty", run->path,
                 name);
    return NULL;
  }
  dim = weight->shape.dim + n - 4;
  n_images = tpo_shape_count (&weight->shape) / (3 * dim[2] * dim[3]);
  *shape = TPO_SHAPE (n_images, dim[2], dim[3], 3);
  images = g_malloc (weight->size);
  for (gint64 t = 0, area = dim[2] * dim[3]; t < n_images; t++) {
    for (gint64 c = 0; c < 3; c++) {
      for (gint64 p = 0; p < area; p++)
        images[(t * area + p) * 3 + c] = weight->bytes[(t * 3 + c) * area + p];
    }
  }
  return images;
}

TpoTensor *
tpo_parity_input (TpoParityRun *run, TpoGraph *graph, const char *name, GError **error)
{
  g_autofree float *values = tpo_parity_floats (run, name, error);
  TpoShape shape;

  if (values == NULL)
    return NULL;
  shape = tpo_weights_find (run->weights, name)->shape;
  while (shape.n > 2 && shape.dim[0] == 1)
    memmove (shape.dim, shape.dim + 1, --shape.n * sizeof *shape.dim);
  return tpo_graph_constant (graph, name, TPO_F32, shape, values);
}

float *
tpo_parity_to_planes (const float *images, const TpoShape *shape)
{
  gint64 area = shape->dim[1] * shape->dim[2];
  float *planes = g_new (float, (gsize) tpo_shape_count (shape));

  for (gint64 t = 0; t < shape->dim[0]; t++) {
    for (gint64 p = 0; p < area; p++) {
      for (gint64 c = 0; c < 3; c++)
        planes[(t * 3 + c) * area + p] = images[(t * area + p) * 3 + c];
    }
  }
  return planes;
}

/* ---- comparisons ----------------------------------------------------------------------------- */

gboolean
tpo_parity_tolerance (TpoParityRun *run, const char *name, double *tolerance, GError **error)
{
  static const struct {
    const char *key;
    double factor;
  } marks[] = { [TPO_PARITY_F32] = { "atol", 8 },
                [TPO_PARITY_F16] = { "atol_f16", 1 },
                [TPO_PARITY_Q8_0] = { "atol_f16", 16 } };
  g_autofree char *prefix = g_strdup_printf ("tolerance.%s.", name);
  TpoReader reader = tpo_reader (tpo_weights_get_metadata (run->weights), prefix);
  guint mark = run->options.storage;

  /* Fixtures that state no half-precision figure hold for every storage. */
  if (!tpo_reader_has (&reader, marks[mark].key))
    mark = TPO_PARITY_F32;
  *tolerance = marks[mark].factor * tpo_reader_real (&reader, marks[mark].key);
  return tpo_reader_finish (&reader, error);
}

static gboolean
check_count (TpoParityRun *run, const TpoWeight *weight, gint64 n, GError **error)
{
  if (tpo_shape_count (&weight->shape) == n)
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_SHAPE,
               "%s: the result for %s has %" G_GINT64_FORMAT
               " values, the stored one %" G_GINT64_FORMAT,
               run->path, weight->name, n, tpo_shape_count (&weight->shape));
  return FALSE;
}

gboolean
tpo_parity_check (TpoParityRun *run, const char *name, const char *remark, const float *actual,
                  gint64 n, GError **error)
{
  const TpoWeight *weight = tpo_parity_stored (run, name, error);
  g_autofree float *expected = NULL;
  double tolerance, worst = 0;
  gint64 worst_at = 0;
  TpoParityItem *item;

  if (weight == NULL || !check_count (run, weight, n, error) ||
      !tpo_parity_tolerance (run, name, &tolerance, error))
    return FALSE;
  expected = read_floats (weight);
  for (gint64 i = 0; i < n; i++) {
    double difference = fabs ((double) actual[i] - expected[i]);

    if (!isfinite (actual[i]))
      difference = INFINITY;
    if (difference > worst) {
      worst = difference;
      worst_at = i;
    }
  }
  item = tpo_parity_add (run, name, remark, n, worst, tolerance);
  item->worst_at = worst_at;
  item->actual = n > 0 ? actual[worst_at] : 0;
  item->expected = n > 0 ? expected[worst_at] : 0;
  return TRUE;
}

gboolean
tpo_parity_check_output (TpoParityRun *run, const char *name, const char *remark,
                         TpoGraph *graph, TpoTensor *output, GError **error)
{
  gint64 n = tpo_shape_count (tpo_tensor_get_shape (output));
  g_autofree float *actual = g_new (float, (gsize) n);

  return tpo_graph_read (graph, output, actual, (gsize) n * sizeof *actual, error) &&
         tpo_parity_check (run, name, remark, actual, n, error);
}

gboolean
tpo_parity_check_taps (TpoParityRun *run, const char *prefix, TpoGraph *graph, TpoTaps *taps,
                       GError **error)
{
  for (guint i = 0; i < tpo_weights_get_n (run->weights); i++) {
    const char *name = tpo_weights_get (run->weights, i)->name;
    TpoTensor *tensor;

    if (!g_str_has_prefix (name, prefix))
      continue;
    tensor = tpo_taps_find (taps, name + strlen (prefix));
    if (tensor != NULL && !tpo_parity_check_output (run, name, NULL, graph, tensor, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
tpo_parity_check_ints (TpoParityRun *run, const char *name, const char *remark,
                       const gint32 *actual, gint64 n, GError **error)
{
  g_autofree gint32 *expected = tpo_parity_ints (run, name, error);
  const TpoWeight *weight = tpo_weights_find (run->weights, name);
  gint64 n_different = 0, first = -1;
  TpoParityItem *item;

  if (expected == NULL || !check_count (run, weight, n, error))
    return FALSE;
  for (gint64 i = n - 1; i >= 0; i--) {
    if (actual[i] != expected[i]) {
      n_different++;
      first = i;
    }
  }
  item = tpo_parity_add (run, name, remark, n, (double) n_different, 0);
  if (first >= 0) {
    item->worst_at = first;
    item->actual = actual[first];
    item->expected = expected[first];
  }
  return TRUE;
}
