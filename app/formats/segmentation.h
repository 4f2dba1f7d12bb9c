#pragma once

#include <tpo/rle.h>

#include "formats/json-reader.h"
#include "formats/json-writer.h"
#include "formats/tpo-loss-report.h"

/* COCO's three forms of a mask: polygons, runs as numbers, runs as text. */

G_BEGIN_DECLS

typedef struct {
  TpoRle *rle;      /* nullable */
  GPtrArray *rings; /* nullable; of GArray of double: x, y, x, y, … in pixels */
  guint n_left_out; /* of rings with fewer than three points, which COCO itself has */
} TpoSegmentation;

/** tpo_segmentation_read: @self is empty; stays so for null and for an empty list */
void tpo_segmentation_read (TpoSegmentation *self, TpoJsonReader *json);

/**
 * tpo_segmentation_to_mask:
 * @width, @height: of the picture; runs must be of that size
 *
 * Returns: (transfer full) (nullable): %NULL with %TPO_ERROR_FORMAT
 */
TpoRle *tpo_segmentation_to_mask (const TpoSegmentation *self, guint width, guint height,
                                  GError **error);

/** tpo_segmentation_report: what of polygons is not kept */
void tpo_segmentation_report (const TpoSegmentation *self, TpoLossReport *report);

gboolean tpo_segmentation_is_empty (const TpoSegmentation *self);
void tpo_segmentation_clear (TpoSegmentation *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TpoSegmentation, tpo_segmentation_clear)

/**
 * tpo_json_read_rle: {"size": [h, w], "counts": …}. Returns: (transfer full) (nullable): %NULL
 * after an error
 */
TpoRle *tpo_json_read_rle (TpoJsonReader *json);

/** tpo_json_rle: writes it, counts as text; @mask NULL gives null */
void tpo_json_rle (TpoJsonWriter *json, const char *name, const TpoRle *mask);

/** tpo_check_picture: whether a picture of that size can be meant */
gboolean tpo_check_picture (gint64 width, gint64 height);

G_END_DECLS
