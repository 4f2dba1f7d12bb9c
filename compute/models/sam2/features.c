#include "models/sam2/features.h"

#include "models/preprocess/preprocess.h"

typedef struct {
  gint64 frame; /* -1: none */
  guint64 used; /* when */
} Entry;

struct _TpoSam2FrameCache {
  TpoSam2Video video;
  guint n; /* rows */
  Entry *entries;
  guint64 n_used; /* how often a frame was needed */

  TpoShape shapes[TPO_SAM2_FEATURES_COUNT];   /* of one frame's features */
  TpoTensor *tables[TPO_SAM2_FEATURES_COUNT]; /* [n, features of a frame] */

  /* frame → a row of the tables */
  TpoGraph *graph;
  TpoTensor *frame; /* [1, rows, cols, 3] U8 or F32 */
  TpoTensor *row;   /* [1] I32 */
};

static void
free_tables (TpoSam2FrameCache *self)
{
  for (guint i = 0; i < TPO_SAM2_FEATURES_COUNT; i++)
    g_clear_pointer (&self->tables[i], tpo_tensor_unref);
}

static gboolean
make_tables (TpoSam2FrameCache *self, TpoDevice *device, GError **error)
{
  for (guint i = 0; i < TPO_SAM2_FEATURES_COUNT; i++) {
    self->tables[i] =
        tpo_tensor_new (device, "frame features", TPO_F32,
                        TPO_SHAPE (self->n, tpo_shape_count (&self->shapes[i])), error);
    if (self->tables[i] == NULL) {
      free_tables (self);
      return FALSE;
    }
  }
  return TRUE;
}

/* As many rows as the budget allows, or as the device has memory for. */
static gboolean
find_size (TpoSam2FrameCache *self, TpoDevice *device, GError **error)
{
  guint64 frame_size = 0, largest = 0;

  for (guint i = 0; i < TPO_SAM2_FEATURES_COUNT; i++) {
    guint64 size = (guint64) tpo_shape_size (&self->shapes[i], TPO_F32);

    frame_size += size;
    largest = MAX (largest, size);
  }
  self->n =
      (guint) MIN (self->video.cache_size / frame_size, tpo_tensor_max_size (device) / largest);
  self->n = CLAMP (self->n, 1, self->video.n_frames);
  while (self->n > 1) {
    g_autoptr (GError) shortage = NULL;

    if (make_tables (self, device, &shortage))
      return TRUE;
    if (!g_error_matches (shortage, TPO_ERROR, TPO_ERROR_NO_MEMORY)) {
      g_propagate_error (error, g_steal_pointer (&shortage));
      return FALSE;
    }
    self->n /= 2;
  }
  return make_tables (self, device, error);
}

static gboolean
record_encoder (TpoSam2FrameCache *self, TpoDevice *device, const TpoSam2 *model,
                GError **error)
{
  const TpoSam2Video *video = &self->video;
  TpoGraph *g = self->graph = tpo_graph_new (device, "sam2 encode");
  TpoType type = video->is_normalised ? TPO_F32 : TPO_U8;
  TpoSam2Features features;
  TpoTensor *made[TPO_SAM2_FEATURES_COUNT], *frame;

  frame = tpo_graph_input (g, "frame", type, TPO_SHAPE (1, video->rows, video->cols, 3));
  self->frame = frame;
  self->row = tpo_graph_input (g, "row", TPO_I32, TPO_SHAPE (1));
  if (!video->is_normalised)
    frame = tpo_preprocess_mask (g, frame, tpo_sam2_get_config (model)->image_size, TRUE);
  tpo_sam2_encode (model, g, frame, NULL, &features);
  made[TPO_SAM2_FEATURES_F] = features.f;
  made[TPO_SAM2_FEATURES_S1] = features.s1;
  made[TPO_SAM2_FEATURES_S0] = features.s0;
  for (guint i = 0; i < TPO_SAM2_FEATURES_COUNT; i++) {
    gint64 n = tpo_shape_count (&self->shapes[i]);

    tpo_store_rows (g, self->tables[i], tpo_reshape (g, made[i], TPO_SHAPE (1, n)), self->row);
  }
  return tpo_graph_compile (g, error);
}

TpoSam2FrameCache *
tpo_sam2_frame_cache_new (TpoDevice *device, const TpoSam2 *model, const TpoSam2Video *video,
                          GError **error)
{
  g_autoptr (TpoSam2FrameCache) self = g_new0 (TpoSam2FrameCache, 1);
  gint64 cells = (gint64) tpo_sam2_grid (model) * tpo_sam2_grid (model);
  gint64 c = tpo_sam2_get_config (model)->d_model;

  self->video = *video;
  self->shapes[TPO_SAM2_FEATURES_F] = TPO_SHAPE (cells, c);
  self->shapes[TPO_SAM2_FEATURES_S1] = TPO_SHAPE (4 * cells, c / 4);
  self->shapes[TPO_SAM2_FEATURES_S0] = TPO_SHAPE (16 * cells, c / 8);
  if (!find_size (self, device, error))
    return NULL;
  self->entries = g_new (Entry, self->n);
  for (guint i = 0; i < self->n; i++)
    self->entries[i] = (Entry){ .frame = -1 };
  return record_encoder (self, device, model, error) ? g_steal_pointer (&self) : NULL;
}

void
tpo_sam2_frame_cache_free (TpoSam2FrameCache *self)
{
  g_clear_pointer (&self->graph, tpo_graph_free);
  free_tables (self);
  g_free (self->entries);
  g_free (self);
}

gint32
tpo_sam2_frame_cache_need (TpoSam2FrameCache *self, guint frame, GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (GBytes) pixels = NULL;
  gint32 row = 0;

  self->n_used++;
  for (guint i = 0; i < self->n; i++) {
    if (self->entries[i].frame == frame) {
      self->entries[i].used = self->n_used;
      return (gint32) i;
    }
    if (self->entries[i].used < self->entries[row].used)
      row = (gint32) i;
  }
  pixels = self->video.load (frame, self->video.user_data, cancellable, error);
  if (pixels == NULL)
    return -1;
  self->entries[row] = (Entry){ .frame = -1 };
  if (!tpo_graph_write (self->graph, self->frame, g_bytes_get_data (pixels, NULL),
                        g_bytes_get_size (pixels), error) ||
      !tpo_graph_write (self->graph, self->row, &row, sizeof row, error) ||
      !tpo_graph_run (self->graph, cancellable, error))
    return -1;
  self->entries[row] = (Entry){ .frame = frame, .used = self->n_used };
  return row;
}

TpoTensor *
tpo_sam2_frame_cache_record (const TpoSam2FrameCache *self, TpoGraph *g,
                             TpoSam2FeatureKind kind, TpoTensor *row)
{
  return tpo_reshape (g, tpo_get_rows (g, self->tables[kind], row), self->shapes[kind]);
}
