#pragma once

#include "models/videochat/session.h"

/** tpo_session_tiles: how a frame is cut when it is looked at by itself. Returns: false: it is not */
gboolean tpo_session_tiles (const TpoSession *self, TpoTiles *tiles);

/**
 * tpo_visual_look_closely:
 * @visual: recorded for one frame, whose graph has seen all of @frame at once and left the rows of
 *   that at the start of its vectors
 *
 * Looks at the tiles of @frame one by one and adds the rows of their map, a line at a time.
 */
gboolean tpo_visual_look_closely (TpoVisual *visual, TpoSession *session, const TpoTiles *tiles,
                                  guint frame, GCancellable *cancellable, GError **error);
