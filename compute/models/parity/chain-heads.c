#include <math.h>
#include <string.h>

#include "models/parity/chain.h"
#include "models/sam2/tracker.h"

enum {
  MAX_EDGE = 1 << 14 /* pixels of a mask */
};

static TpoTensor *
constant_row (TpoGraph *g, const float *values, gint64 width)
{
  return tpo_graph_constant (g, "hidden", TPO_F32, TPO_SHAPE (1, width), values);
}

/* Runs one of the small heads; checks the result and, where wanted, hands it out. */
static gboolean
check_head (TpoChain *self, TpoTensor *(*head) (TpoGraph *, const TpoHeads *, TpoTensor *),
            const char *name, const float *hidden, float **result, GError **error)
{
  g_autoptr (TpoGraph) g = tpo_graph_new (self->run->device, name);
  TpoTensor *output = head (g, self->heads, constant_row (g, hidden, self->heads->width));
  gsize n;

  tpo_graph_output (g, output);
  if (!tpo_graph_compile (g, error) ||
      !tpo_graph_run (g, self->run->options.cancellable, error) ||
      !tpo_parity_check_output (self->run, name, NULL, g, output, error))
    return FALSE;
  if (result == NULL)
    return TRUE;
  n = (gsize) tpo_shape_count (tpo_tensor_get_shape (output));
  *result = g_new (float, n);
  return tpo_graph_read (g, output, *result, n * sizeof **result, error);
}

/* ---- spans ----------------------------------------------------------------------------------- */

static gboolean
check_windows (TpoChain *self, const char *prefix, TpoGraph *g, const TpoCgdetrOutput *output,
               GError **error)
{
  g_autofree char *name = g_strconcat (prefix, "windows_sorted", NULL);
  g_autofree TpoCgdetrWindow *windows = NULL;

  if (tpo_weights_find (self->run->weights, name) == NULL)
    return TRUE;
  windows = tpo_parity_check_windows (self->run, name, "in.duration", g, output, error);
  return windows != NULL;
}

static gboolean
check_time (TpoChain *self, guint index, const float *hidden, GError **error)
{
  g_autofree char *prefix = g_strdup_printf ("out.p%u.time.", index);
  g_autofree char *logits_name = g_strconcat (prefix, "pred_logits", NULL);
  g_autofree char *spans_name = g_strconcat (prefix, "pred_spans", NULL);
  g_autofree char *saliency_name = g_strconcat (prefix, "saliency", NULL);
  g_autoptr (TpoGraph) g = tpo_graph_new (self->run->device, "spans");
  TpoCgdetrInput input = { 0 };
  TpoCgdetrOutput output = { 0 };

  input.video = tpo_parity_input (self->run, g, "in.v_feat", error);
  if (input.video == NULL)
    return FALSE;
  input.text = tpo_parity_input (self->run, g, "in.q_feat", error);
  if (input.text == NULL)
    return FALSE;
  input.prompt =
      tpo_heads_temporal_prompt (g, self->heads, constant_row (g, hidden, self->heads->width));
  tpo_cgdetr_forward (self->cgdetr, g, &input, NULL, &output);
  tpo_graph_output (g, output.logits);
  tpo_graph_output (g, output.spans);
  tpo_graph_output (g, output.saliency);
  return tpo_graph_compile (g, error) &&
         tpo_graph_run (g, self->run->options.cancellable, error) &&
         tpo_parity_check_output (self->run, logits_name, NULL, g, output.logits, error) &&
         tpo_parity_check_output (self->run, spans_name, NULL, g, output.spans, error) &&
         tpo_parity_check_output (self->run, saliency_name, NULL, g, output.saliency, error) &&
         check_windows (self, prefix, g, &output, error);
}

/* ---- masks ----------------------------------------------------------------------------------- */

/* Masks of one object, as propagation gives them. */
typedef struct {
  const guint8 *frames; /* [n_frames, rows, cols, 3] */
  gsize frame_size;
  guint8 *masks; /* [n_frames, mask pixels] */
  gsize mask_size;
} Track;

static GBytes *
load_frame (guint frame, gpointer user_data, GCancellable *cancellable, GError **error)
{
  const Track *track = user_data;

  return g_bytes_new (track->frames + frame * track->frame_size, track->frame_size);
}

static gboolean
keep_mask (const TpoSam2Result *result, gpointer user_data)
{
  Track *track = user_data;

  memcpy (track->masks + result->frame * track->mask_size, result->mask, track->mask_size);
  return TRUE;
}

static gboolean
check_logits (TpoChain *self, TpoSam2Tracker *tracker, guint object, const char *name,
              guint n_frames, GError **error)
{
  gsize edge = 4 * (gsize) tpo_sam2_grid (self->sam2), area = edge * edge;
  g_autofree float *logits = g_new (float, n_frames *area);

  for (guint i = 0; i < n_frames; i++) {
    const TpoSam2Stored stored = { .logits = logits + i * area };

    if (!tpo_sam2_tracker_read (tracker, object, i, &stored, error))
      return FALSE;
  }
  return tpo_parity_check (self->run, name, NULL, logits, (gint64) (n_frames * area), error);
}

/* Follows the object of a prompt on frame 0 and checks PREFIX "low_res_masks" and "masks". */
static gboolean
check_track (TpoChain *self, const char *prefix, const TpoSam2Prompt *prompt, GError **error)
{
  TpoParityRun *run = self->run;
  g_autofree char *logits_name = g_strconcat (prefix, "low_res_masks", NULL);
  g_autofree char *masks_name = g_strconcat (prefix, "masks", NULL);
  TpoShape shape;
  g_autofree guint8 *frames = NULL, *masks = NULL;
  g_autofree gint32 *hw = NULL;
  g_autoptr (TpoSam2Tracker) tracker = NULL;
  Track track = { 0 };
  TpoSam2Video video;
  TpoSam2Result result;
  guint object;

  if (tpo_weights_find (run->weights, masks_name) == NULL)
    return TRUE;
  frames = tpo_parity_images (run, "in.sam_frames", &shape, error);
  if (frames == NULL)
    return FALSE;
  if (!tpo_parity_require_count (run, "in.sam_video_hw", 2, error))
    return FALSE;
  hw = tpo_parity_ints (run, "in.sam_video_hw", error);
  if (hw == NULL)
    return FALSE;
  if (hw[0] < 1 || hw[1] < 1 || hw[0] > MAX_EDGE || hw[1] > MAX_EDGE) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: in.sam_video_hw is no picture size",
                 run->path);
    return FALSE;
  }
  track.frames = frames;
  track.frame_size = (gsize) (shape.dim[1] * shape.dim[2] * 3);
  track.mask_size = (gsize) hw[0] * (gsize) hw[1];
  track.masks = masks = g_malloc0 ((gsize) shape.dim[0] * track.mask_size);
  video = (TpoSam2Video){ .n_frames = (guint) shape.dim[0],
                          .rows = (guint) shape.dim[1],
                          .cols = (guint) shape.dim[2],
                          .mask_rows = (guint) hw[0],
                          .mask_cols = (guint) hw[1],
                          .load = load_frame,
                          .user_data = &track };
  tracker = tpo_sam2_tracker_new (run->device, self->sam2, &video, error);
  if (tracker == NULL)
    return FALSE;
  object = tpo_sam2_tracker_add_object (tracker);
  return tpo_sam2_tracker_prompt (tracker, object, 0, prompt, FALSE, &result,
                                  run->options.cancellable, error) &&
         tpo_sam2_tracker_propagate (tracker,
                                     &(TpoSam2Stretch){ &object, 1, 0, video.n_frames - 1 },
                                     keep_mask, &track, run->options.cancellable, error) &&
         check_logits (self, tracker, object, logits_name, video.n_frames, error) &&
         tpo_parity_check_masks (run, masks_name, logits_name, NULL, masks,
                                 video.n_frames * track.mask_size, error);
}

/* A user's box in the mask head's own code. */
static gboolean
check_box_prompt (TpoChain *self, const char *prefix, const float *box, GError **error)
{
  static const gint32 corners[] = { 2, 3 };
  g_autofree char *name = g_strconcat (prefix, "prompt_embedding", NULL);

  return tpo_parity_check_box_code (self->run, self->sam2, name, box, error) &&
         check_track (self, prefix,
                      &(TpoSam2Prompt){ .points = box, .labels = corners, .n_points = 2 },
                      error);
}

static gboolean
check_masks_of (TpoChain *self, guint index, const float *hidden, GError **error)
{
  g_autofree char *embedding_name = g_strdup_printf ("out.p%u.track.prompt_embedding", index);
  g_autofree char *llm_prefix = g_strdup_printf ("out.p%u.track.llm.", index);
  g_autofree char *box_prefix = g_strdup_printf ("out.p%u.track.box.", index);
  g_autofree char *box_masks = g_strconcat (box_prefix, "masks", NULL);
  g_autofree float *embedding = NULL, *box = NULL;

  if (!check_head (self, tpo_heads_track_prompt, embedding_name, hidden, &embedding, error) ||
      !check_track (self, llm_prefix, &(TpoSam2Prompt){ .embedding = embedding }, error))
    return FALSE;
  if (tpo_weights_find (self->run->weights, box_masks) == NULL)
    return TRUE;
  if (!tpo_parity_require_count (self->run, "in.user_box", 4, error))
    return FALSE;
  box = tpo_parity_floats (self->run, "in.user_box", error);
  return box != NULL && check_box_prompt (self, box_prefix, box, error);
}

gboolean
tpo_chain_check_heads (TpoChain *self, guint index, const float *hidden, GError **error)
{
  g_autofree char *box_name = g_strdup_printf ("out.p%u.box.box", index);
  guint width = self->heads->width;

  return check_head (self, tpo_heads_locate, box_name, hidden, NULL, error) &&
         check_time (self, index, hidden + width, error) &&
         check_masks_of (self, index, hidden + 2 * (gsize) width, error);
}
