#include <math.h>

#include "models/sam2/load.h"

/* Coarse table stretched over the map plus the window table tiled: [rows·rows, C0]. hieradet.py
 * `_get_pos_embed` */
static TpoTensor *
record_positions (const TpoSam2 *self, TpoGraph *g)
{
  static const int channels_last[] = { 0, 2, 3, 1 };
  TpoResize params = { .filter = TPO_RESIZE_BICUBIC };
  gint64 rows = self->config.image_size / 4;
  gint64 c = self->config.embed_dim, w = self->config.windows[0], n = rows / w;
  TpoTensor *coarse = tpo_permute (g, self->positions, channels_last);
  TpoTensor *tile = tpo_permute (g, self->window_positions, channels_last);

  if (rows % w != 0)
    tpo_graph_fail (g, TPO_ERROR_SHAPE, "a map of %d cells is no whole number of windows of %d",
                    (int) rows, (int) w);
  coarse = tpo_resize (g, coarse, (guint) rows, (guint) rows, &params);
  tile = tpo_reshape (g, tile, TPO_SHAPE (1, w, 1, w, c));
  tile = tpo_repeat (g, tpo_repeat (g, tile, 2, n), 0, n);
  coarse = tpo_add (g, coarse, tpo_reshape (g, tile, TPO_SHAPE (1, rows, rows, c)));
  return tpo_reshape (g, coarse, TPO_SHAPE (rows * rows, c));
}

static TpoTensor *
record_dense (const TpoSam2 *self, TpoGraph *g)
{
  guint grid = tpo_sam2_grid (self);
  g_autofree float *centres = g_new (float, 2 * (gsize) grid * grid);
  TpoTensor *points;

  for (guint row = 0; row < grid; row++) {
    for (guint col = 0; col < grid; col++) {
      centres[2 * (row * grid + col)] = (col + 0.5f) / grid;
      centres[2 * (row * grid + col) + 1] = (row + 0.5f) / grid;
    }
  }
  points = tpo_graph_constant (g, "cell centres", TPO_F32, TPO_SHAPE (grid * grid, 2), centres);
  return tpo_sam2_fourier_code (self, g, points, FALSE);
}

/* position_encoding.py, PositionEmbeddingSine: rows in the first half, columns in the second. [G·G,
 * width] */
static TpoTensor *
record_sine (const TpoSam2 *self, TpoGraph *g, guint width)
{
  guint grid = tpo_sam2_grid (self);
  g_autofree float *phase = g_new (float, 2 * (gsize) grid * grid);
  TpoTensor *tensor;

  for (guint row = 0; row < grid; row++) {
    for (guint col = 0; col < grid; col++) {
      phase[2 * (row * grid + col)] = (float) (2.0 * G_PI * (row + 1) / (grid + 1e-6));
      phase[2 * (row * grid + col) + 1] = (float) (2.0 * G_PI * (col + 1) / (grid + 1e-6));
    }
  }
  tensor = tpo_graph_constant (g, "cell phases", TPO_F32, TPO_SHAPE (grid * grid, 2), phase);
  return tpo_sine_code (g, tensor, width / 2, 1.0f, 1e4f);
}

/* A persistent tensor that @graph fills with @rows. */
static TpoTensor *
keep (TpoSam2 *self, TpoDevice *device, TpoGraph *g, const char *name, TpoTensor *rows,
      GError **error)
{
  gint32 zero = 0;
  TpoTensor *start = tpo_graph_constant (g, "start", TPO_I32, TPO_SHAPE (1), &zero);
  TpoTensor *table =
      tpo_tensor_new (device, name, TPO_F32,
                      TPO_SHAPE (tpo_tensor_dim (rows, 0), tpo_tensor_dim (rows, 1)), error);

  if (table == NULL)
    return NULL;
  g_ptr_array_add (self->tensors, table);
  tpo_store_rows (g, table, rows, start);
  return table;
}

gboolean
tpo_sam2_make_tables (TpoSam2 *self, TpoDevice *device, GError **error)
{
  g_autoptr (TpoGraph) g = tpo_graph_new (device, "sam2 tables");
  TpoTensor *tokens = tpo_concat (g, self->score_token, self->iou_token, 0);
  TpoTensor *clicks = tpo_concat (g, self->point_codes[0], self->point_codes[1], 0);
  TpoTensor *corners = tpo_concat (g, self->point_codes[2], self->point_codes[3], 0);
  const struct {
    TpoTensor **table;
    const char *name;
    TpoTensor *rows;
  } tables[] = {
    { &self->position_table, "positions", record_positions (self, g) },
    { &self->dense_code, "dense code", record_dense (self, g) },
    { &self->frame_code, "frame code", record_sine (self, g, self->config.d_model) },
    { &self->memory_code, "memory code", record_sine (self, g, self->config.d_memory) },
    { &self->label_codes, "label codes", tpo_concat (g, clicks, corners, 0) },
    { &self->output_tokens, "output tokens", tpo_concat (g, tokens, self->mask_tokens, 0) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++) {
    *tables[i].table = keep (self, device, g, tables[i].name, tables[i].rows, error);
    if (*tables[i].table == NULL)
      return FALSE;
  }
  return tpo_graph_compile (g, error) && tpo_graph_run (g, NULL, error);
}

TpoTensor *
tpo_sam2_dense_code (const TpoSam2 *self)
{
  return self->dense_code;
}

TpoTensor *
tpo_sam2_frame_code (const TpoSam2 *self)
{
  return self->frame_code;
}

TpoTensor *
tpo_sam2_memory_code (const TpoSam2 *self)
{
  return self->memory_code;
}
