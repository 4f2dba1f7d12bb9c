#include "config.h"

#include <glib/gi18n.h>

#include "videos/tpo-videos-page.h"
#include "window/tpo-window-private.h"

/* The side bar: pages that list what the whole project has. */

AdwViewStackPage *
tpo_window_add_side_page (TpoWindow *self, GtkWidget *page, const char *name, const char *title,
                          const char *icon_name)
{
  AdwViewStack *stack = ADW_VIEW_STACK (self->side_stack);
  AdwViewStackPage *added = adw_view_stack_add_titled (stack, page, name, title);
  g_autoptr (GtkSelectionModel) pages = adw_view_stack_get_pages (stack);

  adw_view_stack_page_set_icon_name (added, icon_name);
  gtk_widget_set_visible (self->side_switcher,
                          g_list_model_get_n_items (G_LIST_MODEL (pages)) > 1);
  return added;
}

/* Where it would cover the picture it is shown for the moment only. */
void
tpo_window_update_side_bar (TpoWindow *self)
{
  AdwFlap *flap = ADW_FLAP (self->side_flap);

  adw_flap_set_reveal_flap (flap, !adw_flap_get_folded (flap) &&
                                      !gtk_window_is_fullscreen (GTK_WINDOW (self)) &&
                                      g_settings_get_boolean (self->settings, "show-side-bar"));
}

/* Whoever shows or hides it, by button, key or a press beside it. */
static void
on_side_revealed (TpoWindow *self)
{
  AdwFlap *flap = ADW_FLAP (self->side_flap);
  gboolean is_revealed = adw_flap_get_reveal_flap (flap);
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (!adw_flap_get_folded (flap) && !gtk_window_is_fullscreen (GTK_WINDOW (self)))
    g_settings_set_boolean (self->settings, "show-side-bar", is_revealed);
  if (!is_revealed && focus != NULL && gtk_widget_is_ancestor (focus, self->side_bar))
    gtk_widget_grab_focus (self->canvas);
}

static void
focus_page (TpoWindow *self)
{
  GtkWidget *page;

  self->focuses_side_bar = FALSE;
  page = adw_view_stack_get_visible_child (ADW_VIEW_STACK (self->side_stack));
  /* A page may know what is wanted there; else it is what comes first. */
  if (!gtk_widget_grab_focus (page))
    gtk_widget_child_focus (page, GTK_DIR_TAB_FORWARD);
}

static void
on_side_mapped (TpoWindow *self)
{
  if (self->focuses_side_bar)
    focus_page (self);
}

void
tpo_window_show_side_page (TpoWindow *self, const char *name)
{
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (self->side_stack), name);
  adw_flap_set_reveal_flap (ADW_FLAP (self->side_flap), TRUE);
  if (gtk_widget_get_mapped (self->side_bar))
    focus_page (self);
  else
    self->focuses_side_bar = TRUE; /* what is not on the screen takes no focus */
}

static void
on_toggle_side_bar (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoWindow *self = user_data;
  AdwFlap *flap = ADW_FLAP (self->side_flap);

  if (adw_flap_get_reveal_flap (flap))
    adw_flap_set_reveal_flap (flap, FALSE);
  else
    tpo_window_show_side_page (
        self, adw_view_stack_get_visible_child_name (ADW_VIEW_STACK (self->side_stack)));
}

/* ---- videos -------------------------------------------------------------------------------------- */

void
tpo_window_add_videos (TpoWindow *self, GSList *files)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new ();

  for (GSList *file = files; file != NULL; file = file->next)
    g_ptr_array_add (added, file->data);
  tpo_window_show_side_page (self, "videos");
  tpo_videos_page_add (TPO_VIDEOS_PAGE (self->videos), added);
}

gboolean
tpo_window_offer_location (TpoWindow *self, GFile *file)
{
  g_autofree char *uri = file != NULL ? g_file_get_uri (file) : NULL;

  return uri != NULL && tpo_videos_page_offer_location (TPO_VIDEOS_PAGE (self->videos), uri);
}

static void
update_steps (TpoWindow *self)
{
  TpoVideosPage *page = TPO_VIDEOS_PAGE (self->videos);

  tpo_window_enable (self, "next-video", tpo_videos_page_can_step (page, 1));
  tpo_window_enable (self, "previous-video", tpo_videos_page_can_step (page, -1));
}

static void
on_next_video (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_videos_page_step (TPO_VIDEOS_PAGE (((TpoWindow *) user_data)->videos), 1);
}

static void
on_previous_video (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_videos_page_step (TPO_VIDEOS_PAGE (((TpoWindow *) user_data)->videos), -1);
}

static void
on_toggle_reviewed (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_videos_page_toggle_reviewed (TPO_VIDEOS_PAGE (((TpoWindow *) user_data)->videos));
}

static void
on_video_activated (TpoWindow *self, const char *uri)
{
  g_autoptr (GFile) file = g_file_new_for_uri (uri);

  tpo_window_open (self, file);
}

void
tpo_window_add_side_bar (TpoWindow *self)
{
  static const GActionEntry actions[] = {
    { .name = "toggle-side-bar", .activate = on_toggle_side_bar },
    { .name = "next-video", .activate = on_next_video },
    { .name = "previous-video", .activate = on_previous_video },
    { .name = "toggle-reviewed", .activate = on_toggle_reviewed },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  self->videos = tpo_videos_page_new (self->document, self->settings);
  tpo_window_add_side_page (self, self->videos, "videos", _ ("Videos"),
                            "video-x-generic-symbolic");
  g_signal_connect_object (self->videos, "steps-changed", G_CALLBACK (update_steps), self,
                           G_CONNECT_SWAPPED);
  update_steps (self);
  g_signal_connect_object (self->videos, "open-video", G_CALLBACK (on_video_activated), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->videos, "notice", G_CALLBACK (tpo_window_toast), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->side_bar, "map", G_CALLBACK (on_side_mapped), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->side_flap, "notify::folded",
                           G_CALLBACK (tpo_window_update_side_bar), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->side_flap, "notify::reveal-flap",
                           G_CALLBACK (on_side_revealed), self, G_CONNECT_SWAPPED);
  tpo_window_update_side_bar (self);
}
