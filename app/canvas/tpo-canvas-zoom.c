#include "config.h"

#include "canvas/tpo-canvas-private.h"

/* The picture larger and smaller, and moved, without wheel and pointer. */

static const double STEP = 1.5;
static const double PAN_PART = 0.25; /* of the view */

/* Around the selected object, as far as it can be seen, else around the middle. */
static void
zoom_by (TpoCanvas *self, double factor)
{
  GdkRectangle at = tpo_canvas_get_selected_place (self);

  if (self->view != NULL)
    tpo_video_view_zoom_at (self->view, factor, at.x + at.width / 2.0, at.y + at.height / 2.0);
}

static void
activate_zoom_in (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  zoom_by (user_data, STEP);
}

static void
activate_zoom_out (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  zoom_by (user_data, 1.0 / STEP);
}

static void
activate_zoom_fit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoCanvas *self = user_data;

  if (self->view != NULL)
    tpo_video_view_reset_zoom (self->view);
}

/* The part of the picture that is seen moves that way, the picture thus the other way. */
static void
activate_pan (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoCanvas *self = user_data;
  const char *where = g_variant_get_string (parameter, NULL);
  double dx = PAN_PART * gtk_widget_get_width (GTK_WIDGET (self));
  double dy = PAN_PART * gtk_widget_get_height (GTK_WIDGET (self));

  if (self->view == NULL)
    return;
  if (g_str_equal (where, "left") || g_str_equal (where, "right"))
    tpo_video_view_pan (self->view, g_str_equal (where, "left") ? dx : -dx, 0);
  else
    tpo_video_view_pan (self->view, 0, g_str_equal (where, "up") ? dy : -dy);
}

void
tpo_canvas_add_zoom_actions (TpoCanvas *self)
{
  static const GActionEntry entries[] = {
    { .name = "zoom-in", .activate = activate_zoom_in },
    { .name = "zoom-out", .activate = activate_zoom_out },
    { .name = "zoom-fit", .activate = activate_zoom_fit },
    { .name = "pan", .parameter_type = "s", .activate = activate_pan },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries,
                                   G_N_ELEMENTS (entries), self);
}
