#include <string.h>

#include "models/clip/text.h"
#include "models/clip/vision.h"
#include "models/parity/runner.h"
#include "models/preprocess/preprocess.h"

/* Landmarks are stored for the first clip only, which is the first part of what the network makes
 * of all. */
static gboolean
check_first_clip (TpoParityRun *run, TpoGraph *g, TpoTaps *taps, GError **error)
{
  for (guint i = 0; i < tpo_weights_get_n (run->weights); i++) {
    const TpoWeight *stored = tpo_weights_get (run->weights, i);
    TpoTensor *tensor = NULL;
    g_autofree float *values = NULL;
    gint64 n, n_made;

    if (g_str_has_prefix (stored->name, "mid."))
      tensor = tpo_taps_find (taps, stored->name + strlen ("mid."));
    if (tensor == NULL)
      continue;
    n = tpo_shape_count (&stored->shape);
    n_made = tpo_shape_count (tpo_tensor_get_shape (tensor));
    values = g_new (float, (gsize) n_made);
    if (!tpo_graph_read (g, tensor, values, (gsize) n_made * sizeof *values, error) ||
        !tpo_parity_check (run, stored->name, NULL, values, MIN (n, n_made), error))
      return FALSE;
  }
  return TRUE;
}

/* A feature row of each clip, and the same with the two columns of time that the temporal head
 * wants. */
static gboolean
check_rows (TpoParityRun *run, TpoGraph *g, TpoTensor *rows, GError **error)
{
  gint64 n = tpo_tensor_dim (rows, 0), width = tpo_tensor_dim (rows, 1);
  g_autofree float *values = g_new (float, (gsize) (n * width));
  g_autofree float *timed = g_new (float, (gsize) (n * (width + 2)));

  if (!tpo_graph_read (g, rows, values, (gsize) (n * width) * sizeof *values, error))
    return FALSE;
  for (gint64 i = 0; i < n; i++) {
    float *row = timed + i * (width + 2);

    memcpy (row, values + i * width, (gsize) width * sizeof *row);
    row[width] = (float) i / (float) n;
    row[width + 1] = (float) i / (float) n + 1 / (float) n;
  }
  return tpo_parity_check (run, "out.clip_features", NULL, values, n * width, error) &&
         tpo_parity_check (run, "out.video_rows_with_tef", NULL, timed, n * (width + 2), error);
}

static gboolean
check_vision (TpoParityRun *run, TpoLoader *loader, GError **error)
{
  TpoShape shape;
  g_autofree guint8 *frames = tpo_parity_images (run, "in.clips", &shape, error);
  g_autoptr (TpoClipVision) vision = NULL;
  g_autoptr (TpoTaps) taps = tpo_taps_new ();
  g_autoptr (TpoGraph) g = tpo_graph_new (run->device, "clips");
  TpoClipVisionConfig config;
  TpoTensor *input, *rows;

  if (frames == NULL || !tpo_clip_vision_config_read (tpo_weights_get_metadata (run->weights),
                                                      "hparams.vision.", &config, error))
    return FALSE;
  vision = tpo_clip_vision_load (loader, &config, error);
  if (vision == NULL)
    return FALSE;
  input = tpo_graph_input (g, "frames", TPO_U8, shape);
  rows = tpo_clip_vision_forward (
      vision, g, tpo_preprocess_normalise (g, input, &tpo_pixel_scale_imagenet), taps);
  tpo_graph_output (g, rows);
  return tpo_graph_compile (g, error) &&
         tpo_graph_write (g, input, frames, (gsize) tpo_shape_count (&shape), error) &&
         tpo_graph_run (g, run->options.cancellable, error) &&
         check_first_clip (run, g, taps, error) && check_rows (run, g, rows, error);
}

static gboolean
check_text (TpoParityRun *run, TpoLoader *loader, GError **error)
{
  g_autoptr (TpoMistral) text = NULL;
  g_autofree gint32 *ids = tpo_parity_ints (run, "in.text_ids", error);
  g_autoptr (TpoTaps) taps = tpo_taps_new ();
  g_autoptr (TpoGraph) g = tpo_graph_new (run->device, "query");
  const struct {
    const char *name;
    const char *tap;
  } landmarks[] = { { "mid.text_hidden1", "hidden1" },
                    { "mid.text_layer0_q_proj", "layer0.q_proj" } };
  TpoTensor *hidden;
  gint64 n;

  if (ids == NULL)
    return FALSE;
  n = tpo_shape_count (&tpo_weights_find (run->weights, "in.text_ids")->shape);
  while (n > 1 && ids[n - 1] == 0) /* right padding */
    n--;
  text = tpo_clip_text_load (loader, "hparams.text.", error);
  if (text == NULL)
    return FALSE;
  hidden =
      tpo_mistral_embed (g, text, tpo_graph_constant (g, "ids", TPO_I32, TPO_SHAPE (n), ids));
  hidden = tpo_mistral_forward (g, text, hidden, NULL, taps);
  tpo_graph_output (g, hidden);
  if (!tpo_graph_compile (g, error) || !tpo_graph_run (g, run->options.cancellable, error) ||
      !tpo_parity_check_output (run, "out.text_features", NULL, g, hidden, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (landmarks); i++) {
    TpoTensor *tensor = tpo_taps_find (taps, landmarks[i].tap);

    if (tensor != NULL && tpo_weights_find (run->weights, landmarks[i].name) != NULL &&
        !tpo_parity_check_output (run, landmarks[i].name, NULL, g, tensor, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
tpo_parity_clip (TpoParityRun *run, GError **error)
{
  g_autoptr (TpoLoader) loader = tpo_parity_loader (run);

  return check_vision (run, loader, error) && check_text (run, loader, error);
}
