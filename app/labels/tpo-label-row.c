#include "config.h"

#include "labels/tpo-label-row.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "labels/palette.h"

struct _TpoLabelRow {
  AdwExpanderRow parent_instance;

  TpoDocument *document;
  TpoLabel *label;
  GtkWidget *color, *name, *key, *attribute, *type, *choices;
  GPtrArray *attributes; /* rows; the expander owns them */
  gint64 n_annotations;  /* that carry the label; -1: not known yet */
  gboolean is_updating;
};

G_DEFINE_FINAL_TYPE (TpoLabelRow, tpo_label_row, ADW_TYPE_EXPANDER_ROW)

/* ---- the label ------------------------------------------------------------------------------------- */

static void
on_edited (TpoLabelRow *self)
{
  TpoLabelRecord record = *tpo_label_get_record (self->label);
  guint chosen = adw_combo_row_get_selected (ADW_COMBO_ROW (self->key));
  char key[2] = { (char) ('0' + MIN (chosen, 9)), '\0' };
  g_autofree char *name =
      g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name))));
  g_autofree char *color = NULL;
  GdkRGBA rgba;

  if (self->is_updating)
    return;
  gtk_color_chooser_get_rgba (GTK_COLOR_CHOOSER (self->color), &rgba);
  color = g_strdup_printf ("#%02x%02x%02x", (guint) (rgba.red * 255.0f + 0.5f),
                           (guint) (rgba.green * 255.0f + 0.5f),
                           (guint) (rgba.blue * 255.0f + 0.5f));
  record.name = name;
  record.color = color;
  record.key = chosen > 0 ? key : NULL;
  tpo_document_update_label (self->document, &record);
}

static void
on_remove (TpoLabelRow *self)
{
  tpo_document_remove_label (self->document, self->label);
}

static char *
dup_use (TpoLabelRow *self)
{
  int n = (int) MIN (self->n_annotations, G_MAXINT);

  if (n == 0)
    /* Translators: of a label that nothing in the project carries */
    return g_strdup (_ ("Not used"));
  /* Translators: how many spans, boxes and masks of the project carry a label */
  return g_strdup_printf (ngettext ("Used %d time", "Used %d times", (gulong) n), n);
}

/* "Key 1 · Used 3 times" */
static void
update_subtitle (TpoLabelRow *self)
{
  const TpoLabelRecord *record = tpo_label_get_record (self->label);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;
  g_autofree char *subtitle = NULL;

  if (record->key != NULL) {
    /* Translators: %s is a number key */
    g_autofree char *key = g_strdup_printf (_ ("Key %s"), record->key);

    g_strv_builder_add (builder, key);
  }
  if (self->n_annotations >= 0) {
    g_autofree char *use = dup_use (self);

    g_strv_builder_add (builder, use);
  }
  parts = g_strv_builder_end (builder);
  subtitle = g_strjoinv (" · ", parts);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), subtitle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  subtitle, -1);
}

static void
update (TpoLabelRow *self)
{
  const TpoLabelRecord *record = tpo_label_get_record (self->label);
  g_autofree char *title = g_markup_escape_text (record->name, -1);
  /* Translators: spoken; a label's row with all that is in it, which has the label's own name */
  g_autofree char *spoken = g_strdup_printf (_ ("Label “%s”"), record->name);
  GdkRGBA color;

  self->is_updating = TRUE;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                  -1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  update_subtitle (self);
  gtk_editable_set_text (GTK_EDITABLE (self->name), record->name);
  adw_combo_row_set_selected (ADW_COMBO_ROW (self->key),
                              record->key != NULL && g_ascii_isdigit (record->key[0])
                                  ? (guint) (record->key[0] - '0')
                                  : 0);
  tpo_palette_rgba (tpo_label_get_color (self->label), &color);
  gtk_color_chooser_set_rgba (GTK_COLOR_CHOOSER (self->color), &color);
  self->is_updating = FALSE;
}

/* ---- attributes -------------------------------------------------------------------------------------- */

static void fill_attributes (TpoLabelRow *self);

static void
on_remove_attribute (TpoLabelRow *self, GtkWidget *button)
{
  gint64 *id = g_object_get_data (G_OBJECT (button), "attribute-id");

  if (tpo_document_remove_attribute (self->document, *id))
    fill_attributes (self);
}

static char *
describe (const TpoAttributeRecord *attribute)
{
  switch (attribute->type) {
  case TPO_ATTRIBUTE_CHOICE:
    return g_strjoinv (", ", attribute->choices);
  case TPO_ATTRIBUTE_NUMBER:
    return g_strdup (_ ("Number"));
  case TPO_ATTRIBUTE_FLAG:
    return g_strdup (_ ("Yes or No"));
  case TPO_ATTRIBUTE_TEXT:
  case TPO_ATTRIBUTE_TYPE_COUNT:
    break;
  }
  return g_strdup (_ ("Text"));
}

static GtkWidget *
create_attribute (TpoLabelRow *self, const TpoAttributeRecord *attribute)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *remove = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *title = g_markup_escape_text (attribute->name, -1);
  g_autofree char *text = describe (attribute);
  g_autofree char *subtitle = g_markup_escape_text (text, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_set_tooltip_text (remove, _ ("Delete the Attribute"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Delete the Attribute"), -1);
  g_object_set_data_full (G_OBJECT (remove), "attribute-id",
                          g_memdup2 (&attribute->id, sizeof attribute->id), g_free);
  g_signal_connect_object (remove, "clicked", G_CALLBACK (on_remove_attribute), self,
                           G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), remove);
  return row;
}

static void
fill_attributes (TpoLabelRow *self)
{
  g_autoptr (GPtrArray) attributes =
      tpo_document_list_attributes (self->document, tpo_label_get_id (self->label));

  for (guint i = 0; i < self->attributes->len; i++)
    adw_expander_row_remove (ADW_EXPANDER_ROW (self), g_ptr_array_index (self->attributes, i));
  g_ptr_array_set_size (self->attributes, 0);
  for (guint i = 0; i < attributes->len; i++) {
    GtkWidget *row = create_attribute (self, g_ptr_array_index (attributes, i));

    adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
    g_ptr_array_add (self->attributes, row);
  }
}

/* The list has the types in the order of their enum. */
static TpoAttributeType
get_type (TpoLabelRow *self)
{
  return (TpoAttributeType) MIN (gtk_drop_down_get_selected (GTK_DROP_DOWN (self->type)),
                                 TPO_ATTRIBUTE_TYPE_COUNT - 1);
}

static void
on_type_changed (TpoLabelRow *self)
{
  gtk_widget_set_visible (self->choices, get_type (self) == TPO_ATTRIBUTE_CHOICE);
}

static char **
split_choices (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  g_autoptr (GStrvBuilder) choices = g_strv_builder_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0')
      g_strv_builder_add (choices, parts[i]);
  return g_strv_builder_end (choices);
}

/* A choice waits until both its name and its choices are there. */
static void
on_add_attribute (TpoLabelRow *self)
{
  g_autofree char *name =
      g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->attribute))));
  g_auto (GStrv) choices = split_choices (gtk_editable_get_text (GTK_EDITABLE (self->choices)));
  TpoAttributeRecord attribute = { .label_id = tpo_label_get_id (self->label),
                                   .name = name,
                                   .type = get_type (self) };

  if (attribute.type == TPO_ATTRIBUTE_CHOICE) {
    attribute.choices = choices;
    if (*name == '\0' || choices[0] == NULL) {
      gtk_widget_grab_focus (*name == '\0' ? self->attribute : self->choices);
      return;
    }
  }
  if (!tpo_document_save_attribute (self->document, &attribute))
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->attribute), "");
  gtk_editable_set_text (GTK_EDITABLE (self->choices), "");
  fill_attributes (self);
}

/* ---- object ------------------------------------------------------------------------------------------- */

static void
tpo_label_row_dispose (GObject *object)
{
  TpoLabelRow *self = TPO_LABEL_ROW (object);

  g_clear_pointer (&self->attributes, g_ptr_array_unref);
  g_clear_object (&self->label);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_label_row_parent_class)->dispose (object);
}

static void
tpo_label_row_class_init (TpoLabelRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_label_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/labels/tpo-label-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoLabelRow, color);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelRow, name);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelRow, key);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelRow, attribute);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelRow, type);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelRow, choices);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
  gtk_widget_class_bind_template_callback (widget_class, on_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_add_attribute);
  gtk_widget_class_bind_template_callback (widget_class, on_type_changed);
}

static void
tpo_label_row_init (TpoLabelRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tpo_compat_name_with_button (self->type, _ ("Type of the attribute"));
  tpo_compat_name_with_button (self->color, _ ("Colour"));
  self->attributes = g_ptr_array_new ();
  self->n_annotations = -1;
}

GtkWidget *
tpo_label_row_new (TpoDocument *document, TpoLabel *label)
{
  TpoLabelRow *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document) && TPO_IS_LABEL (label), NULL);

  self = g_object_new (TPO_TYPE_LABEL_ROW, NULL);
  self->document = g_object_ref (document);
  self->label = g_object_ref (label);
  g_signal_connect_object (label, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  fill_attributes (self);
  g_signal_connect_object (self->key, "notify::selected", G_CALLBACK (on_edited), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

gint64
tpo_label_row_get_label_id (TpoLabelRow *self)
{
  g_return_val_if_fail (TPO_IS_LABEL_ROW (self), 0);

  return tpo_label_get_id (self->label);
}

void
tpo_label_row_set_n_annotations (TpoLabelRow *self, gint64 n_annotations)
{
  g_return_if_fail (TPO_IS_LABEL_ROW (self) && n_annotations >= 0);

  if (n_annotations == self->n_annotations)
    return;
  self->n_annotations = n_annotations;
  update_subtitle (self);
}
