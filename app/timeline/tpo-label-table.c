#include "config.h"

#include "timeline/tpo-label-table.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "timeline/label-table.h"
#include "timeline/table-header.h"
#include "timeline/tpo-label-bar.h"
#include "timeline/tpo-table-row.h"

static const guint MOST_FILLED = 3; /* rows that get their cells in a frame */

struct _TpoLabelTable {
  GtkWidget parent_instance;

  TpoDocument *document;
  TpoPlayer *player;
  GtkFilter *filter;
  GtkFilterListModel *filtered;
  GtkSortListModel *sorted;
  GtkMultiSelection *selection;
  GtkWidget *box;
  TpoLabelBar *bar;  /* above the titles */
  GtkWidget *header; /* the titles: a column view without rows */
  GtkWidget *view;   /* the rows */
  GtkWidget *scrollbar;
  TpoTableRowParts parts;
  GHashTable *rows;      /* GtkListItem of each TpoTableRow */
  guint fill_id;         /* tick callback, or 0 */
  guint n_looks;         /* that it takes until rows that were bound are where they belong */
  guint refresh_id;      /* idle source, or 0 */
  guint show_id;         /* likewise */
  gboolean is_following; /* the selection is being taken from the document, or given to it */
};

G_DEFINE_FINAL_TYPE (TpoLabelTable, tpo_label_table, GTK_TYPE_WIDGET)

/* ---- rows -------------------------------------------------------------------------------------------- */

static TpoTableRow *
row_of (GtkListItem *item)
{
  return TPO_TABLE_ROW (gtk_list_item_get_child (item));
}

static gboolean
is_in_sight (TpoLabelTable *self, GtkWidget *row)
{
  graphene_rect_t at;

  return gtk_widget_get_mapped (row) && gtk_widget_compute_bounds (row, self->view, &at) &&
         at.origin.y < (float) gtk_widget_get_height (self->view) &&
         at.origin.y + at.size.height > 0.0f;
}

/* Not while the rows are given their places, which it takes some room from. */
static void
show_scrollbar (TpoLabelTable *self)
{
  GtkAdjustment *adjustment = gtk_scrollbar_get_adjustment (GTK_SCROLLBAR (self->scrollbar));

  gtk_widget_set_visible (self->scrollbar, gtk_adjustment_get_upper (adjustment) >
                                               gtk_adjustment_get_page_size (adjustment));
}

static gboolean
on_fill (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  TpoLabelTable *self = TPO_LABEL_TABLE (widget);
  guint n_filled = 0;
  GHashTableIter iter;
  gpointer item;

  show_scrollbar (self);
  g_hash_table_iter_init (&iter, self->rows);
  while (n_filled < MOST_FILLED && g_hash_table_iter_next (&iter, &item, NULL))
    if (is_in_sight (self, GTK_WIDGET (row_of (item))) && tpo_table_row_fill (row_of (item)))
      n_filled++;
  if (n_filled > 0 || self->n_looks > 0) {
    self->n_looks -= self->n_looks > 0 ? 1 : 0;
    return G_SOURCE_CONTINUE;
  }
  self->fill_id = 0;
  return G_SOURCE_REMOVE;
}

/* Rows that have come into sight get cells, once they are where they belong. */
static void
queue_fill (TpoLabelTable *self)
{
  self->n_looks = 2;
  if (self->fill_id == 0)
    self->fill_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_fill, NULL, NULL);
}

static void
on_setup (TpoLabelTable *self, GtkListItem *item)
{
  GtkWidget *row = tpo_table_row_new (&self->parts);

  g_hash_table_add (self->rows, item);
  gtk_list_item_set_child (item, row);
}

static void
on_teardown (TpoLabelTable *self, GtkListItem *item)
{
  g_hash_table_remove (self->rows, item);
}

/* Where rows come and go before it, a row is bound once more to what it has. */
static void
on_bind (TpoLabelTable *self, GtkListItem *item)
{
  tpo_table_row_set_annotation (row_of (item), gtk_list_item_get_item (item));
  queue_fill (self);
}

/* A handler on each label for its row would cost more. */
static void
on_annotation_changed (TpoLabelTable *self, TpoAnnotation *annotation)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    if (tpo_table_row_get_annotation (row_of (item)) == annotation)
      tpo_table_row_update (row_of (item));
}

/* ---- columns ------------------------------------------------------------------------------------------ */

static void
on_columns_changed (TpoLabelTable *self)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &item, NULL)) {
    gtk_widget_queue_resize (gtk_list_item_get_child (item));
    gtk_widget_queue_draw (gtk_list_item_get_child (item));
  }
}

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
    gtk_widget_activate_action (self->view, "list.scroll-to-item", "u", at);
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
  if (gtk_list_view_get_model (GTK_LIST_VIEW (self->view)) == NULL) {
    gtk_list_view_set_model (GTK_LIST_VIEW (self->view), GTK_SELECTION_MODEL (self->selection));
    return G_SOURCE_CONTINUE;
  }
  self->show_id = 0;
  follow_document (self);
  return G_SOURCE_REMOVE;
}

static void
renew_rows (TpoLabelTable *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) &&
      tpo_compat_drop_rows (GTK_LIST_VIEW (self->view)) && self->show_id == 0)
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
  GtkSorter *sorter = gtk_column_view_get_sorter (GTK_COLUMN_VIEW (self->header));

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
  gtk_list_view_set_model (GTK_LIST_VIEW (self->view), NULL);
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
  if (self->fill_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->fill_id);
  self->fill_id = 0;
  if (self->sorted != NULL)
    g_signal_handlers_disconnect_by_data (self->sorted, self);
  if (self->filtered != NULL)
    g_signal_handlers_disconnect_by_data (self->filtered, self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_hash_table_remove_all (self->rows);
  g_clear_object (&self->selection);
  g_clear_object (&self->sorted);
  g_clear_object (&self->filtered);
  g_clear_object (&self->filter);
  g_clear_object (&self->player);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_label_table_parent_class)->dispose (object);
}

static void
tpo_label_table_finalize (GObject *object)
{
  g_hash_table_unref (TPO_LABEL_TABLE (object)->rows);
  G_OBJECT_CLASS (tpo_label_table_parent_class)->finalize (object);
}

static void
tpo_label_table_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (tpo_label_table_parent_class)->system_setting_changed (widget, setting);
  tpo_table_header_set_widths (&TPO_LABEL_TABLE (widget)->parts);
}

static void
tpo_label_table_class_init (TpoLabelTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_label_table_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_label_table_finalize;
  widget_class->map = tpo_label_table_map;
  widget_class->unmap = tpo_label_table_unmap;
  widget_class->system_setting_changed = tpo_label_table_system_setting_changed;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "label-table");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

/*
 * The titles stay while the rows below them are scrolled; both are scrolled sideways together. The
 * bar that scrolls the rows is beside both, so that they are equally wide.
 */
static void
add_table (TpoLabelTable *self)
{
  GtkWidget *across = gtk_scrolled_window_new (), *down = gtk_scrolled_window_new ();
  GtkWidget *viewport = gtk_viewport_new (NULL, NULL);
  GtkWidget *both = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *table = g_object_new (GTK_TYPE_BOX, "orientation", GTK_ORIENTATION_VERTICAL,
                                   "accessible-role", GTK_ACCESSIBLE_ROLE_TABLE, NULL);
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkAdjustment *adjustment;

  gtk_accessible_update_property (GTK_ACCESSIBLE (table), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Labels"), -1);
  self->header = tpo_table_header_new (&self->parts);
  self->view = gtk_list_view_new (NULL, factory);
  gtk_widget_set_vexpand (self->view, TRUE);
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "teardown", G_CALLBACK (on_teardown), self,
                           G_CONNECT_SWAPPED);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (down), GTK_POLICY_NEVER,
                                  GTK_POLICY_EXTERNAL);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (down), self->view);
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (down));
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (queue_fill), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (queue_fill), self,
                           G_CONNECT_SWAPPED);
  self->scrollbar = gtk_scrollbar_new (GTK_ORIENTATION_VERTICAL, adjustment);
  gtk_box_append (GTK_BOX (table), self->header);
  gtk_box_append (GTK_BOX (table), down);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (across), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  /* A row is wider than the view: that it has the focus is no reason to scroll sideways. */
  gtk_viewport_set_scroll_to_focus (GTK_VIEWPORT (viewport), FALSE);
  gtk_viewport_set_child (GTK_VIEWPORT (viewport), table);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (across), viewport);
  gtk_widget_set_hexpand (across, TRUE);
  gtk_widget_set_vexpand (across, TRUE);
  gtk_box_append (GTK_BOX (both), across);
  gtk_box_append (GTK_BOX (both), self->scrollbar);
  gtk_box_append (GTK_BOX (self->box), both);
}

static void
tpo_label_table_init (TpoLabelTable *self)
{
  self->rows = g_hash_table_new (NULL, NULL);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  add_table (self);
  for (guint i = 0; i < TPO_COLUMN_COUNT; i++) {
    g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (self->parts.columns, i);

    g_signal_connect_object (column, "notify::fixed-width", G_CALLBACK (on_columns_changed),
                             self, G_CONNECT_SWAPPED);
  }
  g_signal_connect_object (self->parts.columns, "items-changed",
                           G_CALLBACK (on_columns_changed), self, G_CONNECT_SWAPPED);
  tpo_table_header_set_widths (&self->parts);
}

static void
add_models (TpoLabelTable *self)
{
  TpoAnnotationList *annotations = tpo_document_get_annotations (self->document);

  self->filter = GTK_FILTER (gtk_custom_filter_new (match, self, NULL));
  self->filtered = gtk_filter_list_model_new (NULL, NULL);
  gtk_filter_list_model_set_incremental (self->filtered, TRUE);
  self->sorted = gtk_sort_list_model_new (
      G_LIST_MODEL (g_object_ref (self->filtered)),
      g_object_ref (gtk_column_view_get_sorter (GTK_COLUMN_VIEW (self->header))));
  gtk_sort_list_model_set_incremental (self->sorted, TRUE);
  self->selection = gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (self->sorted)));
  g_signal_connect_object (annotations, "item-changed", G_CALLBACK (on_annotation_changed),
                           self, G_CONNECT_SWAPPED);
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
  self->parts.document = document;
  self->bar = TPO_LABEL_BAR (tpo_label_bar_new (document));
  gtk_box_prepend (GTK_BOX (self->box), GTK_WIDGET (self->bar));
  self->player = g_object_ref (player);
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

/* The row's first cell, as the row is wider than the table. */
static GtkWidget *
find_selected (TpoLabelTable *self)
{
  TpoAnnotation *selected = tpo_document_get_selected (self->document);
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->rows);
  while (selected != NULL && g_hash_table_iter_next (&iter, &item, NULL))
    if (tpo_table_row_get_annotation (row_of (item)) == selected &&
        is_in_sight (self, GTK_WIDGET (row_of (item))))
      return tpo_table_row_get_cell (row_of (item), TPO_COLUMN_LABEL);
  return NULL;
}

void
tpo_label_table_find_place (TpoLabelTable *self, GtkWidget *in, GdkRectangle *place)
{
  GtkWidget *cell;
  graphene_rect_t at;

  g_return_if_fail (TPO_IS_LABEL_TABLE (self) && GTK_IS_WIDGET (in) && place != NULL);

  cell = find_selected (self);
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
