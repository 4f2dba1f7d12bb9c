#include "models/heads/heads.h"

#include "models/parity/runner.h"

/* A graph input holding the stored tensor @name; it is written after compiling. */
typedef struct {
  TpoTensor *tensor;
  float *values;
  gsize size;
} Input;

static gboolean
add_input (TpoParityRun *run, TpoGraph *g, const char *name, Input *input, GError **error)
{
  const TpoWeight *stored = tpo_parity_stored (run, name, error);

  if (stored == NULL)
    return FALSE;
  input->values = tpo_parity_floats (run, name, error);
  input->size = (gsize) tpo_shape_count (&stored->shape) * sizeof (float);
  input->tensor = tpo_graph_input (g, name, TPO_F32, stored->shape);
  return input->values != NULL;
}

/* Boxes in pixels of the stored picture size. */
static TpoTensor *
to_pixels (TpoParityRun *run, TpoGraph *g, TpoTensor *boxes, GError **error)
{
  g_autofree gint32 *hw = NULL;
  float scale[4];

  if (!tpo_parity_require_count (run, "in.image_hw", 2, error))
    return NULL;
  hw = tpo_parity_ints (run, "in.image_hw", error);
  if (hw == NULL)
    return NULL;
  for (guint i = 0; i < 4; i++)
    scale[i] = (float) hw[i % 2 == 0 ? 1 : 0];
  return tpo_mul (g, boxes, tpo_graph_constant (g, "scale", TPO_F32, TPO_SHAPE (4), scale));
}

/* Heads that only training used; they are run here, for they are two linear layers all the same. */
static const char *const training_heads[] = { "track_embed_decode2", "temporal_embed",
                                              "action_embed" };

static gboolean
check_heads (TpoParityRun *run, TpoGraph *g, const TpoHeads *heads, TpoLinear others[][2],
             GError **error)
{
  Input hidden = { 0 }, boxes = { 0 };
  TpoTensor *outputs[8] = { NULL };
  const char *names[8] = { "out.loc_decoder", "out.loc_encoder", "out.track_embed",
                           "out.boxes_pixels", "mid.loc_decoder.relu" };
  g_autofree float *hidden_values = NULL, *boxes_values = NULL;
  guint n = 5;

  if (!add_input (run, g, "in.hidden", &hidden, error))
    return FALSE;
  hidden_values = hidden.values;
  if (!add_input (run, g, "in.boxes", &boxes, error))
    return FALSE;
  boxes_values = boxes.values;
  outputs[0] = tpo_heads_locate (g, heads, hidden.tensor);
  outputs[1] = tpo_heads_embed_box (g, heads, boxes.tensor);
  outputs[2] = tpo_heads_track_prompt (g, heads, hidden.tensor);
  outputs[3] = to_pixels (run, g, outputs[0], error);
  if (outputs[3] == NULL)
    return FALSE;
  outputs[4] = tpo_linear (g, hidden.tensor, &heads->loc_decoder[0], TPO_ACT_RELU, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (training_heads); i++, n++) {
    static const char *const out_names[] = { "out.track_embed_decode2", "out.temporal_embed",
                                             "out.action_embed" };

    names[n] = out_names[i];
    if (others[i][0].w != NULL)
      outputs[n] = tpo_mlp (g, hidden.tensor, others[i], 2);
  }
  for (guint i = 0; i < n; i++) {
    if (outputs[i] != NULL)
      tpo_graph_output (g, outputs[i]);
  }
  if (!tpo_graph_compile (g, error) ||
      !tpo_graph_write (g, hidden.tensor, hidden.values, hidden.size, error) ||
      !tpo_graph_write (g, boxes.tensor, boxes.values, boxes.size, error) ||
      !tpo_graph_run (g, run->options.cancellable, error))
    return FALSE;
  for (guint i = 0; i < n; i++) {
    if (outputs[i] != NULL &&
        !tpo_parity_check_output (run, names[i], NULL, g, outputs[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_mask_boxes (TpoParityRun *run, GError **error)
{
  const TpoWeight *masks = tpo_parity_stored (run, "in.masks", error);
  g_autofree TpoBox *boxes = NULL;
  gint64 n;

  if (masks == NULL)
    return FALSE;
  if (masks->shape.n != 3 || masks->type != TPO_U8) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_SHAPE,
                 "%s: tensor in.masks is no [n, rows, cols] of bytes", run->path);
    return FALSE;
  }
  n = masks->shape.dim[0];
  boxes = g_new (TpoBox, (gsize) MAX (n, 1));
  for (gint64 i = 0; i < n; i++)
    tpo_mask_outer_box (masks->bytes + i * masks->shape.dim[1] * masks->shape.dim[2],
                        (guint) masks->shape.dim[2], (guint) masks->shape.dim[1], &boxes[i]);
  return tpo_parity_check (run, "out.mask_boxes", NULL, &boxes[0].x0, 4 * n, error);
}

gboolean
tpo_parity_heads (TpoParityRun *run, GError **error)
{
  g_autoptr (TpoLoader) loader = tpo_parity_loader (run);
  g_autoptr (TpoHeads) heads = tpo_heads_load (loader, error);
  g_autoptr (GPtrArray) tensors = NULL;
  g_autoptr (TpoGraph) g = tpo_graph_new (run->device, "task heads");
  TpoLinear others[G_N_ELEMENTS (training_heads)][2] = { 0 };

  if (heads == NULL)
    return FALSE;
  tpo_loader_set_storage (loader, TPO_STORAGE_F32);
  for (guint i = 0; i < G_N_ELEMENTS (training_heads); i++) {
    g_autofree char *first = g_strconcat (training_heads[i], ".layers.0", NULL);
    g_autofree char *second = g_strconcat (training_heads[i], ".layers.1", NULL);

    tpo_head_load (loader, first, second, heads->width, others[i]);
  }
  tensors = tpo_loader_take (loader, error);
  return tensors != NULL && check_heads (run, g, heads, others, error) &&
         check_mask_boxes (run, error);
}
