#include "models/parity/runner.h"

#include "models/preprocess/preprocess.h"
#include "models/vit/vit.h"

/* Checks the position table of @n_frames frames against the stored one. */
static gboolean
check_positions (TpoParityRun *run, const char *name, const TpoVit *vit, guint n_frames,
                 GError **error)
{
  const TpoVitConfig *config = tpo_vit_get_config (vit);
  gint64 n = tpo_vit_n_tokens (vit, n_frames) * config->width;
  g_autofree float *table = NULL;

  if (tpo_weights_find (run->weights, name) == NULL)
    return TRUE;
  table = g_new (float, (gsize) n);
  tpo_vit_positions (n_frames, (guint) tpo_vit_n_tokens (vit, 1), config->width,
                     config->n_table_frames, table);
  return tpo_parity_check (run, name, NULL, table, n, error);
}

/* Encodes "in.KIND" and checks "out.KIND.*" and "mid.KIND.*". */
static gboolean
check_clip (TpoParityRun *run, const TpoVit *vit, const char *kind, const char *positions,
            GError **error)
{
  g_autofree char *input_name = g_strdup_printf ("in.%s", kind);
  g_autofree char *features_name = g_strdup_printf ("out.%s.features", kind);
  g_autofree char *out_prefix = g_strdup_printf ("out.%s.", kind);
  g_autofree char *mid_prefix = g_strdup_printf ("mid.%s.", kind);
  TpoShape shape;
  g_autofree guint8 *images = tpo_parity_images (run, input_name, &shape, error);
  g_autoptr (TpoTaps) taps = tpo_taps_new ();
  g_autoptr (TpoGraph) g = tpo_graph_new (run->device, kind);
  TpoTensor *frames, *features;

  if (images == NULL)
    return FALSE;
  frames = tpo_graph_input (g, "frames", TPO_U8, shape);
  features = tpo_vit_forward (
      g, vit, tpo_preprocess_normalise (g, frames, &tpo_pixel_scale_imagenet), taps);
  tpo_graph_output (g, features);
  return tpo_graph_compile (g, error) &&
         tpo_graph_write (g, frames, images, (gsize) tpo_shape_count (&shape), error) &&
         tpo_graph_run (g, run->options.cancellable, error) &&
         tpo_parity_check_taps (run, mid_prefix, g, taps, error) &&
         tpo_parity_check_taps (run, out_prefix, g, taps, error) &&
         tpo_parity_check_output (run, features_name, NULL, g, features, error) &&
         check_positions (run, positions, vit, (guint) shape.dim[0], error);
}

gboolean
tpo_parity_vit (TpoParityRun *run, GError **error)
{
  g_autoptr (TpoLoader) loader = tpo_parity_loader (run);
  g_autoptr (TpoVit) vit = NULL;
  TpoVitConfig config;

  if (!tpo_vit_config_read (&config, tpo_weights_get_metadata (run->weights), "hparams.",
                            error))
    return FALSE;
  vit = tpo_vit_load (loader, &config, error);
  return vit != NULL && check_clip (run, vit, "video", "mid.pos_embed", error) &&
         check_clip (run, vit, "image", "mid.img_pos_embed", error);
}
