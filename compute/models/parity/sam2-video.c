#include <math.h>
#include <string.h>

#include "models/parity/runner.h"
#include "models/sam2/tracker.h"

enum {
  MAX_EDGE = 1 << 14, /* pixels of a mask */
  MAX_OBJECTS = 2
};

/* The stored video and what tracking has made of it. */
typedef struct {
  TpoParityRun *run;
  const TpoSam2 *sam2;
  TpoSam2Tracker *tracker;
  TpoSam2Video video;
  guint8 *frames; /* [n_frames, rows, cols, 3] */
  gsize n_cells;  /* of the low-resolution logits */
  guint n_objects;

  /* By frame, latest results of this state. */
  gboolean *has_output;
  float *logits;   /* [n_frames, n_objects, n_cells] */
  float *pointers; /* [n_frames, C]: of the first object */
  float *memories; /* [n_frames, M, G·G]: likewise */

  /* Of this pass, in its order. */
  GArray *order;     /* gint32 */
  GArray *scores;    /* float: of decoded frames */
  GArray *ious;      /* float [3]: of their candidates */
  GByteArray *masks; /* [frames, n_objects, mask_rows, mask_cols] */
  GError *error;     /* of reading */
} Scene;

static void
scene_clear (Scene *self)
{
  g_clear_pointer (&self->tracker, tpo_sam2_tracker_free);
  g_free (self->frames);
  g_free (self->has_output);
  g_free (self->logits);
  g_free (self->pointers);
  g_free (self->memories);
  g_clear_pointer (&self->order, g_array_unref);
  g_clear_pointer (&self->scores, g_array_unref);
  g_clear_pointer (&self->ious, g_array_unref);
  g_clear_pointer (&self->masks, g_byte_array_unref);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static GBytes *
load_frame (guint frame, gpointer user_data, GCancellable *cancellable, GError **error)
{
  const Scene *self = user_data;
  gsize size = (gsize) self->video.rows * self->video.cols * 3;

  return g_bytes_new (self->frames + frame * size, size);
}

static gboolean
scene_init (Scene *self, GError **error)
{
  const TpoSam2Config *config = tpo_sam2_get_config (self->sam2);
  gsize cells = (gsize) tpo_sam2_grid (self->sam2) * tpo_sam2_grid (self->sam2), n;
  g_autofree gint32 *hw = NULL;
  TpoShape shape;

  self->frames = tpo_parity_images (self->run, "in.frames", &shape, error);
  if (self->frames == NULL || !tpo_parity_require_count (self->run, "in.video_hw", 2, error) ||
      (hw = tpo_parity_ints (self->run, "in.video_hw", error)) == NULL)
    return FALSE;
  if (hw[0] < 1 || hw[1] < 1 || hw[0] > MAX_EDGE || hw[1] > MAX_EDGE) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: in.video_hw is no picture size",
                 self->run->path);
    return FALSE;
  }
  self->video = (TpoSam2Video){ .n_frames = (guint) shape.dim[0],
                                .rows = (guint) shape.dim[1],
                                .cols = (guint) shape.dim[2],
                                .mask_rows = (guint) hw[0],
                                .mask_cols = (guint) hw[1],
                                .load = load_frame,
                                .user_data = self };
  n = self->video.n_frames;
  self->n_cells = 16 * cells;
  self->has_output = g_new0 (gboolean, n);
  self->logits = g_new (float, n *MAX_OBJECTS * self->n_cells);
  self->pointers = g_new (float, n * config->d_model);
  self->memories = g_new (float, n * config->d_memory * cells);
  self->order = g_array_new (FALSE, FALSE, sizeof (gint32));
  self->scores = g_array_new (FALSE, FALSE, sizeof (float));
  self->ious = g_array_new (FALSE, FALSE, (TPO_SAM2_MASKS - 1) * sizeof (float));
  self->masks = g_byte_array_new ();
  self->tracker = tpo_sam2_tracker_new (self->run->device, self->sam2, &self->video, error);
  return self->tracker != NULL;
}

/* A new state of @n_objects objects. */
static void
start (Scene *self, guint n_objects)
{
  tpo_sam2_tracker_reset (self->tracker);
  memset (self->has_output, 0, self->video.n_frames * sizeof *self->has_output);
  self->n_objects = n_objects;
  for (guint i = 0; i < n_objects; i++)
    tpo_sam2_tracker_add_object (self->tracker);
}

/* ---- propagation ----------------------------------------------------------------------------- */

/* [G·G, M] to the stored [M, G·G] */
static void
to_planes (const float *rows, gsize n_rows, gsize width, float *planes)
{
  for (gsize i = 0; i < n_rows; i++) {
    for (gsize k = 0; k < width; k++)
      planes[k * n_rows + i] = rows[i * width + k];
  }
}

static gboolean
keep_state (Scene *self, const TpoSam2Result *result)
{
  const TpoSam2Config *config = tpo_sam2_get_config (self->sam2);
  gsize cells = self->n_cells / 16, at = result->frame;
  g_autofree float *memory = g_new (float, cells * config->d_memory);
  TpoSam2Stored stored = {
    .logits = self->logits + (at * self->n_objects + result->object) * self->n_cells,
  };

  if (result->object == 0) {
    stored.pointer = self->pointers + at * config->d_model;
    stored.memory = memory;
  }
  if (!tpo_sam2_tracker_read (self->tracker, result->object, result->frame, &stored,
                              &self->error))
    return FALSE;
  if (result->object == 0)
    to_planes (memory, cells, config->d_memory, self->memories + at * cells * config->d_memory);
  self->has_output[at] = TRUE;
  return TRUE;
}

static gboolean
on_result (const TpoSam2Result *result, gpointer user_data)
{
  Scene *self = user_data;
  gint32 frame = (gint32) result->frame;

  g_byte_array_append (self->masks, result->mask,
                       self->video.mask_rows * self->video.mask_cols);
  if (result->object == 0) {
    g_array_append_val (self->order, frame);
    if (!result->is_prompted) {
      g_array_append_val (self->scores, result->score);
      g_array_append_vals (self->ious, result->ious + 1, 1);
    }
  }
  return keep_state (self, result);
}

static gboolean
propagate (Scene *self, guint first, guint last, GError **error)
{
  static const guint objects[MAX_OBJECTS] = { 0, 1 };
  const TpoSam2Stretch stretch = { objects, self->n_objects, first, last };

  g_array_set_size (self->order, 0);
  g_array_set_size (self->scores, 0);
  g_array_set_size (self->ious, 0);
  g_byte_array_set_size (self->masks, 0);
  if (!tpo_sam2_tracker_propagate (self->tracker, &stretch, on_result, self,
                                   self->run->options.cancellable, error))
    return FALSE;
  if (self->error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->error));
  return error == NULL || *error == NULL;
}

/* ---- comparison ------------------------------------------------------------------------------ */

/* The rows of [n_frames, width] that belong to frames with an output, in frame order, at most @max. */
static gboolean
check_frames (Scene *self, const char *pass, const char *name, const float *values, gsize width,
              gboolean is_intermediate, GError **error)
{
  g_autofree char *full =
      g_strdup_printf ("%s.%s.%s", is_intermediate ? "mid" : "out", pass, name);
  const TpoWeight *stored = tpo_weights_find (self->run->weights, full);
  g_autofree float *rows = NULL;
  gsize n = 0, max;

  if (stored == NULL)
    return TRUE;
  max = stored->shape.n > 0 ? (gsize) stored->shape.dim[0] : 0;
  rows = g_new (float, self->video.n_frames *width);
  for (guint i = 0; i < self->video.n_frames && n < max; i++) {
    if (self->has_output[i])
      memcpy (rows + n++ * width, values + i * width, width * sizeof *rows);
  }
  return tpo_parity_check (self->run, full, NULL, rows, (gint64) (n * width), error);
}

/* Which of the stored logits, which are in frame order, each mask of the pass belongs to. */
static guint *
order_masks (const Scene *self)
{
  guint *order = g_new (guint, self->order->len * self->n_objects);

  for (guint i = 0; i < self->order->len; i++) {
    gint32 frame = g_array_index (self->order, gint32, i);
    guint before = 0;

    for (gint32 k = 0; k < frame; k++)
      before += self->has_output[k] != FALSE;
    for (guint k = 0; k < self->n_objects; k++)
      order[i * self->n_objects + k] = before * self->n_objects + k;
  }
  return order;
}

static gboolean
check_masks (Scene *self, const char *pass, GError **error)
{
  g_autofree char *name = g_strdup_printf ("out.%s.video_masks", pass);
  g_autofree char *logits = g_strdup_printf ("out.%s.low_res_masks", pass);
  g_autofree guint *order = order_masks (self);

  return tpo_weights_find (self->run->weights, name) == NULL ||
         tpo_parity_check_masks (self->run, name, logits, order, self->masks->data,
                                 self->masks->len, error);
}

/* Logits of the last frame of the pass at the size of the video. */
static gboolean
check_last (Scene *self, const char *pass, GError **error)
{
  g_autofree char *name = g_strdup_printf ("mid.%s.video_logits_last", pass);
  g_autoptr (TpoGraph) g = NULL;
  TpoTensor *logits;
  gint32 last;

  if (tpo_weights_find (self->run->weights, name) == NULL || self->order->len == 0)
    return TRUE;
  last = g_array_index (self->order, gint32, self->order->len - 1);
  g = tpo_graph_new (self->run->device, "last logits");
  logits = tpo_graph_constant (g, "logits", TPO_F32, TPO_SHAPE ((gint64) self->n_cells),
                               self->logits + (gsize) last * self->n_objects * self->n_cells);
  logits = tpo_sam2_resize (g, logits, self->video.mask_rows, self->video.mask_cols);
  tpo_graph_output (g, logits);
  return tpo_graph_compile (g, error) &&
         tpo_graph_run (g, self->run->options.cancellable, error) &&
         tpo_parity_check_output (self->run, name, NULL, g, logits, error);
}

static gboolean
check_pass (Scene *self, const char *pass, GError **error)
{
  TpoParityRun *run = self->run;
  const TpoSam2Config *config = tpo_sam2_get_config (self->sam2);
  g_autofree char *order = g_strdup_printf ("out.%s.frame_order", pass);
  g_autofree char *scores = g_strdup_printf ("out.%s.object_scores", pass);
  g_autofree char *ious = g_strdup_printf ("mid.%s.ious", pass);

  return (tpo_weights_find (run->weights, order) == NULL ||
          tpo_parity_check_ints (run, order, NULL,
                                 (const gint32 *) (gpointer) self->order->data,
                                 self->order->len, error)) &&
         (tpo_weights_find (run->weights, scores) == NULL ||
          tpo_parity_check (run, scores, NULL, (const float *) (gpointer) self->scores->data,
                            self->scores->len, error)) &&
         (tpo_weights_find (run->weights, ious) == NULL ||
          tpo_parity_check (run, ious, NULL, (const float *) (gpointer) self->ious->data,
                            self->ious->len * (TPO_SAM2_MASKS - 1), error)) &&
         check_frames (self, pass, "low_res_masks", self->logits,
                       self->n_objects * self->n_cells, FALSE, error) &&
         check_frames (self, pass, "obj_ptr", self->pointers, config->d_model, TRUE, error) &&
         check_frames (self, pass, "memory", self->memories,
                       config->d_memory * self->n_cells / 16, TRUE, error) &&
         check_masks (self, pass, error) && check_last (self, pass, error);
}

/* ---- scenarios ------------------------------------------------------------------------------- */

/* Where a stored pass starts. */
static gboolean
first_frame (Scene *self, const char *pass, guint *frame, GError **error)
{
  g_autofree char *name = g_strdup_printf ("out.%s.frame_order", pass);
  g_autofree gint32 *order = tpo_parity_ints (self->run, name, error);

  if (order == NULL)
    return FALSE;
  if (tpo_weights_find (self->run->weights, name)->size == 0 || order[0] < 0 ||
      (guint) order[0] >= self->video.n_frames) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: %s does not start at a frame",
                 self->run->path, name);
    return FALSE;
  }
  *frame = (guint) order[0];
  return TRUE;
}

static gboolean
prompt_box (Scene *self, guint object, guint frame, const char *name, TpoSam2Result *result,
            GError **error)
{
  static const gint32 corners[] = { 2, 3 };
  g_autofree float *box = NULL;
  TpoSam2Prompt prompt = { .labels = corners, .n_points = 2 };

  if (!tpo_parity_require_count (self->run, name, 4, error) ||
      (box = tpo_parity_floats (self->run, name, error)) == NULL)
    return FALSE;
  prompt.points = box;
  return tpo_sam2_tracker_prompt (self->tracker, object, frame, &prompt, FALSE, result,
                                  self->run->options.cancellable, error);
}

/* Click number @index of those that are stored. */
static gboolean
prompt_click (Scene *self, guint frame, guint index, GError **error)
{
  g_autofree float *points = NULL;
  g_autofree gint32 *labels = NULL;
  TpoSam2Prompt prompt = { .n_points = 1 };
  TpoSam2Result result;

  if (!tpo_parity_require_count (self->run, "in.click_points", 4, error) ||
      !tpo_parity_require_count (self->run, "in.click_labels", 2, error) ||
      (points = tpo_parity_floats (self->run, "in.click_points", error)) == NULL ||
      (labels = tpo_parity_ints (self->run, "in.click_labels", error)) == NULL)
    return FALSE;
  prompt.points = points + 2 * index;
  prompt.labels = labels + index;
  return tpo_sam2_tracker_prompt (self->tracker, 0, frame, &prompt, index > 0, &result,
                                  self->run->options.cancellable, error);
}

static gboolean
run_box (Scene *self, GError **error)
{
  static const char score_name[] = "mid.box.prompt.object_score";
  TpoSam2Result result;
  guint first;

  start (self, 1);
  return first_frame (self, "box.prop", &first, error) &&
         prompt_box (self, 0, first, "in.box", &result, error) &&
         (tpo_weights_find (self->run->weights, score_name) == NULL ||
          tpo_parity_check (self->run, score_name, NULL, &result.score, 1, error)) &&
         propagate (self, first, self->video.n_frames - 1, error) &&
         check_pass (self, "box.prop", error);
}

/* The frame that was corrected is told by its result: it alone has the logits of the second click. */
static gboolean
corrected_frame (Scene *self, guint *frame, GError **error)
{
  static const char all_name[] = "out.correct.prop.low_res_masks";
  static const char one_name[] = "out.correct.click2.low_res_mask";
  g_autofree float *all = NULL, *one = NULL;
  double nearest = INFINITY;

  if (!tpo_parity_require_count (self->run, all_name,
                                 (gint64) (self->video.n_frames * self->n_cells), error) ||
      !tpo_parity_require_count (self->run, one_name, (gint64) self->n_cells, error) ||
      (all = tpo_parity_floats (self->run, all_name, error)) == NULL ||
      (one = tpo_parity_floats (self->run, one_name, error)) == NULL)
    return FALSE;
  for (guint i = 0; i < self->video.n_frames; i++) {
    double distance = 0;

    for (gsize k = 0; k < self->n_cells; k++)
      distance += fabs ((double) all[i * self->n_cells + k] - one[k]);
    if (distance < nearest) {
      nearest = distance;
      *frame = i;
    }
  }
  return TRUE;
}

static gboolean
check_click (Scene *self, guint frame, guint index, GError **error)
{
  g_autofree char *name = g_strdup_printf ("out.correct.click%u.low_res_mask", index + 1);
  g_autofree float *logits = g_new (float, self->n_cells);
  const TpoSam2Stored stored = { .logits = logits };

  return prompt_click (self, frame, index, error) &&
         tpo_sam2_tracker_read (self->tracker, 0, frame, &stored, error) &&
         tpo_parity_check (self->run, name, NULL, logits, (gint64) self->n_cells, error);
}

/* After run_box(), in the same state. */
static gboolean
run_correction (Scene *self, GError **error)
{
  guint first, corrected = 0;

  return first_frame (self, "correct.prop", &first, error) &&
         corrected_frame (self, &corrected, error) && check_click (self, corrected, 0, error) &&
         check_click (self, corrected, 1, error) &&
         propagate (self, first, self->video.n_frames - 1, error) &&
         check_pass (self, "correct.prop", error);
}

static gboolean
run_embedding (Scene *self, GError **error)
{
  gint64 n = 3 * (gint64) tpo_sam2_get_config (self->sam2)->d_model;
  g_autofree float *embedding = NULL;
  TpoSam2Prompt prompt = { 0 };
  TpoSam2Result result;
  guint first;

  start (self, 1);
  if (!first_frame (self, "embed.prop", &first, error) ||
      !tpo_parity_require_count (self->run, "in.embed", n, error) ||
      (embedding = tpo_parity_floats (self->run, "in.embed", error)) == NULL)
    return FALSE;
  prompt.embedding = embedding;
  return tpo_sam2_tracker_prompt (self->tracker, 0, first, &prompt, FALSE, &result,
                                  self->run->options.cancellable, error) &&
         propagate (self, first, self->video.n_frames - 1, error) &&
         check_pass (self, "embed.prop", error);
}

static gboolean
run_reverse (Scene *self, GError **error)
{
  TpoSam2Result result;
  guint first;

  start (self, 1);
  return first_frame (self, "reverse.prop", &first, error) &&
         prompt_box (self, 0, first, "in.box_last", &result, error) &&
         propagate (self, first, 0, error) && check_pass (self, "reverse.prop", error);
}

static gboolean
run_middle (Scene *self, GError **error)
{
  guint first;

  start (self, 1);
  return first_frame (self, "middle.forward", &first, error) &&
         prompt_click (self, first, 0, error) &&
         propagate (self, first, self->video.n_frames - 1, error) &&
         check_pass (self, "middle.forward", error) && propagate (self, first, 0, error) &&
         check_pass (self, "middle.reverse", error);
}

static gboolean
run_two_objects (Scene *self, GError **error)
{
  TpoSam2Result result;

  start (self, MAX_OBJECTS);
  return prompt_box (self, 0, 0, "in.box", &result, error) &&
         prompt_box (self, 1, 0, "in.box2", &result, error) &&
         propagate (self, 0, self->video.n_frames - 1, error) &&
         check_pass (self, "two_objects", error);
}

static gboolean
check_prompt_code (Scene *self, GError **error)
{
  g_autofree float *box = NULL;

  return tpo_parity_require_count (self->run, "in.box", 4, error) &&
         (box = tpo_parity_floats (self->run, "in.box", error)) != NULL &&
         tpo_parity_check_box_code (self->run, self->sam2, "out.prompt_embedding_of_box", box,
                                    error);
}

gboolean
tpo_parity_sam2_video (TpoParityRun *run, GError **error)
{
  g_autoptr (TpoLoader) loader = tpo_parity_loader (run);
  g_autoptr (TpoSam2) sam2 = NULL;
  g_auto (Scene) scene = { .run = run };
  TpoSam2Config config;

  if (!tpo_sam2_config_read (tpo_weights_get_metadata (run->weights), "hparams.", &config,
                             error))
    return FALSE;
  scene.sam2 = sam2 = tpo_sam2_load (loader, &config, error);
  return sam2 != NULL && scene_init (&scene, error) && check_prompt_code (&scene, error) &&
         run_box (&scene, error) && run_correction (&scene, error) &&
         run_embedding (&scene, error) && run_reverse (&scene, error) &&
         run_middle (&scene, error) && run_two_objects (&scene, error);
}
