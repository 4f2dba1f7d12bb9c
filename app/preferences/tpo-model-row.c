#include "config.h"

#include "preferences/tpo-model-row.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"

struct _TpoModelRow {
  AdwActionRow parent_instance;

  TpoLibrary *library;
  TpoModelEntry *entry;
  GtkWidget *check, *spinner, *remove;
};

G_DEFINE_FINAL_TYPE (TpoModelRow, tpo_model_row, ADW_TYPE_ACTION_ROW)

/* ---- words -------------------------------------------------------------------------------------- */

static char *
describe_size (const TpoModelFile *file)
{
  g_autofree char *size = g_format_size (file->file_size);

  if (file->n_parameters >= 1000000000)
    /* Translators: of a model: billions of parameters, then the file's size: "8.1 billion parameters, 15.2 GB" */
    return g_strdup_printf (_ ("%1$.1f billion parameters, %2$s"),
                            (double) file->n_parameters / 1e9, size);
  /* Translators: of a model: millions of parameters, then the file's size: "7.1 million parameters, 13.7 MB" */
  return g_strdup_printf (_ ("%1$.1f million parameters, %2$s"),
                          (double) file->n_parameters / 1e6, size);
}

static char *
describe_heads (const TpoModelFile *file)
{
  g_autoptr (GPtrArray) heads = g_ptr_array_new ();
  g_autofree char *joined = NULL;

  if (file->has_temporal)
    g_ptr_array_add (heads, _ ("moments"));
  if (file->has_region)
    g_ptr_array_add (heads, _ ("boxes"));
  if (file->has_mask)
    g_ptr_array_add (heads, _ ("masks"));
  g_ptr_array_add (heads, NULL);
  joined = g_strjoinv (", ", (char **) heads->pdata);
  if (heads->len == 1)
    return g_strdup (_ ("Answers in words only"));
  /* Translators: what a model's answers bring besides words: "Finds moments, boxes, masks" */
  return g_strdup_printf (_ ("Finds %s"), joined);
}

static char *
describe_fit (TpoModelRow *self)
{
  const TpoModelFile *file = tpo_model_entry_get_file (self->entry);
  g_autofree char *needed = g_format_size (file->memory_size);
  g_autofree char *least = g_format_size (file->least_memory_size);
  g_autofree char *device = NULL;
  guint64 memory;

  g_object_get (tpo_library_get_engine (self->library), "device-memory", &memory, NULL);
  device = g_format_size (memory);
  switch (tpo_library_get_fit (self->library, self->entry)) {
  case TPO_FIT_NOT:
    /* Translators: both are sizes: "Does not fit this device: needs about 16 GB of 8 GB" */
    return g_strdup_printf (_ ("Does not fit this device: needs about %1$s of %2$s"), least,
                            device);
  case TPO_FIT_IN_TURN:
    /* Translators: all are sizes; a model can find moments, boxes and masks at a time or one after the other */
    return g_strdup_printf (
        _ ("Fits this device tightly: needs about %1$s of %2$s, %3$s for everything at once"),
        least, device, needed);
  case TPO_FIT_WHOLE:
    /* Translators: both are sizes: "Fits this device: needs about 5 GB of 8 GB" */
    return g_strdup_printf (_ ("Fits this device: needs about %1$s of %2$s"), needed, device);
  case TPO_FIT_UNKNOWN:
  case TPO_FIT_COUNT:
    break;
  }
  /* Translators: %s is a size */
  return g_strdup_printf (_ ("Needs about %s of device memory"), needed);
}

static char *
describe (TpoModelRow *self)
{
  const TpoModelFile *file = tpo_model_entry_get_file (self->entry);
  g_autofree char *size = describe_size (file);
  g_autofree char *heads = NULL, *fit = NULL;

  if (file->problem != NULL)
    return g_strdup_printf ("%s\n%s", size, file->problem);
  heads = describe_heads (file);
  fit = describe_fit (self);
  if (file->version == NULL)
    return g_strdup_printf ("%s\n%s\n%s", size, heads, fit);
  /* Translators: size of a model, its version, what it finds, whether it fits */
  return g_strdup_printf (_ ("%1$s · version %2$s\n%3$s\n%4$s"), size, file->version, heads,
                          fit);
}

/* ---- following the library ------------------------------------------------------------------------ */

static void
update (TpoModelRow *self)
{
  const TpoModelFile *file = tpo_model_entry_get_file (self->entry);
  gboolean is_current = tpo_library_get_current (self->library) == self->entry;
  gboolean is_opening = tpo_library_get_opening (self->library) == self->entry;
  g_autofree char *text = describe (self);
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
