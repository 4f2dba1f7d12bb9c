#include "models/preprocess/preprocess.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/parity/runner.h"

/* What one stored result's name says: "out.case2.mask.no_antialias.resized". */
typedef struct {
  char frames[64]; /* name of the input */
  gboolean is_mask;
  gboolean antialias;
  char what[64]; /* "resized_u8", "normalized_rows_100_104", "resized" */
} Request;

static gboolean
parse_name (const char *name, Request *request)
{
  char path[16], mode[16];
  guint index;

  if (sscanf (name, "out.case%u.%15[^.].%15[^.].%63s", &index, path, mode, request->what) != 4)
    return FALSE;
  g_snprintf (request->frames, sizeof request->frames, "in.case%u.frames", index);
  request->is_mask = g_str_equal (path, "mask");
  request->antialias = g_str_equal (mode, "antialias");
  return (request->is_mask || g_str_equal (path, "llm")) &&
         (request->antialias || g_str_equal (mode, "no_antialias"));
}

/* Resized bytes may differ by one step where a value lies on a tie, in a small share of the pixels. */
static gboolean
check_bytes (TpoParityRun *run, const char *name, const float *actual, GError **error)
{
  const TpoWeight *weight = tpo_parity_stored (run, name, error);
  g_autofree char *prefix = g_strdup_printf ("tolerance.%s.", name);
  TpoReader reader = tpo_reader (tpo_weights_get_metadata (run->weights), prefix);
  double max_step = tpo_reader_real (&reader, "max_abs_u8");
  double max_share = tpo_reader_real (&reader, "max_fraction_different");
  double worst = 0;
  gint64 n_different = 0;

  if (!tpo_reader_finish (&reader, error) || weight == NULL)
    return FALSE;
  for (gsize i = 0; i < weight->size; i++) {
    double difference = fabs ((double) actual[i] - weight->bytes[i]);

    n_different += difference > 0;
    worst = isfinite (actual[i]) ? MAX (worst, difference) : INFINITY;
  }
  tpo_parity_add (run, name, NULL, (gint64) weight->size, worst, max_step);
  tpo_parity_add (run, name, "share that differs", (gint64) weight->size,
                  (double) n_different / (double) weight->size, max_share);
  return TRUE;
}

/* The share of bytes that may flip, stated for "….resized_u8" beside "….normalized_rows_…". */
static gboolean
read_max_share (TpoParityRun *run, const char *name, double *max_share, GError **error)
{
  g_autofree char *stem = g_strndup (name, (gsize) (strrchr (name, '.') - name));
  g_autofree char *prefix = g_strdup_printf ("tolerance.%s.resized_u8.", stem);
  TpoReader reader = tpo_reader (tpo_weights_get_metadata (run->weights), prefix);

  *max_share = tpo_reader_real (&reader, "max_fraction_different");
  return tpo_reader_finish (&reader, error);
}

/* Where a byte flipped on a tie, its normalised value is one step off. Such values are counted, not
 * measured: they are replaced by the stored ones, and their share must stay within that of the
 * bytes. */
static gboolean
check_normalised (TpoParityRun *run, const char *name, float *actual, gint64 n, GError **error)
{
  static const double max_step =
      1 / (255 * 0.224); /* the smallest deviation of the three channels */
  g_autofree float *expected = tpo_parity_floats (run, name, error);
  const TpoWeight *weight = tpo_weights_find (run->weights, name);
  double tolerance, max_share;
  gint64 n_flipped = 0;

  if (expected == NULL || !tpo_parity_tolerance (run, name, &tolerance, error) ||
      !read_max_share (run, name, &max_share, error))
    return FALSE;
  for (gint64 i = 0; i < MIN (n, tpo_shape_count (&weight->shape)); i++) {
    double difference = fabs ((double) actual[i] - expected[i]);

    if (difference > tolerance && difference <= max_step + tolerance) {
      actual[i] = expected[i];
      n_flipped++;
    }
  }
  tpo_parity_add (run, name, "share of flipped bytes", n,
                  (double) n_flipped / (double) MAX (n, 1), max_share);
  return tpo_parity_check (run, name, NULL, actual, n, error);
}

/* @planes: [T, 3, rows, cols], of which the stored tensor has rows first … last - 1. */
static gboolean
check_rows (TpoParityRun *run, const char *name, const char *what, const float *planes,
            const TpoShape *shape, GError **error)
{
  gint64 n_rows = shape->dim[1], n_cols = shape->dim[2], n_planes = shape->dim[0] * 3;
  guint first, last;
  g_autofree float *rows = NULL;

  if (sscanf (what, "normalized_rows_%u_%u", &first, &last) != 2 || first > last ||
      last > n_rows) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: no such rows: %s", run->path, name);
    return FALSE;
  }
  rows = g_new (float, (gsize) (n_planes * (last - first) * n_cols));
  for (gint64 p = 0; p < n_planes; p++)
    memcpy (rows + p * (last - first) * n_cols, planes + (p * n_rows + first) * n_cols,
            (gsize) ((last - first) * n_cols) * sizeof (float));
  return check_normalised (run, name, rows, n_planes * (last - first) * n_cols, error);
}

/* Compares what the shaders made of the frames, [T, size, size, 3], with the stored tensor. */
static gboolean
compare (TpoParityRun *run, const char *name, const Request *request, float *images,
         const TpoShape *shape, GError **error)
{
  g_autofree float *planes = tpo_parity_to_planes (images, shape);
  gint64 n_frame = 3 * shape->dim[1] * shape->dim[2];

  if (g_str_equal (request->what, "resized_u8"))
    return check_bytes (run, name, planes, error);
  if (g_str_has_prefix (request->what, "normalized_rows_"))
    return check_rows (run, name, request->what, planes, shape, error);
  /* The reference divides by 255 before it resizes; only the first frame is stored. */
  for (gint64 i = 0; i < n_frame; i++)
    planes[i] /= 255;
  return tpo_parity_check (run, name, NULL, planes, n_frame, error);
}

static TpoTensor *
record (TpoGraph *g, const Request *request, TpoTensor *frames, guint size)
{
  if (request->is_mask)
    return tpo_preprocess_mask_resize (g, frames, size, request->antialias);
  if (g_str_equal (request->what, "resized_u8"))
    return tpo_preprocess_resize (g, frames, size, request->antialias);
  return tpo_preprocess_chat (g, frames, size, request->antialias, &tpo_pixel_scale_imagenet);
}

static gboolean
check_result (TpoParityRun *run, const TpoWeight *result, guint size, guint mask_size,
              GError **error)
{
  g_autoptr (TpoGraph) g = tpo_graph_new (run->device, "preprocess");
  g_autofree guint8 *frames = NULL;
  g_autofree float *images = NULL;
  TpoTensor *input, *output;
  TpoShape shape;
  Request request;
  gsize n;

  if (!parse_name (result->name, &request)) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: tensor %s names no known result",
                 run->path, result->name);
    return FALSE;
  }
  frames = tpo_parity_images (run, request.frames, &shape, error);
  if (frames == NULL)
    return FALSE;
  input = tpo_graph_input (g, "frames", TPO_U8, shape);
  output = record (g, &request, input, request.is_mask ? mask_size : size);
  tpo_graph_output (g, output);
  if (!tpo_graph_compile (g, error) ||
      !tpo_graph_write (g, input, frames, (gsize) tpo_shape_count (&shape), error) ||
      !tpo_graph_run (g, run->options.cancellable, error))
    return FALSE;

  n = (gsize) tpo_shape_count (tpo_tensor_get_shape (output));
  images = g_new (float, n);
  return tpo_graph_read (g, output, images, n * sizeof *images, error) &&
         compare (run, result->name, &request, images, tpo_tensor_get_shape (output), error);
}

gboolean
tpo_parity_preprocess (TpoParityRun *run, GError **error)
{
  TpoReader reader = tpo_parity_hparams (run);
  guint size = tpo_reader_uint (&reader, "size", 1, 4096);
  guint mask_size = tpo_reader_uint (&reader, "mask_size_here", 1, 4096);

  if (!tpo_reader_finish (&reader, error))
    return FALSE;
  for (guint i = 0; i < tpo_weights_get_n (run->weights); i++) {
    const TpoWeight *weight = tpo_weights_get (run->weights, i);

    if (g_str_has_prefix (weight->name, "out.") &&
        !check_result (run, weight, size, mask_size, error))
      return FALSE;
  }
  return TRUE;
}
