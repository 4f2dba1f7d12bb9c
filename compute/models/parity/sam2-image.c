#include "models/sam2/sam2.h"

#include "models/parity/runner.h"
#include "models/preprocess/preprocess.h"

/* What each stored case was prompted with. */
typedef struct {
  const char *name;
  gboolean has_box, has_mask, has_embedding;
  guint first_point, n_points; /* of the stored clicks */
} Case;

enum {
  ALL_POINTS = G_MAXUINT
};

static const Case cases[] = {
  { "box", .has_box = TRUE },
  { "click", .n_points = 1 },
  { "clicks", .n_points = ALL_POINTS },
  { "box_click", .has_box = TRUE, .first_point = 2, .n_points = 1 },
  { "none", 0 },
  { "box_mask", .has_box = TRUE, .has_mask = TRUE },
  { "embed", .has_embedding = TRUE },
};

/* One case in the graph that holds them all. */
typedef struct {
  guint n_points; /* that decide about several masks */
  TpoTensor *sparse, *dense;
  TpoSam2Masks masks;
} Decoded;

typedef struct {
  TpoParityRun *run;
  const TpoSam2 *sam2;
  TpoGraph *graph;
  TpoTaps *taps;
  TpoSam2Features features;
  Decoded decoded[G_N_ELEMENTS (cases)];
} Image;

/* [n, C] as stored: [C, n] */
static TpoTensor *
to_planes (TpoGraph *g, TpoTensor *x)
{
  static const int order[] = { 1, 0 };

  return tpo_permute (g, x, order);
}

/* An output that is compared with the stored tensor of that name, where there is one. */
static void offer (Image *self, TpoGraph *g, TpoTensor *x, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

static void
offer (Image *self, TpoGraph *g, TpoTensor *x, const char *format, ...)
{
  g_autofree char *name = NULL;
  va_list args;

  va_start (args, format);
  name = g_strdup_vprintf (format, args);
  va_end (args);
  if (tpo_weights_find (self->run->weights, name) != NULL)
    tpo_tap (self->taps, g, x, "%s", name);
}

static gboolean
run_offered (Image *self, TpoGraph *g, GError **error)
{
  return tpo_graph_compile (g, error) &&
         tpo_graph_run (g, self->run->options.cancellable, error) &&
         tpo_parity_check_taps (self->run, "", g, self->taps, error);
}

/* ---- prompts --------------------------------------------------------------------------------- */

/* Corners of the box, then clicks. Returns: false where the file lacks them; *points is NULL for no
 * prompt */
static gboolean
record_points (Image *self, const Case *what, Decoded *decoded, TpoTensor **points,
               TpoTensor **labels, GError **error)
{
  static const gint32 corners[] = { 2, 3 };
  TpoParityRun *run = self->run;
  const TpoWeight *stored = tpo_parity_stored (run, "in.points", error);
  g_autofree float *box = NULL, *clicks = NULL;
  g_autofree gint32 *click_labels = NULL;
  g_autoptr (GArray) xy = g_array_new (FALSE, FALSE, 2 * sizeof (float));
  g_autoptr (GArray) kinds = g_array_new (FALSE, FALSE, sizeof (gint32));
  gint64 n_stored = stored != NULL ? tpo_shape_count (&stored->shape) / 2 : 0, n;

  if (stored == NULL || !tpo_parity_require_count (run, "in.box", 4, error) ||
      !tpo_parity_require_count (run, "in.point_labels", n_stored, error) ||
      !tpo_parity_require_count (run, "in.points", 2 * n_stored, error) ||
      (box = tpo_parity_floats (run, "in.box", error)) == NULL ||
      (clicks = tpo_parity_floats (run, "in.points", error)) == NULL ||
      (click_labels = tpo_parity_ints (run, "in.point_labels", error)) == NULL)
    return FALSE;
  if (what->has_box) {
    g_array_append_vals (xy, box, 2);
    g_array_append_vals (kinds, corners, 2);
  }
  n = CLAMP (n_stored - what->first_point, 0, what->n_points);
  g_array_append_vals (xy, clicks + 2 * what->first_point * (n > 0), (guint) n);
  g_array_append_vals (kinds, click_labels + what->first_point * (n > 0), (guint) n);
  decoded->n_points = kinds->len;
  *points = *labels = NULL;
  if (kinds->len == 0)
    return TRUE;
  *points =
      tpo_graph_constant (self->graph, "points", TPO_F32, TPO_SHAPE (kinds->len, 2), xy->data);
  *labels =
      tpo_graph_constant (self->graph, "labels", TPO_I32, TPO_SHAPE (kinds->len), kinds->data);
  return TRUE;
}

static gboolean
record_prompt (Image *self, const Case *what, Decoded *decoded, GError **error)
{
  gint64 edge = 4 * (gint64) tpo_sam2_grid (self->sam2);
  TpoTensor *points, *labels, *logits = NULL;

  if (what->has_embedding) {
    /* Stands for a box, hence for two points. */
    decoded->n_points = 2;
    decoded->sparse = tpo_parity_input (self->run, self->graph, "in.embed", error);
    if (decoded->sparse == NULL)
      return FALSE;
  } else {
    if (!record_points (self, what, decoded, &points, &labels, error))
      return FALSE;
    decoded->sparse = tpo_sam2_prompt_points (self->sam2, self->graph, points, labels);
  }
  if (what->has_mask) {
    if (!tpo_parity_require_count (self->run, "in.mask_prompt", edge * edge, error))
      return FALSE;
    logits = tpo_parity_input (self->run, self->graph, "in.mask_prompt", error);
    if (logits == NULL)
      return FALSE;
  }
  decoded->dense = tpo_sam2_prompt_mask (self->sam2, self->graph, logits);
  return TRUE;
}

static gboolean
record_case (Image *self, const Case *what, Decoded *decoded, GError **error)
{
  TpoGraph *g = self->graph;
  TpoSam2Masks *masks = &decoded->masks;
  TpoTensor *x;

  if (!record_prompt (self, what, decoded, error))
    return FALSE;
  x = tpo_sam2_unconditioned (self->sam2, g, self->features.f);
  tpo_sam2_decode (self->sam2, g, x, &self->features, decoded->sparse, decoded->dense, masks);
  tpo_graph_output (g, masks->logits);
  tpo_graph_output (g, masks->ious);
  tpo_graph_output (g, masks->score);
  tpo_graph_output (g, masks->tokens);
  tpo_graph_output (g, masks->stability);
  offer (self, g, decoded->sparse, "mid.%s.sparse", what->name);
  offer (self, g, to_planes (g, decoded->dense), "mid.%s.dense", what->name);
  offer (self, g, masks->logits, "mid.%s.all_masks", what->name);
  offer (self, g, masks->ious, "mid.%s.all_ious", what->name);
  offer (self, g, masks->tokens, "mid.%s.mask_tokens_out", what->name);
  offer (self, g, masks->score, "out.%s.object_score", what->name);
  return TRUE;
}

static gboolean
record_encoder (Image *self, GError **error)
{
  const TpoSam2Config *config = tpo_sam2_get_config (self->sam2);
  TpoGraph *g = self->graph;
  TpoShape shape;
  g_autofree guint8 *pixels = tpo_parity_images (self->run, "in.image", &shape, error);
  TpoTensor *frame;

  if (pixels == NULL)
    return FALSE;
  if (shape.dim[0] != 1 || shape.dim[1] != config->image_size ||
      shape.dim[2] != config->image_size) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_SHAPE,
                 "%s: in.image is no single picture of %u × %u pixels", self->run->path,
                 config->image_size, config->image_size);
    return FALSE;
  }
  frame = tpo_graph_constant (g, "frame", TPO_U8, shape, pixels);
  tpo_sam2_encode (self->sam2, g,
                   tpo_preprocess_normalise (g, frame, &tpo_pixel_scale_imagenet), self->taps,
                   &self->features);
  tpo_graph_output (g, self->features.f);
  offer (self, g, to_planes (g, self->features.f), "out.f");
  offer (self, g, to_planes (g, self->features.s1), "out.s1");
  offer (self, g, to_planes (g, self->features.s0), "out.s0");
  offer (self, g, to_planes (g, tpo_sam2_dense_code (self->sam2)), "out.dense_pe");
  offer (self, g, to_planes (g, tpo_sam2_frame_code (self->sam2)), "out.pos_f");
  offer (self, g, to_planes (g, tpo_sam2_memory_code (self->sam2)), "out.memory.pos");
  return TRUE;
}

/* ---- what follows from the choice of a mask -------------------------------------------------- */

/* Rows of a result that has run, as a constant of another graph. */
static TpoTensor *
carry (Image *self, TpoGraph *to, TpoTensor *x, guint first, guint n, GError **error)
{
  gsize count = (gsize) tpo_shape_count (tpo_tensor_get_shape (x));
  gsize width = (gsize) tpo_tensor_dim (x, -1);
  g_autofree float *values = g_new (float, count);

  if (!tpo_graph_read (self->graph, x, values, count * sizeof *values, error))
    return NULL;
  return tpo_graph_constant (to, "carried", TPO_F32, TPO_SHAPE (n, width),
                             values + first * width);
}

/* The mask at the model's size, of which the file has rows at equal distances, and the memory made
 * of it. */
static gboolean
record_memory (Image *self, TpoGraph *g, TpoTensor *best, TpoTensor *gate, GError **error)
{
  static const char rows_name[] = "out.box.high_res_mask_rows";
  const TpoWeight *rows = tpo_weights_find (self->run->weights, rows_name);
  gint64 size = tpo_sam2_get_config (self->sam2)->image_size;
  gint64 n_rows = rows != NULL && rows->shape.n == 2 ? rows->shape.dim[0] : 1;
  guint cells = tpo_sam2_grid (self->sam2) * tpo_sam2_grid (self->sam2);
  TpoTensor *full = tpo_sam2_resize (g, best, (guint) size, (guint) size);
  TpoTensor *f = carry (self, g, self->features.f, 0, cells, error), *thinned;

  if (f == NULL)
    return FALSE;
  thinned = tpo_reshape (g, full, TPO_SHAPE (n_rows, size * size / MAX (n_rows, 1)));
  offer (self, g, tpo_slice (g, thinned, 1, 0, size), "%s", rows_name);
  offer (self, g, to_planes (g, tpo_sam2_memorise (self->sam2, g, f, full, TRUE, gate)),
         "out.memory.binarised");
  offer (self, g, to_planes (g, tpo_sam2_memorise (self->sam2, g, f, full, FALSE, gate)),
         "out.memory.sigmoid");
  return TRUE;
}

static gboolean
check_numbers (Image *self, const Case *what, gboolean multimask, const TpoSam2Choice *choice,
               const float *ious, const float *stability, GError **error)
{
  TpoParityRun *run = self->run;
  g_autofree char *multimask_name = g_strdup_printf ("mid.%s.multimask", what->name);
  g_autofree char *stability_name = g_strdup_printf ("mid.%s.stability", what->name);
  g_autofree char *ious_name = g_strdup_printf ("out.%s.ious", what->name);
  const float ratio = stability[1] > 0 ? stability[0] / stability[1] : 1;
  const gint32 flag = multimask;

  return (tpo_weights_find (run->weights, multimask_name) == NULL ||
          tpo_parity_check_ints (run, multimask_name, NULL, &flag, 1, error)) &&
         (tpo_weights_find (run->weights, stability_name) == NULL ||
          tpo_parity_check (run, stability_name, NULL, &ratio, 1, error)) &&
         tpo_parity_check (run, ious_name, NULL, multimask ? ious + 1 : &choice->iou,
                           multimask ? TPO_SAM2_MASKS - 1 : 1, error);
}

/* Masks as they are returned, the pointer and, for the box, the memory. */
static gboolean
check_case (Image *self, const Case *what, const Decoded *decoded, GError **error)
{
  const TpoSam2Masks *masks = &decoded->masks;
  gboolean multimask = decoded->n_points <= 1;
  g_autoptr (TpoGraph) g = tpo_graph_new (self->run->device, what->name);
  float ious[TPO_SAM2_MASKS], stability[2], score, presence;
  TpoSam2Choice choice;
  TpoTensor *returned, *best, *token, *gate;

  if (!tpo_graph_read (self->graph, masks->ious, ious, sizeof ious, error) ||
      !tpo_graph_read (self->graph, masks->stability, stability, sizeof stability, error) ||
      !tpo_graph_read (self->graph, masks->score, &score, sizeof score, error))
    return FALSE;
  choice =
      tpo_sam2_choose (tpo_sam2_get_config (self->sam2), ious, score, stability, multimask);
  presence = choice.is_present ? 1.0f : 0.0f;
  if (!check_numbers (self, what, multimask, &choice, ious, stability, error) ||
      (best = carry (self, g, masks->logits, choice.mask, 1, error)) == NULL ||
      (token = carry (self, g, masks->tokens, choice.token, 1, error)) == NULL ||
      (returned = multimask ? carry (self, g, masks->logits, 1, TPO_SAM2_MASKS - 1, error)
                            : best) == NULL)
    return FALSE;
  gate = tpo_graph_constant (g, "gate", TPO_F32, TPO_SHAPE (1), &presence);
  best = tpo_sam2_gate (g, best, gate);
  offer (self, g, best, "out.%s.best_mask", what->name);
  offer (self, g, tpo_sam2_gate (g, returned, gate), "out.%s.low_res_masks", what->name);
  offer (self, g, tpo_sam2_pointer (self->sam2, g, token, gate), "out.%s.obj_ptr", what->name);
  if (g_str_equal (what->name, "box") && !record_memory (self, g, best, gate, error))
    return FALSE;
  return run_offered (self, g, error);
}

static gboolean
check_image (Image *self, GError **error)
{
  if (!record_encoder (self, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    if (!record_case (self, &cases[i], &self->decoded[i], error))
      return FALSE;
  }
  if (!run_offered (self, self->graph, error) ||
      !tpo_parity_check_taps (self->run, "mid.", self->graph, self->taps, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (TpoTaps) taps = tpo_taps_new ();
    Image one = *self;

    one.taps = taps;
    if (!check_case (&one, &cases[i], &self->decoded[i], error))
      return FALSE;
  }
  return TRUE;
}

gboolean
tpo_parity_sam2_image (TpoParityRun *run, GError **error)
{
  g_autoptr (TpoLoader) loader = tpo_parity_loader (run);
  g_autoptr (TpoSam2) sam2 = NULL;
  g_autoptr (TpoTaps) taps = tpo_taps_new ();
  g_autoptr (TpoGraph) graph = tpo_graph_new (run->device, "sam2 image");
  TpoSam2Config config;
  Image image;

  if (!tpo_sam2_config_read (tpo_weights_get_metadata (run->weights), "hparams.", &config,
                             error))
    return FALSE;
  sam2 = tpo_sam2_load (loader, &config, error);
  image = (Image){ .run = run, .sam2 = sam2, .graph = graph, .taps = taps };
  return sam2 != NULL && check_image (&image, error);
}
