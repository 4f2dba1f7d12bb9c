#include "config.h"

#include "canvas/tpo-canvas-private.h"

static const int MAX_BRUSH_SIZE = 200, MAX_SMOOTHING = 100; /* pixels of the video */

static const char *const tool_names[TPO_TOOL_COUNT] = {
  [TPO_TOOL_SELECT] = "select", [TPO_TOOL_BOX] = "box",       [TPO_TOOL_CLICK] = "click",
  [TPO_TOOL_BRUSH] = "brush",   [TPO_TOOL_ERASER] = "eraser", [TPO_TOOL_POLYGON] = "polygon",
};

static void
change_tool (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  TpoCanvas *self = user_data;
  const char *name = g_variant_get_string (value, NULL);

  for (guint i = 0; i < TPO_TOOL_COUNT; i++) {
    if (!g_str_equal (name, tool_names[i]) || self->tool == i)
      continue;
    self->tool = i;
    g_simple_action_set_state (action, value);
    tpo_canvas_tool_changed (self);
  }
}

void
tpo_canvas_set_tool (TpoCanvas *self, TpoTool tool)
{
  g_action_group_change_action_state (G_ACTION_GROUP (self->actions), "tool",
                                      g_variant_new_string (tool_names[tool]));
}

static void
change_brush_size (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  TpoCanvas *self = user_data;
  int size = CLAMP (g_variant_get_int32 (value), 1, MAX_BRUSH_SIZE);

  if (size == self->brush_size)
    return;
  self->brush_size = size;
  g_simple_action_set_state (action, g_variant_new_int32 (size));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* By about an eighth, as the wheel does. */
static void
resize_brush (TpoCanvas *self, int direction)
{
  int size = self->brush_size + direction * MAX (1, self->brush_size / 8);

  g_action_group_change_action_state (G_ACTION_GROUP (self->actions), "brush-size",
                                      g_variant_new_int32 (size));
}

static void
activate_larger (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  resize_brush (user_data, 1);
}

static void
activate_smaller (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  resize_brush (user_data, -1);
}

static void
change_smoothing (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  TpoCanvas *self = user_data;

  self->smoothing = CLAMP (g_variant_get_int32 (value), 0, MAX_SMOOTHING);
  g_simple_action_set_state (action, g_variant_new_int32 (self->smoothing));
}

static void
activate_finish (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_canvas_finish (user_data);
}

static void
activate_cancel (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_canvas_cancel (user_data);
}

void
tpo_canvas_add_actions (TpoCanvas *self)
{
  static const GActionEntry entries[] = {
    { .name = "tool", .parameter_type = "s", .state = "'select'", .change_state = change_tool },
    { .name = "brush-size",
      .parameter_type = "i",
      .state = "16",
      .change_state = change_brush_size },
    { .name = "brush-larger", .activate = activate_larger },
    { .name = "brush-smaller", .activate = activate_smaller },
    { .name = "smoothing",
      .parameter_type = "i",
      .state = "0",
      .change_state = change_smoothing },
    { .name = "finish", .activate = activate_finish },
    { .name = "cancel", .activate = activate_cancel },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries,
                                   G_N_ELEMENTS (entries), self);
  tpo_canvas_add_track_actions (self);
  tpo_canvas_add_menu_actions (self);
  tpo_canvas_add_view_actions (self);
  tpo_canvas_add_zoom_actions (self);
  self->tool = TPO_TOOL_SELECT;
  self->brush_size = 16;
}
