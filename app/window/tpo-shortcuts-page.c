#include "config.h"

#include "window/tpo-shortcuts-page.h"

#include <glib/gi18n.h>

#include "window/tpo-shortcut-row.h"

struct _TpoShortcutsPage {
  AdwPreferencesPage parent_instance;

  GSettings *settings;
  AdwPreferencesGroup *general; /* what holds for all keys */
};

G_DEFINE_FINAL_TYPE (TpoShortcutsPage, tpo_shortcuts_page, ADW_TYPE_PREFERENCES_PAGE)

static void
on_reset_clicked (TpoShortcutsPage *self)
{
  tpo_shortcuts_reset (self->settings);
}

static void
add_single_keys (TpoShortcutsPage *self)
{
  GtkWidget *row = adw_action_row_new (), *toggle = gtk_switch_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Single Keys"));
  adw_action_row_set_subtitle (
      ADW_ACTION_ROW (row), _ ("Letters, numbers and signs alone start actions. Off for speech "
                               "input, which may type them by mistake"));
  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), toggle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Single Keys"), -1);
  g_settings_bind (self->settings, "single-keys", toggle, "active", G_SETTINGS_BIND_DEFAULT);
  adw_preferences_group_add (self->general, row);
}

/* Below the text, which would be in a narrow column beside it. */
static void
add_reset (TpoShortcutsPage *self)
{
  GtkWidget *reset = gtk_button_new_with_mnemonic (_ ("_Reset All"));

  gtk_accessible_update_property (GTK_ACCESSIBLE (reset), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Reset All"), -1);
  gtk_widget_set_halign (reset, GTK_ALIGN_END);
  gtk_widget_set_margin_top (reset, 12);
  adw_preferences_group_add (self->general, reset);
  g_signal_connect_object (reset, "clicked", G_CALLBACK (on_reset_clicked), self,
                           G_CONNECT_SWAPPED);
}

static AdwPreferencesGroup *
add_group (TpoShortcutsPage *self, const char *title)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  adw_preferences_group_set_title (group, title);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (self), group);
  return group;
}

static void
add_actions (TpoShortcutsPage *self)
{
  g_autoptr (GArray) actions = tpo_shortcuts_list ();
  AdwPreferencesGroup *group = NULL;
  const char *title = NULL;

  for (guint i = 0; i < actions->len; i++) {
    const TpoShortcutAction *action = &g_array_index (actions, TpoShortcutAction, i);

    if (g_strcmp0 (title, action->group) != 0)
      group = add_group (self, action->group);
    title = action->group;
    adw_preferences_group_add (group, tpo_shortcut_row_new (self->settings, action));
  }
}

static void
tpo_shortcuts_page_dispose (GObject *object)
{
  g_clear_object (&TPO_SHORTCUTS_PAGE (object)->settings);
  G_OBJECT_CLASS (tpo_shortcuts_page_parent_class)->dispose (object);
}

static void
tpo_shortcuts_page_class_init (TpoShortcutsPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tpo_shortcuts_page_dispose;
}

static void
tpo_shortcuts_page_init (TpoShortcutsPage *self)
{
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (self);

  self->general = add_group (self, "");
  adw_preferences_page_set_title (page, _ ("Keys"));
  adw_preferences_page_set_icon_name (page, "preferences-desktop-keyboard-symbolic");
  adw_preferences_group_set_description (
      self->general,
      _ ("Choose an action and press its new keys. Keys with Ctrl, Alt or Super and "
         "function keys always work, all others only while you are not typing."));
}

GtkWidget *
tpo_shortcuts_page_new (GSettings *settings)
{
  TpoShortcutsPage *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (TPO_TYPE_SHORTCUTS_PAGE, NULL);
  self->settings = g_object_ref (settings);
  add_single_keys (self);
  add_reset (self);
  add_actions (self);
  return GTK_WIDGET (self);
}
