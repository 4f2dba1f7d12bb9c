#include "models/connector/tiles.h"

#include <math.h>

/* Products of sizes are whole numbers in doubles, as in the reference. */
static void
choose_grid (guint height, guint width, guint grid, TpoTiles *tiles)
{
  const double area = (double) width * height;
  double most = -1, least_waste = 0;

  for (guint cols = 1; cols <= grid; cols++)
    for (guint rows = 1; rows <= grid; rows++) {
      double w = (double) cols * tiles->tile, h = (double) rows * tiles->tile;
      double scale = MIN (w / width, h / height);
      double kept = MIN (floor (width * scale) * floor (height * scale), area);
      double waste = w * h - kept;

      if (kept < most || (kept == most && waste >= least_waste))
        continue;
      most = kept;
      least_waste = waste;
      tiles->cols = cols;
      tiles->rows = rows;
    }
}

/* The picture as large as the tiles allow, in their middle. */
static void
fit (guint height, guint width, TpoTiles *tiles)
{
  const guint w = tiles->cols * tiles->tile, h = tiles->rows * tiles->tile;
  const double scale_w = (double) w / width, scale_h = (double) h / height;

  tiles->width = w;
  tiles->height = h;
  if (scale_w < scale_h)
    tiles->height = MIN ((guint) ceil (height * scale_w), h);
  else
    tiles->width = MIN ((guint) ceil (width * scale_h), w);
  tiles->y0 = (h - tiles->height) / 2;
  tiles->x0 = (w - tiles->width) / 2;
}

/* The cells without the margins, by the picture's shape. */
static void
keep (guint height, guint width, TpoTiles *tiles)
{
  const guint h = tiles->rows * tiles->side, w = tiles->cols * tiles->side;

  if ((double) width / height > (double) w / h)
    tiles->first_row = (h - MIN ((guint) (height * ((double) w / width)), h)) / 2;
  else
    tiles->first_col = (w - MIN ((guint) (width * ((double) h / height)), w)) / 2;
  tiles->n_rows = h - 2 * tiles->first_row;
  tiles->n_cols = w - 2 * tiles->first_col;
}

void
tpo_tiles_choose (guint height, guint width, guint tile, guint side, guint grid,
                  guint max_tiles, TpoTiles *tiles)
{
  double times;

  g_return_if_fail (height > 0 && width > 0 && tile > 0 && side > 0 && grid > 0);
  *tiles = (TpoTiles){ .tile = tile, .side = side };
  choose_grid (height, width, grid, tiles);
  fit (height, width, tiles);
  keep (height, width, tiles);
  tiles->out_rows = tiles->n_rows;
  tiles->out_cols = tiles->n_cols;
  if (max_tiles == 0)
    return;
  times = sqrt ((double) tiles->n_rows * tiles->n_cols / ((double) max_tiles * side * side));
  if (times > 1.1) {
    tiles->out_rows = (guint) floor (tiles->n_rows / times);
    tiles->out_cols = (guint) floor (tiles->n_cols / times);
  }
}

guint
tpo_tiles_n_rows (const TpoTiles *self)
{
  return self->side * self->side + self->out_rows * (self->out_cols + 1);
}
