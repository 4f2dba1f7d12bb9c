#include "config.h"

#include "labels/tpo-attribute-field.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"

typedef struct {
  gint64 attribute_id;
  char **values; /* of a list, in its order after "nothing"; nullable */
  char *value;   /* given and taken last; nullable */
  char *refused; /* given and not taken last; nullable */
  TpoAttributeGiven given;
  gpointer user_data;
} Field;

static void
field_free (Field *self)
{
  g_strfreev (self->values);
  g_free (self->value);
  g_free (self->refused);
  g_free (self);
}

/* What is not taken stays to be mended, and looks like it; that is said once. */
static void
give (Field *self, GtkWidget *field, const char *value)
{
  gboolean is_new = g_strcmp0 (value, self->value) != 0;

  if (value != NULL && g_strcmp0 (value, self->refused) == 0)
    return;
  g_clear_pointer (&self->refused, g_free);
  if (is_new && !self->given (self->attribute_id, value, self->user_data)) {
    self->refused = g_strdup (value);
    gtk_widget_add_css_class (field, "error");
    return;
  }
  gtk_widget_remove_css_class (field, "error");
  if (!is_new)
    return;
  g_free (self->value);
  self->value = g_strdup (value);
}

/* ---- lists ------------------------------------------------------------------------------------------ */

static void
on_chosen (GtkDropDown *list, GParamSpec *pspec, gpointer user_data)
{
  Field *self = user_data;
  guint chosen = gtk_drop_down_get_selected (list);

  give (self, GTK_WIDGET (list),
        chosen > 0 && chosen != GTK_INVALID_LIST_POSITION ? self->values[chosen - 1] : NULL);
}

static GtkWidget *
create_list (Field *self, const char *const *titles)
{
  GtkStringList *strings = gtk_string_list_new ((const char *const[]){ "—", NULL });
  GtkWidget *list;
  guint selected = 0;

  gtk_string_list_splice (strings, 1, 0, titles);
  list = gtk_drop_down_new (G_LIST_MODEL (strings), NULL);
  for (guint i = 0; self->values[i] != NULL; i++)
    if (g_strcmp0 (self->values[i], self->value) == 0)
      selected = i + 1;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (list), selected);
  g_signal_connect (list, "notify::selected", G_CALLBACK (on_chosen), self);
  return list;
}

static GtkWidget *
create_flag (Field *self)
{
  const char *const titles[] = { _ ("Yes"), _ ("No"), NULL };

  self->values = g_strdupv ((char *[]){ "true", "false", NULL });
  return create_list (self, titles);
}

static GtkWidget *
create_choice (Field *self, const TpoAttributeRecord *attribute)
{
  self->values = g_strdupv (attribute->choices);
  return create_list (self, (const char *const *) self->values);
}

/* ---- entries ------------------------------------------------------------------------------------------ */

static void
take_text (Field *self, GtkEditable *entry)
{
  const char *text = gtk_editable_get_text (entry);

  give (self, GTK_WIDGET (entry), *text != '\0' ? text : NULL);
}

static void
on_activate (GtkEditable *entry, gpointer user_data)
{
  take_text (user_data, entry);
}

static void
on_leave (GtkEventController *focus, gpointer user_data)
{
  take_text (user_data, GTK_EDITABLE (gtk_event_controller_get_widget (focus)));
}

static GtkWidget *
create_entry (Field *self, TpoAttributeType type)
{
  GtkWidget *entry = gtk_entry_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_editable_set_text (GTK_EDITABLE (entry), self->value != NULL ? self->value : "");
  if (type == TPO_ATTRIBUTE_NUMBER)
    gtk_entry_set_input_purpose (GTK_ENTRY (entry), GTK_INPUT_PURPOSE_NUMBER);
  g_signal_connect (entry, "activate", G_CALLBACK (on_activate), self);
  g_signal_connect (focus, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (entry, focus);
  return entry;
}

GtkWidget *
tpo_attribute_field_new (const TpoAttributeRecord *attribute, const char *value,
                         TpoAttributeGiven given, gpointer user_data)
{
  Field *self;
  GtkWidget *field;

  g_return_val_if_fail (attribute != NULL && given != NULL, NULL);

  self = g_new0 (Field, 1);
  self->attribute_id = attribute->id;
  self->value = g_strdup (value);
  self->given = given;
  self->user_data = user_data;
  if (attribute->type == TPO_ATTRIBUTE_CHOICE)
    field = create_choice (self, attribute);
  else if (attribute->type == TPO_ATTRIBUTE_FLAG)
    field = create_flag (self);
  else
    field = create_entry (self, attribute->type);
  g_object_set_data_full (G_OBJECT (field), "field", self, (GDestroyNotify) field_free);
  if (GTK_IS_DROP_DOWN (field))
    tpo_compat_name_with_button (field, attribute->name);
  else
    gtk_accessible_update_property (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    attribute->name, -1);
  return field;
}
