#include "config.h"

#include "timeline/tpo-label-table.h"

#include "compat/tpo-compat.h"
#include "timeline/label-table.h"
#include "timeline/tpo-label-bar.h"
#include "timeline/tpo-table-pane.h"

struct _TpoLabelTable {
  GtkWidget parent_instance;

  TpoDocument *document;
  TpoPlayer *player;
  GtkFilter *filter;
  GtkFilterListModel *filtered;
  GtkSortListModel *sorted;
  GtkMultiSelection *selection;
  GtkWidget *box;
  TpoLabelBar *bar; /* above the titles */
  TpoTablePane *pane;
  GtkListView *view;     /* the pane's rows */
  guint refresh_id;      /* idle source, or 0 */
  guint show_id;         /* likewise */
  gboolean is_following; /* the selection is being taken from the document, or given to it */
};

G_DEFINE_FINAL_TYPE (TpoLabelTable, tpo_label_table, GTK_TYPE_WIDGET)

/* ---- selection in both directions ---------------------------------------------------------------------- */

static void
on_selection_changed (TpoLabelTable *self)
{
  g_autoptr (GtkBitset) chosen = NULL;
  g_autoptr (GPtrArray) annotations = g_ptr_array_new_with_free_func (g_object_unref);
  GtkBitsetIter iter;
  guint position;
  gboolean is_valid;

  if (self->is_following)
    return;
  chosen = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  for (is_valid = gtk_bitset_iter_init_first (&iter, chosen, &position); is_valid;
       is_valid = gtk_bitset_iter_next (&iter, &position))
    g_ptr_array_add (annotations,
                     g_list_model_get_item (G_LIST_MODEL (self->selection), position));
  self->is_following = TRUE;
  tpo_document_select_many (self->document, annotations);
  self->is_following = FALSE;
}

/* Looks for the selected ones among all that are listed, only while the table is seen. */
static void
follow_document (TpoLabelTable *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  TpoAnnotation *selected = tpo_document_get_selected (self->document);
  g_autoptr (GtkBitset) chosen = NULL, all = NULL;
  guint at = GTK_INVALID_LIST_POSITION;

  if (self->is_following || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  chosen = gtk_bitset_new_empty ();
  all = gtk_bitset_new_range (0, n);
  for (guint i = 0; selected != NULL && i < n; i++) {
    g_autoptr (TpoAnnotation) item = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

    if (tpo_document_is_selected (self->document, item))
      gtk_bitset_add (chosen, i);
    if (item == selected)
      at = i;
  }
  self->is_following = TRUE;
  gtk_selection_model_set_selection (GTK_SELECTION_MODEL (self->selection), chosen, all);
  self->is_following = FALSE;
  if (at != GTK_INVALID_LIST_POSITION)
    gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", at);
}

static void
on_activate (TpoLabelTable *self, guint position)
{
  g_autoptr (TpoAnnotation) item =
      g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  tpo_player_seek (self->player, tpo_annotation_get_record (item)->start_us);
}

/* ---- search and filter ----------------------------------------------------------------------------------- */

static void
show_count (TpoLabelTable *self)
{
  tpo_label_bar_set_count (self->bar, g_list_model_get_n_items (G_LIST_MODEL (self->sorted)));
}

static gboolean
match (gpointer item, gpointer user_data)
{
  TpoLabelTable *self = user_data;

  return tpo_label_filter_match (tpo_label_bar_get_filter (self->bar), self->document, item);
}

static gboolean
is_pending (TpoLabelTable *self)
{
  return gtk_filter_list_model_get_pending (self->filtered) > 0 ||
         gtk_sort_list_model_get_pending (self->sorted) > 0;
}

/* Among thousands the filter works for a while. */
static void
on_pending (TpoLabelTable *self)
{
  if (!is_pending (self) && self->show_id == 0)
    follow_document (self);
}

static gboolean
show_rows (gpointer user_data)
{
  TpoLabelTable *self = user_data;

  if (is_pending (self))
    return G_SOURCE_CONTINUE;
  if (gtk_list_view_get_model (self->view) == NULL) {
    gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
    return G_SOURCE_CONTINUE;
  }
  self->show_id = 0;
  follow_document (self);
  return G_SOURCE_REMOVE;
}

static void
renew_rows (TpoLabelTable *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && tpo_compat_drop_rows (self->view) &&
      self->show_id == 0)
    self->show_id = g_idle_add (show_rows, self);
}

static void
on_filter_changed (TpoLabelTable *self)
{
  renew_rows (self);
  /* Without a filter all are there at once. */
  gtk_filter_list_model_set_filter (
      self->filtered, tpo_label_bar_is_filtering (self->bar) ? self->filter : NULL);
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

/* A label that was edited may sort and filter otherwise. */
static gboolean
refresh (gpointer user_data)
{
  TpoLabelTable *self = user_data;
  GtkSorter *sorter = tpo_table_pane_get_sorter (self->pane);

  self->refresh_id = 0;
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return G_SOURCE_REMOVE;
  tpo_label_bar_refresh (self->bar);
  /* Where nothing is sorted or filtered the rows stay, and with them the focus. */
  if (tpo_label_bar_is_filtering (self->bar))
    gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  if (gtk_sorter_get_order (sorter) != GTK_SORTER_ORDER_NONE)
    gtk_sorter_changed (sorter, GTK_SORTER_CHANGE_DIFFERENT);
  return G_SOURCE_REMOVE;
}

static void
queue_refresh (TpoLabelTable *self)
{
  if (self->refresh_id == 0)
    self->refresh_id = g_idle_add (refresh, self);
}

static void
tpo_label_table_map (GtkWidget *widget)
{
  TpoLabelTable *self = TPO_LABEL_TABLE (widget);

  GTK_WIDGET_CLASS (tpo_label_table_parent_class)->map (widget);
  gtk_filter_list_model_set_model (
      self->filtered, G_LIST_MODEL (tpo_document_get_annotations (self->document)));
  queue_refresh (self);
  renew_rows (self);
}

/* What is out of sight holds no rows, and follows nothing. */
static void
tpo_label_table_unmap (GtkWidget *widget)
{
  TpoLabelTable *self = TPO_LABEL_TABLE (widget);

  g_clear_handle_id (&self->show_id, g_source_remove);
  gtk_list_view_set_model (self->view, NULL);
  self->is_following = TRUE; /* that nothing is left to select is no choice of the user's */
  gtk_filter_list_model_set_model (self->filtered, NULL);
  self->is_following = FALSE;
  GTK_WIDGET_CLASS (tpo_label_table_parent_class)->unmap (widget);
}

/* ---- object -------------------------------------------------------------------------------------------- */

static void
tpo_label_table_dispose (GObject *object)
{
  TpoLabelTable *self = TPO_LABEL_TABLE (object);

  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_handle_id (&self->show_id, g_source_remove);
  if (self->sorted != NULL)
    g_signal_handlers_disconnect_by_data (self->sorted, self);
  if (self->filtered != NULL)
    g_signal_handlers_disconnect_by_data (self->filtered, self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->sorted);
  g_clear_object (&self->filtered);
  g_clear_object (&self->filter);
  g_clear_object (&self->player);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_label_table_parent_class)->dispose (object);
}

static void
tpo_label_table_class_init (TpoLabelTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_label_table_dispose;
  widget_class->map = tpo_label_table_map;
  widget_class->unmap = tpo_label_table_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "label-table");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
tpo_label_table_init (TpoLabelTable *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

static void
add_models (TpoLabelTable *self)
{
  TpoAnnotationList *annotations = tpo_document_get_annotations (self->document);

  self->filter = GTK_FILTER (gtk_custom_filter_new (match, self, NULL));
  self->filtered = gtk_filter_list_model_new (NULL, NULL);
  gtk_filter_list_model_set_incremental (self->filtered, TRUE);
  self->sorted =
      gtk_sort_list_model_new (G_LIST_MODEL (g_object_ref (self->filtered)),
                               g_object_ref (tpo_table_pane_get_sorter (self->pane)));
  gtk_sort_list_model_set_incremental (self->sorted, TRUE);
  self->selection = gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (self->sorted)));
  g_signal_connect_object (annotations, "item-changed", G_CALLBACK (tpo_table_pane_update),
                           self->pane, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->filtered, "notify::pending", G_CALLBACK (on_pending), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sorted, "items-changed", G_CALLBACK (show_count), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "selection-changed",
                           G_CALLBACK (on_selection_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "activate", G_CALLBACK (on_activate), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
tpo_label_table_new (TpoDocument *document, TpoPlayer *player)
{
  TpoLabelTable *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document) && TPO_IS_PLAYER (player), NULL);

  self = g_object_new (TPO_TYPE_LABEL_TABLE, NULL);
  self->document = g_object_ref (document);
  self->player = g_object_ref (player);
  self->bar = TPO_LABEL_BAR (tpo_label_bar_new (document));
  self->pane = TPO_TABLE_PANE (tpo_table_pane_new (document));
  self->view = tpo_table_pane_get_view (self->pane);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->bar));
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->pane));
  add_models (self);
  show_count (self);
  g_signal_connect_object (self->bar, "changed", G_CALLBACK (on_filter_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::selected", G_CALLBACK (follow_document), self,
                           G_CONNECT_SWAPPED);
  /* Whatever is edited is a step. */
  g_signal_connect_object (document, "notify::video", G_CALLBACK (queue_refresh), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::undo-name", G_CALLBACK (queue_refresh), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

void
tpo_label_table_find_place (TpoLabelTable *self, GtkWidget *in, GdkRectangle *place)
{
  TpoAnnotation *selected;
  GtkWidget *cell;
  graphene_rect_t at;

  g_return_if_fail (TPO_IS_LABEL_TABLE (self) && GTK_IS_WIDGET (in) && place != NULL);

  selected = tpo_document_get_selected (self->document);
  cell = selected != NULL ? tpo_table_pane_find_cell (self->pane, selected) : NULL;
  if (!gtk_widget_compute_bounds (cell != NULL ? cell : GTK_WIDGET (self->bar), in, &at))
    graphene_rect_init (&at, 0, 0, 1, 1);
  *place = (GdkRectangle){ (int) at.origin.x, (int) at.origin.y, (int) at.size.width,
                           (int) at.size.height };
}

void
tpo_label_table_add_start (TpoLabelTable *self, GtkWidget *widget)
{
  g_return_if_fail (TPO_IS_LABEL_TABLE (self) && GTK_IS_WIDGET (widget));

  tpo_label_bar_add_start (self->bar, widget);
}
