#include "config.h"

#include "labels/tpo-labels-page.h"

#include "labels/tpo-label-row.h"
#include "labels/tpo-templates-group.h"

struct _TpoLabelsPage {
  AdwPreferencesPage parent_instance;

  TpoDocument *document;
  GtkWidget *name, *labels;
  TpoTemplatesGroup *templates;
  GPtrArray *rows; /* TpoLabelRow, in the order of the labels; the group owns them */
};

G_DEFINE_FINAL_TYPE (TpoLabelsPage, tpo_labels_page, ADW_TYPE_PREFERENCES_PAGE)

static void
on_add (TpoLabelsPage *self)
{
  if (tpo_document_add_label (self->document,
                              gtk_editable_get_text (GTK_EDITABLE (self->name))))
    gtk_editable_set_text (GTK_EDITABLE (self->name), "");
}

/* A group takes rows at its end only: those behind the change are added again. */
static void
on_labels_changed (TpoLabelsPage *self, guint position, guint removed, guint added)
{
  GListModel *labels = tpo_document_get_labels (self->document);
  g_autoptr (GPtrArray) behind = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = position; i < self->rows->len; i++) {
    GtkWidget *row = g_ptr_array_index (self->rows, i);

    if (i >= position + removed)
      g_ptr_array_add (behind, g_object_ref (row));
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self->labels), row);
  }
  g_ptr_array_set_size (self->rows, (int) position);
  for (guint i = position; i < position + added; i++) {
    g_autoptr (TpoLabel) label = g_list_model_get_item (labels, i);

    g_ptr_array_add (self->rows, tpo_label_row_new (self->document, label));
  }
  for (guint i = 0; i < behind->len; i++)
    g_ptr_array_add (self->rows, g_ptr_array_index (behind, i));
  for (guint i = position; i < self->rows->len; i++)
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->labels),
                               g_ptr_array_index (self->rows, i));
  gtk_widget_set_visible (self->labels, self->rows->len > 0);
}

static void
tpo_labels_page_dispose (GObject *object)
{
  TpoLabelsPage *self = TPO_LABELS_PAGE (object);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_labels_page_parent_class)->dispose (object);
}

static void
tpo_labels_page_class_init (TpoLabelsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_labels_page_dispose;
  g_type_ensure (TPO_TYPE_TEMPLATES_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/labels/tpo-labels-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoLabelsPage, name);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelsPage, labels);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelsPage, templates);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
}

static void
tpo_labels_page_init (TpoLabelsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new ();
}

GtkWidget *
tpo_labels_page_new (TpoDocument *document)
{
  TpoLabelsPage *self;
  GListModel *labels;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document), NULL);

  self = g_object_new (TPO_TYPE_LABELS_PAGE, NULL);
  self->document = g_object_ref (document);
  labels = tpo_document_get_labels (document);
  g_signal_connect_object (labels, "items-changed", G_CALLBACK (on_labels_changed), self,
                           G_CONNECT_SWAPPED);
  on_labels_changed (self, 0, 0, g_list_model_get_n_items (labels));
  tpo_templates_group_set_document (self->templates, document);
  return GTK_WIDGET (self);
}
