#include "config.h"

#include <math.h>

#include "canvas/tpo-canvas-private.h"
#include "document/tpo-document-conversations.h"

/*
 * Pointers: selecting, moving and drawing boxes. Strokes of brush and eraser and clicks of
 * click-to-segment start here and go on in tpo-canvas-paint.c and tpo-canvas-clicks.c.
 */

static const double MOVE_AFTER_PX = 3.0;
static const double LEAST_NEW_PX = 5.0; /* of a box; less is a click */

void
tpo_canvas_clear_drag (TpoCanvas *self)
{
  g_clear_object (&self->drag.annotation);
  g_clear_pointer (&self->drag.boxes, g_array_unref);
  g_clear_pointer (&self->drag.mask, tpo_mask_free);
  g_clear_pointer (&self->drag.sketch, tpo_mask_free);
  tpo_mask_texture_clear (&self->paint);
  self->drag = (TpoDrag){ .kind = TPO_DRAG_NONE };
}

gboolean
tpo_canvas_abort_drag (TpoCanvas *self)
{
  if (self->drag.kind == TPO_DRAG_NONE)
    return FALSE;
  tpo_canvas_clear_drag (self);
  tpo_canvas_update (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return TRUE;
}

void
tpo_canvas_update_cursor (TpoCanvas *self)
{
  static const char *const names[TPO_TOOL_COUNT] = {
    [TPO_TOOL_SELECT] = "default",  [TPO_TOOL_BOX] = "crosshair",
    [TPO_TOOL_CLICK] = "crosshair", [TPO_TOOL_BRUSH] = "none",
    [TPO_TOOL_ERASER] = "none",     [TPO_TOOL_POLYGON] = "crosshair",
  };
  const char *name = names[self->tool];
  TpoAnnotation *annotation;
  TpoGrip grip;

  if (self->drag.kind != TPO_DRAG_NONE)
    return;
  if (self->has_pointer && (self->tool == TPO_TOOL_SELECT || self->tool == TPO_TOOL_BOX)) {
    annotation = tpo_canvas_pick (self, self->pointer_x, self->pointer_y, &grip);
    if (tpo_canvas_is_editable (self, annotation, TPO_ANNOTATION_BOX_TRACK) &&
        (self->tool == TPO_TOOL_SELECT ||
         (grip != TPO_GRIP_ALL && annotation == tpo_document_get_selected (self->document))))
      name = tpo_grip_cursor (grip);
    else if (annotation != NULL && self->tool == TPO_TOOL_SELECT)
      name = "pointer";
    tpo_document_highlight (self->document, annotation);
  }
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), name);
}

/* ---- boxes --------------------------------------------------------------------------------------- */

static void
drag_boxes (TpoCanvas *self, double dx, double dy)
{
  TpoPlane plane;

  if (tpo_canvas_get_plane (self, &plane))
    tpo_canvas_drag_boxes (self, self->drag.grip, dx / plane.width, dy / plane.height);
}

/* A press alone on one of several selects it alone. */
static void
end_boxes (TpoCanvas *self)
{
  g_autoptr (TpoAnnotation) annotation = g_object_ref (self->drag.annotation);

  if (self->drag.is_moved) {
    tpo_canvas_save_boxes (self);
  } else {
    tpo_canvas_clear_drag (self);
    tpo_canvas_select (self, annotation);
  }
  tpo_canvas_update (self);
}

static void
drag_new_box (TpoCanvas *self, double dx, double dy)
{
  double x0 = self->drag.x, y0 = self->drag.y, x1 = x0 + dx, y1 = y0 + dy;
  TpoPlane plane;

  if (!tpo_canvas_get_plane (self, &plane))
    return;
  tpo_plane_to_picture (&plane, &x0, &y0);
  tpo_plane_to_picture (&plane, &x1, &y1);
  self->drag.box = tpo_box_between (x0, y0, x1, y1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
is_drawn (TpoCanvas *self)
{
  TpoPlane plane;

  return self->drag.is_moved && tpo_canvas_get_plane (self, &plane) &&
         (self->drag.box.x1 - self->drag.box.x0) * plane.width >= LEAST_NEW_PX &&
         (self->drag.box.y1 - self->drag.box.y0) * plane.height >= LEAST_NEW_PX;
}

/* A selected box that this frame lacks gets a keyframe; else there is a new one. */
static void
end_new_box (TpoCanvas *self)
{
  TpoAnnotation *selected = tpo_canvas_get_selected (self, TPO_ANNOTATION_BOX_TRACK);
  gboolean is_missing = selected != NULL && tpo_canvas_get_item (self, selected) == NULL;
  TpoBox box = self->drag.box;
  gint64 time_us = self->drag.time_us;
  double x = self->drag.x, y = self->drag.y;
  gboolean is_box = is_drawn (self);
  TpoGrip grip;

  tpo_canvas_clear_drag (self);
  if (!is_box)
    tpo_canvas_select (self, tpo_canvas_pick (self, x, y, &grip));
  else if (is_missing)
    tpo_document_set_box (self->document, selected, time_us, &box);
  else
    tpo_document_add_box (self->document, time_us, &box);
  tpo_canvas_update (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- selecting ----------------------------------------------------------------------------------- */

static gboolean
meets (const TpoBox *a, const TpoBox *b)
{
  return a->x0 <= b->x1 && b->x0 <= a->x1 && a->y0 <= b->y1 && b->y0 <= a->y1;
}

static void
select_framed (TpoCanvas *self)
{
  g_autoptr (GPtrArray) framed = self->drag.is_adding
                                     ? tpo_document_list_selected (self->document)
                                     : g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->annotations->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (self->annotations, i);
    TpoCanvasItem *item = tpo_canvas_get_item (self, annotation);

    if (item != NULL && !tpo_annotation_get_record (annotation)->is_locked &&
        meets (&tpo_canvas_item_get_look (item)->box, &self->drag.box))
      g_ptr_array_add (framed, g_object_ref (annotation));
  }
  tpo_document_select_many (self->document, framed);
}

static void
end_band (TpoCanvas *self)
{
  if (self->drag.is_moved)
    select_framed (self);
  tpo_canvas_clear_drag (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The focus goes to what joined the selected ones. */
static void
toggle (TpoCanvas *self, TpoAnnotation *annotation)
{
  TpoCanvasItem *item = tpo_canvas_get_item (self, annotation);

  tpo_document_toggle_selected (self->document, annotation);
  gtk_widget_grab_focus (tpo_document_is_selected (self->document, annotation)
                             ? GTK_WIDGET (item)
                             : GTK_WIDGET (self));
}

/* With Ctrl or Shift what is pressed joins the selected ones or leaves them. */
static void
press_select (TpoCanvas *self, double x, double y)
{
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (self->drag_gesture));
  TpoGrip grip;
  TpoAnnotation *annotation = tpo_canvas_pick (self, x, y, &grip);

  self->drag.is_adding = (state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) != 0;
  if (annotation != NULL && self->drag.is_adding) {
    toggle (self, annotation);
    return;
  }
  if (annotation == NULL) {
    self->drag.kind = TPO_DRAG_BAND;
    if (self->drag.is_adding)
      return;
  }
  if (annotation == NULL || !tpo_document_is_selected (self->document, annotation))
    tpo_canvas_select (self, annotation);
  else
    gtk_widget_grab_focus (GTK_WIDGET (tpo_canvas_get_item (self, annotation)));
  if (tpo_canvas_is_editable (self, annotation, TPO_ANNOTATION_BOX_TRACK))
    tpo_canvas_begin_boxes (self, TPO_DRAG_BOX, annotation, grip);
  else if (annotation != NULL)
    tpo_canvas_select (self, annotation);
}

/* ---- gestures ------------------------------------------------------------------------------------ */

static void
press_box (TpoCanvas *self, double x, double y)
{
  TpoGrip grip;
  TpoAnnotation *annotation = tpo_canvas_pick (self, x, y, &grip);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (annotation == tpo_document_get_selected (self->document) && grip != TPO_GRIP_ALL &&
      tpo_canvas_is_editable (self, annotation, TPO_ANNOTATION_BOX_TRACK))
    tpo_canvas_begin_boxes (self, TPO_DRAG_BOX, annotation, grip);
  else
    self->drag.kind = TPO_DRAG_NEW_BOX;
}

static void
press_prompt (TpoCanvas *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->drag.kind = TPO_DRAG_PROMPT;
}

/* A box around the object, or a click on it. */
static void
end_prompt (TpoCanvas *self, gboolean is_positive)
{
  TpoBox box = self->drag.box;
  double x = self->drag.x, y = self->drag.y;
  gboolean is_box = is_drawn (self);

  tpo_canvas_clear_drag (self);
  if (is_box)
    tpo_canvas_prompt_box (self, &box);
  else
    tpo_canvas_click (self, x, y, is_positive);
}

/* The focus goes along with the pointer; a ring is for those who type. */
static void
hide_focus (TpoCanvas *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (GTK_IS_WINDOW (root))
    gtk_window_set_focus_visible (GTK_WINDOW (root), FALSE);
}

static void
on_drag_begin (TpoCanvas *self, double x, double y)
{
  gint64 time_us;

  tpo_canvas_end_nudge (self);
  if (self->drag.kind == TPO_DRAG_STROKE) /* begun by keys */
    tpo_canvas_end_stroke (self);
  hide_focus (self);
  if (!tpo_canvas_get_time (self, &time_us)) {
    gtk_gesture_set_state (self->drag_gesture, GTK_EVENT_SEQUENCE_DENIED);
    return;
  }
  self->drag = (TpoDrag){ .time_us = time_us, .x = x, .y = y };
  if (self->tool == TPO_TOOL_SELECT)
    press_select (self, x, y);
  else if (self->tool == TPO_TOOL_BOX)
    press_box (self, x, y);
  else if (self->tool == TPO_TOOL_POLYGON)
    tpo_canvas_press_polygon (self, x, y);
  else if (self->tool == TPO_TOOL_CLICK)
    press_prompt (self);
  else
    tpo_canvas_begin_stroke (self, x, y);
}

static void
on_drag_update (TpoCanvas *self, double dx, double dy)
{
  self->pointer_x = self->drag.x + dx;
  self->pointer_y = self->drag.y + dy;
  if (self->drag.kind == TPO_DRAG_NONE)
    return;
  if (self->drag.kind == TPO_DRAG_STROKE) {
    tpo_canvas_stroke_to (self, self->pointer_x, self->pointer_y);
    return;
  }
  if (!self->drag.is_moved && hypot (dx, dy) < MOVE_AFTER_PX)
    return;
  if (!self->drag.is_moved)
    tpo_player_set_playing (self->player, FALSE);
  self->drag.is_moved = TRUE;
  if (self->drag.kind == TPO_DRAG_BOX)
    drag_boxes (self, dx, dy);
  else if (self->drag.kind == TPO_DRAG_CORNER)
    tpo_canvas_drag_corner (self, self->pointer_x, self->pointer_y);
  else
    drag_new_box (self, dx, dy);
}

/* Shift or Alt: the opposite of adding. */
static gboolean
takes_away (GtkEventController *controller)
{
  return (gtk_event_controller_get_current_event_state (controller) &
          (GDK_SHIFT_MASK | GDK_ALT_MASK)) != 0;
}

static void
on_drag_end (TpoCanvas *self)
{
  switch (self->drag.kind) {
  case TPO_DRAG_BOX:
    end_boxes (self);
    break;
  case TPO_DRAG_BAND:
    end_band (self);
    break;
  case TPO_DRAG_NEW_BOX:
    end_new_box (self);
    break;
  case TPO_DRAG_STROKE:
    tpo_canvas_end_stroke (self);
    break;
  case TPO_DRAG_CORNER:
    tpo_canvas_end_corner (self, takes_away (GTK_EVENT_CONTROLLER (self->drag_gesture)));
    break;
  case TPO_DRAG_PROMPT:
    end_prompt (self, !takes_away (GTK_EVENT_CONTROLLER (self->drag_gesture)));
    break;
  case TPO_DRAG_NUDGE:
  case TPO_DRAG_NONE:
    break;
  }
  tpo_canvas_update_cursor (self);
}

/* Of what lies there; in the middle of a polygon its last corner goes instead. */
static void
press_menu (TpoCanvas *self, double x, double y)
{
  TpoGrip grip;
  TpoAnnotation *under;

  if (self->tool == TPO_TOOL_POLYGON && tpo_canvas_take_corner (self))
    return;
  under = tpo_canvas_pick (self, x, y, &grip);
  if (under != NULL)
    tpo_canvas_select (self, under);
  tpo_canvas_show_menu (self, &(GdkRectangle){ (int) x, (int) y, 1, 1 });
}

static void
on_pressed (TpoCanvas *self, int n_press, double x, double y, GtkGestureClick *gesture)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));

  if (self->tool != TPO_TOOL_CLICK || button != GDK_BUTTON_SECONDARY)
    return;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  tpo_canvas_click (self, x, y, FALSE);
}

/* What opens does so when the button is let go: it would take that from the gestures. */
static void
on_released (TpoCanvas *self, int n_press, double x, double y, GtkGestureClick *gesture)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  TpoGrip grip;

  if (button == GDK_BUTTON_SECONDARY && self->tool != TPO_TOOL_CLICK)
    press_menu (self, x, y);
  if (button == GDK_BUTTON_PRIMARY && n_press == 2 && self->tool == TPO_TOOL_POLYGON)
    tpo_canvas_double_click_polygon (self, takes_away (GTK_EVENT_CONTROLLER (gesture)));
  if (self->tool != TPO_TOOL_SELECT || button != GDK_BUTTON_PRIMARY || n_press != 2)
    return;
  if (tpo_canvas_pick (self, x, y, &grip) == NULL)
    tpo_player_set_playing (self->player, !tpo_player_get_playing (self->player));
  else
    g_action_group_activate_action (G_ACTION_GROUP (self->actions), "details", NULL);
}

static void
on_motion (TpoCanvas *self, double x, double y)
{
  self->has_pointer = TRUE;
  self->is_aiming = FALSE;
  self->pointer_x = x;
  self->pointer_y = y;
  tpo_canvas_update_cursor (self);
  if (self->tool == TPO_TOOL_BRUSH || self->tool == TPO_TOOL_ERASER ||
      self->tool == TPO_TOOL_POLYGON)
    gtk_widget_queue_draw (GTK_WIDGET (self));
  if (gtk_widget_get_visible (self->spinner))
    gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* Shift and the wheel change the brush. */
static gboolean
on_scroll (TpoCanvas *self, double dx, double dy, GtkEventController *controller)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (controller);
  double turned = dy != 0.0 ? dy : dx;

  if ((self->tool != TPO_TOOL_BRUSH && self->tool != TPO_TOOL_ERASER) ||
      !(state & GDK_SHIFT_MASK) || (state & GDK_CONTROL_MASK) || turned == 0.0)
    return GDK_EVENT_PROPAGATE;
  g_action_group_activate_action (G_ACTION_GROUP (self->actions),
                                  turned < 0.0 ? "brush-larger" : "brush-smaller", NULL);
  return GDK_EVENT_STOP;
}

static void
on_leave (TpoCanvas *self)
{
  self->has_pointer = FALSE;
  tpo_document_highlight (self->document, NULL);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tpo_canvas_add_controllers (TpoCanvas *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);

  self->drag_gesture = gtk_gesture_drag_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (self->drag_gesture), GDK_BUTTON_PRIMARY);
  g_signal_connect_swapped (self->drag_gesture, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (self->drag_gesture, "drag-update", G_CALLBACK (on_drag_update),
                            self);
  g_signal_connect_swapped (self->drag_gesture, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect_swapped (self->drag_gesture, "cancel", G_CALLBACK (tpo_canvas_abort_drag),
                            self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (self->drag_gesture));

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  g_signal_connect_swapped (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));

  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
}
