#include "models/videochat/tiles.h"

#include <math.h>
#include <string.h>

gboolean
tpo_session_tiles (const TpoSession *self, TpoTiles *tiles)
{
  const TpoVideoInfo *info = tpo_video_get_info (self->video);

  return tpo_connector_choose_tiles (
      self->model->connector, info->height, info->width,
      tpo_vit_get_config (self->model->vit)->image_size,
      (guint) lround (sqrt ((double) tpo_vit_n_tokens (self->model->vit, 1))), tiles);
}

/* @frame in the middle of its tiles, as the encoder takes pixels: [rows · tile, cols · tile, 3] */
static float *
read_tiles (TpoSession *session, const TpoTiles *tiles, guint frame, GCancellable *cancellable,
            GError **error)
{
  const TpoResize cubic = { .filter = TPO_RESIZE_BICUBIC, .antialias = TRUE, .round_u8 = TRUE };
  const TpoVideoInfo *info = tpo_video_get_info (session->video);
  const TpoModel *model = session->model;
  const guint h = tiles->rows * tiles->tile, w = tiles->cols * tiles->tile;
  g_autoptr (TpoGraph) g = tpo_graph_new (model->device, "tiles");
  g_autoptr (GBytes) pixels = tpo_read_pixels (session->reader, frame, cancellable, error);
  g_autofree float *values = g_new (float, (gsize) h *w * 3);
  TpoTensor *picture =
      tpo_graph_input (g, "picture", TPO_U8, TPO_SHAPE (1, info->height, info->width, 3));
  TpoTensor *x = tpo_resize (g, picture, tiles->height, tiles->width, &cubic);

  x = tpo_pad (g, x, 1, tiles->y0, h - tiles->height - tiles->y0);
  x = tpo_pad (g, x, 2, tiles->x0, w - tiles->width - tiles->x0);
  x = tpo_preprocess_normalise (g, x, tpo_vit_get_pixels (model->vit));
  tpo_graph_output (g, x);
  if (pixels == NULL || !tpo_graph_compile (g, error) ||
      !tpo_graph_write (g, picture, g_bytes_get_data (pixels, NULL), g_bytes_get_size (pixels),
                        error) ||
      !tpo_graph_run (g, cancellable, error) ||
      !tpo_graph_read (g, x, values, (gsize) h * w * 3 * sizeof *values, error))
    return NULL;
  return g_steal_pointer (&values);
}

/* What the cells of tile (@row, @col) that are kept have in the map of all kept cells. */
static void
place_cells (const TpoTiles *tiles, guint row, guint col, const float *cells, gsize width,
             float *map)
{
  const guint side = tiles->side;

  for (guint y = 0; y < side; y++) {
    guint at_row = row * side + y - tiles->first_row;

    for (guint x = 0; x < side; x++) {
      guint at_col = col * side + x - tiles->first_col;

      /* Before the first, the differences wrap round to large numbers. */
      if (at_row < tiles->n_rows && at_col < tiles->n_cols)
        memcpy (map + ((gsize) at_row * tiles->n_cols + at_col) * width,
                cells + ((gsize) y * side + x) * width, width * sizeof *map);
    }
  }
}

/* The encoder's rows of every tile. Returns: [n_rows · n_cols, C] */
static float *
read_map (TpoVisual *visual, TpoSession *session, const TpoTiles *tiles, guint frame,
          GCancellable *cancellable, GError **error)
{
  const gsize width = tpo_connector_get_width (session->model->connector);
  const gsize line = 3 * (gsize) tiles->tile, n_cells = (gsize) tiles->side * tiles->side;
  g_autofree float *pixels = read_tiles (session, tiles, frame, cancellable, error);
  g_autofree float *one = g_new (float, line * tiles->tile),
                   *cells = g_new (float, n_cells *width);
  g_autofree float *map = g_new (float, (gsize) tiles->n_rows * tiles->n_cols * width + 1);

  for (guint i = 0; pixels != NULL && i < tiles->rows * tiles->cols; i++) {
    guint row = i / tiles->cols, col = i % tiles->cols;

    for (guint y = 0; y < tiles->tile; y++)
      memcpy (one + y * line,
              pixels + (((gsize) row * tiles->tile + y) * tiles->cols + col) * line,
              line * sizeof *one);
    if (!tpo_frame_stack_set (visual->frames, one, error) ||
        !tpo_graph_run (visual->graph, cancellable, error) ||
        !tpo_graph_read (visual->graph, visual->rows, cells, n_cells * width * sizeof *cells,
                         error))
      return NULL;
    place_cells (tiles, row, col, cells, width, map);
  }
  return pixels != NULL ? g_steal_pointer (&map) : NULL;
}

/* Some channels of all cells of a map, between it and an array of their own. */
static void
copy_channels (float *map, float *some, gsize n_cells, gsize width, gsize n_some, gsize first,
               gboolean from_map)
{
  for (gsize i = 0; i < n_cells; i++) {
    float *cell = map + i * width + first, *other = some + i * n_some;

    memcpy (from_map ? other : cell, from_map ? cell : other, n_some * sizeof *cell);
  }
}

/* [n_rows · n_cols, C] → [out_rows · out_cols, C], as many channels at once as a binding takes. */
static float *
shrink (TpoDevice *device, const TpoTiles *tiles, gsize width, float *map,
        GCancellable *cancellable, GError **error)
{
  const TpoResize bilinear = { .filter = TPO_RESIZE_BILINEAR };
  const gsize n_in = (gsize) tiles->n_rows * tiles->n_cols;
  const gsize n_out = (gsize) tiles->out_rows * tiles->out_cols;
  g_autoptr (TpoGraph) g = tpo_graph_new (device, "shrink");
  g_autofree float *out = g_new (float, n_out *width), *some = NULL;
  gsize n_parts = 1, n;
  TpoTensor *x, *y;

  while (width % n_parts != 0 ||
         n_in * (width / n_parts) * sizeof *map > tpo_tensor_max_size (device))
    n_parts++;
  n = width / n_parts;
  some = g_new (float, n_in *n);
  x = tpo_graph_input (g, "map", TPO_F32,
                       TPO_SHAPE (1, tiles->n_rows, tiles->n_cols, (gint64) n));
  y = tpo_resize (g, x, tiles->out_rows, tiles->out_cols, &bilinear);
  tpo_graph_output (g, y);
  if (!tpo_graph_compile (g, error))
    return NULL;
  for (gsize first = 0; first < width; first += n) {
    copy_channels (map, some, n_in, width, n, first, TRUE);
    if (!tpo_graph_write (g, x, some, n_in * n * sizeof *some, error) ||
        !tpo_graph_run (g, cancellable, error) ||
        !tpo_graph_read (g, y, some, n_out * n * sizeof *some, error))
      return NULL;
    copy_channels (out, some, n_out, width, n, first, FALSE);
  }
  return g_steal_pointer (&out);
}

gboolean
tpo_visual_look_closely (TpoVisual *visual, TpoSession *session, const TpoTiles *tiles,
                         guint frame, GCancellable *cancellable, GError **error)
{
  const TpoModel *model = session->model;
  const gsize width = tpo_connector_get_width (model->connector);
  const float *newline = tpo_connector_get_last (model->connector);
  const gsize line = (gsize) tiles->out_cols * width;
  const gboolean shrinks = tiles->out_rows != tiles->n_rows || tiles->out_cols != tiles->n_cols;
  float *to = visual->vectors + (gsize) tiles->side * tiles->side * width;
  g_autofree float *map = read_map (visual, session, tiles, frame, cancellable, error);
  g_autofree float *shrunk = map != NULL && shrinks
                                 ? shrink (model->device, tiles, width, map, cancellable, error)
                                 : NULL;

  if (map == NULL || (shrinks && shrunk == NULL))
    return FALSE;
  for (guint row = 0; row < tiles->out_rows; row++, to += line + width) {
    memcpy (to, (shrinks ? shrunk : map) + row * line, line * sizeof *to);
    memcpy (to + line, newline, width * sizeof *to);
  }
  return TRUE;
}
