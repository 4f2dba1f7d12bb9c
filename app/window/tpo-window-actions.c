#include "config.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "labels/tpo-labels-page.h"
#include "window/tpo-window-private.h"

/* ---- open and save -------------------------------------------------------------------------------- */

static void
on_file_chosen (GFile *file, const GError *error, gpointer user_data)
{
  g_autoptr (TpoWindow) self = user_data;

  if (error != NULL)
    tpo_window_toast (self, error->message, FALSE);
  else if (file != NULL)
    tpo_window_open (self, file);
}

static void
on_open (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GListModel) filters = tpo_compat_media_filters ();

  tpo_compat_open_file (GTK_WINDOW (user_data), _ ("Open a Video"), filters, on_file_chosen,
                        g_object_ref (user_data));
}

static void
on_cancel_open (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoWindow *self = user_data;

  if (self->opening != NULL)
    g_cancellable_cancel (self->opening);
}

static void
on_flush (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoWindow *self = user_data;
  g_autoptr (GError) error = NULL;

  if (tpo_document_flush (self->document, &error))
    tpo_window_toast (self, _ ("Everything is saved"), FALSE);
  else
    tpo_window_toast (self, error->message, FALSE);
}

/* ---- view ------------------------------------------------------------------------------------------- */

static void
on_toggle_chat (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoWindow *self = user_data;
  AdwFlap *flap = ADW_FLAP (self->flap);

  adw_flap_set_reveal_flap (flap, !adw_flap_get_reveal_flap (flap));
}

static void
on_focus_question (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoWindow *self = user_data;

  adw_flap_set_reveal_flap (ADW_FLAP (self->flap), TRUE);
  tpo_chat_focus (TPO_CHAT (self->chat));
}

/* In a narrow window the side bars lie over it. */
static void
on_focus_picture (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoWindow *self = user_data;
  GtkWidget *const flaps[] = { self->flap, self->side_flap };

  for (gsize i = 0; i < G_N_ELEMENTS (flaps); i++)
    if (adw_flap_get_folded (ADW_FLAP (flaps[i])))
      adw_flap_set_reveal_flap (ADW_FLAP (flaps[i]), FALSE);
  gtk_widget_grab_focus (self->canvas);
}

static void
on_fullscreen (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *window = user_data;

  if (gtk_window_is_fullscreen (window))
    gtk_window_unfullscreen (window);
  else
    gtk_window_fullscreen (window);
}

/* ---- steps -------------------------------------------------------------------------------------------- */

static void
on_undo (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoWindow *self = user_data;

  if (!tpo_canvas_take_back (TPO_CANVAS (self->canvas)))
    tpo_document_undo (self->document);
}

static void
on_redo (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_document_redo (((TpoWindow *) user_data)->document);
}

static void
on_new_conversation (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_document_clear_conversation (((TpoWindow *) user_data)->document);
}

void
tpo_window_enable (TpoWindow *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

static void
set_step (TpoWindow *self, const char *property, const char *button_name, const char *verb,
          const char *format, const char *action)
{
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;
  GObject *button =
      gtk_widget_get_template_child (GTK_WIDGET (self), TPO_TYPE_WINDOW, button_name);

  g_object_get (self->document, property, &name, NULL);
  text = name != NULL ? g_strdup_printf (format, name) : g_strdup (verb);
  gtk_widget_set_tooltip_text (GTK_WIDGET (button), text);
  tpo_window_enable (self, action, name != NULL);
}

static void
on_steps_changed (TpoWindow *self)
{
  /* Translators: %s is what was done, "Move Span Edge" */
  set_step (self, "undo-name", "undo_button", _ ("Undo"), _ ("Undo %s"), "undo");
  /* Translators: %s is what was undone, "Move Span Edge" */
  set_step (self, "redo-name", "redo_button", _ ("Redo"), _ ("Redo %s"), "redo");
}

void
tpo_window_update_actions (TpoWindow *self)
{
  gboolean has_video = tpo_document_get_video (self->document) != NULL;
  static const char *const need_video[] = { "export", "export-menu", "new-conversation",
                                            "flush", "toggle-reviewed" };

  if (g_action_map_lookup_action (G_ACTION_MAP (self), "undo") == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (need_video); i++)
    tpo_window_enable (self, need_video[i], has_video);
  gtk_widget_set_sensitive (self->export_button, has_video);
  on_steps_changed (self);
}

static void
on_labels (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoWindow *self = user_data;
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (tpo_labels_page_new (self->document));

  tpo_compat_show_preferences (GTK_WINDOW (self), _ ("Labels"), &page, 1);
}

void
tpo_window_add_actions (TpoWindow *self)
{
  static const GActionEntry actions[] = {
    { .name = "open", .activate = on_open },
    { .name = "cancel-open", .activate = on_cancel_open },
    { .name = "flush", .activate = on_flush },
    { .name = "toggle-chat", .activate = on_toggle_chat },
    { .name = "focus-question", .activate = on_focus_question },
    { .name = "focus-picture", .activate = on_focus_picture },
    { .name = "fullscreen", .activate = on_fullscreen },
    { .name = "undo", .activate = on_undo },
    { .name = "redo", .activate = on_redo },
    { .name = "new-conversation", .activate = on_new_conversation },
    { .name = "labels", .activate = on_labels },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  tpo_window_add_transfer (self);
  g_signal_connect_object (self->document, "notify::undo-name", G_CALLBACK (on_steps_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::redo-name", G_CALLBACK (on_steps_changed),
                           self, G_CONNECT_SWAPPED);
}
