#include <math.h>

#include "models/parity/runner.h"
#include "models/sam2/sam2.h"

/* Masks at the size of a picture against logits of the mask head's own size. */
typedef struct {
  gint64 n, rows, cols;     /* masks */
  gint64 n_logits, n_cells; /* logits and the cells of each */
  const guint8 *expected;
  float *logits;
  double tolerance; /* of the logits */
} Stored;

static gboolean
read_stored (TpoParityRun *run, const char *name, const char *logits_name, gsize n,
             Stored *stored, GError **error)
{
  const TpoWeight *masks = tpo_parity_stored (run, name, error);
  const TpoWeight *logits = masks != NULL ? tpo_parity_stored (run, logits_name, error) : NULL;
  guint d;

  if (logits == NULL || !tpo_parity_tolerance (run, logits_name, &stored->tolerance, error))
    return FALSE;
  if (masks->type != TPO_U8 || masks->shape.n < 2 || masks->size != n || n == 0 ||
      logits->shape.n < 2) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_SHAPE,
                 "%s: %s or %s has another size than the masks found", run->path, name,
                 logits_name);
    return FALSE;
  }
  d = masks->shape.n;
  stored->rows = masks->shape.dim[d - 2];
  stored->cols = masks->shape.dim[d - 1];
  stored->n = (gint64) n / (stored->rows * stored->cols);
  stored->expected = masks->bytes;
  d = logits->shape.n;
  stored->n_cells = logits->shape.dim[d - 2] * logits->shape.dim[d - 1];
  stored->n_logits = tpo_shape_count (&logits->shape) / MAX (stored->n_cells, 1);
  stored->logits = tpo_parity_floats (run, logits_name, error);
  return stored->logits != NULL;
}

static gint64
count_different (const guint8 *expected, const guint8 *actual, const float *logits, gsize n,
                 double tolerance)
{
  gint64 n_different = 0;

  for (gsize i = 0; i < n; i++)
    n_different +=
        (expected[i] != 0) != (actual[i] != 0) && fabs ((double) logits[i]) > tolerance;
  return n_different;
}

/* Resizing weighs neighbours with a sum of one, so a resized logit errs no more than the worst of
 * them. */
static gboolean
compare (TpoParityRun *run, const Stored *stored, const guint *order, const guint8 *masks,
         gint64 *n_different, GError **error)
{
  g_autoptr (TpoGraph) g = tpo_graph_new (run->device, "stored masks");
  TpoTensor *input = tpo_graph_input (g, "logits", TPO_F32, TPO_SHAPE (stored->n_cells));
  TpoTensor *resized = tpo_sam2_resize (g, input, (guint) stored->rows, (guint) stored->cols);
  gsize area = (gsize) (stored->rows * stored->cols);
  g_autofree float *logits = g_new (float, area);

  tpo_graph_output (g, resized);
  if (!tpo_graph_compile (g, error))
    return FALSE;
  *n_different = 0;
  for (gint64 i = 0; i < stored->n; i++) {
    gint64 at = order != NULL ? order[i] : i;

    if (at >= stored->n_logits) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_SHAPE, "%s: there are more masks than logits",
                   run->path);
      return FALSE;
    }
    if (!tpo_graph_write (g, input, stored->logits + at * stored->n_cells,
                          (gsize) stored->n_cells * sizeof (float), error) ||
        !tpo_graph_run (g, run->options.cancellable, error) ||
        !tpo_graph_read (g, resized, logits, area * sizeof (float), error))
      return FALSE;
    *n_different += count_different (stored->expected + (gsize) i * area,
                                     masks + (gsize) i * area, logits, area, stored->tolerance);
  }
  return TRUE;
}

gboolean
tpo_parity_check_masks (TpoParityRun *run, const char *name, const char *logits_name,
                        const guint *order, const guint8 *masks, gsize n, GError **error)
{
  Stored stored = { 0 };
  gint64 n_different = 0;
  gboolean ok = read_stored (run, name, logits_name, n, &stored, error) &&
                compare (run, &stored, order, masks, &n_different, error);

  g_free (stored.logits);
  if (ok)
    tpo_parity_add (run, name, NULL, (gint64) n, (double) n_different, 0);
  return ok;
}

gboolean
tpo_parity_check_box_code (TpoParityRun *run, const TpoSam2 *sam2, const char *name,
                           const float *box, GError **error)
{
  static const gint32 corners[] = { 2, 3 };
  g_autoptr (TpoGraph) g = tpo_graph_new (run->device, "box prompt");
  TpoTensor *code;

  code = tpo_sam2_prompt_points (
      sam2, g, tpo_graph_constant (g, "points", TPO_F32, TPO_SHAPE (2, 2), box),
      tpo_graph_constant (g, "labels", TPO_I32, TPO_SHAPE (2), corners));
  tpo_graph_output (g, code);
  return tpo_graph_compile (g, error) && tpo_graph_run (g, run->options.cancellable, error) &&
         tpo_parity_check_output (run, name, NULL, g, code, error);
}
