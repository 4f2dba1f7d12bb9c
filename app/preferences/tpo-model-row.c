#include "config.h"

#include "preferences/tpo-model-row.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "preferences/model-words.h"

struct _TpoModelRow {
  AdwActionRow parent_instance;

  TpoLibrary *library;
  TpoModelEntry *entry;
  GtkWidget *check, *spinner, *remove;
};

G_DEFINE_FINAL_TYPE (TpoModelRow, tpo_model_row, ADW_TYPE_ACTION_ROW)

/* ---- following the library ------------------------------------------------------------------------ */

static void
update (TpoModelRow *self)
{
  const TpoModelFile *file = tpo_model_entry_get_file (self->entry);
  gboolean is_current = tpo_library_get_current (self->library) == self->entry;
  gboolean is_opening = tpo_library_get_opening (self->library) == self->entry;
  g_autofree char *text = tpo_model_words (self->library, file);
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), escaped);
  gtk_widget_set_visible (self->spinner, is_opening);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), is_opening);
  gtk_widget_set_visible (self->remove, tpo_model_entry_is_removable (self->entry));
  gtk_widget_set_sensitive (self->remove, !is_current && !is_opening);
  gtk_widget_set_sensitive (self->check, file->problem == NULL);
}

static void
on_remove_answered (gboolean is_accepted, gpointer user_data)
{
  g_autoptr (TpoModelRow) self = user_data;

  if (is_accepted)
    tpo_library_remove (self->library, self->entry);
}

static void
on_remove_clicked (TpoModelRow *self)
{
  g_autofree char *heading = g_strdup_printf (
      /* Translators: %s is the name of a model */
      _ ("Remove “%s”?"), tpo_model_entry_get_name (self->entry));
  TpoQuestion question = {
    .heading = heading,
    .body = _ ("The imported file is deleted. Labels and conversations made with it stay."),
    .accept = _ ("_Remove"),
    .is_destructive = TRUE,
  };
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  tpo_compat_ask (GTK_WINDOW (root), &question, on_remove_answered, g_object_ref (self));
}

/* ---- object ----------------------------------------------------------------------------------------- */

static void
tpo_model_row_dispose (GObject *object)
{
  TpoModelRow *self = TPO_MODEL_ROW (object);

  g_clear_object (&self->library);
  g_clear_object (&self->entry);
  G_OBJECT_CLASS (tpo_model_row_parent_class)->dispose (object);
}

static void
tpo_model_row_class_init (TpoModelRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tpo_model_row_dispose;
}

static void
tpo_model_row_init (TpoModelRow *self)
{
  self->check = gtk_check_button_new ();
  gtk_widget_set_valign (self->check, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->check), "app.use-model");
  self->spinner = gtk_spinner_new ();
  self->remove = gtk_button_new_from_icon_name ("user-trash-symbolic");
  gtk_widget_set_valign (self->remove, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->remove, "flat");
  gtk_widget_set_tooltip_text (self->remove, _ ("Remove the Model"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Remove the Model"), -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (self), self->check);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->spinner);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->remove);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), self->check);
  g_signal_connect_swapped (self->remove, "clicked", G_CALLBACK (on_remove_clicked), self);
}

GtkWidget *
tpo_model_row_new (TpoLibrary *library, TpoModelEntry *entry)
{
  TpoModelRow *self = g_object_new (TPO_TYPE_MODEL_ROW, NULL);
  const char *name = tpo_model_entry_get_name (entry);
  g_autofree char *escaped = g_markup_escape_text (name, -1);

  self->library = g_object_ref (library);
  self->entry = g_object_ref (entry);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), escaped);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->check), "s",
                                    tpo_model_entry_get_path (entry));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->check), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name, -1);
  g_signal_connect_object (library, "notify::current", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (library, "notify::opening", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (tpo_library_get_engine (library), "notify::device-memory",
                           G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
