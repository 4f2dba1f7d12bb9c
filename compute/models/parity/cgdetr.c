#include "models/cgdetr/cgdetr.h"

#include <math.h>
#include <string.h>

#include "models/parity/runner.h"

/* Valid rows of a mask of ones and zeros; a name that is not stored means all, 0. */
static gboolean
count_valid (TpoParityRun *run, const char *name, guint *n, GError **error)
{
  g_autofree float *mask = NULL;
  gint64 count;

  *n = 0;
  if (tpo_weights_find (run->weights, name) == NULL)
    return TRUE;
  mask = tpo_parity_floats (run, name, error);
  if (mask == NULL)
    return FALSE;
  count = tpo_shape_count (&tpo_weights_find (run->weights, name)->shape);
  for (gint64 i = 0; i < count; i++)
    *n += mask[i] > 0;
  return TRUE;
}

static gboolean
record_input (TpoParityRun *run, TpoGraph *g, const char *kind, TpoCgdetrInput *input,
              GError **error)
{
  g_autofree char *video = g_strdup_printf ("in.%s.vid", kind);
  g_autofree char *video_mask = g_strdup_printf ("in.%s.vid_mask", kind);
  g_autofree char *text = g_strdup_printf ("in.%s.txt", kind);
  g_autofree char *text_mask = g_strdup_printf ("in.%s.txt_mask", kind);
  g_autofree char *prompt = g_strdup_printf ("in.%s.prompt_token", kind);

  return (input->video = tpo_parity_input (run, g, video, error)) != NULL &&
         (input->text = tpo_parity_input (run, g, text, error)) != NULL &&
         (input->prompt = tpo_parity_input (run, g, prompt, error)) != NULL &&
         count_valid (run, video_mask, &input->n_clips, error) &&
         count_valid (run, text_mask, &input->n_words, error);
}

TpoCgdetrWindow *
tpo_parity_check_windows (TpoParityRun *run, const char *name, const char *duration,
                          TpoGraph *g, const TpoCgdetrOutput *output, GError **error)
{
  g_autofree float *seconds = NULL;
  gsize n = (gsize) tpo_tensor_dim (output->logits, 0);
  g_autofree float *logits = g_new (float, 2 * n), *spans = g_new (float, 2 * n);
  g_autofree float *rows = g_new (float, 3 * n);
  g_autofree TpoCgdetrWindow *windows = g_new (TpoCgdetrWindow, n);

  if (!tpo_parity_require_count (run, duration, 1, error))
    return NULL;
  seconds = tpo_parity_floats (run, duration, error);
  if (seconds == NULL ||
      !tpo_graph_read (g, output->logits, logits, 2 * n * sizeof *logits, error) ||
      !tpo_graph_read (g, output->spans, spans, 2 * n * sizeof *spans, error))
    return NULL;
  tpo_cgdetr_decode (logits, spans, (guint) n, seconds[0], windows);
  for (gsize i = 0; i < n; i++) {
    rows[3 * i] = (float) windows[i].start;
    rows[3 * i + 1] = (float) windows[i].end;
    rows[3 * i + 2] = (float) windows[i].score;
  }
  return tpo_parity_check (run, name, NULL, rows, (gint64) (3 * n), error)
             ? g_steal_pointer (&windows)
             : NULL;
}

/* Spans in seconds, as numbers and rounded to whole ones. */
static gboolean
check_windows (TpoParityRun *run, const char *kind, TpoGraph *g, const TpoCgdetrOutput *output,
               GError **error)
{
  g_autofree char *sorted = g_strdup_printf ("out.%s.windows_sorted", kind);
  g_autofree char *rounded = g_strdup_printf ("out.%s.windows_rounded", kind);
  g_autofree char *duration = g_strdup_printf ("in.%s.duration", kind);
  g_autofree TpoCgdetrWindow *windows =
      tpo_parity_check_windows (run, sorted, duration, g, output, error);
  gsize n = (gsize) tpo_tensor_dim (output->logits, 0);
  g_autofree gint32 *seconds = g_new (gint32, 2 * n);

  if (windows == NULL)
    return FALSE;
  for (gsize i = 0; i < n; i++) {
    seconds[2 * i] = (gint32) rint (windows[i].start);
    seconds[2 * i + 1] = (gint32) rint (windows[i].end);
  }
  return tpo_parity_check_ints (run, rounded, NULL, seconds, (gint64) (2 * n), error);
}

/* Landmarks stored as one tensor, of which each decoder layer makes a part: "NAME.0", "NAME.1", … */
static gboolean
check_layers (TpoParityRun *run, const char *name, const char *tap, TpoGraph *g, TpoTaps *taps,
              GError **error)
{
  const TpoWeight *stored = tpo_weights_find (run->weights, name);
  g_autofree float *all = NULL;
  gsize n, part;

  if (stored == NULL)
    return TRUE;
  n = (gsize) tpo_shape_count (&stored->shape);
  if (n == 0 || stored->shape.n == 0)
    return tpo_parity_require_count (run, name, -1, error);
  part = n / (gsize) stored->shape.dim[0];
  all = g_new0 (float, n);
  for (gint64 i = 0; i < stored->shape.dim[0]; i++) {
    g_autofree char *layer = g_strdup_printf ("%s.%d", tap, (int) i);
    TpoTensor *tensor = tpo_taps_find (taps, layer);

    if (tensor == NULL || tpo_shape_count (tpo_tensor_get_shape (tensor)) != (gint64) part) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_SHAPE,
                   "%s: %s has other layers than the network", run->path, name);
      return FALSE;
    }
    if (!tpo_graph_read (g, tensor, all + (gsize) i * part, part * sizeof *all, error))
      return FALSE;
  }
  return tpo_parity_check (run, name, NULL, all, (gint64) n, error);
}

static gboolean
check_query (TpoParityRun *run, const TpoCgdetr *cgdetr, const char *kind, GError **error)
{
  g_autofree char *logits = g_strdup_printf ("out.%s.pred_logits", kind);
  g_autofree char *spans = g_strdup_printf ("out.%s.pred_spans", kind);
  g_autofree char *saliency = g_strdup_printf ("out.%s.saliency", kind);
  g_autofree char *mid = g_strdup_printf ("mid.%s.", kind);
  g_autofree char *states = g_strdup_printf ("mid.%s.decoder_hs", kind);
  g_autofree char *references = g_strdup_printf ("mid.%s.decoder_refs", kind);
  g_autoptr (TpoTaps) taps = tpo_taps_new ();
  g_autoptr (TpoGraph) g = tpo_graph_new (run->device, kind);
  TpoCgdetrInput input = { 0 };
  TpoCgdetrOutput output = { 0 };

  if (!record_input (run, g, kind, &input, error))
    return FALSE;
  tpo_cgdetr_forward (cgdetr, g, &input, taps, &output);
  tpo_graph_output (g, output.logits);
  tpo_graph_output (g, output.spans);
  tpo_graph_output (g, output.saliency);
  return tpo_graph_compile (g, error) && tpo_graph_run (g, run->options.cancellable, error) &&
         tpo_parity_check_taps (run, mid, g, taps, error) &&
         check_layers (run, states, "decoder_hs", g, taps, error) &&
         check_layers (run, references, "decoder_refs", g, taps, error) &&
         tpo_parity_check_output (run, logits, NULL, g, output.logits, error) &&
         tpo_parity_check_output (run, spans, NULL, g, output.spans, error) &&
         tpo_parity_check_output (run, saliency, NULL, g, output.saliency, error) &&
         check_windows (run, kind, g, &output, error);
}

gboolean
tpo_parity_cgdetr (TpoParityRun *run, GError **error)
{
  g_autoptr (TpoLoader) loader = tpo_parity_loader (run);
  g_autoptr (TpoCgdetr) cgdetr = NULL;
  TpoCgdetrConfig config;

  tpo_parity_skip (run, "out.train");
  if (!tpo_cgdetr_config_read (tpo_weights_get_metadata (run->weights), "hparams.", &config,
                               error))
    return FALSE;
  cgdetr = tpo_cgdetr_load (loader, &config, error);
  return cgdetr != NULL && check_query (run, cgdetr, "infer", error) &&
         check_query (run, cgdetr, "pad", error);
}
