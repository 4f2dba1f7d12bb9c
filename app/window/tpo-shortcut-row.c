#include "config.h"

#include "window/tpo-shortcut-row.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"

struct _TpoShortcutRow {
  AdwActionRow parent_instance;

  GSettings *settings;
  const char *name; /* of the action */
  GtkWidget *keys, *clear, *reset;
  gboolean is_listening;
};

G_DEFINE_FINAL_TYPE (TpoShortcutRow, tpo_shortcut_row, ADW_TYPE_ACTION_ROW)

static char *
spell (const char *keys)
{
  g_auto (GStrv) list = tpo_compat_spell_keys (keys);

  return list[0] != NULL ? g_strjoinv (_ (", "), list) : g_strdup (_ ("None"));
}

static void
update (TpoShortcutRow *self)
{
  g_autofree char *keys = tpo_shortcuts_dup_keys (self->settings, self->name);
  g_autofree char *text =
      self->is_listening ? g_strdup (_ ("Press the new keys…")) : spell (keys);

  gtk_label_set_text (GTK_LABEL (self->keys), text);
  gtk_widget_set_visible (self->clear, !self->is_listening && *keys != '\0');
  gtk_widget_set_visible (self->reset, !self->is_listening && tpo_shortcuts_is_changed (
                                                                  self->settings, self->name));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text, -1);
}

static void
set_listening (TpoShortcutRow *self, gboolean is_listening)
{
  self->is_listening = is_listening;
  update (self);
  if (is_listening)
    tpo_compat_announce (GTK_WIDGET (self),
                         _ ("Press the new keys, or Escape to keep the old ones"));
}

/* ---- two actions, one key --------------------------------------------------------------------------- */

typedef struct {
  TpoShortcutRow *row;
  const char *other; /* action that has the key */
  char *key;
} Wish;

static void
on_answered (gboolean is_accepted, gpointer user_data)
{
  Wish *wish = user_data;

  if (is_accepted) {
    tpo_shortcuts_take (wish->row->settings, wish->other, wish->key);
    tpo_shortcuts_set_keys (wish->row->settings, wish->row->name, wish->key);
  }
  g_object_unref (wish->row);
  g_free (wish->key);
  g_free (wish);
}

/* @title: of the action that has the key */
static void
ask (TpoShortcutRow *self, const char *key, const char *title, const char *other)
{
  g_autofree char *label = spell (key);
  /* Translators: a key, "Ctrl+K" */
  g_autofree char *heading = g_strdup_printf (_ ("Use %s for This?"), label);
  g_autofree char *body =
      /* Translators: a key, then what two actions do: "S", "Split the Span", "Span Starts Here" */
      g_strdup_printf (_ ("%1$s is a key of “%2$s”, which loses it if “%3$s” gets it."), label,
                       title, adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)));
  const TpoQuestion question = { .heading = heading, .body = body, .accept = _ ("_Use It") };
  Wish *wish = g_new (Wish, 1);

  *wish = (Wish){ g_object_ref (self), other, g_strdup (key) };
  tpo_compat_ask (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), &question, on_answered,
                  wish);
}

static void
take_key (TpoShortcutRow *self, const char *key)
{
  const char *other;
  const char *title = tpo_shortcuts_find (self->settings, key, self->name, &other);

  if (title == NULL) {
    tpo_shortcuts_set_keys (self->settings, self->name, key);
  } else if (other != NULL) {
    ask (self, key, title, other);
  } else {
    g_autofree char *label = spell (key);
    /* Translators: a key, then what it does: "1", "Label by Number Key" */
    g_autofree char *text = g_strdup_printf (_ ("%1$s stays the key of “%2$s”."), label, title);

    tpo_compat_tell (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                     _ ("This Key Is Taken"), text);
  }
}

/* ---- keys ------------------------------------------------------------------------------------------------ */

static gboolean
is_modifier (guint keyval)
{
  return (keyval >= GDK_KEY_Shift_L && keyval <= GDK_KEY_Hyper_R) ||
         keyval == GDK_KEY_ISO_Level3_Shift || keyval == GDK_KEY_Num_Lock;
}

/* As the table has it: letters small, with Shift; a sign that needs Shift without. */
static char *
name_key (guint keyval, GdkModifierType state)
{
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();
  guint lower = gdk_keyval_to_lower (keyval);
  gunichar letter = gdk_keyval_to_unicode (keyval);
  gboolean has_case = lower != gdk_keyval_to_upper (keyval);

  if (letter != 0 && g_unichar_isgraph (letter) && !has_case)
    modifiers &= ~GDK_SHIFT_MASK;
  return gtk_accelerator_name (lower, modifiers);
}

static gboolean
on_key (TpoShortcutRow *self, guint keyval, guint code, GdkModifierType state)
{
  g_autofree char *key = NULL;

  if (!self->is_listening)
    return GDK_EVENT_PROPAGATE;
  if (is_modifier (keyval))
    return GDK_EVENT_STOP;
  set_listening (self, FALSE);
  key = name_key (keyval, state);
  if (!g_str_equal (key, "Escape"))
    take_key (self, key);
  return GDK_EVENT_STOP;
}

static void
on_focus_left (TpoShortcutRow *self)
{
  if (self->is_listening)
    set_listening (self, FALSE);
}

static void
tpo_shortcut_row_activate (AdwActionRow *row)
{
  gtk_widget_grab_focus (GTK_WIDGET (row));
  set_listening (TPO_SHORTCUT_ROW (row), TRUE);
}

static void
on_clear_clicked (TpoShortcutRow *self)
{
  tpo_shortcuts_set_keys (self->settings, self->name, "");
}

static void
on_reset_clicked (TpoShortcutRow *self)
{
  tpo_shortcuts_set_keys (self->settings, self->name, NULL);
}

/* ---- object ----------------------------------------------------------------------------------------------- */

static void
tpo_shortcut_row_dispose (GObject *object)
{
  g_clear_object (&TPO_SHORTCUT_ROW (object)->settings);
  G_OBJECT_CLASS (tpo_shortcut_row_parent_class)->dispose (object);
}

static void
tpo_shortcut_row_class_init (TpoShortcutRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tpo_shortcut_row_dispose;
  ADW_ACTION_ROW_CLASS (klass)->activate = tpo_shortcut_row_activate;
}

static GtkWidget *
add_button (TpoShortcutRow *self, const char *icon_name, const char *title, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon_name);

  gtk_widget_set_tooltip_text (button, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_object (button, "clicked", clicked, self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), button);
  return button;
}

static void
tpo_shortcut_row_init (TpoShortcutRow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->keys = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->keys, "dim-label");
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->keys);
  self->clear =
      add_button (self, "edit-clear-symbolic", _ ("No Keys"), G_CALLBACK (on_clear_clicked));
  self->reset = add_button (self, "edit-undo-symbolic", _ ("The Usual Keys"),
                            G_CALLBACK (on_reset_clicked));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), TRUE);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_focus_left), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}

GtkWidget *
tpo_shortcut_row_new (GSettings *settings, const TpoShortcutAction *action)
{
  TpoShortcutRow *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings) && action != NULL, NULL);

  self = g_object_new (TPO_TYPE_SHORTCUT_ROW, NULL);
  self->settings = g_object_ref (settings);
  self->name = action->name;
  adw_preferences_row_set_use_underline (ADW_PREFERENCES_ROW (self), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), action->title);
  g_signal_connect_object (settings, "changed::shortcuts", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
