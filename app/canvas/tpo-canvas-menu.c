#include "config.h"

#include <glib/gi18n.h>

#include "canvas/tpo-canvas-private.h"
#include "labels/tpo-label-chooser.h"

/* What opens on the picture: the menu, and what the selected object is. */

static gboolean
drop_popover (gpointer user_data)
{
  TpoCanvas *self = user_data;

  self->close_id = 0;
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  return G_SOURCE_REMOVE;
}

/* Its buttons may still be at work. */
static void
on_closed (TpoCanvas *self)
{
  if (self->close_id == 0)
    self->close_id = g_idle_add (drop_popover, self);
}

static void
show (TpoCanvas *self, GtkWidget *popover, const GdkRectangle *at)
{
  g_clear_handle_id (&self->close_id, g_source_remove);
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  self->popover = popover;
  gtk_widget_set_parent (popover, GTK_WIDGET (self));
  gtk_popover_set_pointing_to (GTK_POPOVER (popover), at);
  g_signal_connect_object (popover, "closed", G_CALLBACK (on_closed), self, G_CONNECT_SWAPPED);
  gtk_popover_popup (GTK_POPOVER (popover));
}

GdkRectangle
tpo_canvas_get_selected_place (TpoCanvas *self)
{
  GtkWidget *canvas = GTK_WIDGET (self);
  GdkRectangle view = { 0, 0, gtk_widget_get_width (canvas), gtk_widget_get_height (canvas) };
  GdkRectangle middle = { view.width / 2, view.height / 2, 1, 1 };
  TpoAnnotation *selected = tpo_document_get_selected (self->document);
  TpoCanvasItem *item = selected != NULL ? tpo_canvas_get_item (self, selected) : NULL;
  GdkRectangle place;
  TpoFrameRect frame;
  TpoPlane plane;

  if (item == NULL || !tpo_canvas_get_plane (self, &plane))
    return middle;
  frame = tpo_plane_place (&plane, &tpo_canvas_item_get_look (item)->box);
  place = (GdkRectangle){ frame.x, frame.y, frame.width, frame.height };
  return gdk_rectangle_intersect (&place, &view, &place) ? place : middle;
}

void
tpo_canvas_show_menu (TpoCanvas *self, const GdkRectangle *at)
{
  g_autoptr (GtkBuilder) builder =
      gtk_builder_new_from_resource (TPO_RESOURCES "/canvas/tpo-canvas-menu.ui");
  GMenuModel *model = G_MENU_MODEL (gtk_builder_get_object (builder, "menu"));
  GtkWidget *menu = gtk_popover_menu_new_from_model (model);
  GdkRectangle place = at != NULL ? *at : tpo_canvas_get_selected_place (self);

  gtk_popover_set_has_arrow (GTK_POPOVER (menu), FALSE);
  gtk_widget_set_halign (menu, GTK_ALIGN_START);
  show (self, menu, &place);
}

static void
on_menu (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_canvas_show_menu (user_data, NULL);
}

static void
on_details (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoCanvas *self = user_data;
  TpoAnnotation *selected = tpo_document_get_selected (self->document);
  GdkRectangle place = tpo_canvas_get_selected_place (self);

  if (selected != NULL)
    show (self, tpo_label_chooser_new (self->document, selected), &place);
}

static void
step_object (TpoCanvas *self, int by)
{
  tpo_canvas_step_object (self, by);
  if (self->shown->len == 0)
    tpo_document_toast (self->document, _ ("There is no object on this frame"));
}

static void
on_next_object (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  step_object (user_data, 1);
}

static void
on_previous_object (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  step_object (user_data, -1);
}

void
tpo_canvas_add_menu_actions (TpoCanvas *self)
{
  static const GActionEntry entries[] = {
    { .name = "menu", .activate = on_menu },
    { .name = "details", .activate = on_details },
    { .name = "next-object", .activate = on_next_object },
    { .name = "previous-object", .activate = on_previous_object },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries,
                                   G_N_ELEMENTS (entries), self);
}
