#include "config.h"

#include "canvas/tpo-canvas-private.h"

static const int NUDGE_PX = 1, LARGE_NUDGE_PX = 10;

/* A keyboard draws a box in the middle of the picture and moves it from there. */
static const TpoBox MIDDLE = { 0.375f, 0.375f, 0.625f, 0.625f };

void
tpo_canvas_end_nudge (TpoCanvas *self)
{
  if (self->drag.kind == TPO_DRAG_NUDGE)
    tpo_canvas_save_boxes (self);
}

static gboolean
is_item_focused (TpoCanvas *self, TpoAnnotation *annotation)
{
  return gtk_widget_has_focus (GTK_WIDGET (tpo_canvas_get_item (self, annotation)));
}

static gboolean
begin_nudge (TpoCanvas *self, TpoAnnotation *annotation)
{
  gint64 time_us;

  if (self->drag.kind != TPO_DRAG_NONE || !tpo_canvas_get_time (self, &time_us))
    return FALSE;
  tpo_player_set_playing (self->player, FALSE);
  self->drag.time_us = time_us;
  self->drag.is_moved = TRUE;
  tpo_canvas_begin_boxes (self, TPO_DRAG_NUDGE, annotation, TPO_GRIP_ALL);
  return TRUE;
}

/* Arrows move the focused box with all that are selected; with Alt they move its lower right corner. */
static gboolean
nudge (TpoCanvas *self, int dx, int dy, GdkModifierType state)
{
  TpoAnnotation *annotation = tpo_document_get_selected (self->document);
  const TpoVideoInfo *info = tpo_canvas_get_info (self);
  int step = state & GDK_SHIFT_MASK ? LARGE_NUDGE_PX : NUDGE_PX;
  TpoGrip grip =
      state & GDK_ALT_MASK ? (TpoGrip) (TPO_GRIP_RIGHT | TPO_GRIP_BOTTOM) : TPO_GRIP_ALL;

  if (info == NULL || (state & GDK_CONTROL_MASK) ||
      !tpo_canvas_is_editable (self, annotation, TPO_ANNOTATION_BOX_TRACK) ||
      !is_item_focused (self, annotation))
    return FALSE;
  if (self->drag.kind != TPO_DRAG_NUDGE && !begin_nudge (self, annotation))
    return FALSE;
  tpo_canvas_rest_boxes (self);
  tpo_canvas_drag_boxes (self, grip, (double) dx * step / info->display_width,
                         (double) dy * step / info->display_height);
  return TRUE;
}

static gboolean
move (TpoCanvas *self, int dx, int dy, GdkModifierType state)
{
  return tpo_canvas_aim (self, dx, dy, state) || nudge (self, dx, dy, state);
}

static gboolean
enter (TpoCanvas *self, GdkModifierType state)
{
  gint64 time_us;

  if (self->tool == TPO_TOOL_POLYGON &&
      tpo_canvas_close_polygon (self, (state & (GDK_SHIFT_MASK | GDK_ALT_MASK)) != 0))
    return TRUE;

  if (self->tool == TPO_TOOL_BOX && gtk_widget_has_focus (GTK_WIDGET (self)) &&
      tpo_canvas_get_time (self, &time_us)) {
    TpoAnnotation *annotation = tpo_document_add_box (self->document, time_us, &MIDDLE);

    tpo_canvas_update (self);
    if (annotation != NULL)
      tpo_canvas_select (self, annotation);
    return TRUE;
  }
  if (self->tool == TPO_TOOL_SELECT) {
    TpoAnnotation *selected = tpo_document_get_selected (self->document);

    if (selected == NULL || tpo_canvas_get_item (self, selected) == NULL)
      return FALSE;
    g_action_group_activate_action (G_ACTION_GROUP (self->actions), "details", NULL);
    return TRUE;
  }
  tpo_canvas_finish (self);
  return TRUE;
}

static gboolean
delete_selected (TpoCanvas *self)
{
  g_autoptr (GPtrArray) selected = tpo_document_list_selected (self->document);

  if (selected->len == 0)
    return FALSE;
  tpo_canvas_abort_drag (self);
  tpo_document_delete_all (self->document, selected);
  return TRUE;
}

static gboolean
on_pressed (TpoCanvas *self, guint key, guint code, GdkModifierType state)
{
  switch (key) {
  case GDK_KEY_Left:
    return move (self, -1, 0, state);
  case GDK_KEY_Right:
    return move (self, 1, 0, state);
  case GDK_KEY_Up:
    return move (self, 0, -1, state);
  case GDK_KEY_Down:
    return move (self, 0, 1, state);
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
    return enter (self, state);
  case GDK_KEY_Insert:
  case GDK_KEY_KP_Insert:
    return tpo_canvas_press_aim (self, state);
  case GDK_KEY_BackSpace:
    return tpo_canvas_take_click (self) || tpo_canvas_take_corner (self);
  case GDK_KEY_Delete:
  case GDK_KEY_KP_Delete:
    return delete_selected (self);
  case GDK_KEY_Escape:
    tpo_canvas_cancel (self);
    return TRUE;
  default:
    return FALSE;
  }
}

static void
on_released (TpoCanvas *self, guint key)
{
  if (key == GDK_KEY_Left || key == GDK_KEY_Right || key == GDK_KEY_Up || key == GDK_KEY_Down)
    tpo_canvas_end_nudge (self);
}

void
tpo_canvas_add_keys (TpoCanvas *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_pressed), self);
  g_signal_connect_swapped (keys, "key-released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (tpo_canvas_end_nudge), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}
