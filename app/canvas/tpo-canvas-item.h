#pragma once

#include <gtk/gtk.h>

#include "canvas/picture-geometry.h"
#include "document/tpo-document.h"

G_BEGIN_DECLS

#define TPO_TYPE_CANVAS_ITEM (tpo_canvas_item_get_type ())
G_DECLARE_FINAL_TYPE (TpoCanvasItem, tpo_canvas_item, TPO, CANVAS_ITEM, GtkWidget)

/**
 * TpoCanvasItem:
 *
 * One box or mask on the picture: its outline, name and handles, and what assistive technology is
 * told of it. It covers the box. Pointers pass through it: the canvas decides what they grab. With
 * the focus comes the selection.
 */
GtkWidget *tpo_canvas_item_new (TpoDocument *document, TpoAnnotation *annotation);

/** TpoCanvasLook: what of the annotation the frame shown has */
typedef struct {
  TpoBox box;
  TpoRle *mask;         /* nullable, owned */
  gboolean is_keyframe; /* else the box is in between two */
  gboolean has_handles; /* it can be resized */
  gboolean is_passing;  /* playing: assistive technology is told when it rests */
  guint width, height;  /* of the picture, displayed pixels; for words */
} TpoCanvasLook;

/** tpo_canvas_item_set_annotation: it is of another one from now on, which it shows next */
void tpo_canvas_item_set_annotation (TpoCanvasItem *self, TpoAnnotation *annotation);

void tpo_canvas_look_clear (TpoCanvasLook *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TpoCanvasLook, tpo_canvas_look_clear)

/**
 * tpo_canvas_item_show: @look: (nullable): its mask is shared; %NULL: not on this frame. Returns:
 * whether anything changed by that
 */
gboolean tpo_canvas_item_show (TpoCanvasItem *self, const TpoCanvasLook *look);

gboolean tpo_canvas_item_is_shown (TpoCanvasItem *self);
TpoAnnotation *tpo_canvas_item_get_annotation (TpoCanvasItem *self); /* (transfer none) */

/** tpo_canvas_item_get_look: Returns: (transfer none): as shown last */
const TpoCanvasLook *tpo_canvas_item_get_look (TpoCanvasItem *self);

/** tpo_canvas_item_place: allocates the item within its parent */
void tpo_canvas_item_place (TpoCanvasItem *self, const TpoPlane *plane);

/** tpo_canvas_item_snapshot_mask: draws the mask, if any, in the parent's coordinates */
void tpo_canvas_item_snapshot_mask (TpoCanvasItem *self, GtkSnapshot *snapshot,
                                    const TpoPlane *plane);

G_END_DECLS
