#pragma once

#include <glib.h>

/**
 * TpoTiles: how a picture of any shape is cut into tiles of the vision encoder's size, and which
 * cells of the map that the tiles make together show it.
 *
 * "anyres" of LLaVA-NeXT (llava/mm_utils.py, process_anyres_image; llava/model/llava_arch.py,
 * "spatial_unpad").
 */
typedef struct {
  guint tile, side; /* pixels and cells along a tile */
  guint rows, cols; /* of tiles */
  guint height,
      width;    /* pixels of the picture, scaled to fit; the rest of the tiles is black */
  guint y0, x0; /* its first pixel */
  guint first_row, first_col; /* of the cells that are kept … */
  guint n_rows, n_cols;       /* … and how many they are; */
  guint out_rows, out_cols;   /* … and what they shrink to, bilinearly */
} TpoTiles;

/**
 * tpo_tiles_choose:
 * @height, @width: of the picture, pixels
 * @tile: side of a tile, pixels
 * @side: cells along a tile
 * @grid: tiles in a row or column at most
 * @max_tiles: the cells of a picture shrink to about as many as so many tiles have; 0: never
 *
 * Of all numbers of rows and columns the one that keeps most of the picture's pixels, and of those
 * the one with least black.
 */
void tpo_tiles_choose (guint height, guint width, guint tile, guint side, guint grid,
                       guint max_tiles, TpoTiles *tiles);

/**
 * tpo_tiles_n_rows: rows of a prompt: one look at all of the picture, then the kept cells with a
 * row behind each line
 */
guint tpo_tiles_n_rows (const TpoTiles *self);
