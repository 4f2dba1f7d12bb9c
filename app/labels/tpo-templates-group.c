#include "config.h"

#include "labels/tpo-templates-group.h"

#include <glib/gi18n.h>

#include "document/label-template.h"

struct _TpoTemplatesGroup {
  AdwPreferencesGroup parent_instance;

  TpoDocument *document;
  GtkWidget *name;
  GPtrArray *templates; /* TpoLabelTemplate */
  GPtrArray *rows;      /* one for each; the group owns them */
};

G_DEFINE_FINAL_TYPE (TpoTemplatesGroup, tpo_templates_group, ADW_TYPE_PREFERENCES_GROUP)

static void update (TpoTemplatesGroup *self);

static TpoLabelTemplate *
template_of (TpoTemplatesGroup *self, GtkWidget *button)
{
  guint i = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "template"));

  return g_ptr_array_index (self->templates, i);
}

static void
on_use (TpoTemplatesGroup *self, GtkWidget *button)
{
  tpo_document_use_label_template (self->document, template_of (self, button)->path);
}

static void
on_remove (TpoTemplatesGroup *self, GtkWidget *button)
{
  tpo_document_remove_label_template (self->document, template_of (self, button));
  update (self);
}

static void
on_save (TpoTemplatesGroup *self)
{
  if (!tpo_document_save_label_template (self->document,
                                         gtk_editable_get_text (GTK_EDITABLE (self->name))))
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->name), "");
  update (self);
}

/* @label is read out. */
static GtkWidget *
new_button (TpoTemplatesGroup *self, guint i, const char *label, GCallback callback)
{
  GtkWidget *button = gtk_button_new ();

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_object_set_data (G_OBJECT (button), "template", GUINT_TO_POINTER (i));
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  return button;
}

static GtkWidget *
new_row (TpoTemplatesGroup *self, guint i)
{
  const TpoLabelTemplate *template = g_ptr_array_index (self->templates, i);
  GtkWidget *row = adw_action_row_new (), *use;
  /* Translators: %s is the name of a template of labels */
  g_autofree char *use_text = g_strdup_printf (_ ("Use “%s”"), template->name);

  g_object_set (row, "use-markup", FALSE, "title", template->name, "subtitle",
                template->is_own ? _ ("Saved by you") : _ ("Comes with the program"), NULL);
  if (template->is_own) {
    GtkWidget *remove = new_button (self, i, _ ("Delete the Template"), G_CALLBACK (on_remove));

    gtk_button_set_icon_name (GTK_BUTTON (remove), "user-trash-symbolic");
    gtk_widget_set_tooltip_text (remove, _ ("Delete the Template"));
    gtk_widget_add_css_class (remove, "flat");
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), remove);
  }
  use = new_button (self, i, use_text, G_CALLBACK (on_use));
  gtk_button_set_label (GTK_BUTTON (use), _ ("Use"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (use), GTK_ACCESSIBLE_PROPERTY_LABEL, use_text,
                                  -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), use);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), use);
  return row;
}

static void
update (TpoTemplatesGroup *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self),
                                  g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  g_clear_pointer (&self->templates, g_ptr_array_unref);
  self->templates = tpo_label_template_list ();
  for (guint i = 0; i < self->templates->len; i++) {
    g_ptr_array_add (self->rows, new_row (self, i));
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), g_ptr_array_index (self->rows, i));
  }
}

static void
tpo_templates_group_dispose (GObject *object)
{
  TpoTemplatesGroup *self = TPO_TEMPLATES_GROUP (object);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->templates, g_ptr_array_unref);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_templates_group_parent_class)->dispose (object);
}

static void
tpo_templates_group_class_init (TpoTemplatesGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_templates_group_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/labels/tpo-templates-group.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoTemplatesGroup, name);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
}

static void
tpo_templates_group_init (TpoTemplatesGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new ();
}

void
tpo_templates_group_set_document (TpoTemplatesGroup *self, TpoDocument *document)
{
  g_return_if_fail (TPO_IS_TEMPLATES_GROUP (self) && TPO_IS_DOCUMENT (document));

  g_set_object (&self->document, document);
  update (self);
}
