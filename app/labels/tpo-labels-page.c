#include "config.h"

#include "labels/tpo-labels-page.h"

#include "labels/tpo-label-row.h"
#include "labels/tpo-templates-group.h"

/* Changes that follow each other closely are counted together. */
static const guint COUNT_AFTER_MS = 200;

struct _TpoLabelsPage {
  AdwPreferencesPage parent_instance;

  TpoDocument *document;
  GtkWidget *name, *labels;
  TpoTemplatesGroup *templates;
  GPtrArray *rows; /* TpoLabelRow, in the order of the labels; the group owns them */
  guint count_id;
  gboolean is_counting, is_stale; /* what is being counted changed meanwhile */
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

/* ---- how much they are used ---------------------------------------------------------------------- */

/* Both are in the order of the labels' ids. */
static void
show_uses (TpoLabelsPage *self, const GArray *uses)
{
  guint at = 0;

  for (guint i = 0; i < self->rows->len; i++) {
    TpoLabelRow *row = g_ptr_array_index (self->rows, i);
    gint64 id = tpo_label_row_get_label_id (row);
    const TpoLabelUse *use;

    while (at < uses->len && g_array_index (uses, TpoLabelUse, at).label_id < id)
      at++;
    use = at < uses->len ? &g_array_index (uses, TpoLabelUse, at) : NULL;
    tpo_label_row_set_n_annotations (
        row, use != NULL && use->label_id == id ? use->n_annotations : 0);
  }
}

static void count_later (TpoLabelsPage *self);

static void
on_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TpoLabelsPage) self = user_data;
  g_autoptr (GArray) uses =
      tpo_document_count_label_uses_finish (TPO_DOCUMENT (source), result);

  self->is_counting = FALSE;
  if (self->document == NULL) /* closed meanwhile */
    return;
  if (uses != NULL)
    show_uses (self, uses);
  if (self->is_stale)
    count_later (self);
}

static void
count (TpoLabelsPage *self)
{
  self->is_counting = TRUE;
  self->is_stale = FALSE;
  tpo_document_count_label_uses_async (self->document, on_counted, g_object_ref (self));
}

static gboolean
on_count_due (gpointer user_data)
{
  TpoLabelsPage *self = user_data;

  self->count_id = 0;
  count (self);
  return G_SOURCE_REMOVE;
}

static void
count_later (TpoLabelsPage *self)
{
  self->is_stale = TRUE;
  if (!self->is_counting && self->count_id == 0)
    self->count_id = g_timeout_add (COUNT_AFTER_MS, on_count_due, self);
}

static void
on_project_changed (TpoLabelsPage *self, const TpoStoreChange *change)
{
  if (change->n_annotation_ids > 0 || change->has_labels || change->has_videos)
    count_later (self);
}

/* ---- object -------------------------------------------------------------------------------------- */

static void
tpo_labels_page_dispose (GObject *object)
{
  TpoLabelsPage *self = TPO_LABELS_PAGE (object);

  g_clear_handle_id (&self->count_id, g_source_remove);
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
  g_signal_connect_object (document, "project-changed", G_CALLBACK (on_project_changed), self,
                           G_CONNECT_SWAPPED);
  count (self);
  return GTK_WIDGET (self);
}
