#pragma once

#include "canvas/mask-texture.h"
#include "canvas/picture-geometry.h"
#include "canvas/polygon.h"
#include "canvas/tpo-canvas-item.h"
#include "canvas/tpo-canvas.h"

typedef enum {
  TPO_TOOL_SELECT,
  TPO_TOOL_BOX,
  TPO_TOOL_CLICK,
  TPO_TOOL_BRUSH,
  TPO_TOOL_ERASER,
  TPO_TOOL_POLYGON,
  TPO_TOOL_COUNT,
} TpoTool;

typedef enum {
  TPO_DRAG_NONE,
  TPO_DRAG_BOX,   /* moves or resizes boxes by pointer */
  TPO_DRAG_NUDGE, /* the same by keys, until they are let go */
  TPO_DRAG_NEW_BOX,
  TPO_DRAG_BAND,   /* selects what it frames */
  TPO_DRAG_STROKE, /* brush or eraser */
  TPO_DRAG_CORNER, /* of the polygon */
  TPO_DRAG_PROMPT, /* click-to-segment: a box, or a click where it did not move */
} TpoDragKind;

/** TpoDraggedBox: a box that is moved or resized */
typedef struct {
  TpoAnnotation *annotation; /* owned */
  TpoBox start, box;         /* before and now */
  gboolean is_changed;
} TpoDraggedBox;

/**
 * TpoDrag: the gesture under way; nothing of it is saved before it ends
 */
typedef struct {
  TpoDragKind kind;
  TpoAnnotation *annotation; /* nullable, owned: what it changes */
  gint64 time_us;            /* of the frame it began on */
  double x, y;               /* of the view, where it began */
  TpoGrip grip;
  GArray *boxes;                /* of TpoDraggedBox, that of @annotation first; nullable */
  TpoBox box;                   /* new one, or frame */
  gboolean is_moved, is_adding; /* to what is selected */
  TpoMask *mask;                /* painted into; nullable, owned */
  TpoMask *sketch;              /* the same, as fine as the screen shows it */
  guint8 value;                 /* that the stroke paints */
  double last_x, last_y;        /* pixels of the mask */
  gboolean is_new_corner;       /* the gesture made it */
} TpoDrag;

/**
 * TpoClicks: points and box of click-to-segment on one frame
 */
typedef struct {
  GArray *points; /* of TpoPoint */
  gboolean has_box;
  TpoBox box;            /* around the object */
  gint64 time_us;        /* of the frame */
  TpoAnnotation *target; /* mask track that they refine; nullable, owned: a new one */
  TpoRle *before;        /* its mask of this frame, which they correct; nullable, owned */
  gboolean is_waiting;   /* newer than what was asked for */
  gboolean is_running;
} TpoClicks;

/**
 * TpoPolygon: a polygon that is not closed yet
 */
typedef struct {
  GArray *corners; /* of TpoCorner */
  gint64 time_us;  /* of the frame */
  int held;        /* the corner that the pointer moves */
} TpoPolygon;

/** TpoShade: something faint below the objects; tpo-canvas-shades.c */
typedef struct _TpoShade TpoShade;
void tpo_shade_free (TpoShade *self);

struct _TpoCanvas {
  GtkWidget parent_instance;

  TpoDocument *document;
  TpoPlayer *player;
  TpoVideoView *view; /* weak: it holds the canvas */
  GSimpleActionGroup *actions;
  GPtrArray *annotations; /* of TpoAnnotation, as in the document */
  GPtrArray *shown;       /* of TpoAnnotation, borrowed: on the frame, in the order of making */
  GHashTable
      *items; /* TpoAnnotation to TpoCanvasItem, a child; of those shown, and some that were */
  GtkWidget *tags;  /* spans at this time */
  GtkWidget *tools; /* weak, nullable: buttons that lie over the start of the first line */
  GtkWidget *spinner;
  GtkWidget *popover; /* nullable: menu, or what the selected object is */
  guint close_id;     /* it is closed and goes soon */
  guint update_id;

  TpoTool tool;
  int brush_size; /* diameter in pixels of the video */
  int smoothing;  /* length of the string on which the brush hangs, in pixels of the video */
  gboolean has_pointer;
  gboolean is_aiming; /* keys moved it last */
  double pointer_x, pointer_y;
  GtkGesture *drag_gesture;
  TpoDrag drag;
  TpoMaskTexture paint; /* of the stroke under way */
  gboolean is_paint_stale;
  TpoClicks clicks;
  TpoPolygon polygon;

  gboolean has_ghosts, has_onion_skin, has_pixel_grid;
  GPtrArray *shades;     /* of TpoShade */
  gint64 shades_time_us; /* of the frame that they are for; -1: none */
  gboolean are_shades_stale;
};

/** tpo_canvas_add_actions: fills @self->actions */
void tpo_canvas_add_actions (TpoCanvas *self);
void tpo_canvas_add_track_actions (TpoCanvas *self);
void tpo_canvas_add_menu_actions (TpoCanvas *self);
void tpo_canvas_add_view_actions (TpoCanvas *self);
void tpo_canvas_add_zoom_actions (TpoCanvas *self);

/** tpo_canvas_update_track_actions: to what is selected */
void tpo_canvas_update_track_actions (TpoCanvas *self);

/** tpo_canvas_get_selected_place: where the selected object is, as far as it can be seen; else the middle */
GdkRectangle tpo_canvas_get_selected_place (TpoCanvas *self);

/** tpo_canvas_show_menu: @at: (nullable): in the view; %NULL: at the selected object */
void tpo_canvas_show_menu (TpoCanvas *self, const GdkRectangle *at);

/** tpo_canvas_set_tool: as the action "tool" does */
void tpo_canvas_set_tool (TpoCanvas *self, TpoTool tool);

/** tpo_canvas_tool_changed: takes back what the old tool left unfinished */
void tpo_canvas_tool_changed (TpoCanvas *self);

void tpo_canvas_finish (TpoCanvas *self);
void tpo_canvas_cancel (TpoCanvas *self);

/* ---- what is shown ---- */

/** tpo_canvas_get_plane: Returns: whether there is a picture */
gboolean tpo_canvas_get_plane (TpoCanvas *self, TpoPlane *plane);

/** tpo_canvas_get_info: of the video shown. Returns: (transfer none) (nullable) */
const TpoVideoInfo *tpo_canvas_get_info (TpoCanvas *self);

/** tpo_canvas_get_time: @time_us: (out): of the frame shown. Returns: whether one is */
gboolean tpo_canvas_get_time (TpoCanvas *self, gint64 *time_us);

/**
 * tpo_canvas_find_look: @look: (out caller-allocates): of an annotation on a frame. Returns:
 * whether it is there, and not hidden
 */
gboolean tpo_canvas_find_look (TpoCanvas *self, TpoAnnotation *annotation, gint64 time_us,
                               TpoCanvasLook *look);

/** tpo_canvas_update: shows what the frame has */
void tpo_canvas_update (TpoCanvas *self);

/** tpo_canvas_schedule_update: the same before the next drawing, once for many changes */
void tpo_canvas_schedule_update (TpoCanvas *self);

/** tpo_canvas_update_shades: to the frame shown, unless they are as it needs them */
void tpo_canvas_update_shades (TpoCanvas *self);
void tpo_canvas_snapshot_shades (TpoCanvas *self, GtkSnapshot *snapshot, const TpoPlane *plane);

/** tpo_canvas_get_item: Returns: (transfer none) (nullable): if it is on this frame */
TpoCanvasItem *tpo_canvas_get_item (TpoCanvas *self, TpoAnnotation *annotation);

/**
 * tpo_canvas_get_selected: what a tool may change. Returns: (transfer none) (nullable): if it is of
 * @kind, saved, not locked and not hidden
 */
TpoAnnotation *tpo_canvas_get_selected (TpoCanvas *self, TpoAnnotationKind kind);

/** tpo_canvas_is_editable: whether @annotation is on this frame, saved, not locked and of @kind */
gboolean tpo_canvas_is_editable (TpoCanvas *self, TpoAnnotation *annotation,
                                 TpoAnnotationKind kind);

/**
 * tpo_canvas_pick: the smallest object at a point of the view. @grip: (out). Returns: (transfer
 * none) (nullable)
 */
TpoAnnotation *tpo_canvas_pick (TpoCanvas *self, double x, double y, TpoGrip *grip);

/** tpo_canvas_select: selects it alone and focuses it; @annotation: (nullable) */
void tpo_canvas_select (TpoCanvas *self, TpoAnnotation *annotation);

/**
 * tpo_canvas_step_object: selects the object on this frame that follows the selected one by @by, in
 * the order of their making; past the last it is the first
 */
void tpo_canvas_step_object (TpoCanvas *self, int by);

/* ---- gestures ---- */

void tpo_canvas_add_controllers (TpoCanvas *self);
void tpo_canvas_update_cursor (TpoCanvas *self);

/** tpo_canvas_abort_drag: nothing of it stays. Returns: whether there was one */
gboolean tpo_canvas_abort_drag (TpoCanvas *self);

/** tpo_canvas_clear_drag: after it was saved, or not */
void tpo_canvas_clear_drag (TpoCanvas *self);

/* ---- boxes: tpo-canvas-boxes.c ---- */

void tpo_dragged_box_clear (TpoDraggedBox *self);

/** tpo_canvas_begin_boxes: @annotation, which can be edited, and all selected ones that can be */
void tpo_canvas_begin_boxes (TpoCanvas *self, TpoDragKind kind, TpoAnnotation *annotation,
                             TpoGrip grip);

/**
 * tpo_canvas_drag_boxes: by a normalised way from where they started: all together, or edges of the
 * first alone
 */
void tpo_canvas_drag_boxes (TpoCanvas *self, TpoGrip grip, double dx, double dy);

/** tpo_canvas_rest_boxes: they start anew from where they are */
void tpo_canvas_rest_boxes (TpoCanvas *self);

/**
 * tpo_canvas_find_dragged: where it is now. Returns: (transfer none) (nullable): unless it is none
 * of them
 */
const TpoBox *tpo_canvas_find_dragged (TpoCanvas *self, TpoAnnotation *annotation);

/** tpo_canvas_save_boxes: those that changed, and ends the gesture */
void tpo_canvas_save_boxes (TpoCanvas *self);

void tpo_canvas_begin_stroke (TpoCanvas *self, double x, double y);
void tpo_canvas_stroke_to (TpoCanvas *self, double x, double y);
void tpo_canvas_end_stroke (TpoCanvas *self);

/**
 * tpo_canvas_mask_target: the mask that a tool changes at a place of the view: the selected one, or
 * for taking away the one there. Returns: (transfer none) (nullable)
 */
TpoAnnotation *tpo_canvas_mask_target (TpoCanvas *self, double x, double y,
                                       gboolean takes_away);

/* ---- polygons ---- */

void tpo_canvas_press_polygon (TpoCanvas *self, double x, double y);
void tpo_canvas_drag_corner (TpoCanvas *self, double x, double y);

/** tpo_canvas_end_corner: a press on the first corner closes the polygon */
void tpo_canvas_end_corner (TpoCanvas *self, gboolean cuts_out);

/** tpo_canvas_close_polygon: adds it to the mask or cuts it out. Returns: whether there was one */
gboolean tpo_canvas_close_polygon (TpoCanvas *self, gboolean cuts_out);

/** tpo_canvas_double_click_polygon: closes it, unless it was closed by the first of the clicks */
void tpo_canvas_double_click_polygon (TpoCanvas *self, gboolean cuts_out);

/** tpo_canvas_take_corner: takes the last corner back. Returns: whether there was one */
gboolean tpo_canvas_take_corner (TpoCanvas *self);

/** tpo_canvas_clear_polygon: Returns: whether there was one */
gboolean tpo_canvas_clear_polygon (TpoCanvas *self);

void tpo_canvas_snapshot_polygon (TpoCanvas *self, GtkSnapshot *snapshot,
                                  const TpoPlane *plane);

/** tpo_canvas_add_keys: moves boxes and deletes objects by keyboard */
void tpo_canvas_add_keys (TpoCanvas *self);

/**
 * tpo_canvas_aim: moves the cross by keys. Returns: whether the tool has one and @state is that of
 * such a key
 */
gboolean tpo_canvas_aim (TpoCanvas *self, int dx, int dy, GdkModifierType state);

/** tpo_canvas_press_aim: what a press at the cross does. Returns: whether the tool has one */
gboolean tpo_canvas_press_aim (TpoCanvas *self, GdkModifierType state);

/** tpo_canvas_end_nudge: saves what the keys did */
void tpo_canvas_end_nudge (TpoCanvas *self);

/** tpo_canvas_click: adds a point at a place of the view and asks for the mask */
void tpo_canvas_click (TpoCanvas *self, double x, double y, gboolean is_positive);

/** tpo_canvas_prompt_box: asks for the mask of what is in a box, in place of the points so far */
void tpo_canvas_prompt_box (TpoCanvas *self, const TpoBox *box);

/** tpo_canvas_has_prompt: whether there are points or a box */
gboolean tpo_canvas_has_prompt (TpoCanvas *self);

/** tpo_canvas_take_click: takes the last point back, then the box. Returns: whether there was one */
gboolean tpo_canvas_take_click (TpoCanvas *self);

/** tpo_canvas_clear_clicks: Returns: whether there were any */
gboolean tpo_canvas_clear_clicks (TpoCanvas *self);

/** tpo_canvas_clicks_idle: the document's "is-busy" changed */
void tpo_canvas_clicks_idle (TpoCanvas *self);
