#include "config.h"

#include "widgets/char-width.h"
#include "window/tpo-window-private.h"

/* What depends on the window's width and the size of text: a header bar without room for a title has fewer
 * buttons, and the side bar is wider where it can. */

/* Beside the title: all there is, and without the two that change the window's size. */
static const int ALL_PX = 316, BUT_SIZES_PX = 242;
static const int TITLE_CHARS = 14;

static const int SIDE_PX = 320;
static const int SIDE_CHARS = 34; /* that a line of the side bar should hold */
/* Where the text is large: a share of the window's width, or all of the smallest window's. */
static const int SIDE_MOST_SHARE = 3, SIDE_MOST_PX = 360;

/* What the desktop has at the window's corners, without what makes it smaller and larger. */
static char *
dup_layout_without_sizes (GtkSettings *settings)
{
  g_autofree char *layout = NULL;
  g_autoptr (GString) rest = NULL;

  g_object_get (settings, "gtk-decoration-layout", &layout, NULL);
  rest = g_string_new (layout);
  g_string_replace (rest, "minimize", "", 0);
  g_string_replace (rest, "maximize", "", 0);
  return g_string_free (g_steal_pointer (&rest), FALSE);
}

static GtkWidget *
get_export_menu (TpoWindow *self)
{
  return GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (self->export_button)));
}

static void
update_header (TpoWindow *self)
{
  gboolean is_narrow, is_tight;
  g_autofree char *layout = NULL;

  is_narrow = tpo_room_chars (self->header, ALL_PX) < TITLE_CHARS;
  is_tight = tpo_room_chars (self->header, BUT_SIZES_PX) < TITLE_CHARS;
  if (is_narrow)
    layout = dup_layout_without_sizes (gtk_widget_get_settings (GTK_WIDGET (self)));
  adw_header_bar_set_decoration_layout (ADW_HEADER_BAR (self->header), layout);
  /* The main menu opens what is behind it, too. */
  gtk_widget_set_visible (self->export_button,
                          !is_tight || gtk_widget_get_visible (get_export_menu (self)));
}

static void
update_side_bar (TpoWindow *self)
{
  int char_px = tpo_char_width (self->side_bar);
  int share_px = tpo_room_chars (self->side_bar, 0) * char_px / SIDE_MOST_SHARE;
  int width = CLAMP (SIDE_CHARS * char_px, SIDE_PX, MAX (SIDE_MOST_PX, share_px));

  gtk_widget_set_size_request (self->side_bar, width, -1);
}

static void
update (TpoWindow *self)
{
  if (!gtk_widget_get_realized (GTK_WIDGET (self)))
    return;
  update_header (self);
  update_side_bar (self);
}

/* A window's size is told before it is shared out. */
static void
on_realized (TpoWindow *self)
{
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (self)), "notify::width",
                           G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

void
tpo_window_open_export_menu (TpoWindow *self)
{
  gtk_widget_set_visible (self->export_button, TRUE);
  gtk_menu_button_popup (GTK_MENU_BUTTON (self->export_button));
}

void
tpo_window_fit_room (TpoWindow *self)
{
  GtkSettings *settings = gtk_widget_get_settings (GTK_WIDGET (self));

  g_signal_connect (self, "realize", G_CALLBACK (on_realized), NULL);
  g_signal_connect_object (settings, "notify::gtk-decoration-layout", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "notify::gtk-xft-dpi", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (get_export_menu (self), "notify::visible", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
}
