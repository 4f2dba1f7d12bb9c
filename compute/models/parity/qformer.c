#include "models/parity/runner.h"

#include "models/qformer/qformer.h"

/* Reads "in.KIND_features" and checks "out.KIND.*" and "mid.KIND.*". */
static gboolean
check_tokens (TpoParityRun *run, const TpoQformer *qformer, const char *kind, GError **error)
{
  g_autofree char *input_name = g_strdup_printf ("in.%s_features", kind);
  g_autofree char *query_name = g_strdup_printf ("out.%s.query_output", kind);
  g_autofree char *project_name = g_strdup_printf ("out.%s.project_up", kind);
  g_autofree char *mid_prefix = g_strdup_printf ("mid.%s.", kind);
  const TpoWeight *stored = tpo_parity_stored (run, input_name, error);
  g_autofree float *values = NULL;
  g_autoptr (TpoTaps) taps = tpo_taps_new ();
  g_autoptr (TpoGraph) g = tpo_graph_new (run->device, kind);
  TpoTensor *vision, *queries, *projected;

  if (stored == NULL)
    return FALSE;
  values = tpo_parity_floats (run, input_name, error);
  vision = tpo_graph_input (g, "vision", TPO_F32, stored->shape);
  queries = tpo_qformer_forward (g, qformer, vision, taps);
  projected = tpo_qformer_project (g, qformer, queries);
  tpo_graph_output (g, queries);
  tpo_graph_output (g, projected);
  return tpo_graph_compile (g, error) &&
         tpo_graph_write (g, vision, values,
                          (gsize) tpo_shape_count (&stored->shape) * sizeof *values, error) &&
         tpo_graph_run (g, run->options.cancellable, error) &&
         tpo_parity_check_taps (run, mid_prefix, g, taps, error) &&
         tpo_parity_check_output (run, query_name, NULL, g, queries, error) &&
         tpo_parity_check_output (run, project_name, NULL, g, projected, error);
}

gboolean
tpo_parity_qformer (TpoParityRun *run, GError **error)
{
  g_autoptr (TpoLoader) loader = tpo_parity_loader (run);
  g_autoptr (TpoQformer) qformer = NULL;
  TpoQformerConfig config;

  if (!tpo_qformer_config_read (&config, tpo_weights_get_metadata (run->weights), "hparams.",
                                error))
    return FALSE;
  qformer = tpo_qformer_load (loader, &config, error);
  return qformer != NULL && check_tokens (run, qformer, "video", error) &&
         check_tokens (run, qformer, "image", error);
}
