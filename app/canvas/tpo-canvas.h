#pragma once

#include "document/tpo-document.h"
#include "player/tpo-video-view.h"

G_BEGIN_DECLS

#define TPO_TYPE_CANVAS (tpo_canvas_get_type ())
G_DECLARE_FINAL_TYPE (TpoCanvas, tpo_canvas, TPO, CANVAS, GtkWidget)

/**
 * TpoCanvas:
 *
 * What lies on the picture: the boxes and masks of the frame shown, each a child widget that can be
 * reached with Tab, and the tools that correct them. Every correction goes through the document
 * when its gesture ends.
 */

/** tpo_canvas_new: to be the overlay of @view, which shows @player */
GtkWidget *tpo_canvas_new (TpoDocument *document, TpoPlayer *player, TpoVideoView *view);

/**
 * tpo_canvas_get_actions:
 *
 * Actions, to be inserted as "canvas":
 *   "tool" (string state): "select", "box", "click", "brush", "eraser" or "polygon" "brush-size"
 *   (int32 state): diameter in pixels of the video; "brush-larger", "brush-smaller" "smoothing"
 *   (int32 state): of strokes; how far the brush hangs behind the hand, in pixels of the video
 *   "finish": the object is done; the next stroke or click begins another "menu", "details": of the
 *   selected object "retrack": follows the selected object anew around the frame shown;
 *   "segment-box": makes a mask of what is in its box;
 *     "next-low", "previous-low": to the frames where the model was not sure of it
 *   "ghosts", "onion-skin", "pixel-grid" (boolean states): what is shown with the objects
 *   "track-all-forward", "track-all-backward": follows all objects of the frame; "stop": ends tracking
 *   "cancel": takes back the gesture or points under way, else deselects, else goes back to "select"
 *
 * Returns: (transfer none)
 */
GActionGroup *tpo_canvas_get_actions (TpoCanvas *self);

/**
 * tpo_canvas_take_back: the gesture under way, or the last corner of a polygon that is not closed:
 * none of it is saved, so that it is no step of undo yet. Returns: whether there was one
 */
gboolean tpo_canvas_take_back (TpoCanvas *self);

/** tpo_canvas_tools_new: buttons for the tools and the size of the brush */
GtkWidget *tpo_canvas_tools_new (TpoCanvas *canvas);

G_END_DECLS
