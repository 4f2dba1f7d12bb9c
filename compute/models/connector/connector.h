#pragma once

#include "models/connector/projector.h"
#include "models/connector/tiles.h"
#include "models/qformer/qformer.h"

/**
 * What stands between the vision encoder and the language model: the Q-Former of VideoChat-TPO,
 * whose queries make a fixed number of rows of any video, or the projector of LLaVA-OneVision, with
 * a row for each patch and one at the end.
 */
typedef struct _TpoConnector TpoConnector;

/**
 * tpo_connector_load:
 * @prefix: of all settings, "videochat-tpo." in model files: "connector", "qformer.*", "projector.*"
 *
 * Returns: (transfer full): %NULL with TPO_ERROR_FORMAT, naming the key, or the loader's error
 */
TpoConnector *tpo_connector_load (TpoLoader *loader, const char *prefix, GError **error);
void tpo_connector_free (TpoConnector *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoConnector, tpo_connector_free)

/** tpo_connector_get_width: channels of a row, those of the language model */
guint tpo_connector_get_width (const TpoConnector *self);

/**
 * tpo_connector_n_rows: rows that @n_frames frames of @n_tokens vision tokens each become in a prompt
 * @is_still: a picture rather than a video
 */
guint tpo_connector_n_rows (const TpoConnector *self, guint n_frames, guint n_tokens,
                            gboolean is_still);

/**
 * tpo_connector_choose_tiles: how a picture is cut into tiles, whose rows then take the place of
 *   tpo_connector_n_rows() of a still one
 * @height, @width: of the picture
 * @tile, @side: pixels and cells along a tile: those of the vision encoder
 * @tiles: (out)
 *
 * Returns: false: it is not cut
 */
gboolean tpo_connector_choose_tiles (const TpoConnector *self, guint height, guint width,
                                     guint tile, guint side, TpoTiles *tiles);

/**
 * tpo_connector_is_by_frame: whether the rows of a video are those of its frames, one after the
 * other
 */
gboolean tpo_connector_is_by_frame (const TpoConnector *self);

/**
 * tpo_connector_get_last: the row that follows those of all frames
 *
 * Returns: (transfer none) (nullable): [width]; %NULL: there is none. tpo_connector_n_rows() counts it
 */
const float *tpo_connector_get_last (const TpoConnector *self);

/**
 * tpo_connector_forward:
 * @vision: [@n_frames · n, C]: tokens of the vision encoder
 * @taps: (nullable): offers what tpo_qformer_forward() does and "query_output"
 *
 * Returns: [rows, width], without the last row
 */
TpoTensor *tpo_connector_forward (TpoGraph *g, const TpoConnector *self, TpoTensor *vision,
                                  guint n_frames, gboolean is_still, TpoTaps *taps);
