#include "config.h"

#include "canvas/tpo-canvas-private.h"

static const int MAX_BRUSH_SIZE = 200;

static const char *const tool_names[TPO_TOOL_COUNT] = {
  [TPO_TOOL_SELECT] = "select", [TPO_TOOL_BOX] = "box",       [TPO_TOOL_CLICK] = "click",
  [TPO_TOOL_BRUSH] = "brush",   [TPO_TOOL_ERASER] = "eraser",
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
    { .name = "finish", .activate = activate_finish },
    { .name = "cancel", .activate = activate_cancel },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries,
                                   G_N_ELEMENTS (entries), self);
  self->tool = TPO_TOOL_SELECT;
  self->brush_size = 16;
}
