#include "config.h"

#include "labels/tpo-label-chooser.h"

#include <glib/gi18n.h>

#include "labels/tpo-attribute-field.h"
#include "labels/tpo-swatch.h"

struct _TpoLabelChooser {
  GtkPopover parent_instance;

  TpoDocument *document;
  TpoAnnotation *annotation;
  TpoLabel *shown; /* whose attributes are there; only compared */
  GtkWidget *search, *scroller, *list, *add, *attributes;
};

G_DEFINE_FINAL_TYPE (TpoLabelChooser, tpo_label_chooser, GTK_TYPE_POPOVER)

/* ---- labels ---------------------------------------------------------------------------------------- */

static TpoLabel *
get_label (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "label");
}

/* "car   2", with a tick where it is the annotation's. */
static GtkWidget *
create_row (TpoLabelChooser *self, TpoLabel *label)
{
  const TpoLabelRecord *record = tpo_label_get_record (label);
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *name = gtk_label_new (record->name), *key = gtk_label_new (record->key);
  GtkWidget *tick = gtk_image_new_from_icon_name ("object-select-symbolic");

  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (name), 0.0f);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_add_css_class (key, "dim-label");
  gtk_widget_set_visible (tick, tpo_annotation_get_label (self->annotation) == label);
  gtk_box_append (GTK_BOX (box), tpo_swatch_new (tpo_label_get_color (label)));
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), tick);
  gtk_box_append (GTK_BOX (box), key);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  record->name, -1);
  g_object_set_data_full (G_OBJECT (row), "label", g_object_ref (label), g_object_unref);
  return row;
}

static gboolean
is_match (const char *name, const char *text)
{
  g_autofree char *folded_name = g_utf8_casefold (name, -1);
  g_autofree char *folded_text = g_utf8_casefold (text, -1);

  return strstr (folded_name, folded_text) != NULL;
}

static char *
dup_text (TpoLabelChooser *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->search))));
}

static gboolean
filter (GtkListBoxRow *row, gpointer user_data)
{
  g_autofree char *text = dup_text (user_data);

  return is_match (tpo_label_get_record (get_label (row))->name, text);
}

static void
fill_list (TpoLabelChooser *self)
{
  GListModel *labels = tpo_document_get_labels (self->document);
  guint n = g_list_model_get_n_items (labels);
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
  for (guint i = 0; i < n; i++) {
    g_autoptr (TpoLabel) label = g_list_model_get_item (labels, i);

    gtk_list_box_append (GTK_LIST_BOX (self->list), create_row (self, label));
  }
  gtk_widget_set_visible (self->scroller, n > 0);
}

/* The label of that very name. */
static TpoLabel *
find_meant (TpoLabelChooser *self, const char *text)
{
  GListModel *labels = tpo_document_get_labels (self->document);
  guint n = g_list_model_get_n_items (labels);

  for (guint i = 0; i < n; i++) {
    g_autoptr (TpoLabel) label = g_list_model_get_item (labels, i);

    if (g_strcmp0 (tpo_label_get_record (label)->name, text) == 0)
      return label; /* the model keeps it */
  }
  return NULL;
}

static void
on_search_changed (TpoLabelChooser *self)
{
  g_autofree char *text = dup_text (self);
  /* Translators: %s is the name of a new label */
  g_autofree char *add = g_strdup_printf (_ ("Add “%s”"), text);

  gtk_list_box_invalidate_filter (GTK_LIST_BOX (self->list));
  gtk_button_set_label (GTK_BUTTON (self->add), add);
  gtk_widget_set_visible (self->add, *text != '\0' && find_meant (self, text) == NULL);
}

/* Taken away where it is the annotation's already. */
static void
give (TpoLabelChooser *self, gint64 label_id)
{
  gint64 now = tpo_annotation_get_record (self->annotation)->label_id;

  tpo_document_set_label (self->document, self->annotation, label_id == now ? 0 : label_id);
}

static void
on_row_activated (TpoLabelChooser *self, GtkListBoxRow *row)
{
  give (self, tpo_label_get_id (get_label (row)));
}

static void
on_search_activate (TpoLabelChooser *self)
{
  g_autofree char *text = dup_text (self);
  TpoLabel *meant = find_meant (self, text);
  gint64 id;

  if (*text == '\0')
    return;
  id = meant != NULL ? tpo_label_get_id (meant) : tpo_document_add_label (self->document, text);
  if (id == 0)
    return;
  give (self, id);
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
}

/* ---- attributes -------------------------------------------------------------------------------------- */

static gboolean
on_value_given (gint64 attribute_id, const char *value, gpointer user_data)
{
  TpoLabelChooser *self = user_data;

  return tpo_document_set_attribute (self->document, self->annotation, attribute_id, value);
}

static void
fill_attributes (TpoLabelChooser *self)
{
  TpoLabel *label = tpo_annotation_get_label (self->annotation);
  g_autoptr (GPtrArray) attributes = tpo_document_list_attributes (
      self->document, label != NULL ? tpo_label_get_id (label) : 0);
  g_autoptr (GPtrArray) values = tpo_document_list_values (self->document, self->annotation);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->attributes)) != NULL)
    gtk_grid_remove (GTK_GRID (self->attributes), child);
  for (guint i = 0; i < attributes->len; i++) {
    const TpoAttributeRecord *attribute = g_ptr_array_index (attributes, i);
    GtkWidget *name = gtk_label_new (attribute->name);
    GtkWidget *field = tpo_attribute_field_new (
        attribute, tpo_attribute_values_find (values, attribute->id), on_value_given, self);

    gtk_label_set_xalign (GTK_LABEL (name), 1.0f);
    gtk_widget_add_css_class (name, "dim-label");
    gtk_widget_set_hexpand (field, TRUE);
    gtk_grid_attach (GTK_GRID (self->attributes), name, 0, (int) i, 1, 1);
    gtk_grid_attach (GTK_GRID (self->attributes), field, 1, (int) i, 1, 1);
  }
  gtk_widget_set_visible (self->attributes, attributes->len > 0);
}

static void
fill (TpoLabelChooser *self)
{
  self->shown = tpo_annotation_get_label (self->annotation);
  fill_list (self);
  fill_attributes (self);
  on_search_changed (self);
}

/* Only another label brings other fields: those shown keep the focus while values change. */
static void
on_annotation_changed (TpoLabelChooser *self)
{
  if (tpo_annotation_get_label (self->annotation) != self->shown)
    fill (self);
}

/* ---- object --------------------------------------------------------------------------------------------- */

static void
tpo_label_chooser_dispose (GObject *object)
{
  TpoLabelChooser *self = TPO_LABEL_CHOOSER (object);

  g_clear_object (&self->annotation);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_label_chooser_parent_class)->dispose (object);
}

static void
tpo_label_chooser_class_init (TpoLabelChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_label_chooser_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/labels/tpo-label-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoLabelChooser, search);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelChooser, scroller);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelChooser, list);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelChooser, add);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelChooser, attributes);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
tpo_label_chooser_init (TpoLabelChooser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_filter_func (GTK_LIST_BOX (self->list), filter, self, NULL);
}

GtkWidget *
tpo_label_chooser_new (TpoDocument *document, TpoAnnotation *annotation)
{
  TpoLabelChooser *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document) && TPO_IS_ANNOTATION (annotation), NULL);

  self = g_object_new (TPO_TYPE_LABEL_CHOOSER, NULL);
  self->document = g_object_ref (document);
  self->annotation = g_object_ref (annotation);
  g_signal_connect_object (annotation, "changed", G_CALLBACK (on_annotation_changed), self,
                           G_CONNECT_SWAPPED);
  fill (self);
  return GTK_WIDGET (self);
}
